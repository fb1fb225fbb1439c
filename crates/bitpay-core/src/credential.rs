//! Who is calling: nobody, a key, or a grant (a token and the key that signs for it).

use alloc::sync::Arc;
use core::fmt;

use bytes::Bytes;
use http::HeaderValue;

use crate::facade::{Facade, FacadeKind, MayGoUnsigned};
use crate::key::{PrivateKey, PublicKey};
use crate::signature::{Digest, Signature};
use crate::sin::Sin;
use crate::token::{AnyToken, Token};

/// A key pair that signs calls: BitPay knows it by its [`Sin`]. Cloning shares the key.
///
/// An identity without a token is a credential of its own. It can list its approved tokens, wait
/// for an approval and diagnose a pairing.
///
/// ```
/// use bitpay_core::{Identity, PrivateKey};
///
/// let key = PrivateKey::from_hex("97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c")?;
/// let identity = Identity::new(key);
/// assert_eq!(identity.sin().as_str(), "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR");
/// # Ok::<(), bitpay_core::KeyError>(())
/// ```
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    public_key: PublicKey,
    /// The public key as it is sent.
    header: Option<HeaderValue>,
    sin: Sin,
    /// `None` when the key lives elsewhere.
    key: Option<PrivateKey>,
}

impl Identity {
    /// An identity whose key is in memory and signs by itself.
    #[must_use]
    pub fn new(key: PrivateKey) -> Self {
        Self::of(*key.public_key(), key.sin().clone(), Some(key))
    }

    /// An identity whose key lives elsewhere: a KMS, an HSM, an agent. The client is given a signer
    /// for it; what that signer returns is brought to low S and checked against this public key
    /// before anything is sent.
    #[must_use]
    pub fn elsewhere(public_key: PublicKey) -> Self {
        Self::of(public_key, public_key.sin(), None)
    }

    fn of(public_key: PublicKey, sin: Sin, key: Option<PrivateKey>) -> Self {
        let header = HeaderValue::from_maybe_shared(Bytes::from(public_key.to_hex()));
        Self(Arc::new(Inner {
            public_key,
            header: header.ok(),
            sin,
            key,
        }))
    }

    /// The name by which BitPay knows this key.
    #[must_use]
    pub fn sin(&self) -> &Sin {
        &self.0.sin
    }

    /// The public key: the `X-Identity` header.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    pub(crate) fn header(&self) -> Option<&HeaderValue> {
        self.0.header.as_ref()
    }

    /// Signs a hash, when the key is in memory; `None` where it [lives elsewhere](Self::elsewhere). Calls sign
    /// by themselves: this is for requests that something else sends.
    ///
    /// ```
    /// use bitpay_core::signature::Digest;
    /// use bitpay_core::{Identity, PrivateKey};
    ///
    /// let identity = Identity::new(PrivateKey::from_bytes(&[7; 32])?);
    /// let digest = Digest::of(&[b"https://bitpay.com/invoices", br#"{"price":5}"#]);
    /// let signature = identity.sign(&digest).expect("the key is in memory");
    /// assert!(identity.public_key().verify(&digest, &signature));
    /// assert_eq!(digest.to_string().len(), 64);
    /// # Ok::<(), bitpay_core::KeyError>(())
    /// ```
    #[must_use]
    pub fn sign(&self, digest: &Digest) -> Option<Signature> {
        self.0.key.as_ref().map(|key| key.sign(digest))
    }
}

impl From<PrivateKey> for Identity {
    fn from(key: PrivateKey) -> Self {
        Self::new(key)
    }
}

impl PartialEq for Identity {
    fn eq(&self, other: &Self) -> bool {
        self.public_key() == other.public_key()
    }
}

impl Eq for Identity {}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({})", self.sin())
    }
}

/// No credential: the public facade.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anonymous;

/// A token of the facade `F`, with the key that signs for it.
///
/// ```
/// use bitpay_core::{Grant, Merchant, Pos, PrivateKey, Token};
///
/// let key = PrivateKey::from_hex("97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c")?;
/// let token: Token<Merchant> = "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5".parse()?;
/// let grant = Grant::new(token, key);
///
/// // A pos token made without "Require Authentication" needs no key.
/// let pos: Grant<Pos> = Grant::unsigned("ArmcoLsi3qZoj86sFd4mz9".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// A merchant grant without a key does not compile:
///
/// ```compile_fail,E0277
/// use bitpay_core::{Grant, Merchant};
/// let grant: Grant<Merchant> = Grant::unsigned("DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// and its twin, which differs in the facade, does:
///
/// ```
/// use bitpay_core::{Grant, Pos};
/// let grant: Grant<Pos> = Grant::unsigned("DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Grant<F> {
    token: Token<F>,
    identity: Option<Identity>,
}

