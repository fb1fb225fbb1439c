#![no_main]

libfuzzer_sys::fuzz_target!(
    init: bitpay_fuzz::seeds::write("answer"),
    |data: &[u8]| bitpay_fuzz::laws::answer(data)
);
