//! Pairing: how a key gets a token.
//!
//! Either the program asks ([`RequestPairing`]) and the merchant approves the code in a browser, or
//! the merchant makes a code in the dashboard and the program claims it ([`ClaimPairing`]). Both
//! codes live for 24 hours and work once.
//!
//! Source: <https://developer.bitpay.com/reference/getting-access>.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::credential::{Grant, Identity};
use crate::environment::Environment;
use crate::error::{ApiErrorKind, Error};
use crate::facade::{Facade, FacadeKind};
use crate::guid::Guid;
use crate::looks::LooksLike;
use crate::model::{Echo, InvalidRequest};
use crate::open_enum::open_enum;
use crate::secret::SecretText;
use crate::sin::Sin;
use crate::time::Timestamp;
use crate::token::{AnyToken, Token, TokenError};

/// How long a pairing code lives: 24 hours.
pub const CODE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A pairing code: seven letters and digits, case matters, used once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PairingCode(String);

/// The text is not a pairing code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PairingCodeError {
    /// It has the form of something else.
    #[error(
        "not a pairing code, it looks like {0}; a pairing code is 7 letters and digits, such as Wp4RRAz"
    )]
    LooksLike(LooksLike),
    /// The wrong length or a wrong character.
    #[error("not a pairing code: it is 7 letters and digits, such as Wp4RRAz")]
    Form,
}

impl PairingCode {
    /// The code as the merchant types it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the merchant approves this code in a browser.
    #[must_use]
    pub fn approval_url(&self, environment: &Environment) -> String {
        format!(
            "{}/api-access-request?pairingCode={}",
            environment.base_url(),
            self.0
        )
    }
}

impl FromStr for PairingCode {
    type Err = PairingCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match LooksLike::guess(text) {
            LooksLike::PairingCode if text.len() == 7 => Ok(Self(text.to_owned())),
            LooksLike::Unknown | LooksLike::PairingCode => Err(PairingCodeError::Form),
            other => Err(PairingCodeError::LooksLike(other)),
        }
    }
}

impl fmt::Display for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PairingCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PairingCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// Longest label that BitPay takes, in characters.
const LABEL_LENGTH: usize = 60;

fn check_label(label: Option<&String>) -> Result<(), InvalidRequest> {
    let Some(label) = label else { return Ok(()) };
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '-' | '.');
    if label.is_empty() || label.len() > LABEL_LENGTH || !label.chars().all(allowed) {
        return Err(InvalidRequest::new(
            "label",
            "a label has 1 to 60 letters, digits, spaces, `_`, `-` or `.`",
        ));
    }
    Ok(())
}

/// Asks for a token of a facade. The merchant then approves the code in the answer.
///
/// ```
/// use bitpay_core::{Facade, Guid, pairing::RequestPairing};
/// # let key = bitpay_core::PrivateKey::from_bytes(&[7; 32])?;
/// let request = RequestPairing::new(key.sin().clone(), Facade::Pos, Guid::from_random([1; 16]))
///     .label("web-shop");
/// # Ok::<(), bitpay_core::KeyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestPairing {
    /// The name of the key that asks.
    pub sin: Sin,
    /// What is asked for: the least that does the job.
    pub facade: Facade,
    /// What the merchant reads when approving: 1 to 60 letters, digits, spaces, `_`, `-`, `.`.
    pub label: Option<String>,
    /// Makes a repeat of this request ask for the same token.
    pub guid: Guid,
}

impl RequestPairing {
    /// A request for a token of `facade`, for the key named by `sin`.
    #[must_use]
    pub fn new(sin: Sin, facade: Facade, guid: Guid) -> Self {
        Self {
            sin,
            facade,
            label: None,
            guid,
        }
    }

    /// Sets what the merchant reads when approving.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), InvalidRequest> {
        if self.facade == Facade::Public {
            return Err(InvalidRequest::new(
                "facade",
                "the public facade has no token: ask for pos, merchant or payout",
            ));
        }
        check_label(self.label.as_ref())
    }

    /// Another facade in the answer shows that the guid was used before, for something else.
    pub(crate) fn echo(&self, made: &Pairing) -> Echo {
        let mut echo = Echo::default();
        if made.facade().is_some_and(|facade| facade != self.facade) {
            echo.differs.push("facade");
        }
        echo
    }
}

/// Claims a code that the merchant made in the dashboard. The token is usable at once.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimPairing {
    /// The name of the key that claims.
    pub sin: Sin,
    /// The code from the dashboard.
    pub code: PairingCode,
    /// A label for the token. See [`RequestPairing::label`].
    pub label: Option<String>,
}

