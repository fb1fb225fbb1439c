//! Finding out what became of a call whose outcome is unknown: looking it up, and saying what that shows.
//!
//! The clients' `find_out` does it, given the [`Error`] of the call or its [`Intent`] from a journal. What
//! is looked up and how is in the table: by guid for invoices and refunds, by reference for payouts, and by
//! reading the resource for what changes one. It only reads. To *finish* what was not found, make the same
//! call again where [`Finding::NotFound`] says that this may be: an invoice has the same guid then, and so
//! is made once.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use http::Method;
use serde::Deserialize;

use crate::answer::Answer;
use crate::credential::Credential;
use crate::encode::Encoder;
use crate::environment::BaseUrl;
use crate::error::{ApiErrorKind, BuildError, DecodeError, Effect, Error};
use crate::facade::Facade;
use crate::journal::{Intent, Outcome, Source};
use crate::operation::{
    Allows, Endpoint, Operation, RetryClass, Sending, Shows, Signing, TokenPlace,
};
use crate::raw::RawData;
use crate::time::{self, Timestamp};

/// How far the server's clock may be behind the caller's: a payout that was asked for longer before the
/// call began is another one of the same reference.
const CLOCKS_DIFFER: Duration = Duration::from_secs(60);

/// A call that began so long ago is not under way any more, in whatever process, unless its policy allows
/// more: what it made would show.
const UNDER_WAY: Duration = Duration::from_secs(120);

/// What may have happened: an [`Intent`] of a journal, or the [`Error`] of a call.
pub trait Doubt: Sync {
    /// What was intended. `None` when it was nothing that can be found out.
    fn intent(&self) -> Option<&Intent>;

    /// What is known already.
    fn effect(&self) -> Effect;
}

impl Doubt for Intent {
    fn intent(&self) -> Option<&Intent> {
        Some(self)
    }

    fn effect(&self) -> Effect {
        Effect::Unknown
    }
}

impl Doubt for Error {
    fn intent(&self) -> Option<&Intent> {
        Self::intent(self)
    }

    fn effect(&self) -> Effect {
        Self::effect(self)
    }
}

/// What was found out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// It happened.
    Happened(Found),
    /// It is not there, or nothing was sent.
    NotFound {
        /// The same request, with the same guid, may be sent again without risk. Otherwise a person
        /// decides: what is not found now may still show.
        may_send_again: bool,
    },
    /// It cannot be told.
    Unknown {
        /// Why not.
        why: Why,
        /// What the look-up showed, if there was one: the resource as it is, or the rows.
        holds: Option<RawData>,
    },
}

/// What was made, or what was changed, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// Its id, where it has one.
    pub id: Option<String>,
    /// All of it: [`RawData::read`] gives it as a type. It may hold the resource's token.
    pub data: RawData,
}

/// Why it cannot be told what happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// Nothing finds what this operation does.
    NothingFindsIt,
    /// Nothing finds it, but its guid makes it once: the same request may be sent again.
    SendAgain,
    /// It was another server, key or facade that was called: this client would look in the wrong place.
    OtherCaller,
    /// The operation is not one that this version knows.
    UnknownOperation,
    /// So many have its reference.
    Several(usize),
    /// What has its reference was there before, or does not say since when it is there.
    Older,
    /// The resource is there and does not show it: it was not done, or is not done yet.
    NotDone,
    /// The resource is there; whether it shows what was asked for, only who asked knows.
    LookAtIt,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NothingFindsIt => "nothing finds what this operation does: look in the dashboard",
            Self::SendAgain => {
                "nothing finds it, but its guid makes it once: the same request may be sent again"
            }
            Self::OtherCaller => "another server, key or facade was called: ask with that one",
            Self::UnknownOperation => "this version does not know the operation",
            Self::Several(count) => return write!(f, "{count} have its reference: look at them"),
            Self::Older => "what has its reference was there before the call: look at it",
            Self::NotDone => "the resource does not show it: it was not done, or not yet",
            Self::LookAtIt => "look at the resource: is it as it was asked for?",
        })
    }
}

impl Finding {
    /// What this says of the effect. What was not found and may be sent again is nothing to worry about,
    /// and yet may have been made: its guid alone decides.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self {
            Self::Happened(_) => Effect::Happened,
            Self::NotFound {
                may_send_again: true,
            } => Effect::Nothing,
            _ => Effect::Unknown,
        }
    }

    /// What the journal is to be told, when this settles the intent. Nothing is settled by not finding
    /// what another process may be about to make.
    #[must_use]
    pub fn outcome(&self, intent: &Intent, now: Timestamp) -> Option<Outcome> {
        let age = Duration::try_from(now.duration_since(intent.at)).unwrap_or_default();
        let (effect, id) = match self {
            Self::Happened(found) => (Effect::Happened, found.id.clone()),
            Self::NotFound {
                may_send_again: true,
            } if age >= UNDER_WAY => (Effect::Nothing, None),
            _ => return None,
        };
        Some(intent.outcome(effect, id, Source::LookUp, now))
    }
}

