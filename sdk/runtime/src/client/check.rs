//! Local checks: what the platform would refuse is not sent.

use crate::codec::is_blank;
use crate::error::InvalidArgument;
use crate::model::{Field, Limits, Record, View};

/// Checks required parameters and limits of a request.
pub(crate) fn record(method: &str, request: &dyn Record) -> Result<(), InvalidArgument> {
    match problem(request) {
        None => Ok(()),
        Some((parameter, reason)) => Err(InvalidArgument::new(method, parameter, reason)),
    }
}

/// The first parameter that would be refused, by its path, and why.
fn problem(record: &dyn Record) -> Option<(String, String)> {
    record.shape().fields.iter().enumerate().find_map(|(slot, field)| {
        let view = record.get(slot).map_or(View::Absent, |value| value.view());
        if is_missing(&view) {
            return field.required.then(|| (field.name.to_owned(), "is required".to_owned()));
        }
        let own = check(field, &view).map(|reason| (field.name.to_owned(), reason));
        own.or_else(|| nested(field, &view))
    })
}

/// The same inside a structure or a list of structures.
fn nested(field: &Field, view: &View<'_>) -> Option<(String, String)> {
    match view {
        View::Record(record) => problem(*record).map(|(inner, reason)| (format!("{}.{inner}", field.name), reason)),
        View::List(list) => (0..list.len()).find_map(|index| match list.at(index) {
            View::Record(record) => {
                problem(record).map(|(inner, reason)| (format!("{}[{index}].{inner}", field.name), reason))
            }
            _ => None,
        }),
        _ => None,
    }
}

/// Whether the parameter would not be sent.
fn is_missing(view: &View<'_>) -> bool {
    match view {
        View::Absent => true,
        View::Text(text) => is_blank(text),
        View::List(list) => (0..list.len()).all(|index| is_missing(&list.at(index))),
        _ => false,
    }
}

fn check(field: &Field, view: &View<'_>) -> Option<String> {
    if let (View::Fields(fields), Some(select)) = (view, field.select) {
        if let Some(unknown) = fields.unknown(select) {
            return Some(format!("names the field `{unknown}`, which {} does not have", select.shape.name));
        }
        if fields.is_empty(select) {
            return field.required.then(|| "is required: name at least one field".to_owned());
        }
        if let Some(reason) = field.limits.and_then(|l| too_many_names(l, fields.names(Some(select)).len())) {
            return Some(reason);
        }
    }
    if matches!(view, View::Float(n) if !n.is_finite()) {
        return Some("is not a number".to_owned());
    }
    field.limits.and_then(|limits| beyond(limits, view))
}

/// Too many names in a `fields` parameter.
pub(crate) fn too_many_names(limits: &Limits, count: usize) -> Option<String> {
    let most = limits.max_items?;
    (count as u64 > most).then(|| format!("names {count} fields, at most {most} are allowed"))
}

/// Too many elements of a list.
pub(crate) fn too_many(limits: &Limits, length: usize) -> Option<String> {
    let most = limits.max_items?;
    (length as u64 > most).then(|| format!("has {length} items, at most {most} are allowed"))
}

/// What a value is beyond.
pub(crate) fn beyond(limits: &Limits, view: &View<'_>) -> Option<String> {
    match view {
        View::Text(text) => {
            let (most, length) = (limits.max_length?, text.encode_utf16().count());
            (length as u64 > most).then(|| format!("has {length} UTF-16 units, at most {most} are allowed"))
        }
        View::List(list) => {
            let length = list.len();
            too_many(limits, length).or_else(|| (0..length).find_map(|index| beyond(limits, &list.at(index))))
        }
        View::Upload(file) => {
            let (most, length) = (limits.max_bytes?, file.bytes().len());
            (length as u64 > most).then(|| format!("has {length} bytes, at most {most} are allowed"))
        }
        View::Int(n) => outside(limits, *n < limits.min.unwrap_or(i64::MIN), *n > limits.max.unwrap_or(i64::MAX)),
        View::Float(n) => {
            let (min, max) = (limits.min.map(|m| m as f64), limits.max.map(|m| m as f64));
            outside(limits, min.is_some_and(|m| *n < m), max.is_some_and(|m| *n > m))
        }
        View::Decimal(n) => {
            outside(limits, limits.min.is_some_and(|m| *n < m.into()), limits.max.is_some_and(|m| *n > m.into()))
        }
        _ => None,
    }
}

