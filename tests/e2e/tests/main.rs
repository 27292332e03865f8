//! End-to-end tests: the SDK against the sandbox over a real socket, and the wire formats against the specs.
//!
//! One binary with modules, because linking is what costs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests are tests")]

mod add_an_api;
mod batch;
mod blocking;
mod cache;
mod catalog;
mod every_method;
mod faults;
mod golden;
mod limits;
mod mock;
mod observability;
mod own_method;
mod pages;
mod queue;
mod redaction;
mod retries;
mod round_trip;
mod soak;
mod stateful;
mod support;
