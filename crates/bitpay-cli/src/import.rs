//! `import`: moves in from one of BitPay's official SDKs.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bitpay_blocking::diagnose::{Diagnosis, Evidence};
use bitpay_blocking::{AnyGrant, Identity};
use bitpay_store::Profile;
use bitpay_store::import::{Found, ImportError, Imported};
use clap::Args;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::context::{Context, table};
use crate::failure::Failure;
use crate::{key, stores};

const PASSWORD: &str = "BITPAY_IMPORT_PASSWORD";

/// More than the reader takes, so that it says what is wrong.
const LARGEST: u64 = 1 << 20;

#[derive(Args)]
#[command(after_help = "\
Reads BitPay.config.json (or .yml) of the SDKs for Node, Python, Java, C# and PHP, or a key file alone, which \
needs --env. The key may be hex, PEM, DER, a decimal number, or the encrypted file of the PHP SDK; the file \
that the configuration names is looked for beside it, then in the current directory. The password of an \
encrypted key is the one in the configuration, else --password-file, $BITPAY_IMPORT_PASSWORD, the file \
$BITPAY_IMPORT_PASSWORD_FILE, or asked for. Nothing is changed in the old files.

--env picks the environment of a configuration, which is otherwise the one that it says is in use.")]
pub(crate) struct ImportArgs {
    /// The configuration, or a key file
    file: PathBuf,
    /// The key file, where the configuration names another path
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// A file with the password of an encrypted key
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
    /// Ask the server first whether the key and each token work, and save nothing unless they do
    #[arg(long)]
    check: bool,
    /// Say what was found, and save nothing
    #[arg(long)]
    dry_run: bool,
}

/// The file that the key is in.
struct KeyFile {
    path: PathBuf,
    content: Zeroizing<Vec<u8>>,
}

pub(crate) fn run(context: &mut Context<'_>, args: &ImportArgs) -> Result<(), Failure> {
    let content = read(&args.file)?;
    let chosen = context.environment()?;
    let found =
        Found::read(&content, chosen.as_ref()).map_err(|error| refused(&args.file, &error))?;
    let key_file = key_file(args, &found)?;
    let imported = open(context, args, &found, key_file.as_ref())?;
    // Refused before anything is asked: a key is never overwritten.
    if !args.dry_run
        && let Some(there) = context.store()?.find(&context.global.profile)?
    {
        return Err(Failure::Refused(format!(
            "the profile `{}` has a key already ({}), which is never overwritten: use another --profile",
            there.name(),
            there.identity().sin()
        )));
    }
    let (origin, form) = (imported.origin, imported.form);
    let mut profile = Profile::new(&context.global.profile, imported.environment, imported.key)?;
    for token in imported.tokens.into_values() {
        profile.set_token(token);
    }
    let checks = match args.check {
        true => check(context, &profile)?,
        false => Vec::new(),
    };
    let works = checks.iter().all(|(_, diagnosis)| works(diagnosis));
    let saves = works && !args.dry_run;
    let mut place = None;
    if saves {
        let store = context.store()?;
        drop(store.insert(&profile)?);
        place = Some(store.place(profile.name()));
    }
    let path = key_file
        .as_ref()
        .map(|file| file.path.display().to_string());
    let json = json!({
        "profile": saves.then(|| profile.name()),
        "kept_in": place,
        "found": origin.to_string(),
        "environment": profile.environment().to_string(),
        "sin": profile.identity().sin().as_str(),
        "key": form.to_string(),
        "key_file": path,
        "tokens": profile.tokens().map(|token| token.facade()).collect::<Vec<_>>(),
        "checks": checks.iter().map(|(facade, diagnosis)| json!({
            "facade": facade,
            "works": self::works(diagnosis),
            "diagnosis": format!("{diagnosis:?}"),
            "explanation": diagnosis.to_string(),
        })).collect::<Vec<Value>>(),
    });
    let tokens: Vec<String> = profile
        .tokens()
        .map(|token| format!("{} ({} characters)", token.facade(), token.expose().len()))
        .collect();
    let mut rows = vec![
        ("found", origin.to_string()),
        ("environment", key::environment(profile.environment())),
        ("SIN", profile.identity().sin().to_string()),
        ("key", form.to_string()),
        ("key file", path.unwrap_or_default()),
        (
            "tokens",
            if tokens.is_empty() {
                "none".to_owned()
            } else {
                tokens.join(", ")
            },
        ),
    ];
    for (facade, diagnosis) in &checks {
        rows.push(("check", format!("{facade}: {diagnosis}")));
    }
    rows.push((
        "profile",
        if saves {
            profile.name().to_owned()
        } else {
            String::new()
        },
    ));
    rows.push(("kept in", place.unwrap_or_default()));
    let end = if saves {
        format!(
            "\nThe old files were not changed and still hold the key. Next: bitpay whoami{}\n",
            context.option()
        )
    } else {
        "\nNothing was saved.\n".to_owned()
    };
    context.result(&json, || table(&rows) + &end);
    if works {
        Ok(())
    } else {
        Err(Failure::Refused(
            "nothing was saved, for not all of it works: without --check it is saved as it is"
                .to_owned(),
        ))
    }
}

