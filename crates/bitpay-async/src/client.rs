//! The client: a pool of connections and a credential.

use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bitpay_core::call::Settings;
use bitpay_core::diagnose::{Diagnosis, Evidence, diagnose};
use bitpay_core::error::SignError;
use bitpay_core::find_out::{Doubt, Finding, Plan};
use bitpay_core::journal::{Entry, Journal};
use bitpay_core::model::invoice::{GetInvoice, Invoice};
use bitpay_core::pairing::{Approval, Pairing, Wait, Waited};
use bitpay_core::retry::RetryPolicy;
use bitpay_core::signature::Signature;
use bitpay_core::webhook::{Confirmed, Trigger};
use bitpay_core::{
    Allows, Anonymous, Answer, AnyGrant, BaseUrl, Call, Config, Credential, Environment, Error,
    Identity, RawData, RawRequest, SetupError, SigningInput, Step,
};
use bitpay_system::{Clock, chance, roots};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::task::spawn_blocking;
use tokio::time::sleep;

use crate::exchange::{Limits, Transport, exchange};

/// A client of BitPay's API.
///
/// `C` is who calls: [`Anonymous`], an [`Identity`], or a [`Grant`](bitpay_core::Grant) of a facade,
/// made with [`Client::with`]. The compiler checks that it allows the operation. All clients made
/// from one share its connections; cloning is cheap, and a client can be used from many tasks.
///
#[doc = include_str!("operations.md")]
pub struct Client<C = Anonymous> {
    pub(crate) shared: Arc<Shared>,
    pub(crate) credential: C,
}

#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) transport: Transport,
    environment: Environment,
    pub(crate) base: BaseUrl,
    pub(crate) settings: Settings,
    pub(crate) timeout: Duration,
    first_byte_timeout: Option<Duration>,
    pub(crate) stream_timeout: Duration,
    signer: Option<Arc<dyn Signer>>,
    journal: Option<Arc<dyn Journal>>,
}

impl Shared {
    /// How long an exchange may take, when so much is left of the call, and an answer may take that long.
    pub(crate) fn limits(&self, left: Duration, whole: Duration) -> Limits {
        let head = self.first_byte_timeout.unwrap_or(self.timeout);
        Limits {
            head: head.min(self.timeout).min(left),
            whole,
        }
    }

    pub(crate) async fn sign(&self, input: SigningInput) -> Result<Signature, SignError> {
        match &self.signer {
            Some(signer) => signer.sign(input).await.map_err(SignError::Signer),
            None => Err(SignError::NoSigner),
        }
    }

    /// Writes to the journal, where blocking is allowed. Dropping the future does not stop it.
    async fn note(&self, entry: Entry) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let Some(journal) = self.journal.clone() else {
            return Ok(());
        };
        spawn_blocking(move || journal.write(&entry)).await?
    }
}

/// The answer of a [`Signer`], to be awaited.
pub type Signing<'a> =
    Pin<Box<dyn Future<Output = Result<Signature, Box<dyn StdError + Send + Sync>>> + Send + 'a>>;

/// Signs for identities whose keys live elsewhere: a KMS, an HSM, an agent.
pub trait Signer: Send + Sync {
    /// Signs the digest as it is, with the key of [`SigningInput::public_key`].
    ///
    /// # Errors
    /// Whatever keeps it from signing. Nothing is sent then.
    fn sign(&self, input: SigningInput) -> Signing<'_>;
}

impl Client {
    /// A client without a credential, with the default set-up. It does not connect yet.
    ///
    /// # Errors
    /// When the file that `SSL_CERT_FILE` names cannot be read.
    pub fn new(environment: Environment) -> Result<Self, SetupError> {
        Self::from_config(&Config::new(environment))
    }

