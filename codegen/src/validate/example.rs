//! The example of each method against its fields.

use serde_json::Value as Json;

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{example_mismatch, example_missing};
use crate::model::{Domain, Example, Field, Method, Span};

use super::scope::Scope;
use super::value::{Checker, Problem};

pub(super) fn check(domain: &Domain, out: &mut Vec<Diagnostic>) {
    for method in &domain.methods {
        if let Some(example) = &method.example {
            check_example(Scope::of_method(domain, method), method, example, out);
        }
    }
}

fn check_example(scope: Scope<'_>, method: &Method, example: &Example, out: &mut Vec<Diagnostic>) {
    let mut half = |path: &str, checker: Checker<'_>, fields: &[Field], value: &Json| {
        let mut checker = checker;
        if let Json::Object(object) = value {
            checker.object(path, fields, None, object);
        }
        out.extend(checker.problems.into_iter().map(|problem| diagnostic(problem, example)));
    };
    half("request", Checker::of_request(scope), &method.request, &example.request.value);
    half("response", Checker::of_response(scope), &method.response, &example.response.value);
    let shows_nothing = example.response.value.as_object().is_some_and(|object| object.is_empty());
    if shows_nothing && !method.response.is_empty() {
        out.push(example_missing::empty_response(example.response.span));
    }
}

fn diagnostic(problem: Problem, example: &Example) -> Diagnostic {
    match problem {
        Problem::Unfit { path, expected, got, fix } => {
            example_mismatch::new(place(&path, example), &path, &expected, &got, fix.as_deref())
        }
        Problem::Unknown { path, name, known } => {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            example_mismatch::unknown(place(&path, example), &path, &name, &known)
        }
        Problem::LeftOut { path, key } => example_mismatch::left_out(place(&path, example), &path, key),
        Problem::Missing { path } => example_mismatch::missing(place(&path, example), &path),
    }
}

/// Where a path stands, or the nearest value around it.
fn place(path: &str, example: &Example) -> Span {
    let mut path = path;
    loop {
        if let Some(span) = example.places.get(path) {
            return *span;
        }
        match path.rfind(['.', '[', ':']) {
            Some(end) => path = &path[..end],
            None => {
                return if path == "request" { example.request.span } else { example.response.span };
            }
        }
    }
}
