//! Local checks of untyped calls: parameters are text here, and the catalogue tells what they should be.
//!
//! What a typed call cannot get wrong (names and types) is checked too; what it checks itself is checked in the same words.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::Value;

use crate::catalog::{Field, Kind, Method, Shape, TypeDef};
use crate::client::Hidden;
use crate::client::check::{beyond, too_many, too_many_names};
use crate::codec::is_blank;
use crate::error::{InvalidArgument, InvalidKind};
use crate::model::{DateTime, Money, Upload, View};
use crate::nearest::nearest;

/// What an untyped call gives.
pub(crate) struct Given<'a> {
    pub(crate) params: &'a [(String, String)],
    pub(crate) files: &'a [(String, Upload)],
    /// A raw body may hold what would else be parameters.
    pub(crate) has_body: bool,
}

/// Checks names, required parameters, types and limits.
pub(crate) fn check(method: &'static Method, given: &Given<'_>) -> Result<(), InvalidArgument> {
    match unknown(method, given).or_else(|| problem(method, given)) {
        None => Ok(()),
        Some((parameter, reason, kind)) => Err(InvalidArgument::new(method.name(), parameter, reason).of_kind(kind)),
    }
}

/// Parameters that every method takes. Those that only the client sets are refused when the call is encoded.
const COMMON: [&str; 11] = [
    "app_key",
    "format",
    "method",
    "partner_id",
    "session",
    "sign",
    "sign_method",
    "simplify",
    "target_app_key",
    "timestamp",
    "v",
];

/// The values that must not be shown, at any depth.
pub(crate) fn hidden(method: &'static Method, params: &[(String, String)]) -> Hidden {
    let mut hidden = Hidden::default();
    for (name, text) in params {
        let Some(field) = method.parameter(name) else { continue };
        match serde_json::from_str(text) {
            Ok(json @ (Value::Object(_) | Value::Array(_))) => hide(method, field, &json, &mut hidden),
            _ => hide(method, field, &Value::from(text.as_str()), &mut hidden),
        }
    }
    hidden
}

fn hide(method: &'static Method, field: &Field, json: &Value, hidden: &mut Hidden) {
    match json {
        Value::Array(items) => items.iter().for_each(|item| hide(method, field, item, hidden)),
        Value::Object(object) if field.sensitive().is_none() => {
            let fields = method.type_of(field).map_or(&[][..], TypeDef::fields);
            let inside = fields.iter().filter_map(|field| Some((field, object.get(field.name())?)));
            inside.for_each(|(field, json)| hide(method, field, json, hidden));
        }
        json => {
            if let Some(kind) = field.sensitive() {
                let text = text(json);
                let items = if field.ty().is_list() { commas(&text) } else { vec![text.as_str()] };
                items.into_iter().for_each(|item| hidden.parameter(item, kind.mask()));
            }
        }
    }
}

/// The path of a parameter, what is wrong with it, and of what kind that is. How to mend it is not told here: programs with other
/// words than this crate's show it too.
type Problem = (String, String, InvalidKind);

/// A name that is sent and that the method does not have.
fn unknown(method: &'static Method, given: &Given<'_>) -> Option<Problem> {
    let texts = given.params.iter().filter(|(_, value)| !is_blank(value)).map(|(name, _)| name.as_str());
    let mut names = texts.chain(given.files.iter().map(|(name, _)| name.as_str()));
    let name = names.find(|name| !is_blank(name) && !COMMON.contains(name) && method.parameter(name).is_none())?;
    let known = method.parameters().iter().map(Field::name);
    let near = hint(&nearest(name, known, 1));
    Some((name.to_owned(), format!("is not one that the method has{near}"), InvalidKind::UnknownName))
}

/// What was probably meant.
fn hint(near: &[&str]) -> String {
    near.first().map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default()
}

fn problem(method: &'static Method, given: &Given<'_>) -> Option<Problem> {
    method.parameters().iter().find_map(|field| {
        let named = |name: &str| name == field.name();
        let text = given.params.iter().find(|(name, value)| named(name) && !is_blank(value)).map(|(_, text)| text);
        let file = given.files.iter().find(|(name, _)| named(name)).map(|(_, file)| file);
        let found = |reason: String, kind| Some((field.name().to_owned(), reason, kind));
        let is_file = field.ty().kind() == Kind::Bytes;
        match (text, file) {
            (None, None) if field.is_required() && !given.has_body => {
                found("is required".to_owned(), InvalidKind::Value)
            }
            (None, None) => None,
            (_, Some(_)) if !is_file => found("is text, not a file".to_owned(), InvalidKind::FileForText),
            (_, Some(file)) => {
                beyond(field.limits(), &View::Upload(file)).and_then(|reason| found(reason, InvalidKind::Value))
            }
            (Some(_), None) if is_file => found("is a file, not text".to_owned(), InvalidKind::TextForFile),
            (Some(text), None) => parameter(method, field, text),
        }
    })
}

