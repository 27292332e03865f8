//! Whether a JSON value fits a field: the rules of examples and defaults.

use serde_json::{Map, Value as Json};

use crate::model::{EnumDef, Field, Scalar, Type, TypeKind};

use super::scope::Scope;

/// What does not fit, and where inside the value.
pub(super) enum Problem {
    /// A value of the wrong type, format or size.
    Unfit { path: String, expected: String, got: String, fix: Option<String> },
    /// A name that the structure does not have.
    Unknown { path: String, name: String, known: Vec<String> },
    /// A field that `only` or `except` leaves out.
    LeftOut { path: String, key: &'static str },
    /// A required parameter that is absent.
    Missing { path: String },
}

/// Collects the problems of one value.
pub(super) struct Checker<'a> {
    scope: Scope<'a>,
    /// Requests know required parameters, limits and files.
    request: bool,
    pub(super) problems: Vec<Problem>,
}

impl<'a> Checker<'a> {
    pub(super) fn of_request(scope: Scope<'a>) -> Self {
        Self { scope, request: true, problems: Vec::new() }
    }

    pub(super) fn of_response(scope: Scope<'a>) -> Self {
        Self { scope, request: false, problems: Vec::new() }
    }

    /// An object against the fields it may have. `holder` is the field that holds it, with its `only` and `except`.
    pub(super) fn object(&mut self, path: &str, fields: &[Field], holder: Option<&Field>, object: &Map<String, Json>) {
        for (name, value) in object {
            let inner = format!("{path}.{name}");
            let Some(field) = fields.iter().find(|field| field.name.value == *name) else {
                let known = fields.iter().map(|field| field.name.value.clone()).collect();
                self.problems.push(Problem::Unknown { path: inner, name: name.clone(), known });
                continue;
            };
            if let Some(key) = holder.and_then(|holder| left_out(holder, name)) {
                self.problems.push(Problem::LeftOut { path: inner, key });
                continue;
            }
            self.field(&inner, field, value);
        }
        if self.request {
            for field in fields.iter().filter(|field| field.required && !object.contains_key(&field.name.value)) {
                self.problems.push(Problem::Missing { path: format!("{path}.{}", field.name.value) });
            }
        }
    }

    /// A value against a field's type and limits.
    pub(super) fn field(&mut self, path: &str, field: &Field, value: &Json) {
        match (&field.ty.value, value) {
            (Type::List(element), Json::Array(items)) => {
                self.items(path, field, items.len());
                for (i, item) in items.iter().enumerate() {
                    self.single(&format!("{path}[{i}]"), field, element, item);
                }
            }
            (Type::List(element), _) => {
                // A list type that has been complained about says nothing more.
                if !matches!(**element, Type::List(_)) {
                    self.unfit(path, &format!("a list of `{element}`"), value, Some(format!("[{value}]")));
                }
            }
            (Type::Fields(name), _) => self.names(path, field, name, value),
            (ty, _) => self.single(path, field, ty, value),
        }
    }

    fn single(&mut self, path: &str, field: &Field, ty: &Type, value: &Json) {
        match ty {
            Type::Scalar(scalar) => self.scalar(path, field, *scalar, value),
            Type::Named(name) => match self.scope.find(name).map(|def| &def.kind) {
                Some(TypeKind::Struct(fields)) => match value {
                    Json::Object(object) => self.object(path, fields, Some(field), object),
                    _ => self.unfit(path, &format!("a `{name}` as a map"), value, None),
                },
                Some(TypeKind::Enum(values)) => self.listed(path, name, values, value),
                None => {}
            },
            Type::Fields(_) | Type::List(_) => {}
        }
    }

    fn scalar(&mut self, path: &str, field: &Field, scalar: Scalar, value: &Json) {
        if scalar == Scalar::Bytes && !self.request {
            // A file outside a request has been complained about.
            return;
        }
        let text = value.as_str();
        let (fits, expected) = match scalar {
            Scalar::String => (text.is_some(), "text"),
            Scalar::I64 => (value.is_i64(), "a whole number"),
            Scalar::F64 => (value.is_number(), "a number"),
            Scalar::Bool => (value.is_boolean(), "`true` or `false`"),
            Scalar::Money => (text.is_some_and(|text| decimals(text) == Some(2)), "yuan as text with two decimals"),
            Scalar::Decimal => (text.is_some_and(|text| decimals(text).is_some()), "a decimal number as text"),
            Scalar::Date => (text.is_some_and(is_date), "a date `yyyy-MM-dd HH:mm:ss`"),
            Scalar::Json => (
                text.is_some_and(|text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()),
                "a text that holds JSON",
            ),
            Scalar::Bytes => {
                (text.is_some_and(|text| text.len() > 1 && text.starts_with('@')), "a file as `\"@name.png\"`")
            }
        };
        if fits {
            self.limits(path, field, value);
        } else {
            self.unfit(path, expected, value, scalar_fix(scalar, value));
        }
    }

