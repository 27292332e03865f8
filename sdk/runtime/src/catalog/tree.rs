//! A walk through fields and what is inside them.

use std::slice;

use crate::catalog::{Field, Kind, Method};

/// A walk through fields, each followed by the fields of the structure that it holds. It ends for types within themselves too:
/// there the inner one is not opened.
#[derive(Debug, Clone)]
pub struct Tree {
    method: &'static Method,
    /// The levels from the outermost to the one being walked.
    levels: Vec<Level>,
}

#[derive(Debug, Clone)]
struct Level {
    fields: slice::Iter<'static, Field>,
    /// The field that holds them and the name of its type; none at the root.
    holder: Option<(&'static Field, &'static str)>,
}

/// A field on the way through a [`Tree`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Node {
    /// The field.
    pub field: &'static Field,
    /// How many structures are around it.
    pub depth: usize,
    /// Whether its type is one of those around it; its fields are not shown again.
    pub is_recursive: bool,
}

impl Tree {
    pub(super) fn new(method: &'static Method, fields: &'static [Field]) -> Self {
        Self { method, levels: vec![Level { fields: fields.iter(), holder: None }] }
    }
}

impl Iterator for Tree {
    type Item = Node;

    fn next(&mut self) -> Option<Node> {
        loop {
            let depth = self.levels.len().checked_sub(1)?;
            let level = self.levels.last_mut()?;
            let Some(field) = level.fields.next() else {
                self.levels.pop();
                continue;
            };
            if level.holder.is_some_and(|(holder, _)| !holder.fills(field.name())) {
                continue;
            }
            let mut is_recursive = false;
            if let Kind::Named(name) = field.ty().kind() {
                is_recursive = self.levels.iter().any(|level| level.holder.is_some_and(|(_, around)| around == name));
                if let Some(def) = self.method.type_def(name).filter(|_| !is_recursive) {
                    self.levels.push(Level { fields: def.fields().iter(), holder: Some((field, name)) });
                }
            }
            return Some(Node { field, depth, is_recursive });
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::{self, Method};

    /// The paths of a method's answer.
    fn paths(method: &'static Method) -> Vec<String> {
        let mut around: Vec<&str> = Vec::new();
        let nodes = method.response_tree().map(|node| {
            assert!(node.depth <= around.len(), "no level is left out");
            around.truncate(node.depth);
            around.push(node.field.name());
            around.join(".")
        });
        nodes.collect()
    }

    #[test]
    fn only_what_the_method_fills() {
        let paths = paths(catalog::get("taobao.trade.fullinfo.get").unwrap());
        let has = |path: &str| paths.iter().any(|known| known == path);
        assert_eq!(paths[0], "trade");
        assert!(has("trade.tid") && has("trade.orders.oid"));
        assert!(!has("trade.pmtp") && !has("tid"));
    }

    #[test]
    fn types_within_themselves_are_opened_once() {
        let mut recursive = 0;
        for method in catalog::methods() {
            let nodes: Vec<_> = method.response_tree().collect();
            for (at, node) in nodes.iter().enumerate().filter(|(_, node)| node.is_recursive) {
                recursive += 1;
                assert!(nodes.get(at + 1).is_none_or(|next| next.depth <= node.depth), "{}", method.name());
            }
        }
        assert!(recursive > 0);
    }
}