/// A parameter's text.
fn parameter(method: &'static Method, field: &Field, text: &str) -> Option<Problem> {
    let found = |reason: String| Some((field.name().to_owned(), reason, InvalidKind::Value));
    if let Kind::Fields(of) = field.ty().kind() {
        return selection(method, field, of, text).and_then(found);
    }
    let structure = method.type_of(field).filter(|def| matches!(def.shape(), Shape::Struct(_)));
    let json = structure.is_some() || (field.ty().is_list() && text.trim_start().starts_with('['));
    if json {
        return match serde_json::from_str::<Value>(text) {
            Ok(json) => value(method, field, &json),
            Err(_) if structure.is_none() => list(method, field, &commas(text)).and_then(found),
            Err(_) => found(format!("is not {}", shape(field))),
        };
    }
    if field.ty().is_list() { list(method, field, &commas(text)) } else { scalar(method, field, text) }.and_then(found)
}

/// A value inside a parameter that is JSON, or such a parameter itself.
fn value(method: &'static Method, field: &Field, json: &Value) -> Option<Problem> {
    let found = |reason: String| Some((field.name().to_owned(), reason, InvalidKind::Value));
    let structure = method.type_of(field).filter(|def| matches!(def.shape(), Shape::Struct(_)));
    match (json, structure, field.ty().is_list()) {
        (Value::Null, ..) => None,
        (Value::Array(items), _, true) => {
            if let Some(reason) = too_many(field.limits(), items.len()) {
                return found(reason);
            }
            let inside = |(at, item): (usize, &Value)| match (structure, item) {
                (Some(def), Value::Object(_)) => inner(method, def, item, &format!("{}[{at}]", field.name())),
                (Some(_), _) => found(format!("is not {}", shape(field))),
                (None, item) => scalar(method, field, &text(item)).and_then(found),
            };
            items.iter().enumerate().find_map(inside)
        }
        (Value::Object(_), Some(def), false) => inner(method, def, json, field.name()),
        (_, Some(_), _) => found(format!("is not {}", shape(field))),
        (json, None, true) => list(method, field, &commas(&text(json))).and_then(found),
        (json, None, false) => scalar(method, field, &text(json)).and_then(found),
    }
}

/// The fields of a structure that is given as JSON.
fn inner(method: &'static Method, def: &'static TypeDef, json: &Value, path: &str) -> Option<Problem> {
    let object = json.as_object()?;
    let known = || def.fields().iter().map(Field::name);
    if let Some(name) = object.keys().find(|name| !known().any(|known| known == name.as_str())) {
        // A key that is like no name may be data, which is not to be shown.
        let near = nearest(name, known(), 1);
        let (path, reason) = match near.is_empty() {
            false => (format!("{path}.{name}"), format!("is not one that {} has{}", def.name(), hint(&near))),
            true => (path.to_owned(), format!("holds a field that {} does not have", def.name())),
        };
        return Some((path, reason, InvalidKind::UnknownName));
    }
    def.fields().iter().find_map(|field| {
        let problem = match object.get(field.name()).filter(|json| !is_empty(json)) {
            None if field.is_required() => {
                Some((field.name().to_owned(), "is required".to_owned(), InvalidKind::Value))
            }
            None => None,
            Some(json) => value(method, field, json),
        };
        problem.map(|(name, reason, kind)| (format!("{path}.{name}"), reason, kind))
    })
}

/// Names of response fields.
fn selection(method: &'static Method, field: &Field, of: &str, text: &str) -> Option<String> {
    let def = method.type_def(of)?;
    let names = commas(text);
    let known = |name: &str| {
        let head = name.split('.').next().unwrap_or(name);
        def.fields().iter().any(|field| field.name() == head || field.asked_as() == head)
    };
    if let Some(name) = names.iter().find(|name| !known(name)) {
        let near = nearest(name, def.fields().iter().map(Field::asked_as), 1);
        let near = near.first().map(|near| format!(" (did you mean `{near}`?)")).unwrap_or_default();
        return Some(format!("names the field `{name}`, which {of} does not have{near}"));
    }
    if names.is_empty() && field.is_required() {
        return Some("is required: name at least one field".to_owned());
    }
    too_many_names(field.limits(), names.len())
}

/// Elements that are no structures.
fn list(method: &'static Method, field: &Field, items: &[&str]) -> Option<String> {
    too_many(field.limits(), items.len()).or_else(|| items.iter().find_map(|item| scalar(method, field, item)))
}

