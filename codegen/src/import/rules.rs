//! From what metadata says to what specs can say. Each oddity of the data is met by a rule with a name, and noted.

use std::collections::BTreeMap;

use crate::model::{Limits, Scalar};
use crate::naming;

use super::facts::{self, Facts, Inner, Param};

/// A method in terms of the spec language, its structures still written out as trees.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lowered {
    /// Parameters.
    pub request: Vec<Member>,
    /// Response fields.
    pub response: Vec<Member>,
}

/// A parameter, response field or member of a structure.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Wire name.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Whether it is a list of that.
    pub list: bool,
    /// Whether a request must have it.
    pub required: bool,
    /// Limits that apply to its type.
    pub limits: Limits,
    /// Description, in the words of the metadata.
    pub doc: Option<String>,
}

/// What a member is.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A built-in type.
    Scalar(Scalar),
    /// A structure.
    Struct {
        /// Official name of its type.
        wire: String,
        /// Its members; never none.
        members: Vec<Member>,
    },
    /// The nearest structure around it whose official name is this one.
    Again(String),
}

/// A rule for an oddity of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// No type is given: any JSON.
    NoType,
    /// A structure of which no member is told: any JSON.
    UnknownStructure,
    /// A built-in type that has members: a structure.
    ScalarWithMembers,
    /// A `byte` is a small number, not a file.
    ByteNumber,
    /// A `Number` whose name tells that it has decimals.
    DecimalNumber,
    /// A file in a structure, a list or a response is text.
    FileAsText,
    /// A blank before the marks of a list means nothing.
    BlankBeforeList,
    /// Lists of lists do not exist on the wire: JSON.
    ListOfLists,
    /// A name given twice in one structure: the one that tells more counts.
    NameTwice,
    /// Two names that are one in Rust: the first counts.
    NameClash,
    /// A name with characters that no identifier has.
    OddName,
    /// A structure that holds itself.
    Recursion,
    /// A structure of its own inside one of the same name.
    SameNameInside,
    /// `request_id` is part of every response.
    ImpliedField,
    /// A parameter named like one that every call has.
    CommonParameter,
    /// `required` on a response: the decoder takes what comes.
    RequiredResponse,
    /// A limit that its type cannot have, or that limits nothing.
    IdleLimit,
    /// The method's name is not in the usual form.
    OddMethod,
}

/// A place where a rule was used: the method and the path of names, with a word more where that helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The method.
    pub method: String,
    /// Such as `response.trade.orders: Order[]`.
    pub path: String,
}

/// Where each rule was used.
pub type Notes = BTreeMap<Rule, Vec<Place>>;

impl Rule {
    /// All rules, in the order of the report.
    pub const ALL: [Rule; 18] = [
        Rule::NoType,
        Rule::UnknownStructure,
        Rule::ScalarWithMembers,
        Rule::ByteNumber,
        Rule::DecimalNumber,
        Rule::FileAsText,
        Rule::BlankBeforeList,
        Rule::ListOfLists,
        Rule::NameTwice,
        Rule::NameClash,
        Rule::OddName,
        Rule::Recursion,
        Rule::SameNameInside,
        Rule::ImpliedField,
        Rule::CommonParameter,
        Rule::RequiredResponse,
        Rule::IdleLimit,
        Rule::OddMethod,
    ];

    /// Its stable name and what it does, for the report.
    #[must_use]
    pub fn explain(self) -> (&'static str, &'static str) {
        match self {
            Rule::NoType => ("no-type", "no type is given; taken as json"),
            Rule::UnknownStructure => ("unknown-structure", "no member of the structure is told; taken as json"),
            Rule::ScalarWithMembers => {
                ("scalar-with-members", "a built-in type that has members; taken as a structure")
            }
            Rule::ByteNumber => ("byte-number", "a byte outside a list is a small number; taken as i64"),
            Rule::DecimalNumber => ("decimal-number", "a Number with decimals; taken as decimal or f64"),
            Rule::FileAsText => ("file-as-text", "a file in a structure, list or response; taken as string"),
            Rule::BlankBeforeList => ("blank-before-list", "a blank before []; left out"),
            Rule::ListOfLists => ("list-of-lists", "no such thing on the wire; taken as json"),
            Rule::NameTwice => ("name-twice", "given twice in one structure; the one that tells more counts"),
            Rule::NameClash => ("name-clash", "one name in Rust with an earlier one; left out"),
            Rule::OddName => ("odd-name", "a name with a dot, dash or blank; kept on the wire"),
            Rule::Recursion => ("recursion", "a structure that holds itself; one type"),
            Rule::SameNameInside => {
                ("same-name-inside", "another structure of the same name inside; a type of its own")
            }
            Rule::ImpliedField => ("implied-field", "request_id is part of every response; left out"),
            Rule::CommonParameter => ("common-parameter", "named like a parameter of every call; left out"),
            Rule::RequiredResponse => ("required-response", "required on a response; the decoder takes what comes"),
            Rule::IdleLimit => ("idle-limit", "a limit that the type cannot have or that limits nothing; left out"),
            Rule::OddMethod => ("odd-method", "capitals, dashes or dates in the method's name; kept on the wire"),
        }
    }
}

