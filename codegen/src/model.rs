//! What the specs say, after loading and before code: plain data with source positions.
//!
//! Nothing here knows YAML or Rust. `load` fills it, `validate` judges it, `emit` and the sandbox read it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde_json::Value as Json;

mod paging;

pub use paging::{GIVEN, PageBy, Paging, TimeWindow};

/// Everything under `specs/`.
#[derive(Debug, Clone, Default)]
pub struct Spec {
    /// `platform.yaml`.
    pub platform: Platform,
    /// `glossary.yaml`: what a field name means where the field has no doc of its own.
    pub glossary: BTreeMap<String, Term>,
    /// One entry a folder, sorted by name.
    pub domains: Vec<Domain>,
}

impl Spec {
    /// The method with this wire name and the domain it belongs to.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<(&Domain, &Method)> {
        self.domains.iter().find_map(|domain| {
            let method = domain.methods.iter().find(|m| m.name.value == name)?;
            Some((domain, method))
        })
    }
}

/// What a field name means, wherever it occurs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Term {
    /// In English, a sentence.
    pub en: String,
    /// In Chinese, a sentence.
    pub zh: String,
}

/// A place in a spec file: byte range into the file's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    /// Index of the file in [`Sources`](crate::source::Sources).
    pub file: usize,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// A value and where it was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// `platform.yaml`.
#[derive(Debug, Clone, Default)]
pub struct Platform {
    /// Named gateways, in file order.
    pub environments: Vec<Environment>,
    /// Parameters that every call takes.
    pub parameters: Vec<Field>,
    /// Names and docs of the ways to sign, in file order.
    pub sign_methods: Vec<SignMethod>,
    /// Platform error codes: single ones first, then ranges, which may hold single ones.
    pub errors: Vec<PlatformError>,
    /// Sub codes, exact names first as written, prefixes end in `*`.
    pub families: Vec<SubCode>,
    /// Default rate limits.
    pub tiers: Vec<Tier>,
    /// Names of the tags of cached reads that writes of any domain may make old.
    pub tags: Vec<At<String>>,
}

/// One gateway.
#[derive(Debug, Clone)]
pub struct Environment {
    /// `production`, `overseas`, `sandbox`.
    pub name: At<String>,
    /// URL of the REST router.
    pub rest: String,
    /// URL of the batch router.
    pub batch: String,
    /// What it is for.
    pub doc: String,
}

/// One way to sign.
#[derive(Debug, Clone)]
pub struct SignMethod {
    /// Value of the `sign_method` parameter.
    pub name: At<String>,
    /// How it works.
    pub doc: String,
    /// What clients use unless told otherwise.
    pub default: bool,
}

/// An entry of the platform's error table.
#[derive(Debug, Clone)]
pub struct PlatformError {
    /// First code of the range.
    pub first: At<i64>,
    /// Last code of the range (the same for a single code).
    pub last: i64,
    /// The platform's short name.
    pub name: String,
    /// Meaning, remedy, retry class.
    pub remedy: Remedy,
    /// What the starting article says to do on this code, where it differs.
    pub article: Option<String>,
}

/// A sub code, exact or (in `platform.yaml`) a prefix ending in `*`.
#[derive(Debug, Clone)]
pub struct SubCode {
    /// The code as written.
    pub code: At<String>,
    /// Meaning, remedy, retry class.
    pub remedy: Remedy,
    /// Whether it says that what was asked for does not exist.
    pub absent: bool,
}

/// What an error means and what to do about it.
#[derive(Debug, Clone, Default)]
pub struct Remedy {
    /// What went wrong.
    pub means: String,
    /// What to do.
    pub fix: String,
    /// Whether trying again helps.
    pub retry: Retry,
    /// Who can mend it.
    pub who: Option<Who>,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Retry {
    /// The same call fails again.
    #[default]
    Never,
    /// Once, after the stated correction.
    Once,
    /// The fault is transient: wait longer each time.
    Backoff,
    /// After the seconds that the platform tells.
    AfterBan,
}

impl Retry {
    /// As specs write it: `after_ban`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Retry::Never => "never",
            Retry::Once => "once",
            Retry::Backoff => "backoff",
            Retry::AfterBan => "after_ban",
        }
    }
}

