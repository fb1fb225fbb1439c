//! Every list, as a table and as CSV.

use crate::commands::{complete_invoice, paired};
use crate::server::Server;

#[test]
fn every_list_is_written_as_csv_with_the_columns_of_its_table() {
    let server = Server::start();
    let home = paired(&server, "merchant");
    let invoice = complete_invoice(&server, &home);
    home.run(&["refund", "create", &invoice, "--amount", "2.5"])
        .ok();
    let item = ["--item", "2x12.5 Tea, green"];
    let bill = ["bill", "create", "b@example.org", "USD", "--number", "7"];
    home.run(&[&bill[..], &item].concat()).ok();
    let weekly = [
        "subscription",
        "create",
        "b@example.org",
        "USD",
        "--schedule",
        "weekly",
    ];
    home.run(&[&weekly[..], &item, &["--due", "2099-01-01"]].concat())
        .ok();
    server.advance_hours(24);
    let payer = paired(&server, "payout");
    payer
        .run(&[
            "recipient",
            "invite",
            "ada@example.org",
            "--label",
            "Ada, of Bath",
        ])
        .ok();

    let lists: &[(&[&str], &str)] = &[
        (
            &["invoice", "list", "--to", "2099-01-01"],
            "invoice,status,price,currency,order",
        ),
        (
            &["refund", "list", &invoice],
            "refund,status,amount,currency,reference",
        ),
        (&["bill", "list"], "bill,status,email,number,due"),
        (
            &["subscription", "list"],
            "subscription,status,email,schedule",
        ),
        (&["ledger"], "currency,balance"),
        (
            &["ledger", "USD", "--to", "2099-01-01"],
            "time,code,amount,currency,description,invoice",
        ),
        (
            &["settlement", "list", "--to", "2099-01-01"],
            "settlement,status,paid_out,currency,from,until",
        ),
        (&["tokens"], "facade,held"),
        (&["sin", "list"], "sin,own"),
        (&["rates"], "base,rate,currency,name"),
        (&["currencies"], "currency,name,decimals,minimum"),
        (&["wallets"], "wallet,name,currencies"),
        (&["recipient", "list"], "recipient,status,email,label"),
        (
            &["payout", "list"],
            "payout,status,amount,currency,reference",
        ),
    ];
    for (list, header) in lists {
        let home = match list[0] {
            "recipient" | "payout" => &payer,
            _ => &home,
        };
        let table = home.run(list).ok().out;
        let text = home.run(&[list, &["--csv"][..]].concat()).ok().out;
        let (first, rest) = text.split_once('\n').unwrap();
        assert_eq!(first, *header);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = 0;
        for row in reader.records() {
            let row = row.unwrap();
            rows += 1;
            // In the same sequence; what is empty leaves a gap.
            let mut line = table.lines().nth(rows).unwrap();
            for cell in row.iter() {
                let at = line
                    .find(cell)
                    .unwrap_or_else(|| panic!("{cell} is not in {table}"));
                line = &line[at + cell.len()..];
            }
        }
        match list[0] {
            "payout" => assert_eq!((rest, table.as_str()), ("", "no such payouts\n")),
            _ => assert_eq!(table.lines().count(), rows + 1, "{table}"),
        }
        // Wherever the two stand, only one of them is obeyed.
        let beside = [list, &["--csv", "--json"][..]].concat();
        home.run(&beside).fails(2, "cannot be used with");
        let around = [&["--json"], *list, &["--csv"]].concat();
        home.run(&around).fails(2, "--csv or --json, not both");
    }
}
