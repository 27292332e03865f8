//! `platform.yaml`.

use crate::diagnostics::{bad_error_entry, bad_url};
use crate::model::{At, Environment, Platform, PlatformError, SignMethod, Tier};
use crate::yaml::Node;

use super::reader::{Cx, Entry, Keys};
use super::{errors, field, method};

/// A file to start from.
pub(super) const SAMPLE: &str =
    "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\ntiers: {}";

/// What is the same for all methods.
pub(super) fn read(cx: &mut Cx<'_>, node: &Node) -> Option<Platform> {
    let mut keys = Keys::open(cx, node, "platform.yaml")?;
    let mut section = |cx: &mut Cx<'_>, key: &'static str| keys.need(cx, key, "{}");
    let mut platform = Platform::default();
    if let Some(node) = section(cx, "environments") {
        platform.environments = each(cx, node, "`environments`", environment);
    }
    if let Some(node) = section(cx, "parameters") {
        platform.parameters = field::read_all(cx, node, "`parameters`");
    }
    if let Some(node) = section(cx, "sign_methods") {
        platform.sign_methods = each(cx, node, "`sign_methods`", sign_method);
    }
    if let Some(node) = section(cx, "errors") {
        platform.errors = each(cx, node, "`errors`", error);
        // A single code is looked up before the range that holds it.
        platform.errors.sort_by_key(|error| error.first.value != error.last);
    }
    if let Some(node) = section(cx, "families") {
        platform.families = errors::read_all(cx, node, "`families`", true);
        // Exact names are looked up before prefixes.
        platform.families.sort_by_key(|family| family.code.value.ends_with('*'));
    }
    if let Some(node) = section(cx, "tiers") {
        platform.tiers = each(cx, node, "`tiers`", tier);
    }
    if let Some(node) = keys.take(cx, "tags") {
        platform.tags = method::read_tags(cx, node, "tags");
    }
    keys.close(cx);
    Some(platform)
}

fn each<T>(
    cx: &mut Cx<'_>,
    node: &Node,
    place: &str,
    read: fn(&mut Cx<'_>, At<String>, &mut Keys<'_>) -> Option<T>,
) -> Vec<T> {
    let mut all = Vec::new();
    for Entry { key, value } in cx.entries(node, place) {
        let place = format!("`{}` of {place}", key.value);
        let Some(mut keys) = Keys::open(cx, value, &place) else {
            continue;
        };
        all.extend(read(cx, key, &mut keys));
        keys.close(cx);
    }
    all
}

fn environment(cx: &mut Cx<'_>, name: At<String>, keys: &mut Keys<'_>) -> Option<Environment> {
    let rest = url(cx, keys, "rest");
    let batch = url(cx, keys, "batch");
    let doc = keys.doc(cx, "doc");
    Some(Environment { name, rest, batch, doc })
}

fn url(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str) -> String {
    let Some(node) = keys.need(cx, key, "\"https://host/path\"") else {
        return String::new();
    };
    let Some(url) = cx.text(node, key) else {
        return String::new();
    };
    if !is_gateway(&url) {
        cx.report(bad_url::new(cx.span(node), &url));
    }
    url
}

fn is_gateway(url: &str) -> bool {
    let Some(rest) = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")) else {
        return false;
    };
    let Some((host, path)) = rest.split_once('/') else {
        return false;
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let (name, port) = host.split_once(':').unwrap_or((host, "80"));
    !name.is_empty()
        && !name.contains('/')
        && name.chars().all(plain)
        && port.parse::<u16>().is_ok()
        && path.chars().all(plain)
}

fn sign_method(cx: &mut Cx<'_>, name: At<String>, keys: &mut Keys<'_>) -> Option<SignMethod> {
    let doc = keys.doc(cx, "doc");
    let default = keys.take(cx, "default").and_then(|node| cx.bool(node, "default")).unwrap_or(false);
    Some(SignMethod { name, doc, default })
}

fn error(cx: &mut Cx<'_>, code: At<String>, keys: &mut Keys<'_>) -> Option<PlatformError> {
    let name = keys.need(cx, "name", "App Call Limited").and_then(|node| cx.text(node, "name")).unwrap_or_default();
    let remedy = errors::remedy(cx, keys);
    let article = keys.take(cx, "article").and_then(|node| cx.sentence(node, "article"));
    let Some((first, last)) = range(&code.value) else {
        cx.report(bad_error_entry::code(
            code.span,
            &code.value,
            "a platform code such as `7`, or a range such as `100-199`",
        ));
        return None;
    };
    Some(PlatformError { first: At { value: first, span: code.span }, last, name, remedy, article })
}

/// `7`, or `100-199`.
fn range(code: &str) -> Option<(i64, i64)> {
    let (first, last) = code.split_once('-').unwrap_or((code, code));
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (0 <= first && first <= last).then_some((first, last))
}

fn tier(cx: &mut Cx<'_>, name: At<String>, keys: &mut Keys<'_>) -> Option<Tier> {
    let per_minute = keys.need(cx, "per_minute", "200").and_then(|node| {
        let value = cx.int(node, "per_minute")?;
        let count = u32::try_from(value).ok().filter(|count| *count > 0);
        if count.is_none() {
            cx.wrong_kind(node, "per_minute", "a number of calls, above 0");
        }
        count
    });
    let doc = keys.doc(cx, "doc");
    Some(Tier { name, per_minute: per_minute.unwrap_or(1), doc })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gateways() {
        let table = [
            ("https://eco.taobao.com/router/rest", true),
            ("http://127.0.0.1:8399/router/rest", true),
            ("eco.taobao.com/router/rest", false),
            ("ftp://eco.taobao.com/", false),
            ("https://eco.taobao.com", false),
            ("https:///router", false),
            ("https://user@eco.taobao.com/router", false),
            ("https://eco.taobao.com/router?x=1", false),
            ("https://eco.taobao.com/a b", false),
            ("https://eco.taobao.com:99999/a", false),
        ];
        for (url, expected) in table {
            assert_eq!(is_gateway(url), expected, "{url}");
        }
    }

    #[test]
    fn code_ranges() {
        let table =
            [("7", Some((7, 7))), ("100-199", Some((100, 199))), ("9-8", None), ("x", None), ("-3", None), ("", None)];
        for (code, expected) in table {
            assert_eq!(range(code), expected, "{code}");
        }
    }
}