/// Who can mend an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// The developer of the calling application.
    App,
    /// The seller or user whose session is used.
    Seller,
    /// The platform; nobody on this side.
    Platform,
}

/// A default rate limit.
#[derive(Debug, Clone)]
pub struct Tier {
    /// `basic`, `trade`, `logistics`.
    pub name: At<String>,
    /// Calls a minute for one application.
    pub per_minute: u32,
    /// What it covers.
    pub doc: String,
}

/// A folder of methods.
#[derive(Debug, Clone, Default)]
pub struct Domain {
    /// Folder, Rust module and cargo feature.
    pub name: At<String>,
    /// English title.
    pub title: String,
    /// Chinese title.
    pub title_zh: String,
    /// What the domain covers.
    pub doc: String,
    /// Part of the default features.
    pub core: bool,
    /// Which of the crates in `sdk/domains/` holds its code; none: the SDK's own.
    pub crate_name: Option<At<String>>,
    /// Name of a rate tier.
    pub tier: At<String>,
    /// Types that several methods share (`types.yaml`).
    pub types: Vec<TypeDef>,
    /// Sorted by name.
    pub methods: Vec<Method>,
}

/// One API method.
#[derive(Debug, Clone)]
pub struct Method {
    /// Path relative to the specs folder, with `/`.
    pub file: PathBuf,
    /// Wire name, such as `taobao.trade.get`.
    pub name: At<String>,
    /// Page on the platform's documentation centre.
    pub doc_id: Option<i64>,
    /// The metadata it was imported from; none for a method that only people have described.
    pub source: Option<Source>,
    /// What no person has confirmed.
    pub guessed: Vec<Guess>,
    /// One line; empty in an imported method that nobody has described yet.
    pub summary: String,
    /// More paragraphs, Markdown.
    pub description: Option<String>,
    /// Where the facts come from.
    pub origin: Origin,
    /// Whether a user's token is needed.
    pub session: Session,
    /// What calling it twice does.
    pub effect: Effect,
    /// Reason, and what to use instead.
    pub deprecated: Option<String>,
    /// The parameter by whose list a call may be split.
    pub split: Option<At<String>>,
    /// Of a read: how long its answer may be used again, if at all.
    pub cache: Option<CacheRule>,
    /// Of a write: tags of the reads whose answers it makes old.
    pub invalidates: Vec<At<String>>,
    /// How its answers make one list, if they do.
    pub paging: Option<Paging>,
    /// Parameters, in file order.
    pub request: Vec<Field>,
    /// Response fields, in file order.
    pub response: Vec<Field>,
    /// Types of this method alone.
    pub types: Vec<TypeDef>,
    /// Sub codes of this method.
    pub errors: Vec<SubCode>,
    /// A request and its response.
    pub example: Option<Example>,
}

impl Method {
    /// The lists of the answer, which are put together where a call is split.
    pub fn lists(&self) -> impl Iterator<Item = &Field> {
        self.response.iter().filter(|field| matches!(field.ty.value, Type::List(_)))
    }

    /// The declaration of a named type: the method's own, else the domain's.
    #[must_use]
    pub fn type_def<'a>(&'a self, domain: &'a Domain, name: &str) -> Option<&'a TypeDef> {
        let own = self.types.iter().find(|t| t.name.value == name);
        own.or_else(|| domain.types.iter().find(|t| t.name.value == name))
    }

    /// The response field of whose structure a `fields` parameter asks for parts: the first that holds it.
    #[must_use]
    pub fn selected_by(&self, parameter: &Field) -> Option<&Field> {
        let Type::Fields(of) = &parameter.ty.value else { return None };
        self.response.iter().find(|field| matches!(field.ty.value.element(), Type::Named(name) if name == of))
    }

