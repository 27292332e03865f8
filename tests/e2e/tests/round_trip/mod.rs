//! What the platform would send, decoded and encoded again: nothing may be lost, changed or made up.

mod compare;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use topsdk::codec::{Form, write};
use topsdk_codegen::model::Method as Spec;
use topsdk_e2e::{Answer, Method, method};

use crate::support::spec;
use crate::support::values;
use crate::support::writer::{Odd, Writer};
use compare::{difference, without_nothing};

const FORMS: [Form; 3] = [Form::Json, Form::Simplified, Form::Xml];

/// Each method with its writer and its example.
fn each() -> impl Iterator<Item = (&'static Method, Writer<'static>, &'static Spec)> {
    spec().domains.iter().flat_map(|domain| {
        domain.methods.iter().map(move |spec| {
            let writer = Writer { domain, method: spec, form: Form::Json, odd: Odd::No };
            (method(&spec.name.value).unwrap(), writer, spec)
        })
    })
}

/// Decodes the response in one form and compares it with the response; `Err` says what is wrong.
fn check(method: &Method, writer: Writer<'_>, response: &Value) -> Result<Answer, String> {
    let body = writer.body(response);
    let place = format!("{} {:?} {:?}", method.name, writer.form, writer.odd);
    let answer = (method.decode)(body.as_bytes(), true).map_err(|error| format!("{place}: {error}\n{body}"))?;
    let expected = without_nothing(response, writer.form == Form::Xml);
    let got: Value = serde_json::from_str(&write(method.name, &*answer.response, Form::Simplified))
        .map_err(|e| format!("{place}: {e}"))?;
    match difference(&expected, &without_nothing(&got, writer.form == Form::Xml)) {
        Some(difference) => Err(format!("{place}: {difference}\n{body}")),
        None => Ok(answer),
    }
}

/// All three forms, each decoded, compared, written by the SDK and compared with what the test wrote; and serde.
fn round_trip(method: &Method, writer: Writer<'_>, response: &Value) -> Result<(), String> {
    for form in FORMS {
        let writer = Writer { form, ..writer };
        // In XML nothing tells an empty text or structure from none.
        let response = &without_nothing(response, form == Form::Xml);
        let answer = check(method, writer, response)?;
        if !answer.unknown.is_empty() {
            return Err(format!("{} {form:?}: unknown {:?}", method.name, answer.unknown));
        }
        let (wanted, written) = (writer.body(response), write(method.name, &*answer.response, form));
        if form == Form::Xml {
            if wanted != written {
                return Err(format!("{} as XML:\n{wanted}\n{written}", method.name));
            }
            continue;
        }
        let parse =
            |text: &str| serde_json::from_str::<Value>(text).map_err(|e| format!("{}: {e}\n{text}", method.name));
        if let Some(difference) = difference(&parse(&wanted)?, &parse(&written)?) {
            return Err(format!("{} written as {form:?}: {difference}", method.name));
        }
    }
    let through =
        (method.through_serde)(response.clone()).map_err(|e| format!("{} through serde: {e}", method.name))?;
    match difference(&without_nothing(response, false), &through) {
        Some(difference) => Err(format!("{} through serde: {difference}", method.name)),
        None => Ok(()),
    }
}

