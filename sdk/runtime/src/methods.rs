//! The methods of the catalogue with their rate tiers: what is a method's name, for settings and for labels.

use std::cmp::Ordering;
use std::str::Split;

#[cfg(any(feature = "cache", feature = "catalog"))]
use crate::generated::cache_rules::{CACHE_RULES, CacheRow};
#[cfg(any(feature = "cache", feature = "catalog"))]
use crate::model::CacheRule;

/// Generated: a line of explanation, then all methods, sorted, one a line, each followed by its tier unless that is `basic`, and by `!`
/// unless it is a read.
static METHODS: &str = include_str!("generated/methods.txt");

/// The rate tier of a method that has a spec.
#[cfg(feature = "limit")]
pub(crate) fn tier(method: &str) -> Option<&'static str> {
    find(method).map(|(_, mut marks)| marks.find(|mark| *mark != "!").unwrap_or("basic"))
}

/// Whether a method that has a spec changes nothing.
#[cfg(feature = "cache")]
pub(crate) fn is_read(method: &str) -> Option<bool> {
    find(method).map(|(_, mut marks)| !marks.any(|mark| mark == "!"))
}

/// How long the answers of a method that has a spec may be used again.
#[cfg(any(feature = "cache", feature = "catalog"))]
pub(crate) fn cache_rule(method: &str) -> Option<CacheRule> {
    let (_, ttl, tags) = cache_row(method)?;
    Some(CacheRule::new((*ttl)?).tags(tags))
}

/// The tags that a method that has a spec makes old.
#[cfg(any(feature = "cache", feature = "catalog"))]
pub(crate) fn invalidates(method: &str) -> &'static [&'static str] {
    match cache_row(method) {
        Some((_, None, tags)) => tags,
        _ => &[],
    }
}

#[cfg(any(feature = "cache", feature = "catalog"))]
fn cache_row(method: &str) -> Option<&'static CacheRow> {
    let at = CACHE_RULES.binary_search_by(|(name, ..)| (*name).cmp(method)).ok()?;
    CACHE_RULES.get(at)
}

/// The same name, of a method that has a spec.
pub(crate) fn listed(method: &str) -> Option<&'static str> {
    find(method).map(|(name, _)| name)
}

/// A method that has a spec, with what follows its name.
fn find(method: &str) -> Option<(&'static str, Split<'static, char>)> {
    let text = body();
    // Halves the text instead of building an index: nothing to set up, and a dozen comparisons.
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let (start, line) = line_at(text, low + (high - low) / 2)?;
        let mut parts = line.split(' ');
        let name = parts.next().unwrap_or_default();
        match name.cmp(method) {
            Ordering::Equal => return Some((name, parts)),
            Ordering::Less => low = start + line.len() + 1,
            Ordering::Greater => high = start,
        }
    }
    None
}

/// The method with the name most like this one, if one is much like it.
#[cfg(any(feature = "cache", feature = "limit", feature = "slo"))]
pub(crate) fn near(method: &str) -> Option<&'static str> {
    let names = body().lines().map(|line| line.split(' ').next().unwrap_or(line));
    let near = names.map(|name| (differing(name, method), name)).min()?;
    (near.0 <= 4).then_some(near.1)
}

/// Without the line of explanation.
fn body() -> &'static str {
    METHODS.split_once('\n').map_or("", |(_, body)| body)
}

/// The line that holds the byte at `at`, and where it starts. Names are ASCII, so that every byte is a character.
fn line_at(text: &'static str, at: usize) -> Option<(usize, &'static str)> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..)?.split('\n').next()?;
    Some((start, line))
}

/// How many characters differ between what both begin and what both end with.
#[cfg(any(feature = "cache", feature = "limit", feature = "slo"))]
fn differing(a: &str, b: &str) -> usize {
    let start = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a.as_bytes()[start..], &b.as_bytes()[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    (a.len() - end).max(b.len() - end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_is_found_and_nothing_else() {
        let mut count = 0;
        for line in body().lines() {
            let (name, marks) = line.split_once(' ').unwrap_or((line, ""));
            let (expected, write) = match marks.strip_suffix('!') {
                Some(tier) => (tier.trim_end(), true),
                None => (marks, false),
            };
            #[cfg(feature = "limit")]
            assert_eq!(tier(name), Some(if expected.is_empty() { "basic" } else { expected }), "{name}");
            #[cfg(feature = "cache")]
            assert_eq!(is_read(name), Some(!write), "{name}");
            let _ = (expected, write);
            count += 1;
        }
        assert!(count > 5_000, "{count}");
    }

    #[cfg(feature = "limit")]
    #[test]
    fn tiers() {
        for (method, found) in [
            ("taobao.trade.get", Some("trade")),
            ("taobao.time.get", Some("basic")),
            ("taobao.trade.ge", None),
            ("taobao.trade.get trade", None),
            ("trade", None),
            ("", None),
            ("\n", None),
            ("zzz", None),
            ("é", None),
        ] {
            assert_eq!(tier(method), found, "{method}");
        }
    }

    #[cfg(any(feature = "cache", feature = "catalog"))]
    #[test]
    fn what_a_cache_knows() {
        assert!(CACHE_RULES.is_sorted_by_key(|(name, ..)| *name));
        for (name, ttl, tags) in CACHE_RULES {
            #[cfg(feature = "cache")]
            assert_eq!(is_read(name), Some(ttl.is_some()), "{name}");
            assert_eq!(cache_rule(name), ttl.map(|ttl| CacheRule::new(ttl).tags(tags)), "{name}");
            assert_eq!(invalidates(name), if ttl.is_some() { &[][..] } else { tags }, "{name}");
        }
        for (method, rule, invalidated) in [
            ("taobao.item.seller.get", Some(CacheRule::new(10).tags(&["item:num_iid"])), &[][..]),
            ("taobao.areas.get", Some(CacheRule::new(86_400)), &[]),
            ("taobao.item.quantity.update", None, &["item:num_iid", "items:session"]),
            ("taobao.trade.get", None, &[]),
            ("", None, &[]),
        ] {
            assert_eq!((cache_rule(method), invalidates(method)), (rule, invalidated), "{method}");
        }
    }

    #[cfg(feature = "cache")]
    #[test]
    fn reads() {
        for (method, found) in
            [("taobao.trade.get", Some(true)), ("taobao.trade.memo.update", Some(false)), ("taobao.trade.ge", None)]
        {
            assert_eq!(is_read(method), found, "{method}");
        }
    }

    #[cfg(any(feature = "cache", feature = "limit", feature = "slo"))]
    #[test]
    fn a_misspelt_name_is_near() {
        for (method, expected) in [
            ("taobao.trade.gett", Some("taobao.trade.get")),
            ("taobao.trade.fulinfo.get", Some("taobao.trade.fullinfo.get")),
            ("taobao.nothing.like.this.one", None),
            ("", None),
        ] {
            assert_eq!(near(method), expected, "{method}");
        }
    }
}
