//! Several calls in one request to the platform.
//!
//! A [`Batch`] takes any calls, of different methods and for different users, and sends them twenty at a time. Each call has a result of
//! its own:
//!
//! ```
//! # async fn run(client: topsdk::Client) -> Result<(), topsdk::Error> {
//! use topsdk::platform::TimeGet;
//! use topsdk::trade::TradeFullinfoGet;
//!
//! let mut batch = client.batch();
//! let time = batch.add(TimeGet::new());
//! let trade = batch.add(client.call(TradeFullinfoGet::new("tid", 2231958349000123)).with_session("the seller's token"));
//! let mut results = batch.send().await;
//! println!("{:?} {:?}", results.take(time)?.time, results.take(trade)?.trade);
//! # Ok(()) }
//! ```
//!
//! Each call goes its own way through checks, [layers](crate::layer), rate limits and retries, as if it were made by itself; only the
//! attempts of calls that are ready at the same time travel together. So what counts for a call (its effect, its deadline, its
//! limits, how often it is tried) counts in a batch too, and calls that failed for a passing reason go again together, without the
//! others.
//!
//! With [`ClientBuilder::coalesce`](crate::ClientBuilder::coalesce) a client does the same with single calls that are made at the
//! same time.

mod config;
pub(crate) mod drive;
pub(crate) mod gather;
mod load;
#[cfg(test)]
mod tests;
pub(crate) mod wire;

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;

pub use config::{Batches, Coalesce};

pub(crate) use gather::Gatherer;
pub(crate) use load::Delivery;
pub(crate) use wire::{check, no_batch_router};

use crate::client::{Call, Client, RawReply, Reply, UntypedCall};
use crate::error::{ConfigError, Error};
use crate::layer::{Failed, Outcome};
use crate::model::Request;
use crate::transport::BoxFuture;

/// Calls that go to the platform together: [add](Self::add) them, then `.await` it or [`send`](Self::send) it.
#[must_use = "a batch does nothing until it is sent"]
pub struct Batch {
    client: Client,
    gatherer: Arc<Gatherer>,
    calls: Vec<BoxFuture<'static, Outcome>>,
    /// Tells this batch from others.
    id: Arc<()>,
}

impl Batch {
    pub(crate) fn new(client: Client) -> Self {
        let gatherer = Arc::new(Gatherer::of_batch(&client.settings().batches));
        Self { client, gatherer, calls: Vec::new(), id: Arc::default() }
    }

    /// Adds a call: a request, a [`Call`] with options of its own, or an [`UntypedCall`]. What it gives takes the result when there is
    /// one.
    ///
    /// A call with files, a raw body or HTTP headers of its own cannot be part of a batch: its result is
    /// [`Error::Invalid`].
    pub fn add<I: BatchItem>(&mut self, item: I) -> Handle<I::Output> {
        item.join(self)
    }

    /// How many calls there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.calls.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Makes the calls, in as many requests as it takes. The same as `.await` on the batch.
    pub async fn send(self) -> BatchResults {
        let settings = self.client.settings().batches;
        let at_once = settings.at_most.saturating_mul(settings.at_once);
        let outcomes = drive::all(self.calls, at_once, Some(&self.gatherer)).await;
        BatchResults { outcomes: outcomes.into_iter().map(Some).collect(), id: self.id }
    }

    fn push<T>(&mut self, call: BoxFuture<'static, Outcome>, read: Read<T>, strict: bool) -> Handle<T> {
        self.calls.push(call);
        Handle { number: self.calls.len() - 1, batch: Arc::clone(&self.id), read, strict }
    }

    /// A call of another client would be signed by the wrong key.
    fn check(&self, client: &Client) -> Result<(), Error> {
        if client.is(&self.client) {
            return Ok(());
        }
        Err(ConfigError::new("a call of another client cannot be part of this batch").into())
    }
}

impl IntoFuture for Batch {
    type Output = BatchResults;
    type IntoFuture = BoxFuture<'static, BatchResults>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("calls", &self.len()).finish_non_exhaustive()
    }
}

/// What a [`Batch`] takes: a request, a [`Call`], or an [`UntypedCall`].
pub trait BatchItem {
    /// What the call brings: a [`Reply`], or a JSON value for a call by name.
    type Output;

    /// Adds it to a batch.
    #[doc(hidden)]
    fn join(self, batch: &mut Batch) -> Handle<Self::Output>;
}

impl<R: Request> BatchItem for R {
    type Output = Reply<R::Response>;

    fn join(self, batch: &mut Batch) -> Handle<Self::Output> {
        batch.client.call(self).join(batch)
    }
}

