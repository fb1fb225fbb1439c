#![no_main]

libfuzzer_sys::fuzz_target!(
    init: bitpay_fuzz::seeds::write("rows"),
    |data: &[u8]| bitpay_fuzz::laws::rows(data)
);
