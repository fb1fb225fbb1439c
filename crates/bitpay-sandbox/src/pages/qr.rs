//! A QR code as a drawing inside of the page.

use std::fmt::Write as _;

use qrcode::{Color, QrCode};

use super::html::{Html, html};

/// A code needs so much white around it to be found.
const QUIET: usize = 4;

/// `None` for a text that is too long for one.
pub(super) fn svg(text: &str) -> Option<Html> {
    let code = QrCode::new(text).ok()?;
    let width = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(width).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|one, next| one == next) {
            if run.first() == Some(&Color::Dark) {
                // Writing into a string does not fail.
                let _ = write!(
                    path,
                    "M{} {}h{}v1h-{}z",
                    x + QUIET,
                    y + QUIET,
                    run.len(),
                    run.len()
                );
            }
            x += run.len();
        }
    }
    let side = width + 2 * QUIET;
    Some(html!(
        "<svg class=qr viewBox=\"0 0 {} {}\" role=img aria-label=\"QR code of the payment address\" \
         shape-rendering=\"crispEdges\"><path fill=\"#fff\" d=\"M0 0h{}v{}H0z\"/>\
         <path fill=\"#000\" d=\"{}\"/></svg>",
        side,
        side,
        side,
        side,
        path,
    ))
}

#[cfg(test)]
mod tests {
    use super::svg;

    #[test]
    fn what_fits_is_drawn_and_what_does_not_is_left_out() {
        let drawn = svg("bitcoin:?r=http://127.0.0.1:8080/i/AwzYLpkN1cJidQJi2g1jRs").unwrap();
        let drawn = drawn.into_string();
        // The corner that every code begins with: seven dark modules.
        assert!(drawn.contains("d=\"M4 4h7v1h-7z"), "{drawn}");
        assert!(svg(&"x".repeat(5_000)).is_none());
    }
}
