//! A commented file to start a new method from.

use std::fmt;
use std::path::PathBuf;

use crate::model::Spec;
use crate::suggest;
use crate::validate::is_method_name;

/// Why there is no skeleton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SkeletonError {
    /// Not the name of a method.
    BadName {
        /// The name as given.
        method: String,
    },
    /// The method has a spec already.
    Exists {
        /// Its file, relative to the specs folder.
        file: PathBuf,
    },
    /// No folder has the domain's name.
    UnknownDomain {
        /// The name as given.
        domain: String,
        /// The domains that there are.
        domains: Vec<String>,
    },
    /// The method's name does not tell its domain.
    NoDomain {
        /// The method.
        method: String,
        /// The domains that there are.
        domains: Vec<String>,
    },
}

/// Where a new method's file belongs, relative to the specs folder, and what to start it with.
///
/// The domain is guessed from the method's second part unless it is given. The text loads; what remains to be filled in
/// is what `check` then complains about.
///
/// # Errors
///
/// A name that is no method's, a method that exists, a domain that does not exist or cannot be guessed.
pub fn skeleton(method: &str, domain: Option<&str>, spec: &Spec) -> Result<(PathBuf, String), SkeletonError> {
    if !is_method_name(method) {
        return Err(SkeletonError::BadName { method: method.to_owned() });
    }
    if let Some((_, existing)) = spec.method(method) {
        return Err(SkeletonError::Exists { file: existing.file.clone() });
    }
    let domains = || spec.domains.iter().map(|domain| domain.name.value.clone()).collect();
    let domain = match domain {
        Some(given) if spec.domains.iter().any(|domain| domain.name.value == given) => given,
        Some(given) => {
            return Err(SkeletonError::UnknownDomain { domain: given.to_owned(), domains: domains() });
        }
        None => guess(method, spec)
            .ok_or_else(|| SkeletonError::NoDomain { method: method.to_owned(), domains: domains() })?,
    };
    Ok((PathBuf::from(domain).join(format!("{method}.yaml")), text(method)))
}

impl fmt::Display for SkeletonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName { method } => {
                write!(
                    f,
                    "`{method}` is not the name of a method: write it as the platform does, such as `taobao.trade.get`"
                )
            }
            Self::Exists { file } => write!(f, "the method has a spec already: {}", crate::source::slashed(file)),
            Self::UnknownDomain { domain, domains } => {
                write!(f, "there is no domain `{domain}`; {}", choice("choose one", domain, domains))
            }
            Self::NoDomain { method, domains } => {
                let words: Vec<&str> = method.split('.').skip(1).collect();
                let choice = choice("choose one with `--domain`", &words.join("_"), domains);
                write!(f, "the name `{method}` does not tell its domain; {choice}")
            }
        }
    }
}

impl std::error::Error for SkeletonError {}

/// All domains where they are few, else those whose names resemble the word, and where the others are listed.
fn choice(ask: &str, word: &str, domains: &[String]) -> String {
    const FEW: usize = 10;
    if domains.len() <= FEW {
        return format!("{ask}: {}", domains.join(", "));
    }
    let near = suggest::alike(word, domains.iter().map(String::as_str));
    let such = if near.is_empty() { String::new() } else { format!(", such as {}", near.join(", ")) };
    format!("{ask}{such}; docs/domains.md lists all {}", domains.len())
}

/// The domain that is called as the method's second part, in singular or plural; else the one with most methods that share
/// that part (`skus` -> `item`).
fn guess<'a>(method: &str, spec: &'a Spec) -> Option<&'a str> {
    let noun = second(method)?;
    let named = spec.domains.iter().find(|domain| singular(&domain.name.value) == singular(noun));
    let domain = named.or_else(|| {
        let alike = |domain: &crate::model::Domain| {
            let nouns = domain.methods.iter().filter_map(|method| second(&method.name.value));
            nouns.filter(|other| singular(other) == singular(noun)).count()
        };
        spec.domains.iter().filter(|domain| alike(domain) > 0).max_by_key(|domain| alike(domain))
    })?;
    Some(&domain.name.value)
}

fn second(method: &str) -> Option<&str> {
    method.split('.').nth(1)
}

fn singular(noun: &str) -> String {
    match noun.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => noun.strip_suffix('s').unwrap_or(noun).to_owned(),
    }
}

