use std::fs;

use super::*;
use crate::load::load_files;

const PLATFORM: &str = "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\ntiers: { basic: { per_minute: 1, doc: X. } }\n";
const DOMAIN: &str = "domain: fruit\ntitle: F\ntitle_zh: F\ndoc: F.\ntier: basic\n";

/// The differences between a spec's fields and a page's, as `kind path`.
fn compare(spec: &str, page: &str) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("page.json"), page).unwrap();
    let method = format!(
        "method: fruit.apple.get\nsource: {{ from: doc-center, id: 7, hash: \"0\", body: \"0\" }}\neffect: read\n{spec}"
    );
    let files = [("platform.yaml", PLATFORM), ("fruit/domain.yaml", DOMAIN), ("fruit/fruit.apple.get.yaml", &method)];
    let loaded = load_files(files.map(|(path, text)| (path.into(), text.to_owned())).to_vec());
    assert_eq!(loaded.diagnostics, [], "{spec}");
    let audit = audit(&[dir.path()], &loaded.spec).unwrap();
    audit.differences.iter().map(|difference| format!("{} {}", difference.kind, difference.path)).collect()
}

fn page(request: &str, response: &str) -> String {
    format!(
        r#"{{"name":"fruit.apple.get","id":7,"description":"","requestParams":[{request}],"responseParams":[{response}]}}"#
    )
}

#[test]
fn every_kind_of_difference() {
    // (spec, request, response, differences)
    let table: [(&str, &str, &str, &[&str]); 15] = [
        ("request: { a: i64 }\n", r#"{"name":"a","type":"Number"}"#, "", &[]),
        ("request: { a: string }\n", r#"{"name":"a","type":"Number"}"#, "", &["type request.a"]),
        ("request: { a: \"i64[]\" }\n", r#"{"name":"a","type":"Number"}"#, "", &["list request.a"]),
        ("request: { a: \"string[]\" }\n", r#"{"name":"a","type":"String []"}"#, "", &[]),
        ("request: { a: \"string[]\" }\n", r#"{"name":"a","type":"String"}"#, "", &[]),
        ("request: { a: i64 }\n", "", "", &["extra request.a"]),
        ("", r#"{"name":"a","type":"Number"}"#, "", &["missing request.a"]),
        ("request: { a: i64 }\n", r#"{"name":"a","type":"Number","required":true}"#, "", &["required request.a"]),
        (
            "response: { a: i64 }\n",
            "",
            r#"{"name":"a","type":"Number","required":true}"#,
            &["required-response response.a"],
        ),
        ("request: { a: i64 }\n", r#"{"name":"a","type":"Number","maxValue":3}"#, "", &["limit request.a"]),
        ("request: { a: { type: i64, max: 3 } }\n", r#"{"name":"a","type":"Number","maxValue":3}"#, "", &[]),
        ("request: { a: i64 }\n", r#"{"name":"a","type":"Number","maxLength":3}"#, "", &["length-of-number request.a"]),
        ("response: { a: json }\n", "", r#"{"name":"a","type":"Pip"}"#, &["unknown-structure response.a"]),
        ("response: { a: json }\n", "", r#"{"name":"a"}"#, &["no-type response.a"]),
        (
            "response: { a: Apple }\ntypes: { Apple: { pips: \"Pip[]\" }, Pip: { $wire: Seed, b: i64, c: i64 } }\n",
            "",
            r#"{"name":"a","type":"Apple","subParams":[{"name":"pips","type":"Pip[]","subParams":[{"name":"b","type":"Date"},{"name":"d","type":"Date"}]}]}"#,
            &[
                "extra response.a.pips.c",
                "missing response.a.pips.d",
                "type response.a.pips.b",
                "type-name response.a.pips",
            ],
        ),
    ];
    for (spec, request, response, expected) in table {
        assert_eq!(compare(spec, &page(request, response)), expected, "{spec} and {request} {response}");
    }
}

#[test]
fn recursion_is_followed_as_deep_as_it_is_written() {
    let spec = "response: { a: Node }\ntypes: { Node: { x: i64, next: Node } }\n";
    let innermost = r#"{"name":"next","type":"Node","subParams":[{"name":"x","type":"Date"}]}"#;
    let told = format!(r#"{{"name":"a","type":"Node","subParams":[{{"name":"x","type":"Number"}},{innermost}]}}"#);
    assert_eq!(compare(spec, &page("", &told)), ["recursion response.a.next.next", "type response.a.next.x"]);
}

#[test]
fn structures_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let xml = "<metadata><structs><struct><name>Node</name><props>\
        <prop><name>x</name><type>Number</type><level>Basic</level></prop>\
        <prop><name>next</name><type>Node</type><level>Object Array</level></prop></props></struct></structs>\
        <apis><api><name>fruit.apple.get</name><request><param><name>n</name><type>Number</type><required>required</required>\
        <max_value>9</max_value></param></request><response><param><name>a</name><type>Node</type><level>Object</level></param>\
        </response></api></apis></metadata>";
    fs::write(dir.path().join("a.xml"), xml).unwrap();
    let check = |spec: &str| {
        let method = format!(
            "method: fruit.apple.get\nsource: {{ from: api-metadata, hash: \"0\", body: \"0\" }}\neffect: read\n{spec}"
        );
        let files =
            [("platform.yaml", PLATFORM), ("fruit/domain.yaml", DOMAIN), ("fruit/fruit.apple.get.yaml", &method)];
        let loaded = load_files(files.map(|(path, text)| (path.into(), text.to_owned())).to_vec());
        let audit = audit(&[dir.path()], &loaded.spec).unwrap();
        audit
            .differences
            .iter()
            .map(|difference| format!("{} {}", difference.kind, difference.path))
            .collect::<Vec<_>>()
    };
    let good = "request: { n: { type: i64, required: true, max: 9 } }\nresponse: { a: Node }\ntypes: { Node: { x: i64, next: \"Node[]\" } }\n";
    assert_eq!(check(good), [""; 0]);
    assert_eq!(
        check(&good.replace("Node[]", "Node").replace("max: 9", "max: 8")),
        ["limit request.n", "list response.a.next"]
    );
}

#[test]
fn exceptions_need_a_reason_and_a_use() {
    let text = "- { kind: extra, method: fruit.*, why: Older answers have it. }\n- { kind: type, path: request.a, why: Idle. }\n";
    let exceptions = Exceptions::parse(text).unwrap();
    let difference = |kind, method: &str| Difference {
        kind,
        method: method.to_owned(),
        path: "request.b".to_owned(),
        message: String::new(),
    };
    let all = [
        difference("extra", "fruit.apple.get"),
        difference("extra", "meat.get"),
        difference("type", "fruit.apple.get"),
    ];
    let (left, idle) = exceptions.apply(all.iter());
    assert_eq!((left, idle), (vec![&all[1], &all[2]], vec!["Idle."]));
    for text in ["a: b", "- a", "- { kind: x }", "- { kind: x, why: Y., wy: Z. }"] {
        assert!(Exceptions::parse(text).is_err(), "{text}");
    }
}
