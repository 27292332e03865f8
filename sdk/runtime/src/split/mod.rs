//! One call with a long list, made as several calls with a part of the list each.
//!
//! Many methods take a list of ids, and no more than some tens of them. [`Call::split`](crate::Call::split) cuts the list, makes the
//! calls, some of them at once, and puts the answers together in the order of the list. A part that fails does not take the others with
//! it:
//!
//! ```
//! # async fn run(client: topsdk::Client, ids: Vec<i64>) -> Result<(), topsdk::Error> {
//! use topsdk::item::ItemsSellerListGet;
//!
//! let all = client.call(ItemsSellerListGet::new("num_iid,title", ids)).split().await?;
//! println!("{} items", all.items.len());
//! for part in all.failed() {
//!     println!("{} items could not be read: {}", part.items().len(), part.error());
//! }
//! for part in all.answered() {
//!     println!("{} items in {} attempts", part.items().len(), part.reply().attempts().count());
//! }
//! # Ok(()) }
//! ```
//!
//! Where nothing came of any part, the [error](SplitError) has them all.
//!
//! Which methods can be split, by which parameter, stands in their specs. Each part is a call like any other, with its own retries and
//! counted by its own limit.

mod reply;
#[cfg(test)]
mod tests;

use std::fmt;
use std::future::IntoFuture;

pub use reply::{AnsweredPart, FailedPart, SplitError, SplitReply};

use crate::batch::drive;
use crate::client::Call;
use crate::error::{ConfigError, Error, InvalidArgument};
use crate::model::{Effect, Request};
use crate::transport::BoxFuture;

/// How many parts are under way at once, unless told otherwise.
const AT_ONCE: usize = 4;

/// A request with a list that can be cut: see the [module](self).
///
/// Derived with [`Request`](derive@crate::Request) where the structure has `#[top(split(parameter, answer))]`: the name of the field
/// with the list, which has a `max_items`, and those of the lists in the answer that are put together.
pub trait Split: Request + Clone {
    /// What stands in the list.
    type Item: Clone + Send + Sync + 'static;

    /// Name of the parameter on the wire.
    const PARAMETER: &'static str;

    /// The longest list that one call takes.
    const MOST: usize;

    /// The list.
    fn list(&mut self) -> &mut Vec<Self::Item>;

    /// Adds what another part answers to what earlier parts have answered.
    fn merge(all: &mut Self::Response, part: Self::Response);
}

/// A call whose list is cut: `.await` it for all answers together.
#[must_use = "a call does nothing until it is awaited"]
pub struct SplitCall<R> {
    call: Call<R>,
    at_once: usize,
    at_most: Option<usize>,
    in_batches: bool,
    writes: bool,
}

impl<R: Split> Call<R> {
    /// Makes the call in parts, each with no more of its list than the method takes. Options that are set on this call hold for each
    /// part; a deadline holds for all of them together.
    pub fn split(self) -> SplitCall<R> {
        SplitCall { call: self, at_once: AT_ONCE, at_most: None, in_batches: false, writes: false }
    }
}

impl<R: Split> SplitCall<R> {
    /// Most parts that are under way at once. 4 by default.
    pub fn at_once(mut self, parts: usize) -> Self {
        self.at_once = parts;
        self
    }

    /// Most elements of a part, where it is to be less than the method takes.
    pub fn at_most(mut self, elements: usize) -> Self {
        self.at_most = Some(elements);
        self
    }

    /// Sends the parts in [batches](crate::batch), as many at once as the client's [`Batches`](crate::batch::Batches) say.
    pub fn in_batches(mut self) -> Self {
        self.in_batches = true;
        self
    }

    /// Splits the call even where it writes. Without it such a call is refused: where a part fails, the others have been written.
    pub fn allow_writes(mut self) -> Self {
        self.writes = true;
        self
    }

    /// Makes the calls. The same as `.await`. An empty list is one call.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`] for a call that writes, unless [told otherwise](Self::allow_writes), [`Error::Config`] where a setting is 0.
    /// If every part fails, [`SplitError::failed`] tells why. If only some do, [`SplitReply::failed`] does.
    pub async fn send(self) -> Result<SplitReply<R>, SplitError<R::Item>> {
        self.check()?;
        let Self { call, at_once, at_most, in_batches, .. } = self;
        let most = at_most.map_or(R::MOST, |most| most.min(R::MOST)).max(1);
        let client = call.client().clone();
        let (lists, calls): (Vec<_>, Vec<_>) = parts(call, most).into_iter().unzip();
        let answers = if in_batches {
            client.batch_of(calls).await
        } else {
            drive::all(calls.into_iter().map(IntoFuture::into_future).collect(), at_once, None).await
        };
        reply::merge(lists, answers)
    }

    fn check(&self) -> Result<(), Error> {
        if self.at_once == 0 || self.at_most == Some(0) {
            let key = if self.at_once == 0 { "at_once" } else { "at_most" };
            return Err(ConfigError::new(format!("split.{key}: with 0 nothing would be sent; give 1 or more")).into());
        }
        if self.call.effect() == Effect::Write && !self.writes {
            let reason = "is not split: the method writes, and where a part fails the others have been written; \
                          if that is what you want, say allow_writes()";
            let (method, parameter) = (R::INFO.name.to_owned(), R::PARAMETER.to_owned());
            return Err(InvalidArgument::new(method, parameter, reason).into());
        }
        Ok(())
    }
}

/// The calls, each with its part of the list.
fn parts<R: Split>(call: Call<R>, most: usize) -> Vec<(Vec<R::Item>, Call<R>)> {
    let (client, mut request, mut options) = call.into_parts();
    // One deadline for all of them: a part that begins late has less time.
    let settings = client.settings();
    let limit = options.deadline.or(settings.timeouts.deadline);
    options.until = limit.and_then(|limit| settings.timer.now().checked_add(limit));
    let mut list = std::mem::take(request.list());
    let mut parts = Vec::with_capacity(list.len() / most + 1);
    loop {
        let rest = list.split_off(list.len().min(most));
        let mut part = request.clone();
        part.list().clone_from(&list);
        parts.push((list, Call::with(client.clone(), part, options.clone())));
        if rest.is_empty() {
            return parts;
        }
        list = rest;
    }
}

impl<R: Split> IntoFuture for SplitCall<R> {
    type Output = Result<SplitReply<R>, SplitError<R::Item>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<R: fmt::Debug> fmt::Debug for SplitCall<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitCall").field("call", &self.call).finish_non_exhaustive()
    }
}
