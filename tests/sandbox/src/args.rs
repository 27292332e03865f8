//! Application parameters: checked by the spec, then read by the handlers.

use std::collections::BTreeMap;

use serde_json::Value;
use topsdk_codegen::model::{Field, Limits, Scalar, Type};

use crate::catalogue::Api;
use crate::clock::Time;
use crate::error::ApiError;
use crate::fields::Selection;
use crate::http::Part;
use crate::sign::is_blank;
use crate::structure;

/// Largest page that list methods give.
const MAX_PAGE_SIZE: i64 = 200;

/// What a handler is given.
#[derive(Debug)]
pub(crate) struct Args<'a> {
    /// Text parameters by name.
    pub(crate) params: &'a BTreeMap<String, String>,
    /// File parts.
    pub(crate) files: &'a [Part],
    /// The virtual clock.
    pub(crate) now: Time,
}

impl<'a> Args<'a> {
    /// A text that is not blank.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.params.get(name).map(String::as_str).filter(|v| !is_blank(v))
    }

    /// A text that is there even when the spec does not demand it.
    pub(crate) fn need_text(&self, name: &str) -> Result<&'a str, ApiError> {
        self.text(name).ok_or_else(|| ApiError::missing(name))
    }

    /// An integer.
    pub(crate) fn int(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let parse = |text: &str| text.parse().map_err(|_| ApiError::invalid(name, "Not an integer."));
        self.text(name).map(parse).transpose()
    }

    /// An integer that must be there.
    pub(crate) fn need_int(&self, name: &str) -> Result<i64, ApiError> {
        self.int(name)?.ok_or_else(|| ApiError::missing(name))
    }

    /// `true` only when the parameter says so.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name) == Some("true")
    }

    /// A moment.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Time>, ApiError> {
        let parse = |text: &str| {
            Time::parse(text).ok_or_else(|| ApiError::invalid(name, "Not a time of the form yyyy-MM-dd HH:mm:ss."))
        };
        self.text(name).map(parse).transpose()
    }

    /// An amount in fen, not negative.
    pub(crate) fn fen(&self, name: &str) -> Result<Option<i64>, ApiError> {
        let parse = |text: &str| {
            fen(text).ok_or_else(|| ApiError::invalid(name, "Not an amount of yuan with at most two decimals."))
        };
        self.text(name).map(parse).transpose()
    }

    /// A comma list of integers; empty when absent.
    pub(crate) fn ints(&self, name: &str) -> Result<Vec<i64>, ApiError> {
        let pieces = self.text(name).unwrap_or_default().split(',').map(str::trim).filter(|p| !p.is_empty());
        pieces.map(|p| p.parse().map_err(|_| ApiError::invalid(name, "Not a comma list of integers."))).collect()
    }

    /// A file part.
    pub(crate) fn file(&self, name: &str) -> Option<&'a Part> {
        self.files.iter().find(|f| f.name == name)
    }

    /// Cuts one page out of `all`: the page, the total, and whether there is more.
    pub(crate) fn page<T>(&self, all: Vec<T>, default_size: i64) -> Result<Page<T>, ApiError> {
        let number = self.int("page_no")?.unwrap_or(1).max(1);
        let size = self.int("page_size")?.unwrap_or(default_size);
        if !(1..=MAX_PAGE_SIZE).contains(&size) {
            return Err(ApiError::invalid("page_size", format!("Must be from 1 to {MAX_PAGE_SIZE}.")));
        }
        let total = all.len();
        let skip = usize::try_from(number.saturating_sub(1).saturating_mul(size)).unwrap_or(usize::MAX);
        let take = usize::try_from(size).unwrap_or_default();
        let has_next = total > skip.saturating_add(take);
        Ok(Page { items: all.into_iter().skip(skip).take(take).collect(), total, has_next })
    }
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// What is on the page.
    pub(crate) items: Vec<T>,
    /// How many there are on all pages.
    pub(crate) total: usize,
    /// Whether a later page has more.
    pub(crate) has_next: bool,
}

/// Yuan as text to fen; `None` when it is not a plain amount with at most two decimals.
pub(crate) fn fen(text: &str) -> Option<i64> {
    let (whole, cents) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(cents) || cents.len() > 2 {
        return None;
    }
    let scale = if cents.len() == 1 { 10 } else { 1 };
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents.parse::<i64>().ok()? * scale)
}

/// Judges the application parameters of a call by the method's spec.
pub(crate) fn check(api: Api<'_>, params: &BTreeMap<String, String>, files: &[Part]) -> Result<(), ApiError> {
    for field in &api.method.request {
        let name = field.name.value.as_str();
        let text = params.get(name).filter(|v| !is_blank(v));
        let file = files.iter().find(|f| f.name == name);
        match (text, file) {
            (None, None) if field.required => return Err(ApiError::missing(name)),
            (None, None) => {}
            (Some(text), None) => check_text(api, field, text)?,
            (_, Some(file)) => check_file(field, file)?,
        }
    }
    Ok(())
}

/// Names that the spec does not know; the platform ignores them.
pub(crate) fn unknown(api: Api<'_>, params: &BTreeMap<String, String>, files: &[Part]) -> Vec<String> {
    let names = params.keys().chain(files.iter().map(|f| &f.name));
    names
        .filter(|n| !COMMON.contains(&n.as_str()) && api.method.request.iter().all(|f| f.name.value != **n))
        .cloned()
        .collect()
}

