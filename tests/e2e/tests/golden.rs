//! The code that the generator makes of odd specs (`codegen/tests/golden/`) compiles, and what it stands for works.

use std::sync::Arc;

use serde_json::{Value, json};
use topsdk::codec::{Form, write};
use topsdk::{
    Client, Credentials, DateTime, Decimal, Environment, Json, MockTransport, OpenEnum, RawReply, Request, Upload,
};

use self::odd::odd_enums_get::{Number, Word};
use self::odd::odd_everything_add::Line;
use self::odd::{Kind, OddEverythingAddError, OddKeywordsGetError};

/// As it is generated.
#[allow(dead_code, missing_docs, unreachable_pub, unused_imports, reason = "a part of the SDK, used here in part")]
#[rustfmt::skip]
#[path = "../../../codegen/tests/golden/expected/sdk/src/generated/odd/mod.rs"]
mod odd;

/// As it is generated for another crate: included, it finds the SDK by name and asks nothing of the lints around it.
#[deny(clippy::all, clippy::nursery, clippy::pedantic, missing_docs, unused, unused_qualifications, warnings)]
mod foreign {
    include!("../../../codegen/tests/golden/expected/foreign.rs");
}

#[test]
fn the_code_for_another_crate_is_the_same() {
    fn told<R: Request>() -> String {
        format!("{:?} {:?}", R::INFO, <R::Response as topsdk::Model>::SHAPE)
    }
    assert_eq!(told::<foreign::odd::OddEverythingAdd>(), told::<odd::OddEverythingAdd>());
    assert_eq!(told::<foreign::odd::OddKeywordsGet>(), told::<odd::OddKeywordsGet>());
    assert_eq!(told::<foreign::odd::OddRecursionGet>(), told::<odd::OddRecursionGet>());
}

