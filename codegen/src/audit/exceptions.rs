//! `audit-exceptions.yaml`: differences that are meant, each with its reason.

use crate::import::error::{ImportError, Result};
use crate::yaml::{self, Kind, Node};

use super::Difference;

/// Name of the file in the specs folder.
pub const FILE: &str = "audit-exceptions.yaml";

/// Differences that are meant.
#[derive(Debug, Default)]
pub struct Exceptions(Vec<Exception>);

/// One entry. What it does not name, it does not mind.
#[derive(Debug, Default)]
struct Exception {
    kind: String,
    method: Option<String>,
    path: Option<String>,
    why: String,
}

impl Exceptions {
    /// Reads a list of `{ kind, method, path, why }`; `method` and `path` may be left out or end in `*`.
    ///
    /// # Errors
    ///
    /// What is not such a list, and an entry without kind or reason.
    pub fn parse(text: &str) -> Result<Self> {
        let fault = |at: usize, message: &str| {
            let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
            ImportError::at(FILE, format!("line {line}"), message)
        };
        let root = yaml::parse(text).map_err(|error| fault(error.offset, &error.message))?;
        let items = match &root.kind {
            Kind::Null => return Ok(Self::default()),
            Kind::Seq(items) => items,
            _ => return Err(fault(root.start, "not a list of exceptions")),
        };
        let mut all = Vec::new();
        for item in items {
            let Kind::Map(pairs) = &item.kind else { return Err(fault(item.start, "not an exception")) };
            let mut exception = Exception::default();
            for (key, value) in pairs {
                let (Some(key), Some(value)) = (word(key), word(value)) else {
                    return Err(fault(value.start, "not a text"));
                };
                match key {
                    "kind" => exception.kind = value.to_owned(),
                    "method" => exception.method = Some(value.to_owned()),
                    "path" => exception.path = Some(value.to_owned()),
                    "why" => exception.why = value.to_owned(),
                    _ => return Err(fault(item.start, &format!("`{key}` is not a key of an exception"))),
                }
            }
            if exception.kind.is_empty() || exception.why.is_empty() {
                return Err(fault(item.start, "an exception has a `kind` and a `why`"));
            }
            all.push(exception);
        }
        Ok(Self(all))
    }

    /// The differences that no exception names, and the reasons of exceptions that name none.
    #[must_use]
    pub fn apply<'d>(&self, differences: impl Iterator<Item = &'d Difference>) -> (Vec<&'d Difference>, Vec<&str>) {
        let mut used = vec![false; self.0.len()];
        let mut left = Vec::new();
        for difference in differences {
            let mut meant = false;
            for (exception, used) in self.0.iter().zip(&mut used) {
                if exception.names(difference) {
                    (meant, *used) = (true, true);
                }
            }
            if !meant {
                left.push(difference);
            }
        }
        let idle = self.0.iter().zip(used).filter(|(_, used)| !used).map(|(exception, _)| exception.why.as_str());
        (left, idle.collect())
    }
}

impl Exception {
    fn names(&self, difference: &Difference) -> bool {
        let fits = |pattern: &Option<String>, text: &str| match pattern.as_deref() {
            None => true,
            Some(pattern) => match pattern.strip_suffix('*') {
                Some(start) => text.starts_with(start),
                None => text == pattern,
            },
        };
        self.kind == difference.kind && fits(&self.method, &difference.method) && fits(&self.path, &difference.path)
    }
}

fn word(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}
