use bitpay_core::{Environment, Facade, KeyError, TokenError};

#[cfg(doc)]
use super::Found;

/// Why a configuration or a key file was not read. No part of what was given is in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// More than any of these files has.
    #[error("this is too large for a configuration or a key: is it the right file?")]
    TooLarge,
    /// The file ends too early.
    #[error("the configuration is cut off (line {line}): take a whole copy of it")]
    CutOff {
        /// Where it ends.
        line: usize,
    },
    /// The file is no JSON.
    #[error("the configuration is not valid JSON (line {line}, column {column})")]
    Json {
        /// Where.
        line: usize,
        /// Where.
        column: usize,
    },
    /// The file is no YAML, or uses more of YAML than a configuration does.
    #[error(
        "the configuration is not valid YAML, or uses anchors or tags, which no SDK writes (line {line})"
    )]
    Yaml {
        /// Where.
        line: usize,
    },
    /// A member is there twice: which one is meant?
    #[error(
        "a member of the configuration is there twice, and which one holds is not certain: leave one"
    )]
    Twice,
    /// JSON or YAML of something else.
    #[error("this is not a configuration of a BitPay SDK: it has no member `BitPayConfiguration`")]
    NoConfiguration,
    /// A member has another form.
    #[error("the configuration's `{0}` has an unexpected form")]
    Member(&'static str),
    /// The configuration names no environment that there is.
    #[error("the configuration's `Environment` is neither Test nor Prod: say which one is meant")]
    NoEnvironment,
    /// The configuration has nothing for the environment.
    #[error("the configuration has nothing for {0}: its `EnvConfig` lacks that member")]
    NoSection(Environment),
    /// A key file says no environment.
    #[error("a key file does not say which BitPay its key is for: choose test or production")]
    EnvironmentNeeded,
    /// There is no key.
    #[error("the configuration holds no key: both `PrivateKey` and `PrivateKeyPath` are empty")]
    NoKey,
    /// There are two.
    #[error(
        "`PrivateKey` and `PrivateKeyPath` hold two different keys: empty the one that is not used"
    )]
    TwoKeys,
    /// The key is not one, or is damaged.
    #[error("the key: {0}")]
    Key(#[from] KeyError),
    /// The form of the key is not known.
    #[error("the key is in no form that an official SDK writes: it looks like {0}")]
    Form(bitpay_core::key::LooksLike),
    /// The text is a number both in hex and in decimal digits.
    #[error(
        "the key can be read as hex and as a decimal number: write 0x in front of it if it is hex"
    )]
    Ambiguous,
    /// A token is not one.
    #[error("the {facade} token: {source}")]
    Token {
        /// Its facade.
        facade: Facade,
        /// Why not.
        source: TokenError,
    },
    /// There is a token of a facade that is not known.
    #[error("`ApiTokens` holds a token that is neither merchant, payout nor pos")]
    OtherToken,
    /// The key is encrypted.
    #[error(
        "the key is encrypted by the PHP SDK: its password is needed (`PrivateKeySecret` in a configuration)"
    )]
    PasswordNeeded,
    /// The password is not the one that the key was encrypted with.
    #[error("the password is not the one of this encrypted key")]
    WrongPassword,
    /// The encrypted file lacks its end.
    #[error("the encrypted key is cut off: take a whole copy of its file")]
    KeyCutOff,
    /// The password is right, and what is in the file is not.
    #[error("the encrypted key is damaged: its file was changed or cut off")]
    KeyDamaged,
}