    fn listed(&mut self, path: &str, name: &str, def: &EnumDef, value: &Json) {
        let (text, number) = match value {
            Json::String(text) => (text.clone(), false),
            Json::Number(number) => (number.to_string(), true),
            _ => (String::new(), false),
        };
        let found = def.values.iter().any(|listed| listed.wire.value == text);
        if found && number == def.integer {
            return;
        }
        let fix = found.then(|| if def.integer { text.clone() } else { format!("\"{text}\"") });
        let kind = if def.integer { "a number" } else { "a text" };
        let first: Vec<&str> = def.values.iter().take(8).map(|listed| listed.wire.value.as_str()).collect();
        let more = if def.values.len() > first.len() { ", .." } else { "" };
        self.unfit(path, &format!("{kind} of `{name}` ({}{more})", first.join(", ")), value, fix);
    }

    /// The names of `fields(T)`: a comma list or a list, with dots into inner structures.
    fn names(&mut self, path: &str, field: &Field, ty: &str, value: &Json) {
        let names: Vec<&str> = match value {
            Json::String(text) => text.split(',').map(str::trim).collect(),
            Json::Array(items) if items.iter().all(Json::is_string) => items.iter().filter_map(Json::as_str).collect(),
            _ => return self.unfit(path, &format!("names of fields of `{ty}`"), value, None),
        };
        self.items(path, field, names.len());
        for name in names {
            let Some(mut fields) = self.scope.fields(ty) else {
                return;
            };
            for part in name.split('.') {
                let Some(found) = fields.iter().find(|field| field.is_asked_as(part)) else {
                    let known = fields.iter().map(|field| field.name.value.clone()).collect();
                    self.problems.push(Problem::Unknown {
                        path: format!("{path}: {name}"),
                        name: part.to_owned(),
                        known,
                    });
                    break;
                };
                fields = match found.ty.value.element() {
                    Type::Named(inner) => self.scope.fields(inner).unwrap_or_default(),
                    _ => &[],
                };
            }
        }
    }

    fn items(&mut self, path: &str, field: &Field, len: usize) {
        if let Some(max) = field.limits.max_items.filter(|_| self.request)
            && len as u64 > max
        {
            let got = format!("{len} elements");
            self.problems.push(Problem::Unfit {
                path: path.to_owned(),
                expected: format!("at most {max} elements"),
                got,
                fix: None,
            });
        }
    }

    fn limits(&mut self, path: &str, field: &Field, value: &Json) {
        if !self.request {
            return;
        }
        let limits = &field.limits;
        let length = value.as_str().map_or(0, |text| text.encode_utf16().count() as u64);
        let number = value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse::<f64>().ok()));
        let below = limits.min.filter(|min| number.is_some_and(|number| number < *min as f64));
        let above = limits.max.filter(|max| number.is_some_and(|number| number > *max as f64));
        let mut unfit = |expected: String, got: String| {
            self.problems.push(Problem::Unfit { path: path.to_owned(), expected, got, fix: None });
        };
        if let Some(max) = limits.max_length.filter(|max| length > *max) {
            unfit(format!("at most {max} characters"), length.to_string());
        }
        if let Some(min) = below {
            unfit(format!("at least {min}"), value.to_string());
        }
        if let Some(max) = above {
            unfit(format!("at most {max}"), value.to_string());
        }
    }

    fn unfit(&mut self, path: &str, expected: &str, got: &Json, fix: Option<String>) {
        let (path, expected) = (path.to_owned(), expected.to_owned());
        self.problems.push(Problem::Unfit { path, expected, got: shown(got), fix });
    }
}

/// The key by which a holder leaves one of its structure's fields out.
fn left_out(holder: &Field, name: &str) -> Option<&'static str> {
    let listed = |names: &[crate::model::At<String>]| names.iter().any(|listed| listed.value == name);
    if !holder.only.is_empty() && !listed(&holder.only) {
        Some("only")
    } else if listed(&holder.except) {
        Some("except")
    } else {
        None
    }
}