/// Parameters of every call.
pub(crate) const COMMON: [&str; 11] = [
    "method",
    "app_key",
    "timestamp",
    "v",
    "sign",
    "sign_method",
    "format",
    "session",
    "simplify",
    "partner_id",
    "target_app_key",
];

fn check_text(api: Api<'_>, field: &Field, text: &str) -> Result<(), ApiError> {
    let name = field.name.value.as_str();
    let ty = &field.ty.value;
    let refuse = |why: String| Err(ApiError::invalid(name, why));
    if let Some(why) = mismatch(api, ty, text) {
        return refuse(why);
    }
    structure::check(api, ty, text, name)?;
    if let Some(max) = field.limits.max_items
        && count(ty, text) > max
    {
        return refuse(format!("More than {max} elements."));
    }
    match beyond(&field.limits, text) {
        Some(why) if *ty != Type::Scalar(Scalar::Bytes) => refuse(why),
        _ => Ok(()),
    }
}

/// Which limit of a single value a text is beyond.
pub(crate) fn beyond(limits: &Limits, text: &str) -> Option<String> {
    if let Some(max) = limits.max_length
        && text.encode_utf16().count() as u64 > max
    {
        return Some(format!("Longer than {max} characters."));
    }
    let number = text.parse::<f64>().ok()?;
    if let Some(min) = limits.min.filter(|min| number < *min as f64) {
        return Some(format!("Less than {min}."));
    }
    limits.max.filter(|max| number > *max as f64).map(|max| format!("More than {max}."))
}

fn check_file(field: &Field, file: &Part) -> Result<(), ApiError> {
    let name = field.name.value.as_str();
    if field.ty.value != Type::Scalar(Scalar::Bytes) {
        return Err(ApiError::invalid(name, "Came as a file, but is no file parameter."));
    }
    let max = field.limits.max_bytes.or(field.limits.max_length);
    match max {
        Some(max) if file.data.len() as u64 > max => Err(ApiError::invalid(name, format!("Larger than {max} bytes."))),
        _ if file.data.is_empty() && field.required => Err(ApiError::missing(name)),
        _ => Ok(()),
    }
}

/// Why a text is not a value of the type.
pub(crate) fn mismatch(api: Api<'_>, ty: &Type, text: &str) -> Option<String> {
    let unless = |fits: bool, want: &str| (!fits).then(|| format!("Not {want}."));
    match ty {
        Type::Scalar(scalar) => match scalar {
            Scalar::String | Scalar::Bytes => None,
            Scalar::I64 => unless(text.parse::<i64>().is_ok(), "an integer"),
            Scalar::F64 => unless(text.parse::<f64>().is_ok_and(f64::is_finite), "a number"),
            Scalar::Bool => unless(matches!(text, "true" | "false"), "true or false"),
            Scalar::Money => unless(
                fen(text.strip_prefix('-').unwrap_or(text)).is_some(),
                "an amount of yuan with at most two decimals",
            ),
            Scalar::Decimal => unless(is_decimal(text), "a decimal number"),
            Scalar::Date => unless(Time::parse(text).is_some(), "a time of the form yyyy-MM-dd HH:mm:ss"),
            Scalar::Json => unless(serde_json::from_str::<Value>(text).is_ok(), "JSON"),
        },
        Type::Fields(name) => {
            Selection::parse(text).unknown(api, name).map(|path| format!("{name} has no field {path}."))
        }
        Type::Named(name) => match api.enumeration(name) {
            Some(def) => unless(!def.integer || text.parse::<i64>().is_ok(), "an integer"),
            None => unless(matches!(serde_json::from_str(text), Ok(Value::Object(_))), "a JSON object"),
        },
        Type::List(element) => match element.as_ref() {
            Type::Named(name) if api.enumeration(name).is_none() => {
                unless(matches!(serde_json::from_str(text), Ok(Value::Array(_))), "a JSON array")
            }
            element => text.split(',').find_map(|piece| mismatch(api, element, piece.trim())),
        },
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.bytes().all(|b| b.is_ascii_digit() || b == b'.') && digits.parse::<f64>().is_ok()
}

/// Elements of a list, or names of a `fields` parameter.
fn count(ty: &Type, text: &str) -> u64 {
    let n = match (ty, serde_json::from_str::<Value>(text)) {
        (Type::List(_), Ok(Value::Array(items))) => items.len(),
        _ => text.split(',').count(),
    };
    n as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        for (text, want) in [
            ("12", Some(1200)),
            ("12.5", Some(1250)),
            ("0.07", Some(7)),
            ("1.234", None),
            ("", None),
            ("-1", None),
            ("1e3", None),
            (".5", None),
        ] {
            assert_eq!(fen(text), want, "{text}");
        }
    }

    #[test]
    fn pages() {
        let params: BTreeMap<String, String> =
            [("page_no", "2"), ("page_size", "3")].map(|(k, v)| (k.into(), v.into())).into();
        let args = Args { params: &params, files: &[], now: Time::from_millis(0) };
        let page = args.page((1..=7).collect(), 40).unwrap();
        assert_eq!((page.items, page.total, page.has_next), (vec![4, 5, 6], 7, true));
    }
}