/// How something is found out. For the fronts.
#[derive(Debug)]
pub enum Plan {
    /// Without asking.
    Known(Finding),
    /// By this call, of which [`LookUp::judge`] makes a finding.
    Ask(LookUp),
}

impl Plan {
    /// How this is found out.
    ///
    /// # Errors
    /// When the credential does not allow to look.
    pub fn of(
        doubt: &impl Doubt,
        base: &BaseUrl,
        credential: &impl Credential,
    ) -> Result<Self, Error> {
        let unknown = |why| Ok(Self::Known(Finding::Unknown { why, holds: None }));
        if doubt.effect() == Effect::Nothing {
            return Ok(Self::Known(Finding::NotFound {
                may_send_again: true,
            }));
        }
        let Some(intent) = doubt.intent() else {
            return unknown(Why::NothingFindsIt);
        };
        let Some(row) = Operation::named(&intent.operation) else {
            return unknown(match &*intent.operation {
                "raw" => Why::NothingFindsIt,
                _ => Why::UnknownOperation,
            });
        };
        let key = key(
            row.retry,
            intent.guid.as_ref().map(|guid| guid.as_str()),
            intent.reference.as_deref(),
            intent.resource.as_deref(),
        );
        let (Some(looked_up), Some(key)) = (row.look_up(), key) else {
            return unknown(match row.retry {
                RetryClass::ReplayByGuid => Why::SendAgain,
                _ => Why::NothingFindsIt,
            });
        };
        let sin = credential.signer().map(|identity| identity.sin());
        if intent.server != base.as_str()
            || intent.facade != credential.facade()
            || intent.sin.is_some() && intent.sin.as_ref() != sin
        {
            return unknown(Why::OtherCaller);
        }
        looked_up
            .permit(credential)
            .map_err(|error| Error::build(FIND_OUT.name, error))?;
        Ok(Self::Ask(LookUp {
            row,
            looked_up,
            key: key.into(),
            began: intent.at,
        }))
    }
}

/// What finds the effect of a call of this class: its guid, its reference, or the resource.
pub(crate) fn key<'a>(
    class: RetryClass,
    guid: Option<&'a str>,
    reference: Option<&'a str>,
    resource: Option<&'a str>,
) -> Option<&'a str> {
    match class {
        RetryClass::ReplayByGuid | RetryClass::LookupByGuid => guid,
        RetryClass::LookupByReference => reference,
        // Without one, it is about the token of the call.
        RetryClass::ReadBack => Some(resource.unwrap_or_default()),
        RetryClass::Read | RetryClass::Never => None,
    }
}

/// Writes the request that looks up what an operation may have done.
pub(crate) fn write(
    row: &Operation,
    looked_up: &Operation,
    key: &str,
    out: &mut Encoder,
) -> Result<(), BuildError> {
    for part in looked_up.path.split('/') {
        match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            None => out.path(part),
            Some("token") => out.token_segment()?,
            Some(name) => out.segment(name, &key)?,
        }
    }
    if let Some(name) = row.lookup_query {
        out.query(name, &key);
    }
    Ok(())
}

/// What a look-up shows of a change that may have been made. `data` is `None` when there is nothing.
pub(crate) fn shows(row: &Operation, data: Option<&[u8]>) -> Shown {
    let Some(data) = data else {
        return if row.done.contains(&Shows::Gone) {
            Shown::Done
        } else {
            Shown::NotDone
        };
    };
    if row.done.is_empty() {
        return Shown::CannotTell;
    }
    let members: crate::json::Entries<'_> = match serde_json::from_slice(data) {
        Ok(members) => members,
        Err(_) => return Shown::CannotTell,
    };
    let is_so = row.done.iter().any(|sign| match sign {
        Shows::Gone => false,
        Shows::Member(name, value) => members
            .0
            .iter()
            .any(|(member, raw)| *member == *name && raw.get().trim_matches('"') == *value),
    });
    if is_so { Shown::Done } else { Shown::NotDone }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    Done,
    NotDone,
    CannotTell,
}