impl ClaimPairing {
    /// Claims `code` for the key named by `sin`.
    #[must_use]
    pub fn new(sin: Sin, code: PairingCode) -> Self {
        Self {
            sin,
            code,
            label: None,
        }
    }

    /// Sets the label of the token.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), InvalidRequest> {
        check_label(self.label.as_ref())
    }
}

/// Makes, with a merchant token, a token of another facade that another program can claim.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MintToken {
    /// The name of the key that asks: the one that signs.
    pub sin: Sin,
    /// The facade of the new token.
    pub facade: Facade,
    /// A label for the token. See [`RequestPairing::label`].
    pub label: Option<String>,
    /// Makes a repeat of this request ask for the same token.
    pub guid: Guid,
}

impl MintToken {
    /// A token of `facade`, to be claimed by its code.
    #[must_use]
    pub fn new(sin: Sin, facade: Facade, guid: Guid) -> Self {
        Self {
            sin,
            facade,
            label: None,
            guid,
        }
    }

    /// Sets the label of the token.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    pub(crate) fn check(&self) -> Result<(), InvalidRequest> {
        if !matches!(self.facade, Facade::Pos | Facade::Merchant) {
            return Err(InvalidRequest::new(
                "facade",
                "a merchant token makes pos and merchant tokens only",
            ));
        }
        check_label(self.label.as_ref())
    }
}

/// Lists the approved tokens of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ListTokens {}

impl ListTokens {
    /// The request: it has no parameters, the signature says who asks.
    #[must_use]
    pub fn new() -> Self {
        Self {}
    }
}

open_enum! {
    /// What a policy on a token restricts.
    pub enum PolicyKind {
        /// Which keys may use the token.
        Id = "id",
        /// An older name of the same.
        Sin = "sin",
        /// Access to another facade is needed.
        Access = "access",
        /// The event stream may be used.
        Events = "events",
        /// A session is needed.
        Session = "session",
    }
}

open_enum! {
    /// How a policy restricts.
    pub enum PolicyMethod {
        /// Waits for approval: the token cannot be used.
        Inactive = "inactive",
        /// Approved.
        Active = "active",
        /// Calls must be signed by one of the listed keys.
        Require = "require",
        /// Made in the dashboard, claimed by nobody yet.
        Unclaimed = "unclaimed",
        /// Revoked.
        Invalidated = "invalidated",
        /// An older name of [`PolicyMethod::Require`].
        RequireSin = "requireSin",
        /// Access to another facade is needed.
        RequireFacadeAccess = "requireFacadeAccess",
        /// The event stream may be used.
        AllowEventStream = "allowEventStream",
        /// A session is needed.
        RequireSession = "requireSession",
    }
}

/// A restriction on a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Policy {
    /// What is restricted.
    pub policy: PolicyKind,
    /// How.
    pub method: PolicyMethod,
    /// For [`PolicyKind::Id`], the SINs.
    #[serde(default, deserialize_with = "text_list")]
    pub params: Vec<String>,
}

impl Policy {
    /// A policy about keys, as BitPay writes them.
    #[must_use]
    pub fn id(method: PolicyMethod, params: Vec<String>) -> Self {
        Self {
            policy: PolicyKind::Id,
            method,
            params,
        }
    }
}

/// One text, several, or none: all were seen.
fn text_list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    struct List;
    impl<'de> serde::de::Visitor<'de> for List {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text, a list of texts, or null")
        }
        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(alloc::vec![text.to_owned()])
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Vec::new())
        }
        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut list: A,
        ) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element()? {
                texts.push(text);
            }
            Ok(texts)
        }
    }
    deserializer.deserialize_any(List)
}

/// A token as BitPay tells of it in answer to a pairing: pending, claimed or minted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pairing {
    /// The facade as BitPay names it; absent when the merchant picks it at approval.
    pub facade_name: Option<String>,
    /// The label.
    pub label: Option<String>,
    /// When the token was made.
    pub created_at: Option<Timestamp>,
    /// When the code stops working; absent once it was approved or claimed.
    pub expires_at: Option<Timestamp>,
    /// The code to approve or to claim; absent once that was done.
    pub code: Option<PairingCode>,
    /// The restrictions on the token.
    pub policies: Vec<Policy>,
    /// The account that the token belongs to, where BitPay says so.
    pub resource: Option<String>,
    token: SecretText,
}

