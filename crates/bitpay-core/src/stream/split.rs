//! Takes a JSON document apart as it comes: the rows of one list in it, and the rest around them.
//!
//! Only the row that is not complete yet and the rest are kept, so a list of any length needs no more
//! memory than its longest row. What is inside a row, and the rest, is judged by who reads it.

use alloc::vec::Vec;

use memchr::memchr2;

use crate::bounds::DEPTH;

/// A list is at most this far down: `{"data":{"ledgerEntries":[..]}}`.
const KEYS: usize = 2;

/// Why a document cannot be taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Not JSON: what is between the rows is neither a comma nor the end of the list.
    Syntax,
    /// Nested too deep.
    Deep,
    /// A row or the rest is longer than allowed.
    Large,
}

/// What was taken out of a document.
pub(super) enum Piece<'a> {
    /// A part of the rest: its JSON is complete, with the list empty, when the document is.
    Rest(&'a [u8]),
    /// A whole row.
    Row(&'a [u8]),
}

/// Where the reader is.
enum Place {
    /// In what is around the list.
    Rest,
    /// Between two rows.
    Between { comma: Comma },
    /// In a row.
    Row(Value),
}

/// What may come between two rows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comma {
    /// The list has just begun: a row, or its end.
    First,
    /// After a row: a comma, or the end.
    Wanted,
    /// After a comma: a row.
    Had,
}

/// A value being read.
#[derive(Default)]
struct Value {
    depth: usize,
    in_text: bool,
    escaped: bool,
    /// A number or a word, which ends where something else begins.
    plain: bool,
}

/// Takes one document apart.
pub(super) struct Splitter {
    /// The name of the list in the data, or nothing when the data is the list.
    list: Option<&'static str>,
    /// The longest row.
    limit: usize,
    place: Place,
    /// Whether the list was found. There is one: a second is a part of the rest.
    found: bool,
    /// The containers around this place, `true` for an object.
    around: Vec<bool>,
    /// The names of the members that lead here, as far down as a list can be.
    keys: [Vec<u8>; KEYS],
    text: Text,
    escaped: bool,
    wants_key: bool,
    /// The part of a row that has come.
    row: Vec<u8>,
}

/// What kind of text of the rest is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Text {
    None,
    Key,
    Value,
}

impl Splitter {
    pub(super) fn new(list: Option<&'static str>, limit: usize) -> Self {
        Self {
            list,
            limit,
            place: Place::Rest,
            found: false,
            around: Vec::new(),
            keys: [Vec::new(), Vec::new()],
            text: Text::None,
            escaped: false,
            wants_key: false,
            row: Vec::new(),
        }
    }

