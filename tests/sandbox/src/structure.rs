//! What stands inside structures that a call gives: required fields, types and limits, as of parameters.

use serde_json::Value;
use topsdk_codegen::model::{Field, Limits, Scalar, Type};

use crate::args;
use crate::catalogue::Api;
use crate::error::ApiError;
use crate::sign::is_blank;

/// Judges the JSON text of a structure or a list of structures; `path` names it in what is said.
pub(crate) fn check(api: Api<'_>, ty: &Type, text: &str, path: &str) -> Result<(), ApiError> {
    let Type::Named(name) = ty.innermost() else { return Ok(()) };
    match (api.fields(name), serde_json::from_str(text)) {
        (Some(_), Ok(json)) => value(api, ty, &json, path),
        // What is no JSON at all has been refused already.
        _ => Ok(()),
    }
}

fn value(api: Api<'_>, ty: &Type, value: &Value, path: &str) -> Result<(), ApiError> {
    match ty {
        Type::List(element) => match value {
            Value::Array(items) => items
                .iter()
                .enumerate()
                .try_for_each(|(index, item)| self::value(api, element, item, &format!("{path}[{index}]"))),
            _ => Err(ApiError::invalid(path, "Not a JSON array.")),
        },
        Type::Named(name) => match (api.fields(name), value) {
            (Some(fields), Value::Object(members)) => fields.iter().try_for_each(|field| {
                let path = format!("{path}.{}", field.name.value);
                member(api, field, members.get(&field.name.value).filter(|value| !is_absent(value)), &path)
            }),
            (Some(_), _) => Err(ApiError::invalid(path, "Not a JSON object.")),
            (None, _) => scalar(api, ty, value, path),
        },
        _ => scalar(api, ty, value, path),
    }
}

fn member(api: Api<'_>, field: &Field, found: Option<&Value>, path: &str) -> Result<(), ApiError> {
    let Some(found) = found else {
        return if field.required { Err(ApiError::missing(path)) } else { Ok(()) };
    };
    value(api, &field.ty.value, found, path)?;
    limits(&field.limits, found, path)
}

/// Nothing is given by null, by blanks, and by a list without elements.
fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => is_blank(text),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

fn scalar(api: Api<'_>, ty: &Type, value: &Value, path: &str) -> Result<(), ApiError> {
    match (ty, value) {
        (_, Value::Null) | (Type::Scalar(Scalar::Json), Value::Object(_) | Value::Array(_)) => Ok(()),
        (_, Value::Object(_) | Value::Array(_)) => Err(ApiError::invalid(path, "Not a single value.")),
        _ => args::mismatch(api, ty, &text(value)).map_or(Ok(()), |why| Err(ApiError::invalid(path, why))),
    }
}

/// A number may stand with or without quotes.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn limits(limits: &Limits, value: &Value, path: &str) -> Result<(), ApiError> {
    if let Value::Array(items) = value {
        return match limits.max_items {
            Some(max) if items.len() as u64 > max => Err(ApiError::invalid(path, format!("More than {max} elements."))),
            _ => items.iter().try_for_each(|item| self::limits(limits, item, path)),
        };
    }
    if value.is_object() {
        return Ok(());
    }
    args::beyond(limits, &text(value)).map_or(Ok(()), |why| Err(ApiError::invalid(path, why)))
}
