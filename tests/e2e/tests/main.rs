//! End-to-end tests: the SDK against the sandbox over a real socket, and the wire formats against the specs.
//!
//! One binary with modules, because linking is what costs.

mod every_method;
mod round_trip;
mod support;
