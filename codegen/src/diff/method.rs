//! Methods: their facts, parameters, answers and sub codes.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{At, Effect, Field, Method, Origin, PageBy, Session, SubCode, Type, TypeKind};
use crate::naming;

use super::Out;
use super::facts::{deprecation, how, remedy, step, words};
use super::fields::{self, Role};
use super::rules::*;
use super::scope::Scope;

/// Compares a method that is in both states, without its types.
pub(super) fn compare(old: (Scope<'_>, &Method), new: (Scope<'_>, &Method), out: &mut Out) {
    let ((before, old), (after, new)) = (old, new);
    session(old.session, new.session, out);
    effect(old.effect, new.effect, out);
    split(old, new, out);
    cache(old, new, out);
    arguments(&old.request, &new.request, out);
    paging(old, new, out);
    fields::compare("request", Role::Parameters, (before, &old.request), (after, &new.request), out);
    fields::compare("response", Role::Answer, (before, &old.response), (after, &new.response), out);
    filled((before, old), (after, new), out);
    errors(&old.errors, &new.errors, out);
    deprecation(out, "", old.deprecated.as_deref(), new.deprecated.as_deref());
    words(out, "", "summary", Some(&old.summary), Some(&new.summary));
    words(out, "", "description", old.description.as_deref(), new.description.as_deref());
    let page = |method: &Method| method.doc_id.map(|id| id.to_string());
    words(out, "", "page of the documentation", page(old).as_deref(), page(new).as_deref());
    words(out, "", "origin", Some(origin(old.origin)), Some(origin(new.origin)));
    if old.guessed != new.guessed {
        let what =
            if new.guessed.len() < old.guessed.len() { "a guess is confirmed" } else { "what is guessed changed" };
        out.add(&DOC_CHANGED, "", what);
    }
    let example =
        |method: &Method| method.example.as_ref().map(|e| (e.request.value.clone(), e.response.value.clone()));
    if example(old) != example(new) {
        out.add(&EXAMPLE_CHANGED, "", format!("example {}", how(old.example.is_some(), new.example.is_some())));
    }
}

fn session(old: Session, new: Session, out: &mut Out) {
    if old != new {
        let rule = match new {
            Session::Required => &SESSION_REQUIRED,
            Session::Optional => &SESSION_OPTIONAL,
            Session::None => &SESSION_NONE,
        };
        out.add(rule, "", format!("session {}", step(Some(old.as_str()), Some(new.as_str()))));
    }
}

fn effect(old: Effect, new: Effect, out: &mut Out) {
    let rule = match (new as u8).cmp(&(old as u8)) {
        Ordering::Equal => return,
        Ordering::Greater => &EFFECT_STRICTER,
        Ordering::Less => &EFFECT_LOOSER,
    };
    out.add(rule, "", format!("effect {}", step(Some(old.as_str()), Some(new.as_str()))));
}

/// By which list a call may be split. Another one means that the old one cannot be cut any more.
fn split(old: &Method, new: &Method, out: &mut Out) {
    let by = |method: &Method| method.split.as_ref().map(|by| by.value.clone());
    let (old, new) = (by(old), by(new));
    if old != new {
        let rule = if old.is_some() { &SPLIT_GONE } else { &SPLIT_ADDED };
        out.add(rule, "", format!("split {}", step(old.as_deref(), new.as_deref())));
    }
}

/// What a cache does with the answers.
fn cache(old: &Method, new: &Method, out: &mut Out) {
    let tags = |tags: &[At<String>]| tags.iter().map(|tag| tag.value.as_str()).collect::<Vec<_>>().join(", ");
    let told = |method: &Method| {
        let rule = method.cache.as_ref().map(|rule| format!("{} s [{}]", rule.ttl.value, tags(&rule.tags)));
        let invalidates = (!method.invalidates.is_empty()).then(|| format!("[{}]", tags(&method.invalidates)));
        [("cache", rule), ("invalidates", invalidates)]
    };
    for ((what, old), (_, new)) in told(old).into_iter().zip(told(new)) {
        if old != new {
            out.add(&CACHE_CHANGED, "", format!("{what} {}", step(old.as_deref(), new.as_deref())));
        }
    }
}

/// `pages()` and `items()` are there where there is paging.
fn paging(old: &Method, new: &Method, out: &mut Out) {
    match (&old.paging, &new.paging) {
        (None, None) => {}
        (Some(_), None) => out.add(&PAGING_REMOVED, "paging", "`pages()` and `items()` are gone"),
        (None, Some(_)) => out.add(&PAGING_ADDED, "paging", "`pages()` and `items()` are there"),
        (Some(was), Some(is)) if was.items.value != is.items.value => {
            out.add(&PAGING_ITEMS, "paging", format!("items {}", step(Some(&was.items.value), Some(&is.items.value))));
        }
        (Some(was), Some(is)) if !was.says_the_same(is) => match (&was.by, &is.by) {
            // Where requests had to name the first page, they still do.
            (PageBy::Number { first: Some(was), .. }, PageBy::Number { first, .. }) if *first != Some(*was) => {
                let is = first.map_or_else(|| "given".to_owned(), |is| is.to_string());
                out.add(&PAGING_FIRST, "paging", format!("first {}", step(Some(&was.to_string()), Some(&is))));
            }
            _ => out.add(&PAGING_CHANGED, "paging", "how pages are read changed"),
        },
        _ => {}
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Catalogue => "catalogue",
        Origin::Legacy => "legacy",
        Origin::Article => "article",
    }
}

