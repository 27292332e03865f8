//! What is rejected once the attributes are read, each with a message that points at what was written.

use std::collections::HashSet;

use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, FieldsNamed, LitStr, Token, Variant};

use crate::ast::{Field, Request};
use crate::errors::Errors;
use crate::paging;
use crate::ty::{Holder, Kind};

/// Common parameters that say what is called, by whom, and prove it. The client and the generator refuse them too.
const RESERVED: [&str; 4] = ["method", "app_key", "sign_method", "sign"];

/// A structure with named fields and without generics.
pub(crate) fn record<'a>(input: &'a DeriveInput, derive: &str, errors: &mut Errors) -> Option<&'a FieldsNamed> {
    let what = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(named) => return no_generics(input, derive, errors).then_some(named),
            Fields::Unnamed(_) => "a tuple structure",
            Fields::Unit => "a structure without fields: write `{}`",
        },
        Data::Enum(_) => "an enum",
        Data::Union(_) => "a union",
    };
    errors.at(&input.ident, format!("`{derive}` needs a structure with named fields; this is {what}"));
    None
}

/// What a request's own keys must be.
pub(crate) fn request(request: &Request<'_>, errors: &mut Errors) {
    match &request.attrs.method {
        Some(method) if !dotted(&method.value()) => {
            errors.at(method, "not a method's name; expected dotted words in lower case such as `taobao.trade.get`");
        }
        None if !request.attrs.broken => {
            errors.at(request.ident, "which method? add `#[top(method = \"taobao...\", response = ...)]`");
        }
        _ => {}
    }
    if request.attrs.method.is_some() && request.attrs.response.is_none() && !request.attrs.broken {
        errors.at(request.ident, "what does the method answer? add `response = ...` to `#[top(..)]`");
    }
    if let Some(tier) = request.attrs.tier.as_ref().filter(|tier| tier.value().trim().is_empty()) {
        errors.at(tier, "a rate tier has a name: leave the key out for `basic`");
    }
    if let Some(split) = &request.attrs.split {
        let by = request.fields.iter().find(|field| *field.ident == split.by);
        match by {
            None => errors.at(&split.by, "no field of this name: which list is cut?"),
            Some(field) if field.max_items().is_none() => {
                errors.at(&split.by, "not a list with a `max_items`, so that there is no telling where to cut it");
            }
            Some(_) if request.attrs.response.is_none() => {
                errors.at(&split.key, "without a response nothing is put together")
            }
            Some(_) => {}
        }
    }
    caching(request, errors);
    if let Some(paging) = &request.attrs.paging {
        paging::check(paging, request, errors);
    }
    for field in &request.fields {
        if let Some(required) = &field.attrs.required
            && field.parts.holder == Holder::Optional
        {
            errors.at(required, "an `Option<..>` is not required: write the type without `Option`");
        }
    }
    for field in request.fields.iter().filter(|f| RESERVED.contains(&f.wire.as_str())) {
        let message = format!("`{}` is set by the client and never a method's own parameter", field.wire);
        match &field.attrs.name {
            Some(name) => errors.at(name, message),
            None => errors.at(field.ident, message),
        }
    }
    for field in request.fields.iter().filter(|f| f.ident == "new" && !f.required()) {
        errors.at(
            field.ident,
            "its setter would hide the constructor `new`; rename the field and state `#[top(name = \"new\")]`",
        );
    }
}

