//! A parsed answer, whatever its format: a flat list of tokens, borrowed from the body where possible.
//!
//! JSON and XML are both parsed into this, so that tolerant decoding is written once.

use std::borrow::Cow;

/// Deepest nesting that a body may have. Answers of the platform stay below 20.
pub(crate) const MAX_DEPTH: usize = 128;

/// One parsed value in document order. Containers know where they end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token<'a> {
    Null,
    Bool(bool),
    /// A number exactly as written.
    Number(&'a str),
    Text(Cow<'a, str>),
    /// Values up to token `end`.
    List {
        end: usize,
    },
    /// Pairs of `Text` and value up to token `end`; a name may come more than once.
    Map {
        end: usize,
    },
}

/// The tokens of one body. The root is the first token.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    pub(crate) tokens: Vec<Token<'a>>,
    /// Raw control characters and lone surrogates that were let through.
    pub(crate) repairs: usize,
}

impl Tree<'_> {
    pub(crate) fn root(&self) -> Node<'_> {
        Node { tokens: &self.tokens, at: 0 }
    }
}

/// One value of a parsed answer, whatever the wire format was.
#[derive(Clone, Copy)]
pub struct Node<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
}

/// What a [`Node`] holds.
#[derive(Clone, Copy)]
pub enum Kind<'t> {
    /// JSON `null`, or an empty XML element.
    Null,
    /// JSON `true` or `false`.
    Bool(bool),
    /// A JSON number, as written.
    Number(&'t str),
    /// Text; in XML every scalar.
    Text(&'t str),
    /// A JSON array.
    List(Items<'t>),
    /// A JSON object, or an XML element with children (a name may come more than once).
    Map(Entries<'t>),
}

impl Kind<'_> {
    /// One word for messages; never the value itself.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "text",
            Kind::List(_) => "a list",
            Kind::Map(_) => "an object",
        }
    }
}

impl<'t> Node<'t> {
    /// What this node holds.
    #[must_use]
    pub fn kind(&self) -> Kind<'t> {
        match self.tokens.get(self.at) {
            None | Some(Token::Null) => Kind::Null,
            Some(Token::Bool(b)) => Kind::Bool(*b),
            Some(Token::Number(n)) => Kind::Number(n),
            Some(Token::Text(s)) => Kind::Text(s),
            Some(Token::List { end }) => Kind::List(Items { tokens: self.tokens, at: self.at + 1, end: *end }),
            Some(Token::Map { end }) => Kind::Map(Entries { tokens: self.tokens, at: self.at + 1, end: *end }),
        }
    }

    /// The value of the first entry with this name, if this is a map.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Node<'t>> {
        let Kind::Map(mut entries) = self.kind() else { return None };
        entries.find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Text or number as text.
    #[must_use]
    pub fn scalar(&self) -> Option<&'t str> {
        match self.kind() {
            Kind::Text(s) | Kind::Number(s) => Some(s),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            _ => None,
        }
    }
}

/// Index of the token after the value at `at`.
fn next(tokens: &[Token<'_>], at: usize) -> usize {
    match tokens.get(at) {
        Some(Token::List { end } | Token::Map { end }) => *end,
        _ => at + 1,
    }
}

/// The elements of a list.
#[derive(Clone, Copy)]
pub struct Items<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    end: usize,
}

impl<'t> Iterator for Items<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        if self.at >= self.end {
            return None;
        }
        let node = Node { tokens: self.tokens, at: self.at };
        self.at = next(self.tokens, self.at);
        Some(node)
    }
}

/// The entries of a map, in document order.
#[derive(Clone, Copy)]
pub struct Entries<'t> {
    tokens: &'t [Token<'t>],
    at: usize,
    end: usize,
}

impl<'t> Iterator for Entries<'t> {
    type Item = (&'t str, Node<'t>);

    fn next(&mut self) -> Option<(&'t str, Node<'t>)> {
        if self.at >= self.end {
            return None;
        }
        let key = match &self.tokens[self.at] {
            Token::Text(key) => key.as_ref(),
            // The builders put a name before every value; anything else ends the walk.
            _ => return None,
        };
        let value = Node { tokens: self.tokens, at: self.at + 1 };
        self.at = next(self.tokens, self.at + 1);
        Some((key, value))
    }
}

/// Builds a [`Tree`] token by token and fills in where containers end.
#[derive(Default)]
pub(crate) struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<usize>,
}

impl<'a> Builder<'a> {
    pub(crate) fn with_capacity(tokens: usize) -> Self {
        Self { tree: Tree { tokens: Vec::with_capacity(tokens), repairs: 0 }, open: Vec::with_capacity(16) }
    }

    pub(crate) fn push(&mut self, token: Token<'a>) {
        self.tree.tokens.push(token);
    }

    /// Opens a container; false when the body nests too deep.
    pub(crate) fn open(&mut self, token: Token<'a>) -> bool {
        if self.open.len() >= MAX_DEPTH {
            return false;
        }
        self.open.push(self.tree.tokens.len());
        self.tree.tokens.push(token);
        true
    }

    /// Closes the innermost container.
    pub(crate) fn close(&mut self) {
        let now = self.tree.tokens.len();
        if let Some(start) = self.open.pop()
            && let Some(Token::List { end } | Token::Map { end }) = self.tree.tokens.get_mut(start)
        {
            *end = now;
        }
    }

    /// Whether the innermost open container is a map; `None` at the root.
    pub(crate) fn in_map(&self) -> Option<bool> {
        self.open.last().map(|&start| matches!(self.tree.tokens[start], Token::Map { .. }))
    }

    pub(crate) fn repaired(&mut self) {
        self.tree.repairs += 1;
    }

    pub(crate) fn finish(self) -> Tree<'a> {
        self.tree
    }
}
