//! What somebody signed, when it is not what they sent.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use crate::key::PublicKey;
use crate::signature::{Digest, Signature};
use crate::url::decode;

/// A request as BitPay sees it: what its signature is to be over.
///
/// ```
/// use bitpay_core::PrivateKey;
/// use bitpay_core::server::{SignedInstead, SignedRequest, Verdict};
/// use bitpay_core::signature::Digest;
///
/// let request = SignedRequest::new("https://bitpay.com", "/invoices", br#"{"price":5}"#);
/// let key = PrivateKey::from_bytes(&[7; 32])?;
/// let forgotten = key.sign(&Digest::of(&[b"https://bitpay.com/invoices"]));
/// assert_eq!(
///     request.judge(key.public_key(), &forgotten),
///     Verdict::Instead(vec![SignedInstead::NoBody]),
/// );
/// # Ok::<(), bitpay_core::KeyError>(())
/// ```
#[derive(Clone, Copy)]
pub struct SignedRequest<'a> {
    base: &'a str,
    target: &'a str,
    body: &'a [u8],
}

/// What a signature turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// The key signed this request.
    Valid,
    /// The key signed something else, which differs from the request in these ways.
    Instead(Vec<SignedInstead>),
    /// Nothing that is often signed by mistake: another key, another request, or it was changed on its way.
    Unknown,
}

/// A way in which what was signed differs from what was sent. `Display` says it in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignedInstead {
    /// `https` in place of `http`.
    Https,
    /// `http` in place of `https`.
    Http,
    /// The port, which was sent, was left out.
    NoPort,
    /// `:443` after the host, which was not sent.
    Port443,
    /// `:80` after the host, which was not sent.
    Port80,
    /// No scheme and no host: the path alone.
    PathAlone,
    /// A slash at the end of the path, which was not sent.
    Slash,
    /// The slash at the end of the path was left out.
    NoSlash,
    /// The query was left out.
    NoQuery,
    /// The query without its percent signs, as it is before it is written into an address.
    PlainQuery,
    /// The body was left out.
    NoBody,
    /// A body of `{}`, where none was sent.
    EmptyObject,
    /// A body of `null`, where none was sent.
    Null,
    /// The JSON without spaces between its parts.
    CompactJson,
    /// The JSON with a space after each colon and comma, as Python writes it.
    SpacedJson,
    /// The JSON with `\/` in place of `/`, as PHP writes it.
    EscapedSlashes,
    /// The JSON with `/` in place of `\/`.
    PlainSlashes,
    /// The JSON with `\u` and digits in place of letters beyond ASCII.
    EscapedLetters,
    /// The JSON as PHP writes it: with `\/`, and with `\u` and digits.
    PhpJson,
    /// It was hashed twice.
    HashedTwice,
    /// It was hashed, and then the hex digits of that were.
    HashedHex,
}

impl fmt::Display for SignedInstead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Https => "the address was signed with https, and sent with http",
            Self::Http => "the address was signed with http, and sent with https",
            Self::NoPort => "the address was signed without its port, and sent with it",
            Self::Port443 => "the address was signed with :443, and sent without",
            Self::Port80 => "the address was signed with :80, and sent without",
            Self::PathAlone => "the path was signed alone: scheme and host are part of what is signed",
            Self::Slash => "the path was signed with a slash at its end, and sent without",
            Self::NoSlash => "the path was signed without the slash at its end, and sent with it",
            Self::NoQuery => "the address was signed without its query",
            Self::PlainQuery => "the query was signed before it was percent-encoded",
            Self::NoBody => "the address was signed alone: the body is part of what is signed",
            Self::EmptyObject => "a body of {} was signed, and none was sent",
            Self::Null => "a body of null was signed, and none was sent",
            Self::CompactJson => "the JSON was signed without spaces, and sent with them: sign the text that is sent",
            Self::SpacedJson => "the JSON was signed with spaces after colons and commas, and sent without: sign the text that is sent",
            Self::EscapedSlashes => "the JSON was signed with \\/ for /, and sent without: sign the text that is sent",
            Self::PlainSlashes => "the JSON was signed with / for \\/, and sent otherwise: sign the text that is sent",
            Self::EscapedLetters => "the JSON was signed with \\u escapes, and sent with letters beyond ASCII: sign the text that is sent",
            Self::PhpJson => "the JSON was signed with \\/ and \\u escapes, and sent without: sign the text that is sent",
            Self::HashedTwice => "the hash was hashed again: sign the SHA-256 itself, or have the library hash the text",
            Self::HashedHex => "the hex digits of the hash were hashed again: sign the 32 bytes of the SHA-256",
        })
    }
}

