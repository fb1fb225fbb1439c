//! As much of a browser as approving a pairing takes.

use std::fmt;

use bitpay_blocking::{Environment, PairingCode};
use ureq::Agent;

/// Fetches pages of one server, and sends their forms.
pub(crate) struct Browser {
    agent: Agent,
    origin: String,
}

/// Why a page was not as expected.
#[derive(Debug)]
pub(crate) struct BrowserError(String);

impl fmt::Display for BrowserError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ureq::Error> for BrowserError {
    fn from(error: ureq::Error) -> Self {
        Self(error.to_string())
    }
}

impl Browser {
    pub(crate) fn new(environment: &Environment) -> Self {
        Self {
            agent: Agent::config_builder().proxy(None).build().into(),
            origin: environment.base_url().to_string(),
        }
    }

    /// Opens the approval page and presses its button. Returns what the page then says.
    pub(crate) fn approve(&self, address: &str) -> Result<String, BrowserError> {
        self.submit(address, "api-access-request", &[])
    }

    /// Makes a pos code in the dashboard.
    pub(crate) fn make_pos_code(&self) -> Result<PairingCode, BrowserError> {
        let address = format!("{}/dashboard/tokens", self.origin);
        let answer = self.submit(
            &address,
            "dashboard/codes",
            &[("facade", "pos"), ("label", "till")],
        )?;
        // "Pairing code Wp4RRAz: a program can claim it ..."
        answer
            .split(|c: char| !c.is_ascii_alphanumeric())
            .skip_while(|word| *word != "code")
            .find_map(|word| word.parse().ok())
            .ok_or_else(|| BrowserError("the dashboard shows no pairing code".to_owned()))
    }

    /// Loads a page and sends the form on it that goes to this path.
    fn submit(
        &self,
        address: &str,
        path: &str,
        filled_in: &[(&str, &str)],
    ) -> Result<String, BrowserError> {
        let page = self
            .agent
            .get(address)
            .call()?
            .body_mut()
            .read_to_string()?;
        let form = page
            .split("<form ")
            .skip(1)
            .filter_map(|form| form.split("</form>").next())
            .find(|form| {
                attribute(form, "action").is_some_and(|to| to.trim_start_matches('/') == path)
            })
            .ok_or_else(|| BrowserError(format!("{address} has no form that goes to {path}")))?;
        let hidden = form
            .split("<input type=hidden ")
            .skip(1)
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        let fields: Vec<(&str, &str)> = hidden.chain(filled_in.iter().copied()).collect();
        let answer = self
            .agent
            .post(format!("{}/{path}", self.origin))
            .header("origin", &self.origin)
            .send_form(fields)?
            .body_mut()
            .read_to_string()?;
        Ok(notice(&answer))
    }
}

/// The value of an attribute, quoted or not, of the first tag in this text.
fn attribute<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split('>').next()?.split_once(&format!("{name}="))?;
    match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next(),
        None => rest.split(' ').next(),
    }
}

/// The text of the first paragraph of good news.
fn notice(page: &str) -> String {
    let start = page.split("<p class=good>").nth(1).unwrap_or_default();
    let paragraph = start.split("</p>").next().unwrap_or_default();
    let mut inside = false;
    paragraph
        .chars()
        .filter(|c| {
            inside = (inside || *c == '<') && *c != '>';
            !inside && *c != '>'
        })
        .collect()
}
