//! Which store the profiles are in, and `store copy`.

use std::env;
use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::Path;
#[cfg(feature = "keyring")]
use std::sync::Arc;

use bitpay_store::{Passphrase, Store, StoreError};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use zeroize::Zeroizing;

use crate::context::{Context, table};
use crate::failure::Failure;

pub(crate) const STORE: &str = "BITPAY_STORE";
pub(crate) const PASSPHRASE: &str = "BITPAY_PASSPHRASE";

/// Where profiles are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// A file that only you can read
    File,
    /// A file that a passphrase locks: $BITPAY_PASSPHRASE, the file $BITPAY_PASSPHRASE_FILE, or asked for
    Encrypted,
    /// The environment variables BITPAY_ENVIRONMENT, BITPAY_KEY, BITPAY_TOKEN_MERCHANT .., or files that
    /// BITPAY_KEY_FILE .. name
    Env,
    /// The keyring of the system, in a program that was built with the feature `keyring`
    Keyring,
}

#[derive(Subcommand)]
pub(crate) enum StoreCommand {
    /// Copy the profile into another store; the one it is in now keeps it
    Copy(CopyArgs),
}

#[derive(Args)]
pub(crate) struct CopyArgs {
    /// The other store
    #[arg(long, value_name = "STORE")]
    to: Kind,
}

pub(crate) fn run(context: &mut Context<'_>, command: &StoreCommand) -> Result<(), Failure> {
    let StoreCommand::Copy(args) = command;
    let from = context.store()?;
    let profile = context.profile()?;
    if context.store_kind()? == args.to {
        return Err(Failure::Usage(
            "--to: the profile is in this store already".to_owned(),
        ));
    }
    let to = context.open_store(args.to)?;
    drop(to.insert(&profile)?);
    let (was, is) = (from.place(profile.name()), to.place(profile.name()));
    let json = json!({
        "profile": profile.name(),
        "sin": profile.identity().sin().as_str(),
        "from": was,
        "to": is,
    });
    let text = format!(
        "{}\nThe old one still holds the key: remove it when nothing uses it any more.\n",
        table(&[
            ("profile", profile.name().to_owned()),
            ("SIN", profile.identity().sin().to_string()),
            ("from", was),
            ("to", is),
        ])
    );
    context.result(&json, || text);
    Ok(())
}

/// Asks on the terminal, where what is typed does not show.
pub(crate) fn ask_on_the_terminal(what: &str) -> io::Result<Option<Zeroizing<String>>> {
    if !io::stdin().is_terminal() {
        return Ok(None);
    }
    let typed = rpassword::prompt_password(format!("{what}: "))?;
    Ok(Some(Zeroizing::new(typed)))
}

/// A secret in a file, without the end of its line.
pub(crate) fn secret_file(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| {
            Failure::Refused(format!("{} could not be read: {error}", path.display()))
        })?;
    let length = text.trim_end_matches(['\r', '\n']).len();
    text.truncate(length);
    Ok(text)
}

/// A secret of an environment variable, or of the file that its twin names.
pub(crate) fn secret_variable(name: &str) -> Result<Option<Zeroizing<String>>, Failure> {
    let file_name = format!("{name}_FILE");
    match (env::var(name), env::var_os(&file_name)) {
        (Ok(_), Some(_)) => Err(Failure::Usage(format!(
            "{name} and {file_name} are both set: leave one"
        ))),
        (Ok(value), None) => Ok(Some(Zeroizing::new(value))),
        (Err(env::VarError::NotUnicode(_)), _) => {
            Err(Failure::Usage(format!("{name} is not a text in UTF-8")))
        }
        (Err(_), Some(path)) => secret_file(Path::new(&path)).map(Some),
        (Err(_), None) => Ok(None),
    }
}

/// The keyring that this system has.
#[cfg(all(
    feature = "keyring",
    any(target_os = "linux", target_os = "macos", windows)
))]
fn keyring() -> Result<Store, Failure> {
    #[cfg(target_os = "macos")]
    use apple_native_keyring_store::keychain::Store as System;
    #[cfg(target_os = "linux")]
    use dbus_secret_service_keyring_store::Store as System;
    #[cfg(windows)]
    use windows_native_keyring_store::Store as System;

    let system = System::new().map_err(|error| {
        Failure::Refused(format!(
            "there is no keyring to reach, as on most servers: use --store file or --store encrypted ({error})"
        ))
    })?;
    Ok(Store::over(Arc::new(bitpay_store::Keyring::new(system))))
}

#[cfg(not(all(
    feature = "keyring",
    any(target_os = "linux", target_os = "macos", windows)
)))]
fn keyring() -> Result<Store, Failure> {
    Err(Failure::Usage(
        "this program was built without the keyring: build it with `cargo install bitpay-cli --features keyring`, or \
         use --store file or --store encrypted"
            .to_owned(),
    ))
}

impl Context<'_> {
    /// The store of `--store`, else of the variable.
    pub(crate) fn store_kind(&self) -> Result<Kind, Failure> {
        if let Some(kind) = self.global.store {
            return Ok(kind);
        }
        match env::var(STORE) {
            Ok(text) if !text.is_empty() => Kind::from_str(&text, true).map_err(|_| {
                let kinds = Kind::value_variants().iter();
                let names =
                    kinds.filter_map(|kind| Some(kind.to_possible_value()?.get_name().to_owned()));
                let names: Vec<String> = names.collect();
                Failure::Usage(format!(
                    "{STORE}: there are the stores {}",
                    names.join(", ")
                ))
            }),
            _ => Ok(Kind::File),
        }
    }

    pub(crate) fn open_store(&self, kind: Kind) -> Result<Store, Failure> {
        let store = match kind {
            Kind::File => Store::user()?,
            Kind::Encrypted => Store::encrypted(Store::user_dir()?, self.passphrase()?)?,
            Kind::Env => match Store::user_dir() {
                Ok(dir) => Store::environment().with_dir(dir)?,
                // What needs no journal needs no directory.
                Err(StoreError::NoHome) => Store::environment(),
                Err(error) => return Err(error.into()),
            },
            Kind::Keyring => keyring()?.with_dir(Store::user_dir()?)?,
        };
        Ok(match &self.io.observer {
            Some(observer) => store.observe(observer.clone()),
            None => store,
        })
    }

    /// The passphrase of the encrypted store. What locks a file that is not there yet is asked for twice.
    fn passphrase(&self) -> Result<Passphrase, Failure> {
        if let Some(known) = self.passphrase.get() {
            return Ok(known.clone());
        }
        let text = match secret_variable(PASSPHRASE)? {
            Some(text) => text,
            None => {
                let file = format!("{}.sealed", self.global.profile);
                let is_new = !Store::user_dir()?.join(file).exists();
                let ask = |what: &str| {
                    (self.io.prompt)(what)?.ok_or_else(|| {
                        Failure::Usage(format!(
                            "the passphrase of the encrypted store is needed: set {PASSPHRASE}, or {PASSPHRASE}_FILE to a \
                             file that holds it, or run this on a terminal"
                        ))
                    })
                };
                let text = ask(if is_new {
                    "New passphrase of the encrypted store"
                } else {
                    "Passphrase of the encrypted store"
                })?;
                if is_new && *ask("The same again")? != *text {
                    return Err(Failure::Refused(
                        "the two passphrases are not the same; nothing was made".to_owned(),
                    ));
                }
                text
            }
        };
        let passphrase = Passphrase::new(&text)?;
        Ok(self.passphrase.get_or_init(|| passphrase).clone())
    }
}