/// What is said about caches.
fn caching(request: &Request<'_>, errors: &mut Errors) {
    let attrs = &request.attrs;
    let reads = attrs.effect.as_ref().is_some_and(|effect| effect == "Read");
    if let Some(cache) = &attrs.cache {
        if !reads && !attrs.broken {
            errors.at(&cache.key, "only a read may be cached: add `effect = read` if it is one");
        }
        match &cache.ttl {
            None => errors.at(&cache.key, "for how long? add `ttl = 60`, in seconds"),
            Some(ttl) if !ttl.base10_parse::<u32>().is_ok_and(|seconds| seconds > 0) => {
                errors.at(ttl, "expected a number of seconds, above 0");
            }
            Some(_) => {}
        }
    }
    if let Some((key, _)) = attrs.invalidates.as_ref().filter(|_| reads) {
        errors.at(key, "a read changes nothing: delete `invalidates`, or say `effect = write`");
    }
    let tags = attrs.cache.iter().flat_map(|cache| &cache.tags);
    for tag in tags.chain(attrs.invalidates.iter().flat_map(|(_, tags)| tags)) {
        let text = tag.value();
        let (name, parameter) = text.split_once(':').map_or((text.as_str(), None), |(name, of)| (name, Some(of)));
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            errors.at(tag, "not a tag: expected `name` or `name:parameter`, such as `item:num_iid`");
        } else if let Some(parameter) = parameter
            && parameter != "session"
            && !request.fields.iter().any(|field| field.wire == parameter)
        {
            errors.at(tag, format!("the method has no parameter `{parameter}`"));
        }
    }
}