    /// A client without a credential. It does not connect yet.
    ///
    /// # Errors
    /// When a part of the set-up cannot be used.
    pub fn from_config(config: &Config) -> Result<Self, SetupError> {
        let failed = |error: reqwest::Error| SetupError::Http(error.without_url().into());
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            // Whether a request may go out again is for the core to decide.
            .retry(reqwest::retry::never())
            // Nothing is asked for compressed, whatever else in the program switches it on.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .connect_timeout(config.connect_timeout)
            .pool_max_idle_per_host(64);
        let proxy = bitpay_system::proxy(config)?;
        if let Some(url) = &proxy {
            builder = builder.proxy(reqwest::Proxy::all(url.expose()).map_err(failed)?);
        }
        let tls = trusting(&roots(config)?)?;
        let builder = builder.tls_backend_preconfigured(tls);
        let transport = Transport {
            http: builder.build().map_err(failed)?,
            proxied: proxy.is_some(),
        };
        Self::around(config, transport)
    }

    /// A client on a ready-made HTTP client, whose proxy, roots and connection limits hold in place
    /// of those of the set-up. It must not follow redirects: build it with
    /// `redirect(Policy::none())`. This is the one place where reqwest's types show.
    ///
    /// # Errors
    /// When a part of the set-up cannot be used.
    pub fn from_http(config: &Config, http: reqwest::Client) -> Result<Self, SetupError> {
        let transport = Transport {
            http,
            proxied: false,
        };
        Self::around(config, transport)
    }

    fn around(config: &Config, transport: Transport) -> Result<Self, SetupError> {
        Ok(Self {
            shared: Arc::new(Shared {
                transport,
                environment: config.environment.clone(),
                base: config.environment.base_url(),
                settings: Settings::new(config)?,
                timeout: config.timeout,
                first_byte_timeout: config.first_byte_timeout,
                stream_timeout: config.stream_timeout,
                signer: None,
                journal: None,
            }),
            credential: Anonymous,
        })
    }
}

impl<C: Credential> Client<C> {
    /// The same client with another credential. The connections are shared.
    #[must_use]
    pub fn with<D: Credential>(&self, credential: D) -> Client<D> {
        Client {
            shared: self.shared.clone(),
            credential,
        }
    }

    /// The same client with a signer for identities whose keys live elsewhere.
    #[must_use]
    pub fn with_signer(&self, signer: Arc<dyn Signer>) -> Self {
        self.changed(|shared| shared.signer = Some(signer))
    }

    /// The same client with a journal: before a call that can change something sends anything, what it is
    /// about to do is written there, and what came of it afterwards. See [`journal`](bitpay_core::journal).
    #[must_use]
    pub fn with_journal(&self, journal: Arc<dyn Journal>) -> Self {
        self.changed(|shared| {
            shared.settings = shared.settings.clone().with_journal();
            shared.journal = Some(journal);
        })
    }

    /// The same client with another policy of trying again, for one call or more:
    /// `client.with_retry(RetryPolicy::off()).create_invoice(&order)`. The connections are shared.
    #[must_use]
    pub fn with_retry(&self, policy: RetryPolicy) -> Self {
        self.changed(|shared| shared.settings = shared.settings.clone().with_retry(policy))
    }

    /// The same client with another limit of how long one try may take, for one call or more. The
    /// connections are shared, and with them how long making one may take.
    #[must_use]
    pub fn with_timeout(&self, limit: Duration) -> Self {
        self.changed(|shared| shared.timeout = limit)
    }

    /// The same client with another limit of how long it may take until an answer begins, for one call or
    /// more. The connections are shared.
    #[must_use]
    pub fn with_first_byte_timeout(&self, limit: Duration) -> Self {
        self.changed(|shared| shared.first_byte_timeout = Some(limit))
    }

    /// The same client but for something. The connections are shared.
    fn changed(&self, change: impl FnOnce(&mut Shared)) -> Self {
        let mut shared = Shared::clone(&self.shared);
        change(&mut shared);
        Self {
            shared: Arc::new(shared),
            credential: self.credential.clone(),
        }
    }