fn none_wrong(wrong: impl Iterator<Item = Result<(), String>>) {
    let wrong: Vec<String> = wrong.filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_example() {
    none_wrong(each().map(|(method, writer, spec)| {
        let response = &spec.example.as_ref().unwrap().response.value;
        round_trip(method, writer, response)
    }));
}

#[test]
fn every_field() {
    none_wrong(each().map(|(method, writer, _)| round_trip(method, writer, &values::every(writer))));
}

#[test]
fn request_ids_are_no_fields() {
    for (method, writer, spec) in each() {
        let body = Writer { form: Form::Simplified, ..writer }.body(&spec.example.as_ref().unwrap().response.value);
        let body =
            body.replacen('{', if body == "{}" { "{\"request_id\":\"r1\"" } else { "{\"request_id\":\"r1\"," }, 1);
        let answer = (method.decode)(body.as_bytes(), true).unwrap();
        assert_eq!((answer.request_id.as_deref(), answer.unknown.len()), (Some("r1"), 0), "{}", method.name);
    }
}

/// Runs a property on a few random responses of every method, with a fixed seed.
fn property(cases: u32, property: impl Fn(&'static Method, Writer<'static>, Value) -> Result<(), String>) {
    for (method, writer, _) in each() {
        let config = Config { cases, failure_persistence: None, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRunner::deterministic().rng().clone());
        let result = runner
            .run(&values::some(writer), |response| property(method, writer, response).map_err(TestCaseError::fail));
        if let Err(error) = result {
            panic!("{error}");
        }
    }
}

#[test]
fn random_responses() {
    property(32, |method, writer, response| round_trip(method, writer, &response));
}

#[test]
fn other_spellings_mean_the_same() {
    let spellings = [Odd::Quoted, Odd::Unquoted, Odd::Digits, Odd::Nulls, Odd::EmptyObjects, Odd::Single];
    property(12, |method, writer, response| {
        for (odd, form) in spellings.into_iter().flat_map(|odd| [(odd, Form::Json), (odd, Form::Simplified)]) {
            let answer = check(method, Writer { odd, form, ..writer }, &response)?;
            if !answer.unknown.is_empty() {
                return Err(format!("{} {odd:?}: unknown {:?}", method.name, answer.unknown));
            }
        }
        Ok(())
    });
}

#[test]
fn new_fields_are_counted_and_change_nothing() {
    property(4, |method, writer, response| {
        for form in [Form::Json, Form::Simplified] {
            let answer = check(method, Writer { odd: Odd::Extra, form, ..writer }, &response)?;
            if !answer.unknown.iter().any(|path| path == "zz_new")
                || answer.unknown.iter().any(|path| !path.contains("zz_new"))
            {
                return Err(format!("{} {form:?}: unknown {:?}", method.name, answer.unknown));
            }
        }
        Ok(())
    });
}

/// What cannot be read is `None` and drift with its path; strict decoding refuses it and names the path too.
#[test]
fn what_cannot_be_read_is_drift() {
    let method = method("taobao.trade.fullinfo.get").unwrap();
    let wrap = |trade: Value| json!({ "trade_fullinfo_get_response": { "trade": trade } });
    for (trade, path, expected, got) in [
        (json!({"tid": {"a": 1}, "num": 2}), "trade.tid", "an integer", "an object"),
        (json!({"tid": "12a", "num": 2}), "trade.tid", "an integer", "text"),
        (json!({"tid": 1.5, "num": 2}), "trade.tid", "an integer", "a number"),
        (json!({"tid": [1], "num": 2}), "trade.tid", "an integer", "a list"),
        (json!({"payment": "twelve", "num": 2}), "trade.payment", "an amount of money", "text"),
        (json!({"created": "yesterday", "num": 2}), "trade.created", "a date", "text"),
        (json!({"is_3D": "maybe", "num": 2}), "trade.is_3D", "a boolean", "text"),
        (
            json!({"orders": {"order": [{"oid": 1}, {"oid": true}]}, "num": 2}),
            "trade.orders[1].oid",
            "an integer",
            "a boolean",
        ),
        (json!({"orders": {"order": [7]}, "num": 2}), "trade.orders[0]", "Order", "a number"),
        (json!({"trade_ext": "no", "num": 2}), "trade.trade_ext", "TradeExt", "text"),
    ] {
        let body = wrap(trade).to_string();
        let answer = (method.decode)(body.as_bytes(), false).unwrap();
        let drift: Vec<_> = answer.drift.iter().map(|d| (d.path.as_str(), d.expected, d.got)).collect();
        assert_eq!(drift, [(path, expected, got)], "{body}");
        let written: Value = serde_json::from_str(&write(method.name, &*answer.response, Form::Simplified)).unwrap();
        assert_eq!(written["trade"]["num"], 2, "{body}");
        let error = (method.decode)(body.as_bytes(), true).unwrap_err();
        assert!(error.to_string().contains(&format!("{path}: expected {expected}, got {got}")), "{error}");
        assert!(error.may_have_reached_platform());
    }
}
