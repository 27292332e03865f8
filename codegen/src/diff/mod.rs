//! What changed between two states of the specs, as users of the generated code see it, each change classed by a rule.
//!
//! Pure: two models in, a list out. Types are looked up from where they are used, so that one that moves to another scope or gets
//! another name shows as that and not as the loss of all its fields. `docs/compatibility.md` explains the rules.

mod domain;
mod facts;
mod fields;
mod method;
mod pairs;
mod platform;
mod report;
mod rules;
mod scope;
mod state;
mod types;
mod version;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::model::Spec;

pub use report::{Ends, json, markdown, text};
pub use rules::{Class, RULES, Rule};
pub use state::{Compared, Files, compare};
pub use version::{Verdict, Version};

/// What changed; empty where users see no difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// In no order that matters; the reports sort it.
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What kind it is, and so how it is classed.
    pub rule: &'static Rule,
    /// The domain's folder; empty for what belongs to all.
    pub domain: String,
    /// The method's name on the wire; empty for what several methods share.
    pub method: String,
    /// Where, by names on the wire: `request.tid`, `Trade.status`, `errors.isv.trade-not-exist`; empty for the method or domain itself.
    pub place: String,
    /// What is different, in a few words.
    pub what: String,
}

impl Diff {
    /// The gravest class of all changes; none where there is no change.
    #[must_use]
    pub fn class(&self) -> Option<Class> {
        self.changes.iter().map(|change| change.rule.class).max()
    }

    /// How many changes are of this class.
    #[must_use]
    pub fn count(&self, class: Class) -> usize {
        self.changes.iter().filter(|change| change.rule.class == class).count()
    }
}

/// Compares two states. Both must have loaded without problems; of what did not, nothing can be said.
#[must_use]
pub fn diff(old: &Spec, new: &Spec) -> Diff {
    let mut out = Out::default();
    platform::compare(&old.platform, &new.platform, &mut out);
    out.each(&old.glossary, &new.glossary, |out, name, old, new| {
        if old != new {
            let how = facts::how(old.is_some(), new.is_some());
            out.add(&rules::DOC_CHANGED, format!("glossary.{name}"), format!("the glossary's words: {how}"));
        }
    });
    domain::compare(old, new, &mut out);
    Diff { changes: out.changes }
}

/// Where changes are collected, with the heading under which the next ones stand.
#[derive(Default)]
struct Out {
    domain: String,
    method: String,
    changes: Vec<Change>,
}

impl Out {
    fn add(&mut self, rule: &&'static Rule, place: impl Into<String>, what: impl Into<String>) {
        let (domain, method) = (self.domain.clone(), self.method.clone());
        self.changes.push(Change { rule, domain, method, place: place.into(), what: what.into() });
    }

    /// Does something under another heading.
    fn under(&mut self, domain: &str, method: &str, work: impl FnOnce(&mut Self)) {
        let domain = std::mem::replace(&mut self.domain, domain.to_owned());
        let method = std::mem::replace(&mut self.method, method.to_owned());
        work(self);
        (self.domain, self.method) = (domain, method);
    }

    /// Goes over the keys of both maps.
    fn each<K: Ord, V>(
        &mut self,
        old: &BTreeMap<K, V>,
        new: &BTreeMap<K, V>,
        mut work: impl FnMut(&mut Self, &K, Option<&V>, Option<&V>),
    ) {
        for (key, value) in old {
            work(self, key, Some(value), new.get(key));
        }
        for (key, value) in new.iter().filter(|(key, _)| !old.contains_key(key)) {
            work(self, key, None, Some(value));
        }
    }
}
