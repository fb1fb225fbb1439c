//! The two clients behind one trait.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bitpay_core::diagnose::{Diagnosis, Evidence};
use bitpay_core::find_out::{Doubt, Finding};
use bitpay_core::journal::Journal;
use bitpay_core::model::invoice::{GetInvoice, GetInvoiceEventToken, Invoice};
use bitpay_core::paging::Listed;
use bitpay_core::pairing::{Pairing, Waited};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::signature::Signature;
use bitpay_core::stream::Streamable;
use bitpay_core::webhook::{Confirmed, Trigger};
use bitpay_core::{
    Allows, Answer, AnyGrant, Config, Credential, Endpoint, Error, Identity, InvoiceId, RawData,
    RawRequest, SetupError, SigningInput,
};
use tokio::runtime::{Builder, Runtime};

/// A signer for keys that live elsewhere.
pub type SignFn =
    dyn Fn(&SigningInput) -> Result<Signature, Box<dyn StdError + Send + Sync>> + Send + Sync;

/// How an answer that was read as it comes ended: with what was around its items.
pub type End<E> = Result<Option<Answer<<E as Endpoint>::Response>>, Error>;

/// What both clients can read as it comes.
pub trait Streamed<C>: Streamable + Allows<C> + Send + 'static {}

impl<C, E: Streamable + Allows<C> + Send + 'static> Streamed<C> for E {}

/// A client, blocking or async.
pub trait Front: Sized + Send + Sync + fmt::Debug {
    /// Which one.
    const NAME: &'static str;

    /// A client from a configuration.
    ///
    /// # Errors
    /// As the client.
    fn new(config: &Config) -> Result<Self, SetupError>;

    /// A client on a ready-made HTTP client, one that follows redirects.
    #[must_use]
    fn following_redirects(config: &Config) -> Self;

    /// The same client with a signer.
    #[must_use]
    fn with_signer(&self, signer: Arc<SignFn>) -> Self;

    /// The same client with a journal.
    #[must_use]
    fn with_journal(&self, journal: Arc<dyn Journal>) -> Self;

    /// The same client with another policy.
    #[must_use]
    fn with_retry(&self, policy: RetryPolicy) -> Self;

    /// The same client with another limit of a try, and of the time until an answer begins.
    #[must_use]
    fn with_timeouts(&self, whole: Duration, first_byte: Duration) -> Self;

    /// Finds out what became of a call.
    ///
    /// # Errors
    /// As the client.
    fn find_out<C: Credential>(&self, credential: &C, doubt: &impl Doubt)
    -> Result<Finding, Error>;

    /// Makes a call with a credential.
    ///
    /// # Errors
    /// As the client.
    fn call<C: Credential, E: Allows<C>>(
        &self,
        credential: &C,
        request: &E,
    ) -> Result<Answer<E::Response>, Error>;

    /// Calls any path.
    ///
    /// # Errors
    /// As the client.
    fn raw<C: Credential>(
        &self,
        credential: &C,
        request: &RawRequest,
    ) -> Result<Answer<RawData>, Error>;

    /// Reads an answer as it comes, and gives each item to a function.
    ///
    /// # Errors
    /// Why there are no more.
    fn each<C: Credential, E: Streamed<C>>(
        &self,
        credential: &C,
        request: &E,
        each: impl FnMut(E::Item),
    ) -> End<E>
    where
        E::Response: Send;

    /// Reads an answer as it comes: its items, and what was around them.
    ///
    /// # Errors
    /// The items that came, and why there are no more.
    fn stream<C: Credential, E: Streamed<C>>(
        &self,
        credential: &C,
        request: &E,
    ) -> (Vec<E::Item>, End<E>)
    where
        E::Response: Send,
    {
        let mut items = Vec::new();
        let end = self.each(credential, request, |item| items.push(item));
        (items, end)
    }

    /// Walks a list, so many days at a time if told.
    fn rows<C: Credential, E: Listed + Streamed<C>>(
        &self,
        credential: &C,
        list: &E,
        days: Option<u32>,
    ) -> (Vec<E::Item>, Result<(), Error>)
    where
        E::Response: Send;

    /// Watches an invoice, for as long as `each` wants to go on.
    fn watch<C: Credential>(
        &self,
        credential: &C,
        id: &InvoiceId,
        each: impl FnMut(Result<Invoice, Error>) -> bool,
    ) where
        GetInvoiceEventToken: Allows<C>,
        GetInvoice: Allows<C>;

    /// Confirms an invoice.
    ///
    /// # Errors
    /// As the client.
    fn confirm<C: Credential>(
        &self,
        credential: &C,
        trigger: &impl Trigger,
    ) -> Result<Confirmed<Invoice>, Error>
    where
        GetInvoice: Allows<C>;

