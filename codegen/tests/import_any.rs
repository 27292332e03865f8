//! Whatever metadata tells, the specs made from it say the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use topsdk_codegen::import::facts::{Facts, Format, Inner, Limits, Param};
use topsdk_codegen::import::plan::{Files, plan};
use topsdk_codegen::import::read::Catalogue;
use topsdk_codegen::import::rules::{Kind, Lowered, Member, Notes, lower};
use topsdk_codegen::load::load_files;
use topsdk_codegen::model::{Domain, Field, Method, Type, TypeKind};

const PLATFORM: &str = "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\n\
    tiers: { basic: { per_minute: 1, doc: X. } }\n";

/// Names that specs, YAML and Rust stumble over.
fn name() -> impl Strategy<Value = String> {
    let awkward = [
        "type",
        "enum",
        "yes",
        "null",
        "no",
        "on",
        "y",
        "self",
        "new",
        "a.b",
        "x-y",
        "2d",
        "1",
        "1e5",
        "0x1F",
        "$doc",
        "sellerNick",
        "seller_nick",
        "request_id",
        "sign",
        "#x",
        "a b",
        "标题",
        "true",
        "{a",
        "a:",
        "'q'",
        "only",
        "~",
    ];
    prop_oneof![prop::sample::select(awkward.to_vec()).prop_map(str::to_owned), "[a-z][a-z0-9_]{0,6}"]
}

fn ty() -> impl Strategy<Value = String> {
    let types = [
        "String",
        "Number",
        "Boolean",
        "Date",
        "Price",
        "BigDecimal",
        "Json",
        "byte",
        "byte[]",
        "Order",
        "Result",
        "SkuDTO",
        "sku",
        "null",
        "3D",
    ];
    prop::sample::select(types.to_vec()).prop_map(str::to_owned)
}

fn limit() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![4 => Just(None), 1 => (-2..40i64).prop_map(Some)]
}

fn param() -> impl Strategy<Value = Param> {
    let plain =
        (name(), prop::option::weighted(0.95, ty()), 0..3usize, any::<bool>(), limit(), limit(), limit(), limit());
    let plain = plain.prop_map(|(name, ty, lists, required, max_length, max_items, min, max)| {
        let limits = Limits { max_length, max_items, min, max };
        Param { name, ty, lists, required, limits, ..Param::default() }
    });
    plain.prop_recursive(4, 40, 5, |inner| {
        (inner.clone(), prop::collection::vec(inner, 0..5)).prop_map(|(param, members)| {
            let inner = if members.is_empty() { Inner::Nothing } else { Inner::Members(members) };
            Param { inner, ..param }
        })
    })
}

fn facts(name: &'static str) -> impl Strategy<Value = Facts> {
    let params = || prop::collection::vec(param(), 0..5);
    (params(), params()).prop_map(move |(request, response)| Facts {
        name: name.to_owned(),
        format: Format::DocCenter,
        id: Some(1),
        group: Some("fruit".to_owned()),
        place: String::new(),
        title: None,
        doc: None,
        request,
        response,
    })
}

/// A spec's fields written out as trees again.
fn read_back(domain: &Domain, method: &Method) -> Lowered {
    let members =
        |fields: &[Field]| fields.iter().map(|field| member(domain, method, field, &mut Vec::new())).collect();
    Lowered { request: members(&method.request), response: members(&method.response) }
}

fn member<'a>(domain: &'a Domain, method: &'a Method, field: &'a Field, open: &mut Vec<&'a str>) -> Member {
    let kind = match field.ty.value.element() {
        Type::Scalar(scalar) => Kind::Scalar(*scalar),
        Type::Named(name) => {
            let def = method.type_def(domain, name).unwrap();
            let TypeKind::Struct(fields) = &def.kind else { panic!("{name} is an enum") };
            if open.contains(&name.as_str()) {
                Kind::Again(def.wire.clone())
            } else {
                open.push(name);
                let members = fields.iter().map(|field| member(domain, method, field, open)).collect();
                open.pop();
                Kind::Struct { wire: def.wire.clone(), members }
            }
        }
        other => panic!("{other}"),
    };
    Member {
        name: field.name.value.clone(),
        kind,
        list: matches!(field.ty.value, Type::List(_)),
        required: field.required,
        limits: field.limits.clone(),
        doc: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn specs_say_what_metadata_says(one in facts("shop.apple.get"), two in facts("shop.apple.set"), three in facts("shop.pear.get")) {
        let all: BTreeMap<String, Facts> = [one, two, three].map(|facts| (facts.name.clone(), facts)).into();
        let catalogue = || Catalogue { methods: all.clone(), ..Catalogue::default() };
        let mut specs: Files = [("platform.yaml".to_owned(), PLATFORM.to_owned())].into();
        specs.extend(plan(&specs, catalogue(), false).unwrap().write);

        let loaded = load_files(specs.iter().map(|(path, text)| (PathBuf::from(path), text.clone())).collect());
        let problems: Vec<_> = loaded.diagnostics.iter().map(|d| (loaded.sources.path(d.span), &d.message)).collect();
        prop_assert!(problems.is_empty(), "{problems:#?}\n{specs:#?}");
        for facts in all.values() {
            let (domain, method) = loaded.spec.method(&facts.name).unwrap();
            prop_assert_eq!(read_back(domain, method), lower(facts, &mut Notes::new()));
        }
        prop_assert!(plan(&specs, catalogue(), false).unwrap().write.is_empty());
    }
}