/// The wire form of [`Pairing`], which is not public because it holds the token's text.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    policies: Vec<Policy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
    token: SecretWire,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facade: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(
        default,
        with = "crate::time::millis::optional",
        skip_serializing_if = "Option::is_none"
    )]
    date_created: Option<Timestamp>,
    #[serde(
        default,
        with = "crate::time::millis::optional",
        skip_serializing_if = "Option::is_none"
    )]
    pairing_expiration: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pairing_code: Option<String>,
}

struct SecretWire(SecretText);

impl Serialize for SecretWire {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for SecretWire {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(String::deserialize(deserializer)?);
        Ok(Self(SecretText::new(&text)))
    }
}

impl Serialize for Pairing {
    /// Writes BitPay's form: a list of one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        [Wire {
            policies: self.policies.clone(),
            resource: self.resource.clone(),
            token: SecretWire(self.token.clone()),
            facade: self.facade_name.clone(),
            label: self.label.clone(),
            date_created: self.created_at,
            pairing_expiration: self.expires_at,
            pairing_code: self.code.as_ref().map(|code| code.as_str().to_owned()),
        }]
        .serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Pairing {
    /// Reads BitPay's form: a list of one.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [wire] = <[Wire; 1]>::deserialize(deserializer)?;
        Ok(Self {
            facade_name: wire.facade,
            label: wire.label,
            created_at: wire.date_created,
            expires_at: wire.pairing_expiration,
            // A code that was used may come as an empty text.
            code: wire.pairing_code.and_then(|code| code.parse().ok()),
            policies: wire.policies,
            resource: wire.resource,
            token: wire.token.0,
        })
    }
}

/// A pairing did not give the token that was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PairingError {
    /// The token is of another facade.
    #[error("this token is of the facade {got}, not {wanted}")]
    OtherFacade {
        /// The facade that was asked for.
        wanted: Facade,
        /// The facade that BitPay names.
        got: String,
    },
    /// BitPay's answer does not name a facade that a program can hold.
    #[error("BitPay's answer names no facade: list the key's tokens once the pairing is approved")]
    NoFacade,
    /// The text of the token is not one.
    #[error(transparent)]
    Token(#[from] TokenError),
}

impl Pairing {
    /// A pairing of a given token, as a server makes it.
    #[must_use]
    pub fn new(token: &str, facade: Option<Facade>) -> Self {
        Self {
            facade_name: facade.map(|facade| facade.as_str().to_owned()),
            label: None,
            created_at: None,
            expires_at: None,
            code: None,
            policies: Vec::new(),
            resource: None,
            token: SecretText::new(token),
        }
    }

    /// The facade, if it is one that a program can hold.
    #[must_use]
    pub fn facade(&self) -> Option<Facade> {
        self.facade_name.as_deref()?.parse().ok()
    }

    /// The token, before approval as well: its text does not change. Keep it at once.
    ///
    /// # Errors
    /// [`PairingError::NoFacade`] when the answer names none.
    pub fn token(&self) -> Result<AnyToken, PairingError> {
        let facade = self.facade().ok_or(PairingError::NoFacade)?;
        Ok(AnyToken::parse(facade, self.token.expose())?)
    }

    /// The token with its facade as a type.
    ///
    /// # Errors
    /// [`PairingError::OtherFacade`] when it is of another one.
    pub fn typed_token<F: FacadeKind>(&self) -> Result<Token<F>, PairingError> {
        self.token()?
            .typed()
            .ok_or_else(|| PairingError::OtherFacade {
                wanted: F::FACADE,
                got: self.facade_name.clone().unwrap_or_default(),
            })
    }

    /// The grant of this pairing, for the key that asked.
    ///
    /// # Errors
    /// As [`Pairing::typed_token`].
    pub fn grant<F: FacadeKind>(&self, identity: &Identity) -> Result<Grant<F>, PairingError> {
        Ok(Grant::new(self.typed_token()?, identity.clone()))
    }

    /// Where the merchant approves, while the pairing waits for that.
    #[must_use]
    pub fn approval_url(&self, environment: &Environment) -> Option<String> {
        self.code
            .as_ref()
            .map(|code| code.approval_url(environment))
    }

    /// Is the token usable, as far as this answer says?
    #[must_use]
    pub fn is_active(&self) -> bool {
        !self.policies.iter().any(|policy| {
            matches!(
                policy.method,
                PolicyMethod::Inactive | PolicyMethod::Unclaimed | PolicyMethod::Invalidated
            )
        })
    }

    /// Has the code run out at this instant?
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires| now >= expires)
    }

    /// The token's text equals this one; in constant time.
    #[must_use]
    pub fn has_token(&self, listed: &ApprovedToken) -> bool {
        self.token == listed.token
    }
}

