//! `paging`: whether its names are there, and what they stand for.

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{bad_paging, unknown_paging_name};
use crate::model::{At, Domain, Field, Method, PageBy, Paging, Scalar, Type};

use super::scope::Scope;

pub(super) fn check(domain: &Domain, out: &mut Vec<Diagnostic>) {
    for method in &domain.methods {
        if let Some(paging) = &method.paging {
            Check { method, scope: Scope::of_method(domain, method), out: &mut *out }.paging(paging);
        }
    }
}

struct Check<'a> {
    method: &'a Method,
    scope: Scope<'a>,
    out: &'a mut Vec<Diagnostic>,
}

const NUMBER: (&[Scalar], &str) = (&[Scalar::I64, Scalar::String], "a number");
const TEXT: (&[Scalar], &str) = (&[Scalar::String, Scalar::I64], "a text");
const FLAG: (&[Scalar], &str) = (&[Scalar::Bool], "true or false");
const DATE: (&[Scalar], &str) = (&[Scalar::Date], "a date");

impl<'a> Check<'a> {
    fn paging(&mut self, paging: &Paging) {
        match &paging.by {
            PageBy::Number { parameter, .. } => self.parameter("page", parameter, NUMBER),
            PageBy::Offset { parameter } => self.parameter("offset", parameter, NUMBER),
            PageBy::Scroll { parameter, next } => {
                self.parameter("scroll", parameter, TEXT);
                self.told("next", next, TEXT);
            }
        }
        let size = paging.size.iter().map(|name| ("size", name, NUMBER));
        let flag = paging.use_has_next.iter().map(|name| ("use_has_next", name, FLAG));
        size.chain(flag).for_each(|(key, name, fits)| self.parameter(key, name, fits));
        let total = paging.total.iter().map(|path| ("total", path, NUMBER));
        let has_next = paging.has_next.iter().map(|path| ("has_next", path, FLAG));
        total.chain(has_next).for_each(|(key, path, fits)| self.told(key, path, fits));
        self.rows(paging);
        let Some(window) = &paging.window else { return };
        self.parameter("from", &window.from, DATE);
        self.parameter("to", &window.to, DATE);
        let needed = [
            ("page", matches!(paging.by, PageBy::Number { .. })),
            ("first", !matches!(paging.by, PageBy::Number { first: None, .. })),
            ("size", paging.size.is_some()),
            ("total", paging.total.is_some()),
            ("key", !paging.key.is_empty()),
        ];
        let missing: Vec<&str> = needed.iter().filter(|(_, has)| !has).map(|(key, _)| *key).collect();
        if !missing.is_empty() {
            self.out.push(bad_paging::window(paging.span, &missing));
        }
    }

    fn parameter(&mut self, key: &str, name: &At<String>, fits: (&[Scalar], &str)) {
        let fields = &self.method.request;
        if let Some((outer, inner)) = name.value.split_once('.') {
            return self.inside(key, name, (outer, inner), fits);
        }
        match fields.iter().find(|field| field.name.value == name.value) {
            Some(field) => self.fits(key, name, field, fits),
            None => self.unknown(name, &name.value, "the request", fields),
        }
    }

    /// A number in a structure of the request.
    fn inside(&mut self, key: &str, path: &At<String>, (outer, inner): (&str, &str), fits: (&[Scalar], &str)) {
        if !matches!(key, "page" | "offset" | "size") {
            self.out.push(bad_paging::inside(path.span, key, &path.value));
            return;
        }
        let fields = &self.method.request;
        let Some(field) = fields.iter().find(|field| field.name.value == outer) else {
            return self.unknown(path, outer, "the request", fields);
        };
        let is = field.ty.value.to_string();
        let members = match &field.ty.value {
            Type::Named(ty) => self.scope.fields(ty),
            _ => None,
        };
        let Some(members) = members else {
            self.out.push(bad_paging::path(path.span, &path.value, outer, &is));
            return;
        };
        match members.iter().find(|member| member.name.value == inner) {
            Some(member) => self.fits(key, path, member, (&[Scalar::I64], fits.1)),
            None => self.unknown(path, inner, &format!("`{is}`"), members),
        }
    }

    /// A field of the answer, by its path.
    fn told(&mut self, key: &str, path: &At<String>, fits: (&[Scalar], &str)) {
        if let Some(field) = self.find(path) {
            self.fits(key, path, field, fits);
        }
    }

    /// The list and the fields of its rows.
    fn rows(&mut self, paging: &Paging) {
        let Some(field) = self.find(&paging.items) else { return };
        let Type::List(element) = &field.ty.value else {
            let is = field.ty.value.to_string();
            self.out.push(bad_paging::ty(paging.items.span, "items", &paging.items.value, &is, "a list"));
            return;
        };
        let fields = match &**element {
            Type::Named(name) => self.scope.fields(name).unwrap_or_default(),
            _ => &[],
        };
        let filled: Vec<&Field> = fields.iter().filter(|inner| is_filled(field, inner)).collect();
        let time = paging.window.as_ref().and_then(|window| window.by.as_ref());
        for (name, key) in paging.key.iter().map(|name| (name, "key")).chain(time.map(|name| (name, "by"))) {
            match filled.iter().find(|field| field.name.value == name.value) {
                Some(field) if key == "by" => self.fits(key, name, field, DATE),
                Some(_) => {}
                None => {
                    let known: Vec<&str> = filled.iter().map(|field| field.name.value.as_str()).collect();
                    self.out.push(unknown_paging_name::new(name.span, &name.value, &format!("`{element}`"), &known));
                }
            }
        }
    }

    fn find(&mut self, path: &At<String>) -> Option<&'a Field> {
        let mut fields: &'a [Field] = &self.method.response;
        let mut place = "the response".to_owned();
        let mut names = path.value.split('.').peekable();
        while let Some(name) = names.next() {
            let Some(field) = fields.iter().find(|field| field.name.value == name) else {
                self.unknown(path, name, &place, fields);
                return None;
            };
            if names.peek().is_none() {
                return Some(field);
            }
            let inner = match &field.ty.value {
                Type::Named(ty) => self.scope.fields(ty),
                _ => None,
            };
            let is = field.ty.value.to_string();
            let Some(inner) = inner else {
                self.out.push(bad_paging::path(path.span, &path.value, name, &is));
                return None;
            };
            (fields, place) = (inner, format!("`{is}`"));
        }
        None
    }

    fn unknown(&mut self, at: &At<String>, name: &str, place: &str, fields: &[Field]) {
        let known: Vec<&str> = fields.iter().map(|field| field.name.value.as_str()).collect();
        self.out.push(unknown_paging_name::new(at.span, name, place, &known));
    }

    fn fits(&mut self, key: &str, name: &At<String>, field: &Field, (types, expected): (&[Scalar], &str)) {
        if !matches!(&field.ty.value, Type::Scalar(scalar) if types.contains(scalar)) {
            let is = field.ty.value.to_string();
            self.out.push(bad_paging::ty(name.span, key, &name.value, &is, expected));
        }
    }
}

/// Whether the list's elements have this field, by `only` and `except`.
fn is_filled(list: &Field, field: &Field) -> bool {
    let listed = |names: &[At<String>]| names.iter().any(|name| name.value == field.name.value);
    if list.only.is_empty() { !listed(&list.except) } else { listed(&list.only) }
}
