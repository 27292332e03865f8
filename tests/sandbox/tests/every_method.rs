//! Every method that has a spec is answered, in every format.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::collections::BTreeMap;

use common::*;
use serde_json::Value;
use topsdk_codegen::load::load;
use topsdk_codegen::model::{Method, Scalar, Spec, Type, TypeKind};
use topsdk_codegen::naming::response_wrapper;

fn specs() -> Spec {
    load(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs"))).spec
}

/// A value that the method's check accepts.
fn value(spec: &Spec, method: &Method, ty: &Type) -> String {
    let (domain, _) = spec.method(&method.name.value).unwrap();
    match ty {
        Type::Scalar(scalar) => match scalar {
            Scalar::String | Scalar::Bytes | Scalar::I64 | Scalar::F64 | Scalar::Decimal => "1",
            Scalar::Money => "1.00",
            Scalar::Bool => "true",
            Scalar::Date => NOW,
            Scalar::Json => "{}",
        }
        .to_owned(),
        Type::Fields(name) => match method.type_def(domain, name).map(|t| &t.kind) {
            Some(TypeKind::Struct(fields)) => {
                fields.iter().take(20).map(|f| f.name.value.as_str()).collect::<Vec<_>>().join(",")
            }
            _ => String::new(),
        },
        Type::Named(name) => match method.type_def(domain, name).map(|t| &t.kind) {
            Some(TypeKind::Enum(def)) => def.values[0].wire.value.clone(),
            _ => "{}".to_owned(),
        },
        Type::List(element) => match element.as_ref() {
            Type::Named(name)
                if matches!(method.type_def(domain, name).map(|t| &t.kind), Some(TypeKind::Struct(_))) =>
            {
                "[]".to_owned()
            }
            element => value(spec, method, element),
        },
    }
}

/// Required parameters: the example's where there is one.
fn request(spec: &Spec, method: &Method) -> BTreeMap<String, String> {
    let example = method.example.as_ref().map(|e| e.request.value.clone()).unwrap_or_default();
    let mut out = BTreeMap::new();
    for field in method.request.iter().filter(|f| f.required) {
        let text = match example.get(&field.name.value) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) => {
                items.iter().map(|i| i.as_str().map_or(i.to_string(), str::to_owned)).collect::<Vec<_>>().join(",")
            }
            Some(other) => other.to_string(),
            None => value(spec, method, &field.ty.value),
        };
        out.insert(field.name.value.clone(), text);
    }
    out
}

#[tokio::test]
async fn every_method_in_every_format() {
    let spec = specs();
    let sandbox = sandbox().await;
    let mut count = 0;
    for method in spec.domains.iter().flat_map(|d| &d.methods) {
        let name = method.name.value.as_str();
        let app = request(&spec, method);
        let more: Vec<(&str, &str)> = app.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        for (format, simplify) in [("json", "false"), ("json", "true"), ("xml", "false")] {
            let all = sign(params(name, &[&more[..], &[("format", format), ("simplify", simplify)]].concat()), None);
            let answer = post(&sandbox, &all).await;
            let text = answer.text();
            assert_eq!(answer.status, 200, "{name}");
            if format == "xml" {
                let root = if text.contains("<error_response>") {
                    "error_response".to_owned()
                } else {
                    response_wrapper(name)
                };
                assert!(
                    text.contains(&format!("?><{root}>")) && text.contains(&format!("</{root}><!--")),
                    "{name}: {text}"
                );
                continue;
            }
            let json = answer.json();
            // Handlers may refuse made-up ids and miss one of several parameters; the checks may not refuse what the spec allows.
            if let Some(error) = json.get("error_response") {
                let optional = |sub: &str| {
                    method.request.iter().any(|f| !f.required && sub.ends_with(&format!(":{}", f.name.value)))
                };
                assert!(error["code"] == 15 || error["sub_code"].as_str().is_some_and(optional), "{name}: {text}");
            } else if simplify == "true" {
                assert!(json.get("request_id").is_some(), "{name}: {text}");
            } else {
                let members = json.as_object().unwrap();
                assert_eq!(members.keys().collect::<Vec<_>>(), [&response_wrapper(name)], "{name}");
            }
        }
        count += 1;
    }
    assert!(count > 70, "{count}");
}
