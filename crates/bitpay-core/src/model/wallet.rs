//! Wallets: <https://developer.bitpay.com/reference/wallets>.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::lenient;
use crate::currency::Currency;
use crate::open_enum::open_enum;

open_enum! {
    /// What a wallet's QR code holds.
    pub enum QrType {
        /// A payment URI with address and amount.
        Bip21 = "BIP21",
        /// An address and nothing else.
        Address = "ADDRESS",
        /// A link to a payment request.
        Bip72b = "BIP72b",
        /// An Ethereum payment request.
        Eip681 = "EIP681",
        /// An Ethereum payment request with a link to BitPay's.
        Eip681b = "EIP681b",
    }
}

/// The QR code that a wallet reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WalletQr {
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: QrType,
    /// Whether it is hidden at first.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub collapsed: Option<bool>,
}

impl WalletQr {
    /// A code that is shown at once.
    #[must_use]
    pub const fn new(kind: QrType) -> Self {
        Self {
            kind,
            collapsed: None,
        }
    }
}

/// A currency that a wallet pays with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WalletCurrency {
    /// The currency.
    pub code: Currency,
    /// The URL of its picture.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub image: Option<String>,
    /// Whether the wallet has the payment protocol for it.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub pay_pro: Option<bool>,
    /// Whether it pays from person to person.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub p2p: Option<bool>,
    /// Whether it has a browser for decentralised applications.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub dapp_browser: Option<bool>,
    /// Whether it has WalletConnect.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub wallet_connect: Option<bool>,
    /// Whether it pays over Lightning.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub lightning: Option<bool>,
    /// What the wallet takes for a payment, as it is shown.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub withdrawal_fee: Option<String>,
    /// The QR code that it reads.
    #[serde(
        default,
        with = "lenient::Object::<WalletQr>",
        skip_serializing_if = "Option::is_none"
    )]
    pub qr: Option<WalletQr>,
}

impl WalletCurrency {
    /// A currency of which no more than this is known.
    #[must_use]
    pub const fn new(code: Currency) -> Self {
        Self {
            code,
            image: None,
            pay_pro: None,
            p2p: None,
            dapp_browser: None,
            wallet_connect: None,
            lightning: None,
            withdrawal_fee: None,
            qr: None,
        }
    }
}

/// A wallet that BitPay knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Wallet {
    /// Its key: what an invoice's `forced_buyer_selected_wallet` takes.
    pub key: String,
    /// Its name, for display.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub display_name: Option<String>,
    /// The file name of its picture.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub avatar: Option<String>,
    /// The URL of its picture.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub image: Option<String>,
    /// Whether it has the payment protocol.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub pay_pro: Option<bool>,
    /// The currencies that it pays with.
    #[serde(default, with = "lenient::List::<WalletCurrency>")]
    pub currencies: Vec<WalletCurrency>,
    /// How its payment links begin.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub uni_code: Option<String>,
    /// Whether it pays without a transaction on a blockchain.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub off_chain_mode: Option<bool>,
    /// Whether it pays over Lightning.
    #[serde(
        default,
        with = "lenient::Flag",
        skip_serializing_if = "Option::is_none"
    )]
    pub lightning: Option<bool>,
    /// The currency that it pays with unless told otherwise.
    #[serde(
        default,
        with = "lenient::Given::<Currency>",
        skip_serializing_if = "Option::is_none"
    )]
    pub invoice_default: Option<Currency>,
    /// Where its users verify who they are.
    #[serde(
        default,
        with = "lenient::Text",
        skip_serializing_if = "Option::is_none"
    )]
    pub verification_link: Option<String>,
}

impl Wallet {
    /// A wallet of which no more than this is known.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            display_name: None,
            avatar: None,
            image: None,
            pay_pro: None,
            currencies: Vec::new(),
            uni_code: None,
            off_chain_mode: None,
            lightning: None,
            invoice_default: None,
            verification_link: None,
        }
    }
}

/// Asks for the wallets that BitPay knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct GetSupportedWallets {}

impl GetSupportedWallets {
    /// The request.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}