/// Stands in the place of a row of the table.
static FIND_OUT: Operation = Operation {
    name: "find_out",
    doc: "Looks up what became of a call.",
    link: "https://developer.bitpay.com/reference/making-requests",
    method: Method::GET,
    path: "",
    facades: &[
        Facade::Public,
        Facade::Pos,
        Facade::Merchant,
        Facade::Payout,
    ],
    identity: false,
    token: TokenPlace::Query,
    signing: Signing::WhenKeyed,
    retry: RetryClass::Read,
    lookup: None,
    lookup_query: None,
    done: &[],
    parameters: &[],
};

/// The call that looks up what became of another.
#[derive(Clone, Debug)]
pub struct LookUp {
    row: &'static Operation,
    looked_up: &'static Operation,
    key: String,
    began: Timestamp,
}

impl Endpoint for LookUp {
    type Response = RawData;
    const OPERATION: &'static Operation = &FIND_OUT;

    fn sending(&self) -> Sending<'_> {
        Sending {
            method: &self.looked_up.method,
            token: self.looked_up.token,
            retry: RetryClass::Read,
        }
    }

    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError> {
        write(self.row, self.looked_up, &self.key, out)
    }
}

impl<C: Credential> Allows<C> for LookUp {}

impl LookUp {
    /// The operation that is called.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.looked_up
    }

    /// What the answer shows.
    ///
    /// # Errors
    /// When there was none: nothing was found out.
    pub fn judge(&self, answer: Result<Answer<RawData>, Error>) -> Result<Finding, Error> {
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) if is_not_found(&error) => return Ok(self.judge_absence()),
            Err(error) => return Err(error),
        };
        if self.row.retry == RetryClass::LookupByReference {
            return self.judge_rows(&answer);
        }
        let data = RawData::clone(&answer);
        if self.row.retry != RetryClass::ReadBack {
            return Ok(Finding::Happened(Found::new(data)));
        }
        let why = match shows(self.row, Some(data.json().get().as_bytes())) {
            Shown::Done => return Ok(Finding::Happened(Found::new(data))),
            Shown::NotDone => Why::NotDone,
            Shown::CannotTell => Why::LookAtIt,
        };
        Ok(Finding::Unknown {
            why,
            holds: Some(data),
        })
    }

    fn judge_absence(&self) -> Finding {
        match self.row.retry {
            RetryClass::ReadBack if shows(self.row, None) == Shown::Done => {
                Finding::Happened(Found::new(RawData::nothing()))
            }
            RetryClass::ReadBack => Finding::Unknown {
                why: Why::NotDone,
                holds: None,
            },
            class => Finding::NotFound {
                may_send_again: class == RetryClass::ReplayByGuid,
            },
        }
    }

    /// Of the rows with the reference, exactly one that is as new as the call is what it made.
    fn judge_rows(&self, answer: &Answer<RawData>) -> Result<Finding, Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Row {
            reference: Option<String>,
            #[serde(default, with = "time::MaybeIso")]
            request_date: Option<Timestamp>,
        }
        let unread = |error: serde_json::Error| {
            let problem = crate::answer::problem(&error);
            let error = DecodeError::new(problem, 200, answer.body().clone());
            Error::new(FIND_OUT.name, error, Effect::Nothing)
        };
        let mut rows = Vec::new();
        for data in answer.read::<Vec<RawData>>().map_err(unread)? {
            let row: Row = data.read().map_err(unread)?;
            // A server that does not know the filter gives others as well.
            if row.reference.as_deref() == Some(&*self.key) {
                rows.push((row, data));
            }
        }
        let why = match (rows.pop(), rows.len()) {
            (None, _) => {
                return Ok(Finding::NotFound {
                    may_send_again: false,
                });
            }
            (Some((row, data)), 0) => {
                let is_new = row.request_date.is_some_and(|asked_for| {
                    let before = self.began.duration_since(asked_for);
                    Duration::try_from(before).unwrap_or_default() <= CLOCKS_DIFFER
                });
                if is_new {
                    return Ok(Finding::Happened(Found::new(data)));
                }
                Why::Older
            }
            (Some(_), more) => Why::Several(more + 1),
        };
        Ok(Finding::Unknown {
            why,
            holds: Some(RawData::clone(answer)),
        })
    }
}

impl Found {
    fn new(data: RawData) -> Self {
        #[derive(Deserialize)]
        struct Named {
            id: Option<String>,
        }
        Self {
            id: data.read::<Named>().ok().and_then(|named| named.id),
            data,
        }
    }
}

fn is_not_found(error: &Error) -> bool {
    error
        .api()
        .is_some_and(|error| error.kind == ApiErrorKind::NotFound)
}
