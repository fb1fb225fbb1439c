//! The operations of the API: what each needs, and how it is called.
//!
//! The table is `operations.toml`; `operation/generated.rs` is made from it by
//! `cargo xtask codegen`.

use serde::de::DeserializeOwned;

use crate::credential::Credential;
use crate::encode::Encoder;
use crate::environment::BaseUrl;
use crate::error::BuildError;
use crate::facade::Facade;
use crate::guid::Guid;
use crate::model::{Echo, InvalidRequest};

mod generated;
pub use generated::OPERATIONS;
#[cfg(feature = "server")]
pub use generated::route;

/// Where the token goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TokenPlace {
    /// The call has no token.
    None,
    /// `?token=`.
    Query,
    /// The member `token` of the body.
    Body,
    /// A part of the path.
    Path,
    /// The member `token` of the body, with the token of the resource instead of the facade's.
    ResourceBody,
    /// `?token=`, with the token of the resource instead of the facade's.
    ResourceQuery,
}

/// Whether a call is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signing {
    /// Never, even when the credential has a key.
    Never,
    /// When the credential has a key; a pos token may go without.
    WhenKeyed,
    /// Always.
    Always,
}

/// What may be done when the outcome of a try is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetryClass {
    /// Has no effect: is repeated.
    Read,
    /// BitPay knows a repeat by its guid. It is looked up where that can be done, and sent again
    /// with the same bytes when it is not found.
    ReplayByGuid,
    /// The guid only finds it: it is looked up, and never sent again.
    LookupByGuid,
    /// Has no guid but a reference of ours, by which it can be found. Never sent again.
    LookupByReference,
    /// Changes something that a read shows: it is read, and what holds is told. Never sent again.
    ReadBack,
    /// Never repeated.
    Never,
}

/// A row of the table: one operation of the API.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The name: also of the method on the clients.
    pub name: &'static str,
    /// One sentence.
    pub doc: &'static str,
    /// The page that describes it.
    pub link: &'static str,
    /// `GET`, `POST`, `PUT` or `DELETE`.
    pub method: http::Method,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// The facades that allow it, the least first.
    pub facades: &'static [Facade],
    /// Called with a key and no token.
    pub identity: bool,
    /// Where the token goes.
    pub token: TokenPlace,
    /// Whether it is signed.
    pub signing: Signing,
    /// What may be done when the outcome of a try is not known.
    pub retry: RetryClass,
    /// The operation that finds, by guid or reference, what this one may have made, or that reads what it
    /// may have changed.
    pub lookup: Option<&'static str>,
    /// The parameter of that operation's query that takes what it looks for; its path otherwise.
    pub lookup_query: Option<&'static str>,
    /// What it shows once this one was done, any one of them. Nothing where only the caller can tell.
    pub done: &'static [Shows],
    /// What its request has besides the token, in the order in which it is written.
    pub parameters: &'static [Parameter],
}

/// What a look-up shows of something that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shows {
    /// The resource has this member with this value.
    Member(&'static str, &'static str),
    /// The resource is not there any more.
    Gone,
}

/// A part of a request: of its path, its query or its body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// The name on the wire.
    pub name: &'static str,
    /// Where it goes.
    pub place: Place,
    /// It is always there; one that is not is absent, and never `null` or empty.
    pub required: bool,
    /// What it is, in the words of the request's own field.
    pub doc: &'static str,
}

/// For the table: a part of each place.
macro_rules! places {
    ($($function:ident: $place:ident),*) => { $(
        const fn $function(name: &'static str, required: bool, doc: &'static str) -> Parameter {
            Parameter {
                name,
                place: Place::$place,
                required,
                doc,
            }
        }
    )* };
}

places!(path: Path, query: Query, body: Body);

/// Where a part of a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// In the path, in place of its name in braces.
    Path,
    /// In the query.
    Query,
    /// In the body, which is a JSON object.
    Body,
}

