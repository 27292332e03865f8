//! The records of a domain's body. `codegen/src/emit/catalog.rs` writes them and says what stands where.

use std::sync::OnceLock;

use crate::catalog::{EnumValue, Field, Kind, Shape, Type, TypeDef};
use crate::model::{Limits, MethodInfo, Remedy, RetryClass, Sensitive, SubCode, Who};

/// Ends a record.
pub(super) const RS: char = '\u{1e}';
/// Ends a part of a record.
pub(super) const US: char = '\u{1f}';

/// What stands in a method's records.
#[derive(Default)]
pub(super) struct Details {
    pub(super) description: Option<&'static str>,
    pub(super) deprecated: Option<&'static str>,
    /// Paging, split, cache, invalidates.
    pub(super) rules: [Option<&'static str>; 4],
    pub(super) parameters: Vec<Field>,
    pub(super) response: Vec<Field>,
    pub(super) types: Vec<TypeDef>,
    pub(super) errors: Vec<SubCode>,
    /// What follows from the method's facts and errors, once it is asked for.
    pub(super) info: OnceLock<MethodInfo>,
}

impl Details {
    pub(super) fn read(text: &'static str) -> Self {
        let mut details = Self::default();
        for (kind, record) in records(text) {
            match kind {
                'D' => (details.description, details.deprecated) = (record.part(0), record.part(1)),
                'R' => details.rules = [0, 1, 2, 3].map(|at| record.part(at)),
                '>' => details.parameters.push(record.field()),
                '<' => details.response.push(record.field()),
                'X' => details.errors.push(record.error()),
                _ => record.into_types(kind, &mut details.types),
            }
        }
        details
    }
}

/// Records of types alone.
pub(super) fn types(text: &'static str) -> Vec<TypeDef> {
    let mut types = Vec::new();
    records(text).for_each(|(kind, record)| record.into_types(kind, &mut types));
    types
}

/// Each record with the character that says what it is.
fn records(text: &'static str) -> impl Iterator<Item = (char, Record)> {
    text.split_terminator(RS).filter_map(|record| {
        let mut chars = record.chars();
        Some((chars.next()?, Record(chars.as_str())))
    })
}

/// The parts of a record.
#[derive(Clone, Copy)]
struct Record(&'static str);

impl Record {
    /// One part, unless it is empty.
    fn part(self, at: usize) -> Option<&'static str> {
        self.0.split(US).nth(at).filter(|part| !part.is_empty())
    }

    fn text(self, at: usize) -> &'static str {
        self.part(at).unwrap_or_default()
    }

    fn field(self) -> Field {
        let mut field = Field {
            name: self.text(0),
            ty: ty(self.text(1)),
            doc: None,
            required: false,
            default: None,
            limits: Limits::NONE,
            sensitive: None,
            deprecated: None,
            ask_as: None,
            only: Vec::new(),
            except: Vec::new(),
        };
        for fact in self.0.split(US).skip(2) {
            let mut chars = fact.chars();
            let (key, text) = (chars.next(), chars.as_str());
            match key {
                Some('!') => field.required = true,
                Some('l') => field.limits.max_length = text.parse().ok(),
                Some('i') => field.limits.max_items = text.parse().ok(),
                Some('b') => field.limits.max_bytes = text.parse().ok(),
                Some('m') => field.limits.min = text.parse().ok(),
                Some('x') => field.limits.max = text.parse().ok(),
                Some('=') => field.default = Some(text),
                Some('s') => field.sensitive = Some(sensitive(text)),
                Some('~') => field.deprecated = Some(text),
                Some('@') => field.ask_as = Some(text),
                Some('+') => field.only = text.split(',').collect(),
                Some('-') => field.except = text.split(',').collect(),
                Some('#') => field.doc = Some(text),
                _ => {}
            }
        }
        field
    }

    /// A type, or what belongs to the last one.
    fn into_types(self, kind: char, types: &mut Vec<TypeDef>) {
        let shape = match kind {
            'T' => Shape::Struct(Vec::new()),
            'E' => Shape::Enum { integer: self.part(3).is_some(), values: Vec::new() },
            _ => {
                match types.last_mut().map(|def| &mut def.shape) {
                    Some(Shape::Struct(fields)) => fields.push(self.field()),
                    Some(Shape::Enum { values, .. }) => {
                        values.push(EnumValue { wire: self.text(0), doc: self.part(1) });
                    }
                    None => {}
                }
                return;
            }
        };
        let name = self.text(0);
        types.push(TypeDef { name, wire: self.part(1).unwrap_or(name), doc: self.part(2), shape });
    }

    fn error(self) -> SubCode {
        let retry = match self.text(1) {
            "once" => RetryClass::Once,
            "backoff" => RetryClass::Backoff,
            "after_ban" => RetryClass::AfterBan,
            _ => RetryClass::Never,
        };
        let who = match self.text(2) {
            "app" => Some(Who::App),
            "seller" => Some(Who::Seller),
            "platform" => Some(Who::Platform),
            _ => None,
        };
        let remedy = Remedy { means: self.text(3), fix: self.text(4), retry, who };
        SubCode { code: self.text(0), remedy, absent: self.part(5).is_some() }
    }
}

/// `Order[]`, `fields(Trade)`, `i64`; nothing for text.
fn ty(text: &'static str) -> Type {
    let (element, list) = text.strip_suffix("[]").map_or((text, false), |element| (element, true));
    let built_in = Kind::BUILT_IN.iter().find(|(name, _)| *name == element).map(|(_, kind)| *kind);
    let fields = || element.strip_prefix("fields(").and_then(|rest| rest.strip_suffix(')')).map(Kind::Fields);
    let kind = match element {
        "" => Kind::String,
        name => built_in.or_else(fields).unwrap_or(Kind::Named(name)),
    };
    Type { kind, list }
}

fn sensitive(word: &str) -> Sensitive {
    match word {
        "name" => Sensitive::Name,
        "phone" => Sensitive::Phone,
        "address" => Sensitive::Address,
        "nick" => Sensitive::Nick,
        "email" => Sensitive::Email,
        "id" => Sensitive::Id,
        "account" => Sensitive::Account,
        "secret" => Sensitive::Secret,
        // What is not known may be anything.
        _ => Sensitive::Text,
    }
}
