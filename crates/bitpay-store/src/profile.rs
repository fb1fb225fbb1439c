use std::collections::BTreeMap;
use std::fmt;
use std::mem;

use bitpay_core::pairing::PairingCode;
use bitpay_core::time::Timestamp;
use bitpay_core::{
    AnyGrant, AnyToken, Environment, Facade, FacadeKind, Grant, Guid, Identity, PrivateKey,
};
use zeroize::Zeroizing;

use crate::{StoreError, format};

/// A key, the environment that it is used in, and the tokens that were granted to it.
///
/// `Debug` shows the SIN and the facades, and no secret.
#[derive(Clone)]
pub struct Profile {
    pub(crate) name: String,
    pub(crate) environment: Environment,
    pub(crate) identity: Identity,
    pub(crate) pem: Zeroizing<String>,
    pub(crate) tokens: BTreeMap<Facade, AnyToken>,
    pub(crate) rotation: Option<Rotation>,
    /// The pairing that was asked for and is not approved yet.
    pub pending: Option<Pending>,
    /// The code from the dashboard that was claimed last. BitPay takes a code once, so this tells a
    /// claim that is made again from one that fails.
    pub claimed: Option<PairingCode>,
}

impl Profile {
    /// A profile with a key and no token, which is nowhere yet: [`Store::insert`](crate::Store::insert).
    ///
    /// # Errors
    /// [`StoreError::Name`].
    pub fn new(name: &str, environment: Environment, key: PrivateKey) -> Result<Self, StoreError> {
        check_name(name)?;
        let pem = key.to_pem();
        Ok(Self {
            name: name.to_owned(),
            environment,
            identity: Identity::new(key),
            pem,
            tokens: BTreeMap::new(),
            rotation: None,
            pending: None,
            claimed: None,
        })
    }

    /// Reads a profile that [`to_document`](Self::to_document) wrote, wherever it was kept.
    ///
    /// # Errors
    /// When it is not one, or a newer version wrote it.
    pub fn from_document(name: &str, document: &[u8]) -> Result<Self, StoreError> {
        check_name(name)?;
        format::read(name, "the document", document)
    }

    /// The profile in bytes, as it is kept. **Its key and its tokens are in there.**
    ///
    /// # Errors
    /// None that is known: it is what [`from_document`](Self::from_document) reads.
    pub fn to_document(&self) -> Result<Zeroizing<Vec<u8>>, StoreError> {
        format::write(self, "the document")
    }

    /// The name of the profile.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The environment. It belongs to the key and the tokens, so it is never changed.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The key, to sign with.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The tokens, by facade.
    pub fn tokens(&self) -> impl Iterator<Item = &AnyToken> {
        self.tokens.values()
    }

    /// The token of this facade, if there is one.
    #[must_use]
    pub fn token(&self, facade: Facade) -> Option<&AnyToken> {
        self.tokens.get(&facade)
    }

    /// The key with its token of the facade `F`.
    ///
    /// # Errors
    /// [`StoreError::NoToken`], or [`StoreError::NotApproved`].
    pub fn grant<F: FacadeKind>(&self) -> Result<Grant<F>, StoreError> {
        self.token(F::FACADE)
            .and_then(AnyToken::typed)
            .map(|token| Grant::new(token, self.identity.clone()))
            .ok_or_else(|| self.no_token(F::FACADE))
    }

    /// The key with its token of a facade that is known at run time only.
    ///
    /// # Errors
    /// [`StoreError::NoToken`], or [`StoreError::NotApproved`].
    pub fn any_grant(&self, facade: Facade) -> Result<AnyGrant, StoreError> {
        self.token(facade)
            .map(|token| AnyGrant::new(token.clone(), self.identity.clone()))
            .ok_or_else(|| self.no_token(facade))
    }

    /// Keeps a token, in place of the one that there was of its facade.
    pub fn set_token(&mut self, token: AnyToken) {
        self.tokens.insert(token.facade(), token);
    }

    /// Forgets the token of this facade. It keeps working until it is revoked in the dashboard.
    pub fn forget_token(&mut self, facade: Facade) -> Option<AnyToken> {
        self.tokens.remove(&facade)
    }