/// What is sent for a request: the application's parameters.
async fn sent<R: Request>(request: R) -> Vec<(String, String)> {
    let mock = Arc::new(MockTransport::new());
    mock.answer::<R>(R::Response::default());
    let builder = Client::builder(Environment::Production, Credentials::new("1", "s")).transport(Arc::clone(&mock));
    builder.session("token").build().unwrap().call(request).await.unwrap();
    let common = ["method", "app_key", "timestamp", "v", "format", "sign_method", "partner_id", "session", "sign"];
    let params = mock.received().pop().unwrap().params;
    params.into_iter().filter(|(name, _)| !common.contains(&name.as_str())).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Decodes a response, in the form of an example, and writes it in all forms, from each of which it comes back.
fn round_trip<R: Request>(response: &Value) -> R::Response {
    let decoded = RawReply::stored(R::INFO.name, response.to_string()).decode::<R>(true).unwrap();
    assert!(decoded.unknown_fields().is_empty(), "{:?}", decoded.unknown_fields());
    for form in [Form::Json, Form::Simplified, Form::Xml] {
        let body = write(R::INFO.name, &*decoded, form);
        let again =
            RawReply::stored(R::INFO.name, body.as_str()).decode::<R>(true).unwrap_or_else(|e| panic!("{e}\n{body}"));
        let simplified: Value = serde_json::from_str(&write(R::INFO.name, &*again, Form::Simplified)).unwrap();
        assert_eq!(&simplified, response, "{form:?}\n{body}");
    }
    decoded.into_inner()
}

#[tokio::test]
async fn keywords_keep_their_names_on_the_wire() {
    let request =
        odd::OddKeywordsGet::new("x").self_(1).crate_(2).super_(3).async_(true).gen_(false).try_(true).new_(4);
    let request = request.r_fn(5).union(6).request(7).value(8).field(9).f(10);
    let expected = [
        ("type", "x"),
        ("self", "1"),
        ("crate", "2"),
        ("super", "3"),
        ("async", "true"),
        ("gen", "false"),
        ("try", "true"),
        ("new", "4"),
        ("r#fn", "5"),
        ("union", "6"),
        ("request", "7"),
        ("value", "8"),
        ("field", "9"),
        ("f", "10"),
    ];
    assert_eq!(sent(request).await, pairs(&expected));
    let response = round_trip::<odd::OddKeywordsGet>(&json!({
        "Self": { "type": 1 }, "match": [{ "some": 1, "None": 2 }], "Result": { "ok": [{ "len": 3 }] },
        "box": { "inner": "b" }, "fn": "f", "dyn": ["a", "b"], "where": { "shape": "s", "get": 4 },
    }));
    assert_eq!(response.self_.unwrap().type_, Some(1));
    assert_eq!((response.match_[0].none, response.result.unwrap().ok[0].len), (Some(2), Some(3)));
    for (code, expected) in [
        ("isv.type", OddKeywordsGetError::Type),
        ("isv.self", OddKeywordsGetError::SelfValue),
        ("isp.self", OddKeywordsGetError::IspSelf),
        ("isv.other", OddKeywordsGetError::OtherValue),
        ("isv.new", OddKeywordsGetError::Other("isv.new".into())),
    ] {
        assert_eq!((OddKeywordsGetError::from_wire(code), expected.as_str()), (expected.clone(), code));
    }
}

#[tokio::test]
#[expect(deprecated, reason = "the method is, and so is one of its parameters")]
async fn names_that_are_no_identifiers() {
    let request = odd::OddNamesGet::new().field_2d_code("a").field_("b").a_b("c").list_0_name("d").one_two("e");
    let request = request.quo_te("f").i_phone15_pro_url("g").x("h").upper_case("i");
    let expected = [
        ("2d_code", "a"),
        ("标题", "b"),
        ("a.b", "c"),
        ("list[0].name", "d"),
        ("one two", "e"),
        ("quo\"te\\", "f"),
        ("iPhone15ProURL", "g"),
        ("_x", "h"),
        ("UPPER_CASE", "i"),
    ];
    assert_eq!(sent(request).await, pairs(&expected));
    let body = json!({ "3D-Model": { "{braces}": 1 }, "itemID": [{ "ItemID": 7 }] });
    let raw = RawReply::stored("taobao.odd.names.get", body.to_string());
    let reply = raw.decode::<odd::OddNamesGet>(true).unwrap();
    assert_eq!(reply.field_3d_model.as_ref().unwrap().braces, Some(1));
    assert_eq!(reply.item_id[0].item_id, Some(7));
    let written: Value = serde_json::from_str(&write("taobao.odd.names.get", &*reply, Form::Json)).unwrap();
    assert_eq!(written["odd_names_get_response"]["itemID"], json!({ "o_a_p_i_item_v_o": [{ "ItemID": 7 }] }));
}

#[test]
fn one_name_and_two_shapes() {
    let one = round_trip::<odd::OddShapeOneGet>(&json!({
        "page": { "total": 1, "part": { "id": 2, "kind": "USED", "phone": "p", "extras": [{ "note": "n" }] } }
    }));
    let two = round_trip::<odd::OddShapeTwoGet>(&json!({ "page": { "total": "1", "parts": [{ "id": 2 }] } }));
    let (one, two) = (one.page.unwrap(), two.page.unwrap());
    assert_eq!((one.total, two.total.as_deref()), (Some(1), Some("1")));
    // The shared type is one.
    assert_eq!(one.part.as_ref().unwrap().kind, Some(Kind::SecondHand));
    assert_ne!(one.part.as_ref(), two.parts.first());
}

#[test]
fn structures_inside_themselves() {
    let response = round_trip::<odd::OddRecursionGet>(&json!({
        "tree": { "name": "a", "parent": { "name": "b" }, "children": [{ "name": "c", "children": [{ "name": "d" }] }] },
        "chain": { "second": { "first": { "seconds": [{ "tree": { "name": "e" } }] } } },
    }));
    let tree = response.tree.unwrap();
    assert_eq!(tree.parent.as_ref().unwrap().name.as_deref(), Some("b"));
    assert_eq!(tree.children[0].children[0].name.as_deref(), Some("d"));
    let first = response.chain.unwrap().second.unwrap().first.clone().unwrap();
    assert_eq!(first.seconds[0].tree.as_ref().unwrap().name.as_deref(), Some("e"));
}

#[test]
fn two_hundred_fields() {
    let values = [json!(7), json!("t"), json!("1.50"), json!("2026-01-05 10:00:00"), json!(true), json!(["a"])];
    let more = [json!("0.030"), json!(0.5)];
    let fields = (0..200).map(|i| (format!("f{i:03}"), values.iter().chain(&more).nth(i % 8).unwrap().clone()));
    let wide = round_trip::<odd::OddWideGet>(&json!({ "wide": Value::Object(fields.collect()) })).wide.unwrap();
    assert_eq!((wide.f000, wide.f192, wide.f199), (Some(7), Some(7), Some(0.5)));
    assert_eq!((wide.f197.as_slice(), wide.f198), (&["a".to_owned()][..], Some(Decimal::new(30, 3))));
    assert_eq!(wide.f195, Some("2026-01-05 10:00:00".parse::<DateTime>().unwrap()));
}

#[tokio::test]
async fn nothing_at_all() {
    assert_eq!(sent(odd::OddEmptyGet::new()).await, []);
    round_trip::<odd::OddEmptyGet>(&json!({}));
    let hollow = odd::odd_hollow_get::Hollow::default();
    assert_eq!(sent(odd::OddHollowGet::new().hollow(hollow.clone())).await, pairs(&[("hollow", "{}")]));
    let raw = RawReply::stored("taobao.odd.hollow.get", r#"{"hollow":{},"hollows":[{},{}]}"#);
    let reply = raw.decode::<odd::OddHollowGet>(true).unwrap();
    assert_eq!((reply.hollow.as_ref(), reply.hollows.len()), (Some(&hollow), 2));
}

#[tokio::test]
async fn values_that_are_no_identifiers() {
    for (word, wire) in [
        (Word::Type, "type"),
        (Word::SelfValue, "self"),
        (Word::OtherValue, "Other"),
        (Word::Blank, " "),
        (Word::Chinese, "中文"),
        (Word::Paid, "Paid"),
        (Word::PaidUpper, "PAID"),
        (Word::PaidLower, "paid"),
        (Word::AB, "a:b"),
        (Word::Second, "2nd"),
        (Word::Quote, "quo\"te"),
        (Word::Other("new".into()), "new"),
    ] {
        assert_eq!((Word::from(wire), word.as_str()), (word.clone(), wire));
    }
    let request = odd::OddEnumsGet::new().number(Number::Minus).words([Word::Type, Word::Chinese]);
    assert_eq!(sent(request).await, pairs(&[("number", "-1"), ("words", "type,中文")]));
    let response = round_trip::<odd::OddEnumsGet>(&json!({ "word": "paid", "numbers": [1, -1, i64::MAX, 5] }));
    assert_eq!(response.numbers, [Number::One, Number::Minus, Number::Most, Number::Other("5".into())]);
}

#[tokio::test]
#[expect(deprecated, reason = "one of the fields is")]
async fn every_type_and_every_limit() {
    let request = || odd::OddEverythingAdd::new("id,extra", "x", ["a", "b"]);
    let mut line = Line::default();
    (line.name, line.count) = (Some("n".into()), Some(2));
    let full = request()
        .number(-5)
        .float(0.5)
        .flag(false)
        .price("12.50".parse().unwrap())
        .weight(Decimal::new(15, 1))
        .time("2026-01-05 10:00:00".parse().unwrap())
        .json(Json::from("{}"))
        .numbers([1, 2])
        .part(line.clone())
        .parts([line.clone()])
        .kind(Kind::SecondHand);
    let expected = [
        ("fields", "id,extra"),
        ("text", "x"),
        ("number", "-5"),
        ("float", "0.5"),
        ("flag", "false"),
        ("price", "12.50"),
        ("weight", "1.5"),
        ("time", "2026-01-05 10:00:00"),
        ("json", "{}"),
        ("texts", "a,b"),
        ("numbers", "1,2"),
        ("part", r#"{"name":"n","count":2}"#),
        ("parts", r#"[{"name":"n","count":2}]"#),
        ("kind", "USED"),
    ];
    assert_eq!(sent(full).await, pairs(&expected));

    let client = Client::builder(Environment::Production, Credentials::new("1", "s")).transport(MockTransport::new());
    let client = client.build().unwrap();
    let limit = |request| client.call(request).prepare().unwrap_err().to_string();
    let mut long = line.clone();
    long.name = Some("123456".into());
    for (request, parameter) in [
        (odd::OddEverythingAdd::new("phone_number", "x", ["a"]), "fields"),
        (odd::OddEverythingAdd::new("id,kind,extra,extras", "x", ["a"]), "fields"),
        (odd::OddEverythingAdd::new("id", "12345678901", ["a"]), "text"),
        (odd::OddEverythingAdd::new("id", "x", vec!["a"; 21]), "texts"),
        (request().number(-6), "number"),
        (request().float(1.5), "float"),
        (request().price("0.99".parse().unwrap()), "price"),
        (request().weight(Decimal::new(91, 1)), "weight"),
        (request().json(Json::from("1".repeat(101).as_str())), "json"),
        (request().file(Upload::new("a.png", vec![0; 500_001])), "file"),
        (request().numbers([1; 6]), "numbers"),
        (request().part(Line::default()), "part.name"),
        (request().parts([line, long]), "parts[1].name"),
    ] {
        assert!(limit(request).contains(&format!("parameter `{parameter}`")), "{parameter}");
    }

    let response = round_trip::<odd::OddEverythingAdd>(&json!({
        "part": { "id": 1, "kind": "USED" }, "text": "t", "number": 9_007_199_254_740_993_i64, "float": 0.5, "flag": true,
        "price": "0.10", "weight": "0.030", "time": "2026-01-05 10:00:00", "json": "{}", "texts": ["a"], "numbers": [1],
        "flags": [true, false], "prices": ["1.00"], "times": ["2026-01-05 10:00:00"],
    }));
    assert_eq!((response.number, response.flags.as_slice()), (Some(9_007_199_254_740_993), &[true, false][..]));
    assert!(response.time.is_some() && response.times.len() == 1);
    assert!(!format!("{response:?}").contains("\"t\""), "the text is sensitive");
    assert_eq!(OddEverythingAddError::from("isv.item-not-exist"), OddEverythingAddError::ItemNotExist);
}
