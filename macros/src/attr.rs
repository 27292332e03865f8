//! The `#[top(...)]` attributes.

use std::collections::HashMap;

use proc_macro2::{Ident, TokenTree};
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::{Attribute, LitInt, LitStr, Path, Token, parenthesized};

use crate::errors::Errors;
use crate::paging::{self, Paging};

/// Keys of a request structure.
#[derive(Default)]
pub(crate) struct RequestAttrs {
    pub(crate) method: Option<LitStr>,
    pub(crate) response: Option<Path>,
    pub(crate) error: Option<Path>,
    pub(crate) errors: Option<Path>,
    /// The variant of `Session`.
    pub(crate) session: Option<Ident>,
    /// The variant of `Effect`.
    pub(crate) effect: Option<Ident>,
    /// Name of a rate tier.
    pub(crate) tier: Option<LitStr>,
    /// The parameter by whose list a call is split, and the lists of the answer.
    pub(crate) split: Option<Split>,
    /// How long answers may be used again, and their tags.
    pub(crate) cache: Option<Cache>,
    /// Tags of the reads whose cached answers the method makes old.
    pub(crate) invalidates: Option<(Path, Vec<LitStr>)>,
    /// How the answers make one list.
    pub(crate) paging: Option<Paging>,
    /// Whether something could not be read, so that a missing key may be a misspelt one.
    pub(crate) broken: bool,
}

/// `split(num_iids, items)`.
pub(crate) struct Split {
    pub(crate) key: Path,
    /// The field with the list that is cut.
    pub(crate) by: Ident,
    /// The fields of the response that are put together.
    pub(crate) merged: Vec<Ident>,
}

/// `cache(ttl = 60, tags("item:num_iid"))`.
pub(crate) struct Cache {
    pub(crate) key: Path,
    pub(crate) ttl: Option<LitInt>,
    pub(crate) tags: Vec<LitStr>,
}

/// Keys of a field.
#[derive(Default)]
pub(crate) struct FieldAttrs {
    pub(crate) name: Option<LitStr>,
    /// Name in a `fields` parameter.
    pub(crate) ask_as: Option<LitStr>,
    pub(crate) element: Option<LitStr>,
    /// The variant of `Sensitive`.
    pub(crate) sensitive: Option<Ident>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) required: Option<Path>,
    pub(crate) select: Option<Select>,
}

/// One limit: its key is the field of `Limits`.
pub(crate) struct Limit {
    pub(crate) key: Ident,
    pub(crate) value: i64,
    pub(crate) number: LitInt,
}

/// `fields(Trade, only("tid"))`.
pub(crate) struct Select {
    pub(crate) key: Path,
    pub(crate) model: Path,
    /// `only` or `except`, with names.
    pub(crate) choices: Vec<(Ident, Vec<LitStr>)>,
}

const REQUEST: &[&str] =
    &["method", "response", "error", "errors", "session", "effect", "tier", "split", "cache", "invalidates", "paging"];
const MODEL_FIELD: &[&str] =
    &["name", "ask_as", "element", "sensitive", "max_length", "max_items", "min", "max", "max_bytes", "required"];
const REQUEST_FIELD: &[&str] =
    &["name", "element", "sensitive", "max_length", "max_items", "min", "max", "max_bytes", "required", "fields"];

const SESSIONS: &[(&str, &str)] = &[("required", "Required"), ("optional", "Optional"), ("none", "None")];
const EFFECTS: &[(&str, &str)] = &[("read", "Read"), ("idempotent", "Idempotent"), ("write", "Write")];
const SENSITIVE: &[(&str, &str)] = &[
    ("name", "Name"),
    ("phone", "Phone"),
    ("address", "Address"),
    ("nick", "Nick"),
    ("email", "Email"),
    ("id", "Id"),
    ("account", "Account"),
    ("secret", "Secret"),
    ("text", "Text"),
];

/// The keys of a request structure.
pub(crate) fn request(attrs: &[Attribute], errors: &mut Errors) -> RequestAttrs {
    let mut out = RequestAttrs::default();
    out.broken = !keys(attrs, REQUEST, errors, |key, meta| {
        match key {
            "method" => out.method = Some(meta.value()?.parse()?),
            "response" => out.response = Some(meta.value()?.parse()?),
            "error" => out.error = Some(meta.value()?.parse()?),
            "errors" => out.errors = Some(meta.value()?.parse()?),
            "session" => out.session = Some(choice(meta.value()?, "session", SESSIONS)?),
            "effect" => out.effect = Some(choice(meta.value()?, "effect", EFFECTS)?),
            "split" => out.split = Some(split(meta)?),
            "tier" => out.tier = Some(meta.value()?.parse()?),
            "cache" => out.cache = Some(cache(meta)?),
            "invalidates" => out.invalidates = Some((meta.path.clone(), texts(meta.input)?)),
            _ => out.paging = Some(paging::read(meta)?),
        }
        Ok(())
    });
    out
}

/// A structure with [`Model`](crate::derive_model) has no keys of its own.
pub(crate) fn model(attrs: &[Attribute], errors: &mut Errors) {
    for attr in attrs.iter().filter(|a| a.path().is_ident("top")) {
        errors.at(attr, "`#[top(..)]` of a `Model` belongs on its fields");
    }
}

/// The keys of a field; a request's field knows more of them.
pub(crate) fn field(attrs: &[Attribute], in_request: bool, errors: &mut Errors) -> FieldAttrs {
    let mut out = FieldAttrs::default();
    let known = if in_request { REQUEST_FIELD } else { MODEL_FIELD };
    keys(attrs, known, errors, |key, meta| {
        match key {
            "name" => out.name = Some(meta.value()?.parse()?),
            "ask_as" => out.ask_as = Some(meta.value()?.parse()?),
            "element" => out.element = Some(meta.value()?.parse()?),
            "sensitive" => {
                let content;
                parenthesized!(content in meta.input);
                out.sensitive = Some(choice(&content, "kind", SENSITIVE)?);
            }
            "required" => out.required = Some(meta.path.clone()),
            "fields" => out.select = Some(select(meta)?),
            _ => out.limits.push(limit(meta)?),
        }
        Ok(())
    });
    out
}