    /// A field of the answer by its path, with dots between the names.
    #[must_use]
    pub fn response_field<'a>(&'a self, domain: &'a Domain, path: &str) -> Option<&'a Field> {
        let mut fields = &self.response;
        let mut names = path.split('.').peekable();
        loop {
            let name = names.next()?;
            let field = fields.iter().find(|field| field.name.value == name)?;
            if names.peek().is_none() {
                return Some(field);
            }
            let Type::Named(ty) = &field.ty.value else { return None };
            let TypeKind::Struct(inner) = &self.type_def(domain, ty)?.kind else { return None };
            fields = inner;
        }
    }
}

/// How long an answer may be used again, and what makes it old before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheRule {
    /// Seconds.
    pub ttl: At<i64>,
    /// What the answer shows: `name`, or `name:parameter`.
    pub tags: Vec<At<String>>,
}

/// The metadata that a method was imported from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its format: `doc-center` or `api-metadata`.
    pub from: String,
    /// Number of the method's page.
    pub id: Option<i64>,
    /// Documentation group.
    pub group: Option<String>,
    /// Hash of the facts.
    pub hash: String,
    /// Hash of the rest of the file as the import wrote it; none when a person wrote the file.
    pub body: Option<String>,
}

/// A key of a method that the import can only guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guess {
    /// `effect`, from the verbs in the name.
    Effect,
    /// `session`: taken as optional until then.
    Session,
    /// `paging`, from names and what the metadata tells of the first page.
    Paging,
}

/// Where a method's facts come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Origin {
    /// The platform's catalogue.
    #[default]
    Catalogue,
    /// Older public SDKs; gone from today's catalogue.
    Legacy,
    /// The article this project started from.
    Article,
}

/// Whether a user's token is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Session {
    /// Always.
    Required,
    /// It adds to the answer.
    #[default]
    Optional,
    /// Never.
    None,
}

impl Session {
    /// As specs write it: `required`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Session::Required => "required",
            Session::Optional => "optional",
            Session::None => "none",
        }
    }
}

/// What calling it twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Changes something; repeating the call ends in the same state.
    Idempotent,
    /// Changes something each time.
    #[default]
    Write,
}

impl Effect {
    /// As specs write it: `read`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Effect::Read => "read",
            Effect::Idempotent => "idempotent",
            Effect::Write => "write",
        }
    }
}

/// A request and its response, in the simplified form.
#[derive(Debug, Clone)]
pub struct Example {
    /// Parameters by name.
    pub request: At<Json>,
    /// Response fields by name.
    pub response: At<Json>,
    /// Where each value stands, by its path: `response.trade.orders[0].price`.
    pub places: BTreeMap<String, Span>,
}

/// A parameter, a response field or a field of a structure.
#[derive(Debug, Clone, Default)]
pub struct Field {
    /// Name on the wire.
    pub name: At<String>,
    /// Its type.
    pub ty: At<Type>,
    /// What it is.
    pub doc: Option<String>,
    /// Whether a request must have it.
    pub required: bool,
    /// What the platform assumes when it is absent.
    pub default: Option<Json>,
    /// Limits that are checked before sending.
    pub limits: Limits,
    /// What personal data or credential it holds.
    pub sensitive: Option<Sensitive>,
    /// Reason, and what to use instead.
    pub deprecated: Option<String>,
    /// Name in a `fields` parameter, where it differs from the name on the wire.
    pub ask_as: Option<At<String>>,
    /// The fields of the shared type that are filled; empty: all.
    pub only: Vec<At<String>>,
    /// The fields of the shared type that are never filled.
    pub except: Vec<At<String>>,
}

impl Field {
    /// Whether a `fields` parameter means this field by that name.
    #[must_use]
    pub fn is_asked_as(&self, name: &str) -> bool {
        self.name.value == name || self.ask_as.as_ref().is_some_and(|asked| asked.value == name)
    }
}

