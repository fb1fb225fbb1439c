//! Tokens: asked for and approved, made and claimed.

use bitpay_core::model::token_sin::LinkedSin;
use bitpay_core::operation::Endpoint as _;
use bitpay_core::pairing::{
    ApprovedToken, CODE_LIFETIME, ClaimPairing, MintToken, Pairing, Policy, PolicyMethod,
    RequestPairing,
};
use bitpay_core::time::Timestamp;
use bitpay_core::{Facade, Guid, PairingCode, Sin};
use serde::{Deserialize, Serialize};

use crate::Engine;
use crate::caller::Caller;
use crate::control::ControlError;
use crate::index::Owner;
use crate::reply::Refusal;

/// A token of a facade.
#[derive(Deserialize, Serialize)]
pub(crate) struct TokenRecord {
    pub(crate) text: String,
    pub(crate) facade: Facade,
    pub(crate) label: Option<String>,
    pub(crate) state: TokenState,
    pub(crate) created: Timestamp,
    /// To approve or to claim it; kept when that was done, so that it is not taken for an unknown one.
    pub(crate) code: Option<PairingCode>,
    /// When the code runs out.
    pub(crate) expires: Timestamp,
    /// The key that asked for it, and the guid of its request.
    pub(crate) asked: Option<(Sin, String)>,
}

#[derive(Deserialize, Serialize)]
pub(crate) enum TokenState {
    /// A key asked for it, and nobody approved it yet.
    Pending(Sin),
    /// Made in the dashboard; nobody claimed it yet.
    Unclaimed,
    /// Calls are signed by one of these keys.
    For(Vec<Sin>),
    /// Anybody who has it may use it, unsigned.
    Open,
    /// The merchant took it back.
    Revoked,
}

impl TokenRecord {
    /// May it be used by whoever signed?
    pub(crate) fn allows(&self, signer: Option<&Sin>) -> bool {
        match &self.state {
            TokenState::For(sins) => signer.is_some_and(|signer| sins.contains(signer)),
            TokenState::Open => true,
            TokenState::Pending(_) | TokenState::Unclaimed | TokenState::Revoked => false,
        }
    }

    pub(crate) fn waits(&self) -> bool {
        matches!(self.state, TokenState::Pending(_) | TokenState::Unclaimed)
    }

    pub(crate) fn is_revoked(&self) -> bool {
        matches!(self.state, TokenState::Revoked)
    }

    pub(crate) fn sins(&self) -> &[Sin] {
        match &self.state {
            TokenState::Pending(sin) => std::slice::from_ref(sin),
            TokenState::For(sins) => sins,
            TokenState::Unclaimed | TokenState::Open | TokenState::Revoked => &[],
        }
    }

    fn wire(&self) -> Pairing {
        let mut pairing = Pairing::new(&self.text, Some(self.facade));
        pairing.label.clone_from(&self.label);
        pairing.created_at = Some(self.created);
        if self.waits() {
            pairing.expires_at = Some(self.expires);
            pairing.code.clone_from(&self.code);
        }
        let method = match self.state {
            TokenState::Pending(_) => PolicyMethod::Inactive,
            TokenState::Unclaimed => PolicyMethod::Unclaimed,
            TokenState::For(_) => PolicyMethod::Require,
            TokenState::Open | TokenState::Revoked => return pairing,
        };
        let sins = self.sins().iter().map(|sin| sin.as_str().to_owned());
        pairing.policies = vec![Policy::id(method, sins.collect())];
        pairing
    }
}

impl Engine {
    pub(crate) fn new_token(
        &mut self,
        facade: Facade,
        label: Option<String>,
        state: TokenState,
    ) -> usize {
        let index = self.tokens.len();
        let text = self.random.token();
        let mut record = TokenRecord {
            text,
            facade,
            label,
            state,
            created: self.now,
            code: None,
            expires: self
                .now
                .checked_add(CODE_LIFETIME)
                .unwrap_or(Timestamp::MAX),
            asked: None,
        };
        if record.waits() {
            record.code = Some(self.random.code());
        }
        self.index.token(index, &record);
        self.tokens.push(record);
        index
    }

    fn pairing(&self, index: usize) -> Result<Pairing, Refusal> {
        self.tokens
            .get(index)
            .map(TokenRecord::wire)
            .ok_or_else(Refusal::no_token_made)
    }

    pub(crate) fn make_pending(&mut self, request: &RequestPairing) -> Result<Pairing, Refusal> {
        request.check()?;
        let state = TokenState::Pending(request.sin.clone());
        self.make_once(
            &request.sin,
            &request.guid,
            request.facade,
            &request.label,
            state,
        )
    }

