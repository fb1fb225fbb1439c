//! A person's way through the sandbox's pages, in a real browser: a pairing is approved at the address that
//! `bitpay pair` printed, an invoice is paid on its checkout page, and the webhook is looked at. Then every
//! page is looked at, with a desktop's and a phone's screen. `cargo xtask browser` runs it.
//!
//! Usage: `browser PROGRAM FOLDER`: the program `bitpay`, and where pictures go.

// This crate is test code throughout.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod driver;

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use bitpay_blocking::model::invoice::{CreateInvoice, InvoiceStatus};
use bitpay_blocking::model::payout::CreatePayout;
use bitpay_blocking::model::recipient::{NewRecipient, RecipientStatus, SubmitRecipients};
use bitpay_blocking::model::refund::CreateRefund;
use bitpay_blocking::{Client, Currency, Merchant, Payout, PrivateKey, new_guid};
use bitpay_core::signature::Digest;
use bitpay_sandbox::{Sandbox, WebhookInbox};

use driver::{Browser, DESKTOP, Outcome, PHONE};

fn main() -> ExitCode {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let outcome = match &args[..] {
        [program, folder] => walk(program, folder),
        _ => Err("usage: browser PROGRAM FOLDER".to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Whatever fails here ends the walk, and is said.
fn told(error: impl std::fmt::Display) -> String {
    error.to_string()
}

struct Walk<'a> {
    browser: Browser,
    sandbox: &'a Sandbox,
    inbox: &'a WebhookInbox,
    program: &'a Path,
    folder: &'a Path,
    pictures: u32,
}

fn walk(program: &Path, folder: &Path) -> Outcome {
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).map_err(told)?;
    let sandbox = Sandbox::builder().seed(1).start().map_err(told)?;
    let inbox = WebhookInbox::start().map_err(told)?;
    let mut walk = Walk {
        browser: Browser::start()?,
        sandbox: &sandbox,
        inbox: &inbox,
        program,
        folder,
        pictures: 0,
    };
    walk.empty()?;
    walk.pair()?;
    let invoice = walk.pay()?;
    walk.see_the_webhook(&invoice)?;
    walk.without_script()?;
    walk.fill(&invoice)?;
    walk.press_buttons()?;
    walk.look_at_all(&invoice)?;
    walk.nothing_strange_happened()?;
    walk.the_policy_holds()?;
    println!("{} pictures are in {}", walk.pictures, folder.display());
    Ok(())
}

impl Walk<'_> {
    fn at(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    fn open(&self, path: &str) -> Outcome {
        self.browser.open(&self.at(path))
    }

    fn says(&self, expected: &str) -> Outcome {
        self.browser.says(expected)
    }

    /// Looks at the page with both screens: it is never wider than the screen.
    fn look(&mut self, name: &str) -> Outcome {
        for screen in [PHONE, DESKTOP] {
            self.browser.look_with(screen)?;
            let width = self
                .browser
                .run("return document.documentElement.scrollWidth")?;
            let width = width.as_u64().ok_or("the page has no width")?;
            if width > u64::from(screen.width) {
                let find = format!(
                    "return [...document.querySelectorAll('body *')].filter(it => \
                     it.getBoundingClientRect().right > {}).map(it => it.outerHTML).pop()",
                    screen.width
                );
                let widest = self.browser.run(&find)?;
                let screen = screen.name;
                return Err(format!("{name} is {width} wide on a {screen}: {widest}"));
            }
            let file = format!("{:02}-{name}-{}.png", self.pictures / 2 + 1, screen.name);
            self.browser.save_picture(&self.folder.join(file))?;
            self.pictures += 1;
        }
        Ok(())
    }

    fn bitpay(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.program);
        command
            .args(args)
            .args(["--profile", "browser"])
            .env("BITPAY_HOME", self.folder.join("home"))
            .env("NO_PROXY", "127.0.0.1");
        command
    }

    fn empty(&mut self) -> Outcome {
        self.open("/dashboard")?;
        self.says("It is empty.")?;
        self.look("empty")
    }

    /// Opens the address that `bitpay pair` printed, and approves.
    fn pair(&mut self) -> Outcome {
        let base = self.sandbox.base_url().to_string();
        let mut pair = self
            .bitpay(&[
                "pair", "--env", &base, "--facade", "merchant", "--label", "Web shop", "--wait",
            ])
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(told)?;
        let said = BufReader::new(pair.stderr.take().ok_or("bitpay says nothing")?);
        let mut lines = said.lines().map_while(Result::ok);
        let address = lines
            .by_ref()
            .find_map(|line| {
                line.split_whitespace()
                    .find(|it| it.contains("pairingCode="))
                    .map(str::to_owned)
            })
            .ok_or("bitpay pair printed no address")?;
        println!("bitpay pair printed {address}");
        self.browser.open(&address)?;
        self.says("Web shop")?;
        self.look("approval")?;
        self.browser.click("button[value=approve]")?;
        self.says("Approved.")?;
        self.look("approved")?;
        lines.for_each(drop);
        match pair.wait().map_err(told)? {
            status if status.success() => Ok(()),
            status => Err(format!("bitpay pair --wait ended with {status}")),
        }
    }

    /// Makes an invoice by the program, and pays it on its page.
    fn pay(&mut self) -> Outcome<String> {
        let hook = self.inbox.url();
        let made = self
            .bitpay(&[
                "invoice",
                "create",
                "12.50",
                "USD",
                "--json",
                "--order",
                "A-17",
                "--item-desc",
                "Two cups <script>document.title = 'pwned'</script>",
                "--notification-url",
                &hook,
                "--redirect-url",
                "https://shop.example/thanks",
                "--email",
                "buyer@example.com",
            ])
            .stderr(Stdio::inherit())
            .output()
            .map_err(told)?;
        let made: serde_json::Value = serde_json::from_slice(&made.stdout).map_err(told)?;
        let part = |name: &str| made[name].as_str().map(str::to_owned);
        let (id, url) = part("id").zip(part("url")).ok_or("no invoice was made")?;
        self.browser.open(&url)?;
        self.says("Choose how to pay")?;
        self.look("checkout-choice")?;
        self.browser.click("button[value=BTC]")?;
        self.says("0.000207 BTC")?;
        let counted = self.browser.run(
            "return document.querySelector('[data-left]').textContent + document.querySelectorAll('svg.qr').length",
        )?;
        if counted != "15:001"
            && !counted
                .as_str()
                .is_some_and(|it| it.starts_with("14:") && it.ends_with('1'))
        {
            return Err(format!("no countdown and QR code: {counted}"));
        }
        self.look("checkout-pay")?;
        self.browser.click("button[value=paid]")?;
        self.says("Payment received.")?;
        self.look("checkout-paid")?;
        self.browser.click("button[value=complete]")?;
        self.says("Paid. Thank you.")?;
        self.says("Back to the shop")?;
        self.look("checkout-complete")?;
        Ok(id)
    }

    /// It came, and the dashboard shows it with the signature that came.
    fn see_the_webhook(&mut self, invoice: &str) -> Outcome {
        let came = self
            .inbox
            .wait(Duration::from_secs(10))
            .ok_or("no webhook came")?;
        self.open("/dashboard/webhooks")?;
        self.browser.comes_to_say("delivered answered 200")?;
        self.says("invoice_paidInFull")?;
        self.look("webhooks")?;
        self.open("/dashboard/webhook?id=1")?;
        self.says(came.signature())?;
        self.says(invoice)?;
        self.says("Web shop")?;
        self.browser.click("summary")?;
        let raw = self
            .browser
            .run("return document.querySelector('#raw').textContent")?;
        if raw.as_str().map(str::as_bytes) != Some(&came.body[..]) {
            return Err(format!("another body came than is shown: {raw}"));
        }
        self.look("webhook")?;
        self.browser.click("button[value=resend]")?;
        self.browser.comes_to_say("delivered answered 200")
    }

    /// A checkout does its work where scripts are switched off.
    fn without_script(&mut self) -> Outcome {
        let grant = self
            .sandbox
            .grant::<Merchant>(PrivateKey::from_bytes(&[7; 32]).map_err(told)?);
        let shop = Client::new(self.sandbox.environment())
            .map_err(told)?
            .with(grant);
        let order = CreateInvoice::for_order("A-18", 40, Currency::EUR);
        let invoice = shop.create_invoice(&order).map_err(told)?;
        let url = invoice.url.as_deref().unwrap_or_default();
        self.browser.allow_scripts(false)?;
        self.browser.open(url)?;
        self.browser.click("button[value=ETH]")?;
        self.says("until 20")?;
        self.says("Amount due")?;
        self.browser.click("button[value=half]")?;
        self.says("Only a part was paid.")?;
        self.browser.allow_scripts(true)?;
        self.browser.open(url)?;
        self.look("checkout-half-paid")
    }

    /// So that each page has something to show.
    fn fill(&self, paid: &str) -> Outcome {
        let key = || PrivateKey::from_bytes(&[8; 32]).map_err(told);
        let client = Client::new(self.sandbox.environment()).map_err(told)?;
        let shop = client.clone().with(self.sandbox.grant::<Merchant>(key()?));
        let paid = shop
            .get_invoice(&paid.parse().map_err(told)?)
            .map_err(told)?;
        let refund = CreateRefund::new(&paid, new_guid().map_err(told)?, 5).map_err(told)?;
        shop.create_refund(&refund.reference("Broken cup"))
            .map_err(told)?;
        for (order, status) in [
            ("A-19", InvoiceStatus::Expired),
            ("A-20 \u{202e}<b>\u{fc}nder</b>", InvoiceStatus::Invalid),
            (
                "A-21-with-a-name-that-is-much-longer-than-any-shop-would-ever-give-to-its-orders",
                InvoiceStatus::Confirmed,
            ),
        ] {
            let order = CreateInvoice::for_order(order, 99, Currency::EUR)
                .notification_url("http://127.0.0.1:9/nobody-listens-here");
            let invoice = shop.create_invoice(&order).map_err(told)?;
            if status == InvoiceStatus::Invalid {
                self.sandbox
                    .pay(&invoice.id, InvoiceStatus::Paid)
                    .map_err(told)?;
            }
            self.sandbox.pay(&invoice.id, status).map_err(told)?;
        }
        let payouts = client.with(self.sandbox.grant::<Payout>(key()?));
        let ada = NewRecipient::new(new_guid().map_err(told)?, "ada@example.com").label("Ada");
        let invite = SubmitRecipients::new(new_guid().map_err(told)?, vec![ada]);
        let recipients = payouts.submit_recipients(&invite).map_err(told)?;
        let ada = recipients.first().ok_or("nobody was invited")?.id.clone();
        self.sandbox
            .move_recipient(&ada, RecipientStatus::Active)
            .map_err(told)?;
        self.sandbox.deposit(&Currency::USD, 500).map_err(told)?;
        let wages = CreatePayout::new("wages-1", ada, 75, Currency::USD, Currency::USD);
        payouts.create_payout(&wages).map_err(told)?;
        self.sign_wrongly(&key()?)
    }

    /// A call whose body was forgotten when it was signed.
    fn sign_wrongly(&self, key: &PrivateKey) -> Outcome {
        let url = self.at("/invoices");
        let body = r#"{"token":"DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5","price":5,"currency":"USD"}"#;
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .into();
        let answer = agent
            .post(&url)
            .header("x-identity", key.public_key().to_hex())
            .header(
                "x-signature",
                key.sign(&Digest::of(&[url.as_bytes()])).to_hex(),
            )
            .send(body)
            .map_err(told)?;
        match answer.status().as_u16() {
            400 => Ok(()),
            status => Err(format!("a wrong signature was answered with {status}")),
        }
    }

    /// The clock, a fault, a code.
    fn press_buttons(&mut self) -> Outcome {
        let before = self.sandbox.now();
        self.open("/dashboard")?;
        self.browser.click("button[value=\"86400\"]")?;
        self.says("Clock")?;
        if self.sandbox.now().duration_since(before).as_hours() < 24 {
            return Err("the clock was not moved".to_owned());
        }
        self.open("/dashboard/faults")?;
        self.browser.click(".fields button")?;
        self.says("answer 429")?;
        self.open("/dashboard/tokens")?;
        self.browser.click(".row button")?;
        self.says("a program can claim it once")?;
        self.open("/dashboard/refunds")?;
        self.browser.click("button[value=success]")?;
        self.says("success")
    }

    fn look_at_all(&mut self, invoice: &str) -> Outcome {
        let invoice = format!("/dashboard/invoice?id={invoice}");
        self.open("/dashboard/refused")?;
        let newest = "return document.querySelector('a[href*=refusal]').getAttribute('href')";
        let refused = self.browser.run(newest)?;
        let refused = refused.as_str().ok_or("no refused call is shown")?;
        for (name, path, says) in [
            ("overview", "/dashboard", "Last refused calls"),
            ("tokens", "/dashboard/tokens", "waits to be claimed"),
            ("invoices", "/dashboard/invoices", "\u{fc}nder"),
            ("invoice", &invoice, "Two cups <script>"),
            ("refunds", "/dashboard/refunds", "Broken cup"),
            ("ledger", "/dashboard/ledger", "Deposit"),
            ("payouts", "/dashboard/payouts", "ada@example.com"),
            ("webhooks-failed", "/dashboard/webhooks", "failed"),
            (
                "refused",
                "/dashboard/refused",
                "the body is part of what is signed",
            ),
            ("refused-signature", refused, "What was to be signed"),
            ("faults", "/dashboard/faults", "answer 429"),
            (
                "no-such-page",
                "/invoice?id=none",
                "There is no such invoice.",
            ),
        ] {
            self.open(path)?;
            self.says(says)?;
            self.look(name)?;
        }
        Ok(())
    }

    /// No page asked another host for anything, and the console is quiet.
    fn nothing_strange_happened(&self) -> Outcome {
        let (console, asked) = self.browser.what_happened()?;
        let base = self.sandbox.base_url().to_string();
        let own = |url: &&String| !url.starts_with(&base) && !url.starts_with("data:");
        let elsewhere: Vec<_> = asked.iter().filter(own).collect();
        // What is answered with 404 on purpose is told on the console.
        let odd: Vec<_> = console
            .iter()
            .filter(|line| !line.contains("404 (Not Found)"))
            .collect();
        println!(
            "{} requests, {} lines on the console",
            asked.len(),
            console.len()
        );
        match asked.is_empty() || !elsewhere.is_empty() || !odd.is_empty() {
            true => Err(format!(
                "requests elsewhere: {elsewhere:?}; on the console: {odd:?}"
            )),
            false => Ok(()),
        }
    }

    /// What gets into a page in spite of all can neither run nor tell anybody.
    fn the_policy_holds(&self) -> Outcome {
        self.open("/dashboard")?;
        let ran = self.browser.run(
            "const it = document.createElement('script'); it.textContent = 'window.ran = 1'; \
             document.body.append(it); return window.ran === 1 || document.title === 'pwned'",
        )?;
        let sent = self.browser.run_later(
            "const done = arguments[0]; fetch('/rates').then(() => done(true), () => done(false))",
        )?;
        match (ran.as_bool(), sent.as_bool()) {
            (Some(false), Some(false)) => Ok(()),
            other => Err(format!("the policy does not hold: {other:?}")),
        }
    }
}
