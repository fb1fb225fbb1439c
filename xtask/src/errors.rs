//! Reads `errors.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::root;
use crate::table::Row;

/// Where the table is, below the workspace.
pub(crate) const PATH: &str = "crates/bitpay-core/errors.toml";

/// What BitPay says when it refuses. The columns are described in the table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Errors {
    #[serde(rename = "method")]
    pub(crate) methods: Vec<Method>,
    #[serde(rename = "resource")]
    pub(crate) resources: Vec<Resource>,
    #[serde(rename = "code")]
    pub(crate) codes: Vec<Code>,
    #[serde(rename = "text")]
    pub(crate) texts: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Method {
    pub(crate) digits: String,
    pub(crate) method: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resource {
    pub(crate) digits: String,
    pub(crate) name: String,
    pub(crate) doc: String,
    path: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Code {
    pub(crate) digits: String,
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) meaning: String,
    pub(crate) kind: Option<String>,
    #[serde(default)]
    pub(crate) effect: Effect,
    #[serde(default)]
    operations: Vec<String>,
    pub(crate) note: Option<String>,
}

impl Code {
    /// The resource that it is about, and the error.
    pub(crate) fn parts(&self) -> (&str, &str) {
        self.digits.split_at(2)
    }
}

/// May the refused request have taken effect?
#[derive(Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Effect {
    #[default]
    Nothing,
    Unknown,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    pub(crate) contains: String,
    pub(crate) kind: String,
    #[serde(default)]
    operations: Vec<String>,
}

impl Errors {
    /// The whole of a code in answer to an operation, where the code is not a general one.
    pub(crate) fn whole(&self, code: &Code, row: &Row) -> Option<String> {
        let (about, _) = code.parts();
        let mut resources = self.resources.iter();
        resources.find(|resource| resource.digits == about && resource.path.is_some())?;
        let mut methods = self.methods.iter();
        let method = methods.find(|method| method.method.as_deref() == Some(row.method.words()))?;
        Some(format!("{}{}", method.digits, code.digits))
    }

    /// The codes that matter for an operation.
    pub(crate) fn codes_of(&self, row: &Row) -> impl Iterator<Item = &Code> {
        let own = |resource: &&Resource| row.path.split('/').next() == resource.path.as_deref();
        let general = |resource: &&Resource| resource.path.is_none();
        let resources = &self.resources;
        let resource = resources
            .iter()
            .find(own)
            .or(resources.iter().find(general));
        let resource = resource.map_or("", |resource| &resource.digits);
        self.codes.iter().filter(move |code| {
            let told = match code.parts() {
                (about, _) if about != resource => false,
                (_, "00") => !row.only_reads(),
                (_, "01") => row.names_a_resource(),
                (_, "02") => row.has_parameters(),
                _ => false,
            };
            told || code.operations.contains(&row.name)
        })
    }

    /// The meanings of texts that matter for an operation.
    pub(crate) fn texts_of(&self, row: &Row) -> impl Iterator<Item = &str> {
        let texts = self.texts.iter();
        let of = texts.filter(|text| text.operations.contains(&row.name));
        of.map(|text| text.kind.as_str())
    }
}

/// Reads the table and checks what its types cannot.
pub(crate) fn read(rows: &[Row]) -> Result<Errors, String> {
    let text =
        std::fs::read_to_string(root().join(PATH)).map_err(|error| format!("{PATH}: {error}"))?;
    let errors: Errors = toml::from_str(&text).map_err(|error| format!("{PATH}: {error}"))?;
    let mut seen = BTreeSet::new();
    for code in &errors.codes {
        let problem = |what: &str| Err(format!("{PATH}: {}: {what}", code.digits));
        if code.digits.len() != 4 || !code.digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return problem("a code is four digits: the resource and the error");
        }
        if !errors
            .resources
            .iter()
            .any(|resource| code.digits.starts_with(&resource.digits))
        {
            return problem("its resource is not in the table");
        }
        if !seen.insert(&code.digits) || !seen.insert(&code.name) {
            return problem("this code or its name is in the table twice");
        }
        if !code.meaning.ends_with('.') {
            return problem("`meaning` is a sentence, with a full stop");
        }
    }
    let of_codes = errors.codes.iter().map(|code| &code.operations);
    let of_texts = errors.texts.iter().map(|text| &text.operations);
    for name in of_codes.chain(of_texts).flatten() {
        if !rows.iter().any(|row| row.name == *name) {
            return Err(format!("{PATH}: there is no operation `{name}`"));
        }
    }
    for text in &errors.texts {
        if text.contains != text.contains.to_lowercase() {
            return Err(format!(
                "{PATH}: {}: texts are in lower case",
                text.contains
            ));
        }
    }
    Ok(errors)
}
