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
use bitpay_core::model::invoice::{GetInvoice, Invoice};
use bitpay_core::pairing::{Approval, Pairing, Wait, Waited};
use bitpay_core::signature::Signature;
use bitpay_core::webhook::{Confirmed, Trigger};
use bitpay_core::{
    Allows, Anonymous, Answer, AnyGrant, BaseUrl, Call, Config, Credential, Environment, Error,
    Identity, RawData, RawRequest, SetupError, SigningInput, Step,
};
use bitpay_system::{Clock, chance, roots};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::sleep;

use crate::exchange::{Transport, exchange};

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

pub(crate) struct Shared {
    pub(crate) transport: Transport,
    environment: Environment,
    pub(crate) base: BaseUrl,
    pub(crate) settings: Settings,
    pub(crate) timeout: Duration,
    pub(crate) stream_timeout: Duration,
    signer: Option<Arc<dyn Signer>>,
}

impl Shared {
    pub(crate) async fn sign(&self, input: SigningInput) -> Result<Signature, SignError> {
        match &self.signer {
            Some(signer) => signer.sign(input).await.map_err(SignError::Signer),
            None => Err(SignError::NoSigner),
        }
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
        let proxy = config.proxy_url(|name| std::env::var(name).ok());
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
                stream_timeout: config.stream_timeout,
                signer: None,
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
        let old = &*self.shared;
        let shared = Shared {
            transport: old.transport.clone(),
            environment: old.environment.clone(),
            base: old.base.clone(),
            settings: old.settings.clone(),
            timeout: old.timeout,
            stream_timeout: old.stream_timeout,
            signer: Some(signer),
        };
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
        loop {
            match call.step(clock.now(), chance()) {
                Step::Sign(input) => call.signed(shared.sign(input).await),
                Step::Send(request) => {
                    let limit = shared.timeout.min(call.time_left(clock.now()));
                    exchange(&shared.transport, request, limit, &mut call).await;
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

    /// Fetches the invoice that a webhook tells of, so that BitPay's own word decides about money, and
    /// not the webhook's: give it to [`decide`](bitpay_core::webhook::decide).
    ///
    /// The trigger is an [`InvoiceEvent`](bitpay_core::webhook::InvoiceEvent), or an
    /// [`InvoiceId`](bitpay_core::InvoiceId) alone. BitPay asks for the token that the invoice was
    /// made with.
    ///
    /// # Errors
    /// As [`get_invoice`](Self::get_invoice), and when another invoice comes back.
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
        Confirmed::fetched(id, answer)
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