impl<R: Request> BatchItem for Call<R> {
    type Output = Reply<R::Response>;

    fn join(self, batch: &mut Batch) -> Handle<Self::Output> {
        let (gatherer, strict) = (Arc::clone(&batch.gatherer), self.is_strict());
        let checked = batch.check(self.client());
        let call = async move {
            checked?;
            self.exchange(Some(gatherer)).await
        };
        batch.push(Box::pin(call), |raw, strict| raw.decode::<R>(strict), strict)
    }
}

impl BatchItem for UntypedCall {
    type Output = serde_json::Value;

    fn join(self, batch: &mut Batch) -> Handle<Self::Output> {
        let gatherer = Arc::clone(&batch.gatherer);
        let checked = batch.check(self.client());
        let call = async move {
            checked?;
            self.exchange(Some(gatherer)).await
        };
        batch.push(Box::pin(call), |raw, _| raw.value(), false)
    }
}

/// How an answer's bytes become a result.
type Read<T> = fn(&RawReply, bool) -> Result<T, Error>;

/// What a call of a [`Batch`] is known by, to take its result.
pub struct Handle<T> {
    number: usize,
    batch: Arc<()>,
    read: Read<T>,
    strict: bool,
}

impl<T> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.number)
    }
}

/// What came of the calls of a [`Batch`].
#[must_use = "each call of a batch may have failed"]
pub struct BatchResults {
    /// Nothing where it has been taken.
    outcomes: Vec<Option<Outcome>>,
    id: Arc<()>,
}

impl BatchResults {
    /// The result of a call.
    ///
    /// # Errors
    ///
    /// That of the call, as if it had been made by itself; see [`Error`]. [`Error::Config`] if the call is one of another batch.
    pub fn take<T>(&mut self, call: Handle<T>) -> Result<T, Error> {
        let outcome = self.outcome(&call)?;
        (call.read)(&outcome.map_err(Failed::into_error)?, call.strict)
    }

    /// The answer's bytes to a call, whatever they say: an `error_response` is not an [`Error`] here.
    ///
    /// # Errors
    ///
    /// Those before and during the transport, and those of [`take`](Self::take) that have no answer.
    pub fn take_raw<T>(&mut self, call: Handle<T>) -> Result<RawReply, Error> {
        self.outcome(&call)?.or_else(Failed::into_reply)
    }

    /// The platform's refusal of a whole request, if that is why a call failed whose result has not been taken: a wrong signature, a
    /// ban, a wrong clock. Each call of that request has it as its own error too.
    #[must_use]
    pub fn whole_error(&self) -> Option<&Error> {
        self.errors().find(|error| error.gateway().is_some_and(|refusal| refusal.batch().is_some()))
    }

    /// The errors of the calls whose results have not been taken, in order.
    pub fn errors(&self) -> impl Iterator<Item = &Error> {
        self.outcomes.iter().flatten().filter_map(|outcome| outcome.as_ref().err()).map(Failed::error)
    }

    fn outcome<T>(&mut self, call: &Handle<T>) -> Result<Outcome, Error> {
        let of_this = Arc::ptr_eq(&call.batch, &self.id);
        let outcome = self.outcomes.get_mut(call.number).filter(|_| of_this).and_then(Option::take);
        outcome.ok_or_else(|| ConfigError::new("the handle is of another batch").into())
    }
}

impl fmt::Debug for BatchResults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchResults")
            .field("calls", &self.outcomes.len())
            .field("errors", &self.errors().count())
            .finish()
    }
}

impl Client {
    /// A batch to be filled with calls, which go to the platform together.
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }

    /// Makes calls of one kind together, and brings their results in order. See [`Batch`].
    ///
    /// ```
    /// # async fn run(client: topsdk::Client) {
    /// use topsdk::trade::TradeFullinfoGet;
    ///
    /// let requests = [2231958349000123, 2231958349000124].map(|tid| TradeFullinfoGet::new("tid,status", tid));
    /// for result in client.batch_of(requests).await {
    ///     println!("{:?}", result.map(|reply| reply.into_inner().trade));
    /// }
    /// # }
    /// ```
    pub fn batch_of<I: BatchItem>(
        &self,
        items: impl IntoIterator<Item = I>,
    ) -> BoxFuture<'static, Vec<Result<I::Output, Error>>>
    where
        I::Output: 'static,
    {
        let mut batch = self.batch();
        let calls: Vec<_> = items.into_iter().map(|item| batch.add(item)).collect();
        Box::pin(async move {
            let mut results = batch.send().await;
            calls.into_iter().map(|call| results.take(call)).collect()
        })
    }
}
