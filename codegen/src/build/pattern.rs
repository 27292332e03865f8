//! Which methods are meant: names, or patterns with `*`.

use std::collections::BTreeSet;

use super::Error;
use crate::suggest;

/// Most names that a message lists.
const SHOWN: usize = 12;

/// Whether a method is meant by its name, or by a pattern in which each `*` stands for any characters, dots included.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let last = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = name.find(part) else { return false };
        name = name.get(at + part.len()..).unwrap_or_default();
    }
    name.ends_with(last)
}

/// Complains about a pattern that means no method. `place` is what it was given to; `of` is what was searched.
pub(super) fn check(pattern: &str, names: &BTreeSet<String>, place: &str, of: &str) -> Result<(), Error> {
    if names.iter().any(|name| matches(pattern, name)) {
        return Ok(());
    }
    let possible: BTreeSet<String> =
        if pattern.contains('*') { names.iter().flat_map(|name| beginnings(name)).collect() } else { names.clone() };
    let hint = match suggest::nearest(pattern, possible.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => listed(names),
    };
    Err(Error::new(format!("{place}: no method of {of} is called `{pattern}`; {hint}")))
}

/// `acme.*` and `acme.orders.*` for `acme.orders.get`.
fn beginnings(name: &str) -> Vec<String> {
    name.match_indices('.').filter_map(|(at, _)| Some(format!("{}.*", name.get(..at)?))).collect()
}

fn listed(names: &BTreeSet<String>) -> String {
    let shown: Vec<&str> = names.iter().take(SHOWN).map(String::as_str).collect();
    let more = names.len() - shown.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("there are {}{more}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_patterns() {
        let table = [
            ("acme.orders.get", "acme.orders.get", true),
            ("acme.orders.get", "acme.orders.gets", false),
            ("acme.*", "acme.orders.get", true),
            ("acme.*", "acme2.orders.get", false),
            ("*", "acme.orders.get", true),
            ("*.get", "acme.orders.get", true),
            ("*.get", "acme.orders.gets", false),
            ("acme.*.get", "acme.orders.items.get", true),
            ("acme.*.get", "acme.get", false),
            ("acme.*o*.get", "acme.orders.get", true),
            ("acme.*x*.get", "acme.orders.get", false),
            ("acme.orders.*", "acme.orders", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("", "acme.orders.get", false),
        ];
        for (pattern, name, expected) in table {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn what_was_meant() {
        let names: BTreeSet<String> =
            ["acme.orders.get", "acme.orders.close", "acme.stock.get"].map(str::to_owned).into();
        let said = |pattern: &str| match check(pattern, &names, "methods", "specs") {
            Ok(()) => String::new(),
            Err(error) => error.to_string(),
        };
        let all = "there are acme.orders.close, acme.orders.get, acme.stock.get";
        let table = [
            ("acme.*", String::new()),
            ("acme.order.get", "did you mean `acme.orders.get`?".to_owned()),
            ("acem.stock.*", "did you mean `acme.stock.*`?".to_owned()),
            ("taobao.trade.fullinfo.get", all.to_owned()),
        ];
        for (pattern, hint) in table {
            let expected = match hint.as_str() {
                "" => hint,
                _ => format!("methods: no method of specs is called `{pattern}`; {hint}"),
            };
            assert_eq!(said(pattern), expected);
        }
        let many: BTreeSet<String> = (0..20).map(|i| format!("acme.m{i:02}.get")).collect();
        let error = check("zzz", &many, "effect", "specs").unwrap_err().to_string();
        assert!(error.ends_with("acme.m11.get and 8 more"), "{error}");
    }
}
