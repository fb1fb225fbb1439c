//! Moving in: what the configurations and key files of BitPay's official SDKs say.
//!
//! All of it is pure: whoever calls brings the bytes, and the password where one is needed.
//!
//! ```
//! use bitpay_core::Facade;
//! use bitpay_store::import::{Found, Origin};
//!
//! let file = br#"{ "BitPayConfiguration": {
//!     "Environment": "Test",
//!     "EnvConfig": { "Test": {
//!         "PrivateKeyPath": "",
//!         "PrivateKey": "97811b691dd7ebaeb67977d158e1da2c4d3eaa4ee4e2555150628acade6b344c",
//!         "ApiTokens": { "merchant": "DsyNv4xXMXguMyQAfPtkznyZ7T5SxnAyaZEwc8nGJuL5" }
//!     } }
//! } }"#;
//! let found = Found::read(file, None)?;
//! assert_eq!(found.key_path(), None); // else: read that file as well
//! let imported = found.open(None, None)?;
//! assert_eq!(imported.origin, Origin::Node);
//! assert_eq!(imported.key.sin().as_str(), "Tf3yr5tYvccKNVrE26BrPs6LWZRh8woHwjR");
//! assert!(imported.tokens.contains_key(&Facade::Merchant));
//! # Ok::<(), bitpay_store::import::ImportError>(())
//! ```
//!
//! Which SDK wrote a file is told by the form of its key: each of them has its own. There are no names of
//! SDKs in the files.

mod error;
mod key;
mod php;
mod tree;

use std::collections::BTreeMap;
use std::fmt;

use bitpay_core::{AnyToken, Environment, Facade, PrivateKey};
use zeroize::Zeroizing;

pub use error::ImportError;
pub use key::Form;
use tree::Node;

/// No configuration or key file is nearly as large.
const LARGEST: usize = 64 << 10;

/// Which SDK wrote what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// Node: a key as hex.
    Node,
    /// A key as hex in a file of its own, as Node and C# keep it.
    NodeOrCSharp,
    /// Python: a key as PEM.
    Python,
    /// PHP: a key in an encrypted file, with a password.
    Php,
    /// Java: a key as the hex of DER.
    Java,
    /// C#: a key as a decimal number.
    CSharp,
    /// A key as DER in a file of its own, as Java and C# keep it.
    JavaOrCSharp,
    /// No configuration, but a key alone.
    Key,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Node => "a configuration of the Node SDK",
            Self::NodeOrCSharp => "a configuration of the Node or the C# SDK",
            Self::Python => "a configuration of the Python SDK",
            Self::Php => "a configuration of the PHP SDK",
            Self::Java => "a configuration of the Java SDK",
            Self::CSharp => "a configuration of the C# SDK",
            Self::JavaOrCSharp => "a configuration of the Java or the C# SDK",
            Self::Key => "a key without a configuration",
        })
    }
}

/// What a file says, before the key is read.
///
/// `Debug` shows no secret.
pub struct Found {
    is_key_alone: bool,
    environment: Environment,
    inline: Option<Zeroizing<Vec<u8>>>,
    path: Option<String>,
    /// The PHP SDK keeps the password of the key beside its path; `None` with the other SDKs.
    secret: Option<Zeroizing<String>>,
    tokens: BTreeMap<Facade, AnyToken>,
}

/// A key, its environment and its tokens.
#[derive(Debug)]
#[non_exhaustive]
pub struct Imported {
    /// Which SDK wrote it.
    pub origin: Origin,
    /// How the key was kept.
    pub form: Form,
    /// Where the key and the tokens are used.
    pub environment: Environment,
    /// The key.
    pub key: PrivateKey,
    /// The tokens.
    pub tokens: BTreeMap<Facade, AnyToken>,
}

impl Found {
    /// Reads a configuration, in JSON or YAML, or a key file.
    ///
    /// A configuration holds a part for each environment: `chosen` picks one, otherwise the one that the
    /// file itself says is in use. An address in place of test or production takes that one as well, to be
    /// used at that address. A key file says no environment, so one must be chosen.
    ///
    /// # Errors
    /// When the file is neither, or a part of it is missing or damaged.
    pub fn read(content: &[u8], chosen: Option<&Environment>) -> Result<Self, ImportError> {
        if content.len() > LARGEST {
            return Err(ImportError::TooLarge);
        }
        let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
        match Node::read(content)? {
            Some(tree) => Self::configuration(tree, chosen),
            None => Ok(Self {
                is_key_alone: true,
                environment: chosen.cloned().ok_or(ImportError::EnvironmentNeeded)?,
                inline: Some(Zeroizing::new(content.to_vec())),
                path: None,
                secret: None,
                tokens: BTreeMap::new(),
            }),
        }
    }

