//! Writing answers: one tree, three formats.

mod json;
mod node;
mod xml;

pub(crate) use json::{simplified, standard};
pub(crate) use node::{Node, build};
pub(crate) use xml::document;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The format a caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Standard JSON: wrapped, lists keyed by element.
    Json,
    /// `simplify=true`: no wrapper, bare lists.
    Simplified,
    /// XML, the default.
    Xml,
}

impl Format {
    /// What the parameters ask for; `None` when it is no format of the platform.
    pub(crate) fn of(params: &BTreeMap<String, String>) -> Option<Self> {
        let simplify = params.get("simplify").is_some_and(|v| v == "true");
        match params.get("format").map(|f| f.trim().to_ascii_lowercase()).as_deref() {
            None | Some("" | "xml") => Some(Self::Xml),
            Some("json") if simplify => Some(Self::Simplified),
            Some("json") => Some(Self::Json),
            Some(_) => None,
        }
    }

    /// For the request log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Simplified => "simplified",
            Self::Xml => "xml",
        }
    }

    /// The `Content-Type` of an answer.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json | Self::Simplified => "text/javascript;charset=UTF-8",
            Self::Xml => "text/xml;charset=UTF-8",
        }
    }

    /// Writes an answer under its wrapper.
    pub(crate) fn write(self, wrapper: &str, root: &Node) -> String {
        match self {
            Self::Json => standard(wrapper, root),
            Self::Simplified => simplified(root),
            Self::Xml => document(wrapper, root),
        }
    }

    /// Writes an `error_response`, which keeps its wrapper even when simplified.
    pub(crate) fn write_error(self, members: Map<String, Value>) -> String {
        let root = Node::plain(Value::Object(members));
        match self {
            Self::Json | Self::Simplified => standard("error_response", &root),
            Self::Xml => document("error_response", &root),
        }
    }
}
