//! Lists that come in pages, as streams.
//!
//! [`Call::items`] gives the rows of a list one by one, [`Call::pages`] whole answers. Both ask for the next page in good time, end
//! with the list, and can be [resumed](Items::resume) from a [`Cursor`], in another process too.
//!
//! ```
//! # use topsdk::trade::{TradesSoldGet, TradesSoldGetResponse};
//! # use topsdk::{Client, Credentials, Environment, Error, MockTransport};
//! # async fn run(client: Client) -> Result<(), Error> {
//! let mut trades = client.call(TradesSoldGet::new("tid,status,payment")).items();
//! while let Some(trade) = trades.next().await {
//!     println!("{:?}", trade?.tid);
//! }
//! println!("to go on from here: {}", trades.cursor());
//! # Ok(()) }
//! ```
//!
//! # What changes while it is read
//!
//! Where the spec names a window of time and the request has its beginning, the list is read in slices of time, oldest first, and each
//! slice from its last page to the first. Then nothing is lost and nothing comes twice, whatever changes meanwhile: a row that was
//! there all the time comes once for each time it has changed. The last slice ends a minute before now; a later stream goes on from
//! there, with the cursor of this one.
//!
//! Every other list is read from its first page on. A row that moves onto the next page meanwhile is recognised by its key, where the
//! spec names one; a row that moves onto a page that was read is missed.

mod cursor;
mod inside;
mod look;
mod place;
mod stream;
mod walk;
mod window;

#[cfg(test)]
mod tests;

pub use cursor::Cursor;
pub use stream::{Items, Pages};

pub(crate) use cursor::CURSOR_VERSION;
pub(crate) use inside::send;

use crate::client::Call;
use crate::model::Paged;

impl<R: Paged> Call<R> {
    /// The list page by page, as a stream of answers: see [`page`](crate::page). Rows that came before are taken out of them.
    pub fn pages(self) -> Pages<R> {
        Pages::new(self)
    }

    /// The list row by row, as a stream: see [`page`](crate::page).
    pub fn items(self) -> Items<R> {
        Items::new(self)
    }
}
