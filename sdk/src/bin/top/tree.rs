//! A JSON value for people: names and values in columns, lists of like objects as tables.

use console::measure_text_width;
use serde_json::{Map, Value};

use crate::page::{Page, Row, Tone};

/// Most columns of a table; wider objects are shown one after another.
const COLUMNS: usize = 8;

/// Most columns of a table's cell.
const CELL: usize = 40;

/// Writes a value.
pub(crate) fn write(page: &mut Page, value: &Value) {
    match value {
        Value::Object(fields) if fields.is_empty() => page.line(&[(Tone::Label, "(an empty answer)")]),
        other => node(page, 0, other),
    }
}

fn node(page: &mut Page, indent: usize, value: &Value) {
    match value {
        Value::Object(fields) => object(page, indent, fields),
        Value::Array(items) => list(page, indent, items),
        scalar => page.prose(indent, &text(scalar)),
    }
}

fn object(page: &mut Page, indent: usize, fields: &Map<String, Value>) {
    let labels = fields
        .iter()
        .filter(|(_, value)| is_scalar(value))
        .map(|(name, _)| measure_text_width(name))
        .max()
        .unwrap_or(0);
    for (name, value) in fields {
        match scalar(value) {
            Some(text) => page.fact(indent, name, labels, &text),
            None => {
                let (name, value) = unwrapped(name, value);
                page.fact(indent, &name, 0, &note(value));
                node(page, indent + 2, value);
            }
        }
    }
}

/// The platform wraps lists: `orders` holds nothing but `order`, the list. Both are one line here.
fn unwrapped<'a>(name: &str, value: &'a Value) -> (String, &'a Value) {
    match value.as_object().map(|fields| fields.iter().collect::<Vec<_>>()).as_deref() {
        Some([(inner, list @ Value::Array(_))]) => (format!("{name}.{inner}"), *list),
        _ => (name.to_owned(), value),
    }
}

/// How many there are, beside the name of a list.
fn note(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("({})", items.len()),
        _ => String::new(),
    }
}

fn list(page: &mut Page, indent: usize, items: &[Value]) {
    if let Some((titles, rows)) = table(items, page.width().saturating_sub(indent)) {
        page.table_at(indent, &titles, &rows);
        return;
    }
    for (at, item) in items.iter().enumerate() {
        match scalar(item) {
            Some(text) => page.fact(indent, "-", 1, &text),
            None => {
                page.fact(indent, &format!("[{at}]"), 0, "");
                node(page, indent + 2, item);
            }
        }
    }
}

/// A list as a table: if its items are objects of few short scalars.
fn table(items: &[Value], width: usize) -> Option<(Vec<&str>, Vec<Row>)> {
    let mut titles: Vec<&str> = Vec::new();
    for item in items {
        for (name, value) in item.as_object()? {
            if !is_scalar(value) || measure_text_width(&text(value)) > CELL {
                return None;
            }
            if !titles.contains(&name.as_str()) {
                titles.push(name);
            }
        }
    }
    let cell = |item: &Value, title: &str| item.get(title).map_or_else(String::new, text);
    let columns = |title: &&str| {
        let cells = items.iter().map(|item| measure_text_width(&cell(item, title)));
        cells.chain([measure_text_width(title)]).max().unwrap_or(0) + 2
    };
    if titles.is_empty() || titles.len() > COLUMNS || titles.iter().map(columns).sum::<usize>() > width + 2 {
        return None;
    }
    let row = |item: &Value| titles.iter().map(|title| (Tone::Plain, cell(item, title))).collect();
    let rows = items.iter().map(row).collect();
    Some((titles, rows))
}

fn is_scalar(value: &Value) -> bool {
    scalar(value).is_some()
}

/// The text of what fits on a line.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Array(items) if !items.is_empty() => None,
        Value::Object(fields) if !fields.is_empty() => None,
        other => Some(text(other)),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => "-".to_owned(),
        Value::Array(_) => "(none)".to_owned(),
        Value::Object(_) => "(empty)".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_for_people() {
        let value = json!({
            "trade": {
                "tid": 2_600_000_000_000_001_000_i64, "status": "TRADE_FINISHED", "memo": "一行\n二行", "tags": [], "none": null,
                "orders": {"order": [{"oid": 1, "title": "手工青花瓷茶杯送礼盒装全包邮"}, {"oid": 2, "price": "3.00"}]},
                "promotions": [{"id": 1, "gift": {"num": 2}}],
                "codes": ["a", "b"],
                "店铺": "x",
            },
            "total": 1,
        });
        let mut page = Page::new(60, true);
        write(&mut page, &value);
        let shown = console::strip_ansi_codes(&page.into_text()).into_owned();
        expect![[r#"
            trade
              tid     2600000000000001000
              status  TRADE_FINISHED
              memo    一行
                      二行
              tags    (none)
              none    -
              orders.order  (2)
                oid  title                         price
                1    手工青花瓷茶杯送礼盒装全包邮
                2                                  3.00
              promotions  (1)
                [0]
                  id  1
                  gift
                    num  2
              codes  (2)
                -  a
                -  b
              店铺    x
            total  1
        "#]]
        .assert_eq(&shown);
    }
}
