//! Reads server-sent events as they come: <https://html.spec.whatwg.org/multipage/server-sent-events.html>.

use alloc::vec::Vec;
use core::time::Duration;

/// An event, or a line of one, is longer than allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

/// Reads one stream of events.
pub(super) struct SseReader {
    /// The longest event.
    limit: usize,
    line: Vec<u8>,
    /// A line feed that follows belongs to the carriage return before it.
    after_return: bool,
    at_start: bool,
    name: Vec<u8>,
    data: Vec<u8>,
    retry: Option<Duration>,
}

impl SseReader {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            after_return: false,
            at_start: true,
            name: Vec::new(),
            data: Vec::new(),
            retry: None,
        }
    }

    /// How long the server wants a client to wait before it connects again.
    pub(super) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Reads on. Gives out the name (`message`, when it has none) and the data of each event.
    pub(super) fn read(
        &mut self,
        chunk: &[u8],
        mut out: impl FnMut(&[u8], &[u8]),
    ) -> Result<(), TooLong> {
        for byte in chunk.iter().copied() {
            match byte {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' | b'\r' => {
                    self.after_return = byte == b'\r';
                    self.end_line(&mut out);
                }
                _ => {
                    self.after_return = false;
                    if self.line.len() + self.data.len() >= self.limit {
                        return Err(TooLong);
                    }
                    self.line.push(byte);
                }
            }
        }
        Ok(())
    }

    fn end_line(&mut self, out: &mut impl FnMut(&[u8], &[u8])) {
        let line = core::mem::take(&mut self.line);
        let mut text = line.as_slice();
        if core::mem::take(&mut self.at_start) {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        if text.is_empty() {
            if self.data.pop().is_some() {
                let name = if self.name.is_empty() {
                    b"message"
                } else {
                    self.name.as_slice()
                };
                out(name, &self.data);
            }
            self.data.clear();
            self.name.clear();
        } else {
            self.field(text);
        }
        // The buffer is used again.
        self.line = line;
        self.line.clear();
    }

    fn field(&mut self, line: &[u8]) {
        let colon = line.iter().position(|byte| *byte == b':');
        let (name, value) = line.split_at(colon.unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"event" => self.name = value.to_vec(),
            b"data" => {
                self.data.extend_from_slice(value);
                self.data.push(b'\n');
            }
            b"retry" => {
                let text = core::str::from_utf8(value).ok();
                let digits = text.filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
                if let Some(millis) = digits.and_then(|text| text.parse().ok()) {
                    self.retry = Some(Duration::from_millis(millis));
                }
            }
            // A comment (`:` first), an id, and what there will be.
            _ => {}
        }
    }
}
