//! What the generated sample requests are written with.

use std::fmt::Debug;
use std::str::FromStr;

use topsdk::{Json, Request, Upload};

pub(crate) use crate::Method;

/// A request with the parameters of its spec's example.
pub trait Sample: Request + Clone {
    /// The request.
    fn sample() -> Self;

    /// The same with a mark in each sensitive parameter and in each file. `None` if the method has neither.
    fn marked(_: &mut dyn Mark) -> Option<Self> {
        None
    }
}

/// Makes values that a test finds again. Each is told the place that it stands for: `taobao.trade.memo.add memo`.
pub trait Mark {
    /// A text, at most six letters and digits.
    fn text(&mut self, place: &str) -> String;

    /// A number that every numeric type holds exactly.
    fn number(&mut self, place: &str) -> i64;

    /// A small file.
    fn file(&mut self, place: &str) -> Upload;

    /// A text inside JSON.
    fn json(&mut self, place: &str) -> Json {
        serde_json::json!({ "a": [self.text(place)] }).into()
    }
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
