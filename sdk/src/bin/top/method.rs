//! Methods as people name them.

use topsdk::catalog::{self, Method};

use crate::exit::{Exit, Failure};

/// The method of this name; a leading `taobao.` may be left out.
pub(crate) fn known(name: &str) -> Option<&'static Method> {
    let name = name.trim();
    catalog::get(name).or_else(|| catalog::get(&format!("taobao.{name}")))
}

/// The same, or names that may have been meant.
pub(crate) fn find(name: &str) -> Result<&'static Method, Failure> {
    known(name).ok_or_else(|| {
        let near = suggestions(name);
        let failure = Failure::new(Exit::NotFound, format!("there is no method `{name}` in the catalogue"));
        let failure = match near.as_slice() {
            [] => failure,
            near => failure.fact("near", near.join(", ")),
        };
        let failure = near.iter().take(1).fold(failure, |failure, near| failure.attempt(format!("top show {near}")));
        failure.attempt("top list WORDS ..")
    })
}

/// Names that may have been meant by one that is not there.
pub(crate) fn suggestions(name: &str) -> Vec<&'static str> {
    let near = catalog::suggest(name).map(Method::name);
    let words: String = name.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let words = words.trim_start_matches("taobao ");
    let found = catalog::search(words, 3).into_iter().map(|hit| hit.method().name());
    let mut all: Vec<&str> = near.into_iter().chain(found).collect();
    let mut seen = Vec::new();
    all.retain(|name| {
        !seen.contains(name) && {
            seen.push(*name);
            true
        }
    });
    all.truncate(3);
    all
}
