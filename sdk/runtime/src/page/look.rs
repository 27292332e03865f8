//! What paging has to know of requests and answers, read by name.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};

use crate::codec::form::Params;
use crate::codec::json::{self, Style};
use crate::model::{DateTime, Element, Form as _, Limits, PageBy, Paged, Paging, Record, View};
use crate::page::inside::{self, is_inside};
use crate::page::place::Row;

/// What one answer tells of its list.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) rows: Vec<Row>,
    pub(crate) total: Option<u64>,
    pub(crate) has_next: Option<bool>,
    /// The name of the next page.
    pub(crate) next: Option<String>,
    /// Digest of all rows.
    pub(crate) content: u64,
}

impl Facts {
    pub(crate) fn of<R: Paged>(response: &mut R::Response) -> Self {
        let paging = R::PAGING;
        let time = paging.window.map_or("", |window| window.by);
        let mut facts = Self::default();
        let mut content = Sha256::new();
        for item in R::items(response).into_iter().flatten() {
            let view = <R::Item as Element>::Form::view(item);
            let row = row(&view, paging.key, time);
            match row.id {
                Some(id) => content.update(id.to_be_bytes()),
                None => {
                    let mut text = String::new();
                    json::view(&view, Style::Bare, &mut text);
                    content.update(text);
                }
            }
            facts.rows.push(row);
        }
        facts.content = first(content);
        let field = |path| text(response, path);
        facts.total = field(paging.total).and_then(|text| text.parse().ok());
        facts.has_next = field(paging.has_next).map(|text| text == "true");
        if let PageBy::Scroll { next, .. } = paging.by {
            facts.next = field(next).filter(|name| !name.trim().is_empty());
        }
        facts
    }
}

fn row(view: &View<'_>, key: &[&str], time: &str) -> Row {
    let View::Record(row) = view else { return Row { id: None, time: None } };
    let time = text(*row, time).and_then(|text| text.parse().ok());
    let mut id = Sha256::new();
    for field in key {
        let Some(value) = text(*row, field) else { return Row { id: None, time } };
        id.update(value);
        id.update([0]);
    }
    if let Some(time) = time {
        id.update(DateTime::to_string(&time));
    }
    Row { id: (!key.is_empty()).then(|| first(id)), time }
}

/// A field as text, by its path.
pub(crate) fn text(record: &dyn Record, path: &str) -> Option<String> {
    let (name, inner) = path.split_once('.').map_or((path, None), |(name, inner)| (name, Some(inner)));
    let view = record.get(record.shape().find(name)?)?.view();
    match (view, inner) {
        (View::Record(record), Some(inner)) => text(record, inner),
        (view, None) => view.scalar().map(Cow::into_owned),
        _ => None,
    }
}

/// What is checked of a parameter, by its path.
pub(crate) fn limits(record: &dyn Record, path: &str) -> Option<&'static Limits> {
    let (name, inner) = path.split_once('.').map_or((path, None), |(name, inner)| (name, Some(inner)));
    let slot = record.shape().find(name)?;
    match (record.get(slot)?.view(), inner) {
        (View::Record(record), Some(inner)) => limits(record, inner),
        (_, Some(_)) => None,
        (_, None) => record.shape().fields.get(slot)?.limits,
    }
}

/// A digest of the parameters of a request but for those that differ from page to page.
pub(crate) fn parameters(request: &dyn Record, paging: &Paging, is_windowed: bool, size: Option<u64>) -> u64 {
    let by = match paging.by {
        PageBy::Number { parameter, .. } | PageBy::Offset { parameter } | PageBy::Scroll { parameter, .. } => parameter,
    };
    let window = paging.window.filter(|_| is_windowed).map_or(["", ""], |window| [window.from, window.to]);
    let passing = [by, paging.size, paging.use_has_next, window[0], window[1]];
    let mut params = Params::default();
    params.record(request);
    let absent: Vec<(&str, Option<i64>)> =
        passing.iter().filter(|path| is_inside(path)).map(|path| (*path, None)).collect();
    inside::set(&mut params, request, &absent);
    params.text.retain(|(name, _)| !passing.contains(&name.as_ref()));
    params.text.sort();
    let mut digest = Sha256::new();
    // In a window, the size decides nothing that lasts.
    digest.update(if is_windowed { 0 } else { size.unwrap_or(0) }.to_be_bytes());
    for (name, value) in &params.text {
        for part in [name, value] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
    }
    first(digest)
}

/// The first eight bytes of a digest.
fn first(digest: Sha256) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    u64::from_be_bytes(bytes)
}