    /// The environment that this client talks to.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.shared.environment
    }

    /// The credential that this client calls with.
    #[must_use]
    pub fn credential(&self) -> &C {
        &self.credential
    }

    /// Makes a call. The named methods come down to this.
    ///
    /// Dropping the future loses nothing that the request does not hold: its guid finds what it may
    /// have made.
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    pub async fn call<E: Allows<C>>(&self, request: &E) -> Result<Answer<E::Response>, Error> {
        let shared = &*self.shared;
        let clock = Clock::start();
        let mut call = Call::new(request, &shared.base, &self.credential, &shared.settings)?;
        // One number for all tries: it is many clients that are not to come at once.
        let chance = chance();
        loop {
            match call.step(clock.now(), chance) {
                Step::Sign(input) => call.signed(shared.sign(input).await),
                Step::Note(entry) => call.noted(shared.note(entry).await),
                Step::Send(request) => {
                    let left = call.time_left(clock.now());
                    let limits = shared.limits(left, shared.timeout.min(left));
                    exchange(&shared.transport, request, limits, &mut call).await;
                }
                Step::Sleep(pause) => sleep(pause).await,
                Step::Done(result) => return result,
            }
        }
    }

    /// Calls any path with this client's credential: for what has no method of its own. It is signed
    /// like any other call, and sent once, unless the request says that it only reads.
    ///
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity));
    /// use http::Method;
    /// use bitpay_async::RawRequest;
    ///
    /// let rate = RawRequest::new(Method::GET, ["rates", "BTC", "EUR"]).reads();
    /// let answer = client.raw(&rate).await?;
    /// println!("{}", answer.json());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/making-requests>
    pub async fn raw(&self, request: &RawRequest) -> Result<Answer<RawData>, Error> {
        self.call(request).await
    }

    /// Finds out what became of a call whose outcome is unknown, given its [`Error`], or its
    /// [`Intent`](bitpay_core::journal::Intent) from a journal. It only reads, with this client's
    /// credential, which must be the one that made the call.
    ///
    /// To finish what was [not found](bitpay_core::find_out::Finding::NotFound) and may be sent again, make
    /// the same call with the same request: its guid is what makes it once. A client with a journal writes
    /// what it found there, when that settles the intent.
    ///
    /// # Errors
    /// When it could not be looked up, or what was found could not be written to the journal.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let config = bitpay_async::Config::new(sandbox.environment());
    /// # let client = bitpay_async::Client::from_config(&config.retry(bitpay_async::retry::RetryPolicy::off()))?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity));
    /// # sandbox.inject(bitpay_sandbox::Fault::lost());
    /// use bitpay_async::Currency;
    /// use bitpay_async::find_out::Finding;
    /// use bitpay_async::model::invoice::CreateInvoice;
    ///
    /// let order = CreateInvoice::for_order("order-17", 20u32, Currency::USD);
    /// if let Err(error) = merchant.create_invoice(&order).await {
    ///     match merchant.find_out(&error).await? {
    ///         Finding::Happened(found) => println!("it was made: {:?}", found.id),
    ///         Finding::NotFound { may_send_again: true } => println!("try again with the same order"),
    ///         other => println!("a person must look: {other:?}"),
    ///     }
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn find_out(&self, doubt: &impl Doubt) -> Result<Finding, Error> {
        let shared = &*self.shared;
        let finding = match Plan::of(doubt, &shared.base, &self.credential)? {
            Plan::Ask(look_up) => look_up.judge(self.call(&look_up).await)?,
            Plan::Known(finding) => finding,
        };
        let now = Clock::start().now();
        let outcome = doubt
            .intent()
            .and_then(|intent| finding.outcome(intent, now));
        if let Some(outcome) = outcome {
            let entry = Entry::Outcome(outcome);
            let written = shared.note(entry).await;
            written.map_err(|error| Error::unwritten("find_out", error))?;
        }
        Ok(finding)
    }

    /// Fetches the invoice that a webhook tells of, so that BitPay's own word decides about money, and
    /// not the webhook's: give it to [`decide`](bitpay_core::webhook::decide).
    ///
    /// The trigger is an [`InvoiceEvent`](bitpay_core::webhook::InvoiceEvent), or an
    /// [`InvoiceId`](bitpay_core::InvoiceId) alone. BitPay asks for the token that the invoice was
    /// made with.
    ///
    /// # Errors
    /// As [`get_invoice`](Self::get_invoice), when another invoice comes back, and when it is not as far as the
    /// event says ([`Behind`](bitpay_core::webhook::Behind)).
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_async::Merchant>(identity));
    /// # let order = bitpay_async::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_async::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order).await?;
    /// # sandbox.pay(&invoice.id, bitpay_async::model::invoice::InvoiceStatus::Complete)?;
    /// // Here with an id. Of a webhook, give the event.
    /// let confirmed = merchant.confirm(&invoice.id).await?;
    /// confirmed.expect_order("order-17")?;
    /// println!("{} is {}", confirmed.id, confirmed.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn confirm(&self, trigger: &impl Trigger) -> Result<Confirmed<Invoice>, Error>
    where
        GetInvoice: Allows<C>,
    {
        let id = trigger.invoice_id();
        let answer = self.call(&GetInvoice::new(id.clone())).await?;
        Confirmed::fetched(trigger, answer)
    }
}

