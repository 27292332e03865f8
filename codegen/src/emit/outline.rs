//! What the files that span all domains tell of each.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Domain, Effect, Method, Spec};

/// A domain in short: enough for lists of domains and methods.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
pub struct Outline {
    /// Folder, Rust module and cargo feature.
    pub name: String,
    /// English title.
    pub title: String,
    /// Chinese title.
    pub title_zh: String,
    /// Part of the default features.
    pub core: bool,
    /// Which of the crates in `sdk/domains/` holds its code; none: the SDK's own.
    pub crate_name: Option<String>,
    /// Name of the rate tier.
    pub tier: String,
    /// Names of the methods, sorted.
    pub methods: Vec<String>,
    /// Those of them that are no reads.
    pub writes: BTreeSet<String>,
    /// What a cache does with the answers: those of the methods of which the specs say it.
    pub rules: BTreeMap<String, CacheRow>,
    /// How many of them people have described.
    pub described: usize,
    /// Whether one of them has an example.
    pub has_example: bool,
}

/// What a cache has to know of a method.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "cache", derive(serde::Serialize, serde::Deserialize))]
pub struct CacheRow {
    /// Of a read: the seconds for which its answers are kept.
    pub ttl: Option<i64>,
    /// What the answers show; of a write, what it makes old.
    pub tags: Vec<String>,
}

impl CacheRow {
    fn of(method: &Method) -> Option<Self> {
        let (ttl, tags) = match &method.cache {
            Some(rule) => (Some(rule.ttl.value), &rule.tags),
            None => (None, &method.invalidates),
        };
        let known = ttl.is_some() || !tags.is_empty();
        known.then(|| Self { ttl, tags: tags.iter().map(|tag| tag.value.clone()).collect() })
    }
}

impl Outline {
    /// The outline of a domain.
    #[must_use]
    pub fn of(domain: &Domain) -> Self {
        Self {
            name: domain.name.value.clone(),
            title: domain.title.clone(),
            title_zh: domain.title_zh.clone(),
            core: domain.core,
            crate_name: domain.crate_name.as_ref().map(|name| name.value.clone()),
            tier: domain.tier.value.clone(),
            methods: domain.methods.iter().map(|method| method.name.value.clone()).collect(),
            writes: domain.methods.iter().filter(|m| m.effect != Effect::Read).map(|m| m.name.value.clone()).collect(),
            rules: domain.methods.iter().filter_map(|m| Some((m.name.value.clone(), CacheRow::of(m)?))).collect(),
            described: domain.methods.iter().filter(|method| !method.summary.is_empty()).count(),
            has_example: domain.methods.iter().any(|method| method.example.is_some()),
        }
    }

    /// The outlines of all domains.
    #[must_use]
    pub fn all(spec: &Spec) -> Vec<Self> {
        spec.domains.iter().map(Self::of).collect()
    }
}

/// The crates that hold domains, with their domains, by name.
pub(super) fn crates(domains: &[Outline]) -> BTreeMap<&str, Vec<&Outline>> {
    let mut crates: BTreeMap<&str, Vec<&Outline>> = BTreeMap::new();
    for domain in domains {
        if let Some(name) = &domain.crate_name {
            crates.entry(name).or_default().push(domain);
        }
    }
    crates
}
