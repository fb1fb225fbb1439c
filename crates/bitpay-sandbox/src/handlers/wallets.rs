//! A few wallets, as examples.

use bitpay_core::Currency;
use bitpay_core::model::wallet::{QrType, Wallet, WalletCurrency, WalletQr};

/// The wallets, with pictures at this address.
pub(super) fn all(base: &str) -> Vec<Wallet> {
    let coin = |code: Currency, qr: QrType| {
        let mut coin = WalletCurrency::new(code);
        coin.image = Some(format!("{base}/img/icon/currencies/{}.svg", coin.code));
        coin.pay_pro = Some(matches!(qr, QrType::Bip72b | QrType::Eip681b));
        coin.qr = Some(WalletQr::new(qr));
        coin
    };
    let wallet = |key: &str, name: &str, pay_pro: bool, currencies| {
        let mut wallet = Wallet::new(key);
        wallet.display_name = Some(name.to_owned());
        wallet.avatar = Some(format!("{key}-wallet.png"));
        wallet.image = Some(format!("{base}/img/wallet-logos/{key}-wallet.png"));
        wallet.pay_pro = Some(pay_pro);
        wallet.currencies = currencies;
        wallet
    };
    let own = vec![
        coin(Currency::BTC, QrType::Bip72b),
        coin(Currency::BCH, QrType::Bip72b),
        coin(Currency::ETH, QrType::Eip681b),
        coin(Currency::USDC, QrType::Eip681b),
    ];
    let other = vec![
        coin(Currency::BTC, QrType::Bip21),
        coin(Currency::ETH, QrType::Address),
    ];
    vec![
        wallet("bitpay", "BitPay", true, own),
        wallet("other", "Other wallet", false, other),
    ]
}
