//! The answers to the parts of a call, put together.

use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;

use crate::client::Reply;
use crate::error::{ConfigError, Error};
use crate::model::Request;
use crate::split::Split;

/// What the parts of a call have answered, put together. It dereferences to the response, so `reply.items` works.
///
/// The lists of the answers stand in it one after the other, in the order of the list that was asked for. Fields that are no lists are
/// those of the first part that succeeded.
pub struct SplitReply<R: Split> {
    response: R::Response,
    answered: Vec<AnsweredPart<R::Item>>,
    failed: Vec<FailedPart<R::Item>>,
}

impl<R: Split> SplitReply<R> {
    /// The parts that were answered, in the order of the list, each with what is known of its answer.
    #[must_use]
    pub fn answered(&self) -> &[AnsweredPart<R::Item>] {
        &self.answered
    }

    /// The parts that failed, in the order of the list. What they asked for is missing in the response.
    #[must_use]
    pub fn failed(&self) -> &[FailedPart<R::Item>] {
        &self.failed
    }

    /// How many calls were made of the one.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.answered.len() + self.failed.len()
    }

    /// How many fields of the answers could not be read and are therefore `None`.
    #[must_use]
    pub fn drift_count(&self) -> usize {
        self.answered.iter().map(|part| part.reply.drift_count()).sum()
    }

    /// The response, if no part failed.
    ///
    /// # Errors
    ///
    /// Those of the parts that failed.
    pub fn complete(self) -> Result<R::Response, SplitError<R::Item>> {
        match SplitError::of(self.failed) {
            Some(error) => Err(error),
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
            .field("parts", &self.parts())
            .finish()
    }
}

/// A part of a list for which the call was answered.
#[derive(Clone)]
pub struct AnsweredPart<T> {
    items: Vec<T>,
    reply: Reply<()>,
}

impl<T> AnsweredPart<T> {
    /// What was asked for.
    #[must_use]
    pub fn items(&self) -> &[T] {
        &self.items
    }

    /// The answer but for the response: its request id, its attempts, where it comes from, and what of it could not be read.
    #[must_use]
    pub fn reply(&self) -> &Reply<()> {
        &self.reply
    }
}

/// The elements are left out: they may be personal data.
impl<T> fmt::Debug for AnsweredPart<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnsweredPart").field("items", &self.items.len()).field("reply", &self.reply).finish()
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

/// Why nothing came of a call that was to be made in parts, or why not all did. By `?` it becomes the [`Error`] of the first part.
#[derive(Clone)]
pub struct SplitError<T> {
    error: Box<Error>,
    failed: Vec<FailedPart<T>>,
}

impl<T> SplitError<T> {
    fn of(failed: Vec<FailedPart<T>>) -> Option<Self> {
        let error = Box::new(failed.first()?.error.clone());
        Some(Self { error, failed })
    }

    /// The error of the first part that failed, or why no part was sent.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The parts that failed, in the order of the list, each with its own error. None if the call was refused before it was cut.
    #[must_use]
    pub fn failed(&self) -> &[FailedPart<T>] {
        &self.failed
    }
}

impl<T> fmt::Debug for SplitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SplitError").field("error", &self.error).field("failed", &self.failed).finish()
    }
}

impl<T> fmt::Display for SplitError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(f)?;
        match self.failed.len() {
            0 | 1 => Ok(()),
            many => write!(f, " (the first of {many} parts that failed)"),
        }
    }
}

impl<T> StdError for SplitError<T> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}

/// Nothing was sent.
impl<T> From<Error> for SplitError<T> {
    fn from(error: Error) -> Self {
        Self { error: Box::new(error), failed: Vec::new() }
    }
}

/// What the first part failed with.
impl<T> From<SplitError<T>> for Error {
    fn from(error: SplitError<T>) -> Self {
        *error.error
    }
}

/// Puts the answers together, which stand in the order of the lists.
pub(super) fn merge<R: Split>(
    lists: Vec<Vec<R::Item>>,
    answers: Vec<Result<Reply<<R as Request>::Response>, Error>>,
) -> Result<SplitReply<R>, SplitError<R::Item>> {
    let (mut all, mut answered, mut failed) = (None, Vec::new(), Vec::new());
    for (items, answer) in lists.into_iter().zip(answers) {
        match answer {
            Ok(reply) => {
                let (response, reply) = reply.into_parts();
                match &mut all {
                    None => all = Some(response),
                    Some(all) => R::merge(all, response),
                }
                answered.push(AnsweredPart { items, reply });
            }
            Err(error) => failed.push(FailedPart { items, error }),
        }
    }
    match all {
        Some(response) => Ok(SplitReply { response, answered, failed }),
        None => Err(SplitError::of(failed).unwrap_or_else(nothing)),
    }
}

/// There is always one part.
fn nothing<T>() -> SplitError<T> {
    Error::from(ConfigError::new("a call was split into no parts")).into()
}
