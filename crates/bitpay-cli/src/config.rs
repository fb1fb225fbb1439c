//! `config`: what is in force, and where it comes from. Nothing secret is read for it but the profile.

use std::env;
use std::path::Path;

use bitpay_blocking::config::PROXY_VARIABLES;
use bitpay_blocking::{Config, Environment};
use bitpay_store::Store;
use bitpay_system::files::SETTINGS;
use clap::ValueEnum as _;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::doctor::network;
use crate::failure::Failure;
use crate::stores::{Kind, PASSPHRASE, STORE};

/// What nobody has set.
const DEFAULT: &str = "default";

#[derive(Default)]
struct Settings(Vec<(&'static str, String, String)>);

impl Settings {
    fn add(&mut self, name: &'static str, value: impl Into<String>, from: impl Into<String>) {
        self.0.push((name, value.into(), from.into()));
    }
}

pub(crate) fn run(context: &mut Context<'_>) -> Result<(), Failure> {
    let mut settings = Settings::default();
    let kind = context.store_kind()?;
    let name = context.global.profile.clone();
    let from = if name == "default" {
        DEFAULT
    } else {
        "--profile"
    };
    settings.add("profile", &name, from);
    store(&mut settings, context, kind);
    let environment = environment(&mut settings, context, kind)?;
    if let Some(environment) = environment {
        let base = environment.base_url();
        settings.add("address", base.as_str(), "the environment");
        proxy(&mut settings, &context.config(&environment));
    }
    match set("SSL_CERT_FILE") {
        Some(path) => settings.add("trusted roots", path, "SSL_CERT_FILE"),
        None => settings.add("trusted roots", "Mozilla's, in the program", DEFAULT),
    }

    let json: Map<String, Value> = settings
        .0
        .iter()
        .map(|(name, value, from)| {
            let name = name.replace(' ', "_");
            (name, json!({ "value": value, "from": from }))
        })
        .collect();
    let width = |of: fn(&(&str, String, String)) -> usize| settings.0.iter().map(of).max();
    let first = width(|(name, ..)| name.len()).unwrap_or(0);
    let second = width(|(_, value, _)| value.len()).unwrap_or(0);
    let text = settings
        .0
        .iter()
        .map(|(name, value, from)| format!("{name:first$}  {value:second$}  ({from})\n"))
        .collect();
    context.result(&json, || text);
    Ok(())
}

/// The value of a variable that is set to something.
fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn store(settings: &mut Settings, context: &Context<'_>, kind: Kind) {
    let named = kind.to_possible_value();
    let named = named.as_ref().map_or("", |value| value.get_name());
    let from = match (context.global.store, set(STORE)) {
        (Some(_), _) => "--store",
        (None, Some(_)) => STORE,
        (None, None) => DEFAULT,
    };
    settings.add("store", named, from);
    match Store::user_dir() {
        Ok(home) => {
            settings.add("home", home.display().to_string(), home_from(&home));
            let journal = format!("{}.journal", context.global.profile);
            settings.add("journal", home.join(journal).display().to_string(), "home");
        }
        Err(error) => settings.add("home", error.to_string(), DEFAULT),
    }
    if kind == Kind::Encrypted {
        let file = format!("{PASSPHRASE}_FILE");
        match [PASSPHRASE, file.as_str()]
            .into_iter()
            .find(|it| set(it).is_some())
        {
            Some(name) => settings.add("passphrase", "given", name),
            None => settings.add("passphrase", "asked for", DEFAULT),
        }
    }
}

/// What the directory was taken from.
fn home_from(home: &Path) -> &'static str {
    let is_in =
        |name: &str, below: &str| set(name).is_some_and(|dir| Path::new(&dir).join(below) == home);
    match () {
        () if is_in("BITPAY_HOME", "") => "BITPAY_HOME",
        () if is_in(SETTINGS, "bitpay") => SETTINGS,
        () => DEFAULT,
    }
}

/// The environment of the profile, which is read for it unless that would ask for its passphrase.
fn environment(
    settings: &mut Settings,
    context: &Context<'_>,
    kind: Kind,
) -> Result<Option<Environment>, Failure> {
    let given = context.environment()?;
    let is_locked = kind == Kind::Encrypted
        && set(PASSPHRASE).is_none()
        && set(&format!("{PASSPHRASE}_FILE")).is_none();
    let found = if is_locked {
        Ok(None)
    } else {
        context.store().and_then(|store| {
            let place = store.place(&context.global.profile);
            settings.add("kept in", place, "store");
            Ok(store.find(&context.global.profile)?)
        })
    };
    Ok(match (found, given) {
        (Ok(Some(profile)), _) => {
            context.check_environment(&profile)?;
            let environment = profile.environment().clone();
            settings.add("environment", environment.to_string(), "the profile");
            Some(environment)
        }
        (Err(failure), _) => {
            settings.add("environment", "not known", failure.to_string());
            None
        }
        (Ok(None), Some(given)) => {
            settings.add("environment", given.to_string(), "--env");
            Some(given)
        }
        (Ok(None), None) if is_locked => {
            settings.add("environment", "not known", "the profile is locked");
            None
        }
        (Ok(None), None) => {
            settings.add("environment", "none", "there is no such profile yet");
            None
        }
    })
}

fn proxy(settings: &mut Settings, config: &Config) {
    let variable = PROXY_VARIABLES.into_iter().find(|name| set(name).is_some());
    match (network::proxy(config), variable) {
        (Err(error), _) => settings.add("proxy", "cannot be used", error.to_string()),
        (Ok(Some(proxy)), Some(variable)) => settings.add("proxy", proxy, variable),
        (_, Some(variable)) => {
            let why = format!("{variable} is not for this address, by NO_PROXY or by what it is");
            settings.add("proxy", "none", why);
        }
        _ => settings.add("proxy", "none", DEFAULT),
    }
}
