//! The catalogue at run time against the specs, all of it; and what it does to untyped calls.

use serde_json::Value;
use topsdk::catalog::{self, Field, Kind, Origin, Shape, TypeDef};
use topsdk::model::{self, RetryClass, Who};
use topsdk::{Error, Upload};
use topsdk_codegen::load::load;
use topsdk_codegen::model as spec;

use crate::support::{self, root, sandbox};

/// Compares everything that the catalogue says with the specs, and counts what was compared.
#[derive(Default)]
struct Comparison {
    wrong: Vec<String>,
    parameters: usize,
    fields: usize,
    /// Fields on the walks through all methods, types opened wherever they are used.
    nodes: usize,
    /// Those of the longest walk.
    most_nodes: usize,
}

impl Comparison {
    fn same<T: PartialEq + std::fmt::Debug>(&mut self, place: &str, what: &str, found: T, wanted: T) {
        if found != wanted {
            self.wrong.push(format!("{place}: {what} is {found:?}, the spec has {wanted:?}"));
        }
    }

    fn method(&mut self, domain: &spec::Domain, wanted: &spec::Method) {
        let place = wanted.name.value.as_str();
        let Some(found) = catalog::get(place) else {
            self.wrong.push(format!("{place} is not there"));
            return;
        };
        self.same(place, "domain", found.domain().name(), &domain.name.value);
        self.same(place, "doc id", found.doc_id(), wanted.doc_id);
        self.same(place, "page", found.page_url().is_some(), wanted.doc_id.is_some());
        self.same(place, "effect", format!("{:?}", found.effect()), format!("{:?}", wanted.effect));
        self.same(place, "session", format!("{:?}", found.session()), format!("{:?}", wanted.session));
        self.same(place, "guessed effect", found.is_effect_guessed(), wanted.guessed.contains(&spec::Guess::Effect));
        self.same(place, "guessed session", found.is_session_guessed(), wanted.guessed.contains(&spec::Guess::Session));
        let origin = match wanted.origin {
            spec::Origin::Catalogue => Origin::Catalogue,
            spec::Origin::Legacy => Origin::Legacy,
            spec::Origin::Article => Origin::Article,
        };
        self.same(place, "origin", found.origin(), origin);
        self.same(place, "summary", found.summary().unwrap_or_default(), &wanted.summary);
        let description = wanted.description.as_deref().unwrap_or_default().trim();
        self.same(place, "description", found.description().unwrap_or_default(), description);
        self.same(place, "deprecation", found.deprecated(), wanted.deprecated.as_deref());
        self.same(place, "deprecated", found.is_deprecated(), wanted.deprecated.is_some());
        self.parameters += wanted.request.len();
        self.all(&format!("{place} request"), found.parameters(), &wanted.request);
        self.all(&format!("{place} response"), found.response(), &wanted.response);
        self.types(place, found.types(), &wanted.types);
        self.same(place, "number of sub codes", found.errors().len(), wanted.errors.len());
        for (found, wanted) in found.errors().iter().zip(&wanted.errors) {
            self.error(place, found, wanted);
        }
        // Every type that a field names is found.
        let mut nodes = 0;
        for node in found.parameter_tree().chain(found.response_tree()) {
            nodes += 1;
            let declared = matches!(node.field.ty().kind(), Kind::Named(_) | Kind::Fields(_));
            self.same(place, node.field.name(), found.type_of(node.field).is_some(), declared);
        }
        self.nodes += nodes;
        self.most_nodes = self.most_nodes.max(nodes);
    }

