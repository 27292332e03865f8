//! Local checks: what the platform would refuse is not sent.

use crate::codec::is_blank;
use crate::error::InvalidArgument;
use crate::model::{Field, Limits, Record, View};

/// Checks required parameters and limits of a request.
pub(crate) fn record(method: &str, request: &dyn Record) -> Result<(), InvalidArgument> {
    match problem(request) {
        None => Ok(()),
        Some((parameter, reason)) => Err(InvalidArgument { method: method.to_owned(), parameter, reason }),
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
        View::List(list) => list.is_empty(),
        _ => false,
    }
}

fn check(field: &Field, view: &View<'_>) -> Option<String> {
    if let (View::Fields(fields), Some(select)) = (view, field.select) {
        if let Some(unknown) = fields.unknown(select) {
            return Some(format!("names the field `{unknown}`, which {} does not have", select.shape.name));
        }
        let count = fields.names(Some(select)).len();
        if count == 0 {
            return field.required.then(|| "is required: name at least one field".to_owned());
        }
        if let Some(most) = field.limits.and_then(|l| l.max_items)
            && count as u64 > most
        {
            return Some(format!("names {count} fields, at most {most} are allowed"));
        }
    }
    field.limits.and_then(|limits| beyond(limits, view))
}

fn beyond(limits: &Limits, view: &View<'_>) -> Option<String> {
    match view {
        View::Text(text) => {
            let (most, length) = (limits.max_length?, text.encode_utf16().count());
            (length as u64 > most).then(|| format!("has {length} UTF-16 units, at most {most} are allowed"))
        }
        View::List(list) => {
            let (most, length) = (limits.max_items?, list.len());
            (length as u64 > most).then(|| format!("has {length} items, at most {most} are allowed"))
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