/// The value as the scalar wants it, where that is plain.
fn scalar_fix(scalar: Scalar, value: &Json) -> Option<String> {
    match (scalar, value) {
        (Scalar::Money, Json::Number(number)) => Some(format!("\"{:.2}\"", number.as_f64()?)),
        (Scalar::Money, Json::String(text)) => {
            decimals(text).filter(|places| *places < 2)?;
            Some(format!("\"{:.2}\"", text.parse::<f64>().ok()?))
        }
        (Scalar::String | Scalar::Decimal, Json::Number(_) | Json::Bool(_)) => Some(format!("\"{value}\"")),
        (Scalar::String, Json::Array(_) | Json::Object(_)) => None,
        (Scalar::I64, Json::String(text)) => text.parse::<i64>().ok().map(|value| value.to_string()),
        (Scalar::F64, Json::String(text)) => {
            text.parse::<f64>().ok().filter(|value| value.is_finite()).map(|_| text.clone())
        }
        (Scalar::Bool, Json::String(text)) if text == "true" || text == "false" => Some(text.clone()),
        (Scalar::Date, Json::String(text)) => {
            let with_time = format!("{text} 00:00:00");
            is_date(&with_time).then(|| format!("\"{with_time}\""))
        }
        (Scalar::Json, Json::Array(_) | Json::Object(_)) => Some(format!("'{value}'")),
        (Scalar::Bytes, Json::String(text)) if !text.is_empty() && !text.starts_with('@') => {
            Some(format!("\"@{text}\""))
        }
        _ => None,
    }
}

/// How many decimals a plain decimal number has; `None` when it is none.
fn decimals(text: &str) -> Option<usize> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    match text.split_once('.') {
        Some((whole, fraction)) => (digits(whole) && digits(fraction)).then_some(fraction.len()),
        None => digits(text).then_some(0),
    }
}

/// Whether a text is a day that exists, and a time of it, as `yyyy-MM-dd HH:mm:ss`.
fn is_date(text: &str) -> bool {
    let shape = "dddd-dd-dd dd:dd:dd";
    let shaped = text.len() == shape.len()
        && text.bytes().zip(shape.bytes()).all(|(b, s)| if s == b'd' { b.is_ascii_digit() } else { b == s });
    let part = |range: std::ops::Range<usize>| {
        text.get(range).and_then(|digits| digits.parse::<u32>().ok()).unwrap_or(u32::MAX)
    };
    if !shaped {
        return false;
    }
    let year = part(0..4);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match part(5..7) {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => 0,
    };
    (1..=days).contains(&part(8..10)) && part(11..13) < 24 && part(14..16) < 60 && part(17..19) < 60
}

/// A value as messages show it, not longer than a line.
fn shown(value: &Json) -> String {
    let kind = match value {
        Json::Null => return "nothing".to_owned(),
        Json::Bool(_) => "",
        Json::Number(_) => "the number ",
        Json::String(_) => "the text ",
        Json::Array(_) => return "a list".to_owned(),
        Json::Object(_) => return "a map".to_owned(),
    };
    let text = value.to_string();
    if text.chars().count() > 40 {
        return format!("{kind}`{}..`", text.chars().take(38).collect::<String>());
    }
    format!("{kind}`{text}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let table = [
            ("2026-01-05 10:00:00", true),
            ("2024-02-29 23:59:59", true),
            ("2026-02-29 00:00:00", false),
            ("2026-13-01 00:00:00", false),
            ("2026-01-00 00:00:00", false),
            ("2026-01-05 24:00:00", false),
            ("2026-01-05", false),
            ("2026/01/05 10:00:00", false),
            ("二026-1-05 10:00:00", false),
            ("", false),
        ];
        for (text, expected) in table {
            assert_eq!(is_date(text), expected, "{text}");
        }
    }

    #[test]
    fn decimal_places() {
        let table = [
            ("12.50", Some(2)),
            ("-0.5", Some(1)),
            ("7", Some(0)),
            ("1.", None),
            (".5", None),
            ("1e3", None),
            ("", None),
            ("1.2.3", None),
        ];
        for (text, expected) in table {
            assert_eq!(decimals(text), expected, "{text}");
        }
    }
}
