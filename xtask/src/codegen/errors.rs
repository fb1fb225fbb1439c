//! For the core and for readers: BitPay's error codes and texts.

use std::fmt::Write as _;

use crate::errors::{Code, Effect, Errors};

/// The kinds, what each means, and the texts.
pub(super) fn make(errors: &Errors) -> String {
    let mut out = String::from(
        "//! BitPay's error codes and texts, from the table.

        use crate::error::ApiErrorKind;

        /// What an [`ErrorCode`](super::ErrorCode) says.
        ///
        /// Source: <https://developer.bitpay.com/reference/error-codes>.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCodeKind {
        ",
    );
    for code in &errors.codes {
        let _ = writeln!(
            out,
            "/// `xx{}`, `{}`. {}\n{},",
            code.digits, code.text, code.meaning, code.name
        );
    }
    out.push_str("/// A code that this version does not know.\nUnknown,\n}\n");

    let arms = |arm: &dyn Fn(&Code) -> String| -> String { errors.codes.iter().map(arm).collect() };
    let of = arms(&|code| {
        let (resource, error) = code.parts();
        format!(
            "({}, {}) => Self::{},\n",
            number(resource),
            number(error),
            code.name
        )
    });
    let text = arms(&|code| format!("Self::{} => {:?},\n", code.name, code.text));
    let meaning = arms(&|code| format!("Self::{} => {:?},\n", code.name, code.meaning));
    let all = arms(&|code| format!("Self::{},\n", code.name));
    let mut kinds = String::new();
    for code in &errors.codes {
        if let Some(kind) = &code.kind {
            let _ = writeln!(kinds, "Self::{} => ApiErrorKind::{kind},", code.name);
        }
    }
    let failures: Vec<String> = errors
        .codes
        .iter()
        .filter(|code| code.effect == Effect::Unknown)
        .map(|code| format!("Self::{}", code.name))
        .collect();
    let _ = write!(
        out,
        "
        impl ErrorCodeKind {{
            /// Every kind that this version knows, in the order of the codes.
            pub const KNOWN: &[Self] = &[{all}];

            pub(super) fn of(resource: u8, error: u8) -> Option<Self> {{
                Some(match (resource, error) {{
                    {of} _ => return None,
                }})
            }}

            /// BitPay's own text.
            #[must_use]
            pub const fn text(self) -> Option<&'static str> {{
                Some(match self {{ {text} Self::Unknown => return None, }})
            }}

            /// What it means, and what to do.
            #[must_use]
            pub const fn meaning(self) -> Option<&'static str> {{
                Some(match self {{ {meaning} Self::Unknown => return None, }})
            }}

            /// The server failed rather than refused: what was asked for may have happened.
            #[must_use]
            pub const fn is_failure(self) -> bool {{
                matches!(self, {})
            }}

            pub(super) const fn api_kind(self) -> ApiErrorKind {{
                match self {{ {kinds} _ => ApiErrorKind::Other }}
            }}
        }}
        ",
        failures.join(" | "),
    );

    out.push_str(
        "
        /// What a refused request was about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCodeResource {
        ",
    );
    let mut resources = String::new();
    for resource in &errors.resources {
        let _ = writeln!(out, "/// {}\n{},", resource.doc, resource.name);
        let _ = writeln!(
            resources,
            "{} => Self::{},",
            number(&resource.digits),
            resource.name
        );
    }
    let mut methods = String::new();
    for method in &errors.methods {
        if let Some(name) = &method.method {
            let _ = writeln!(
                methods,
                "{} => http::Method::{name},",
                number(&method.digits)
            );
        }
    }
    let mut texts = String::new();
    for text in &errors.texts {
        let _ = writeln!(texts, "({:?}, ApiErrorKind::{}),", text.contains, text.kind);
    }
    let _ = write!(
        out,
        "}}

        impl ErrorCodeResource {{
            pub(super) fn of(digits: u8) -> Option<Self> {{
                Some(match digits {{ {resources} _ => return None, }})
            }}
        }}

        pub(super) fn method(digits: u8) -> Option<http::Method> {{
            Some(match digits {{ {methods} _ => return None, }})
        }}

        /// Parts of BitPay's texts, in lower case; the first that fits says what a refusal means.
        pub(crate) const TEXTS: &[(&str, ApiErrorKind)] = &[{texts}];
        "
    );
    out
}

/// A literal without zeros at its front.
fn number(digits: &str) -> &str {
    match digits.trim_start_matches('0') {
        "" => "0",
        rest => rest,
    }
}

pub(super) fn document(errors: &Errors) -> String {
    let mut out = String::from(
        "# What BitPay says when it refuses\n\n\
         `ApiError::kind` is the meaning in general, `ApiError::code` BitPay's own code where it sends one, and \
         `Error::effect` whether the request may have taken effect. A code or text that is not here is kept as it \
         came.\n\n\
         ## Codes\n\n\
         A code is `MMRREE`: two digits for the method, two for the resource, two for the error.\n\n\
         | Method | |\n| --- | --- |\n",
    );
    for method in &errors.methods {
        let name = method.method.as_deref().map(|name| format!("`{name}`"));
        let name = name.as_deref().unwrap_or("not told");
        let _ = writeln!(out, "| `{}` | {name} |", method.digits);
    }
    out.push_str(
        "\n| Code | About | BitPay's text | `ErrorCodeKind` | `ApiErrorKind` | May have happened | Meaning |\n\
         | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for code in &errors.codes {
        let resource = errors
            .resources
            .iter()
            .find(|resource| code.digits.starts_with(&resource.digits))
            .map_or("", |resource| &resource.name);
        let note = code
            .note
            .as_ref()
            .map(|note| format!(" ({note})"))
            .unwrap_or_default();
        let kind = code
            .kind
            .as_ref()
            .map_or("by the text".to_owned(), |kind| format!("`{kind}`"));
        let happened = match code.effect {
            Effect::Nothing => "no",
            Effect::Unknown => "yes, unless it only reads",
        };
        let _ = writeln!(
            out,
            "| `xx{}` | {} | {}{note} | `{}` | {kind} | {happened} | {} |",
            code.digits,
            resource.to_lowercase(),
            code.text,
            code.name,
            code.meaning,
        );
    }
    out.push_str(
        "\nA code with `yes` is treated as an answer that was lost: docs/capabilities.md says for each operation what \
         is done then.\n\n\
         ## Texts\n\n\
         Most refusals have no code. They are known by a part of their text, whatever the HTTP status; the first \
         that fits decides.\n\n\
         | Text | `ApiErrorKind` |\n| --- | --- |\n",
    );
    for text in &errors.texts {
        let _ = writeln!(out, "| {} | `{}` |", text.contains, text.kind);
    }
    out
}