    /// The other key, while the profile's key is being replaced.
    #[must_use]
    pub fn rotation(&self) -> Option<&Rotation> {
        self.rotation.as_ref()
    }

    /// Takes in a key that is to replace the profile's own, which stays the one in use. When a replacement is
    /// under way, nothing changes: the key that was taken in first stays.
    pub fn begin_rotation(&mut self, key: PrivateKey) {
        self.rotation.get_or_insert_with(|| Rotation {
            pem: key.to_pem(),
            identity: Identity::new(key),
            stage: RotationStage::Next,
            asked: Vec::new(),
        });
    }

    /// The facades of which the next key asks for tokens of its own.
    pub fn asked_mut(&mut self) -> Option<&mut Vec<Pending>> {
        self.rotation.as_mut().map(|rotation| &mut rotation.asked)
    }

    /// Makes the next key the one in use, with these tokens in place of those of the same facades. The key that
    /// was in use until now stays in the profile as the previous one. Without a next key nothing changes.
    pub fn change_over(&mut self, tokens: impl IntoIterator<Item = AnyToken>) {
        let Some(rotation) = &mut self.rotation else {
            return;
        };
        if rotation.stage == RotationStage::Next {
            rotation.stage = RotationStage::Previous;
            mem::swap(&mut self.identity, &mut rotation.identity);
            mem::swap(&mut self.pem, &mut rotation.pem);
            for token in tokens {
                self.set_token(token);
            }
        }
    }

    /// Forgets the other key, next or previous. **It cannot be had back.**
    pub fn end_rotation(&mut self) {
        self.rotation = None;
    }

    fn no_token(&self, facade: Facade) -> StoreError {
        let name = self.name.clone();
        match &self.pending {
            Some(pending) if pending.facade == facade => StoreError::NotApproved { name, facade },
            _ => StoreError::NoToken { name, facade },
        }
    }
}

/// A name is a part of the names of files, so it cannot be a path.
pub(crate) fn check_name(name: &str) -> Result<(), StoreError> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=64).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(StoreError::Name)
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile")
            .field("name", &self.name)
            .field("environment", &self.environment)
            .field("identity", &self.identity)
            .field("tokens", &self.tokens.keys().collect::<Vec<_>>())
            .field("rotation", &self.rotation)
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

/// The other key of a profile, while its key is being replaced. `Debug` shows no secret.
///
/// First it is the next key, which BitPay is told of and which is tried out. When it works for every token,
/// [`Profile::change_over`] makes it the profile's key, and this is the previous one, which BitPay is asked to
/// forget. So whenever a program stops, the profile's own key works.
#[derive(Clone)]
pub struct Rotation {
    pub(crate) identity: Identity,
    pub(crate) pem: Zeroizing<String>,
    pub(crate) stage: RotationStage,
    pub(crate) asked: Vec<Pending>,
}

/// Which of the two keys a [`Rotation`] holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationStage {
    /// The one that is to replace the profile's key.
    Next,
    /// The one that was replaced, and that BitPay may still accept.
    Previous,
}

impl Rotation {
    /// The other key.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Which one it is.
    #[must_use]
    pub fn stage(&self) -> RotationStage {
        self.stage
    }

    /// What the next key asked for, because the tokens of these facades cannot be given to another key.
    #[must_use]
    pub fn asked(&self) -> &[Pending] {
        &self.asked
    }
}

impl fmt::Debug for Rotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rotation")
            .field("identity", &self.identity)
            .field("stage", &self.stage)
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}

/// A pairing that was asked for. It is saved before the request goes out, so that a process that
/// was stopped asks again with the same guid, and so for the same token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The facade that was asked for.
    pub facade: Facade,
    /// What the merchant reads when approving.
    pub label: Option<String>,
    /// What makes a repeat of the request ask for the same token.
    pub guid: Guid,
    /// When it was asked for first.
    pub requested_at: Timestamp,
    /// What BitPay answered; `None` while no answer was received.
    pub answered: Option<Answered>,
}

/// What BitPay answered to a request for a pairing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The code that the merchant approves.
    pub code: PairingCode,
    /// The token, which works once the code was approved.
    pub token: AnyToken,
    /// When the code stops working.
    pub expires_at: Option<Timestamp>,
}
