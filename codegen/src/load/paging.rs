//! `paging`: how the answers of a method make one list.

use crate::diagnostics::bad_paging;
use crate::model::{At, GIVEN, PageBy, Paging, TimeWindow};
use crate::yaml::{Kind, Node};

use super::reader::{Cx, Keys};

/// None where the rows or the way to name a page are missing.
pub(super) fn read(cx: &mut Cx<'_>, node: &Node) -> Option<Paging> {
    let mut keys = Keys::open(cx, node, "`paging`")?;
    let page = text(cx, &mut keys, "page");
    let offset = text(cx, &mut keys, "offset");
    let scroll = text(cx, &mut keys, "scroll");
    let next = text(cx, &mut keys, "next");
    let first = keys.take(cx, "first");
    let number_of_first = first.map_or(Some(1), |node| first_page(cx, node));
    let size = text(cx, &mut keys, "size");
    let max_size = number(cx, &mut keys, "max_size");
    let total = text(cx, &mut keys, "total");
    let has_next = text(cx, &mut keys, "has_next");
    let use_has_next = text(cx, &mut keys, "use_has_next");
    let items = keys
        .need(cx, "items", "rows")
        .and_then(|node| Some(At { value: cx.text(node, "items")?, span: cx.span(node) }));
    let key = keys.take(cx, "key").map(|node| names(cx, node)).unwrap_or_default();
    let window = keys.take(cx, "window").and_then(|node| read_window(cx, node));
    let span = keys.span();
    for (name, needed) in [("first", "page"), ("next", "scroll")] {
        let (given, has) = match name {
            "first" => (first.is_some(), page.is_some()),
            _ => (next.is_some(), scroll.is_some()),
        };
        if given && !has {
            cx.report(bad_paging::without(keys.place_of(name), name, needed));
        }
    }
    keys.close(cx);
    let by = match (page, offset, scroll) {
        (Some(parameter), None, None) => PageBy::Number { parameter, first: number_of_first },
        (None, Some(parameter), None) => PageBy::Offset { parameter },
        (None, None, Some(parameter)) => {
            let next = next.unwrap_or_else(|| parameter.clone());
            PageBy::Scroll { parameter, next }
        }
        _ => {
            cx.report(bad_paging::ways(span));
            return None;
        }
    };
    Some(Paging { span, by, size, max_size, total, has_next, use_has_next, items: items?, key, window })
}

fn read_window(cx: &mut Cx<'_>, node: &Node) -> Option<TimeWindow> {
    let mut keys = Keys::open(cx, node, "`window`")?;
    let bound = |cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str, sample: &str| {
        keys.need(cx, key, sample).and_then(|node| Some(At { value: cx.text(node, key)?, span: cx.span(node) }))
    };
    let from = bound(cx, &mut keys, "from", "start_modified");
    let to = bound(cx, &mut keys, "to", "end_modified");
    let by = text(cx, &mut keys, "by");
    let sorted = keys.take(cx, "sorted").and_then(|node| cx.bool(node, "sorted")).unwrap_or_default();
    let max = duration(cx, &mut keys, "max");
    let step = duration(cx, &mut keys, "step");
    keys.close(cx);
    Some(TimeWindow { from: from?, to: to?, by, sorted, max, step })
}

fn text(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> Option<At<String>> {
    let node = keys.take(cx, key)?;
    Some(At { value: cx.text(node, key)?, span: cx.span(node) })
}

/// None where the request tells it.
fn first_page(cx: &mut Cx<'_>, node: &Node) -> Option<u64> {
    if matches!(&node.kind, Kind::Str(word) if word == GIVEN) {
        return None;
    }
    count(cx, node, "first")
}

fn number(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> Option<u64> {
    let node = keys.take(cx, key)?;
    count(cx, node, key)
}

fn count(cx: &mut Cx<'_>, node: &Node, key: &str) -> Option<u64> {
    let number = cx.int(node, key)?;
    let count = u64::try_from(number).ok().filter(|count| *count > 0 || key == "first");
    if count.is_none() {
        cx.report(bad_paging::number(cx.span(node), key));
    }
    count
}

/// One name, or a list of them.
fn names(cx: &mut Cx<'_>, node: &Node) -> Vec<At<String>> {
    let name = |cx: &mut Cx<'_>, node: &Node| Some(At { value: cx.text(node, "key")?, span: cx.span(node) });
    match &node.kind {
        Kind::Seq(items) => items.iter().filter_map(|item| name(cx, item)).collect(),
        _ => name(cx, node).into_iter().collect(),
    }
}

/// Seconds of `30m`, `24h`, `7d`.
fn duration(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> Option<u64> {
    const UNITS: [(char, u64); 4] = [('s', 1), ('m', 60), ('h', 3_600), ('d', 86_400)];
    let node = keys.take(cx, key)?;
    let text = cx.text(node, key)?;
    let seconds = UNITS.iter().find_map(|(unit, seconds)| {
        let count: u64 = text.strip_suffix(*unit)?.parse().ok()?;
        count.checked_mul(*seconds).filter(|seconds| *seconds > 0)
    });
    if seconds.is_none() {
        cx.report(bad_paging::duration(cx.span(node), key, &text));
    }
    seconds
}