    pub(crate) fn mint(
        &mut self,
        caller: &Caller,
        request: &MintToken,
    ) -> Result<Pairing, Refusal> {
        request.check()?;
        if caller.sin.as_ref() != Some(&request.sin) {
            return Err(Refusal::unauthorized_sin());
        }
        let state = TokenState::Unclaimed;
        self.make_once(
            &request.sin,
            &request.guid,
            request.facade,
            &request.label,
            state,
        )
    }

    /// A guid that the key used before gives the same token again.
    fn make_once(
        &mut self,
        sin: &Sin,
        guid: &Guid,
        facade: Facade,
        label: &Option<String>,
        state: TokenState,
    ) -> Result<Pairing, Refusal> {
        let intent = (sin.clone(), guid.as_str().to_owned());
        let index = match self.index.pairings.get(&intent) {
            Some(index) => *index,
            None => {
                let index = self.new_token(facade, label.clone(), state);
                if let Some(record) = self.tokens.get_mut(index) {
                    record.asked = Some(intent);
                    self.index.token(index, record);
                }
                index
            }
        };
        self.pairing(index)
    }

    pub(crate) fn claim(&mut self, request: ClaimPairing) -> Result<Pairing, Refusal> {
        request.check()?;
        let index = self
            .waiting(&request.code)
            .map_err(|_| Refusal::no_token_made())?;
        let mut pairing = match self.tokens.get_mut(index) {
            Some(token) if matches!(token.state, TokenState::Unclaimed) => {
                token.state = TokenState::For(vec![request.sin]);
                if request.label.is_some() {
                    token.label = request.label;
                }
                token.wire()
            }
            _ => return Err(Refusal::no_token_made()),
        };
        pairing.resource = Some(self.random.token());
        Ok(pairing)
    }

    pub(crate) fn tokens_of(&self, caller: &Caller) -> Result<Vec<ApprovedToken>, Refusal> {
        let approved: Vec<_> = self
            .tokens
            .iter()
            .filter(|token| matches!(token.state, TokenState::For(_)))
            .filter(|token| token.allows(caller.sin.as_ref()))
            .map(|token| ApprovedToken::new(token.facade.as_str(), &token.text))
            .collect();
        if approved.is_empty() {
            return Err(Refusal::unauthorized_sin());
        }
        Ok(approved)
    }

    /// The keys that may use the caller's token.
    fn linked(&mut self, caller: &Caller) -> Result<&mut Vec<Sin>, Refusal> {
        let owner = caller
            .token
            .as_ref()
            .and_then(|text| self.index.by_token.get(text));
        let state = match owner {
            Some(Owner::Facade(index)) => self.tokens.get_mut(*index).map(|it| &mut it.state),
            _ => None,
        };
        match state {
            Some(TokenState::For(sins)) => Ok(sins),
            _ => Err(Refusal::invalid_token()),
        }
    }

    pub(crate) fn linked_sins(&mut self, caller: &Caller) -> Result<Vec<LinkedSin>, Refusal> {
        let sins = self.linked(caller)?;
        Ok(sins.iter().cloned().map(LinkedSin::new).collect())
    }

    pub(crate) fn link(&mut self, caller: &Caller, sin: Sin) -> Result<(), Refusal> {
        let sins = self.linked(caller)?;
        if !sins.contains(&sin) {
            sins.push(sin);
        }
        Ok(())
    }

    /// Nobody takes the token from themselves, so that one key is always left.
    pub(crate) fn unlink(&mut self, caller: &Caller, sin: &Sin) -> Result<(), Refusal> {
        if caller.sin.as_ref() == Some(sin) {
            return Err(Refusal::unauthorized_sin());
        }
        let sins = self.linked(caller)?;
        let place = sins
            .iter()
            .position(|linked| linked == sin)
            .ok_or_else(Refusal::unknown_path)?;
        sins.remove(place);
        Ok(())
    }

    /// The token that waits for this code.
    pub(crate) fn waiting(&self, code: &PairingCode) -> Result<usize, ControlError> {
        let index = *self
            .index
            .codes
            .get(code.as_str())
            .ok_or(ControlError::UnknownCode)?;
        let token = self.tokens.get(index).ok_or(ControlError::UnknownCode)?;
        if !token.waits() {
            Err(ControlError::UsedCode)
        } else if self.now >= token.expires {
            Err(ControlError::ExpiredCode)
        } else {
            Ok(index)
        }
    }

    /// Approves what a key asked for.
    pub(crate) fn approve_now(&mut self, code: &PairingCode) -> Result<(), ControlError> {
        let index = self.waiting(code)?;
        let token = self
            .tokens
            .get_mut(index)
            .ok_or(ControlError::UnknownCode)?;
        match &token.state {
            TokenState::Pending(sin) => {
                token.state = TokenState::For(vec![sin.clone()]);
                Ok(())
            }
            _ => Err(ControlError::UnknownCode),
        }
    }
}