    fn configuration(mut tree: Node, chosen: Option<&Environment>) -> Result<Self, ImportError> {
        let mut all = tree
            .take("BitPayConfiguration")?
            .ok_or(ImportError::NoConfiguration)?;
        let section = match chosen {
            Some(Environment::Test) => "Test".to_owned(),
            Some(Environment::Production) => "Prod".to_owned(),
            _ => {
                let named = all.take_text("Environment")?;
                let named = named.ok_or(ImportError::NoEnvironment)?;
                match named.parse() {
                    Ok(Environment::Test | Environment::Production) => named.to_string(),
                    _ => return Err(ImportError::NoEnvironment),
                }
            }
        };
        let environment = match chosen {
            Some(chosen) => chosen.clone(),
            None => section.parse().map_err(|_| ImportError::NoEnvironment)?,
        };
        let mut part = match all.take("EnvConfig")? {
            Some(mut parts) => parts.take(&section)?,
            None => None,
        }
        .ok_or(ImportError::NoSection(environment.clone()))?;
        let mut path = part.take_text("PrivateKeyPath")?;
        let mut inline = part.take_text("PrivateKey")?;
        let secret = part.take_password("PrivateKeySecret")?;
        // The PHP SDK takes the key itself here as well.
        if path.as_deref().is_some_and(|text| key::is_hex(text)) && inline.is_none() {
            inline = path.take();
        }
        let mut tokens = BTreeMap::new();
        if let Some(mut members) = part.take("ApiTokens")? {
            for name in members.names()? {
                let Some(text) = members.take_text(&name)? else {
                    continue;
                };
                let facade = match name.parse() {
                    Ok(Facade::Public) | Err(_) => return Err(ImportError::OtherToken),
                    Ok(facade) => facade,
                };
                let token = AnyToken::parse(facade, &text)
                    .map_err(|source| ImportError::Token { facade, source })?;
                tokens.insert(facade, token);
            }
        }
        Ok(Self {
            is_key_alone: false,
            environment,
            inline: inline.map(|text| Zeroizing::new(text.as_bytes().to_vec())),
            path: path.map(|text| text.to_string()),
            secret,
            tokens,
        })
    }

    /// Where the key and the tokens are used.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The file that the key is in, as the configuration names it.
    #[must_use]
    pub fn key_path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Whether the key is in the file itself.
    #[must_use]
    pub fn has_key(&self) -> bool {
        self.inline.is_some()
    }

    /// Reads the key: the one in the file itself, or the one of `key_file`, which is the content of the file
    /// that the configuration names. `password` is for an encrypted key of the PHP SDK; without one, the one
    /// in the configuration is taken.
    ///
    /// # Errors
    /// [`ImportError::PasswordNeeded`] when the key is encrypted and there is no password;
    /// [`ImportError::TwoKeys`] when both keys are there and differ; others when the key is missing, damaged
    /// or not one.
    pub fn open(
        &self,
        key_file: Option<&[u8]>,
        password: Option<&str>,
    ) -> Result<Imported, ImportError> {
        let known = self.secret.as_ref().map(|secret| secret.as_str());
        let password = password.or(known.filter(|known| !known.is_empty()));
        let inline = self.inline.as_deref();
        let inline = inline
            .map(|content| key::read(content, password))
            .transpose()?;
        let filed = key_file
            .map(|content| key::read(content, password))
            .transpose()?;
        let in_file = filed.is_some();
        let (key, form) = match (inline, filed) {
            (Some((one, _)), Some((other, _))) if one.sin() != other.sin() => {
                return Err(ImportError::TwoKeys);
            }
            (Some(_), Some(read)) | (Some(read), None) | (None, Some(read)) => read,
            (None, None) => return Err(ImportError::NoKey),
        };
        let origin = match form {
            _ if self.is_key_alone => Origin::Key,
            _ if self.secret.is_some() => Origin::Php,
            Form::PhpEncrypted => Origin::Php,
            Form::Pem => Origin::Python,
            Form::Hex if in_file => Origin::NodeOrCSharp,
            Form::Hex => Origin::Node,
            Form::DerHex => Origin::Java,
            Form::Der => Origin::JavaOrCSharp,
            Form::Decimal => Origin::CSharp,
        };
        Ok(Imported {
            origin,
            form,
            environment: self.environment.clone(),
            key,
            tokens: self.tokens.clone(),
        })
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Found")
            .field("environment", &self.environment)
            .field("has_key", &self.has_key())
            .field("tokens", &self.tokens)
            .finish_non_exhaustive()
    }
}
