//! What `topsdk`, the SDK for the Taobao Open Platform, does at run time: everything but the methods themselves.
//!
//! Depend on `topsdk`, which re-exports all of this beside the methods. It is a crate of its own so that the methods can be spread
//! over several crates, which the compiler then works on side by side.

// The derives write paths that begin with the name that users know.
#[allow(unused_extern_crates, reason = "only tests use it")]
extern crate self as topsdk;

pub mod batch;
pub mod client;
pub mod codec;
pub mod error;
pub mod layer;
pub mod model;
pub mod observe;
pub mod page;
pub mod sign;
pub mod split;
pub mod transport;

#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "catalog")]
pub mod catalog;
#[cfg(feature = "config")]
pub mod config;
#[cfg(feature = "queue")]
pub mod queue;

mod credentials;
mod environment;
mod flight;
#[rustfmt::skip]
mod generated;
#[cfg(any(feature = "config", feature = "limit", feature = "serde"))]
mod human;
mod methods;
#[cfg(any(feature = "catalog", feature = "config", feature = "limit"))]
mod nearest;
#[cfg(all(feature = "redis", any(feature = "cache", feature = "limit")))]
mod redis;
#[cfg(any(feature = "queue", all(feature = "cache", feature = "redis")))]
mod seal;

#[doc(hidden)]
pub mod rt;

pub use client::{Body, Call, Client, ClientBuilder, Clock, Format, RawReply, Reply, Source, Timeouts, UntypedCall};
pub use codec::Drift;
#[cfg(feature = "config")]
pub use config::Config;
pub use credentials::{Credentials, Token};
pub use environment::Environment;
pub use error::Error;
pub use model::{AnySubCode, DateTime, Fields, Json, Model, Money, OpenEnum, Paged, Request, Upload};
pub use rust_decimal::Decimal;
pub use sign::SignMethod;
pub use transport::{HttpRequest, HttpResponse, MockTransport, Transport};

/// Makes a structure decodable: what a method answers, or a part of it.
pub use topsdk_macros::Model;
/// Makes an enum that keeps values it does not know.
pub use topsdk_macros::OpenEnum;
/// Makes a structure the request of a method.
pub use topsdk_macros::Request;
