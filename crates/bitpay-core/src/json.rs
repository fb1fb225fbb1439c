//! JSON as BitPay writes it, which is not always as serde expects it.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use serde::de::{Deserialize, DeserializeOwned, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Deeper than any answer: what is below is kept as it is.
const DEPTH: u8 = 32;

/// Reads a value; of a member that is given twice the last one counts, as in most JSON readers. BitPay was
/// seen to repeat `emailAddress`, and serde's derived readers do not take that.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok(value),
        Err(error) if !error.is_data() => return Err(error),
        Err(error) => error,
    };
    let mut once = String::with_capacity(text.len());
    let mut repeats = false;
    let rewritten = serde_json::from_str(text)
        .and_then(|raw: &RawValue| write_once(raw, DEPTH, &mut once, &mut repeats));
    match rewritten {
        Ok(()) if repeats => serde_json::from_str(&once).map_err(|_| error),
        _ => Err(error),
    }
}

/// As [`read`], of bytes.
pub(crate) fn read_bytes<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, serde_json::Error> {
    match core::str::from_utf8(bytes) {
        Ok(text) => read(text),
        // Text that is not UTF-8 is no JSON, also where nobody reads it. This names the place.
        Err(_) => read(serde_json::from_slice::<&RawValue>(bytes)?.get()),
    }
}

/// What stands for nothing: `null`, and what languages write that have no other word for an empty thing.
pub(crate) fn is_nothing(raw: &RawValue) -> bool {
    matches!(raw.get(), "null" | r#""""# | "[]" | "false")
}

fn write_once(
    raw: &RawValue,
    depth: u8,
    out: &mut String,
    repeats: &mut bool,
) -> Result<(), serde_json::Error> {
    let text = raw.get();
    let Some(depth) = depth.checked_sub(1) else {
        out.push_str(text);
        return Ok(());
    };
    if text.starts_with('{') {
        let entries = serde_json::from_str::<Entries<'_>>(text)?.0;
        let written = entries.len();
        // The last of a name stays.
        let members: BTreeMap<String, &RawValue> = entries.into_iter().collect();
        *repeats |= members.len() < written;
        out.push('{');
        for (index, (name, value)) in members.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            out.push_str(&serde_json::to_string(name)?);
            out.push(':');
            write_once(value, depth, out, repeats)?;
        }
        out.push('}');
    } else if text.starts_with('[') {
        out.push('[');
        for (index, value) in serde_json::from_str::<Vec<&RawValue>>(text)?
            .into_iter()
            .enumerate()
        {
            if index > 0 {
                out.push(',');
            }
            write_once(value, depth, out, repeats)?;
        }
        out.push(']');
    } else {
        out.push_str(text);
    }
    Ok(())
}

/// The members of an object, in the order in which they were sent.
pub(crate) struct Entries<'a>(pub(crate) Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Entries<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}
