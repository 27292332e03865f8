//! A local gateway that behaves like the Taobao Open Platform.
//!
//! It answers every method that has a spec, judges requests in the platform's order and with its codes, explains wrong
//! signatures, and keeps a shop whose items, trades, refunds and shipments change with the calls. See the README for the
//! command, the paths, the faults and the known ids.
//!
//! ```
//! # async fn example() -> std::io::Result<()> {
//! use topsdk_sandbox::{Fault, Sandbox};
//!
//! let sandbox = Sandbox::builder().start().await?;
//! sandbox.fault(Fault::ban(2).on("taobao.trades.*").times(1));
//! println!("{}", sandbox.rest_url());
//! sandbox.shutdown().await;
//! # Ok(())
//! # }
//! ```

// The answers' objects are long `json!` literals.
#![recursion_limit = "512"]

mod admin;
mod answer;
mod args;
mod body;
mod catalogue;
mod check;
mod clock;
mod codes;
mod embedded;
mod error;
mod explain;
mod fault;
mod fields;
pub mod fixtures;
mod gateway;
mod http;
mod log;
mod methods;
mod random;
mod reply;
mod sample;
mod sandbox;
mod server;
pub mod sign;
mod structure;
pub mod world;

pub use admin::Snapshot;
pub use clock::Time;
pub use explain::Explanation;
pub use fault::{Fault, What};
pub use http::{Batch, BatchError, MultipartError, Part, parse_batch, parse_multipart};
pub use log::RequestRecord;
pub use sandbox::{Builder, Sandbox};
