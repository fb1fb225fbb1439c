//! Finds out why calls are refused: which of the causes behind `Unauthorized sin` and its kin holds.

use alloc::vec::Vec;
use core::fmt;

use crate::answer::Answer;
use crate::credential::{AnyGrant, Credential as _, Identity};
use crate::environment::Environment;
use crate::error::{ApiErrorKind, Error};
use crate::id::InvoiceId;
use crate::model::invoice::{GetInvoice, Invoice};
use crate::pairing::ApprovedToken;
use crate::sin::Sin;
use crate::time::Timestamp;

/// What the caller knows of how the token came about. All of it is optional.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Evidence {
    /// The environment in which the token was made.
    pub paired_in: Option<Environment>,
    /// The key that the token was made for.
    pub paired_by: Option<Sin>,
    /// When the pairing code runs out, while its approval is awaited.
    pub code_expires_at: Option<Timestamp>,
}

/// Why calls with a key and a token are refused.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Diagnosis {
    /// They are not: the key and the token work.
    Works,
    /// The key works, and there is no token to ask about.
    KeyWorks,
    /// The pairing was not approved yet.
    NotApproved,
    /// The pairing code ran out before it was approved.
    CodeExpired,
    /// The token is for another key.
    OtherKey,
    /// The token is of another environment.
    OtherEnvironment,
    /// The environment does not know the token: it was reset, or the token was revoked or cut off.
    Reset,
    /// The environment knows neither the key nor of a token for it.
    UnknownKey,
    /// The server could not be asked, or said something else.
    Unclear,
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Works => "the key and the token work",
            Self::KeyWorks => "the key works; there is no token to ask about",
            Self::NotApproved => "the pairing was not approved yet: open its approval link and approve it",
            Self::CodeExpired => "the pairing code ran out before it was approved: pair again",
            Self::OtherKey => "the token was made for another key: use that key, or pair again with this one",
            Self::OtherEnvironment => "the token was made in another environment: use it there, or pair again here",
            Self::Reset => {
                "the environment does not know the token: it was reset, or the token was revoked or cut off: pair again"
            }
            Self::UnknownKey => {
                "the environment does not know this key: the pairing was not approved, or the key is not the paired one"
            }
            Self::Unclear => "the server gave no answer that tells: try again later",
        })
    }
}

/// The call that tells whether a token works: it asks for an invoice that does not exist.
#[doc(hidden)]
#[must_use]
pub fn probe() -> GetInvoice {
    GetInvoice::new(InvoiceId::of_none())
}

/// Diagnoses from three things: what the caller knows, the answer to the list of the key's tokens,
/// and the answer to one call with the token (`None` without one). It asks nobody itself.
#[must_use]
pub fn diagnose(
    credential: &AnyGrant,
    environment: &Environment,
    listed: &Result<Answer<Vec<ApprovedToken>>, Error>,
    probe: Option<&Result<Answer<Invoice>, Error>>,
    evidence: &Evidence,
    now: Timestamp,
) -> Diagnosis {
    let refusal = |error: &Error| error.api().map(|api| api.kind);
    if evidence
        .paired_in
        .as_ref()
        .is_some_and(|made_in| made_in != environment)
    {
        return Diagnosis::OtherEnvironment;
    }
    if let (Ok(tokens), Some(token)) = (listed, credential.token())
        && tokens
            .iter()
            .filter_map(ApprovedToken::token)
            .any(|known| known == *token)
    {
        return Diagnosis::Works;
    }
    let waiting = match evidence.code_expires_at {
        Some(expires) if now >= expires => Some(Diagnosis::CodeExpired),
        Some(_) => Some(Diagnosis::NotApproved),
        None => None,
    };
    let sin = credential.signer().map(Identity::sin);
    let other_key = evidence.paired_by.is_some() && evidence.paired_by.as_ref() != sin;
    match probe {
        // A pos token without a key works, and is on no key's list.
        Some(Ok(_)) => Diagnosis::Works,
        Some(Err(error)) => match refusal(error) {
            Some(ApiErrorKind::NotFound) => Diagnosis::Works,
            Some(ApiErrorKind::InvalidToken) => Diagnosis::Reset,
            Some(ApiErrorKind::NotPaired) if other_key => Diagnosis::OtherKey,
            // The token exists, but the key is known for nothing: not approved, or not the paired one.
            Some(ApiErrorKind::NotPaired) if listed.is_err() && evidence.paired_by.is_none() => {
                waiting.unwrap_or(Diagnosis::UnknownKey)
            }
            Some(ApiErrorKind::NotPaired) => waiting.unwrap_or(Diagnosis::OtherKey),
            _ => Diagnosis::Unclear,
        },
        None => match listed {
            Ok(_) => Diagnosis::KeyWorks,
            Err(error) if refusal(error) == Some(ApiErrorKind::NotPaired) => {
                waiting.unwrap_or(Diagnosis::UnknownKey)
            }
            Err(_) => Diagnosis::Unclear,
        },
    }
}