    fn all(&mut self, place: &str, found: &[Field], wanted: &[spec::Field]) {
        self.same(place, "number of fields", found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(wanted) {
            self.field(&format!("{place}.{}", wanted.name.value), found, wanted);
        }
    }

    fn field(&mut self, place: &str, found: &Field, wanted: &spec::Field) {
        self.fields += 1;
        self.same(place, "name", found.name(), &wanted.name.value);
        self.same(place, "type", found.ty().to_string(), wanted.ty.value.to_string());
        self.same(place, "list", found.ty().is_list(), matches!(wanted.ty.value, spec::Type::List(_)));
        let named = matches!(wanted.ty.value.element(), spec::Type::Named(_));
        self.same(place, "kind", matches!(found.ty().kind(), Kind::Named(_)), named);
        self.same(place, "doc", found.own_doc(), wanted.doc.as_deref());
        self.same(place, "required", found.is_required(), wanted.required);
        let default = wanted.default.as_ref().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
        self.same(place, "default", found.default(), default.as_deref());
        let (limits, l) = (found.limits(), &wanted.limits);
        let found_limits = (limits.max_length, limits.max_items, limits.min, limits.max, limits.max_bytes);
        self.same(place, "limits", found_limits, (l.max_length, l.max_items, l.min, l.max, l.max_bytes));
        let sensitive = (format!("{:?}", found.sensitive()), format!("{:?}", wanted.sensitive));
        self.same(place, "sensitive", sensitive.0, sensitive.1);
        self.same(place, "deprecated", found.deprecated(), wanted.deprecated.as_deref());
        let asked = wanted.ask_as.as_ref().map_or(&wanted.name.value, |name| &name.value);
        self.same(place, "asked as", found.asked_as(), asked);
        for name in wanted.only.iter().chain(&wanted.except) {
            let fills = wanted.only.iter().any(|only| only.value == name.value);
            self.same(place, "fills", found.fills(&name.value), fills);
        }
        self.same(place, "fills another", found.fills("\u{0}"), wanted.only.is_empty());
    }

    fn types(&mut self, place: &str, found: &[TypeDef], wanted: &[spec::TypeDef]) {
        self.same(place, "number of types", found.len(), wanted.len());
        for (found, wanted) in found.iter().zip(wanted) {
            let place = format!("{place} {}", wanted.name.value);
            self.same(&place, "name", found.name(), &wanted.name.value);
            self.same(&place, "official name", found.wire(), &wanted.wire);
            self.same(&place, "doc", found.doc(), wanted.doc.as_deref());
            match (found.shape(), &wanted.kind) {
                (Shape::Struct(found), spec::TypeKind::Struct(wanted)) => self.all(&place, found, wanted),
                (Shape::Enum { integer, values, .. }, spec::TypeKind::Enum(wanted)) => {
                    self.same(&place, "integer", *integer, wanted.integer);
                    let found: Vec<_> = values.iter().map(|value| (value.wire(), value.doc())).collect();
                    let wanted = wanted.values.iter().map(|value| (value.wire.value.as_str(), value.doc.as_deref()));
                    self.same(&place, "values", found, wanted.collect());
                }
                _ => self.wrong.push(format!("{place}: another shape")),
            }
        }
    }

    fn error(&mut self, place: &str, found: &model::SubCode, wanted: &spec::SubCode) {
        let retry = match wanted.remedy.retry {
            spec::Retry::Never => RetryClass::Never,
            spec::Retry::Once => RetryClass::Once,
            spec::Retry::Backoff => RetryClass::Backoff,
            spec::Retry::AfterBan => RetryClass::AfterBan,
        };
        let who = wanted.remedy.who.map(|who| match who {
            spec::Who::App => Who::App,
            spec::Who::Seller => Who::Seller,
            spec::Who::Platform => Who::Platform,
        });
        let remedy = model::Remedy { retry, who, ..model::Remedy::never("", "") };
        self.same(place, "sub code", found.code, &wanted.code.value);
        self.same(place, "remedy", model::Remedy { means: "", fix: "", ..found.remedy }, remedy);
        let texts = (wanted.remedy.means.as_str(), wanted.remedy.fix.as_str());
        self.same(place, "meaning and fix", (found.remedy.means, found.remedy.fix), texts);
    }
}

#[test]
fn all_of_it_is_what_the_specs_say() {
    let specs = load(&root().join("specs")).spec;
    let mut comparison = Comparison::default();
    let names: Vec<_> = specs.domains.iter().map(|domain| domain.name.value.as_str()).collect();
    assert_eq!(catalog::domains().map(catalog::Domain::name).collect::<Vec<_>>(), names);
    for (found, wanted) in catalog::domains().zip(&specs.domains) {
        let place = found.name();
        let titles = (wanted.title.as_str(), wanted.title_zh.as_str(), wanted.doc.as_str());
        comparison.same(place, "titles and doc", (found.title(), found.title_zh(), found.doc()), titles);
        comparison.same(place, "tier", found.tier(), &wanted.tier.value);
        comparison.same(place, "core", found.is_core(), wanted.core);
        comparison.types(place, found.types(), &wanted.types);
        wanted.methods.iter().for_each(|method| comparison.method(wanted, method));
    }
    for (name, wanted) in &specs.glossary {
        let found = catalog::term(name).map(|term| (term.en(), term.zh()));
        comparison.same(name, "term", found, Some((wanted.en.as_str(), wanted.zh.as_str())));
    }
    let Comparison { wrong, parameters, fields, nodes, most_nodes } = comparison;
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong[..wrong.len().min(50)].join("\n"));
    let methods: usize = specs.domains.iter().map(|domain| domain.methods.len()).sum();
    assert_eq!(catalog::methods().len(), methods);
    println!("{methods} methods, {parameters} parameters and {fields} fields; walks of {nodes}, at most {most_nodes}");
    assert!(methods > 5300 && parameters > 16_000 && fields > 95_000 && nodes > 110_000);
}

