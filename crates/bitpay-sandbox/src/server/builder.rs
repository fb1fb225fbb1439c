//! How a sandbox is to be, and how it starts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

use bitpay_core::BaseUrl;
use bitpay_core::time::Timestamp;
use tokio::sync::Notify;

use super::{Sandbox, Seen, Shared, keep_time, send_webhooks};
use crate::net::{Handler, Running};
use crate::store::{Failure, Saver, Store};
#[cfg(feature = "tls")]
use crate::tls::Authority;
use crate::{Engine, Fault, Settings};

/// How a [`Sandbox`] is to be.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    pub(super) seed: Option<u64>,
    pub(super) settings: Settings,
    pub(super) listen: SocketAddr,
    pub(super) frozen: Option<Timestamp>,
    pub(super) starting: Option<Timestamp>,
    pub(super) faults: Vec<Fault>,
    pub(super) data: Option<PathBuf>,
    #[cfg(feature = "tls")]
    pub(super) tls: Option<PathBuf>,
}

impl Builder {
    /// Stops the clock at this instant: only [`Sandbox::advance`] moves it. With a seed as well, two
    /// sandboxes answer the same requests with the same bytes, but for their addresses.
    pub const fn frozen_at(mut self, instant: Timestamp) -> Self {
        self.frozen = Some(instant);
        self
    }

    /// Starts the clock at this instant, past or to come; it goes on from there.
    pub const fn starting_at(mut self, instant: Timestamp) -> Self {
        self.starting = Some(instant);
        self
    }

    /// Makes something go wrong from the start.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// Makes ids, tokens and codes from this seed, instead of a random one.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets how it behaves.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Delivers webhooks to any address, and not to this machine only.
    pub const fn deliver_anywhere(mut self, anywhere: bool) -> Self {
        self.settings.deliver_anywhere = anywhere;
        self
    }

    /// Listens on this address, instead of a free port of the loopback interface.
    pub const fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Keeps what it does in a database in this directory, which is made where it is missing. It goes on
    /// from there when it is started again, however it ended: what was answered is on disk. Webhooks that
    /// may not have been delivered are sent again. Settings are those of this start. The clock is as far
    /// ahead as it was, and shows nothing earlier than before; the seed counts the first time only; and
    /// faults given now take the place of those that were kept.
    ///
    /// Should the disk be full, it answers no more, and [`Sandbox::failure`] and [`Sandbox::wait`] say
    /// why; what was answered before is safe.
    ///
    /// ```
    /// use bitpay_core::Facade;
    /// use bitpay_sandbox::Sandbox;
    ///
    /// let directory = std::env::temp_dir().join(format!("sandbox-{}", std::process::id()));
    /// let sandbox = Sandbox::builder().data(&directory).start()?;
    /// let code = sandbox.make_code(Facade::Merchant, "shop");
    /// drop(sandbox);
    /// let sandbox = Sandbox::builder().data(&directory).start()?;
    /// // The code waits to be claimed, as before.
    /// # drop(sandbox);
    /// # std::fs::remove_dir_all(directory)?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn data(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data = Some(directory.into());
        self
    }

    /// Serves HTTPS instead of HTTP. The certificate is for `localhost`, `127.0.0.1`, `::1`, `bitpay.com` and
    /// `test.bitpay.com`, by an authority of this machine that rests in this directory and is made when it
    /// is not there: clients have to trust [`Sandbox::certificate`].
    ///
    /// The authority vouches for those names only. Its key can be read by its owner only; whoever has it
    /// can pose as BitPay before what trusts the authority.
    #[cfg(feature = "tls")]
    pub fn tls(mut self, dir: impl Into<PathBuf>) -> Self {
        self.tls = Some(dir.into());
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// When it cannot listen there, or when the files of its certificate authority cannot be used; or, with a [`DataError`](crate::DataError) inside, when its data
    /// cannot be used.
    pub fn start(self) -> io::Result<Sandbox> {
        #[cfg(feature = "tls")]
        let (tls, certificate) = match &self.tls {
            Some(dir) => {
                let authority = Authority::open(dir)?;
                (Some(authority.acceptor()?), Some(authority.certificate))
            }
            None => (None, None),
        };
        #[cfg(not(feature = "tls"))]
        let tls = None;
        let (webhooks, queue) = mpsc::channel();
        let seed = self.seed.unwrap_or_else(|| fastrand::u64(..));
        let failure = Arc::<Failure>::default();
        let (mut engine, saver, saving) = match &self.data {
            None => (Engine::with_settings(seed, self.settings), None, None),
            Some(directory) => {
                let mut engine = Engine::saving(seed, self.settings);
                let store = Store::open(directory, |table, key, value| {
                    engine.restore(table, key, value)
                })?;
                let tell = failure.clone();
                let (saver, saving) = Saver::start(store, move |why| tell.set(why))?;
                (engine, Some(saver), Some(saving))
            }
        };
        if !self.faults.is_empty() {
            engine.faults.clear();
        }
        for fault in self.faults {
            engine.inject(fault);
        }
        engine.https = tls.is_some();
        let scheme = engine.scheme();
        let shared = Arc::new(Shared {
            engine: Mutex::new(engine),
            seen: Seen::default(),
            listener: Mutex::default(),
            wake: Notify::new(),
            webhooks,
            streams: Mutex::default(),
            frozen: self.frozen,
            began: self.starting.map(|at| (at, Instant::now())),
            saver,
            failure,
        });
        let weak = Arc::downgrade(&shared);
        std::thread::Builder::new()
            .name("bitpay-sandbox-webhooks".to_owned())
            .spawn(move || send_webhooks(&queue, &weak))?;
        let serving = shared.clone();
        let handler: Handler = Arc::new(move |request| serving.answer(request));
        let server = Running::start(self.listen, handler, tls, keep_time(shared.clone()))?;
        let mut address = server.address;
        if address.ip().is_unspecified() {
            address.set_ip(Ipv4Addr::LOCALHOST.into());
        }
        let base_url = BaseUrl::parse_allowing_plain_http(&format!("{scheme}://{address}"))
            .map_err(io::Error::other)?;
        Ok(Sandbox {
            server: Some(server),
            base_url,
            shared,
            saving,
            #[cfg(feature = "tls")]
            certificate,
        })
    }
}