impl Client<Identity> {
    /// Waits until the merchant has approved a pairing, or its code has run out. Asks as often as
    /// told, but no faster than every five seconds.
    ///
    /// # Errors
    /// When BitPay cannot be asked.
    ///
    /// # Examples
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_async::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_async::Identity::new(bitpay_async::generate_key()?);
    /// # let (sin, guid) = (identity.sin().clone(), bitpay_async::new_guid()?);
    /// # let request = bitpay_async::pairing::RequestPairing::new(sin, bitpay_async::Facade::Pos, guid);
    /// # let pairing = client.request_pairing(&request).await?;
    /// # sandbox.approve(pairing.code.as_ref().ok_or("no code")?)?;
    /// use bitpay_async::pairing::Waited;
    /// use bitpay_async::{Grant, Pos};
    /// use std::time::Duration;
    ///
    /// let keyed = client.with(identity.clone());
    /// match keyed.wait_for_approval(&pairing, Duration::from_secs(10)).await? {
    ///     Waited::Approved => {
    ///         let grant: Grant<Pos> = pairing.grant(&identity)?;
    ///         let pos = client.with(grant);
    ///     }
    ///     _ => println!("the code ran out: ask again"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn wait_for_approval(
        &self,
        pairing: &Pairing,
        every: Duration,
    ) -> Result<Waited, Error> {
        let mut approval = Approval::of(pairing, every);
        let clock = Clock::start();
        loop {
            match approval.next(clock.now()) {
                Wait::Ask => approval.listed(self.list_tokens().await)?,
                Wait::Sleep(pause) => sleep(pause).await,
                Wait::Over(waited) => return Ok(waited),
            }
        }
    }
}

impl Client<AnyGrant> {
    /// Asks BitPay why calls with this key and token are refused.
    #[must_use]
    pub async fn diagnose(&self, evidence: &Evidence) -> Diagnosis {
        let listed = self.list_tokens().await;
        let probe = match self.credential.token() {
            Some(_) => Some(self.call(&bitpay_core::diagnose::probe()).await),
            None => None,
        };
        diagnose(
            &self.credential,
            self.environment(),
            &listed,
            probe.as_ref(),
            evidence,
            Clock::start().now(),
        )
    }
}

impl<C: Clone> Clone for Client<C> {
    fn clone(&self) -> Self {
        Self {
            shared: self.shared.clone(),
            credential: self.credential.clone(),
        }
    }
}

impl<C: fmt::Debug> fmt::Debug for Client<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("environment", &self.shared.environment)
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

fn trusting(certificates: &[CertificateDer<'static>]) -> Result<ClientConfig, SetupError> {
    let mut roots = RootCertStore::empty();
    // One that cannot be parsed is left out, as ureq does.
    roots.add_parsable_certificates(certificates.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SetupError::Http(error.into()))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}
