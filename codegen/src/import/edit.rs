//! Small edits of a YAML text that leave every other character as it is.

use crate::yaml::{self, Kind, Node};

/// A text being edited. After each edit it is read again, so that places are always those of the text as it is.
pub(super) struct Text {
    text: String,
}

impl Text {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.to_owned() }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Sets a top-level entry to these lines, which begin with its key: in the place of the old one, else after the first of
    /// some keys that is there.
    pub(super) fn set_line(&mut self, key: &str, lines: &str, after: &[&str]) {
        let Some(root) = self.root() else { return };
        let range = |name: &str| {
            let (key, value) = entry(&root, name)?;
            Some((self.line_start(key.start), self.line_end(self.end(value).max(key.end))))
        };
        let (start, end) = match range(key) {
            Some(range) => range,
            None => match after.iter().find_map(|name| range(name)) {
                Some((_, end)) => (end, end),
                None => return,
            },
        };
        self.replace(start, end, lines);
    }

    /// Adds `name: value` to the map at a path, or makes the map if only its last key is missing.
    pub(super) fn add(&mut self, path: &[&str], line: &str) -> bool {
        let Some(root) = self.root() else { return false };
        let mut node = &root;
        for (i, name) in path.iter().enumerate() {
            match entry(node, name) {
                Some((_, value)) => node = value,
                None if i == 0 && path.len() == 1 => return self.add_section(name, &format!("  {line}\n")),
                None => return false,
            }
        }
        let Kind::Map(pairs) = &node.kind else { return false };
        match pairs.last() {
            None => false,
            Some((key, value)) => {
                let end = self.end(value).max(key.end);
                if self.text.get(node.start..=node.start) == Some("{") {
                    self.replace(end, end, &format!(", {line}"));
                } else {
                    let indent = key.start - self.line_start(key.start);
                    let end = self.line_end(end);
                    self.replace(end, end, &format!("{}{line}\n", " ".repeat(indent)));
                }
                true
            }
        }
    }

    /// Adds lines to the end of a section, which is made if it is not there.
    pub(super) fn add_lines(&mut self, section: &str, lines: &str) -> bool {
        let Some(root) = self.root() else { return false };
        match entry(&root, section) {
            None => self.add_section(section, lines),
            Some((_, value)) => {
                let Kind::Map(pairs) = &value.kind else { return false };
                let in_braces = self.text.get(value.start..=value.start) == Some("{");
                if pairs.is_empty() || in_braces {
                    return false;
                }
                let end = self.line_end(self.end(value));
                self.replace(end, end, lines);
                true
            }
        }
    }

    /// Adds a key to a field, whose short form becomes a long one.
    pub(super) fn add_key(&mut self, path: &[&str], key: &str, value: &str) -> bool {
        let Some(root) = self.root() else { return false };
        let mut node = &root;
        for name in path {
            match entry(node, name) {
                Some((_, value)) => node = value,
                None => return false,
            }
        }
        match &node.kind {
            Kind::Str(_) => {
                let ty = node.raw(&self.text).to_owned();
                let ty = if ty.contains('[') && !ty.starts_with(['"', '\'']) { format!("\"{ty}\"") } else { ty };
                self.replace(node.start, node.end, &format!("{{ type: {ty}, {key}: {value} }}"));
                true
            }
            Kind::Map(pairs) => {
                let Some((ty_key, ty)) =
                    pairs.iter().find(|(key, _)| matches!(&key.kind, Kind::Str(text) if text == "type"))
                else {
                    return false;
                };
                if self.text.get(node.start..=node.start) == Some("{") {
                    self.replace(ty.end, ty.end, &format!(", {key}: {value}"));
                } else {
                    let indent = ty_key.start - self.line_start(ty_key.start);
                    let end = self.line_end(ty.end);
                    self.replace(end, end, &format!("{}{key}: {value}\n", " ".repeat(indent)));
                }
                true
            }
            _ => false,
        }
    }

    /// A new section before the first of those that come after it.
    fn add_section(&mut self, name: &str, lines: &str) -> bool {
        const ORDER: [&str; 5] = ["request", "response", "types", "errors", "example"];
        let Some(root) = self.root() else { return false };
        let later = ORDER.iter().skip_while(|known| **known != name).skip(1);
        let start = later.filter_map(|later| entry(&root, later)).map(|(key, _)| self.line_start(key.start)).min();
        if start.is_none() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
        let start = start.unwrap_or(self.text.len());
        self.replace(start, start, &format!("{name}:\n{lines}"));
        true
    }

    fn root(&self) -> Option<Node> {
        yaml::parse(&self.text).ok()
    }

    /// One past the last byte of a value, the brace that closes it included.
    fn end(&self, node: &Node) -> usize {
        let last = match &node.kind {
            Kind::Map(pairs) => pairs.last().map(|(key, value)| self.end(value).max(key.end)),
            Kind::Seq(items) => items.last().map(|item| self.end(item)),
            _ => return node.end,
        };
        let close = match self.text.get(node.start..=node.start) {
            Some("{") => '}',
            Some("[") => ']',
            _ => return last.unwrap_or(node.end),
        };
        let from = last.unwrap_or(node.start + 1);
        self.text.get(from..).and_then(|rest| rest.find(close)).map_or(node.end, |at| from + at + 1)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }

    /// The first byte of the next line.
    fn line_end(&self, at: usize) -> usize {
        // A text of several lines ends where the next entry begins: back to its own last line.
        let at = self.text.get(..at).map_or(at, |before| before.trim_end().len());
        self.text.get(at..).and_then(|after| after.find('\n')).map_or(self.text.len(), |end| at + end + 1)
    }

    fn replace(&mut self, start: usize, end: usize, with: &str) {
        if self.text.is_char_boundary(start) && self.text.is_char_boundary(end) && start <= end {
            // A last line without a break would run into what is added after it.
            let broken =
                start == self.text.len() && with.ends_with('\n') && !self.text.is_empty() && !self.text.ends_with('\n');
            let with = if broken { format!("\n{with}") } else { with.to_owned() };
            self.text.replace_range(start..end, &with);
        }
    }
}

