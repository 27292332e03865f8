//! The answers to the parts of a call, put together.

use std::fmt;
use std::ops::Deref;

use crate::client::Reply;
use crate::error::Error;
use crate::model::Request;
use crate::split::Split;

/// What the parts of a call have answered, put together. It dereferences to the response, so `reply.items` works.
///
/// The lists of the answers stand in it one after the other, in the order of the list that was asked for. Fields that are no lists are
/// those of the first part that succeeded.
pub struct SplitReply<R: Split> {
    response: R::Response,
    failed: Vec<FailedPart<R::Item>>,
    parts: usize,
    drift: usize,
}

impl<R: Split> SplitReply<R> {
    /// The parts that failed, in the order of the list. What they asked for is missing in the response.
    #[must_use]
    pub fn failed(&self) -> &[FailedPart<R::Item>] {
        &self.failed
    }

    /// How many calls were made of the one.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts
    }

    /// How many fields of the answers could not be read and are therefore `None`.
    #[must_use]
    pub fn drift_count(&self) -> usize {
        self.drift
    }

    /// The response, if no part failed.
    ///
    /// # Errors
    ///
    /// That of the first part that failed.
    pub fn complete(self) -> Result<R::Response, Error> {
        match self.failed.into_iter().next() {
            Some(part) => Err(part.error),
            None => Ok(self.response),
        }
    }

    /// The response without what failed, and the parts that failed.
    pub fn into_parts(self) -> (R::Response, Vec<FailedPart<R::Item>>) {
        (self.response, self.failed)
    }
}

impl<R: Split> Deref for SplitReply<R> {
    type Target = R::Response;

    fn deref(&self) -> &R::Response {
        &self.response
    }
}

impl<R: Split<Response: fmt::Debug>> fmt::Debug for SplitReply<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitReply")
            .field("response", &self.response)
            .field("failed", &self.failed)
            .field("parts", &self.parts)
            .finish()
    }
}

/// A part of a list for which the call failed.
#[derive(Clone)]
pub struct FailedPart<T> {
    items: Vec<T>,
    error: Error,
}

impl<T> FailedPart<T> {
    /// What was asked for.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// Why it failed.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }
}

/// The elements are left out: they may be personal data.
impl<T> fmt::Debug for FailedPart<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FailedPart").field("items", &self.items.len()).field("error", &self.error).finish()
    }
}

/// Puts the answers together, which stand in the order of the lists.
pub(super) fn merge<R: Split>(
    lists: Vec<Vec<R::Item>>,
    answers: Vec<Result<Reply<<R as Request>::Response>, Error>>,
) -> Result<SplitReply<R>, Error> {
    let (mut all, mut failed, parts, mut drift) = (None, Vec::new(), lists.len(), 0);
    for (items, answer) in lists.into_iter().zip(answers) {
        match answer {
            Ok(reply) => {
                drift += reply.drift_count();
                match &mut all {
                    None => all = Some(reply.into_inner()),
                    Some(all) => R::merge(all, reply.into_inner()),
                }
            }
            Err(error) => failed.push(FailedPart { items, error }),
        }
    }
    match (all, failed) {
        (Some(response), failed) => Ok(SplitReply { response, failed, parts, drift }),
        (None, failed) => Err(failed.into_iter().next().map_or_else(nothing, |part| part.error)),
    }
}

/// There is always one part.
fn nothing() -> Error {
    crate::error::ConfigError::new("a call was split into no parts").into()
}
