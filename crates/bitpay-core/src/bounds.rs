//! How much JSON from outside may hold: one pass over its bytes, before anything is made of them.
//!
//! A few bytes may become much in memory: a list of `{}` takes a hundred times its size as a list of invoices.
//! So what is read as a whole is held to these bounds in one place: answers, rows, events and webhooks. Whether
//! it is JSON at all is for its reader to say.

/// How deep values may be nested.
pub(crate) const DEPTH: usize = 128;

/// How long a number may be.
const NUMBER: usize = 1_000;

/// How many members an object may have.
const MEMBERS: usize = 10_000;

/// How many items the lists of one text may have together, unless set otherwise.
pub(crate) const ITEMS: usize = 100_000;

/// A bound on the JSON of an answer, a row, an event or a webhook. What goes beyond it is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Bound {
    /// Values may be nested 128 levels deep.
    #[error("values nested deeper than {DEPTH} levels")]
    Depth,
    /// A number may have 1 000 characters.
    #[error("a number of more than {NUMBER} characters")]
    Number,
    /// An object may have 10 000 members.
    #[error("an object of more than {MEMBERS} members")]
    Members,
    /// All lists together may have this many items: [`Config::max_items`](crate::Config::max_items).
    #[error("lists of more than {0} items")]
    Items(usize),
}

/// Holds JSON to the bounds.
pub(crate) fn check(text: &[u8], max_items: usize) -> Result<(), Bound> {
    if is_modest(text, max_items) {
        return Ok(());
    }
    walk(text, max_items)
}

/// Whether it is certain, by counts alone, that no bound is reached, as it is for most answers. What is counted
/// in strings as well may only make it less certain.
///
/// The processor counts many bytes at once, so this takes a tenth of the time of a syntax check.
fn is_modest(text: &[u8], max_items: usize) -> bool {
    // Short enough for counts of one byte, and for a number at its bound to fill one of them.
    const PIECE: usize = 128;
    let (mut commas, mut openings) = (0, 0);
    for piece in text.chunks(PIECE) {
        let (mut commas_here, mut openings_here) = (0_u8, 0_u8);
        for byte in piece {
            commas_here += u8::from(*byte == b',');
            // `{` and `[` differ in one bit.
            openings_here += u8::from(*byte | 0x20 == b'{');
        }
        commas += usize::from(commas_here);
        openings += usize::from(openings_here);
        if piece.len() == PIECE && piece.iter().all(|byte| is_of_number(*byte)) {
            return false;
        }
    }
    openings <= DEPTH && commas + openings <= max_items.min(MEMBERS)
}

/// An object or a list around the place of reading.
#[derive(Clone, Copy)]
struct Around {
    is_object: bool,
    commas: usize,
}

/// What is looked at, outside of strings.
const LOOKED_AT: [bool; 256] = {
    let mut table = [false; 256];
    let mut rest: &[u8] = br#"",{}[]"#;
    while let [byte, after @ ..] = rest {
        table[*byte as usize] = true;
        rest = after;
    }
    table
};

fn walk(text: &[u8], max_items: usize) -> Result<(), Bound> {
    let nothing = Around {
        is_object: false,
        commas: 0,
    };
    let mut above = [nothing; DEPTH];
    let mut depth = 0;
    let mut around = nothing;
    let mut items = 0;
    let mut rest = text;
    loop {
        let plain = rest
            .iter()
            .take_while(|byte| !LOOKED_AT[usize::from(**byte)]);
        let (plain, after) = rest.split_at(plain.count());
        if plain.len() > NUMBER && has_long_number(plain) {
            return Err(Bound::Number);
        }
        let Some((byte, after)) = after.split_first() else {
            return Ok(());
        };
        rest = after;
        match byte {
            b'"' => rest = after_string(rest),
            b',' if around.is_object => {
                around.commas += 1;
                if around.commas == MEMBERS {
                    return Err(Bound::Members);
                }
            }
            b',' => items += 1,
            b'{' | b'[' => {
                let place = above.get_mut(depth).ok_or(Bound::Depth)?;
                *place = around;
                depth += 1;
                around = Around {
                    is_object: *byte == b'{',
                    commas: 0,
                };
                // The first item of a list: each of the others has a comma before it.
                let is_empty = || rest.trim_ascii_start().starts_with(b"]");
                items += usize::from(!around.is_object && !is_empty());
            }
            _ => {
                depth = depth.saturating_sub(1);
                around = above.get(depth).copied().unwrap_or(nothing);
            }
        }
        if items > max_items {
            return Err(Bound::Items(max_items));
        }
    }
}

