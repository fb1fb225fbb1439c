//! A profile in environment variables, as containers are given their secrets.

use std::env;
use std::fmt;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bitpay_core::{AnyToken, Environment, Facade, PrivateKey};
use zeroize::Zeroizing;

use crate::{Backend, Profile, StoreError, format};

/// No key and no token is nearly as large.
const LARGEST: u64 = 64 << 10;

type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

/// A [`Backend`] that reads a profile from environment variables, or from the files that they name:
/// [`Store::environment`](crate::Store::environment) is a store over it.
///
/// | Variable | What it holds |
/// | --- | --- |
/// | `BITPAY_ENVIRONMENT` | `test`, `prod`, or an address |
/// | `BITPAY_KEY` | the private key, as PEM or as 64 hex digits |
/// | `BITPAY_TOKEN_POS`, `BITPAY_TOKEN_MERCHANT`, `BITPAY_TOKEN_PAYOUT` | the tokens; each may be missing |
///
/// Each may be given by a file: `BITPAY_KEY_FILE` names one that holds the key, and so on. Such a file is often
/// mounted read-only, as a link, and readable for a group, so nothing is asked of its mode; white space around
/// what is in it is ignored. A variable and its file at once are refused.
///
/// These are the variables of the profile `default`. Those of another profile have its name in them, in capital
/// letters and with `_` for `-`: `BITPAY_SHOP_KEY` is of the profile `shop`.
///
/// It only reads: a container is given its secrets, and keeps none.
pub struct Variable(Box<Variables>);

impl Variable {
    /// Those of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::from(|name: &str| env::var_os(name).map(|it| it.to_string_lossy().into_owned()))
    }

    /// Others, which the function gives by their names.
    pub fn from(of: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Box::new(of))
    }

    /// What is in the variable, or in the file that its twin names.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        let set = |name: &str| {
            let value = (self.0)(name).map(Zeroizing::new);
            value.filter(|value| !value.trim().is_empty())
        };
        let file_name = format!("{name}_FILE");
        let content = match (set(name), set(&file_name)) {
            (Some(_), Some(_)) => {
                return Err(wrong(
                    name,
                    format!("{file_name} is set as well: leave one"),
                ));
            }
            (None, None) => return Ok(None),
            (Some(value), None) => value,
            (None, Some(path)) => {
                let path = PathBuf::from(path.trim());
                read(&path).map_err(|problem| wrong(&file_name, problem))?
            }
        };
        match content.trim() {
            "" => Err(wrong(&file_name, "the file is empty".to_owned())),
            text => Ok(Some(Zeroizing::new(text.to_owned()))),
        }
    }
}

fn wrong(variable: &str, problem: String) -> StoreError {
    StoreError::Variable {
        name: variable.to_owned(),
        problem,
    }
}

fn read(path: &Path) -> Result<Zeroizing<String>, String> {
    let failed = |error| format!("{} could not be read: {error}", path.display());
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    let room = usize::try_from(length.min(LARGEST)).unwrap_or_default() + 1;
    let mut content = Zeroizing::new(String::with_capacity(room));
    file.take(LARGEST)
        .read_to_string(&mut content)
        .map_err(failed)?;
    Ok(content)
}

/// What all variables of a profile begin with.
fn prefix(name: &str) -> String {
    match name {
        "default" => "BITPAY".to_owned(),
        name => format!("BITPAY_{}", name.replace('-', "_").to_ascii_uppercase()),
    }
}

impl Backend for Variable {
    fn place(&self, name: &str) -> String {
        format!("the environment variables {}_*", prefix(name))
    }

    /// Never `None`: a container without its secrets is a mistake, and the error names the variable.
    fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let prefix = prefix(name);
        let needed = |variable: &str| {
            let found = self.get(variable)?;
            found.ok_or_else(|| {
                wrong(
                    variable,
                    format!("neither it nor {variable}_FILE is set; the profile `{name}` needs it"),
                )
            })
        };
        let variable = format!("{prefix}_KEY");
        let key = needed(&variable)?;
        let key = if key.contains("-----BEGIN ") {
            PrivateKey::from_pem(&key)
        } else {
            PrivateKey::from_hex(&key)
        };
        let key = key.map_err(|error| wrong(&variable, error.to_string()))?;
        let variable = format!("{prefix}_ENVIRONMENT");
        let environment: Environment = needed(&variable)?
            .parse()
            .map_err(|error| wrong(&variable, format!("{error}")))?;
        let mut profile = Profile::new(name, environment, key)?;
        for facade in [Facade::Pos, Facade::Merchant, Facade::Payout] {
            let variable = format!("{prefix}_TOKEN_{}", facade.as_str().to_ascii_uppercase());
            if let Some(token) = self.get(&variable)? {
                let token = AnyToken::parse(facade, &token);
                profile.set_token(token.map_err(|error| wrong(&variable, error.to_string()))?);
            }
        }
        format::write(&profile, &self.place(name)).map(Some)
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Variable(BITPAY_*)")
    }
}
