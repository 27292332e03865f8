//! What a field says beside its type: limits, default, `only` and `except`.

use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{bad_limit, bad_selection, default_mismatch, request_only_key};
use crate::model::{At, Domain, Field, Scalar, Type, TypeDef, TypeKind};

use super::scope::Scope;
use super::value::{Checker, Problem};

pub(super) fn check(domain: &Domain, out: &mut Vec<Diagnostic>) {
    let mut sent: HashSet<&str> = HashSet::new();
    for method in &domain.methods {
        let scope = Scope::of_method(domain, method);
        let own_sent: Vec<&TypeDef> = scope.reachable(&method.request);
        for field in &method.request {
            in_request(field, scope, out);
            for (key, names) in [("only", &field.only), ("except", &field.except)] {
                if let Some(first) = names.first() {
                    out.push(bad_selection::in_request(first.span, key));
                }
            }
        }
        for field in &method.response {
            in_response(field, scope, out);
        }
        for def in &method.types {
            let is_sent = own_sent.iter().any(|sent| sent.name.value == def.name.value);
            structure(def, is_sent, scope, out);
        }
        sent.extend(own_sent.iter().map(|def| def.name.value.as_str()));
    }
    for def in &domain.types {
        structure(def, sent.contains(def.name.value.as_str()), Scope::of_domain(domain), out);
    }
}

/// The common parameters of `platform.yaml`, which know built-in types only.
pub(super) fn check_parameters(fields: &[Field], out: &mut Vec<Diagnostic>) {
    for field in fields {
        in_request(field, Scope::empty(), out);
    }
}

fn structure(def: &TypeDef, is_sent: bool, scope: Scope<'_>, out: &mut Vec<Diagnostic>) {
    let TypeKind::Struct(fields) = &def.kind else {
        return;
    };
    for field in fields {
        if is_sent {
            in_request(field, scope, out);
            selection(field, scope, out);
        } else {
            in_response(field, scope, out);
        }
    }
}

fn in_request(field: &Field, scope: Scope<'_>, out: &mut Vec<Diagnostic>) {
    limits(field, scope, out);
    let Some(default) = &field.default else {
        return;
    };
    let mut checker = Checker::of_request(scope);
    checker.field("", field, default);
    for problem in checker.problems {
        if let Problem::Unfit { expected, got, fix, .. } = problem {
            out.push(default_mismatch::new(field.name.span, &expected, &got, fix.as_deref()));
        }
    }
}

fn in_response(field: &Field, scope: Scope<'_>, out: &mut Vec<Diagnostic>) {
    let limits = &field.limits;
    let keys = [
        ("required", field.required),
        ("default", field.default.is_some()),
        ("max_length", limits.max_length.is_some()),
        ("max_items", limits.max_items.is_some()),
        ("min", limits.min.is_some()),
        ("max", limits.max.is_some()),
        ("max_bytes", limits.max_bytes.is_some()),
    ];
    for (key, _) in keys.iter().filter(|(_, present)| *present) {
        out.push(request_only_key::new(field.name.span, key));
    }
    selection(field, scope, out);
}

fn limits(field: &Field, scope: Scope<'_>, out: &mut Vec<Diagnostic>) {
    let limits = &field.limits;
    let ty = &field.ty;
    if let Type::Named(name) = ty.value.innermost()
        && scope.find(name).is_none()
    {
        return;
    }
    let text = match &ty.value {
        Type::Scalar(Scalar::String | Scalar::Json | Scalar::Money | Scalar::Decimal) | Type::Fields(_) => true,
        Type::Named(name) => scope.fields(name).is_none(),
        _ => false,
    };
    let number =
        matches!(ty.value.element(), Type::Scalar(Scalar::I64 | Scalar::F64 | Scalar::Money | Scalar::Decimal));
    let list = matches!(ty.value, Type::List(_) | Type::Fields(_));
    let file = ty.value == Type::Scalar(Scalar::Bytes);
    let mut wrong = |limit: &str, value: String| {
        let instead = match limit {
            "max_length" if file => Some(format!("max_bytes: {value}")),
            "max_length" if list => Some(format!("max_items: {value}")),
            "max_items" if text => Some(format!("max_length: {value}")),
            "max_bytes" if text => Some(format!("max_length: {value}")),
            "max" if text => Some(format!("max_length: {value}")),
            _ => None,
        };
        out.push(bad_limit::wrong_type(ty.span, limit, &ty.value.to_string(), instead.as_deref()));
    };
    let counts = [
        ("max_length", limits.max_length, text),
        ("max_items", limits.max_items, list),
        ("max_bytes", limits.max_bytes, file),
    ];
    for (limit, value, applies) in counts {
        if let Some(value) = value.filter(|_| !applies) {
            wrong(limit, value.to_string());
        }
    }
    for (limit, value) in [("min", limits.min), ("max", limits.max)] {
        if let Some(value) = value.filter(|_| !number) {
            wrong(limit, value.to_string());
        }
    }
    if let (Some(min), Some(max)) = (limits.min, limits.max)
        && min > max
    {
        out.push(bad_limit::empty_range(field.name.span, min, max));
    }
}

/// `only` and `except`.
fn selection(field: &Field, scope: Scope<'_>, out: &mut Vec<Diagnostic>) {
    let (Some(first), key) =
        (field.only.first().or(field.except.first()), if field.only.is_empty() { "except" } else { "only" })
    else {
        return;
    };
    if !field.only.is_empty() && !field.except.is_empty() {
        out.push(bad_selection::both(field.except.first().unwrap_or(first).span));
        return;
    }
    let Type::Named(name) = field.ty.value.element() else {
        out.push(bad_selection::not_a_struct(field.ty.span, key, &field.ty.value.to_string()));
        return;
    };
    if scope.find(name).is_none() {
        return;
    }
    let Some(fields) = scope.fields(name) else {
        out.push(bad_selection::not_a_struct(field.ty.span, key, &field.ty.value.to_string()));
        return;
    };
    let known: Vec<&str> = fields.iter().map(|field| field.name.value.as_str()).collect();
    let mut seen: HashSet<&str> = HashSet::new();
    for At { value, span } in field.only.iter().chain(&field.except) {
        if !known.contains(&value.as_str()) {
            out.push(bad_selection::unknown(*span, value, name, &known));
        } else if !seen.insert(value) {
            out.push(bad_selection::repeated(*span, value));
        }
    }
}
