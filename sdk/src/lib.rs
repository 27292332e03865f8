//! The Taobao Open Platform (TOP) for Rust: typed requests, responses and errors for every method that has a spec, and the
//! protocol around them.
//!
//! ```no_run
//! use topsdk::trade::TradeFullinfoGet;
//! use topsdk::{Client, Fields};
//!
//! # async fn run() -> Result<(), topsdk::Error> {
//! let client = Client::from_env()?; // TOP_APP_KEY, TOP_APP_SECRET, TOP_SESSION
//! let reply = client.call(TradeFullinfoGet::new(Fields::all(), 2231958349000123)).await?;
//! if let Some(trade) = &reply.trade {
//!     println!("{:?}: {:?} yuan", trade.status, trade.payment);
//! }
//! # Ok(()) }
//! ```
//!
//! # Three depths
//!
//! - [`Client::call`] with a request from one of the domain modules ([`trade`], [`item`], ...) or one of your own, by
//!   [`derive@Request`]: typed answers, local checks, typed errors.
//! - [`Client::untyped`]: any method by name, parameters as text, the answer as a JSON value.
//! - `raw()` on either: the bytes.
//!
//! # Values
//!
//! Money is decimal ([`Money`]), times are GMT+8 whatever the host's zone is ([`DateTime`]), enums keep values they do not know,
//! and what the platform sends in another form than the spec says is `None` plus a note in [`Reply::drift`], not a lost answer.
//! Every response field is optional, because the platform sends only what was asked for.
//!
//! # Features
//!
//! The domains `category item logistics platform promotion rate refund shop trade user` are on by default; `data` is not.
//! `rustls` (default) or `native-tls` bring the network; without both, set a transport of your own. `blocking` adds a client for
//! code without async, `serde` makes requests and responses serialisable, `socks` adds SOCKS proxies.

// The derives write paths from the outside.
#[allow(unused_extern_crates, reason = "only the domains use it")]
extern crate self as topsdk;

pub mod client;
pub mod codec;
pub mod error;
pub mod model;
pub mod sign;
pub mod transport;

#[cfg(feature = "blocking")]
pub mod blocking;

mod credentials;
mod environment;
#[rustfmt::skip]
mod generated;

#[doc(hidden)]
pub mod rt;

pub use client::{Body, Call, Client, ClientBuilder, Clock, Format, RawReply, Reply, Timeouts, UntypedCall};
pub use codec::Drift;
pub use credentials::{Credentials, Token};
pub use environment::Environment;
pub use error::Error;
#[allow(unused_imports, unreachable_pub, reason = "empty without a domain")]
pub use generated::*;
pub use model::{AnySubCode, DateTime, Fields, Json, Model, Money, OpenEnum, Request, Upload};
pub use rust_decimal::Decimal;
pub use sign::SignMethod;
pub use transport::{HttpRequest, HttpResponse, MockTransport, Transport};

/// Makes a structure decodable: what a method answers, or a part of it.
pub use topsdk_macros::Model;
/// Makes an enum that keeps values it does not know.
pub use topsdk_macros::OpenEnum;
/// Makes a structure the request of a method.
pub use topsdk_macros::Request;