fn outside(limits: &Limits, below: bool, above: bool) -> Option<String> {
    match (below, above, limits.min, limits.max) {
        (true, _, Some(min), _) => Some(format!("is below its minimum of {min}")),
        (_, true, _, Some(max)) => Some(format!("is above its maximum of {max}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Decimal, Fields, Json, Model, Money, Request, Upload};

    #[derive(Clone, Request)]
    #[top(method = "taobao.limits.check", response = Answer)]
    struct LimitsCheck {
        #[top(fields(Answer, except("secret")))]
        fields: Fields,
        tid: i64,
        #[top(max_length = 4)]
        text: Option<String>,
        #[top(max_items = 2)]
        texts: Vec<String>,
        #[top(min = 1, max = 100)]
        page: Option<i64>,
        #[top(max = 3, max_items = 3)]
        levels: Vec<i64>,
        #[top(min = 0, max = 1)]
        share: Option<f64>,
        #[top(min = 1)]
        price: Option<Money>,
        #[top(max = 9)]
        weight: Option<Decimal>,
        #[top(max_bytes = 3)]
        image: Option<Upload>,
        #[top(max_length = 7)]
        extra: Option<Json>,
        line: Option<Line>,
        lines: Vec<Line>,
    }

    #[derive(Model)]
    struct Line {
        #[top(required)]
        sku: Option<String>,
        #[top(min = 1)]
        count: Option<i64>,
        #[top(max_length = 1)]
        inner: Option<Box<Line>>,
    }

    #[derive(Model)]
    struct Answer {
        tid: Option<i64>,
        #[top(ask_as = "line")]
        lines: Vec<Line>,
        secret: Option<String>,
    }

    fn request() -> LimitsCheck {
        LimitsCheck::new("tid", 1)
    }

    /// What is said about a request, without the method.
    fn said(request: &LimitsCheck) -> String {
        record("m", request).map_or_else(|e| format!("{} {}", e.parameter(), e.reason()), |()| "ok".to_owned())
    }

    fn line(sku: &str, count: i64) -> Line {
        Line { sku: Some(sku.into()), count: Some(count), inner: None }
    }

    #[test]
    fn every_limit() {
        let wide = i64::MAX;
        for (request, expected) in [
            (request(), "ok"),
            (request().text("1234"), "ok"),
            (request().text("12345"), "text has 5 UTF-16 units, at most 4 are allowed"),
            (request().text("中中中中"), "ok"),
            (request().text("😀😀"), "ok"),
            (request().text("😀😀x"), "text has 5 UTF-16 units, at most 4 are allowed"),
            // Blank text is not sent, so it has no length.
            (request().text("      "), "ok"),
            (request().texts(["a", "b"]), "ok"),
            (request().texts(["a", "b", "c"]), "texts has 3 items, at most 2 are allowed"),
            (request().texts(["", "", ""]), "ok"),
            (request().page(1), "ok"),
            (request().page(100), "ok"),
            (request().page(0), "page is below its minimum of 1"),
            (request().page(101), "page is above its maximum of 100"),
            (request().page(i64::MIN), "page is below its minimum of 1"),
            (request().levels([3, 3, 3]), "ok"),
            (request().levels([1, wide]), "levels is above its maximum of 3"),
            (request().levels([1, 1, 1, 1]), "levels has 4 items, at most 3 are allowed"),
            (request().share(0.5), "ok"),
            (request().share(-0.001), "share is below its minimum of 0"),
            (request().share(1.001), "share is above its maximum of 1"),
            (request().share(f64::NAN), "share is not a number"),
            (request().share(f64::INFINITY), "share is not a number"),
            (request().price(Money::from_fen(100)), "ok"),
            (request().price(Money::from_fen(99)), "price is below its minimum of 1"),
            (request().weight(Decimal::new(91, 1)), "weight is above its maximum of 9"),
            (request().image(Upload::new("a.png", [0; 3])), "ok"),
            (request().image(Upload::new("a.png", [0; 4])), "image has 4 bytes, at most 3 are allowed"),
            (request().extra("{\"a\":1}"), "ok"),
            (request().extra("{\"a\":12}"), "extra has 8 UTF-16 units, at most 7 are allowed"),
            (request().line(line("a", 1)), "ok"),
            (request().line(line("a", 0)), "line.count is below its minimum of 1"),
            (request().line(line(" ", 1)), "line.sku is required"),
            (
                request().line(Line { inner: Some(Box::new(line("a", 0))), ..line("a", 1) }),
                "line.inner.count is below its minimum of 1",
            ),
            (request().lines([line("a", 1), Line::default()]), "lines[1].sku is required"),
        ] {
            assert_eq!(said(&request), expected, "{request:?}");
        }
    }

    #[test]
    fn fields_to_ask_for() {
        for (fields, expected) in [
            ("tid", "ok"),
            ("tid,line", "ok"),
            ("line.sku,lines.count", "ok"),
            ("tid,nothing", "fields names the field `nothing`, which Answer does not have"),
            ("TID", "fields names the field `TID`, which Answer does not have"),
            ("", "fields is required: name at least one field"),
            (" , ", "fields is required: name at least one field"),
        ] {
            assert_eq!(said(&LimitsCheck::new(fields, 1)), expected, "{fields}");
        }
        assert_eq!(said(&LimitsCheck::new(Fields::all(), 1)), "ok");
    }

    #[derive(Clone, Request)]
    #[top(method = "taobao.required.check", response = Answer)]
    struct RequiredCheck {
        text: String,
        #[top(required, max_items = 2)]
        texts: Vec<String>,
    }

    #[test]
    fn what_is_required() {
        for (text, texts, expected) in [
            ("a", vec!["b"], None),
            ("", vec!["b"], Some("text")),
            ("\u{3000}\t", vec!["b"], Some("text")),
            ("\u{a0}", vec!["b"], None),
            ("a", vec![], Some("texts")),
            ("a", vec![""], Some("texts")),
            ("a", vec!["", "b"], None),
        ] {
            let error = record("m", &RequiredCheck::new(text, texts.clone())).err();
            assert_eq!(error.as_ref().map(InvalidArgument::parameter), expected, "{text:?} {texts:?}");
            assert!(error.is_none_or(
                |e| e.to_string() == format!("m: parameter `{}` is required; nothing was sent", e.parameter())
            ));
        }
    }
}