impl<F: FacadeKind> Grant<F> {
    /// A grant whose calls are signed.
    #[must_use]
    pub fn new(token: Token<F>, identity: impl Into<Identity>) -> Self {
        Self {
            token,
            identity: Some(identity.into()),
        }
    }

    /// A grant whose calls are not signed: a pos token made with "Require Authentication" off.
    #[must_use]
    pub fn unsigned(token: Token<F>) -> Self
    where
        F: MayGoUnsigned,
    {
        Self {
            token,
            identity: None,
        }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> &Token<F> {
        &self.token
    }
}

impl<F> Clone for Grant<F> {
    fn clone(&self) -> Self {
        Self {
            token: self.token.clone(),
            identity: self.identity.clone(),
        }
    }
}

impl<F: FacadeKind> fmt::Debug for Grant<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("facade", &F::FACADE)
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

/// A credential whose facade is learnt at run time: from a configuration or a command line.
///
/// What the compiler checks for a [`Grant`] is checked here when the call is built, against the
/// same table, before anything is sent.
#[derive(Clone, Debug)]
pub struct AnyGrant {
    token: Option<AnyToken>,
    identity: Option<Identity>,
}

impl AnyGrant {
    /// A grant of a token, with the key that signs for it.
    #[must_use]
    pub fn new(token: AnyToken, identity: impl Into<Identity>) -> Self {
        Self {
            token: Some(token),
            identity: Some(identity.into()),
        }
    }

    /// A grant of a token without a key. Calls that must be signed are refused when they are built.
    #[must_use]
    pub fn unsigned(token: AnyToken) -> Self {
        Self {
            token: Some(token),
            identity: None,
        }
    }

    /// A key without a token.
    #[must_use]
    pub fn identity(identity: impl Into<Identity>) -> Self {
        Self {
            token: None,
            identity: Some(identity.into()),
        }
    }

    /// Nothing: the public facade.
    #[must_use]
    pub fn anonymous() -> Self {
        Self {
            token: None,
            identity: None,
        }
    }

    /// The token.
    #[must_use]
    pub fn token(&self) -> Option<&AnyToken> {
        self.token.as_ref()
    }
}

impl<F: FacadeKind> From<Grant<F>> for AnyGrant {
    fn from(grant: Grant<F>) -> Self {
        Self {
            token: Some(grant.token.into()),
            identity: grant.identity,
        }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// What a client calls with. It is the client's one type parameter.
pub trait Credential: sealed::Sealed + Clone + fmt::Debug + Send + Sync + 'static {
    /// The facade of the token; `None` without a token.
    #[doc(hidden)]
    fn facade(&self) -> Option<Facade>;
    /// The text of the token.
    #[doc(hidden)]
    fn token_text(&self) -> Option<&str>;
    /// The key that signs.
    #[doc(hidden)]
    fn signer(&self) -> Option<&Identity>;
}

impl sealed::Sealed for Anonymous {}
impl Credential for Anonymous {
    fn facade(&self) -> Option<Facade> {
        None
    }
    fn token_text(&self) -> Option<&str> {
        None
    }
    fn signer(&self) -> Option<&Identity> {
        None
    }
}

impl sealed::Sealed for Identity {}
impl Credential for Identity {
    fn facade(&self) -> Option<Facade> {
        None
    }
    fn token_text(&self) -> Option<&str> {
        None
    }
    fn signer(&self) -> Option<&Identity> {
        Some(self)
    }
}

impl<F: FacadeKind> sealed::Sealed for Grant<F> {}
impl<F: FacadeKind> Credential for Grant<F> {
    fn facade(&self) -> Option<Facade> {
        Some(F::FACADE)
    }
    fn token_text(&self) -> Option<&str> {
        Some(self.token.expose())
    }
    fn signer(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }
}

impl sealed::Sealed for AnyGrant {}
impl Credential for AnyGrant {
    fn facade(&self) -> Option<Facade> {
        self.token.as_ref().map(AnyToken::facade)
    }
    fn token_text(&self) -> Option<&str> {
        self.token.as_ref().map(AnyToken::expose)
    }
    fn signer(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }
}
