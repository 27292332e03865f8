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
    /// A member of a structure that the spec language would read as something else: left out.
    ReservedName,
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
    pub const ALL: [Rule; 19] = [
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
        Rule::ReservedName,
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
            Rule::ReservedName => {
                ("reserved-name", "`$` or `enum` in a structure mean something else in specs; left out")
            }
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

    /// Whether the metadata tells of something that typed code then has not, or not typed.
    #[must_use]
    pub fn loses(self) -> bool {
        matches!(
            self,
            Rule::NoType
                | Rule::UnknownStructure
                | Rule::ListOfLists
                | Rule::NameClash
                | Rule::ReservedName
                | Rule::CommonParameter
        )
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
            } else if !top && is_reserved(param) {
                self.note_param(Rule::ReservedName, param);
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
        if members.is_empty() {
            self.note(Rule::UnknownStructure, wire);
            return Kind::Scalar(Scalar::Json);
        }
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

/// Whether a structure cannot have such a member in a spec. `enum` with a type alone is a field.
fn is_reserved(param: &Param) -> bool {
    let more = param.required || param.doc.is_some() || param.limits != facts::Limits::default();
    param.name.starts_with('$') || (param.name == "enum" && more)
}

/// How much is told about a parameter: members count more than a type, a type more than nothing.
fn told(param: &Param) -> usize {
    fn size(param: &Param) -> usize {
        1 + usize::from(param.ty.is_some()) + param.members().iter().map(size).sum::<usize>()
    }
    size(param)
}

/// Whether an inner structure is the outer one of the same name, shown again with the deepest level cut off: all that it lacks
/// are structures.
fn is_cut_off(inner: &[Param], outer: &[Param]) -> bool {
    let same = |a: &Param, b: &Param| {
        (&a.name, &a.ty, a.lists, a.required, a.limits) == (&b.name, &b.ty, b.lists, b.required, b.limits)
    };
    inner.iter().all(|param| outer.iter().any(|other| same(param, other)))
        && outer.iter().all(|param| !param.members().is_empty() || inner.iter().any(|other| same(param, other)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::doc_center;

    /// Lowers a page and shows what came of it, one member a line, and which rules were used where.
    fn lowered(request: &str, response: &str) -> (String, Vec<String>) {
        let page = format!(r#"{{"name":"fruit.apple.get","requestParams":[{request}],"responseParams":[{response}]}}"#);
        let facts = doc_center::read("page.json", Some("fruit"), &page).unwrap().unwrap().facts;
        let mut notes = Notes::new();
        let Lowered { request, response } = lower(&facts, &mut notes);
        let mut text = String::new();
        request.iter().chain(&response).for_each(|member| show(member, 0, &mut text));
        let used = notes
            .iter()
            .flat_map(|(rule, places)| places.iter().map(|place| format!("{} {}", rule.explain().0, place.path)));
        (text, used.collect())
    }

    fn show(member: &Member, depth: usize, text: &mut String) {
        let Member { name, kind, list, required, limits, .. } = member;
        let (kind, members) = match kind {
            Kind::Scalar(scalar) => (scalar.as_str().to_owned(), &[][..]),
            Kind::Struct { wire, members } => (wire.clone(), members.as_slice()),
            Kind::Again(wire) => (format!("again {wire}"), &[][..]),
        };
        let list = if *list { "[]" } else { "" };
        let required = if *required { " required" } else { "" };
        let limits: String =
            super::super::write::limits(limits).iter().map(|(name, value)| format!(" {name} {value}")).collect();
        *text += &format!("{}{name}: {kind}{list}{required}{limits}; ", ">".repeat(depth));
        members.iter().for_each(|member| show(member, depth + 1, text));
    }

    #[test]
    fn each_oddity_has_its_rule() {
        // (request, response, members, rules)
        let table: [(&str, &str, &str, &[&str]); 25] = [
            (
                r#"{"name":"$doc","type":"S","subParams":[{"name":"$doc","type":"Date"},{"name":"enum","type":"Date"}]}"#,
                "",
                "$doc: S; >enum: date; ",
                &["reserved-name request.$doc.$doc: Date", "odd-name request.$doc"],
            ),
            (
                r#"{"name":"a","type":"String","required":true,"maxLength":5}"#,
                "",
                "a: string required max_length 5; ",
                &[],
            ),
            (r#"{"name":"a","type":"Number","minValue":0,"maxValue":9}"#, "", "a: i64 min 0 max 9; ", &[]),
            (r#"{"name":"a","type":"String[]","maxListSize":3}"#, "", "a: string[] max_items 3; ", &[]),
            (r#"{"name":"a","type":"byte[]","maxLength":7}"#, "", "a: bytes max_bytes 7; ", &[]),
            (
                "",
                r#"{"name":"a","type":"Price"},{"name":"b","type":"BigDecimal"},{"name":"c","type":"Date"},{"name":"d","type":"Json"},{"name":"e","type":"Boolean"}"#,
                "a: money; b: decimal; c: date; d: json; e: bool; ",
                &[],
            ),
            (r#"{"name":"a"}"#, "", "a: json; ", &["no-type request.a"]),
            ("", r#"{"name":"a","type":"Pip[]"}"#, "a: json[]; ", &["unknown-structure response.a: Pip"]),
            (
                "",
                r#"{"name":"a","type":"Price","subParams":[{"name":"b","type":"String"}]}"#,
                "a: Price; >b: string; ",
                &["scalar-with-members response.a: Price"],
            ),
            (r#"{"name":"a","type":"byte"}"#, "", "a: i64; ", &["byte-number request.a"]),
            (
                r#"{"name":"tax_rate","type":"Number"},{"name":"interstate","type":"Number"},{"name":"poiLat","type":"Number"}"#,
                "",
                "tax_rate: decimal; interstate: i64; poiLat: f64; ",
                &["decimal-number request.tax_rate: decimal", "decimal-number request.poiLat: f64"],
            ),
            (
                r#"{"name":"a","type":"byte[][]"}"#,
                r#"{"name":"b","type":"byte[]"}"#,
                "a: string[]; b: string; ",
                &["file-as-text request.a", "file-as-text response.b"],
            ),
            (
                r#"{"name":"a","type":"S","subParams":[{"name":"b","type":"byte[]"}]}"#,
                "",
                "a: S; >b: string; ",
                &["file-as-text request.a.b"],
            ),
            ("", r#"{"name":"a","type":"Number []"}"#, "a: i64[]; ", &["blank-before-list response.a: Number"]),
            ("", r#"{"name":"a","type":"String[][]"}"#, "a: json; ", &["list-of-lists response.a: String"]),
            (r#"{"name":"a"},{"name":"a","type":"Number"}"#, "", "a: i64; ", &["name-twice request.a: Number"]),
            (
                r#"{"name":"a_b","type":"Number"},{"name":"aB","type":"Date"}"#,
                "",
                "a_b: i64; ",
                &["name-clash request.aB: Date"],
            ),
            (r#"{"name":"a.b","type":"Number"}"#, "", "a.b: i64; ", &["odd-name request.a.b"]),
            (
                "",
                r#"{"name":"a","type":"Node","subParams":[{"name":"x","type":"Number"},{"name":"n","type":"Node[]","subParams":[{"name":"x","type":"Number"}]}]}"#,
                "a: Node; >x: i64; >n: again Node[]; ",
                &["recursion response.a.n: Node"],
            ),
            (
                "",
                r#"{"name":"a","type":"Node","subParams":[{"name":"x","type":"Number"},{"name":"n","type":"Node","subParams":[{"name":"y","type":"Number"}]}]}"#,
                "a: Node; >x: i64; >n: Node; >>y: i64; ",
                &["same-name-inside response.a.n: Node"],
            ),
            (
                r#"{"name":"request_id","type":"String"}"#,
                r#"{"name":"request_id","type":"String"}"#,
                "request_id: string; ",
                &["implied-field response.request_id: String"],
            ),
            (
                r#"{"name":"sign","type":"String"},{"name":"a","type":"S","subParams":[{"name":"sign","type":"String"}]}"#,
                "",
                "a: S; >sign: string; ",
                &["common-parameter request.sign: String"],
            ),
            ("", r#"{"name":"a","type":"String","required":true}"#, "a: string; ", &["required-response response.a"]),
            (
                r#"{"name":"a","type":"Number","maxLength":3},{"name":"b","type":"String","minValue":1},{"name":"c","type":"String","maxLength":0}"#,
                "",
                "a: i64; b: string; c: string; ",
                &[
                    "idle-limit request.a: maxLength 3 on Number",
                    "idle-limit request.b: minValue 1 on String",
                    "idle-limit request.c: maxLength 0 on String",
                ],
            ),
            (
                r#"{"name":"a","type":"Number","minValue":3,"maxValue":1}"#,
                "",
                "a: i64; ",
                &["idle-limit request.a: minValue 3 above maxValue 1 on Number"],
            ),
        ];
        let mut seen: Vec<&str> = Vec::new();
        for (request, response, members, rules) in table {
            let (text, used) = lowered(request, response);
            assert_eq!(text, members, "{request} {response}");
            assert_eq!(used, rules, "{request} {response}");
            seen.extend(rules.iter().filter_map(|rule| rule.split(' ').next()));
        }
        for (name, _) in Rule::ALL.map(Rule::explain) {
            assert!(seen.contains(&name) || name == "odd-method", "{name} has no case");
        }
    }

    #[test]
    fn a_structure_that_lacks_a_plain_member_is_another() {
        let inner = r#"{"name":"n","type":"Node","subParams":[{"name":"x","type":"Number"}]}"#;
        let page = format!(
            r#"{{"name":"a","type":"Node","subParams":[{{"name":"x","type":"Number"}},{{"name":"y","type":"Number"}},{inner}]}}"#
        );
        assert_eq!(lowered("", &page).0, "a: Node; >x: i64; >y: i64; >n: Node; >>x: i64; ");
    }
}
