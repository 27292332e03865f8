//! The Taobao Open Platform (TOP) for Rust: typed requests, responses and errors for every method that has a spec, and the
//! protocol around them.
//!
//! ```no_run
//! use topsdk::trade::TradeFullinfoGet;
//! use topsdk::{Client, Fields};
//!
//! # async fn run() -> Result<(), topsdk::Error> {
//! let client = Client::from_env()?; // TOP_APP_KEY, TOP_APP_SECRET, TOP_SESSION, TOP_ENVIRONMENT
//! let reply = client.call(TradeFullinfoGet::new(Fields::all(), 2231958349000123)).await?;
//! if let Some(trade) = &reply.trade {
//!     println!("{:?}: {:?} yuan", trade.status, trade.payment);
//! }
//! # Ok(()) }
//! ```
//!
//! Without an app key, run the gateway of the project's repository (`cargo xtask sandbox`) and use [`Environment::Local`]; in tests,
//! use [`MockTransport`], which needs nothing at all.
//!
//! # Three depths
//!
//! | depth | call | gives |
//! |---|---|---|
//! | typed | [`client.call(request)`](Client::call) | a [`Reply`] with the typed response; parameters are checked before sending |
//! | untyped | [`client.untyped("taobao.time.get")`](Client::untyped) | a JSON value; checked too with the feature `catalog` |
//! | raw | `.raw()` on either | a [`RawReply`]: status, headers, bytes |
//!
//! Requests are plain values from the domain modules ([`item`], [`trade`], [`refund`], ...): required parameters are arguments of `new`,
//! the others setters. Options of a call, such as its session or time limit, are [`with_*`](Call) on the call. For a method that has
//! no spec, put [`derive@Request`], [`derive@Model`] and [`derive@OpenEnum`] on structures of your own.
//!
//! # Errors
//!
//! [`Error`] has one variant for each phase of a call. [`Error::may_have_reached_platform`] tells whether a write may have been applied,
//! [`Error::remedy`] what to do, [`Error::retry`] whether trying again helps. Each method reads its own sub codes as an enum:
//!
//! ```
//! use topsdk::trade::{TradeFullinfoGet, TradeFullinfoGetError};
//! use topsdk::{Error, Request};
//!
//! fn is_gone(error: &Error) -> bool {
//!     TradeFullinfoGet::error(error) == Some(TradeFullinfoGetError::TradeNotExist)
//! }
//! ```
//!
//! # Retries
//!
//! Calls are tried again where that helps and does no harm: reads and idempotent calls after any transient failure, writes only where
//! they certainly were not applied. Three attempts by default, with pauses, bans, deadlines and a budget: see [`layer::retry`]. What
//! else can stand around a call is in [`layer`].
//!
//! # Many calls
//!
//! [`client.batch()`](Client::batch) sends several calls in one request, of any methods and users, each with a result of its own; a client can
//! do so by itself with calls that are made at the same time ([`ClientBuilder::coalesce`]); [`Call::split`] makes one call with a long
//! list as several. See [`batch`] and [`split`].
//!
//! # Values
//!
//! Money is decimal ([`Money`]), times are GMT+8 whatever the host's zone is ([`DateTime`]), enums keep values they do not know,
//! and what the platform sends in another form than the spec says is `None` plus a note in [`Reply::drift`], not a lost answer.
//! Every response field is optional, because the platform sends only what was asked for: see [`Fields`].
//!
//! App secrets, sessions, signatures and fields that the specs mark as sensitive are never shown in `Debug`, errors or spans.
//!
//! # Features
//!
//! | feature | default | brings |
//! |---|---|---|
//! | `core` | yes | the domains `category item logistics platform promotion rate refund shop trade user`, which can also be named one by one |
//! | one per domain | | `tbk`, `wms`, `simba` ...: see `docs/domains.md` in the repository |
//! | `full` | | every domain |
//! | `rustls` | yes | network with TLS by rustls |
//! | `native-tls` | | network with TLS by the operating system's library |
//! | `socks` | | SOCKS proxies |
//! | `tokio` | by the network | waits by tokio's timer; without it a thread waits |
//! | `catalog` | | `catalog`: every method as data, search, and checks of untyped calls |
//! | `blocking` | | `blocking::Client`, for code without async |
//! | `cache` | | answers of reads are used again: `layer::cache` |
//! | `limit` | | rate limits by tier and method: `layer::limit` |
//! | `redis` | | rate limits and cached answers that machines share |
//! | `metrics` | | counts and durations for the recorder of the crate `metrics` that the program installs: [`observe`] |
//! | `slo` | | success and latency of the last minutes, and whether they are as they should be: `layer::slo` |
//! | `queue` | | `queue`: calls that are made later, at least once, in a file of SQLite; needs Rust 1.94 |
//! | `queue-redis` | | the same in Redis, for several machines |
//! | `serde` | | `Serialize` for requests, `Serialize` and `Deserialize` for responses |
//! | `config` | | all settings from one TOML file, with profiles: `Config` |
//! | `cli` | | the program `top`; see `docs/cli.md` in the repository |
//!
//! Features only add. Without `rustls` and `native-tls` there is no network code: give the client a [`Transport`] of your own.
//!
//! # Links
//!
//! [Repository](https://github.com/topsdk/topsdk), with the specs, the sandbox, more examples and how to add a method; the platform's
//! [documentation](https://open.taobao.com/).

