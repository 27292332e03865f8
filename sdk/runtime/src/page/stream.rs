//! Pages and rows as streams.

use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use std::vec;

use futures_core::Stream;

use crate::client::{Call, Reply};
use crate::error::{Error, PageError};
use crate::model::{DateTime, Paged};
use crate::page::cursor::Cursor;
use crate::page::look::Facts;
use crate::page::place::{Place, Row, Step};
use crate::page::walk::{Then, Walk};
use crate::transport::BoxFuture;

/// The pages of a list: see the [module](crate::page). Each page is a call of its own, with all that stands around calls; the
/// options of the call it was made from are those of each page.
#[must_use = "a list is read when its stream is"]
pub struct Pages<R: Paged> {
    reader: Reader<R>,
}

/// The rows of a list: see the [module](crate::page).
#[must_use = "a list is read when its stream is"]
pub struct Items<R: Paged> {
    reader: Reader<R>,
    page: Option<Rows<R>>,
}

/// What is left of a page.
struct Rows<R: Paged> {
    items: vec::IntoIter<R::Item>,
    rows: vec::IntoIter<Row>,
    step: Step,
}

/// A page with what is new of it.
struct Page<R: Paged> {
    reply: Reply<R::Response>,
    rows: Vec<Row>,
    step: Step,
}

/// Reads ahead, and remembers what was handed out.
struct Reader<R: Paged> {
    call: Arc<Call<R>>,
    walk: Walk,
    /// The call under way.
    flight: Option<BoxFuture<'static, Result<Reply<R::Response>, Error>>>,
    ready: VecDeque<Page<R>>,
    prefetch: usize,
    /// No call follows.
    is_over: bool,
    /// Why.
    error: Option<Error>,
    /// Behind what was handed out.
    place: Place,
}

impl<R: Paged> Reader<R> {
    fn new(call: Call<R>) -> Self {
        let walk = Walk::new(R::INFO.name, R::PAGING, &call.request);
        let place = walk.place.clone();
        let (call, ready) = (Arc::new(call), VecDeque::new());
        Self { call, walk, flight: None, ready, prefetch: 1, is_over: false, error: None, place }
    }

    fn set_size(&mut self, rows: u64) {
        self.walk.set_size(rows, &self.call.request);
        if !self.walk.has_begun() {
            self.place = self.walk.place.clone();
        }
    }

    fn resume(&mut self, cursor: &Cursor) -> Result<(), PageError> {
        self.walk.resume(cursor)?;
        self.place = self.walk.place.clone();
        Ok(())
    }

    /// Works on the calls until so many pages are ready.
    fn fill(&mut self, context: &mut Context<'_>, pages: usize) {
        while self.ready.len() < pages && !self.is_over {
            match self.advance(context) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => (self.is_over, self.error) = (true, Some(error)),
            }
        }
    }

    /// Begins the next call, or takes the answer to the one under way.
    fn advance(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let Some(flight) = &mut self.flight else {
            match self.walk.next(DateTime::from(self.call.client.now()))? {
                None => self.is_over = true,
                Some(set) => {
                    let call = Arc::clone(&self.call);
                    self.flight = Some(Box::pin(async move { call.send_with(&set).await }));
                }
            }
            return Poll::Ready(Ok(()));
        };
        let reply = ready!(flight.as_mut().poll(context));
        self.flight = None;
        let mut reply = reply?;
        let facts = Facts::of::<R>(&mut reply.response);
        if let Then::Show { new, reversed, step } = self.walk.take(&facts)? {
            let mut rows = facts.rows;
            only(&mut rows, &new, reversed);
            if let Some(items) = R::items(&mut reply.response) {
                only(items, &new, reversed);
            }
            self.ready.push_back(Page { reply, rows, step });
        }
        Poll::Ready(Ok(()))
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page<R>, Error>>> {
        self.fill(context, 1);
        match self.ready.pop_front() {
            Some(page) => {
                // The next call goes out before the caller begins to work.
                self.fill(context, self.prefetch);
                Poll::Ready(Some(Ok(page)))
            }
            None if self.is_over => Poll::Ready(self.error.take().map(Err)),
            None => Poll::Pending,
        }
    }

    fn cursor(&self) -> Cursor {
        self.walk.cursor(&self.place)
    }
}

/// Leaves the new ones, perhaps in the other direction.
fn only<T>(list: &mut Vec<T>, new: &[bool], reversed: bool) {
    let mut new = new.iter();
    list.retain(|_| new.next().is_some_and(|new| *new));
    if reversed {
        list.reverse();
    }
}