/// Asks with each token, or with the key alone. Only reads.
fn check(context: &Context<'_>, profile: &Profile) -> Result<Vec<(String, Diagnosis)>, Failure> {
    let client = context.client(profile.environment())?;
    let identity: &Identity = profile.identity();
    let mut grants: Vec<(String, AnyGrant)> = profile
        .tokens()
        .map(|token| {
            let grant = AnyGrant::new(token.clone(), identity.clone());
            (token.facade().to_string(), grant)
        })
        .collect();
    if grants.is_empty() {
        grants.push(("key".to_owned(), AnyGrant::identity(identity.clone())));
    }
    let ask = |(name, grant): (String, AnyGrant)| {
        let diagnosis = client.with(grant).diagnose(&Evidence::default());
        (name, diagnosis)
    };
    Ok(grants.into_iter().map(ask).collect())
}

fn works(diagnosis: &Diagnosis) -> bool {
    matches!(diagnosis, Diagnosis::Works | Diagnosis::KeyWorks)
}

fn refused(path: &Path, error: &ImportError) -> Failure {
    let hint = match error {
        ImportError::EnvironmentNeeded => " (--env test or --env prod)",
        ImportError::NoEnvironment | ImportError::NoSection(_) => " (--env picks another)",
        _ => "",
    };
    Failure::Refused(format!("{}: {error}{hint}", path.display()))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut content = Zeroizing::new(Vec::new());
    File::open(path)
        .and_then(|file| file.take(LARGEST).read_to_end(&mut content))
        .map_err(|error| {
            Failure::Refused(format!("{} could not be read: {error}", path.display()))
        })?;
    Ok(content)
}

/// The key file: the one that is given, else the one that the configuration names.
fn key_file(args: &ImportArgs, found: &Found) -> Result<Option<KeyFile>, Failure> {
    let given = args.key_file.clone();
    let path = match (given, found.key_path()) {
        (Some(given), _) => given,
        (None, None) => return Ok(None),
        (None, Some(named)) => {
            let beside = args.file.parent().unwrap_or(Path::new("")).join(named);
            match [beside, PathBuf::from(named)]
                .into_iter()
                .find(|path| path.is_file())
            {
                Some(path) => path,
                // The SDKs do the same.
                None if found.has_key() => return Ok(None),
                None => {
                    return Err(Failure::Refused(format!(
                        "{}: the key file that it names is neither beside it nor in the current directory: say where \
                         it is with --key-file",
                        args.file.display()
                    )));
                }
            }
        }
    };
    let content = read(&path)?;
    Ok(Some(KeyFile { path, content }))
}

/// Reads the key, and asks for its password only if it needs one.
fn open(
    context: &Context<'_>,
    args: &ImportArgs,
    found: &Found,
    key_file: Option<&KeyFile>,
) -> Result<Imported, Failure> {
    let given = match &args.password_file {
        Some(path) => Some(stores::secret_file(path)?),
        None => stores::secret_variable(PASSWORD)?,
    };
    let (path, content) = match key_file {
        Some(file) => (&file.path, Some(file.content.as_slice())),
        None => (&args.file, None),
    };
    let opened = found.open(content, given.as_ref().map(|it| it.as_str()));
    let opened = match opened {
        Err(ImportError::PasswordNeeded) => {
            match (context.io.prompt)("Password of the encrypted key")? {
                Some(typed) => found.open(content, Some(&typed)),
                None => {
                    return Err(Failure::Refused(format!(
                        "{}: the key is encrypted by the PHP SDK, and its password is needed: --password-file, the \
                         variable {PASSWORD}, or a terminal to ask on",
                        path.display()
                    )));
                }
            }
        }
        opened => opened,
    };
    opened.map_err(|error| refused(path, &error))
}