/// `new` takes the required parameters in the order of the file: two that change places may go unnoticed by the compiler.
fn arguments(old: &[Field], new: &[Field], out: &mut Out) {
    let names = |fields: &[Field]| -> Vec<String> {
        fields.iter().filter(|field| field.required).map(|field| naming::field(&field.name.value)).collect()
    };
    let (old, new) = (names(old), names(new));
    let common = |all: &[String], other: &[String]| -> Vec<String> {
        all.iter().filter(|name| other.contains(name)).cloned().collect()
    };
    let (was, is) = (common(&old, &new), common(&new, &old));
    if was != is {
        let what = format!("`new({})` -> `new({})`", old.join(", "), new.join(", "));
        out.add(&ARGUMENTS_REORDERED, "request", what);
    }
}

/// What `Fields::all()` asks for, where a parameter selects; else only what is told of the answer.
fn filled(old: (Scope<'_>, &Method), new: (Scope<'_>, &Method), out: &mut Out) {
    for after in &new.1.response {
        let name = &after.name.value;
        let Some(before) = old.1.response.iter().find(|field| field.name.value == *name) else { continue };
        let place = format!("response.{name}");
        let (Some(was), Some(is)) = (asked(old, before), asked(new, after)) else {
            let told = |field: &Field| -> [Vec<String>; 2] {
                [&field.only, &field.except].map(|names| names.iter().map(|name| name.value.clone()).collect())
            };
            if told(before) != told(after) {
                out.add(&FILLED_CHANGED, place, "`only` or `except` changed");
            }
            continue;
        };
        let members = |scope: Scope<'_>, field: &Field| -> BTreeSet<String> { names(scope, field) };
        let (had, has) = (members(old.0, before), members(new.0, after));
        let list = |names: &[&String]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        // A field that comes or goes is told at its type.
        let lost: Vec<&String> = was.difference(&is).filter(|name| has.contains(*name)).collect();
        let won: Vec<&String> = is.difference(&was).filter(|name| had.contains(*name)).collect();
        if !lost.is_empty() {
            out.add(&SELECTION_NARROWER, place.as_str(), format!("`Fields::all()` without {}", list(&lost)));
        }
        if !won.is_empty() {
            out.add(&SELECTION_WIDER, place, format!("`Fields::all()` with {}", list(&won)));
        }
    }
}

/// The fields that `Fields::all()` asks for; none where no parameter selects from this part of the answer.
fn asked(method: (Scope<'_>, &Method), field: &Field) -> Option<BTreeSet<String>> {
    let selects =
        |parameter: &Field| method.1.selected_by(parameter).is_some_and(|of| of.name.value == field.name.value);
    if !method.1.request.iter().any(selects) {
        return None;
    }
    let listed = |names: &[crate::model::At<String>], name: &String| names.iter().any(|at| at.value == *name);
    let mut all = names(method.0, field);
    all.retain(|name| match field.only.is_empty() {
        true => !listed(&field.except, name),
        false => listed(&field.only, name),
    });
    Some(all)
}

/// The names of the structure that a field holds.
fn names(scope: Scope<'_>, field: &Field) -> BTreeSet<String> {
    let Type::Named(of) = field.ty.value.element() else { return BTreeSet::new() };
    match scope.find(of).map(|home| &home.def.kind) {
        Some(TypeKind::Struct(fields)) => fields.iter().map(|field| field.name.value.clone()).collect(),
        _ => BTreeSet::new(),
    }
}

fn errors(old: &[SubCode], new: &[SubCode], out: &mut Out) {
    match (old.is_empty(), new.is_empty()) {
        (true, false) => out.add(&ERRORS_APPEARED, "errors", "`error()` answers with an enum, no longer `AnySubCode`"),
        (false, true) => out.add(&ERRORS_GONE, "errors", "`error()` answers with `AnySubCode`: the enum is gone"),
        _ => {}
    }
    let by_code = |all: &[SubCode]| -> BTreeMap<String, SubCode> {
        all.iter().map(|entry| (entry.code.value.clone(), entry.clone())).collect()
    };
    out.each(&by_code(old), &by_code(new), |out, code, before, after| {
        let place = format!("errors.{code}");
        match (before, after) {
            (Some(before), Some(after)) => {
                let (was, is) = (naming::sub_code(code, old), naming::sub_code(code, new));
                if was != is {
                    out.add(&SUB_CODE_RENAMED, place.as_str(), format!("variant {}", step(Some(was), Some(is))));
                }
                remedy(out, &place, &before.remedy, &after.remedy);
                if before.absent != after.absent {
                    out.add(&CACHE_CHANGED, place.as_str(), format!("absent {} -> {}", before.absent, after.absent));
                }
            }
            (Some(_), None) => {
                out.add(&SUB_CODE_REMOVED, place, format!("variant `{}` removed", naming::sub_code(code, old)));
            }
            _ => out.add(&SUB_CODE_ADDED, place, format!("variant `{}` added", naming::sub_code(code, new))),
        }
    });
}
