//! The `fields` parameter: which fields of the answer the caller wants.

use std::collections::BTreeMap;

use topsdk_codegen::model::Type;

use crate::catalogue::Api;

/// Wanted names, each with the wanted names below it. Empty means everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection(BTreeMap<String, Selection>);

impl Selection {
    /// Reads a comma list of dotted names. A name alone wants everything below it.
    pub(crate) fn parse(text: &str) -> Self {
        let mut root = Self::default();
        let mut paths: Vec<&str> = text.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
        // Longest first, so that a bare name can wipe what is below it.
        paths.sort_by_key(|p| std::cmp::Reverse(p.matches('.').count()));
        for path in paths {
            let (branch, leaf) = path.rsplit_once('.').unwrap_or(("", path));
            let mut at = &mut root;
            for name in branch.split('.').filter(|n| !n.is_empty()) {
                at = at.0.entry(name.to_owned()).or_default();
            }
            at.0.insert(leaf.to_owned(), Self::default());
        }
        root
    }

    /// What is wanted below `name`; `None` when `name` itself is not.
    pub(crate) fn below(&self, name: &str) -> Option<&Self> {
        if self.0.is_empty() { Some(self) } else { self.0.get(name) }
    }

    /// The first dotted name that the structure does not have.
    pub(crate) fn unknown(&self, api: Api<'_>, type_name: &str) -> Option<String> {
        let fields = api.fields(type_name)?;
        self.0.iter().find_map(|(name, below)| {
            let Some(field) = fields.iter().find(|f| f.is_asked_as(name)) else { return Some(name.clone()) };
            match field.ty.value.element() {
                Type::Named(inner) => below.unknown(api, inner).map(|rest| format!("{name}.{rest}")),
                _ => below.0.keys().next().map(|rest| format!("{name}.{rest}")),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wants_what_was_named() {
        let wanted = Selection::parse("tid, orders.oid,orders.title,,promotion,promotion.id");
        assert!(wanted.below("tid").is_some());
        assert!(wanted.below("status").is_none());
        assert!(wanted.below("orders").unwrap().below("oid").is_some());
        assert!(wanted.below("orders").unwrap().below("num").is_none());
        assert!(wanted.below("promotion").unwrap().below("anything").is_some());
        assert!(Selection::parse("").below("x").is_some());
    }
}
