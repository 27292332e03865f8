//! What a file does not hold itself: variables and files that it names, and secrets, which it should not hold.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::node::{Node, Value};
use crate::environment::Environment;
use crate::error::ConfigProblem;

/// Settings that are secrets.
const SECRETS: [&str; 4] = ["app.secret", "app.session", "cache.redis.keys", "queue.keys"];

/// A text that stands elsewhere: `{ env = "NAME" }` or `{ file = "PATH" }` in place of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reference {
    /// An environment variable.
    Variable(String),
    /// A file whose text, without the line's end, is meant. Its path counts from the folder of the configuration.
    File(PathBuf),
}

impl Reference {
    /// Reads a table that stands where a text should.
    pub(super) fn of(node: &Node) -> Option<Result<Self, String>> {
        let table = node.table()?;
        let mut entries = table.iter().map(|(key, node)| (key.as_str(), node.text().map(str::trim)));
        Some(match (entries.next(), entries.next()) {
            (Some(("env", Some(name))), None) if !name.is_empty() && !name.contains(['=', '\0']) => {
                Ok(Self::Variable(name.to_owned()))
            }
            (Some(("file", Some(path))), None) if !path.is_empty() => Ok(Self::File(path.into())),
            _ => Err("expected a text in quotes, `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`".to_owned()),
        })
    }

    /// All references of a tree.
    pub(super) fn all(node: &Node, found: &mut Vec<Self>) {
        match (Self::of(node), &node.value) {
            (Some(Ok(reference)), _) => found.push(reference),
            (_, Value::Table(table)) => table.values().for_each(|node| Self::all(node, found)),
            (_, Value::Array(items)) => items.iter().for_each(|node| Self::all(node, found)),
            _ => {}
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "the environment variable {name}"),
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

/// What references lead to.
pub(super) struct Sources<'a> {
    pub(super) folder: &'a Path,
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Whether references are followed: not where a file is only looked over.
    pub(super) follow: bool,
}

impl Sources<'_> {
    /// What a reference leads to, or why to nothing. `None` if references are not followed.
    pub(super) fn get(&self, reference: &Reference) -> Option<Result<String, String>> {
        self.follow.then(|| match reference {
            Reference::Variable(name) => (self.variable)(name).ok_or_else(|| format!("{reference} is not set")),
            Reference::File(path) => match fs::read_to_string(self.folder.join(path)) {
                Ok(text) if text.trim().is_empty() => Err(format!("{reference} is empty")),
                Ok(text) => Ok(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(why) => Err(format!("{reference} cannot be read: {}", why.kind())),
            },
        })
    }
}

/// Finds secrets that stand in the file itself.
pub(super) fn literal_secrets(root: &Node, problems: &mut Vec<ConfigProblem>) {
    let text = |key: &str| root.nearest(key).0.text().filter(|_| root.nearest(key).1 == key.len());
    let here = text("app.environment")
        .and_then(|text| text.parse().ok())
        .is_some_and(|gateway: Environment| gateway.is_here());
    let told = |key: &str| match root.nearest(key) {
        (node, length) if length == key.len() => match &node.value {
            Value::Array(items) => items.iter().any(|item| item.text().is_some()),
            _ => node.text().is_some(),
        },
        _ => false,
    };
    // What a gateway on this machine knows is no secret.
    let open = |key: &str| here && key.starts_with("app.");
    for key in SECRETS.into_iter().filter(|key| !open(key) && told(key)) {
        problems.push(ConfigProblem::new(key, "a secret in a file that others can read. Write `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }`, or make the file its owner's alone: chmod 600"));
    }
    passwords(root, "", problems);
}

/// Finds passwords in URLs.
fn passwords(node: &Node, key: &str, problems: &mut Vec<ConfigProblem>) {
    match &node.value {
        Value::Text(text) if holds_password(text) => {
            problems.push(ConfigProblem::new(key, "a password in a file that others can read. Write `{ env = \"VARIABLE\" }` or `{ file = \"PATH\" }` for the whole URL, or make the file its owner's alone: chmod 600"));
        }
        Value::Table(table) => table.iter().for_each(|(name, node)| {
            let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
            passwords(node, &key, problems);
        }),
        _ => {}
    }
}

/// Whether it is a URL with a password: `scheme://user:password@host`.
fn holds_password(text: &str) -> bool {
    let Some((_, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}