/// What fields must be.
pub(crate) fn fields(fields: &[Field<'_>], errors: &mut Errors) {
    for field in fields {
        names(field, errors);
        types(field, errors);
        limits(field, errors);
        select(field, errors);
    }
    let named = fields.iter().map(|f| (f.wire.clone(), f.attrs.name.as_ref().map_or(f.ident as &dyn ToTokens, |n| n)));
    distinct(named, "name of another field", errors);
}

/// The listed variants and the one that keeps the rest.
pub(crate) fn open_enum<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<(Vec<&'a Variant>, &'a syn::Ident)> {
    let Data::Enum(data) = &input.data else {
        errors.at(&input.ident, "`OpenEnum` needs an enum");
        return None;
    };
    if !no_generics(input, "OpenEnum", errors) {
        return None;
    }
    let (listed, others): (Vec<_>, Vec<_>) = data.variants.iter().partition(|v| matches!(v.fields, Fields::Unit));
    for &variant in &others {
        if !keeps_text(variant) {
            errors.at(variant, "expected a variant without data, or `Other(String)`");
        }
    }
    let kept: Vec<_> = others.into_iter().filter(|v| keeps_text(v)).collect();
    for second in kept.iter().skip(1) {
        errors.at(second, "a second variant that keeps unlisted values; one is enough");
    }
    let Some(other) = kept.first() else {
        if errors.is_empty() {
            errors.at(&input.ident, "no variant keeps unlisted values; add `Other(String)` as the last one");
        }
        return None;
    };
    if kept.len() == 1 && !is_last(&data.variants, other) {
        errors.at(other, "the variant that keeps unlisted values comes last");
    }
    if let Some(value) = other.attrs.iter().find(|a| a.path().is_ident("top")) {
        errors.at(value, "the variant that keeps unlisted values has none of its own");
    }
    Some((listed, &other.ident))
}

/// A listed variant's value.
pub(crate) fn value(variant: &Variant, value: Option<LitStr>, integer: bool, errors: &mut Errors) -> Option<LitStr> {
    let Some(value) = value else {
        // An attribute that could not be read has its own message.
        if !variant.attrs.iter().any(|a| a.path().is_ident("top")) {
            errors.at(&variant.ident, "no value; add `#[top(\"VALUE\")]`");
        }
        return None;
    };
    if value.value().is_empty() {
        errors.at(&value, "the value is empty");
    } else if integer && value.value().parse::<i64>().is_err() {
        errors.at(&value, "not an integer, as `#[top(integer)]` says of all values");
    }
    Some(value)
}

/// No two of these are equal; the second is where the error points.
pub(crate) fn distinct<T: ToTokens>(items: impl Iterator<Item = (String, T)>, what: &str, errors: &mut Errors) {
    let mut seen = HashSet::new();
    for (text, place) in items {
        if seen.contains(&text) {
            errors.at(place, format!("`{text}` is already the {what}"));
        } else {
            seen.insert(text);
        }
    }
}

fn names(field: &Field<'_>, errors: &mut Errors) {
    for name in [&field.attrs.name, &field.attrs.ask_as, &field.attrs.element].into_iter().flatten() {
        if name.value().trim().is_empty() {
            errors.at(name, "the name is empty");
        }
    }
    if let Some(element) = &field.attrs.element
        && field.parts.holder != Holder::List
    {
        errors.at(element, "`element` is for lists: the field is no `Vec<..>`");
    }
}

fn types(field: &Field<'_>, errors: &mut Errors) {
    let instead = match (field.parts.kind, field.parts.holder) {
        (Kind::Nested(inner), Holder::Optional) if inner == "Vec" => "an empty list is absent already: write `Vec<..>`",
        (Kind::Nested(inner), Holder::List) if inner == "Vec" => "the platform has no lists of lists",
        (Kind::Nested(_), _) => "an `Option<..>` stands outermost and alone",
        (Kind::OtherNumber(number), _) if number == "f32" => "the platform has no such number: write `f64`",
        (Kind::OtherNumber(_), _) => "the platform has no such number: write `i64`",
        _ => "",
    };
    if !instead.is_empty() {
        errors.at(field.ty, instead);
    }
}

fn limits(field: &Field<'_>, errors: &mut Errors) {
    for limit in &field.attrs.limits {
        let kind = field.parts.kind;
        let (fits, of) = match limit.key.to_string().as_str() {
            "max_length" => (matches!(kind, Kind::Text | Kind::Json | Kind::Named(_)), "text"),
            "max_items" => (field.parts.holder == Holder::List || kind == Kind::Fields, "lists"),
            "max_bytes" => (kind == Kind::Upload, "files, which are of type `Upload`"),
            _ => {
                (matches!(kind, Kind::Integer | Kind::Float | Kind::Money | Kind::Decimal | Kind::Named(_)), "numbers")
            }
        };
        if !fits && field.parts.is_possible() {
            errors.at(&limit.key, format!("`{}` is a limit of {of}", limit.key));
        }
    }
    let bound = |key: &str| field.attrs.limits.iter().find(|l| l.key == key);
    if let (Some(min), Some(max)) = (bound("min"), bound("max"))
        && min.value > max.value
    {
        errors.at(&max.number, "smaller than `min`");
    }
}

fn select(field: &Field<'_>, errors: &mut Errors) {
    let Some(select) = &field.attrs.select else {
        return;
    };
    if field.parts.kind != Kind::Fields || field.parts.holder == Holder::List {
        errors.at(&select.key, "`fields(..)` is for a parameter of type `Fields`");
    }
    for (i, (word, names)) in select.choices.iter().enumerate() {
        if word != "only" && word != "except" {
            errors.at(word, "expected `only(..)` or `except(..)`");
        } else if i > 0 {
            errors.at(word, "one `only(..)` or `except(..)` is enough: they exclude each other");
        } else if names.is_empty() {
            errors.at(word, "no name given");
        }
    }
}

fn no_generics(input: &DeriveInput, derive: &str, errors: &mut Errors) -> bool {
    let plain = input.generics.params.is_empty();
    if !plain {
        errors.at(&input.generics.params, format!("`{derive}` does not take generics or lifetimes"));
    }
    plain
}

/// Two or more words between dots: the first, the platform's part, in lower case; letters, digits, `_` and `-` in the rest, since
/// a few official names are written `taobao.vas.service.getServTimes`.
fn dotted(method: &str) -> bool {
    let mut words = method.split('.');
    let first = words.next().is_some_and(|w| {
        w.starts_with(|c: char| c.is_ascii_lowercase())
            && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    });
    let word = |w: &str| !w.is_empty() && w.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let mut rest = words.peekable();
    first && rest.peek().is_some() && rest.all(word)
}

fn keeps_text(variant: &Variant) -> bool {
    match &variant.fields {
        Fields::Unnamed(fields) => {
            let mut types = fields.unnamed.iter().map(|f| crate::ty::FieldType::read(&f.ty));
            let first = types.next().is_some_and(|t| t.kind == Kind::Text && t.holder == Holder::Bare);
            first && types.next().is_none()
        }
        _ => false,
    }
}

fn is_last(variants: &Punctuated<Variant, Token![,]>, one: &Variant) -> bool {
    variants.last().is_some_and(|last| last.ident == one.ident)
}