impl Operation {
    /// The operation of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Operation> {
        OPERATIONS
            .iter()
            .copied()
            .find(|operation| operation.name == name)
    }

    /// The operation of [`lookup`](Self::lookup).
    pub(crate) fn look_up(&self) -> Option<&'static Operation> {
        Self::named(self.lookup?)
    }

    /// Needs neither a token nor a key.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.facades.contains(&Facade::Public)
    }

    /// Can this be called with such a credential?
    ///
    /// # Errors
    /// Names what is missing, before anything is sent.
    pub(crate) fn permit(&'static self, credential: &impl Credential) -> Result<(), BuildError> {
        if self.is_public() {
            return Ok(());
        }
        let keyed = credential.signer().is_some();
        if self.identity {
            return if keyed {
                Ok(())
            } else {
                Err(BuildError::NoKey {
                    operation: self.name,
                })
            };
        }
        let facade = credential
            .facade()
            .filter(|facade| self.facades.contains(facade));
        match facade {
            None => Err(BuildError::WrongFacade {
                operation: self.name,
                needs: self.facades,
                have: credential.facade(),
            }),
            Some(Facade::Pos) if self.signing == Signing::WhenKeyed => Ok(()),
            Some(_) if keyed => Ok(()),
            Some(_) => Err(BuildError::NoKey {
                operation: self.name,
            }),
        }
    }
}

/// What differs from one [`RawRequest`](crate::raw::RawRequest) to the next, and is a column of the
/// table for all others.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Sending<'a> {
    pub(crate) method: &'a http::Method,
    pub(crate) token: TokenPlace,
    pub(crate) retry: RetryClass,
}

/// A request that can be called: it knows its operation, its bytes and its answer.
///
/// Implemented by generated code, from the table.
pub trait Endpoint: Sync {
    /// What the answer holds.
    type Response: DeserializeOwned + Send;
    /// The row of the table.
    const OPERATION: &'static Operation;

    /// How it is sent: as its row says. Only [`RawRequest`](crate::raw::RawRequest) brings its own.
    #[doc(hidden)]
    fn sending(&self) -> Sending<'_> {
        let operation = Self::OPERATION;
        Sending {
            method: &operation.method,
            token: operation.token,
            retry: operation.retry,
        }
    }

    /// Writes path, query and body.
    ///
    /// # Errors
    /// When a value cannot be written.
    fn encode(&self, out: &mut Encoder) -> Result<(), BuildError>;

    /// Checks what can be checked before sending.
    ///
    /// # Errors
    /// Names the field and what is wrong with it.
    fn check(&self) -> Result<(), InvalidRequest> {
        Ok(())
    }

    /// The base address that it goes to, where that is not the environment's.
    fn at(&self) -> Option<&BaseUrl> {
        None
    }

    /// The guid that this request carries.
    fn guid(&self) -> Option<&Guid> {
        None
    }

    /// The caller's own reference in this request, where what it makes is found by that.
    fn reference(&self) -> Option<&str> {
        None
    }

    /// The id, or the guid, of the resource that the path names, where it names one.
    #[doc(hidden)]
    fn resource(&self) -> Option<&str> {
        None
    }

    /// The token of the resource, where the operation asks for it.
    fn resource_token(&self) -> Option<&str> {
        None
    }

    /// How what was made compares with what this request asked for.
    fn echo(&self, _made: &Self::Response) -> Echo {
        Echo::default()
    }
}

/// This operation may be called with this credential. Implemented by generated code, from the table.
///
/// A pos grant cannot refund:
///
/// ```compile_fail,E0277
/// use bitpay_core::{Allows, Grant, Merchant, Pos, model::refund::CreateRefund};
/// fn may<C, E: Allows<C>>() {}
/// may::<Grant<Pos>, CreateRefund>();
/// ```
///
/// but a merchant grant can:
///
/// ```
/// use bitpay_core::{Allows, Grant, Merchant, Pos, model::refund::CreateRefund};
/// fn may<C, E: Allows<C>>() {}
/// may::<Grant<Merchant>, CreateRefund>();
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` may not be called with the credential `{C}`",
    label = "this client's credential does not allow the operation",
    note = "pair for a facade that allows it and use `client.with(grant)`; docs/capabilities.md lists the facades of each operation"
)]
pub trait Allows<C>: Endpoint {}