fn text(method: &str) -> String {
    format!(
        "\
# yaml-language-server: $schema=../schema.json
# The language is explained in specs/README.md. `cargo xtask check` tells what is still to be filled in.
method: {method}
# doc_id: 1                # number of the method's page on the platform's documentation centre
summary:                   # one sentence in your own words, ending with a full stop: Reads one trade.
# session: required        # required | optional | none; without it: what domain.yaml says
effect:                    # read | idempotent (a write that may be repeated) | write (repeating it does it twice)
request:                   # parameters, named as the platform names them
  # tid: {{ type: i64, required: true, doc: Trade id. }}
  # memo: {{ type: string, max_length: 1000, doc: The new memo. }}
response:                  # fields inside the response wrapper, without request_id
  # trade: {{ type: Trade, doc: The trade. }}
types:                     # types that only this method uses; shared ones stand in types.yaml beside this file
  # Trade:
  #   $doc: One sale.
  #   tid: {{ type: i64, doc: Trade id. }}
errors:                    # sub codes one really meets with this method
  # isv.trade-not-exist: {{ means: No such trade., fix: Check the tid and the seller's session., retry: never }}
example:                   # invented data; checked against the fields above
  # request: {{ tid: 2231958349 }}
  # response: {{ trade: {{ tid: 2231958349 }} }}
"
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::diagnostics::testing;

    const TYPES: &str = "types: {}\n";

    fn spec() -> Spec {
        let item = testing::DOMAIN.replace("domain: trade", "domain: item");
        let category = testing::DOMAIN.replace("domain: trade", "domain: category");
        let sku = testing::method("").replace("taobao.trade.get", "taobao.skus.quantity.update");
        let files = [
            ("item/domain.yaml", item.as_str()),
            ("item/types.yaml", TYPES),
            ("item/taobao.skus.quantity.update.yaml", &sku),
            ("category/domain.yaml", &category),
            ("trade/taobao.trade.get.yaml", &testing::method("")),
        ];
        testing::load(&files).spec
    }

    #[test]
    fn the_right_folder() {
        let table = [
            ("taobao.trade.close", None, Ok("trade/taobao.trade.close.yaml")),
            ("taobao.trades.sold.get", None, Ok("trade/taobao.trades.sold.get.yaml")),
            ("taobao.categories.get", None, Ok("category/taobao.categories.get.yaml")),
            ("taobao.sku.add", None, Ok("item/taobao.sku.add.yaml")),
            ("taobao.wlb.order.get", Some("trade"), Ok("trade/taobao.wlb.order.get.yaml")),
            (
                "taobao.wlb.order.get",
                None,
                Err(
                    "the name `taobao.wlb.order.get` does not tell its domain; choose one with `--domain`: category, item, trade",
                ),
            ),
            (
                "taobao.wlb.order.get",
                Some("trades"),
                Err("there is no domain `trades`; choose one: category, item, trade"),
            ),
            ("taobao.trade.get", None, Err("the method has a spec already: trade/taobao.trade.get.yaml")),
            (
                "../trade",
                None,
                Err(
                    "`../trade` is not the name of a method: write it as the platform does, such as `taobao.trade.get`",
                ),
            ),
        ];
        let spec = spec();
        for (method, domain, expected) in table {
            let got = skeleton(method, domain, &spec)
                .map(|(path, _)| crate::source::slashed(&path))
                .map_err(|e| e.to_string());
            assert_eq!(got.as_deref().map_err(String::as_str), expected, "{method}");
        }
    }

    #[test]
    fn of_many_domains_only_those_alike_are_shown() {
        let domains: Vec<String> = (0..140).map(|n| format!("zz{n}")).chain(["shop".into(), "store".into()]).collect();
        let said =
            |method: &str| SkeletonError::NoDomain { method: method.to_owned(), domains: domains.clone() }.to_string();
        assert_eq!(
            said("taobao.shopfront.notices.get"),
            "the name `taobao.shopfront.notices.get` does not tell its domain; choose one with `--domain`, such as shop; \
             docs/domains.md lists all 142"
        );
        assert_eq!(
            said("taobao.qqq.get"),
            "the name `taobao.qqq.get` does not tell its domain; choose one with `--domain`; docs/domains.md lists all 142"
        );
        let unknown = SkeletonError::UnknownDomain { domain: "shp".to_owned(), domains }.to_string();
        assert_eq!(unknown, "there is no domain `shp`; choose one, such as shop; docs/domains.md lists all 142");
    }

    #[test]
    fn it_loads_and_asks_for_what_is_missing() {
        let (_, text) = skeleton("taobao.trade.close", None, &spec()).unwrap();
        testing::check(
            &[("trade/taobao.trade.close.yaml", &text)],
            expect![[r#"
                trade/taobao.trade.close.yaml:5:1: missing-doc: the method has no `summary`
                    add `summary: ` and a sentence in your own words, ending with a full stop
                trade/taobao.trade.close.yaml:7:1: missing-key: `effect` has no value
                    write `effect: read`
                trade/taobao.trade.close.yaml:19:1: example-missing: the method has no example
                    add `example: { request: { .. }, response: { .. } }` with invented data
            "#]],
        );
    }
}