/// Of a body longer than this, only one mistake at a time is looked for: each is hashed anew.
const LONG: usize = 64 * 1024;

impl<'a> SignedRequest<'a> {
    /// The base address as the client has it, without a slash at its end; the path and the query as they
    /// were sent; and the raw body.
    #[must_use]
    pub const fn new(base: &'a str, target: &'a str, body: &'a [u8]) -> Self {
        Self { base, target, body }
    }

    /// What is to be signed: the three, one after another.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        [self.base.as_bytes(), self.target.as_bytes(), self.body].concat()
    }

    /// Its SHA-256.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(&[self.base.as_bytes(), self.target.as_bytes(), self.body])
    }

    /// Finds out what a signature is over: this, or what is known to be signed by mistake, one or two
    /// mistakes at a time. That takes some hundred verifications, so it is for signatures that were refused.
    #[must_use]
    pub fn judge(&self, key: &PublicKey, signature: &Signature) -> Verdict {
        if key.verify(&self.digest(), signature) {
            return Verdict::Valid;
        }
        let Some(sent) = Parts::of(self) else {
            return Verdict::Unknown;
        };
        let is = |parts: &Parts| key.verify(&parts.digest(), signature);
        let single: Vec<_> = ALL
            .iter()
            .filter_map(|slip| Some((*slip, sent.with(*slip)?)))
            .collect();
        if let Some((slip, _)) = single.iter().find(|(_, parts)| is(parts)) {
            return Verdict::Instead(alloc::vec![*slip]);
        }
        if self.body.len() > LONG {
            return Verdict::Unknown;
        }
        for (index, (first, parts)) in single.iter().enumerate() {
            for (second, _) in single.iter().skip(index + 1) {
                if first.place() != second.place()
                    && parts.with(*second).is_some_and(|parts| is(&parts))
                {
                    return Verdict::Instead(alloc::vec![*first, *second]);
                }
            }
        }
        Verdict::Unknown
    }
}

impl fmt::Debug for SignedRequest<'_> {
    /// Shows neither the address nor the body: a token is in one of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest").finish_non_exhaustive()
    }
}

const ALL: [SignedInstead; 21] = [
    SignedInstead::Https,
    SignedInstead::Http,
    SignedInstead::PathAlone,
    SignedInstead::NoPort,
    SignedInstead::Port443,
    SignedInstead::Port80,
    SignedInstead::Slash,
    SignedInstead::NoSlash,
    SignedInstead::NoQuery,
    SignedInstead::PlainQuery,
    SignedInstead::NoBody,
    SignedInstead::EmptyObject,
    SignedInstead::Null,
    SignedInstead::CompactJson,
    SignedInstead::SpacedJson,
    SignedInstead::EscapedSlashes,
    SignedInstead::PlainSlashes,
    SignedInstead::EscapedLetters,
    SignedInstead::PhpJson,
    SignedInstead::HashedTwice,
    SignedInstead::HashedHex,
];

impl SignedInstead {
    /// Which part of the request it is about: two about the same do not go together.
    const fn place(self) -> u8 {
        match self {
            Self::Https | Self::Http | Self::PathAlone => 0,
            Self::NoPort | Self::Port443 | Self::Port80 => 1,
            Self::Slash | Self::NoSlash => 2,
            Self::NoQuery | Self::PlainQuery => 3,
            Self::HashedTwice | Self::HashedHex => 4,
            _ => 5,
        }
    }
}

/// A request taken apart.
#[derive(Clone, PartialEq)]
struct Parts {
    /// With the two slashes; empty for the path alone.
    scheme: String,
    host: String,
    path: String,
    /// With its question mark.
    query: String,
    body: Vec<u8>,
    again: Option<SignedInstead>,
}

