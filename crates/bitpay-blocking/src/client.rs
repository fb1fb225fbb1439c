//! The client: a pool of connections and a credential.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use bitpay_core::call::{MAX_HEAD, Settings};
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
use ureq::Agent;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use crate::exchange::{Transport, exchange};

/// A client of BitPay's API.
///
/// `C` is who calls: [`Anonymous`], an [`Identity`], or a [`Grant`](bitpay_core::Grant) of a facade,
/// made with [`Client::with`]. The compiler checks that it allows the operation. All clients made
/// from one share its connections; cloning is cheap, and a client can be used from many threads.
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
    pub(crate) fn sign(&self, input: &SigningInput) -> Result<Signature, SignError> {
        match &self.signer {
            Some(signer) => signer.sign(input).map_err(SignError::Signer),
            None => Err(SignError::NoSigner),
        }
    }
}

/// Signs for identities whose keys live elsewhere: a KMS, an HSM, an agent.
pub trait Signer: Send + Sync {
    /// Signs the digest as it is, with the key of [`SigningInput::public_key`].
    ///
    /// # Errors
    /// Whatever keeps it from signing. Nothing is sent then.
    fn sign(&self, input: &SigningInput) -> Result<Signature, Box<dyn StdError + Send + Sync>>;
}

impl Client {
    /// A client without a credential, with the default set-up. It does not connect yet.
    ///
    /// There is no default environment:
    ///
    /// ```compile_fail,E0061
    /// let client = bitpay_blocking::Client::new();
    /// ```
    ///
    /// ```
    /// let client = bitpay_blocking::Client::new(bitpay_blocking::Environment::Test);
    /// ```
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
        let failed = |error: ureq::Error| SetupError::Http(error.into());
        let proxy = match config.proxy_url(|name| std::env::var(name).ok()) {
            Some(url) => Some(ureq::Proxy::new(url.expose()).map_err(failed)?),
            None => None,
        };
        let proxied = proxy.is_some();
        let mut builder = Agent::config_builder()
            .proxy(proxy)
            .timeout_connect(Some(config.connect_timeout))
            .timeout_global(Some(config.timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .accept_encoding("")
            .max_response_header_size(MAX_HEAD)
            .max_idle_connections(64)
            .max_idle_connections_per_host(64);
        let roots: Vec<_> = roots(config)?
            .iter()
            .map(|der| Certificate::from_der(der).to_owned())
            .collect();
        if !roots.is_empty() {
            let roots = RootCerts::Specific(Arc::new(roots));
            builder = builder.tls_config(TlsConfig::builder().root_certs(roots).build());
        }
        let transport = Transport {
            agent: builder.build().new_agent(),
            preset: Some(config.timeout),
            proxied,
        };
        Self::around(config, transport)
    }

    /// A client on a ready-made agent, whose proxy, roots and connection limits hold in place of
    /// those of the set-up. This is the one place where ureq's types show.
    ///
    /// # Errors
    /// When a part of the set-up cannot be used.
    pub fn from_agent(config: &Config, agent: Agent) -> Result<Self, SetupError> {
        let transport = Transport {
            agent,
            preset: None,
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
    ///
    /// What the credential does not allow does not compile: a point of sale cannot list invoices,
    ///
    /// ```compile_fail,E0277
    /// use bitpay_blocking::{Client, Grant, Merchant, Pos, model::invoice::ListInvoices};
    /// fn list(client: &Client, grant: Grant<Pos>, span: &ListInvoices) {
    ///     let _ = client.with(grant).list_invoices(span);
    /// }
    /// ```
    ///
    /// but a merchant can:
    ///
    /// ```
    /// use bitpay_blocking::{Client, Grant, Merchant, Pos, model::invoice::ListInvoices};
    /// fn list(client: &Client, grant: Grant<Merchant>, span: &ListInvoices) {
    ///     let _ = client.with(grant).list_invoices(span);
    /// }
    /// ```
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
    /// # Errors
    /// An [`Error`]; [`Error::effect`] says whether it may have happened.
    pub fn call<E: Allows<C>>(&self, request: &E) -> Result<Answer<E::Response>, Error> {
        let shared = &*self.shared;
        let clock = Clock::start();
        let mut call = Call::new(request, &shared.base, &self.credential, &shared.settings)?;
        loop {
            match call.step(clock.now(), chance()) {
                Step::Sign(input) => call.signed(shared.sign(&input)),
                Step::Send(request) => {
                    let limit = shared.timeout.min(call.time_left(clock.now()));
                    exchange(&shared.transport, request, limit, &mut call);
                }
                Step::Sleep(pause) => sleep(pause),
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
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_blocking::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_blocking::Identity::new(bitpay_blocking::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_blocking::Merchant>(identity));
    /// use http::Method;
    /// use bitpay_blocking::RawRequest;
    ///
    /// let rate = RawRequest::new(Method::GET, ["rates", "BTC", "EUR"]).reads();
    /// let answer = client.raw(&rate)?;
    /// println!("{}", answer.json());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// Source: <https://developer.bitpay.com/reference/making-requests>
    pub fn raw(&self, request: &RawRequest) -> Result<Answer<RawData>, Error> {
        self.call(request)
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
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_blocking::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_blocking::Identity::new(bitpay_blocking::generate_key()?);
    /// # let merchant = client.with(sandbox.grant::<bitpay_blocking::Merchant>(identity));
    /// # let order = bitpay_blocking::model::invoice::CreateInvoice::for_order("order-17", 20u32, bitpay_blocking::Currency::USD);
    /// # let invoice = merchant.create_invoice(&order)?;
    /// # sandbox.pay(&invoice.id, bitpay_blocking::model::invoice::InvoiceStatus::Complete)?;
    /// // Here with an id. Of a webhook, give the event.
    /// let confirmed = merchant.confirm(&invoice.id)?;
    /// confirmed.expect_order("order-17")?;
    /// println!("{} is {}", confirmed.id, confirmed.status);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn confirm(&self, trigger: &impl Trigger) -> Result<Confirmed<Invoice>, Error>
    where
        GetInvoice: Allows<C>,
    {
        let id = trigger.invoice_id();
        let answer = self.call(&GetInvoice::new(id.clone()))?;
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
    /// # let sandbox = bitpay_sandbox::Sandbox::start()?;
    /// # let client = bitpay_blocking::Client::new(sandbox.environment())?;
    /// # let identity = bitpay_blocking::Identity::new(bitpay_blocking::generate_key()?);
    /// # let (sin, guid) = (identity.sin().clone(), bitpay_blocking::new_guid()?);
    /// # let request = bitpay_blocking::pairing::RequestPairing::new(sin, bitpay_blocking::Facade::Pos, guid);
    /// # let pairing = client.request_pairing(&request)?;
    /// # sandbox.approve(pairing.code.as_ref().ok_or("no code")?)?;
    /// use bitpay_blocking::pairing::Waited;
    /// use bitpay_blocking::{Grant, Pos};
    /// use std::time::Duration;
    ///
    /// let keyed = client.with(identity.clone());
    /// match keyed.wait_for_approval(&pairing, Duration::from_secs(10))? {
    ///     Waited::Approved => {
    ///         let grant: Grant<Pos> = pairing.grant(&identity)?;
    ///         let pos = client.with(grant);
    ///     }
    ///     _ => println!("the code ran out: ask again"),
    /// }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wait_for_approval(&self, pairing: &Pairing, every: Duration) -> Result<Waited, Error> {
        let mut approval = Approval::of(pairing, every);
        let clock = Clock::start();
        loop {
            match approval.next(clock.now()) {
                Wait::Ask => approval.listed(self.list_tokens())?,
                Wait::Sleep(pause) => sleep(pause),
                Wait::Over(waited) => return Ok(waited),
            }
        }
    }
}

impl Client<AnyGrant> {
    /// Asks BitPay why calls with this key and token are refused.
    #[must_use]
    pub fn diagnose(&self, evidence: &Evidence) -> Diagnosis {
        let listed = self.list_tokens();
        let probe = self
            .credential
            .token()
            .map(|_| self.call(&bitpay_core::diagnose::probe()));
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
