//! Parameters of paging that stand inside a structure of the request, such as `query.page_no`: numbers all of them.

use crate::codec::form::Params;
use crate::codec::json::{self, Style};
use crate::model::{Record, Shape, Value, View};

/// Whether a parameter is named by the way to it.
pub(crate) fn is_inside(path: &str) -> bool {
    path.contains('.')
}

/// Gives parameters other values.
pub(crate) fn send<'a>(params: &mut Params<'a>, request: &dyn Record, values: &'a [(&'static str, String)]) {
    let (inner, outer): (Vec<_>, Vec<_>) = values.iter().partition(|(path, _)| is_inside(path));
    for (name, value) in outer {
        params.set(name, value);
    }
    let inner: Vec<(&str, Option<i64>)> = inner.into_iter().map(|(path, value)| (*path, value.parse().ok())).collect();
    set(params, request, &inner);
}

/// Gives numbers inside structures other values; `None` takes them away, and a structure with nothing left in it too.
pub(crate) fn set<'a>(params: &mut Params<'a>, request: &dyn Record, values: &[(&'a str, Option<i64>)]) {
    let paths: Vec<_> = values.iter().filter_map(|(path, value)| Some((path.split_once('.')?, *value))).collect();
    let mut names: Vec<&'a str> = paths.iter().map(|((name, _), _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        let numbers =
            paths.iter().filter(|((outer, _), _)| *outer == name).map(|((_, inner), number)| (*inner, *number));
        let numbers: Vec<(&str, Option<i64>)> = numbers.collect();
        let json = match request.shape().find(name).and_then(|slot| request.get(slot)).map(Value::view) {
            Some(View::Record(record)) => changed(record, &numbers),
            _ => alone(&numbers),
        };
        // A blank value is not sent.
        params.set(name, if json == "{}" { String::new() } else { json });
    }
}

fn changed(record: &dyn Record, numbers: &[(&str, Option<i64>)]) -> String {
    let slot = |name: &str| record.shape().find(name);
    let numbers = numbers.iter().filter_map(|(name, number)| Some((slot(name)?, *number))).collect();
    let mut out = String::new();
    json::view(&View::Record(&Changed { record, numbers }), Style::Bare, &mut out);
    out
}

/// A structure that the request does not have.
fn alone(numbers: &[(&str, Option<i64>)]) -> String {
    let mut out = String::from("{");
    for (name, number) in numbers.iter().filter_map(|(name, number)| Some((name, (*number)?))) {
        if out.len() > 1 {
            out.push(',');
        }
        json::escape(name, &mut out);
        out.push(':');
        out.push_str(&number.to_string());
    }
    out.push('}');
    out
}

/// A structure with other numbers in some fields.
struct Changed<'a> {
    record: &'a dyn Record,
    /// By number of the field.
    numbers: Vec<(usize, Option<i64>)>,
}

impl Record for Changed<'_> {
    fn shape(&self) -> &'static Shape {
        self.record.shape()
    }

    fn get(&self, slot: usize) -> Option<&dyn Value> {
        match self.numbers.iter().find(|(changed, _)| *changed == slot) {
            Some((_, number)) => Some(number),
            None => self.record.get(slot),
        }
    }
}