    /// Reads on. Gives out the pieces in their order, each once.
    pub(super) fn read(
        &mut self,
        mut chunk: &[u8],
        mut out: impl FnMut(Piece<'_>) -> Result<(), Trouble>,
    ) -> Result<(), Trouble> {
        while !chunk.is_empty() {
            chunk = match self.place {
                Place::Rest => {
                    let (rest, after) = chunk.split_at(self.rest(chunk)?);
                    out(Piece::Rest(rest))?;
                    after
                }
                Place::Between { comma } => {
                    let (next, after) = match chunk.split_first() {
                        Some((byte, after)) => (*byte, after),
                        None => break,
                    };
                    match (next, comma) {
                        (b' ' | b'\t' | b'\n' | b'\r', _) => after,
                        (b']', Comma::First | Comma::Wanted) => {
                            self.place = Place::Rest;
                            self.around.pop();
                            out(Piece::Rest(b"]"))?;
                            after
                        }
                        (b',', Comma::Wanted) => {
                            self.place = Place::Between { comma: Comma::Had };
                            after
                        }
                        (b',' | b']', _) | (_, Comma::Wanted) => return Err(Trouble::Syntax),
                        _ => {
                            self.place = Place::Row(Value::default());
                            chunk
                        }
                    }
                }
                Place::Row(ref mut value) => {
                    let end = value.end(chunk)?;
                    let (part, after) = chunk.split_at(end.unwrap_or(chunk.len()));
                    if self.limit.saturating_sub(self.row.len()) < part.len() {
                        return Err(Trouble::Large);
                    }
                    match end {
                        // Most rows are whole in one chunk, and need no copy.
                        Some(_) if self.row.is_empty() => out(Piece::Row(part))?,
                        Some(_) => {
                            self.row.extend_from_slice(part);
                            out(Piece::Row(&self.row))?;
                            self.row.clear();
                        }
                        None => self.row.extend_from_slice(part),
                    }
                    if end.is_some() {
                        self.place = Place::Between {
                            comma: Comma::Wanted,
                        };
                    }
                    after
                }
            };
        }
        Ok(())
    }

    /// Reads what is around the list: how much of the chunk, until the list begins.
    fn rest(&mut self, chunk: &[u8]) -> Result<usize, Trouble> {
        for (index, byte) in chunk.iter().copied().enumerate() {
            if self.text != Text::None {
                let ends = byte == b'"' && !self.escaped;
                if self.text == Text::Key && !ends {
                    self.key(byte);
                }
                self.escaped = byte == b'\\' && !self.escaped;
                if ends {
                    self.text = Text::None;
                }
                continue;
            }
            match byte {
                b'"' => {
                    self.text = if self.wants_key {
                        Text::Key
                    } else {
                        Text::Value
                    };
                    if let (Text::Key, Some(key)) = (
                        self.text,
                        self.keys.get_mut(self.around.len().wrapping_sub(1)),
                    ) {
                        key.clear();
                    }
                    self.wants_key = false;
                }
                b'{' | b'[' => {
                    let is_list = byte == b'[' && !self.found && self.is_the_list();
                    if self.around.len() == DEPTH {
                        return Err(Trouble::Deep);
                    }
                    self.around.push(byte == b'{');
                    self.wants_key = byte == b'{';
                    if is_list {
                        self.found = true;
                        self.place = Place::Between {
                            comma: Comma::First,
                        };
                        return Ok(index + 1);
                    }
                }
                b'}' | b']' => {
                    self.around.pop();
                    self.wants_key = false;
                }
                b',' => self.wants_key = self.around.last() == Some(&true),
                _ => {}
            }
        }
        Ok(chunk.len())
    }

    fn key(&mut self, byte: u8) {
        // Longer than any name that is looked for: cut off, it is none of them.
        const LONGEST: usize = 32;
        let depth = self.around.len().wrapping_sub(1);
        if let Some(key) = self.keys.get_mut(depth)
            && key.len() < LONGEST
        {
            key.push(byte);
        }
    }

    /// Is a list that begins here the one that is looked for? Some answers have no `data` around them.
    fn is_the_list(&self) -> bool {
        if !self.around.iter().all(|is_object| *is_object) {
            return false;
        }
        let [first, second] = &self.keys;
        let list = self.list.map(str::as_bytes);
        match self.around.len() {
            0 => list.is_none(),
            1 => list.unwrap_or(b"data") == first.as_slice(),
            2 => first == b"data" && list == Some(second.as_slice()),
            _ => false,
        }
    }
}

impl Value {
    /// How much of the chunk belongs to the value, if it ends there.
    fn end(&mut self, chunk: &[u8]) -> Result<Option<usize>, Trouble> {
        let mut at = 0;
        while let Some(byte) = chunk.get(at).copied() {
            if self.escaped {
                self.escaped = false;
                at += 1;
                continue;
            }
            if self.in_text {
                let Some(rest) = chunk.get(at..) else { break };
                let Some(found) = memchr2(b'"', b'\\', rest) else {
                    return Ok(None);
                };
                at += found + 1;
                if rest.get(found) == Some(&b'\\') {
                    self.escaped = true;
                } else {
                    self.in_text = false;
                    if self.depth == 0 {
                        return Ok(Some(at));
                    }
                }
                continue;
            }
            match byte {
                b'"' if !self.plain => self.in_text = true,
                b'{' | b'[' if !self.plain => {
                    self.depth += 1;
                    if self.depth > DEPTH {
                        return Err(Trouble::Deep);
                    }
                }
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return Ok(Some(at + 1));
                    }
                }
                b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r' if self.plain => {
                    return Ok(Some(at));
                }
                _ if self.depth == 0 => self.plain = true,
                _ => {}
            }
            at += 1;
        }
        Ok(None)
    }
}
