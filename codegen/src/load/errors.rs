//! Error entries: what went wrong, what to do, whether trying again helps.

use crate::diagnostics::bad_error_entry;
use crate::model::{Remedy, Retry, SubCode, Who};
use crate::yaml::{Kind, Node};

use super::reader::{Cx, Entry, Keys};

const RETRY: [(&str, Retry); 4] =
    [("never", Retry::Never), ("once", Retry::Once), ("backoff", Retry::Backoff), ("after_ban", Retry::AfterBan)];
const WHO: [(&str, Who); 3] = [("app", Who::App), ("seller", Who::Seller), ("platform", Who::Platform)];

/// A map of sub codes. Families may end in `*`, a method's own codes may not.
pub(super) fn read_all(cx: &mut Cx<'_>, node: &Node, place: &str, families: bool) -> Vec<SubCode> {
    cx.entries(node, place).into_iter().filter_map(|entry| read(cx, entry, families)).collect()
}

/// The keys that every error entry has.
pub(super) fn remedy(cx: &mut Cx<'_>, keys: &mut Keys<'_>) -> Remedy {
    Remedy {
        means: said(cx, keys, "means"),
        fix: said(cx, keys, "fix"),
        retry: keys.need(cx, "retry", "never").and_then(|node| cx.choice(node, "retry", &RETRY)).unwrap_or_default(),
        who: keys.take(cx, "who").and_then(|node| cx.choice(node, "who", &WHO)),
    }
}

fn read(cx: &mut Cx<'_>, entry: Entry<'_>, families: bool) -> Option<SubCode> {
    let Entry { key: code, value } = entry;
    let stem = code.value.trim_end_matches('*');
    if let Some((stem, _)) = code.value.split_once(':') {
        cx.report(bad_error_entry::suffix(code.span, &code.value, stem));
    } else if stem.is_empty() || stem.contains(|c: char| c.is_whitespace() || c == '*') {
        cx.report(bad_error_entry::code(code.span, &code.value, "a sub code"));
    } else if stem.len() < code.value.len() && (!families || code.value.len() - stem.len() > 1) {
        cx.report(bad_error_entry::code(
            code.span,
            &code.value,
            "one sub code; prefixes ending in `*` belong to `families` of platform.yaml",
        ));
    }
    let mut keys = Keys::open(cx, value, &format!("the error `{}`", code.value))?;
    let remedy = remedy(cx, &mut keys);
    let absent = keys.take(cx, "absent").and_then(|node| cx.bool(node, "absent")).unwrap_or_default();
    keys.close(cx);
    Some(SubCode { code, remedy, absent })
}

/// A required sentence; an empty one is a complaint of its own.
fn said(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> String {
    let Some(node) = keys.take_any(key) else {
        cx.report(bad_error_entry::empty(keys.span(), key));
        return String::new();
    };
    match &node.kind {
        Kind::Null => {
            cx.report(bad_error_entry::empty(keys.key_span(key).unwrap_or(keys.span()), key));
            String::new()
        }
        Kind::Str(text) if text.trim().is_empty() => {
            cx.report(bad_error_entry::empty(cx.span(node), key));
            String::new()
        }
        _ => cx.sentence(node, key).unwrap_or_default(),
    }
}
