//! A connection to Redis that is made when it is needed, and made anew when it breaks.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, ErrorKind, FromRedisValue, RedisError, ServerErrorKind};

/// A Redis of which the URL is known.
pub(crate) struct Link {
    timeout: Duration,
    inner: Arc<Inner>,
}

struct Inner {
    client: Client,
    /// Held by the one question that connects for all.
    connecting: tokio::sync::Mutex<()>,
    state: Mutex<State>,
}

/// What a Redis is asked.
pub(crate) enum Ask {
    #[cfg(feature = "cache")]
    Commands(redis::Pipeline),
    #[cfg(feature = "limit")]
    Script(redis::ScriptInvocation<'static>),
}

/// Why a Redis did not answer: without its own words, which may hold an address or a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken(pub(crate) &'static str);

#[derive(Default)]
struct State {
    connection: Option<Connection>,
    /// How many connections have stood.
    connections: u64,
    /// How often connecting has failed, and why the last time.
    failures: u64,
    why: Option<Broken>,
}

/// A connection, with a number by which it is told from the one before.
#[derive(Clone)]
struct Connection {
    number: u64,
    redis: MultiplexedConnection,
}

impl Link {
    /// The Redis at this URL; nothing if it is none.
    pub(crate) fn open(url: &str) -> Option<Self> {
        let client = Client::open(url).ok()?;
        let inner = Inner { client, connecting: tokio::sync::Mutex::default(), state: Mutex::default() };
        Some(Self { timeout: Duration::from_millis(250), inner: Arc::new(inner) })
    }

    /// How long to wait for the connection, and for each answer.
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// The time that was set.
    #[cfg(feature = "cache")]
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Asks in one round trip, in a task of its own: whoever asks may go away or not look for a while, and still the question comes to
    /// its end, what is told is told, and nobody else waits for it.
    pub(crate) async fn ask<T: FromRedisValue + Send + 'static>(&self, ask: Ask) -> Result<T, Broken> {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return Err(Broken("there is no runtime of tokio"));
        };
        let (inner, timeout) = (Arc::clone(&self.inner), self.timeout);
        let asked = runtime.spawn(async move { inner.ask(&ask, timeout).await });
        asked.await.unwrap_or(Err(Broken("the runtime of tokio has ended")))
    }
}

impl Inner {
    /// A connection that has broken while nobody used it is made anew, once; one that does not answer in time may be broken without
    /// anybody having told, and the next question makes another.
    async fn ask<T: FromRedisValue>(&self, ask: &Ask, timeout: Duration) -> Result<T, Broken> {
        let mut again = true;
        loop {
            let Connection { number, mut redis } = self.connection(timeout).await?;
            let answer = match ask {
                #[cfg(feature = "cache")]
                Ask::Commands(commands) => commands.query_async(&mut redis).await,
                #[cfg(feature = "limit")]
                Ask::Script(script) => script.invoke_async(&mut redis).await,
            };
            let error = match answer {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            let dropped = error.is_connection_dropped();
            if dropped || error.is_timeout() {
                self.forget(number);
            }
            if !(dropped && std::mem::take(&mut again)) {
                return Err(why(&error));
            }
        }
    }

    /// The connection that stands, or a new one. Of those who need a new one at the same time one connects, and what comes of it
    /// counts for all: a Redis that does not answer would keep them waiting one behind the other.
    async fn connection(&self, timeout: Duration) -> Result<Connection, Broken> {
        let failures = match &*self.state() {
            State { connection: Some(connection), .. } => return Ok(connection.clone()),
            State { failures, .. } => *failures,
        };
        let _turn = self.connecting.lock().await;
        match &*self.state() {
            State { connection: Some(connection), .. } => return Ok(connection.clone()),
            State { why: Some(why), failures: now, .. } if *now != failures => return Err(*why),
            _ => {}
        }
        let config =
            AsyncConnectionConfig::new().set_connection_timeout(Some(timeout)).set_response_timeout(Some(timeout));
        let connected = self.client.get_multiplexed_async_connection_with_config(&config).await;
        let mut state = self.state();
        match connected {
            Ok(redis) => {
                state.connections += 1;
                let connection = Connection { number: state.connections, redis };
                state.connection = Some(connection.clone());
                Ok(connection)
            }
            Err(error) => {
                let why = why(&error);
                state.failures += 1;
                state.why = Some(why);
                Err(why)
            }
        }
    }

    /// Uses a connection no more, unless there is another one already.
    fn forget(&self, number: u64) {
        let mut state = self.state();
        if state.connection.as_ref().is_some_and(|connection| connection.number == number) {
            state.connection = None;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an error says, without its own words.
pub(crate) fn why(error: &RedisError) -> Broken {
    Broken(match error.kind() {
        _ if error.is_timeout() => "Redis does not answer in time",
        _ if error.is_connection_refusal() => "Redis refuses the connection",
        ErrorKind::Io => "the connection to Redis is broken",
        ErrorKind::AuthenticationFailed => "Redis refuses the password",
        ErrorKind::Server(ServerErrorKind::BusyLoading) => "Redis is loading its data",
        ErrorKind::Server(ServerErrorKind::ReadOnly) => "Redis is a replica that takes no writes",
        _ => "Redis refuses the command",
    })
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Without the address: it may hold a password.
impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "cache"))]
mod tests {
    use std::future::poll_fn;
    use std::net::TcpListener;
    use std::task::Poll;

    use super::*;

    /// A call that somebody has begun and does not look at holds up nobody.
    #[tokio::test]
    async fn a_suspended_question_keeps_no_other_waiting() {
        // It takes connections and says nothing.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("redis://{}/", silent.local_addr().unwrap());
        let mut link = Link::open(&url).unwrap();
        link.set_timeout(Duration::from_millis(50));
        let ask = || Ask::Commands(redis::pipe().cmd("PING").clone());
        let mut suspended = Box::pin(link.ask::<()>(ask()));
        for _ in 0..3 {
            let polled = poll_fn(|context| Poll::Ready(suspended.as_mut().poll(context).is_ready())).await;
            assert!(!polled);
            tokio::task::yield_now().await;
        }
        for _ in 0..2 {
            let asked = tokio::time::timeout(Duration::from_secs(20), link.ask::<()>(ask())).await;
            assert_eq!(asked, Ok(Err(Broken("Redis does not answer in time"))));
        }
        assert!(suspended.await.is_err());
    }
}
