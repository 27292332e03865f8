//! The key `paging(..)` of a request.

use proc_macro2::Ident;
use quote::ToTokens as _;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::{LitInt, LitStr, Path, Token, parenthesized};

use crate::ast::Request;
use crate::errors::Errors;

mod kw {
    syn::custom_keyword!(given);
}

/// How the answers of a method make one list.
pub(crate) struct Paging {
    /// The word `paging`.
    pub(crate) place: Path,
    pub(crate) page: Option<LitStr>,
    pub(crate) first: Option<LitInt>,
    /// Whether the request tells the first page, because the platform does not.
    pub(crate) is_first_given: bool,
    pub(crate) offset: Option<LitStr>,
    pub(crate) scroll: Option<LitStr>,
    pub(crate) next: Option<LitStr>,
    pub(crate) size: Option<LitStr>,
    pub(crate) max_size: Option<LitInt>,
    pub(crate) total: Option<LitStr>,
    pub(crate) has_next: Option<LitStr>,
    pub(crate) use_has_next: Option<LitStr>,
    /// Field names from the answer to the list.
    pub(crate) items: Vec<Ident>,
    pub(crate) item: Option<Path>,
    pub(crate) key: Vec<LitStr>,
    pub(crate) window: Option<Window>,
}

/// Bounds in time.
#[derive(Default)]
pub(crate) struct Window {
    pub(crate) from: Option<LitStr>,
    pub(crate) to: Option<LitStr>,
    pub(crate) by: Option<LitStr>,
    pub(crate) sorted: bool,
    pub(crate) max: Option<LitInt>,
    pub(crate) step: Option<LitInt>,
}

/// Reads the key.
pub(crate) fn read(meta: &ParseNestedMeta<'_>) -> syn::Result<Paging> {
    let mut out = Paging {
        place: meta.path.clone(),
        page: None,
        first: None,
        is_first_given: false,
        offset: None,
        scroll: None,
        next: None,
        size: None,
        max_size: None,
        total: None,
        has_next: None,
        use_has_next: None,
        items: Vec::new(),
        item: None,
        key: Vec::new(),
        window: None,
    };
    meta.parse_nested_meta(|meta| {
        let key = meta.path.require_ident()?.to_string();
        match key.as_str() {
            "page" => out.page = Some(meta.value()?.parse()?),
            "first" => {
                let value = meta.value()?;
                match value.peek(kw::given) {
                    true => {
                        value.parse::<kw::given>()?;
                        out.is_first_given = true;
                    }
                    false => out.first = Some(value.parse()?),
                }
            }
            "offset" => out.offset = Some(meta.value()?.parse()?),
            "scroll" => out.scroll = Some(meta.value()?.parse()?),
            "next" => out.next = Some(meta.value()?.parse()?),
            "size" => out.size = Some(meta.value()?.parse()?),
            "max_size" => out.max_size = Some(meta.value()?.parse()?),
            "total" => out.total = Some(meta.value()?.parse()?),
            "has_next" => out.has_next = Some(meta.value()?.parse()?),
            "use_has_next" => out.use_has_next = Some(meta.value()?.parse()?),
            "items" => {
                let path = Punctuated::<Ident, Token![.]>::parse_separated_nonempty(meta.value()?)?;
                out.items = path.into_iter().collect();
            }
            "item" => out.item = Some(meta.value()?.parse()?),
            "key" => {
                let names;
                parenthesized!(names in meta.input);
                out.key = Punctuated::<LitStr, Token![,]>::parse_terminated(&names)?.into_iter().collect();
            }
            "window" => out.window = Some(window(&meta)?),
            _ => {
                let known = "page, first, offset, scroll, next, size, max_size, total, has_next, use_has_next, items, item, \
                             key, window";
                return Err(meta.error(format!("unknown key of `paging`; known: {known}")));
            }
        }
        Ok(())
    })?;
    Ok(out)
}

fn window(meta: &ParseNestedMeta<'_>) -> syn::Result<Window> {
    let mut out = Window::default();
    meta.parse_nested_meta(|meta| {
        let key = meta.path.require_ident()?.to_string();
        match key.as_str() {
            "from" => out.from = Some(meta.value()?.parse()?),
            "to" => out.to = Some(meta.value()?.parse()?),
            "by" => out.by = Some(meta.value()?.parse()?),
            "sorted" => out.sorted = true,
            "max" => out.max = Some(meta.value()?.parse()?),
            "step" => out.step = Some(meta.value()?.parse()?),
            _ => return Err(meta.error("unknown key of `window`; known: from, to, by, sorted, max, step")),
        }
        Ok(())
    })?;
    Ok(out)
}

/// What `paging(..)` must say.
pub(crate) fn check(paging: &Paging, request: &Request<'_>, errors: &mut Errors) {
    let ways = [&paging.page, &paging.offset, &paging.scroll];
    if ways.iter().filter(|way| way.is_some()).count() != 1 {
        errors
            .at(&paging.place, "pages have one name: give `page`, `offset` or `scroll`, the parameter that names one");
    }
    if paging.scroll.is_some() != paging.next.is_some() {
        errors.at(&paging.place, "`scroll` and `next` go together: the parameter, and the field with its next value");
    }
    if paging.items.is_empty() || paging.item.is_none() {
        errors
            .at(&paging.place, "which rows? add `items = trades, item = Trade`: the field of the answer and its type");
    }
    let bounds = paging.window.as_ref().map(|window| [&window.from, &window.to]).into_iter().flatten();
    for name in ways.into_iter().chain([&paging.size, &paging.use_has_next]).chain(bounds).flatten() {
        let path = name.value();
        // What is inside a structure of the request, its own derive knows.
        let parameter = path.split_once('.').map_or(path.as_str(), |(parameter, _)| parameter);
        if path.split('.').count() > 2 {
            errors.at(name, "one structure deep at most: `query.page_no`");
        }
        if !request.fields.iter().any(|field| field.wire == parameter) {
            errors.at(name, format!("the request has no parameter `{parameter}`"));
        }
    }
    let alone = paging.window.as_ref().map(|window| [&window.from, &window.to]).into_iter().flatten();
    for name in [&paging.scroll, &paging.use_has_next].into_iter().chain(alone).flatten() {
        if name.value().contains('.') {
            errors.at(name, "only the numbers `page`, `offset` and `size` may stand in a structure of the request");
        }
    }
    if let Some(window) = &paging.window {
        let has_bounds = window.from.is_some() && window.to.is_some();
        let has_pages =
            paging.page.is_some() && !paging.is_first_given && paging.size.is_some() && paging.total.is_some();
        if !(has_bounds && has_pages && !paging.key.is_empty()) {
            let place = paging.place.to_token_stream();
            errors.at(place, "a `window` needs its `from` and `to`, and of the list `page`, `size`, `total` and `key`");
        }
    }
}
