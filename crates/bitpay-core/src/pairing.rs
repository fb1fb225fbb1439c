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
use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::environment::Environment;
use crate::facade::Facade;
use crate::guid::Guid;
use crate::looks::LooksLike;
use crate::model::{Echo, InvalidRequest, text_setters};
use crate::sin::Sin;

mod answer;
mod approval;

pub use answer::{ApprovedToken, Pairing, PairingError, Policy, PolicyKind, PolicyMethod};
pub use approval::{Approval, FASTEST_POLL, Wait, Waited};

/// How long a pairing code lives: 24 hours.
pub const CODE_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// A pairing code: seven letters and digits, case matters, used once. `Debug` does not show it: until it is
/// used, it is as good as the token that it stands for.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PairingCode(String);

impl fmt::Debug for PairingCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PairingCode([redacted])")
    }
}

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

    text_setters!(label);

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

    text_setters!(label);

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

    text_setters!(label);

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
