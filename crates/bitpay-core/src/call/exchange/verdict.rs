//! What a try came to, and what follows from it: the answer, another try, a look-up, or the end.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use jiff::SignedDuration;
use zeroize::Zeroizing;

use super::{Exchange, Progress, State, secrets};
use crate::answer::{self, Reading};
use crate::error::{ApiErrorKind, Effect, Error, ErrorKind, TransportError, TransportErrorKind};
use crate::find_out::{self, Shown};
use crate::observe::{self, Mask};
use crate::operation::RetryClass;
use crate::retry::{self, Fault, Next};
use crate::time::Timestamp;

/// What a try gave: the data with the whole body and the status, or a fault to decide about.
enum Judged {
    Data(Bytes, Bytes, u16),
    Fault(Fault, ErrorKind),
}

impl Exchange {
    /// What follows from a try that is over: the end of the call, or a pause.
    pub(super) fn weigh(
        &mut self,
        failure: Option<TransportError>,
        now: Timestamp,
        chance: u64,
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Option<Progress> {
        match self.judge(failure, now, take) {
            Judged::Data(data, body, status) if !self.is_reading_back() => {
                Some(Progress::Data { data, body, status })
            }
            Judged::Data(data, body, status) => {
                let shown = find_out::shows(self.operation, Some(&data));
                if shown == Shown::Done {
                    return Some(Progress::Data { data, body, status });
                }
                self.holds = Some(data);
                // Of what only the caller can tell, once is enough.
                let again = shown == Shown::NotDone;
                self.read_back_again(again, now, chance)
            }
            Judged::Fault(_, kind) if self.is_reading_back() && is_not_found(&kind) => {
                if find_out::shows(self.operation, None) == Shown::Done {
                    let data = Bytes::from_static(b"null");
                    return Some(Progress::Data {
                        body: data.clone(),
                        data,
                        status: StatusCode::NOT_FOUND.as_u16(),
                    });
                }
                self.holds = None;
                self.read_back_again(true, now, chance)
            }
            Judged::Fault(fault, kind) => {
                let fault = if self.begun { Fault::Final } else { fault };
                self.decide(fault, kind, now, chance)
            }
        }
    }

    /// What the request carries that a server may repeat in what it says, and nobody else may read.
    fn secrets(&mut self) -> Vec<Zeroizing<String>> {
        let mut secrets = secrets(self.operation, &self.tokens, &self.main);
        let signature = self.current().signature.as_ref();
        let signature = signature.and_then(|value| value.to_str().ok());
        secrets.extend(signature.map(|text| Zeroizing::new(text.to_owned())));
        secrets
    }

    /// What the try gave.
    fn judge(
        &mut self,
        failure: Option<TransportError>,
        now: Timestamp,
        take: &mut dyn FnMut(&[u8]) -> bool,
    ) -> Judged {
        if let Some(error) = failure {
            if let Some(watch) = &self.watch {
                watch.failed(&error);
            }
            let fault = match error.kind {
                // Trying again would give the same.
                TransportErrorKind::Tls => Fault::Final,
                kind if kind.is_before_sending() => Fault::NotSent,
                TransportErrorKind::TooLarge if self.looking_up || self.is_read() => Fault::Final,
                _ => Fault::Unknown,
            };
            return Judged::Fault(fault, error.into());
        }
        let Some((status, headers)) = self.head.take() else {
            let error = TransportError::new(TransportErrorKind::Broken, None);
            return Judged::Fault(Fault::Unknown, error.into());
        };
        let body = Bytes::from(core::mem::take(&mut self.received));
        if self.watch.is_some() {
            let secrets = self.secrets();
            if let Some(watch) = &mut self.watch {
                watch.answered(status, &headers, &body, &observe::texts(&secrets));
            }
        }
        // What a look-up finds is not yet the answer.
        let is_look_up = self.looking_up;
        let mut take = |text: &[u8]| !is_look_up && take(text);
        let max_items = self.settings.0.max_items;
        match answer::read(status, &headers, &body, max_items, now, &mut take) {
            Reading::Read => Judged::Data(body.clone(), body, status.as_u16()),
            Reading::Data(data) => Judged::Data(data, body, status.as_u16()),
            Reading::Garbled(error) => {
                let is_in_vain = error.bound.is_some() && (self.looking_up || self.is_read());
                let fault = if is_in_vain {
                    Fault::Final
                } else {
                    Fault::Unknown
                };
                Judged::Fault(fault, error.into())
            }
            Reading::Refused(error) => {
                let secrets = self.secrets();
                let secrets = observe::texts(&secrets);
                let error = answer::told(error, Mask::new(self.operation, &secrets));
                let fault = match error.kind {
                    ApiErrorKind::RateLimited => Fault::Busy(error.retry_after),
                    // No refusal by its status either: a page, or another protocol.
                    ApiErrorKind::NotJson if !status.is_client_error() => Fault::Unknown,
                    _ if error.is_server_down() => Fault::Unknown,
                    _ if error.is_unexplained() && !self.looking_up && !self.is_read() => {
                        Fault::Unknown
                    }
                    _ => Fault::Final,
                };
                Judged::Fault(fault, error.into())
            }
        }
    }

    /// Is what may have been changed being read?
    fn is_reading_back(&self) -> bool {
        self.looking_up && self.retry == RetryClass::ReadBack
    }

    /// What was to be changed does not show it: it is read again, as long as the policy allows, or the
    /// failure of the try that may have changed it is the end.
    fn read_back_again(&mut self, again: bool, now: Timestamp, chance: u64) -> Option<Progress> {
        let policy = &self.settings.0.retry;
        let elapsed = self.elapsed(now);
        let class = RetryClass::Read;
        match retry::decide(
            class,
            false,
            Fault::NotSent,
            self.tries,
            elapsed,
            policy,
            chance,
        ) {
            Next::Again(pause) if again => {
                self.pause(pause, now);
                None
            }
            _ => {
                let kind = TransportError::new(TransportErrorKind::Broken, None).into();
                Some(self.fail(kind))
            }
        }
    }

    fn pause(&mut self, pause: Duration, now: Timestamp) {
        let until = now.checked_add(SignedDuration::try_from(pause).unwrap_or_default());
        self.state = until.map_or(State::Ready, State::Pausing);
    }

    /// What follows from a fault: the end of the call, or a pause.
    fn decide(
        &mut self,
        fault: Fault,
        kind: ErrorKind,
        now: Timestamp,
        chance: u64,
    ) -> Option<Progress> {
        let elapsed = self.elapsed(now);
        let policy = self.settings.0.retry;
        let not_found = is_not_found(&kind);
        let next = if self.looking_up {
            // After a look-up that failed, it is looked up again; after one that found nothing, the
            // request goes out again, unless the guid does not protect from a second effect, or the same
            // refusal would come again.
            let uncertain = self.uncertain.as_ref().map(Error::kind);
            let may_resend =
                self.retry == RetryClass::ReplayByGuid && !uncertain.is_some_and(is_unexplained);
            let fault = if not_found { Fault::NotSent } else { fault };
            match retry::decide(
                RetryClass::Read,
                false,
                fault,
                self.tries,
                elapsed,
                &policy,
                chance,
            ) {
                Next::Again(pause) if not_found && may_resend => Next::Again(pause),
                Next::Again(pause) => Next::LookUp(pause),
                other => other,
            }
        } else if self.look_up().is_none() && is_unexplained(&kind) {
            Next::GiveUp
        } else {
            let can_look_up = self.look_up().is_some();
            retry::decide(
                self.retry,
                can_look_up,
                fault,
                self.tries,
                elapsed,
                &policy,
                chance,
            )
        };
        if !self.looking_up && fault == Fault::Unknown && !self.is_read() {
            self.uncertain = Some(Error::new(self.operation.name, kind, Effect::Unknown));
            if next == Next::GiveUp {
                return self.uncertain.take().map(Progress::Failed);
            }
        } else if next == Next::GiveUp {
            return Some(self.fail(kind));
        }
        let (looking_up, pause) = match next {
            Next::LookUp(pause) => (true, pause),
            Next::Again(pause) => (false, pause),
            Next::GiveUp => (self.looking_up, Duration::ZERO),
        };
        self.looking_up = looking_up;
        self.pause(pause, now);
        None
    }
}

fn is_not_found(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Api(error) if error.kind == ApiErrorKind::NotFound)
}

fn is_unexplained(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Api(error) if error.is_unexplained())
}