    /// Waits for an approval.
    ///
    /// # Errors
    /// As the client.
    fn wait_for_approval(
        &self,
        identity: &Identity,
        pairing: &Pairing,
        every: Duration,
    ) -> Result<Waited, Error>;

    /// Diagnoses.
    fn diagnose(&self, grant: &AnyGrant, evidence: &Evidence) -> Diagnosis;
}

/// The blocking client.
#[derive(Debug)]
pub struct Blocking(pub bitpay_blocking::Client);

struct BlockingSigner(Arc<SignFn>);

impl bitpay_blocking::Signer for BlockingSigner {
    fn sign(&self, input: &SigningInput) -> Result<Signature, Box<dyn StdError + Send + Sync>> {
        (self.0)(input)
    }
}

impl Front for Blocking {
    const NAME: &'static str = "blocking";

    fn new(config: &Config) -> Result<Self, SetupError> {
        bitpay_blocking::Client::from_config(config).map(Self)
    }

    fn following_redirects(config: &Config) -> Self {
        let agent = ureq::Agent::config_builder()
            .max_redirects(5)
            .build()
            .new_agent();
        Self(bitpay_blocking::Client::from_agent(config, agent).unwrap())
    }

    fn with_signer(&self, signer: Arc<SignFn>) -> Self {
        Self(self.0.with_signer(Arc::new(BlockingSigner(signer))))
    }

    fn with_journal(&self, journal: Arc<dyn Journal>) -> Self {
        Self(self.0.with_journal(journal))
    }

    fn with_retry(&self, policy: RetryPolicy) -> Self {
        Self(self.0.with_retry(policy))
    }

    fn with_timeouts(&self, whole: Duration, first_byte: Duration) -> Self {
        let client = self.0.with_timeout(whole);
        Self(client.with_first_byte_timeout(first_byte))
    }

    fn find_out<C: Credential>(
        &self,
        credential: &C,
        doubt: &impl Doubt,
    ) -> Result<Finding, Error> {
        self.0.with(credential.clone()).find_out(doubt)
    }

    fn call<C: Credential, E: Allows<C>>(
        &self,
        credential: &C,
        request: &E,
    ) -> Result<Answer<E::Response>, Error> {
        self.0.with(credential.clone()).call(request)
    }

    fn raw<C: Credential>(
        &self,
        credential: &C,
        request: &RawRequest,
    ) -> Result<Answer<RawData>, Error> {
        let client = self.0.with(credential.clone());
        client.raw(request)
    }

    fn each<C: Credential, E: Streamed<C>>(
        &self,
        credential: &C,
        request: &E,
        mut each: impl FnMut(E::Item),
    ) -> End<E>
    where
        E::Response: Send,
    {
        let mut stream = self.0.with(credential.clone()).stream(request)?;
        for item in &mut stream {
            each(item?);
        }
        Ok(stream.into_rest())
    }

    fn rows<C: Credential, E: Listed + Streamed<C>>(
        &self,
        credential: &C,
        list: &E,
        days: Option<u32>,
    ) -> (Vec<E::Item>, Result<(), Error>)
    where
        E::Response: Send,
    {
        let mut rows = self.0.with(credential.clone()).rows(list);
        if let Some(days) = days {
            rows = rows.every_days(days);
        }
        let mut items = Vec::new();
        for row in rows {
            match row {
                Ok(row) => items.push(row),
                Err(error) => return (items, Err(error)),
            }
        }
        (items, Ok(()))
    }

    fn watch<C: Credential>(
        &self,
        credential: &C,
        id: &InvoiceId,
        mut each: impl FnMut(Result<Invoice, Error>) -> bool,
    ) where
        GetInvoiceEventToken: Allows<C>,
        GetInvoice: Allows<C>,
    {
        let client = self.0.with(credential.clone());
        for change in client.watch_invoice(id) {
            if !each(change) {
                return;
            }
        }
    }

    fn confirm<C: Credential>(
        &self,
        credential: &C,
        trigger: &impl Trigger,
    ) -> Result<Confirmed<Invoice>, Error>
    where
        GetInvoice: Allows<C>,
    {
        let client = self.0.with(credential.clone());
        client.confirm(trigger)
    }

    fn wait_for_approval(
        &self,
        identity: &Identity,
        pairing: &Pairing,
        every: Duration,
    ) -> Result<Waited, Error> {
        self.0
            .with(identity.clone())
            .wait_for_approval(pairing, every)
    }

    fn diagnose(&self, grant: &AnyGrant, evidence: &Evidence) -> Diagnosis {
        self.0.with(grant.clone()).diagnose(evidence)
    }
}

/// The async client, with a runtime of one thread.
#[derive(Debug)]
pub struct Async {
    /// The client.
    pub client: bitpay_async::Client,
    runtime: Arc<Runtime>,
}

struct AsyncSigner(Arc<SignFn>);