/// An entry of a map by its key.
fn entry<'a>(node: &'a Node, name: &str) -> Option<&'a (Node, Node)> {
    let Kind::Map(pairs) = &node.kind else { return None };
    pairs.iter().find(|(key, _)| matches!(&key.kind, Kind::Str(text) if text == name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_leave_the_rest() {
        type Edit = fn(&mut Text) -> bool;
        let table: [(&str, Edit, &str); 13] = [
            (
                "request: { a: { type: i64, only: [x] } } # x\n",
                |t| t.add(&["request"], "b: i64"),
                "request: { a: { type: i64, only: [x] }, b: i64 } # x\n",
            ),
            (
                "types:\n  A: {}\n  B: { x: [\n    y ] }\n",
                |t| t.add_lines("types", "  C:\n"),
                "types:\n  A: {}\n  B: { x: [\n    y ] }\n  C:\n",
            ),
            (
                "request:\n  a: i64 # one\nresponse: {}\n",
                |t| t.add(&["request"], "b: i64"),
                "request:\n  a: i64 # one\n  b: i64\nresponse: {}\n",
            ),
            ("request: { a: i64 } # x\n", |t| t.add(&["request"], "b: i64"), "request: { a: i64, b: i64 } # x\n"),
            (
                "method: m\nexample: {}\n",
                |t| t.add(&["request"], "b: i64"),
                "method: m\nrequest:\n  b: i64\nexample: {}\n",
            ),
            ("method: m", |t| t.add(&["request"], "b: i64"), "method: m\nrequest:\n  b: i64\n"),
            (
                "types:\n  A:\n    x:\n      type: i64\n      doc: |\n        Two\n        lines.\n  B: { y: i64 }\n",
                |t| t.add(&["types", "A"], "z: i64"),
                "types:\n  A:\n    x:\n      type: i64\n      doc: |\n        Two\n        lines.\n    z: i64\n  B: { y: i64 }\n",
            ),
            (
                "types:\n  A: { x: i64 }\n",
                |t| t.add_lines("types", "  B:\n    y: i64\n"),
                "types:\n  A: { x: i64 }\n  B:\n    y: i64\n",
            ),
            ("types: { A: { x: i64 } }\n", |t| t.add_lines("types", "  B:\n"), "types: { A: { x: i64 } }\n"),
            (
                "request:\n  a: i64[] # x\n",
                |t| t.add_key(&["request", "a"], "max", "3"),
                "request:\n  a: { type: \"i64[]\", max: 3 } # x\n",
            ),
            (
                "request: { a: { type: i64, doc: X. } }\n",
                |t| t.add_key(&["request", "a"], "max", "3"),
                "request: { a: { type: i64, max: 3, doc: X. } }\n",
            ),
            (
                "request:\n  a:\n    type: i64\n    doc: X.\n",
                |t| t.add_key(&["request", "a"], "max", "3"),
                "request:\n  a:\n    type: i64\n    max: 3\n    doc: X.\n",
            ),
            ("request: []\n", |t| t.add(&["request"], "b: i64"), "request: []\n"),
        ];
        for (before, edit, after) in table {
            let mut text = Text::new(before);
            assert_eq!(edit(&mut text), before != after, "{before}");
            assert_eq!(text.into_text(), after);
        }
    }

    #[test]
    fn a_line_is_set_or_replaced() {
        let mut text = Text::new("# top\nmethod: m\nsource: { from: a,\n  hash: b }\neffect: read\n");
        text.set_line("source", "source: { from: c }\n", &["method"]);
        text.set_line("guessed", "guessed: [effect]\n", &["doc_id", "method"]);
        assert_eq!(text.into_text(), "# top\nmethod: m\nguessed: [effect]\nsource: { from: c }\neffect: read\n");
    }
}