/// Parameters that every call has; a method's own of the same name could not be sent.
const COMMON: [&str; 4] = ["method", "app_key", "sign", "sign_method"];

/// Lowers one method and notes each use of a rule.
pub fn lower(facts: &Facts, notes: &mut Notes) -> Lowered {
    let mut lowering = Lowering { method: &facts.name, notes, request: true, path: Vec::new(), open: Vec::new() };
    if facts.name.chars().any(|c| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '.' || c == '_')) {
        lowering.note(Rule::OddMethod, "");
    }
    lowering.path.push("request".to_owned());
    let request = lowering.members(&facts.request);
    lowering.path = vec!["response".to_owned()];
    lowering.request = false;
    let response = lowering.members(&facts.response);
    Lowered { request, response }
}

struct Lowering<'a> {
    method: &'a str,
    notes: &'a mut Notes,
    request: bool,
    path: Vec<String>,
    /// The structures around, outermost first.
    open: Vec<(&'a str, &'a [Param])>,
}

impl<'a> Lowering<'a> {
    fn members(&mut self, params: &'a [Param]) -> Vec<Member> {
        let top = self.open.is_empty();
        let mut kept: Vec<&'a Param> = Vec::new();
        for param in params {
            let rust = naming::field(&param.name);
            let again = kept.iter().position(|earlier| earlier.name == param.name);
            if let Some(at) = again {
                self.note_param(Rule::NameTwice, param);
                if told(param) > told(kept[at]) {
                    kept[at] = param;
                }
            } else if kept.iter().any(|earlier| naming::field(&earlier.name) == rust) {
                self.note_param(Rule::NameClash, param);
            } else if top && !self.request && param.name == "request_id" {
                self.note_param(Rule::ImpliedField, param);
            } else if top && self.request && COMMON.contains(&param.name.as_str()) {
                self.note_param(Rule::CommonParameter, param);
            } else {
                kept.push(param);
            }
        }
        kept.into_iter().map(|param| self.member(param)).collect()
    }

    fn member(&mut self, param: &'a Param) -> Member {
        self.path.push(param.name.clone());
        if !param.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            self.note(Rule::OddName, "");
        }
        if param.blank && param.lists > 0 {
            self.note(Rule::BlankBeforeList, param.ty.as_deref().unwrap_or_default());
        }
        if param.required && !self.request {
            self.note(Rule::RequiredResponse, "");
        }
        let mut list = param.lists > 0;
        let kind = if param.lists > 1 {
            self.note(Rule::ListOfLists, param.ty.as_deref().unwrap_or_default());
            list = false;
            Kind::Scalar(Scalar::Json)
        } else {
            self.kind(param)
        };
        let limits = self.limits(param, &kind, list);
        self.path.pop();
        let required = param.required && self.request;
        Member { name: param.name.clone(), kind, list, required, limits, doc: param.doc.clone() }
    }

    fn kind(&mut self, param: &'a Param) -> Kind {
        let Some(ty) = param.ty.as_deref() else {
            self.note(Rule::NoType, "");
            return Kind::Scalar(Scalar::Json);
        };
        let scalar = scalar(ty);
        match (&param.inner, scalar) {
            (Inner::Again, None) => {
                self.note(Rule::Recursion, ty);
                Kind::Again(ty.to_owned())
            }
            (Inner::Members(members), _) => {
                if scalar.is_some() {
                    self.note(Rule::ScalarWithMembers, ty);
                }
                self.structure(ty, members)
            }
            (_, Some(scalar)) => self.scalar(param, ty, scalar),
            (Inner::Nothing, None) => {
                self.note(Rule::UnknownStructure, ty);
                Kind::Scalar(Scalar::Json)
            }
        }
    }

    fn structure(&mut self, wire: &'a str, members: &'a [Param]) -> Kind {
        if let Some((_, outer)) = self.open.iter().rev().find(|(open, _)| *open == wire) {
            if is_cut_off(members, outer) {
                self.note(Rule::Recursion, wire);
                return Kind::Again(wire.to_owned());
            }
            self.note(Rule::SameNameInside, wire);
        }
        self.open.push((wire, members));
        let members = self.members(members);
        self.open.pop();
        Kind::Struct { wire: wire.to_owned(), members }
    }

    fn scalar(&mut self, param: &Param, ty: &str, scalar: Scalar) -> Kind {
        let scalar = match scalar {
            Scalar::Bytes if ty == "byte" => {
                self.note(Rule::ByteNumber, "");
                Scalar::I64
            }
            Scalar::Bytes if !self.request || !self.open.is_empty() || param.lists > 0 => {
                self.note(Rule::FileAsText, "");
                Scalar::String
            }
            Scalar::I64 => match decimals(&param.name) {
                Some(scalar) => {
                    self.note(Rule::DecimalNumber, scalar.as_str());
                    scalar
                }
                None => Scalar::I64,
            },
            other => other,
        };
        Kind::Scalar(scalar)
    }

    fn limits(&mut self, param: &Param, kind: &Kind, list: bool) -> Limits {
        let facts::Limits { max_length, max_items, min, max } = param.limits;
        let mut limits = Limits::default();
        let mut idle = Vec::new();
        let scalar = match kind {
            Kind::Scalar(scalar) => Some(*scalar),
            Kind::Struct { .. } | Kind::Again(_) => None,
        };
        let text = matches!(scalar, Some(Scalar::String | Scalar::Json | Scalar::Money | Scalar::Decimal)) && !list;
        let number = matches!(scalar, Some(Scalar::I64 | Scalar::F64 | Scalar::Money | Scalar::Decimal));
        let file = scalar == Some(Scalar::Bytes);
        let count = |value: i64| u64::try_from(value).ok().filter(|value| *value > 0);
        if let Some(value) = max_length {
            match count(value) {
                Some(count) if text && self.request => limits.max_length = Some(count),
                Some(count) if file => limits.max_bytes = Some(count),
                _ => idle.push(format!("maxLength {value}")),
            }
        }
        if let Some(value) = max_items {
            match count(value) {
                Some(count) if list && self.request => limits.max_items = Some(count),
                _ => idle.push(format!("maxListSize {value}")),
            }
        }
        for (name, value, slot) in [("minValue", min, &mut limits.min), ("maxValue", max, &mut limits.max)] {
            match value {
                Some(value) if number && self.request => *slot = Some(value),
                Some(value) => idle.push(format!("{name} {value}")),
                None => {}
            }
        }
        if let (Some(min), Some(max)) = (limits.min, limits.max)
            && min > max
        {
            idle.push(format!("minValue {min} above maxValue {max}"));
            (limits.min, limits.max) = (None, None);
        }
        for limit in idle {
            let list = if list { "[]" } else { "" };
            self.note(Rule::IdleLimit, &format!("{limit} on {}{list}", param.ty.as_deref().unwrap_or("nothing")));
        }
        limits
    }

    fn note_param(&mut self, rule: Rule, param: &Param) {
        self.path.push(param.name.clone());
        self.note(rule, param.ty.as_deref().unwrap_or_default());
        self.path.pop();
    }

    fn note(&mut self, rule: Rule, more: &str) {
        let mut path = self.path.join(".");
        if !more.is_empty() {
            path += &format!(": {more}");
        }
        self.notes.entry(rule).or_default().push(Place { method: self.method.to_owned(), path });
    }
}