/// Limits on a parameter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Limits {
    /// UTF-16 units.
    pub max_length: Option<u64>,
    /// List elements.
    pub max_items: Option<u64>,
    /// Smallest number.
    pub min: Option<i64>,
    /// Largest number.
    pub max: Option<i64>,
    /// Bytes of a file.
    pub max_bytes: Option<u64>,
}

/// Kinds of data that must not be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitive {
    /// A person's name.
    Name,
    /// A phone number.
    Phone,
    /// A postal address.
    Address,
    /// A platform nick.
    Nick,
    /// An e-mail address.
    Email,
    /// A personal or open id.
    Id,
    /// A payment account.
    Account,
    /// A key, token or password.
    Secret,
    /// Free text that may hold any of these.
    Text,
}

/// A type as a field names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// A built-in type.
    Scalar(Scalar),
    /// A declared structure or enum.
    Named(String),
    /// A comma list of the names of a declared structure's fields.
    Fields(String),
    /// A list; its element is a scalar or a declared type.
    List(Box<Type>),
}

impl Default for Type {
    fn default() -> Self {
        Self::Scalar(Scalar::String)
    }
}

impl Type {
    /// The element type of a list, else the type itself.
    #[must_use]
    pub fn element(&self) -> &Type {
        match self {
            Type::List(element) => element,
            other => other,
        }
    }

    /// The type inside all lists.
    #[must_use]
    pub fn innermost(&self) -> &Type {
        let mut ty = self;
        while let Type::List(element) = ty {
            ty = element;
        }
        ty
    }
}

/// As specs write it: `fields(Trade)`, `Order[]`.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Scalar(scalar) => f.write_str(scalar.as_str()),
            Type::Named(name) => f.write_str(name),
            Type::Fields(name) => write!(f, "fields({name})"),
            Type::List(element) => write!(f, "{element}[]"),
        }
    }
}

impl Scalar {
    /// As specs write it: `i64`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Scalar::String => "string",
            Scalar::I64 => "i64",
            Scalar::F64 => "f64",
            Scalar::Bool => "bool",
            Scalar::Money => "money",
            Scalar::Decimal => "decimal",
            Scalar::Date => "date",
            Scalar::Json => "json",
            Scalar::Bytes => "bytes",
        }
    }
}

/// Built-in types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    String,
    /// 64-bit integer.
    I64,
    /// Binary floating point.
    F64,
    /// `true` or `false`.
    Bool,
    /// Decimal yuan.
    Money,
    /// Exact decimal.
    Decimal,
    /// `yyyy-MM-dd HH:mm:ss`, GMT+8.
    Date,
    /// A string that holds JSON.
    Json,
    /// A file.
    Bytes,
}

/// A declared type.
#[derive(Debug, Clone)]
pub struct TypeDef {
    /// Name in the spec.
    pub name: At<String>,
    /// Official type name, from which list keys are derived.
    pub wire: String,
    /// What it is.
    pub doc: Option<String>,
    /// Its shape.
    pub kind: TypeKind,
}

/// The shape of a declared type.
#[derive(Debug, Clone)]
pub enum TypeKind {
    /// Named fields, in file order.
    Struct(Vec<Field>),
    /// An open list of values.
    Enum(EnumDef),
}

/// An open list of values.
#[derive(Debug, Clone)]
pub struct EnumDef {
    /// Whether all values are integers, and go on the wire as such.
    pub integer: bool,
    /// In file order.
    pub values: Vec<EnumValue>,
}

/// One value of an enum.
#[derive(Debug, Clone)]
pub struct EnumValue {
    /// The value on the wire.
    pub wire: At<String>,
    /// Name of the variant where it cannot be derived from the value.
    pub name: Option<At<String>>,
    /// What it stands for.
    pub doc: Option<String>,
}
