//! What the gateway says when it says no.

use serde_json::{Map, Value, json};

/// A refusal, before it is written in the caller's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    /// Platform code.
    pub(crate) code: i64,
    /// What the refusal is about; joins the platform's text on codes 40 and 41.
    pub(crate) about: Option<String>,
    /// Sub code, if any.
    pub(crate) sub_code: Option<String>,
    /// Text beside the sub code.
    pub(crate) sub_msg: Option<String>,
}

impl ApiError {
    /// A platform error without a sub code.
    pub(crate) fn new(code: i64) -> Self {
        Self { code, about: None, sub_code: None, sub_msg: None }
    }

    /// A refusal of the service behind the gateway.
    pub(crate) fn service(sub_code: &str, sub_msg: impl Into<String>) -> Self {
        Self::new(15).sub(sub_code, sub_msg)
    }

    /// A required parameter that is absent.
    pub(crate) fn missing(name: &str) -> Self {
        let mut error =
            Self::new(40).sub(&format!("isv.missing-parameter:{name}"), format!("Parameter {name} is required."));
        error.about = Some(name.to_owned());
        error
    }

    /// A parameter whose value does not do.
    pub(crate) fn invalid(name: &str, why: impl Into<String>) -> Self {
        let mut error = Self::new(41).sub(&format!("isv.invalid-parameter:{name}"), why);
        error.about = Some(name.to_owned());
        error
    }

    /// Adds a sub code and its text.
    pub(crate) fn sub(mut self, code: &str, msg: impl Into<String>) -> Self {
        self.sub_code = Some(code.to_owned());
        self.sub_msg = Some(msg.into());
        self
    }

    /// Adds a text without a sub code.
    pub(crate) fn hint(mut self, msg: impl Into<String>) -> Self {
        self.sub_msg = Some(msg.into());
        self
    }

    /// The members of `error_response`; `name` is the platform's name of the code.
    pub(crate) fn members(&self, name: &str, request_id: &str) -> Map<String, Value> {
        let msg = match &self.about {
            Some(about) => format!("{name}:{about}"),
            None => name.to_owned(),
        };
        let mut out = Map::new();
        out.insert("code".into(), json!(self.code));
        out.insert("msg".into(), json!(msg));
        if let Some(code) = &self.sub_code {
            out.insert("sub_code".into(), json!(code));
        }
        if let Some(text) = &self.sub_msg {
            out.insert("sub_msg".into(), json!(text));
        }
        out.insert("request_id".into(), json!(request_id));
        out
    }
}
