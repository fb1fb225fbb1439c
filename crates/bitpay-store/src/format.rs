//! The form of a profile on disk.

use std::collections::BTreeMap;

use bitpay_core::pairing::PairingCode;
use bitpay_core::time::{self, Timestamp};
use bitpay_core::{AnyToken, BaseUrl, Environment, Facade, Guid, Identity, PrivateKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::profile::Rotation;
use crate::{Answered, Pending, Profile, RotationStage, StoreError};

const SCHEMA: u32 = 1;

/// Secrets are borrowed from the buffer that the file was read into, which is erased.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File<'a> {
    schema: u32,
    environment: String,
    /// The lines of the PEM: a text with line ends would be copied when their escapes are read.
    #[serde(borrow)]
    key: Vec<&'a str>,
    #[serde(borrow, default)]
    tokens: BTreeMap<Facade, &'a str>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    rotation: Option<RotationFile<'a>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    pending: Option<PendingFile<'a>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    claimed: Option<PairingCode>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RotationFile<'a> {
    #[serde(with = "StageFile")]
    stage: RotationStage,
    #[serde(borrow)]
    key: Vec<&'a str>,
    #[serde(borrow, default, skip_serializing_if = "Vec::is_empty")]
    asked: Vec<PendingFile<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(remote = "RotationStage", rename_all = "lowercase")]
enum StageFile {
    Next,
    Previous,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PendingFile<'a> {
    facade: Facade,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    guid: Guid,
    #[serde(with = "time::Iso")]
    requested_at: Timestamp,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    answered: Option<AnsweredFile<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnsweredFile<'a> {
    code: PairingCode,
    token: &'a str,
    #[serde(
        default,
        with = "time::MaybeIso",
        skip_serializing_if = "Option::is_none"
    )]
    expires_at: Option<Timestamp>,
}

impl<'a> PendingFile<'a> {
    fn of(pending: &'a Pending) -> Self {
        Self {
            facade: pending.facade,
            label: pending.label.clone(),
            guid: pending.guid.clone(),
            requested_at: pending.requested_at,
            answered: pending.answered.as_ref().map(|answered| AnsweredFile {
                code: answered.code.clone(),
                token: answered.token.expose(),
                expires_at: answered.expires_at,
            }),
        }
    }

    fn read(
        self,
        token: impl Fn(Facade, &str) -> Result<AnyToken, StoreError>,
    ) -> Result<Pending, StoreError> {
        let answered = self.answered.map(|answered| {
            Ok::<_, StoreError>(Answered {
                code: answered.code,
                token: token(self.facade, answered.token)?,
                expires_at: answered.expires_at,
            })
        });
        Ok(Pending {
            facade: self.facade,
            label: self.label,
            guid: self.guid,
            requested_at: self.requested_at,
            answered: answered.transpose()?,
        })
    }
}

/// Read first, so that a newer file is told from a damaged one.
#[derive(Deserialize)]
struct Schema {
    schema: u32,
}

pub(crate) fn write(profile: &Profile, place: &str) -> Result<Zeroizing<Vec<u8>>, StoreError> {
    let file = File {
        schema: SCHEMA,
        environment: profile.environment.to_string(),
        key: profile.pem.lines().collect(),
        tokens: profile
            .tokens
            .iter()
            .map(|(facade, token)| (*facade, token.expose()))
            .collect(),
        rotation: profile.rotation.as_ref().map(|rotation| RotationFile {
            stage: rotation.stage,
            key: rotation.pem.lines().collect(),
            asked: rotation.asked.iter().map(PendingFile::of).collect(),
        }),
        pending: profile.pending.as_ref().map(PendingFile::of),
        claimed: profile.claimed.clone(),
    };
    // Larger than any profile, so that no copy is left behind by growing.
    let mut content = Zeroizing::new(Vec::with_capacity(16 << 10));
    serde_json::to_writer_pretty(&mut *content, &file).map_err(|error| damaged(place, &error))?;
    content.push(b'\n');
    Ok(content)
}

pub(crate) fn read(name: &str, place: &str, content: &[u8]) -> Result<Profile, StoreError> {
    let Schema { schema } =
        serde_json::from_slice(content).map_err(|error| damaged(place, &error))?;
    if schema < SCHEMA {
        return Err(StoreError::Damaged {
            place: place.to_owned(),
            problem: format!("there is no schema {schema}"),
        });
    }
    if schema > SCHEMA {
        return Err(StoreError::Newer {
            place: place.to_owned(),
            found: schema,
            known: SCHEMA,
        });
    }
    let file: File<'_> = serde_json::from_slice(content).map_err(|error| damaged(place, &error))?;

    let key = |lines: &[&str]| {
        let mut pem = Zeroizing::new(String::with_capacity(content.len()));
        for line in lines {
            pem.push_str(line);
            pem.push('\n');
        }
        PrivateKey::from_pem(&pem).map_err(|source| StoreError::Key {
            place: place.to_owned(),
            source,
        })
    };
    let token = |facade, text: &str| {
        AnyToken::parse(facade, text).map_err(|source| StoreError::Token {
            place: place.to_owned(),
            facade,
            source,
        })
    };
    let rotation = file.rotation.map(|rotation| {
        let key = key(&rotation.key)?;
        let asked = rotation.asked.into_iter();
        Ok::<_, StoreError>(Rotation {
            pem: key.to_pem(),
            identity: Identity::new(key),
            stage: rotation.stage,
            asked: asked
                .map(|asked| asked.read(token))
                .collect::<Result<_, _>>()?,
        })
    });
    let key = key(&file.key)?;
    Ok(Profile {
        name: name.to_owned(),
        environment: environment(&file.environment, place)?,
        pem: key.to_pem(),
        identity: Identity::new(key),
        tokens: file
            .tokens
            .into_iter()
            .map(|(facade, text)| Ok((facade, token(facade, text)?)))
            .collect::<Result<_, StoreError>>()?,
        rotation: rotation.transpose()?,
        pending: file
            .pending
            .map(|pending| pending.read(token))
            .transpose()?,
        claimed: file.claimed,
    })
}

/// Plain HTTP to another machine was allowed when the profile was made.
fn environment(text: &str, place: &str) -> Result<Environment, StoreError> {
    let read = if text.contains("://") {
        BaseUrl::parse_allowing_plain_http(text).map(Environment::Custom)
    } else {
        text.parse()
    };
    read.map_err(|error| StoreError::Damaged {
        place: place.to_owned(),
        problem: format!("its environment is not valid: {error}"),
    })
}

/// Says what is wrong and where. The parser's own text may quote a secret, so of that text only
/// the name of a field is taken.
fn damaged(place: &str, error: &serde_json::Error) -> StoreError {
    let text = error.to_string();
    let field = |start: &str| {
        let (name, _) = text.strip_prefix(start)?.split_once('`')?;
        let plain = name.len() <= 24 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        plain.then(|| name.to_owned())
    };
    let what = match error.classify() {
        serde_json::error::Category::Eof => "it is cut off".to_owned(),
        serde_json::error::Category::Data => {
            if let Some(name) = field("missing field `") {
                format!("it has no field `{name}`")
            } else if let Some(name) = field("unknown field `") {
                format!("it has a field `{name}` that this version does not know")
            } else {
                "a field has an unexpected form".to_owned()
            }
        }
        _ => "it is not JSON".to_owned(),
    };
    StoreError::Damaged {
        place: place.to_owned(),
        problem: format!("{what} (line {}, column {})", error.line(), error.column()),
    }
}
