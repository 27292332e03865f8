//! `types.yaml` of a domain, where what people wrote and what was imported stand side by side. Under `imported` stands the hash of
//! each imported type's text: a type whose text has another hash was changed by a person, and is theirs.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::TypeDef;
use crate::yaml::{self, Kind, Node};

use super::facts::hash;
use super::write::{self, MODELINE};

/// A file in parts.
#[derive(Debug, Default, Clone)]
pub struct TypesFile {
    /// Everything before the first type.
    head: String,
    /// Types that people wrote, with their text, in file order.
    hand: Vec<(String, String)>,
    /// Types that the import wrote, with their text.
    imported: BTreeMap<String, String>,
}

impl TypesFile {
    /// Takes a text apart. `None` for one that has its types in `{ braces }`, to which no line can be added.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let root = yaml::parse(text).ok()?;
        let sections = pairs(&root)?;
        let (_, types) = sections.iter().find(|(key, _)| is(key, "types"))?;
        let hashes: BTreeMap<&str, &str> = match sections.iter().find(|(key, _)| is(key, "imported")) {
            Some((_, node)) => {
                pairs(node)?.iter().filter_map(|(key, value)| Some((word(key)?, word(value)?))).collect()
            }
            None => BTreeMap::new(),
        };
        let types = pairs(types).unwrap_or_default();
        if types.is_empty() {
            return Some(Self { head: format!("{MODELINE}types:\n"), ..Self::default() });
        }
        let line = |at: usize| text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1);
        let starts: Vec<usize> = types.iter().map(|(key, _)| line(key.start)).collect();
        if starts.windows(2).any(|pair| pair[0] == pair[1]) || text.get(starts[0]..types[0].0.start)?.trim() != "" {
            return None;
        }
        let after = sections.iter().map(|(key, _)| line(key.start)).find(|start| *start > starts[0]);
        let mut file = Self { head: text.get(..starts[0])?.to_owned(), ..Self::default() };
        for (i, (key, _)) in types.iter().enumerate() {
            let end = starts.get(i + 1).copied().or(after).unwrap_or(text.len());
            let (name, part) = (word(key)?, text.get(starts[i]..end)?);
            if hashes.get(name).is_some_and(|known| **known == hash(part)) {
                file.imported.insert(name.to_owned(), part.to_owned());
            } else {
                let ended = if part.ends_with('\n') { part.to_owned() } else { format!("{part}\n") };
                file.hand.push((name.to_owned(), ended));
            }
        }
        Some(file)
    }

    /// Names of the types that people wrote.
    #[must_use]
    pub fn hand(&self) -> BTreeSet<&str> {
        self.hand.iter().map(|(name, _)| name.as_str()).collect()
    }

    /// Replaces the imported types by these and, of the old ones, those that are still `kept`.
    pub fn import(&mut self, types: &[TypeDef], kept: &BTreeSet<String>) {
        self.imported.retain(|name, _| kept.contains(name));
        self.imported.extend(types.iter().map(|def| (def.name.value.clone(), write::def(def))));
    }

    /// The text; empty when no type is left.
    #[must_use]
    pub fn text(&self) -> String {
        if self.hand.is_empty() && self.imported.is_empty() {
            return String::new();
        }
        let head = if self.head.is_empty() { format!("{MODELINE}types:\n") } else { self.head.clone() };
        let hand: String = self.hand.iter().map(|(_, text)| text.as_str()).collect();
        let imported: String = self.imported.values().map(String::as_str).collect();
        let mut text = head + &hand + &imported;
        if !self.imported.is_empty() {
            text += "imported:\n";
            for (name, part) in &self.imported {
                text += &format!("  {name}: \"{}\"\n", hash(part));
            }
        }
        text
    }
}

fn pairs(node: &Node) -> Option<&[(Node, Node)]> {
    match &node.kind {
        Kind::Map(pairs) => Some(pairs),
        _ => None,
    }
}

fn word(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Str(text) => Some(text),
        _ => None,
    }
}

fn is(key: &Node, name: &str) -> bool {
    word(key) == Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{At, Field, TypeKind};

    fn def(name: &str, field: &str) -> TypeDef {
        let at = |value: &str| At { value: value.to_owned(), span: Default::default() };
        let fields = vec![Field { name: at(field), ..Field::default() }];
        TypeDef { name: at(name), wire: name.to_owned(), doc: None, kind: TypeKind::Struct(fields) }
    }

    const HAND: &str = "# top\ntypes:\n  # about A\n  A:\n    x: i64   # one\n\n  B: { y: i64 }\n";

    #[test]
    fn what_people_wrote_stays_as_it_is() {
        let mut file = TypesFile::parse(HAND).unwrap();
        assert_eq!(file.hand(), BTreeSet::from(["A", "B"]));
        assert_eq!(file.text(), HAND);
        file.import(&[def("D", "z"), def("C", "z")], &BTreeSet::new());
        let text = file.text();
        assert!(text.starts_with(HAND), "{text}");
        let mut again = TypesFile::parse(&text).unwrap();
        assert_eq!(again.hand(), BTreeSet::from(["A", "B"]));
        again.import(&[def("C", "z")], &BTreeSet::from(["D".to_owned()]));
        assert_eq!(again.text(), text);
        again.import(&[], &BTreeSet::new());
        assert_eq!(again.text(), HAND);
    }

    #[test]
    fn a_changed_type_is_a_persons() {
        let mut file = TypesFile::default();
        file.import(&[def("C", "z"), def("D", "z")], &BTreeSet::new());
        let text = file.text().replacen("    z: string\n", "    z: money\n", 1);
        let mut edited = TypesFile::parse(&text).unwrap();
        assert_eq!(edited.hand(), BTreeSet::from(["C"]));
        edited.import(&[], &BTreeSet::new());
        assert!(
            edited.text().contains("  C:\n    z: money\n") && !edited.text().contains("imported"),
            "{}",
            edited.text()
        );
    }

    #[test]
    fn types_in_braces_are_left_alone() {
        assert!(TypesFile::parse("types: { A: { x: i64 }, B: { y: i64 } }\n").is_none());
        assert!(TypesFile::parse("types: [").is_none());
        assert_eq!(TypesFile::parse("types: {}\n").unwrap().text(), "");
    }
}