impl Parts {
    fn of(request: &SignedRequest<'_>) -> Option<Self> {
        let (scheme, rest) = request.base.split_once("://")?;
        let address = format!("{rest}{}", request.target);
        let (address, query) = match address.split_once('?') {
            Some((address, query)) => (address.to_owned(), format!("?{query}")),
            None => (address, String::new()),
        };
        let host = address.split('/').next()?.to_owned();
        Some(Self {
            scheme: format!("{scheme}://"),
            path: address.strip_prefix(host.as_str())?.to_owned(),
            host,
            query,
            body: request.body.to_owned(),
            again: None,
        })
    }

    fn digest(&self) -> Digest {
        let address = [&self.scheme, &self.host, &self.path, &self.query].map(|it| it.as_bytes());
        let [scheme, host, path, query] = address;
        let once = Digest::of(&[scheme, host, path, query, &self.body]);
        match self.again {
            Some(SignedInstead::HashedTwice) => Digest::of(&[once.as_bytes()]),
            Some(_) => Digest::of(&[hex::encode(once.as_bytes()).as_bytes()]),
            None => once,
        }
    }

    /// The same with a mistake; `None` where it makes no difference.
    fn with(&self, slip: SignedInstead) -> Option<Self> {
        let mut parts = self.clone();
        let scheme = |parts: &mut Self, scheme: &str| parts.scheme = scheme.to_owned();
        let has_port = self
            .host
            .rsplit_once(':')
            .is_some_and(|(_, port)| !port.contains(']'));
        match slip {
            SignedInstead::Https if self.scheme == "http://" => scheme(&mut parts, "https://"),
            SignedInstead::Http if self.scheme == "https://" => scheme(&mut parts, "http://"),
            SignedInstead::PathAlone => {
                parts.scheme.clear();
                parts.host.clear();
            }
            SignedInstead::NoPort if has_port => {
                parts.host = self.host.rsplit_once(':')?.0.to_owned();
            }
            SignedInstead::Port443 if !has_port => parts.host.push_str(":443"),
            SignedInstead::Port80 if !has_port => parts.host.push_str(":80"),
            SignedInstead::Slash if !self.path.ends_with('/') => parts.path.push('/'),
            SignedInstead::NoSlash => parts.path = self.path.strip_suffix('/')?.to_owned(),
            SignedInstead::NoQuery => parts.query.clear(),
            SignedInstead::PlainQuery => parts.query = decode(&self.query, true)?,
            SignedInstead::NoBody => parts.body.clear(),
            SignedInstead::EmptyObject if self.body.is_empty() => parts.body = b"{}".to_vec(),
            SignedInstead::Null if self.body.is_empty() => parts.body = b"null".to_vec(),
            SignedInstead::HashedTwice | SignedInstead::HashedHex => parts.again = Some(slip),
            json => parts.body = rewritten(core::str::from_utf8(&self.body).ok()?, json)?,
        }
        (parts != *self).then_some(parts)
    }
}

/// JSON as another library writes it. The order of the members and the numbers stay.
fn rewritten(json: &str, style: SignedInstead) -> Option<Vec<u8>> {
    let mut out = String::with_capacity(json.len());
    let mut letters = json.chars();
    let mut inside = false;
    while let Some(letter) = letters.next() {
        match (inside, letter) {
            (_, '"') => {
                inside = !inside;
                out.push('"');
            }
            (true, '\\') => match (style, letters.next()?) {
                (SignedInstead::PlainSlashes, '/') => out.push('/'),
                (_, next) => out.extend(['\\', next]),
            },
            (true, '/') if is_one(style, SignedInstead::EscapedSlashes) => out.push_str("\\/"),
            (true, letter)
                if !letter.is_ascii() && is_one(style, SignedInstead::EscapedLetters) =>
            {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    // Writing into a string does not fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            (true, letter) => out.push(letter),
            (false, ' ' | '\t' | '\r' | '\n') if is_spacing(style) => {}
            (false, ':' | ',') if style == SignedInstead::SpacedJson => out.extend([letter, ' ']),
            (false, letter) => out.push(letter),
        }
    }
    Some(out.into_bytes())
}

fn is_one(style: SignedInstead, one: SignedInstead) -> bool {
    style == one || style == SignedInstead::PhpJson
}

fn is_spacing(style: SignedInstead) -> bool {
    matches!(
        style,
        SignedInstead::CompactJson | SignedInstead::SpacedJson
    )
}
