//! `glossary.yaml`: what frequent field names mean.

use std::collections::BTreeMap;

use crate::diagnostics::doc_full_stop;
use crate::model::Term;
use crate::yaml::Node;

use super::reader::{Cx, Entry, Keys};

/// All terms by field name.
pub(super) fn read(cx: &mut Cx<'_>, node: &Node) -> Option<BTreeMap<String, Term>> {
    let mut terms = BTreeMap::new();
    for Entry { key, value } in cx.entries(node, "glossary.yaml") {
        let place = format!("the term `{}`", key.value);
        let Some(mut keys) = Keys::open(cx, value, &place) else {
            continue;
        };
        let en = keys.doc(cx, "en");
        let zh = keys.need(cx, "zh", "\"商品 id。\"").and_then(|node| {
            let text = cx.text(node, "zh")?;
            if !text.ends_with('。') {
                cx.report(doc_full_stop::chinese(cx.span(node), "zh"));
            }
            Some(text)
        });
        keys.close(cx);
        terms.insert(key.value, Term { en, zh: zh.unwrap_or_default() });
    }
    Some(terms)
}
