//! Starting and steering a sandbox from inside a program.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use topsdk_codegen::model::Spec;

use crate::admin::{self, Snapshot};
use crate::catalogue::Catalogue;
use crate::check::Callers;
use crate::clock::{Clock, Time};
use crate::fault::Fault;
use crate::fixtures::{APP_KEY, APP_SECRET, SESSION};
use crate::gateway::{Config, Gateway};
use crate::log::RequestRecord;
use crate::server::{Shared, lock, serve};
use crate::world::{Event, World};

/// Most items of a batch unless told otherwise.
const MAX_BATCH_ITEMS: usize = 20;

/// What a sandbox is started with. Whatever is not said is what the command line's defaults say.
#[derive(Debug)]
pub struct Builder {
    apps: BTreeMap<String, String>,
    sessions: Vec<String>,
    article_sign: bool,
    seed: u64,
    clock: Clock,
    max_batch_items: usize,
    listen: String,
    spec: Option<Spec>,
}

impl Builder {
    /// An app key and its secret; may be said several times. Without it: [`APP_KEY`] and [`APP_SECRET`].
    #[must_use]
    pub fn app(mut self, key: &str, secret: &str) -> Self {
        self.apps.insert(key.to_owned(), secret.to_owned());
        self
    }

    /// A session of the sandbox's seller; may be said several times. Without it: [`SESSION`].
    #[must_use]
    pub fn session(mut self, session: &str) -> Self {
        self.sessions.push(session.to_owned());
        self
    }

    /// Decides amounts, samples and the chance of faults. The ids of [`crate::fixtures`] are the same for every seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Specs to answer from, instead of those this crate was built with.
    #[must_use]
    pub fn spec(mut self, spec: Spec) -> Self {
        self.spec = Some(spec);
        self
    }

    /// Where to listen, `host:port`; without it a free port of the loopback.
    #[must_use]
    pub fn listen(mut self, address: &str) -> Self {
        self.listen = address.to_owned();
        self
    }

    /// Speaks `sign_method=article` too: MD5(secret + sorted parameters + timestamp).
    #[must_use]
    pub fn article_sign(mut self, on: bool) -> Self {
        self.article_sign = on;
        self
    }

    /// A clock that stands still at this moment until advanced, for runs that repeat to the byte. The latency of a fault moves it on
    /// and makes nobody wait.
    #[must_use]
    pub fn frozen_at(mut self, time: Time) -> Self {
        self.clock = Clock::frozen(time);
        self
    }

    /// Most items of a batch; 20 without it.
    #[must_use]
    pub fn max_batch_items(mut self, items: usize) -> Self {
        self.max_batch_items = items;
        self
    }

    /// Starts to listen.
    ///
    /// # Errors
    /// When the address is taken or is no address.
    pub async fn start(mut self) -> io::Result<Sandbox> {
        if self.apps.is_empty() {
            self.apps.insert(APP_KEY.to_owned(), APP_SECRET.to_owned());
        }
        if self.sessions.is_empty() {
            self.sessions.push(SESSION.to_owned());
        }
        let config = Config {
            callers: Callers { apps: self.apps, article_sign: self.article_sign },
            sessions: self.sessions,
            seed: self.seed,
            clock: self.clock,
            max_batch_items: self.max_batch_items,
        };
        let catalogue = self.spec.map_or_else(Catalogue::embedded, |spec| Arc::new(Catalogue::new(spec)));
        let listener = TcpListener::bind(&self.listen).await?;
        let address = listener.local_addr()?;
        let shared: Shared = Arc::new(Mutex::new(Gateway::new(catalogue, config)));
        let (stop, stopped) = oneshot::channel::<()>();
        let server = serve(listener, Arc::clone(&shared), async {
            // A dropped sender means the same as a sent one.
            let _ = stopped.await;
        });
        Ok(Sandbox { shared, address, stop: Some(stop), task: tokio::spawn(server) })
    }
}

/// A running gateway. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    shared: Shared,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Sandbox {
    /// A sandbox with the default app, session and seed on a free port.
    #[must_use]
    pub fn builder() -> Builder {
        Builder {
            apps: BTreeMap::new(),
            sessions: Vec::new(),
            article_sign: false,
            seed: 1,
            clock: Clock::running(),
            max_batch_items: MAX_BATCH_ITEMS,
            listen: "127.0.0.1:0".to_owned(),
            spec: None,
        }
    }

    /// Root of all paths, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The REST router.
    #[must_use]
    pub fn rest_url(&self) -> String {
        self.url() + "/router/rest"
    }

    /// The batch router.
    #[must_use]
    pub fn batch_url(&self) -> String {
        self.url() + "/router/batch"
    }

    /// Adds a rule; earlier rules strike first.
    pub fn fault(&self, fault: Fault) {
        lock(&self.shared).faults.push(fault);
    }

    /// Takes back every rule and lifts every ban.
    pub fn clear_faults(&self) {
        lock(&self.shared).clear_faults();
    }

    /// The last calls, oldest first, at most 200.
    #[must_use]
    pub fn requests(&self) -> Vec<RequestRecord> {
        lock(&self.shared).log.records()
    }

    /// A copy of the shop's data.
    #[must_use]
    pub fn state(&self) -> World {
        lock(&self.shared).world.clone()
    }

    /// Changes the shop's data behind the API's back.
    pub fn with_state<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut lock(&self.shared).world)
    }

    /// Lets something happen that no seller can do, such as a payment.
    ///
    /// # Errors
    /// When the trade or refund is not where it would have to be.
    pub fn event(&self, event: &Event) -> Result<(), String> {
        let mut gateway = lock(&self.shared);
        let now = gateway.clock.now();
        gateway.world.happen(event, now).map(|_| ())
    }

    /// The virtual clock.
    #[must_use]
    pub fn now(&self) -> Time {
        lock(&self.shared).clock.now()
    }

    /// Moves the virtual clock on.
    pub fn advance(&self, by: Duration) {
        lock(&self.shared).clock.advance(by);
    }

    /// Back to the start: data, clock, faults, bans, request log.
    pub fn reset(&self) {
        lock(&self.shared).reset();
    }

    /// The data and the clock as they are now.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        admin::snapshot(&self.shared)
    }

    /// Goes back to a snapshot.
    pub fn restore(&self, snapshot: Snapshot) {
        admin::restore(&self.shared, snapshot);
    }

    /// Stops to listen, after the calls that are under way.
    pub async fn shutdown(mut self) {
        self.stop.take();
        // The task ends by itself; how it ended matters to nobody any more.
        let _ = (&mut self.task).await;
    }

    /// Serves until the server fails.
    ///
    /// # Errors
    /// The failure of the listener.
    pub async fn serve_forever(&mut self) -> io::Result<()> {
        match (&mut self.task).await {
            Ok(result) => result,
            Err(error) => Err(io::Error::other(error)),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.take();
        self.task.abort();
    }
}
