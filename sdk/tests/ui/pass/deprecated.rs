//! What the platform withdraws is marked where it is used, and nowhere else.

#![deny(deprecated, missing_docs, unreachable_pub)]

use topsdk::{Model, OpenEnum, Request};

/// A call.
#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer)]
pub struct TradeGet {
    /// Plain.
    #[deprecated]
    pub a: Option<i64>,
    /// With a reason.
    #[deprecated = "Use `a`."]
    pub b: Option<String>,
    /// With a version.
    #[deprecated(since = "0.1.0", note = "Use `a`.")]
    pub c: Vec<i64>,
    /// Required.
    #[deprecated]
    pub d: i64,
}

/// An answer.
#[derive(Model)]
pub struct Answer {
    /// Plain.
    #[deprecated]
    pub a: Option<i64>,
}

/// A status.
#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
pub enum Status {
    /// Old.
    #[deprecated]
    #[top("OLD")]
    Old,
    /// A value that is not listed here.
    Other(String),
}

/// A call of a method that is withdrawn.
#[derive(Clone, Request)]
#[top(method = "taobao.trade.old.get", response = Answer)]
#[deprecated(note = "Use `TradeGet`.")]
pub struct TradeOldGet {
    /// Required.
    pub tid: i64,
    /// Optional.
    pub flag: Option<i64>,
}

fn main() {
    assert_eq!(TradeGet::new(1), TradeGet::new(1));
    assert_eq!(Answer::default(), Answer::default());
    assert_eq!(Status::from("OLD").as_str(), "OLD");
}
