//! HTML that is safe by construction: what is put into a template is escaped, unless it is HTML itself.

use std::fmt::{self, Write as _};

/// A piece of HTML. It is made from templates of this program only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Html(String);

/// Fills a template, which is a literal: `html!("<b>{}</b>", name)`. Attributes are in quotes.
macro_rules! html {
    ($template:literal $(, $value:expr)* $(,)?) => {
        $crate::pages::html::Html::template(
            format_args!($template, $($crate::pages::html::Shown(&$value)),*),
        )
    };
}
pub(super) use html;

impl Html {
    /// For the macro, whose literal it is.
    pub(super) fn template(filled: fmt::Arguments<'_>) -> Self {
        Self(filled.to_string())
    }

    /// A style or a script of this program.
    pub(super) fn trusted(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    pub(super) fn push(&mut self, more: Self) {
        self.0.push_str(&more.0);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn into_string(self) -> String {
        self.0
    }
}

impl FromIterator<Self> for Html {
    fn from_iter<I: IntoIterator<Item = Self>>(pieces: I) -> Self {
        let mut all = Self::default();
        pieces.into_iter().for_each(|piece| all.push(piece));
        all
    }
}

/// What can be put into a template.
pub(super) trait Show {
    fn show(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result;
}

impl Show for Html {
    fn show(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl<T: fmt::Display + ?Sized> Show for T {
    fn show(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaped(out), "{self}")
    }
}

pub(super) struct Shown<'a, T: ?Sized>(pub(super) &'a T);

impl<T: Show + ?Sized> fmt::Display for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show(f)
    }
}

/// Passes text on, made harmless in HTML and in quoted attributes.
struct Escaped<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl fmt::Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for letter in text.chars() {
            match letter {
                '&' => self.0.write_str("&amp;")?,
                '<' => self.0.write_str("&lt;")?,
                '>' => self.0.write_str("&gt;")?,
                '"' => self.0.write_str("&quot;")?,
                '\'' => self.0.write_str("&#39;")?,
                letter => self.0.write_char(letter)?,
            }
        }
        Ok(())
    }
}

/// A table that becomes a list of cards on a narrow screen.
pub(super) fn table<const N: usize>(
    names: [&str; N],
    rows: impl IntoIterator<Item = [Html; N]>,
    none: &str,
) -> Html {
    let rows: Html = rows
        .into_iter()
        .map(|cells| {
            let cells: Html = names
                .iter()
                .zip(cells)
                .map(|(name, cell)| html!("<td data-name=\"{}\"><div>{}</div></td>", name, cell))
                .collect();
            html!("<tr>{}</tr>", cells)
        })
        .collect();
    if rows.is_empty() {
        return html!("<p class=dim>{}</p>", none);
    }
    let head: Html = names
        .iter()
        .map(|name| html!("<th>{}</th>", name))
        .collect();
    html!(
        "<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>",
        head,
        rows
    )
}

/// A list of facts: names of ours, and what they are.
pub(super) fn facts(rows: impl IntoIterator<Item = (&'static str, Html)>) -> Html {
    let rows: Html = rows
        .into_iter()
        .map(|(name, value)| html!("<dt>{}</dt><dd>{}</dd>", name, value))
        .collect();
    html!("<dl>{}</dl>", rows)
}

/// Text that others wrote, which may be broken anywhere; a dash for none.
pub(super) fn any(text: Option<&str>) -> Html {
    match text {
        Some(text) if !text.is_empty() => html!("<span class=any>{}</span>", text),
        _ => html!("\u{2013}"),
    }
}

pub(super) fn text(text: impl fmt::Display) -> Html {
    html!("{}", text)
}

pub(super) fn code(text: impl fmt::Display) -> Html {
    html!("<code>{}</code>", text)
}

pub(super) fn badge(status: impl fmt::Display) -> Html {
    let status = status.to_string();
    let class = match status.as_str() {
        "complete" | "completed" | "success" | "active" | "delivered" | "confirmed" => "b good",
        "expired" | "invalid" | "declined" | "failure" | "failed" | "canceled" | "cancelled"
        | "rejected" | "removed" => "b bad",
        _ => "b",
    };
    html!("<span class=\"{}\">{}</span>", class, status)
}

pub(super) fn good(what: impl Show) -> Html {
    html!("<p class=good>{}</p>", what)
}

pub(super) fn bad(what: impl Show) -> Html {
    html!("<p class=bad>{}</p>", what)
}

/// What is hidden until somebody opens it. No script is needed for that.
pub(super) fn hidden(name: &str, what: Html) -> Html {
    html!("<details><summary>{}</summary>{}</details>", name, what)
}

/// A secret: its first letters, and all of it for whoever asks.
pub(super) fn secret(text: &str) -> Html {
    let show = hidden("show", code(text));
    html!("<code class=short>{}</code> {}", masked(text), show)
}

pub(super) fn masked(text: &str) -> String {
    format!("{}\u{2026}", text.chars().take(6).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::{Html, any, badge, code, secret, text};

    #[test]
    fn whatever_is_put_into_a_template_stays_text() {
        let nasty = "<b a='1' b=\"2\">&</b>";
        let safe = "&lt;b a=&#39;1&#39; b=&quot;2&quot;&gt;&amp;&lt;/b&gt;";
        let pieces = [
            html!("{}", nasty),
            text(nasty),
            code(nasty),
            badge(nasty),
            any(Some(nasty)),
        ];
        for piece in pieces {
            let piece = piece.into_string();
            assert!(piece.contains(safe) && !piece.contains(nasty), "{piece}");
        }
        let inner: Html = html!("<i>{}</i>", nasty);
        let outer = html!("<p>{}</p>", inner).into_string();
        assert_eq!(outer, format!("<p><i>{safe}</i></p>"));
    }

    #[test]
    fn a_secret_is_masked_until_it_is_asked_for() {
        let shown = secret("DsyNv4xXMXguMyQAfPtk").into_string();
        let (before, _) = shown.split_once("<details>").unwrap();
        assert_eq!(before, "<code class=short>DsyNv4\u{2026}</code> ");
    }
}