/// A token that the merchant has approved for a key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApprovedToken {
    /// The facade as BitPay names it. Tokens of single resources are listed as well, as
    /// `payout/recipient` for example.
    pub facade_name: String,
    token: SecretText,
}

impl ApprovedToken {
    /// An entry of the list, as a server makes it.
    #[must_use]
    pub fn new(facade_name: &str, token: &str) -> Self {
        Self {
            facade_name: facade_name.to_owned(),
            token: SecretText::new(token),
        }
    }

    /// The token, if it is of a facade; `None` for the token of a single resource.
    #[must_use]
    pub fn token(&self) -> Option<AnyToken> {
        AnyToken::parse(self.facade_name.parse().ok()?, self.token.expose()).ok()
    }

    /// The token with its facade as a type; `None` when it is of another one.
    #[must_use]
    pub fn typed_token<F: FacadeKind>(&self) -> Option<Token<F>> {
        self.token()?.typed()
    }
}

impl Serialize for ApprovedToken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([(self.facade_name.as_str(), self.token.expose())])
    }
}

impl<'de> Deserialize<'de> for ApprovedToken {
    /// Reads BitPay's form: an object with one field, named after the facade.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Single;
        impl<'de> serde::de::Visitor<'de> for Single {
            type Value = ApprovedToken;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of one facade and its token")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Self::Value, A::Error> {
                let first: Option<(String, SecretWire)> = map.next_entry()?;
                while map
                    .next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?
                    .is_some()
                {}
                let (facade_name, token) =
                    first.ok_or_else(|| serde::de::Error::custom("no facade is named"))?;
                Ok(ApprovedToken {
                    facade_name,
                    token: token.0,
                })
            }
        }
        deserializer.deserialize_map(Single)
    }
}

/// What to do next while waiting for an approval.
#[derive(Debug)]
pub enum Wait {
    /// List the key's tokens, and tell [`Approval::listed`].
    Ask,
    /// Let this much time pass.
    Sleep(Duration),
    /// The wait is over.
    Over(Waited),
}

/// Waits for an approval, without a clock: [`Approval::next`] is told the time.
#[derive(Debug)]
pub struct Approval<'a> {
    pairing: &'a Pairing,
    every: Duration,
    asked: Option<Timestamp>,
    approved: bool,
}

/// BitPay limits how often it is asked: waiting asks no more often than this.
pub const FASTEST_POLL: Duration = Duration::from_secs(5);

impl<'a> Approval<'a> {
    /// Waits for this pairing, asking every so often, but no faster than every five seconds.
    #[must_use]
    pub fn of(pairing: &'a Pairing, every: Duration) -> Self {
        Self {
            pairing,
            every: every.max(FASTEST_POLL),
            asked: None,
            approved: false,
        }
    }

    /// What to do at this instant. The last question is asked at the expiry itself, so that an
    /// approval in the last seconds is seen.
    pub fn next(&mut self, now: Timestamp) -> Wait {
        if self.approved {
            return Wait::Over(Waited::Approved);
        }
        let Some(asked) = self.asked else {
            self.asked = Some(now);
            return Wait::Ask;
        };
        if self.pairing.is_expired(asked) {
            return Wait::Over(Waited::Expired);
        }
        let passed = Duration::try_from(now.duration_since(asked)).unwrap_or_default();
        let until_expiry = match self.pairing.expires_at {
            Some(expires) => Duration::try_from(expires.duration_since(asked)).unwrap_or_default(),
            None => self.every,
        };
        let pause = self.every.min(until_expiry);
        if passed >= pause {
            self.asked = Some(now);
            Wait::Ask
        } else {
            Wait::Sleep(pause - passed)
        }
    }

    /// Tells what BitPay answered to the question.
    ///
    /// # Errors
    /// Returns the error, unless it is the refusal of a key that has no approved token yet.
    pub fn listed<T: AsRef<Vec<ApprovedToken>>>(
        &mut self,
        answer: Result<T, Error>,
    ) -> Result<(), Error> {
        match answer {
            Ok(tokens) => {
                self.approved = tokens
                    .as_ref()
                    .iter()
                    .any(|listed| self.pairing.has_token(listed))
            }
            Err(error)
                if error
                    .api()
                    .is_some_and(|api| api.kind == ApiErrorKind::NotPaired) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

/// How the wait for an approval ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The token is usable.
    Approved,
    /// The code ran out before it was approved. Ask for a new pairing.
    Expired,
}