impl<R: Paged> Pages<R> {
    pub(super) fn new(call: Call<R>) -> Self {
        Self { reader: Reader::new(call) }
    }

    /// The next page, or `None` at the end: what a `StreamExt` of another crate does, without one.
    pub async fn next(&mut self) -> Option<Result<Reply<R::Response>, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Reply<R::Response>, Error>>> {
        let page = ready!(self.reader.poll(context));
        Poll::Ready(page.map(|page| {
            let page = page?;
            page.rows.iter().for_each(|row| self.reader.place.take(row));
            self.reader.place.go(&page.step);
            Ok(page.reply)
        }))
    }
}

impl<R: Paged> Items<R> {
    pub(super) fn new(call: Call<R>) -> Self {
        Self { reader: Reader::new(call), page: None }
    }

    /// The next row, or `None` at the end: what a `StreamExt` of another crate does, without one.
    pub async fn next(&mut self) -> Option<Result<R::Item, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<R::Item, Error>>> {
        loop {
            if let Some(page) = &mut self.page {
                if let Some(item) = page.items.next() {
                    if let Some(row) = page.rows.next() {
                        self.reader.place.take(&row);
                    }
                    if page.items.as_slice().is_empty() {
                        self.leave();
                    }
                    self.reader.fill(context, self.reader.prefetch);
                    return Poll::Ready(Some(Ok(item)));
                }
                self.leave();
            }
            match ready!(self.reader.poll(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(mut page)) => {
                    let items = R::items(&mut page.reply.response).map(std::mem::take).unwrap_or_default();
                    let rows = page.rows.into_iter();
                    self.page = Some(Rows { items: items.into_iter(), rows, step: page.step });
                }
            }
        }
    }

    /// The page is over.
    fn leave(&mut self) {
        if let Some(page) = self.page.take() {
            self.reader.place.go(&page.step);
        }
    }
}

/// What both streams have in common. Options are for a stream that has not been read from.
macro_rules! common {
    ($stream:ident, $item:ty) => {
        impl<R: Paged> $stream<R> {
            /// Rows of a page, in place of what the request says, or else of the most that the platform gives.
            pub fn with_page_size(mut self, rows: u64) -> Self {
                self.reader.set_size(rows);
                self
            }

            /// How many pages are read ahead while the rows of one are used: 1 by default, 0 for none. A stream does not work by
            /// itself: calls begin and answers are taken while it is read from. A call of it that waits for its rate limit meanwhile
            /// keeps no other call waiting, and loses nothing of the time that it may wait.
            pub fn with_prefetch(mut self, pages: usize) -> Self {
                self.reader.prefetch = pages;
                self
            }

            /// Length of the windows of time in which the list is read, in place of what the spec says; at most what the platform takes.
            /// Of no effect on a list without them.
            pub fn with_window(mut self, length: Duration) -> Self {
                self.reader.walk.set_step(length);
                self
            }

            /// How long before now the last window ends: a minute by default. The platform may show a change some time after it
            /// happened. Of no effect on a list without windows.
            pub fn with_margin(mut self, time: Duration) -> Self {
                self.reader.walk.set_margin(time);
                self
            }

            /// Most calls of this stream: 100,000 by default. One more is an error, because a list should have ended by then.
            pub fn with_max_pages(mut self, most: u64) -> Self {
                self.reader.walk.most = most;
                self
            }

            /// Goes on where another stream of the same list was left. The request has the same parameters but for the page and the
            /// bounds of the time. The size of pages is said before: a list without windows has it as a parameter.
            ///
            /// # Errors
            ///
            /// [`Error::Page`] if the cursor is one of another method, of other parameters or of another size of pages. Another size that
            /// is said later is the same error, when the stream is read.
            pub fn resume(mut self, cursor: &Cursor) -> Result<Self, Error> {
                self.reader.resume(cursor)?;
                Ok(self)
            }

            /// The place behind what was handed out. It is good after an error too.
            #[must_use]
            pub fn cursor(&self) -> Cursor {
                self.reader.cursor()
            }
        }

        impl<R: Paged> Stream for $stream<R> {
            type Item = Result<$item, Error>;

            fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
                self.get_mut().poll(context)
            }
        }

        // Nothing in it is pinned but what stands in a box.
        impl<R: Paged> Unpin for $stream<R> {}

        impl<R: Paged> fmt::Debug for $stream<R> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($stream)).field("method", &R::INFO.name).finish_non_exhaustive()
            }
        }
    };
}

common!(Pages, Reply<R::Response>);
common!(Items, R::Item);
