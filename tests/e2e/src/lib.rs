//! What the end-to-end tests share: every method of the SDK with a typed sample request, behind one type.
//!
//! The tests live in `tests/`. `src/generated/` is written by `cargo xtask gen` from the examples of the specs: one constructor
//! expression a method. What is done with them is written by hand, once, in [`Method`].

#[rustfmt::skip]
mod generated;
pub mod matrix;
mod method;
pub mod redis;
mod samples;
pub mod soak;

pub use generated::DOMAINS;
pub use method::{Answer, Marked, Method, Outcome};
pub use samples::{Mark, Sample, file, parsed};

/// Every method that has an example.
pub fn methods() -> impl Iterator<Item = &'static Method> {
    DOMAINS.iter().copied().flatten()
}

/// The method with this wire name.
#[must_use]
pub fn method(name: &str) -> Option<&'static Method> {
    methods().find(|method| method.name == name)
}
