//! Local checks: what the platform would refuse is not sent.

use crate::codec::is_blank;
use crate::error::InvalidArgument;
use crate::model::{Field, Limits, Record, View};

/// Checks required parameters and limits of a request.
pub(crate) fn record(method: &str, request: &dyn Record) -> Result<(), InvalidArgument> {
    for (slot, field) in request.shape().fields.iter().enumerate() {
        let view = request.get(slot).map_or(View::Absent, |value| value.view());
        let problem = if is_missing(&view) {
            field.required.then(|| "is required".to_owned())
        } else {
            check(field, &view)
        };
        if let Some(reason) = problem {
            return Err(InvalidArgument { method: method.to_owned(), parameter: field.name.to_owned(), reason });
        }
    }
    Ok(())
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
        if fields.names(Some(select)).is_empty() {
            return field.required.then(|| "is required: name at least one field".to_owned());
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
