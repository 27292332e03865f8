//! What the generated sample requests are written with.

use std::fmt::Debug;
use std::str::FromStr;

use topsdk::{Request, Upload};

pub(crate) use crate::Method;

/// A request with the parameters of its spec's example.
pub trait Sample: Request {
    /// The request.
    fn sample() -> Self;
}

/// A value from its text: money, decimals, dates.
///
/// # Panics
///
/// The text is not one. The specs are checked, so that would be a difference between the checker and the SDK.
#[must_use]
pub fn parsed<T: FromStr<Err: Debug>>(text: &str) -> T {
    #[expect(clippy::expect_used, reason = "used by tests alone")]
    text.parse().expect("an example's value fits its type")
}

/// A small file of that name: the smallest picture there is.
#[must_use]
pub fn file(name: &str) -> Upload {
    const GIF: &[u8] =
        b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\x04\0\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    Upload::new(name, GIF)
}