// What the generator and the derives write begins with the name that users know.
#[allow(unused_extern_crates, reason = "only the domains use it")]
extern crate self as topsdk;

#[rustfmt::skip]
mod generated;

#[allow(unused_imports, unreachable_pub, reason = "empty without a domain")]
pub use generated::*;
#[doc(inline)]
pub use topsdk_runtime::*;

/// The examples of the guides, to be compiled and run.
#[cfg(all(doctest, feature = "platform"))]
#[doc = include_str!("../../docs/retries.md")]
mod retries_guide {}

#[cfg(all(doctest, feature = "platform"))]
#[doc = include_str!("../../docs/retries.zh-CN.md")]
mod retries_guide_zh {}

#[cfg(all(doctest, feature = "platform"))]
#[doc = include_str!("../../docs/batch.md")]
mod batch_guide {}

#[cfg(all(doctest, feature = "platform"))]
#[doc = include_str!("../../docs/batch.zh-CN.md")]
mod batch_guide_zh {}

#[cfg(all(doctest, feature = "limit", feature = "platform"))]
#[doc = include_str!("../../docs/rate-limits.md")]
mod rate_limits_guide {}

#[cfg(all(doctest, feature = "limit", feature = "platform"))]
#[doc = include_str!("../../docs/rate-limits.zh-CN.md")]
mod rate_limits_guide_zh {}

#[cfg(all(doctest, feature = "cache", feature = "logistics"))]
#[doc = include_str!("../../docs/cache.md")]
mod cache_guide {}

#[cfg(all(doctest, feature = "cache", feature = "logistics"))]
#[doc = include_str!("../../docs/cache.zh-CN.md")]
mod cache_guide_zh {}

#[cfg(all(doctest, feature = "config", feature = "platform"))]
#[doc = include_str!("../../docs/configuration.md")]
mod configuration_guide {}

#[cfg(all(doctest, feature = "config", feature = "platform"))]
#[doc = include_str!("../../docs/configuration.zh-CN.md")]
mod configuration_guide_zh {}

#[cfg(all(doctest, feature = "metrics", feature = "platform", feature = "slo"))]
#[doc = include_str!("../../docs/observability.md")]
mod observability_guide {}

#[cfg(all(doctest, feature = "metrics", feature = "platform", feature = "slo"))]
#[doc = include_str!("../../docs/observability.zh-CN.md")]
mod observability_guide_zh {}

#[cfg(all(doctest, feature = "trade"))]
#[doc = include_str!("../../docs/pages.md")]
mod pages_guide {}

#[cfg(all(doctest, feature = "trade"))]
#[doc = include_str!("../../docs/pages.zh-CN.md")]
mod pages_guide_zh {}

#[cfg(all(doctest, feature = "queue", feature = "platform"))]
#[doc = include_str!("../../docs/queue.md")]
mod queue_guide {}

#[cfg(all(doctest, feature = "queue", feature = "platform"))]
#[doc = include_str!("../../docs/queue.zh-CN.md")]
mod queue_guide_zh {}
