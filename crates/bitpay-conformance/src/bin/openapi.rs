//! Prints the description of BitPay's API that is kept in `docs/openapi.json`.

fn main() {
    let api = bitpay_sandbox::openapi(&["https://test.bitpay.com", "https://bitpay.com"]);
    println!("{api:#}");
}