/// One value that is no structure: its type, then its limits.
fn scalar(method: &'static Method, field: &Field, text: &str) -> Option<String> {
    let integer = || method.type_of(field).is_some_and(|def| matches!(def.shape(), Shape::Enum { integer: true, .. }));
    let (view, what) = match field.ty().kind() {
        Kind::I64 => (parsed(text, View::Int), "an integer"),
        Kind::Named(_) if integer() => (parsed(text, View::Int), "an integer"),
        Kind::F64 => (parsed(text, View::Float).filter(is_finite), "a number"),
        Kind::Bool => (parsed(text, View::Bool), "true or false"),
        Kind::Money => (parsed(text, |money: Money| View::Decimal(money.yuan())), "an amount of yuan such as 199.00"),
        Kind::Decimal => (parsed::<Decimal>(text, View::Decimal), "a decimal number"),
        Kind::Date => (parsed::<DateTime>(text, View::Date), "a time of the form yyyy-MM-dd HH:mm:ss"),
        Kind::Json if serde_json::from_str::<Value>(text).is_err() => (None, "JSON"),
        _ => (Some(View::Text(text)), ""),
    };
    match view {
        None => Some(format!("is not {what}")),
        Some(view) => beyond(field.limits(), &view),
    }
}

fn parsed<T: FromStr>(text: &str, view: impl Fn(T) -> View<'static>) -> Option<View<'static>> {
    text.parse().ok().map(view)
}

fn is_finite(view: &View<'_>) -> bool {
    matches!(view, View::Float(n) if n.is_finite())
}

/// The JSON that a structure or a list of them is.
fn shape(field: &Field) -> &'static str {
    if field.ty().is_list() { "a JSON array of objects" } else { "a JSON object" }
}

/// A comma list without its blank places.
fn commas(text: &str) -> Vec<&str> {
    text.split(',').map(str::trim).filter(|item| !is_blank(item)).collect()
}

/// A JSON scalar as a parameter would carry it.
fn text(json: &Value) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

