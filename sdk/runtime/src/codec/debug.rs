//! `Debug` and equality over structures.

use std::fmt;

use crate::model::{List, Record, Sensitive, View};

/// Shows a structure: only the fields that are set, and of sensitive ones only their kind.
pub(crate) fn debug(record: &dyn Record, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let shape = record.shape();
    let mut out = f.debug_struct(shape.name);
    for (slot, field) in shape.fields.iter().enumerate() {
        let Some(value) = record.get(slot).map(|v| v.view()) else { continue };
        if !matches!(value, View::Absent) {
            out.field(field.name, &Shown { value, sensitive: field.sensitive });
        }
    }
    out.finish()
}

struct Shown<'a> {
    value: View<'a>,
    sensitive: Option<Sensitive>,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(kind) = self.sensitive {
            return f.write_str(kind.mask());
        }
        match &self.value {
            View::Record(record) => debug(*record, f),
            View::List(list) => {
                let shown = (0..list.len()).map(|i| Shown { value: list.at(i), sensitive: None });
                f.debug_list().entries(shown).finish()
            }
            View::Text(text) => fmt::Debug::fmt(text, f),
            View::Fields(fields) => fmt::Debug::fmt(fields, f),
            View::Upload(upload) => fmt::Debug::fmt(upload, f),
            View::Absent => f.write_str("None"),
            scalar => f.write_str(&scalar.scalar().unwrap_or_default()),
        }
    }
}

/// Whether two structures hold the same values.
pub(crate) fn eq(a: &dyn Record, b: &dyn Record) -> bool {
    std::ptr::eq(a.shape(), b.shape())
        && (0..a.shape().fields.len()).all(|slot| match (a.get(slot), b.get(slot)) {
            (Some(a), Some(b)) => same(&a.view(), &b.view()),
            (a, b) => a.is_none() && b.is_none(),
        })
}

fn same(a: &View<'_>, b: &View<'_>) -> bool {
    match (a, b) {
        (View::Absent, View::Absent) => true,
        (View::Bool(a), View::Bool(b)) => a == b,
        (View::Int(a), View::Int(b)) => a == b,
        (View::Float(a), View::Float(b)) => a == b,
        (View::Decimal(a), View::Decimal(b)) => a == b,
        (View::Date(a), View::Date(b)) => a == b,
        (View::Text(a), View::Text(b)) => a == b,
        (View::Fields(a), View::Fields(b)) => a == b,
        (View::Upload(a), View::Upload(b)) => a == b,
        (View::Record(a), View::Record(b)) => eq(*a, *b),
        (View::List(a), View::List(b)) => same_lists(*a, *b),
        _ => false,
    }
}

fn same_lists(a: &dyn List, b: &dyn List) -> bool {
    a.len() == b.len() && (0..a.len()).all(|i| same(&a.at(i), &b.at(i)))
}
