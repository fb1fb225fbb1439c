//! What an invoice is made of.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::Error as _;
use serde::ser::{SerializeSeq, Serializer};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use super::ExceptionStatus;
use crate::amount::{Amount, Rate, SubUnits};
use crate::by_currency::ByCurrency;
use crate::currency::Currency;
use crate::json::{self, Entries};
use crate::model::{lenient, setters, text_setters};
use crate::time::{self, Timestamp};

/// What is odd about a payment: `false` for nothing, and a text for something.
pub(super) struct Exception;

impl Exception {
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<ExceptionStatus>, D::Error> {
        let text = lenient::Text::deserialize(deserializer)?;
        Ok(text
            .filter(|text| !matches!(text.as_str(), "" | "false"))
            .map(|text| text.as_str().into()))
    }

    pub(super) fn serialize<S: Serializer>(
        status: &Option<ExceptionStatus>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match status {
            Some(status) => status.serialize(serializer),
            None => serializer.serialize_bool(false),
        }
    }
}

/// A line of an invoice, for display only: BitPay does not add the lines up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ItemizedDetail {
    /// In units of the invoice's currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount: Option<Amount>,
    /// What it is for.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub description: Option<String>,
    /// Whether it is a fee.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub is_fee: Option<bool>,
}

impl ItemizedDetail {
    /// A line that is no fee.
    #[must_use]
    pub fn new(amount: impl Into<Amount>, description: impl Into<String>) -> Self {
        Self {
            amount: Some(amount.into()),
            description: Some(description.into()),
            is_fee: Some(false),
        }
    }

    setters!(is_fee: bool);
}

/// The buyer, as the merchant names them. All of it is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Buyer {
    /// Name.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// First line of the address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub address1: Option<String>,
    /// Second line of the address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub address2: Option<String>,
    /// Town.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub locality: Option<String>,
    /// State or province.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub region: Option<String>,
    /// Postal code.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub postal_code: Option<String>,
    /// Country, as an ISO 3166-1 alpha-2 code.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub country: Option<String>,
    /// Email address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email: Option<String>,
    /// Telephone number.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone: Option<String>,
    /// Whether BitPay writes to the email address about the payment.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub notify: Option<bool>,
}

impl Buyer {
    /// Nothing yet; set what is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    text_setters!(
        name,
        address1,
        address2,
        locality,
        region,
        postal_code,
        country,
        email,
        phone
    );
    setters!(notify: bool);
}

/// What the buyer gave and chose at the checkout.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BuyerProvidedInfo {
    /// Name.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub name: Option<String>,
    /// Telephone number.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub phone_number: Option<String>,
    /// Email address.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub email_address: Option<String>,
    /// Wallet, by its key: `bitpay`.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub selected_wallet: Option<String>,
    /// Cryptocurrency to pay in.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub selected_transaction_currency: Option<Currency>,
    /// Telephone number for text messages.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub sms: Option<String>,
    /// Whether that number was verified.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub sms_verified: Option<bool>,
}

/// A payment to an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Transaction {
    /// In the smallest unit of the transaction currency; negative for fees.
    #[serde(
        default,
        with = "lenient::Given::<SubUnits>",
        skip_serializing_if = "Option::is_none"
    )]
    pub amount: Option<SubUnits>,
    /// How many blocks confirm it.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub confirmations: Option<u32>,
    /// Its id on the blockchain.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub txid: Option<String>,
    /// What it is where it is no payment: `buyerPaidMinerFee`.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "type",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// When it was made.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub time: Option<Timestamp>,
    /// When BitPay saw it.
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    pub received_time: Option<Timestamp>,
    /// Exchange rates of the transaction currency when it was seen.
    #[serde(default, skip_serializing_if = "ByCurrency::is_empty")]
    pub ex_rates: ByCurrency<Rate>,
    /// Its place among the outputs of the transaction.
    #[serde(
        default,
        with = "lenient::Count",
        skip_serializing_if = "Option::is_none"
    )]
    pub output_index: Option<u32>,
}

/// What the blockchain takes for a payment in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct MinerFee {
    /// Smallest units for each byte of the transaction.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub satoshis_per_byte: Option<Amount>,
    /// All of it, in the smallest unit of the currency.
    #[serde(
        default,
        with = "lenient::Given::<SubUnits>",
        skip_serializing_if = "Option::is_none"
    )]
    pub total_fee: Option<SubUnits>,
    /// All of it, in units of the invoice's currency.
    #[serde(
        default,
        with = "lenient::Given::<Amount>",
        skip_serializing_if = "Option::is_none"
    )]
    pub fiat_amount: Option<Amount>,
}

/// Whether the buyer may choose a currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SupportedCurrency {
    /// Whether they may.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub enabled: Option<bool>,
    /// Why not.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub reason: Option<String>,
}