/// What comes after a string that has begun.
fn after_string(text: &[u8]) -> &[u8] {
    let mut bytes = text.iter();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => _ = bytes.next(),
            _ => {}
        }
    }
    bytes.as_slice()
}

fn has_long_number(text: &[u8]) -> bool {
    text.split(|byte| !is_of_number(*byte))
        .any(|number| number.len() > NUMBER)
}

fn is_of_number(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    use super::*;

    fn repeated(what: &str, times: usize) -> String {
        alloc::vec![what; times].join(",")
    }

    #[test]
    fn each_bound_is_reached_and_not_passed() {
        let deep = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let objects = |levels| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
        let number = |length| format!(r#"{{"price": {} }}"#, "7".repeat(length));
        let members = |count| format!("[{{{}}},{{}}]", repeated(r#""a":1"#, count));
        let items = |count| format!(r#"{{"data": [ {} ]}}"#, repeated("{}", count));
        type Text<'a> = &'a dyn Fn(usize) -> String;
        let cases: [(Text<'_>, usize, Bound); 5] = [
            (&deep, DEPTH, Bound::Depth),
            (&objects, DEPTH, Bound::Depth),
            (&number, NUMBER, Bound::Number),
            (&members, MEMBERS, Bound::Members),
            (&items, 20_000, Bound::Items(20_000)),
        ];
        for (text, most, bound) in cases {
            assert_eq!(check(text(most).as_bytes(), 20_000), Ok(()), "{bound}");
            assert_eq!(check(text(most + 1).as_bytes(), 20_000), Err(bound));
        }
    }

    #[test]
    fn all_lists_count_together_and_empty_ones_for_nothing() {
        let text = br#"{"a":[1,[2,3],[ ],{"b":[4]}],"c":[],"d":"[,,,\"[,,,"}"#;
        // 1, the two lists and the object; 2 and 3; 4.
        assert_eq!(check(text, 7), Ok(()));
        assert_eq!(check(text, 6), Err(Bound::Items(6)));
        assert_eq!(check(b"[]", 0), Ok(()));
    }

    #[test]
    fn what_is_in_a_string_is_no_structure() {
        let brackets = format!(r#"["\\",{:?},"\""]"#, r#"[{,"\"#.repeat(1_000));
        assert_eq!(check(brackets.as_bytes(), 3), Ok(()));
        let digits = format!("[{:?}]", "1".repeat(10 * NUMBER));
        assert_eq!(check(digits.as_bytes(), 3), Ok(()));
    }

    /// Counting may pass nothing that the walk does not.
    #[test]
    fn a_modest_text_is_within_the_bounds() {
        let mut seed = 7_u32;
        let mut random = move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed >> 16
        };
        let pieces = [
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "\\",
            " ",
            ":",
            "1",
            "a",
            "[[[[[[[[",
            "[1,2,3]",
            "\"a\":{",
            "}}",
            "7777777777777777777777777777777777777777777777777777777777777777",
        ];
        let mut modest = 0;
        for round in 0..4_000 {
            // Some are mostly digits, so that numbers become long.
            let digits = if round % 4 == 0 { 40 } else { 0 };
            let text: Vec<&str> = (0..random() % 400)
                .map(|_| {
                    let at = random() as usize % (pieces.len() + digits);
                    pieces[at.min(pieces.len() - 1)]
                })
                .collect();
            let text = text.concat();
            for max_items in [0, 3, 50, 1_000] {
                if is_modest(text.as_bytes(), max_items) {
                    modest += 1;
                    assert_eq!(walk(text.as_bytes(), max_items), Ok(()), "{text}");
                }
            }
        }
        assert!(modest > 1_000, "{modest}");
    }
}
