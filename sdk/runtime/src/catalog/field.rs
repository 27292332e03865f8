//! Fields and types as the specs declare them.

use std::fmt;

use crate::catalog::index::{Term, term};
use crate::model::{Limits, Sensitive};

/// A parameter, a response field or a field of a structure.
#[derive(Debug)]
pub struct Field {
    pub(super) name: &'static str,
    pub(super) ty: Type,
    pub(super) doc: Option<&'static str>,
    pub(super) required: bool,
    pub(super) default: Option<&'static str>,
    pub(super) limits: Limits,
    pub(super) sensitive: Option<Sensitive>,
    pub(super) deprecated: Option<&'static str>,
    pub(super) ask_as: Option<&'static str>,
    pub(super) only: Vec<&'static str>,
    pub(super) except: Vec<&'static str>,
}

impl Field {
    /// Name on the wire.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Its type.
    #[must_use]
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// What it is, in English: what people wrote for it, else the glossary's sentence.
    #[must_use]
    pub fn doc(&self) -> Option<&'static str> {
        self.own_doc().or_else(|| self.term().map(Term::en))
    }

    /// What people wrote for this very field.
    #[must_use]
    pub fn own_doc(&self) -> Option<&'static str> {
        self.doc
    }

    /// The glossary's word on its name, in English and Chinese.
    #[must_use]
    pub fn term(&self) -> Option<&'static Term> {
        term(self.name)
    }

    /// Whether a request must have it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// What the platform assumes when it is absent, as a parameter carries it.
    #[must_use]
    pub fn default(&self) -> Option<&'static str> {
        self.default
    }

    /// What is checked before sending.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What personal data or credential it holds.
    #[must_use]
    pub fn sensitive(&self) -> Option<Sensitive> {
        self.sensitive
    }

    /// Why it should not be used, and what to use instead.
    #[must_use]
    pub fn deprecated(&self) -> Option<&'static str> {
        self.deprecated
    }

    /// The name by which a `fields` parameter asks for it: mostly its own.
    #[must_use]
    pub fn asked_as(&self) -> &'static str {
        self.ask_as.unwrap_or(self.name)
    }

    /// Whether the method fills this field of the structure that this field holds; a shared type may have more than one method
    /// fills.
    #[must_use]
    pub fn fills(&self, inner: &str) -> bool {
        if self.only.is_empty() { !self.except.contains(&inner) } else { self.only.contains(&inner) }
    }
}

/// The type of a field. Its `Display` is what specs write: `Order[]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Type {
    pub(super) kind: Kind,
    pub(super) list: bool,
}

impl Type {
    /// What it is, or what its elements are.
    #[must_use]
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Whether it is a list.
    #[must_use]
    pub fn is_list(self) -> bool {
        self.list
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        f.write_str(if self.list { "[]" } else { "" })
    }
}

/// A type that is no list. Its `Display` is what specs write: `i64`, `Trade`, `fields(Trade)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Text.
    String,
    /// A 64-bit integer.
    I64,
    /// A binary floating-point number.
    F64,
    /// `true` or `false`.
    Bool,
    /// Decimal yuan.
    Money,
    /// An exact decimal.
    Decimal,
    /// `yyyy-MM-dd HH:mm:ss`, GMT+8.
    Date,
    /// A text that holds JSON.
    Json,
    /// A file.
    Bytes,
    /// A structure or an enum, by name; [`Method::type_def`](crate::catalog::Method::type_def) has it.
    Named(&'static str),
    /// A comma list of names of the fields of a structure.
    Fields(&'static str),
}

impl Kind {
    /// The types whose name is their own.
    pub(super) const BUILT_IN: [(&'static str, Self); 9] = [
        ("string", Self::String),
        ("i64", Self::I64),
        ("f64", Self::F64),
        ("bool", Self::Bool),
        ("money", Self::Money),
        ("decimal", Self::Decimal),
        ("date", Self::Date),
        ("json", Self::Json),
        ("bytes", Self::Bytes),
    ];
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::Fields(name) => write!(f, "fields({name})"),
            other => f.write_str(Self::BUILT_IN.iter().find(|(_, kind)| kind == other).map_or("", |(name, _)| name)),
        }
    }
}

/// A declared type.
#[derive(Debug)]
pub struct TypeDef {
    pub(super) name: &'static str,
    pub(super) wire: &'static str,
    pub(super) doc: Option<&'static str>,
    pub(super) shape: Shape,
}

impl TypeDef {
    /// Name in the specs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The platform's name of the type, from which the keys of lists on the wire are made.
    #[must_use]
    pub fn wire(&self) -> &'static str {
        self.wire
    }

    /// What it is, where people wrote it.
    #[must_use]
    pub fn doc(&self) -> Option<&'static str> {
        self.doc
    }

    /// What it consists of.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The fields of a structure; none for an enum.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        match &self.shape {
            Shape::Struct(fields) => fields,
            Shape::Enum { .. } => &[],
        }
    }
}

/// What a declared type consists of.
#[derive(Debug)]
#[non_exhaustive]
pub enum Shape {
    /// Named fields.
    Struct(Vec<Field>),
    /// The values known today; there may be others.
    #[non_exhaustive]
    Enum {
        /// Whether all values are integers and go on the wire as such.
        integer: bool,
        /// In the order of the spec.
        values: Vec<EnumValue>,
    },
}

/// One value of an enum.
#[derive(Debug)]
pub struct EnumValue {
    pub(super) wire: &'static str,
    pub(super) doc: Option<&'static str>,
}

impl EnumValue {
    /// The value on the wire.
    #[must_use]
    pub fn wire(&self) -> &'static str {
        self.wire
    }

    /// What it stands for, where people wrote it.
    #[must_use]
    pub fn doc(&self) -> Option<&'static str> {
        self.doc
    }
}
