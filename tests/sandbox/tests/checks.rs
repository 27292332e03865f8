//! What the gateway refuses, with which code, in which order.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::*;
use topsdk_sandbox::fixtures::*;
use topsdk_sandbox::{Sandbox, Time};

/// Code and sub code of a call whose parameters were changed before (`true`) or after signing.
async fn code(
    sandbox: &Sandbox,
    method: &str,
    more: &[(&str, &str)],
    changes: &[(&str, Option<&str>)],
) -> (i64, String) {
    let mut all = params(method, more);
    for (name, value) in changes {
        match value {
            Some(value) => all.insert((*name).to_owned(), (*value).to_owned()),
            None => all.remove(*name),
        };
    }
    let answer = post(sandbox, &sign(all, None)).await;
    assert_eq!(answer.status, 200);
    let text = answer.text();
    let answer = if text.starts_with('<') { xml_error(&text) } else { answer.json() };
    let (code, sub) = answer.get("error_response").map(|_| refusal(&answer)).unwrap_or_default();
    (code, sub.to_owned())
}

fn xml_error(text: &str) -> serde_json::Value {
    let between = |tag: &str| {
        text.split(&format!("<{tag}>")).nth(1).and_then(|t| t.split('<').next()).unwrap_or_default().to_owned()
    };
    serde_json::json!({"error_response": {"code": between("code").parse::<i64>().unwrap(), "sub_code": between("sub_code")}})
}

#[tokio::test]
async fn common_parameters() {
    let sandbox = sandbox().await;
    type Case<'a> = (&'a [(&'a str, Option<&'a str>)], i64);
    let cases: &[Case<'_>] = &[
        (&[], 0),
        (&[("method", None)], 21),
        (&[("method", Some("   "))], 21),
        (&[("method", Some("taobao.no.such.method"))], 22),
        (&[("app_key", None)], 28),
        (&[("app_key", Some("1"))], 29),
        (&[("timestamp", None)], 30),
        (&[("timestamp", Some("2026-01-05"))], 31),
        (&[("timestamp", Some("2026-01-05 10:10:01"))], 31),
        (&[("timestamp", Some("2026-01-05 09:49:59"))], 31),
        (&[("timestamp", Some("2026-01-05 10:10:00"))], 0),
        (&[("timestamp", Some("1767578400000"))], 0),
        (&[("v", None)], 32),
        (&[("v", Some("3.0"))], 33),
        (&[("v", Some("1.0"))], 34),
        (&[("format", Some("yaml"))], 23),
        (&[("sign_method", Some("sha1"))], 25),
        (&[("sign_method", Some("article"))], 25),
        (&[("sign_method", None)], 0),
        (&[("sign_method", Some("md5"))], 0),
        (&[("sign_method", Some("hmac"))], 0),
        // An earlier check hides the later ones.
        (&[("app_key", None), ("timestamp", None), ("v", None)], 28),
        (&[("timestamp", None), ("v", None)], 30),
    ];
    for (changes, want) in cases {
        assert_eq!(code(&sandbox, "taobao.time.get", &[], changes).await.0, *want, "{changes:?}");
    }
}

#[tokio::test]
async fn sessions_by_spec() {
    let sandbox = sandbox().await;
    let tid = PAID_TRADE.to_string();
    let more = [("fields", "tid"), ("tid", tid.as_str())];
    for (session, want, sub) in
        [(Some(SESSION), 0, ""), (None, 26, ""), (Some(" "), 26, ""), (Some("nobody"), 27, "invalid-sessionkey")]
    {
        let got = code(&sandbox, "taobao.trade.fullinfo.get", &more, &[("session", session)]).await;
        assert_eq!(got, (want, sub.to_owned()), "{session:?}");
    }
    sandbox.with_state(|w| w.sessions.insert("old".into(), Time::parse("2026-01-05 09:59:59")));
    assert_eq!(
        code(&sandbox, "taobao.trade.fullinfo.get", &more, &[("session", Some("old"))]).await,
        (27, "session-expired".into())
    );
    // No session is wanted here, so none is missed.
    assert_eq!(code(&sandbox, "taobao.time.get", &[], &[("session", None)]).await.0, 0);
}