impl bitpay_async::Signer for AsyncSigner {
    fn sign(&self, input: SigningInput) -> bitpay_async::Signing<'_> {
        Box::pin(async move { (self.0)(&input) })
    }
}

impl Async {
    fn around(client: bitpay_async::Client) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self {
            client,
            runtime: Arc::new(runtime),
        }
    }

    fn with_client(&self, client: bitpay_async::Client) -> Self {
        Self {
            client,
            runtime: self.runtime.clone(),
        }
    }

    /// Runs a future on the client's runtime.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }
}

impl Front for Async {
    const NAME: &'static str = "async";

    fn new(config: &Config) -> Result<Self, SetupError> {
        bitpay_async::Client::from_config(config).map(Self::around)
    }

    fn following_redirects(config: &Config) -> Self {
        // reqwest leaves the choice of the cryptography to its caller, also for plain HTTP.
        let tls = rustls::ClientConfig::builder_with_provider(crate::tls::provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::limited(5))
            .build()
            .unwrap();
        Self::around(bitpay_async::Client::from_http(config, http).unwrap())
    }

    fn with_signer(&self, signer: Arc<SignFn>) -> Self {
        self.with_client(self.client.with_signer(Arc::new(AsyncSigner(signer))))
    }

    fn with_journal(&self, journal: Arc<dyn Journal>) -> Self {
        self.with_client(self.client.with_journal(journal))
    }

    fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.with_client(self.client.with_retry(policy))
    }

    fn with_timeouts(&self, whole: Duration, first_byte: Duration) -> Self {
        let client = self.client.with_timeout(whole);
        self.with_client(client.with_first_byte_timeout(first_byte))
    }

    fn find_out<C: Credential>(
        &self,
        credential: &C,
        doubt: &impl Doubt,
    ) -> Result<Finding, Error> {
        let client = self.client.with(credential.clone());
        self.block_on(client.find_out(doubt))
    }

    fn call<C: Credential, E: Allows<C>>(
        &self,
        credential: &C,
        request: &E,
    ) -> Result<Answer<E::Response>, Error> {
        let client = self.client.with(credential.clone());
        self.block_on(client.call(request))
    }

    fn raw<C: Credential>(
        &self,
        credential: &C,
        request: &RawRequest,
    ) -> Result<Answer<RawData>, Error> {
        let client = self.client.with(credential.clone());
        self.block_on(client.raw(request))
    }

    fn each<C: Credential, E: Streamed<C>>(
        &self,
        credential: &C,
        request: &E,
        mut each: impl FnMut(E::Item),
    ) -> End<E>
    where
        E::Response: Send,
    {
        let mut stream = self.client.with(credential.clone()).stream(request)?;
        self.block_on(async {
            while let Some(item) = stream.next().await {
                each(item?);
            }
            Ok(stream.into_rest())
        })
    }

    fn rows<C: Credential, E: Listed + Streamed<C>>(
        &self,
        credential: &C,
        list: &E,
        days: Option<u32>,
    ) -> (Vec<E::Item>, Result<(), Error>)
    where
        E::Response: Send,
    {
        let mut rows = self.client.with(credential.clone()).rows(list);
        if let Some(days) = days {
            rows = rows.every_days(days);
        }
        let mut items = Vec::new();
        self.block_on(async {
            while let Some(row) = rows.next().await {
                match row {
                    Ok(row) => items.push(row),
                    Err(error) => return (items, Err(error)),
                }
            }
            (items, Ok(()))
        })
    }

    fn watch<C: Credential>(
        &self,
        credential: &C,
        id: &InvoiceId,
        mut each: impl FnMut(Result<Invoice, Error>) -> bool,
    ) where
        GetInvoiceEventToken: Allows<C>,
        GetInvoice: Allows<C>,
    {
        let client = self.client.with(credential.clone());
        self.block_on(async {
            let mut changes = client.watch_invoice(id);
            while let Some(change) = changes.next().await {
                if !each(change) {
                    return;
                }
            }
        });
    }

    fn confirm<C: Credential>(
        &self,
        credential: &C,
        trigger: &impl Trigger,
    ) -> Result<Confirmed<Invoice>, Error>
    where
        GetInvoice: Allows<C>,
    {
        let client = self.client.with(credential.clone());
        self.block_on(client.confirm(trigger))
    }

    fn wait_for_approval(
        &self,
        identity: &Identity,
        pairing: &Pairing,
        every: Duration,
    ) -> Result<Waited, Error> {
        let client = self.client.with(identity.clone());
        self.block_on(client.wait_for_approval(pairing, every))
    }

    fn diagnose(&self, grant: &AnyGrant, evidence: &Evidence) -> Diagnosis {
        let client = self.client.with(grant.clone());
        self.block_on(client.diagnose(evidence))
    }
}
