#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| bitpay_fuzz::laws::import(data));