/// Whether a value counts as not given.
fn is_empty(json: &Value) -> bool {
    match json {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        Value::Array(items) => items.iter().all(is_empty),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;

    /// What is said about a call, without the method.
    fn said(method: &str, params: &[(&str, &str)], files: &[&str], has_body: bool) -> String {
        let params: Vec<_> = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let files: Vec<_> = files.iter().map(|name| ((*name).to_owned(), Upload::new("a.png", [0; 4]))).collect();
        let given = Given { params: &params, files: &files, has_body };
        let method = catalog::get(method).unwrap();
        check(method, &given).map_or_else(|e| format!("{} {}", e.parameter(), e.reason()), |()| "ok".to_owned())
    }

    #[test]
    fn names_and_what_is_required() {
        let method = "taobao.trade.fullinfo.get";
        for (params, expected) in [
            (&[("fields", "tid"), ("tid", "1")][..], "ok"),
            (&[("fields", "tid"), ("tid", " ")], "tid is required"),
            (&[("tid", "1")], "fields is required"),
            (&[("fields", ","), ("tid", "1")], "fields is required: name at least one field"),
            (&[("fields", "tid"), ("tdi", "1")], "tdi is not one that the method has (did you mean `tid`?)"),
            (&[("fields", "tid"), ("tid", "1"), ("colour", "x")], "colour is not one that the method has"),
            // Not sent, so not wrong.
            (&[("fields", "tid"), ("tid", "1"), ("colour", "")], "ok"),
            (&[("fields", "tid"), ("tid", "1"), ("v", "3.0"), ("session", "x")], "ok"),
            (&[("fields", "tid, orders.oid"), ("tid", "1")], "ok"),
            (
                &[("fields", "tid,statsu"), ("tid", "1")],
                "fields names the field `statsu`, which Trade does not have (did you mean `status`?)",
            ),
            (&[("fields", "zzzzzz"), ("tid", "1")], "fields names the field `zzzzzz`, which Trade does not have"),
        ] {
            assert_eq!(said(method, params, &[], false), expected, "{params:?}");
        }
        assert_eq!(said(method, &[], &[], true), "ok", "what is required may stand in the body");
    }

    #[test]
    fn types_and_limits() {
        let sold = "taobao.trades.sold.get";
        let skus = "taobao.item.skus.get";
        for (method, params, expected) in [
            (sold, ("page_no", "2"), "ok"),
            (sold, ("page_no", "two"), "page_no is not an integer"),
            (sold, ("page_no", "1.5"), "page_no is not an integer"),
            (sold, ("page_no", "0"), "page_no is below its minimum of 1"),
            (sold, ("page_size", "101"), "page_size is above its maximum of 100"),
            (sold, ("use_has_next", "true"), "ok"),
            (sold, ("use_has_next", "yes"), "use_has_next is not true or false"),
            (sold, ("start_created", "2026-01-05 10:00:00"), "ok"),
            (sold, ("start_created", "yesterday"), "start_created is not a time of the form yyyy-MM-dd HH:mm:ss"),
            (skus, ("num_iids", "1,2, 3"), "ok"),
            (skus, ("num_iids", "[1,\"2\"]"), "ok"),
            (skus, ("num_iids", "1,b"), "num_iids is not an integer"),
            (skus, ("num_iids", "[1,\"b\"]"), "num_iids is not an integer"),
            (skus, ("num_iids", &["1"; 41].join(",")), "num_iids has 41 items, at most 40 are allowed"),
            ("taobao.item.update", ("price", "199.00"), "ok"),
            ("taobao.item.update", ("price", "19,9"), "price is not an amount of yuan such as 199.00"),
            ("taobao.item.update", ("desc_modules", "{\"a\":1}"), "ok"),
            ("taobao.item.update", ("desc_modules", "{a"), "desc_modules is not JSON"),
            (
                "taobao.item.update",
                ("sell_point", &"x".repeat(151)),
                "sell_point has 151 UTF-16 units, at most 150 are allowed",
            ),
            ("taobao.item.img.upload", ("image", "x"), "image is a file, not text"),
        ] {
            let required = match method {
                "taobao.trades.sold.get" => vec![("fields", "tid")],
                "taobao.item.skus.get" => vec![("fields", "sku_id"), ("num_iids", "1")],
                _ => vec![("num_iid", "1")],
            };
            let mut all: Vec<_> = required.into_iter().filter(|(name, _)| *name != params.0).collect();
            all.push(params);
            assert_eq!(said(method, &all, &[], false), expected, "{method} {params:?}");
        }
    }

    #[test]
    fn structures_and_files() {
        let query = "taobao.trades.sold.query";
        for (json, expected) in [
            ("[{\"receiver_name\":\"x\"}]", "ok"),
            ("[{\"receiver_name\":null,\"start_created\":\"2026-01-05 00:00:00\"}]", "ok"),
            ("{", "query_list is not a JSON array of objects"),
            ("{}", "query_list is not a JSON array of objects"),
            ("[1]", "query_list is not a JSON array of objects"),
            (
                "[{},{\"start_created\":\"today\"}]",
                "query_list[1].start_created is not a time of the form yyyy-MM-dd HH:mm:ss",
            ),
            (
                "[{\"reciever_name\":\"x\"}]",
                "query_list[0].reciever_name is not one that OrderQuery has (did you mean `receiver_name`?)",
            ),
            ("[{\"10012345678\":\"x\"}]", "query_list[0] holds a field that OrderQuery does not have"),
        ] {
            assert_eq!(said(query, &[("scene", "1001"), ("query_list", json)], &[], false), expected, "{json}");
        }
        let upload = "taobao.item.img.upload";
        assert_eq!(said(upload, &[("num_iid", "1")], &["image"], false), "ok");
        assert_eq!(said(upload, &[], &["num_iid"], false), "num_iid is text, not a file");
        assert_eq!(
            said(upload, &[("num_iid", "1")], &["imgae"], false),
            "imgae is not one that the method has (did you mean `image`?)"
        );
    }

    #[test]
    fn the_message_tells_what_to_call() {
        use InvalidKind::{FileForText, TextForFile, UnknownName, Value};

        let method = catalog::get("taobao.item.img.upload").unwrap();
        let file = || ("num_iid".to_owned(), Upload::new("a.png", [0; 4]));
        for (name, value, files, kind, part) in [
            ("image", "x", vec![], TextForFile, "`image` is a file, not text; give it with file(); nothing was sent"),
            ("num_iid", "", vec![file()], FileForText, "is text, not a file; give it with param(); nothing was sent"),
            (
                "colour",
                "x",
                vec![],
                UnknownName,
                "has; if the platform takes it all the same, call with_checks(false);",
            ),
            ("is_majro", "x", vec![], UnknownName, "(did you mean `is_major`?); if the platform takes it all the same"),
            ("position", "x", vec![], Value, "`position` is not an integer; nothing was sent"),
        ] {
            let params = [("num_iid", if files.is_empty() { "1" } else { "" }), (name, value)];
            let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let error = check(method, &Given { params: &params, files: &files, has_body: false }).unwrap_err();
            assert_eq!(error.kind(), kind, "{error}");
            assert!(error.to_string().contains(part), "{error}");
        }
    }

    #[test]
    fn sensitive_values_are_hidden() {
        let query = catalog::get("taobao.trades.sold.query").unwrap();
        let json = r#"[{"receiver_mobile":"10012345678","end_created":"2026-01-06 23:59:59"}]"#;
        let hidden = hidden(query, &[("query_list".into(), json.into()), ("unknown".into(), "some text".into())]);
        let said = "10012345678 until 2026-01-06 23:59:59, some text";
        assert_eq!(hidden.in_text(said), "<phone> until 2026-01-06 23:59:59, some text");
    }
}