/// Whether an enum's values are numbers on the wire.
pub(crate) fn open_enum(attrs: &[Attribute], errors: &mut Errors) -> bool {
    let mut integer = false;
    keys(attrs, &["integer"], errors, |_, _| {
        integer = true;
        Ok(())
    });
    integer
}

/// `#[top("VALUE")]` of a variant, if it has one.
pub(crate) fn variant(attrs: &[Attribute], errors: &mut Errors) -> Option<LitStr> {
    let mut value = None;
    for attr in attrs.iter().filter(|a| a.path().is_ident("top")) {
        match attr.parse_args::<LitStr>() {
            Ok(_) if value.is_some() => errors.at(attr, "a second value: a variant has one"),
            Ok(text) => value = Some(text),
            Err(error) => {
                let message = "expected the value on the wire, in quotes: `#[top(\"VALUE\")]`";
                errors.push(syn::Error::new(error.span(), message));
            }
        }
    }
    value
}

/// Calls `read` for each known key, at most once each. Goes on after a mistake; `false` if there was one.
fn keys(
    attrs: &[Attribute],
    known: &[&str],
    errors: &mut Errors,
    mut read: impl FnMut(&str, &ParseNestedMeta<'_>) -> syn::Result<()>,
) -> bool {
    let mut seen = HashMap::new();
    let mut good = true;
    for attr in attrs.iter().filter(|a| a.path().is_ident("top")) {
        let parsed = attr.parse_nested_meta(|meta| {
            let key = meta.path.get_ident().map(Ident::to_string).unwrap_or_default();
            let result = if !known.contains(&key.as_str()) {
                let list = known.join("`, `");
                Err(syn::Error::new_spanned(&meta.path, format!("unknown key; known: `{list}`")))
            } else if seen.insert(key.clone(), ()).is_some() {
                Err(syn::Error::new_spanned(&meta.path, format!("`{key}` is given twice")))
            } else {
                read(&key, &meta)
            };
            if let Err(error) = result {
                good = false;
                errors.push(error);
                skip(meta.input)?;
            }
            Ok(())
        });
        if let Err(error) = parsed {
            good = false;
            errors.push(error);
        }
    }
    good
}

/// Goes to the comma before the next key.
fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<TokenTree>()?;
    }
    Ok(())
}

/// One word of a list, as the variant that stands for it.
fn choice(input: ParseStream<'_>, what: &str, words: &[(&str, &str)]) -> syn::Result<Ident> {
    let word = Ident::parse_any(input)?;
    match words.iter().find(|(written, _)| word == written) {
        Some((_, variant)) => Ok(Ident::new(variant, word.span())),
        None => {
            let list: Vec<&str> = words.iter().map(|(written, _)| *written).collect();
            Err(syn::Error::new_spanned(word, format!("unknown {what}; known: `{}`", list.join("`, `"))))
        }
    }
}

fn limit(meta: &ParseNestedMeta<'_>) -> syn::Result<Limit> {
    let key = meta.path.require_ident()?.clone();
    let input = meta.value()?;
    let minus: Option<Token![-]> = input.parse()?;
    let number: LitInt = input.parse()?;
    let magnitude: i128 = number.base10_parse()?;
    let signed = key == "min" || key == "max";
    if minus.is_some() && !signed {
        return Err(syn::Error::new_spanned(minus, format!("`{key}` cannot be negative")));
    }
    let value = i64::try_from(if minus.is_some() { -magnitude } else { magnitude })
        .map_err(|_| syn::Error::new_spanned(&number, "beyond 64 bits"))?;
    Ok(Limit { key, value, number })
}

fn split(meta: &ParseNestedMeta<'_>) -> syn::Result<Split> {
    let content;
    parenthesized!(content in meta.input);
    let mut names = Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?.into_iter();
    match names.next() {
        Some(by) if names.len() > 0 => Ok(Split { key: meta.path.clone(), by, merged: names.collect() }),
        _ => {
            let message = "expected the field with the list and those of the answer: `split(num_iids, items)`";
            Err(syn::Error::new_spanned(&meta.path, message))
        }
    }
}

fn cache(meta: &ParseNestedMeta<'_>) -> syn::Result<Cache> {
    let mut out = Cache { key: meta.path.clone(), ttl: None, tags: Vec::new() };
    meta.parse_nested_meta(|meta| {
        if meta.path.is_ident("ttl") {
            out.ttl = Some(meta.value()?.parse()?);
        } else if meta.path.is_ident("tags") {
            out.tags = texts(meta.input)?;
        } else {
            return Err(meta.error("unknown key; known: `ttl`, `tags`"));
        }
        Ok(())
    })?;
    Ok(out)
}

/// `("a", "b")`.
fn texts(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let list;
    parenthesized!(list in input);
    Ok(Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?.into_iter().collect())
}

fn select(meta: &ParseNestedMeta<'_>) -> syn::Result<Select> {
    let content;
    parenthesized!(content in meta.input);
    let model = content.parse()?;
    let mut choices = Vec::new();
    while !content.is_empty() {
        content.parse::<Token![,]>()?;
        if content.is_empty() {
            break;
        }
        let word = Ident::parse_any(&content)?;
        choices.push((word, texts(&content)?));
    }
    Ok(Select { key: meta.path.clone(), model, choices })
}
