//! Two states as files: only what differs is loaded.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use crate::load::{Loaded, load_files};
use crate::model::Spec;
use crate::source::slashed;

use super::{Diff, diff};

/// The texts of a specs folder by path relative to it.
pub type Files = BTreeMap<String, String>;

/// What comparing two states gives.
#[derive(Debug, Default)]
pub struct Compared {
    /// What changed.
    pub diff: Diff,
    /// The old state as far as it was loaded: the domains with a file that differs.
    pub old: Loaded,
    /// The same of the new state.
    pub new: Loaded,
    /// Files that one of the states could not make sense of, and that are compared in neither.
    pub left_out: BTreeSet<String>,
}

/// Loads the domains that have a file that differs, and compares them. Types do not reach from one domain into another.
///
/// Problems in a state are in its diagnostics. They need not disturb: a state is read by the rules of today, of which an old
/// state knew nothing.
#[must_use]
pub fn compare(old: &Files, new: &Files) -> Compared {
    let paths: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let changed: BTreeSet<&str> =
        paths.into_iter().filter(|path| old.get(*path) != new.get(*path)).map(|path| folder(path)).collect();
    let load = |files: &Files| {
        let kept = files.iter().filter(|(path, _)| folder(path).is_empty() || changed.contains(folder(path)));
        load_files(kept.map(|(path, text)| (PathBuf::from(path), text.clone())).collect())
    };
    let mut compared = Compared { old: load(old), new: load(new), ..Compared::default() };
    compared.left_out = unread(&compared.old).chain(unread(&compared.new)).collect();
    for loaded in [&mut compared.old, &mut compared.new] {
        for path in &compared.left_out {
            leave_out(&mut loaded.spec, path);
        }
    }
    compared.diff = diff(&compared.old.spec, &compared.new.spec);
    compared
}

/// Takes out what a file holds, and what cannot be judged without it.
fn leave_out(spec: &mut Spec, path: &str) {
    match path.rsplit_once('/') {
        Some((domain, "domain.yaml" | "types.yaml")) => spec.domains.retain(|known| known.name.value != domain),
        Some(_) => {
            let methods = spec.domains.iter_mut().map(|domain| &mut domain.methods);
            methods.for_each(|methods| methods.retain(|method| slashed(&method.file) != path));
        }
        None if path == "glossary.yaml" => spec.glossary = Default::default(),
        None => spec.platform = Default::default(),
    }
}

/// The domain's folder; empty for files of the specs folder itself.
fn folder(path: &str) -> &str {
    path.split_once('/').map_or("", |(folder, _)| folder)
}

/// Files that are no YAML, or not of the kind that they should be.
fn unread(loaded: &Loaded) -> impl Iterator<Item = String> {
    let broken = loaded.diagnostics.iter().filter(|diagnostic| {
        matches!(diagnostic.id, crate::diagnostics::yaml_syntax::ID | crate::diagnostics::wrong_kind::ID)
    });
    broken.map(|diagnostic| loaded.sources.path(diagnostic.span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::testing::{DOMAIN, PLATFORM, method};

    fn state(files: &[(&str, &str)]) -> Files {
        let fixed = [("platform.yaml", PLATFORM), ("trade/domain.yaml", DOMAIN)];
        fixed.iter().chain(files).map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn only_domains_with_a_difference_are_loaded() {
        let domain = DOMAIN.replace("trade\n", "shop\n").replace("tier: shop", "tier: trade");
        let (one, two) = (method("request: {}\n"), method("request: { tid: i64 }\n"));
        let shop = ("shop/domain.yaml", domain.as_str());
        let old = state(&[shop, ("trade/taobao.trade.get.yaml", &one)]);
        let new = state(&[shop, ("trade/taobao.trade.get.yaml", &two)]);
        let compared = compare(&old, &new);
        let domains: Vec<_> = compared.new.spec.domains.iter().map(|domain| domain.name.value.as_str()).collect();
        assert_eq!(domains, ["trade"]);
        assert_eq!(compared.diff.changes.len(), 1, "{compared:#?}");
        assert!(compare(&old, &old).old.spec.domains.is_empty());
    }

    #[test]
    fn what_one_state_cannot_read_is_compared_in_neither() {
        let good = method("request: {}\n");
        let other = good.replace("trade.get", "trade.close");
        let old = state(&[("trade/taobao.trade.get.yaml", "a: ["), ("trade/taobao.trade.close.yaml", &other)]);
        let new = state(&[("trade/taobao.trade.get.yaml", &good)]);
        let compared = compare(&old, &new);
        assert_eq!(compared.left_out, ["trade/taobao.trade.get.yaml".to_owned()].into());
        let rules: Vec<_> = compared.diff.changes.iter().map(|c| (c.rule.id, c.method.as_str())).collect();
        assert_eq!(rules, [("method-removed", "taobao.trade.close")]);
        // Without its types or its defaults a domain cannot be judged at all.
        for path in ["trade/types.yaml", "trade/domain.yaml", "platform.yaml", "glossary.yaml"] {
            for broken in ["types: [", "[]"] {
                let old = state(&[("trade/taobao.trade.get.yaml", &good), (path, broken)]);
                for compared in [compare(&old, &new), compare(&new, &old)] {
                    assert!(compared.diff.changes.is_empty(), "{path} {broken}: {:#?}", compared.diff.changes);
                    assert!(compared.left_out.contains(path), "{path} {broken}");
                }
            }
        }
    }
}