/// A parameter of an example as the wire carries it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object()) => {
            items.iter().map(text).collect::<Vec<_>>().join(",")
        }
        other => other.to_string(),
    }
}

#[tokio::test]
async fn every_example_passes_as_an_untyped_call() {
    let sandbox = sandbox().await;
    let client = support::client(&sandbox);
    let mut wrong = Vec::new();
    let methods = support::spec().domains.iter().flat_map(|domain| &domain.methods);
    for method in methods {
        let example = method.example.as_ref().unwrap();
        let mut call = client.untyped(method.name.value.as_str());
        for field in &method.request {
            let Some(value) = example.request.value.get(&field.name.value) else { continue };
            call = match field.ty.value {
                spec::Type::Scalar(spec::Scalar::Bytes) => call.file(&field.name.value, Upload::new("a.png", *b"abc")),
                _ => call.param(&field.name.value, text(value)),
            };
        }
        // What the sandbox says to it is tested elsewhere.
        if let Err(Error::Invalid(error)) = call.await {
            wrong.push(error.to_string());
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test]
async fn untyped_calls_are_checked_unless_told_otherwise() {
    let sandbox = sandbox().await;
    let client = support::client(&sandbox);
    let sold = || client.untyped("taobao.trades.sold.get").param("fields", "tid");

    let error = sold().param("pagesize", 1).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "taobao.trades.sold.get: parameter `pagesize` is not one that the method has (did you mean `page_size`?); \
         if the platform takes it all the same, call with_checks(false); nothing was sent"
    );
    assert!(matches!(sold().param("page_size", "all").await, Err(Error::Invalid(_))));
    assert_eq!(sandbox.requests().len(), 0);

    // The sandbox ignores what it does not know, as the platform does, and judges by itself what it knows.
    assert!(sold().param("pagesize", 1).with_checks(false).await.is_ok());
    let error = sold().param("page_size", "all").with_checks(false).await.unwrap_err();
    assert_eq!(error.code(), Some(41), "{error}");
    assert!(matches!(client.untyped("no.such.method").param("x", 1).await, Err(Error::Gateway(_))));
    assert_eq!(sandbox.requests().len(), 3);
}

#[tokio::test]
async fn untyped_calls_know_the_methods_session_and_errors() {
    let sandbox = sandbox().await;
    let nobody = {
        use topsdk::{Client, Credentials, Environment};
        use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET};

        let environment = Environment::custom(sandbox.rest_url());
        Client::builder(environment, Credentials::new(APP_KEY, APP_SECRET)).build().unwrap()
    };
    let sold = || nobody.untyped("taobao.trades.sold.get").param("fields", "tid");
    let error = sold().await.unwrap_err();
    assert!(matches!(&error, Error::Invalid(e) if e.parameter() == "session"), "{error}");
    let error = sold().with_checks(false).await.unwrap_err();
    assert!(error.is_session_invalid(), "{error}");

    // A sub code of the method's own, with its remedy.
    let client = support::client(&sandbox);
    let full = client.untyped("taobao.trade.fullinfo.get").param("fields", "tid").param("tid", 1);
    let error = full.await.unwrap_err();
    assert_eq!(error.sub_code(), Some("isv.trade-not-exist"));
    let own = catalog::get("taobao.trade.fullinfo.get").unwrap().errors();
    let own = own.iter().find(|entry| entry.code == "isv.trade-not-exist").unwrap();
    assert_eq!(error.remedy(), Some(&own.remedy));
}
