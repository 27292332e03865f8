//! `groups.yaml`: which domain takes the methods of which documentation group, and what new domains are called.

use std::collections::{BTreeMap, HashMap};

use crate::yaml::{self, Kind, Node};

use super::error::{ImportError, Result};
use super::write::MODELINE;

/// Name of the file in the specs folder.
pub const FILE: &str = "groups.yaml";

/// The domains that imports write to.
#[derive(Debug, Default)]
pub struct Groups {
    domains: BTreeMap<String, About>,
    by_group: HashMap<String, String>,
    /// Beginnings of method names, at a dot or whole.
    by_name: HashMap<String, String>,
    /// The domain of what no one else claims.
    rest: Option<String>,
}

/// What `domain.yaml` of a new domain says.
#[derive(Debug, Default)]
struct About {
    title: String,
    title_zh: String,
    doc: String,
    tier: String,
    session: String,
}

impl Groups {
    /// Reads the file's text.
    ///
    /// # Errors
    ///
    /// What is not such a file, and a group or name that two domains claim.
    pub fn parse(text: &str) -> Result<Self> {
        let fault = |at: usize, message: String| {
            let line = text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
            ImportError::at(FILE, format!("line {line}"), message)
        };
        let root = yaml::parse(text).map_err(|error| fault(error.offset, error.message))?;
        let mut groups = Self::default();
        for (name, node) in entries(&root).map_err(|at| fault(at, "not a map of domains".to_owned()))? {
            let mut about = About { tier: "basic".to_owned(), session: "required".to_owned(), ..About::default() };
            for (key, value) in entries(node).map_err(|at| fault(at, format!("`{name}` is not a map")))? {
                let slot = match key {
                    "title" => &mut about.title,
                    "title_zh" => &mut about.title_zh,
                    "doc" => &mut about.doc,
                    "tier" => &mut about.tier,
                    "session" => &mut about.session,
                    "groups" | "names" => {
                        let claims = if key == "groups" { &mut groups.by_group } else { &mut groups.by_name };
                        for claim in
                            words(value).ok_or_else(|| fault(value.start, format!("`{key}` is not a list of names")))?
                        {
                            if let Some(other) = claims.insert(claim.clone(), name.to_owned()) {
                                return Err(fault(value.start, format!("`{other}` has `{claim}` already")));
                            }
                        }
                        continue;
                    }
                    _ => return Err(fault(value.start, format!("`{key}` is not a key of a domain"))),
                };
                let Kind::Str(text) = &value.kind else {
                    return Err(fault(value.start, format!("`{key}` is not a text")));
                };
                slot.clone_from(text);
            }
            groups.domains.insert(name.to_owned(), about);
        }
        Ok(groups)
    }

    /// One domain that takes everything.
    #[must_use]
    pub fn one(domain: &str) -> Self {
        Self { rest: Some(domain.to_owned()), ..Self::default() }
    }

    /// The domain of a method: the one that claims the longest beginning of its name, else the one that claims its group.
    #[must_use]
    pub fn domain(&self, method: &str, group: Option<&str>) -> Option<&str> {
        let dots = method.match_indices('.').map(|(at, _)| at).chain([method.len()]);
        let named = dots.filter_map(|at| self.by_name.get(method.get(..at)?)).next_back();
        named.or_else(|| self.by_group.get(group?)).or(self.rest.as_ref()).map(String::as_str)
    }

    /// The text of a new domain's `domain.yaml`, if the file tells of it.
    #[must_use]
    pub fn domain_file(&self, domain: &str) -> Option<String> {
        let About { title, title_zh, doc, tier, session } = self.domains.get(domain)?;
        let text = |text: &str| serde_json::Value::from(text).to_string();
        let (title, title_zh, doc) = (text(title), text(title_zh), text(doc));
        Some(format!(
            "{MODELINE}domain: {domain}\ntitle: {title}\ntitle_zh: {title_zh}\ndoc: {doc}\ncore: false\ntier: {tier}\nsession: {session}\n"
        ))
    }
}

/// The text of `domain.yaml` for a domain that no file tells of.
#[must_use]
pub fn plain_domain_file(domain: &str) -> String {
    format!(
        "{MODELINE}domain: {domain}\ntitle: {domain}\ntitle_zh: {domain}\ndoc: \"Methods of the group {domain}.\"\ncore: false\ntier: basic\nsession: required\n"
    )
}

fn entries(node: &Node) -> std::result::Result<Vec<(&str, &Node)>, usize> {
    let Kind::Map(pairs) = &node.kind else { return Err(node.start) };
    let entry = |(key, value): &'_ (Node, Node)| match &key.kind {
        Kind::Str(_) => Ok(()),
        _ => Err(value.start),
    };
    pairs.iter().try_for_each(entry)?;
    Ok(pairs.iter().filter_map(|(key, value)| Some((text(key)?, value))).collect())
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}

fn words(node: &Node) -> Option<Vec<String>> {
    let Kind::Seq(items) = &node.kind else { return None };
    items.iter().map(|item| text(item).map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
fruit: { title: Fruit, title_zh: 水果, doc: All about fruit., groups: [apples, pears], names: [shop.pear.price] }
trade: { groups: [deals], names: [shop.pear, shop.apple.buy] }
";

    #[test]
    fn the_name_tells_better_than_the_group() {
        let groups = Groups::parse(TEXT).unwrap();
        let table = [
            ("shop.plum.get", Some("pears"), Some("fruit")),
            ("shop.pear.get", Some("apples"), Some("trade")),
            ("shop.pear.price.get", None, Some("fruit")),
            ("shop.pear.price", Some("deals"), Some("fruit")),
            ("shop.pears.get", None, None),
            ("shop.apple.buy", Some("apples"), Some("trade")),
            ("shop.plum.get", Some("plums"), None),
        ];
        for (method, group, domain) in table {
            assert_eq!(groups.domain(method, group), domain, "{method} of {group:?}");
        }
        let file = groups.domain_file("fruit").unwrap();
        assert!(file.contains("title_zh: \"水果\"\n") && file.contains("tier: basic\n"), "{file}");
        assert_eq!(groups.domain_file("plums"), None);
    }

    #[test]
    fn mistakes_have_a_line() {
        let table = [
            ("- a", "groups.yaml: line 1: not a map of domains"),
            ("a:\n  groups: x", "groups.yaml: line 2: `groups` is not a list of names"),
            ("a: { groups: [x] }\nb: { groups: [x] }", "groups.yaml: line 2: `a` has `x` already"),
            ("a: { colour: x }", "groups.yaml: line 1: `colour` is not a key of a domain"),
            ("a: { title: 1 }", "groups.yaml: line 1: `title` is not a text"),
        ];
        for (text, expected) in table {
            assert_eq!(Groups::parse(text).unwrap_err().to_string(), expected, "{text}");
        }
    }
}