/// The built-in type of a type name.
fn scalar(ty: &str) -> Option<Scalar> {
    Some(match ty {
        "String" => Scalar::String,
        "Number" => Scalar::I64,
        "Boolean" => Scalar::Bool,
        "Price" => Scalar::Money,
        "BigDecimal" => Scalar::Decimal,
        "Date" => Scalar::Date,
        "Json" => Scalar::Json,
        "byte" | "byte[]" => Scalar::Bytes,
        _ => return None,
    })
}

/// How much is told about a parameter: members count more than a type, a type more than nothing.
fn told(param: &Param) -> usize {
    fn size(param: &Param) -> usize {
        1 + usize::from(param.ty.is_some()) + param.members().iter().map(size).sum::<usize>()
    }
    size(param)
}

/// Whether an inner structure is the outer one of the same name, shown again with the deepest level cut off.
fn is_cut_off(inner: &[Param], outer: &[Param]) -> bool {
    let same = |a: &Param, b: &Param| a.name == b.name && a.ty == b.ty && a.lists == b.lists;
    inner.iter().all(|param| outer.iter().any(|other| same(param, other)))
}

/// Last parts of names that hold fractions, and the type that suits them.
const DECIMALS: [(&str, Scalar); 22] = [
    ("discount_rate", Scalar::Decimal),
    ("exchange_rate", Scalar::Decimal),
    ("tax_rate", Scalar::Decimal),
    ("commission_rate", Scalar::Decimal),
    ("click_rate", Scalar::Decimal),
    ("convert_rate", Scalar::Decimal),
    ("conversion_rate", Scalar::Decimal),
    ("rate_value", Scalar::Decimal),
    ("ratio", Scalar::Decimal),
    ("percent", Scalar::Decimal),
    ("percentage", Scalar::Decimal),
    ("ctr", Scalar::Decimal),
    ("cvr", Scalar::Decimal),
    ("roi", Scalar::Decimal),
    ("latitude", Scalar::F64),
    ("longitude", Scalar::F64),
    ("lat", Scalar::F64),
    ("lng", Scalar::F64),
    ("lon", Scalar::F64),
    ("pos_x", Scalar::F64),
    ("pos_y", Scalar::F64),
    ("confidence", Scalar::F64),
];

/// Whether a `Number` has decimals in practice, by the last parts of its name.
fn decimals(name: &str) -> Option<Scalar> {
    let snake = naming::field(name);
    let ends = |end: &str| snake == end || snake.strip_suffix(end).is_some_and(|before| before.ends_with('_'));
    DECIMALS.iter().find(|(end, _)| ends(end)).map(|(_, scalar)| *scalar)
}