/// What wallets scan or open to pay in one currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PaymentCodes {
    /// Bitcoin-like URI that names only the payment protocol URL.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "BIP72b",
        skip_serializing_if = "Option::is_none"
    )]
    pub bip72b: Option<String>,
    /// Payment protocol URL.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "BIP73",
        skip_serializing_if = "Option::is_none"
    )]
    pub bip73: Option<String>,
    /// Ethereum URI for the payment protocol.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "EIP681",
        skip_serializing_if = "Option::is_none"
    )]
    pub eip681: Option<String>,
    /// Ethereum URI for the payment protocol, for tokens.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "EIP681b",
        skip_serializing_if = "Option::is_none"
    )]
    pub eip681b: Option<String>,
    /// Ripple URI for the payment protocol.
    #[serde(
        default,
        with = "lenient::Text",
        rename = "RIP681",
        skip_serializing_if = "Option::is_none"
    )]
    pub rip681: Option<String>,
}

/// The buyer's account with BitPay; empty where they have none or did not sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Shopper {
    /// The account's id.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub user: Option<String>,
}

/// What any wallet opens to pay in any currency.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct UniversalCodes {
    /// Link to the payment.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub payment_string: Option<String>,
    /// Link that verifies it.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub verification_link: Option<String>,
}

/// An address that a refund can go to. On the wire, an object with the address as its one name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RefundAddress {
    /// The address, on the blockchain of the transaction currency.
    pub address: String,
    /// Where BitPay has it from: `buyerSupplied`.
    pub kind: Option<String>,
    /// When it was given.
    pub date: Option<Timestamp>,
    /// The email address of who gave it.
    pub email: Option<String>,
    /// What has to go with the address, in currencies that ask for more than one, such as XRP.
    pub tag: Option<String>,
}

impl RefundAddress {
    /// An address of which no more is known.
    #[must_use]
    pub fn new(address: impl Into<String>) -> Self {
        Self::with(address.into(), RefundAddressDetails::default())
    }

    fn with(address: String, details: RefundAddressDetails) -> Self {
        let RefundAddressDetails {
            kind,
            date,
            email,
            tag,
        } = details;
        Self {
            address,
            kind,
            date,
            email,
            tag,
        }
    }
}

/// What stands behind the address.
#[derive(Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefundAddressDetails {
    #[serde(
        default,
        rename = "type",
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    kind: Option<String>,
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    date: Option<Timestamp>,
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    email: Option<String>,
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    tag: Option<String>,
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Exception {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "Exception".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let status = generator.subschema_for::<ExceptionStatus>();
        crate::schema::or_nothing(generator, status)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RefundAddresses {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> alloc::borrow::Cow<'static, str> {
        "RefundAddresses".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let details = generator.subschema_for::<RefundAddressDetails>();
        let by_address = schemars::json_schema!({
            "description": "Addresses, and where BitPay has each from.",
            "type": "object",
            "additionalProperties": { "anyOf": [details, { "type": "null" }] },
        });
        let list = schemars::json_schema!({
            "type": "array",
            "items": { "anyOf": [by_address, { "type": "string" }] },
        });
        let either = schemars::json_schema!({ "anyOf": [list, by_address] });
        crate::schema::or_nothing(generator, either)
    }
}

/// A list of objects, each of an address; texts and a single object are read as well.
pub(super) struct RefundAddresses;

impl RefundAddresses {
    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<RefundAddress>, D::Error> {
        let Some(raw) = Option::<Box<RawValue>>::deserialize(deserializer)? else {
            return Ok(Vec::new());
        };
        let mut addresses = Vec::new();
        let read = if raw.get().starts_with('[') {
            serde_json::from_str::<Vec<&RawValue>>(raw.get()).and_then(|list| {
                list.into_iter()
                    .try_for_each(|one| add(one, &mut addresses))
            })
        } else {
            add(&raw, &mut addresses)
        };
        read.map(|()| addresses).map_err(D::Error::custom)
    }

    pub(super) fn serialize<S: Serializer>(
        addresses: &[RefundAddress],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(addresses.len()))?;
        for it in addresses {
            let details = RefundAddressDetails {
                kind: it.kind.clone(),
                date: it.date,
                email: it.email.clone(),
                tag: it.tag.clone(),
            };
            list.serialize_element(&BTreeMap::from([(&it.address, details)]))?;
        }
        list.end()
    }
}

/// Adds what a text or an object names.
fn add(raw: &RawValue, addresses: &mut Vec<RefundAddress>) -> Result<(), serde_json::Error> {
    let text = raw.get();
    if text.starts_with('{') {
        for (address, details) in serde_json::from_str::<Entries<'_>>(text)?.0 {
            let details = if details.get().starts_with('{') {
                json::read(details.get())?
            } else {
                RefundAddressDetails::default()
            };
            addresses.push(RefundAddress::with(address, details));
        }
    } else if text.starts_with('"') && text != r#""""# {
        addresses.push(RefundAddress::new(serde_json::from_str::<String>(text)?));
    }
    Ok(())
}
