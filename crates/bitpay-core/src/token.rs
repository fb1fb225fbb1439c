//! Tokens: what is kept for good after pairing, and goes with every call.

use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::facade::{Facade, FacadeKind};
use crate::looks::LooksLike;
use crate::secret::SecretText;

/// Why a text is not a token. The text itself is never repeated: it may be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Nothing was given.
    #[error("the token is empty")]
    Empty,
    /// It has the form of something else.
    #[error(
        "not a token, it looks like {0}; a token is 20 or more letters and digits, and comes from pairing"
    )]
    LooksLike(LooksLike),
    /// A character that no token has.
    #[error("not a token: a token has only letters, digits, `-` and `_`")]
    Character,
    /// Too short or too long.
    #[error("not a token: {0} characters, where a token has 20 to 256; was it cut off?")]
    Length(usize),
}

fn check(text: &str) -> Result<(), TokenError> {
    if text.is_empty() {
        return Err(TokenError::Empty);
    }
    match LooksLike::guess(text) {
        LooksLike::Token | LooksLike::Hex { .. } | LooksLike::Unknown => {}
        other => return Err(TokenError::LooksLike(other)),
    }
    if !text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    {
        return Err(TokenError::Character);
    }
    if !(20..=256).contains(&text.len()) {
        return Err(TokenError::Length(text.len()));
    }
    Ok(())
}

/// An API token of the facade `F`.
///
/// A token is a secret: it is erased on drop, compared in constant time, and `Debug` does not show
/// it. [`Token::expose`] is the one way to its text.
///
/// ```
/// use bitpay_core::{Merchant, Token};
///
/// let token: Token<Merchant> = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5".parse()?;
/// assert_eq!(format!("{token:?}"), "Token(merchant, [redacted])");
///
/// let pasted: Result<Token<Merchant>, _> = "Wp4RRAz".parse();
/// assert!(pasted.unwrap_err().to_string().contains("pairing code"));
/// # Ok::<(), bitpay_core::TokenError>(())
/// ```
///
/// Source: <https://developer.bitpay.com/reference/tokens>.
pub struct Token<F> {
    text: SecretText,
    facade: PhantomData<fn() -> F>,
}

impl<F> Token<F> {
    /// Reads a token.
    ///
    /// # Errors
    /// When the text has the form of a pairing code, a SIN, a key or a link, or is no token at all.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        check(text)?;
        Ok(Self {
            text: SecretText::new(text),
            facade: PhantomData,
        })
    }

    /// The text of the token. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose()
    }
}

impl<F> FromStr for Token<F> {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl<F> Clone for Token<F> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            facade: PhantomData,
        }
    }
}

impl<F> PartialEq for Token<F> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<F> Eq for Token<F> {}

impl<F: FacadeKind> fmt::Debug for Token<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, [redacted])", F::FACADE)
    }
}

/// A token whose facade is known at run time only.
#[derive(Clone, PartialEq, Eq)]
pub struct AnyToken {
    facade: Facade,
    text: SecretText,
}

impl AnyToken {
    /// Reads a token of the given facade.
    ///
    /// # Errors
    /// As [`Token::parse`].
    pub fn parse(facade: Facade, text: &str) -> Result<Self, TokenError> {
        check(text)?;
        Ok(Self {
            facade,
            text: SecretText::new(text),
        })
    }

    /// The facade that the token grants.
    #[must_use]
    pub fn facade(&self) -> Facade {
        self.facade
    }

    /// The text of the token. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose()
    }

    /// The same token with its facade as a type; `None` when the facade is another one.
    #[must_use]
    pub fn typed<F: FacadeKind>(&self) -> Option<Token<F>> {
        (self.facade == F::FACADE).then(|| Token {
            text: self.text.clone(),
            facade: PhantomData,
        })
    }
}

impl<F: FacadeKind> From<Token<F>> for AnyToken {
    fn from(token: Token<F>) -> Self {
        Self {
            facade: F::FACADE,
            text: token.text,
        }
    }
}

impl fmt::Debug for AnyToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, [redacted])", self.facade)
    }
}

/// The token of one resource, such as an invoice: it comes with the resource, and some calls ask
/// for it in place of the facade's token. `R` is the resource's model, so that the token of an
/// invoice is not passed for that of a refund.
///
/// What the server sent is kept as it is: it is never judged, only sent back.
pub struct ResourceToken<R> {
    text: SecretText,
    resource: PhantomData<fn() -> R>,
}

impl<R> ResourceToken<R> {
    /// Takes a resource token that was kept.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            text: SecretText::new(text),
            resource: PhantomData,
        }
    }

    /// The text of the token. Keep it out of logs.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose()
    }
}

impl<R> Clone for ResourceToken<R> {
    fn clone(&self) -> Self {
        Self {
            text: self.text.clone(),
            resource: PhantomData,
        }
    }
}

impl<R> PartialEq for ResourceToken<R> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<R> Eq for ResourceToken<R> {}

impl<R> fmt::Debug for ResourceToken<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResourceToken([redacted])")
    }
}

impl<R> Serialize for ResourceToken<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de, R> Deserialize<'de> for ResourceToken<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = zeroize::Zeroizing::new(alloc::string::String::deserialize(deserializer)?);
        Ok(Self::new(&text))
    }
}