#[tokio::test]
async fn arguments_by_spec() {
    let sandbox = sandbox().await;
    let tid = PAID_TRADE.to_string();
    let (assemble, action) = ("taobao.fulfillment.order.assemble", ("type", "MERGE"));
    let many = format!(r#"{{"group_id":"g","order_list":[{}{{}}]}}"#, "{},".repeat(200));
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], i64, &'a str);
    let cases: &[Case<'_>] = &[
        ("taobao.trade.fullinfo.get", &[("fields", "tid,status")], 40, "isv.missing-parameter:tid"),
        ("taobao.trade.fullinfo.get", &[("fields", " \u{3000}"), ("tid", &tid)], 40, "isv.missing-parameter:fields"),
        ("taobao.trade.fullinfo.get", &[("fields", "tid"), ("tid", "x")], 41, "isv.invalid-parameter:tid"),
        (
            "taobao.trade.fullinfo.get",
            &[("fields", "tid,no_such_field"), ("tid", &tid)],
            41,
            "isv.invalid-parameter:fields",
        ),
        (
            "taobao.trade.fullinfo.get",
            &[("fields", "tid,orders.no_such"), ("tid", &tid)],
            41,
            "isv.invalid-parameter:fields",
        ),
        ("taobao.trade.fullinfo.get", &[("fields", "tid,orders.oid"), ("tid", &tid)], 0, ""),
        (
            "taobao.trades.sold.increment.get",
            &[("fields", "tid"), ("start_modified", "yesterday"), ("end_modified", NOW)],
            41,
            "isv.invalid-parameter:start_modified",
        ),
        (
            "taobao.refunds.receive.get",
            &[("fields", "refund_id"), ("page_no", "0")],
            41,
            "isv.invalid-parameter:page_no",
        ),
        (
            "taobao.trade.shippingaddress.update",
            &[("tid", &tid), ("receiver_zip", "1234567")],
            41,
            "isv.invalid-parameter:receiver_zip",
        ),
        ("taobao.trade.memo.update", &[("tid", &tid), ("reset", "yes")], 41, "isv.invalid-parameter:reset"),
        // Inside structures.
        (assemble, &[("assemble_orders", "{}"), action], 40, "isv.missing-parameter:assemble_orders.group_id"),
        (
            assemble,
            &[("assemble_orders", r#"{"group_id":" "}"#), action],
            40,
            "isv.missing-parameter:assemble_orders.group_id",
        ),
        (
            assemble,
            &[("assemble_orders", r#"{"group_id":"g","order_list":{}}"#), action],
            41,
            "isv.invalid-parameter:assemble_orders.order_list",
        ),
        (
            assemble,
            &[("assemble_orders", r#"{"group_id":"g","order_list":[{},{"order_type":"x"}]}"#), action],
            41,
            "isv.invalid-parameter:assemble_orders.order_list[1].order_type",
        ),
        (
            assemble,
            &[("assemble_orders", r#"{"group_id":"g","order_list":[7]}"#), action],
            41,
            "isv.invalid-parameter:assemble_orders.order_list[0]",
        ),
        (assemble, &[("assemble_orders", &many), action], 41, "isv.invalid-parameter:assemble_orders.order_list"),
        (
            assemble,
            &[
                ("assemble_orders", r#"{"group_id":7,"order_list":[{"order_type":"1"},{"order_type":2,"more":null}]}"#),
                action,
            ],
            0,
            "",
        ),
        // What the spec does not know is ignored.
        ("taobao.time.get", &[("surprise", "1")], 0, ""),
    ];
    for (method, more, want, sub) in cases {
        assert_eq!(code(&sandbox, method, more, &[]).await, (*want, (*sub).to_owned()), "{method} {more:?}");
    }
    let last = sandbox.requests().pop().unwrap();
    assert!(last.notes.iter().any(|n| n.contains("surprise")), "{:?}", last.notes);
}

#[tokio::test]
async fn wrong_signatures_are_explained() {
    let sandbox = sandbox().await;
    let mut all = params("taobao.time.get", &[]);
    assert_eq!(refusal(&post(&sandbox, &all).await.json()).0, 24);

    // Signed before the session was added.
    all.remove("session");
    let mut all = sign(all, None);
    all.insert("session".into(), SESSION.into());
    let answer = post(&sandbox, &all).await.json();
    assert_eq!(refusal(&answer).0, 25);
    assert!(answer["error_response"]["sub_msg"].as_str().unwrap().contains("session"), "{answer}");

    let record = sandbox.requests().pop().unwrap();
    let explanation = record.signature.clone().unwrap();
    assert_eq!(explanation.first_difference.as_deref(), Some("session"));
    assert_eq!(explanation.received, all["sign"]);
    let shown = serde_json::to_string(&record).unwrap();
    assert!(!shown.contains(SESSION) && !shown.contains(APP_SECRET), "{shown}");

    let mut lower = sign(params("taobao.time.get", &[]), None);
    lower.entry("sign".into()).and_modify(|s| *s = s.to_lowercase());
    assert!(post(&sandbox, &lower).await.text().contains("upper-case"));
}

#[tokio::test]
async fn the_articles_formula_only_when_enabled() {
    let sandbox = Sandbox::builder().frozen_at(Time::parse(NOW).unwrap()).article_sign(true).start().await.unwrap();
    assert_eq!(code(&sandbox, "taobao.time.get", &[], &[("sign_method", Some("article"))]).await.0, 0);
}

#[tokio::test]
async fn other_verbs_and_encodings() {
    let sandbox = sandbox().await;
    let answer = send(&sandbox, "PUT", "/router/rest?format=json", &[], b"").await.unwrap();
    assert_eq!(refusal(&answer.json()).0, 9);
    let answer =
        send(&sandbox, "GET", "/router/rest?format=json&method=taobao.time.get&a=%D6%D0", &[], b"").await.unwrap();
    assert_eq!(refusal(&answer.json()).0, 47);
    let headers = [("Content-Type", "multipart/form-data; boundary=x")];
    let answer = send(&sandbox, "POST", "/router/rest?format=json", &headers, b"--x").await.unwrap();
    assert_eq!(refusal(&answer.json()).0, 3);
}

#[tokio::test]
async fn error_texts_are_the_platforms() {
    let sandbox = sandbox().await;
    let answer = call(&sandbox, "taobao.trade.fullinfo.get", &[("fields", "tid")]).await;
    let error = &answer["error_response"];
    assert_eq!(error["msg"], "Missing Required Arguments:tid", "{error}");
    assert!(error["request_id"].as_str().is_some_and(|id| !id.is_empty()));
}
