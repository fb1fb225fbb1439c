//! The quickstart goes as told, each time, and leaves nothing behind.

use crate::program::Home;

#[test]
fn it_goes_as_told_twice_and_touches_no_profile() {
    let home = Home::new();
    for _ in 0..2 {
        let told = home.run(&["quickstart"]).ok();
        assert_eq!(told.err, "");
        for number in 1..=15 {
            assert!(
                told.out.contains(&format!("\n{number:2}. ")),
                "{number} in {}",
                told.out
            );
        }
        let words = told.out.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "Unauthorized sin",
            "create_refund needs the facade merchant, and this credential is of the facade pos",
            "invoices for the order 1043: 1",
            "the invoice is confirmed",
            "bitpay pair --env test --facade merchant --wait",
            "/dashboard",
            "wait_for_approval",
        ] {
            assert!(words.contains(part), "{part} in {}", told.out);
        }
    }
    assert!(!home.path().exists());
}

#[test]
fn it_is_json_too() {
    let told = Home::new().run(&["quickstart", "--json"]).ok().json();
    assert_eq!(told["ok"], true);
    assert_eq!(told["steps"].as_array().unwrap().len(), 15);
}
