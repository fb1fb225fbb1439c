//! What BitPay tells of tokens: pending, claimed, minted, approved.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::PairingCode;
use crate::credential::{Grant, Identity};
use crate::environment::Environment;
use crate::facade::{Facade, FacadeKind};
use crate::model::lenient;
use crate::open_enum::open_enum;
use crate::secret::SecretText;
use crate::time::Timestamp;
use crate::token::{AnyToken, Token, TokenError};

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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Policy {
    /// What is restricted.
    pub policy: PolicyKind,
    /// How.
    pub method: PolicyMethod,
    /// For [`PolicyKind::Id`], the SINs.
    #[serde(default, with = "lenient::OneOrMore::<String>")]
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
#[cfg_attr(
    feature = "schema",
    derive(schemars::JsonSchema),
    schemars(rename = "PendingToken")
)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default, with = "lenient::List::<Policy>")]
    policies: Vec<Policy>,
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    resource: Option<String>,
    token: SecretWire,
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    facade: Option<String>,
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    label: Option<String>,
    #[serde(
        default,
        with = "crate::time::MaybeMillis",
        skip_serializing_if = "Option::is_none"
    )]
    date_created: Option<Timestamp>,
    #[serde(
        default,
        with = "crate::time::MaybeMillis",
        skip_serializing_if = "Option::is_none"
    )]
    pairing_expiration: Option<Timestamp>,
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pairing_code: Option<String>,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Pairing {
    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Pairing".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let one = generator.subschema_for::<Wire>();
        schemars::json_schema!({
            "description": "A token as BitPay tells of it in answer to a pairing.",
            "anyOf": [{ "type": "array", "items": one, "minItems": 1, "maxItems": 1 }, one],
        })
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SecretWire {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Token".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string" })
    }
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
    /// Reads BitPay's form, a list of one, and the one alone.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = lenient::OneOrMore::<Wire>::deserialize(deserializer)?;
        let [wire] = <[Wire; 1]>::try_from(list)
            .map_err(|list| D::Error::invalid_length(list.len(), &"one token"))?;
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
