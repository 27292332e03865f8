//! Faults on demand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use std::time::Duration;

use common::*;
use serde_json::json;
use topsdk_sandbox::fixtures::*;
use topsdk_sandbox::{Fault, What};

/// The raw answer to a plain call, gzip accepted.
async fn raw(sandbox: &topsdk_sandbox::Sandbox, format: &str) -> Result<Answer, String> {
    let body = form(&sign(params("taobao.user.seller.get", &[("fields", "nick,user_id"), ("format", format)]), None));
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Accept-Encoding", "gzip")];
    send(sandbox, "POST", "/router/rest", &headers, body.as_bytes()).await
}

#[tokio::test]
async fn errors_and_rules() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::error(15, "isp.remote-service-timeout").on("taobao.user.*").times(2));
    assert_eq!(inside(call(&sandbox, "taobao.time.get", &[]).await)["time"], NOW);
    for want in [15, 15] {
        assert_eq!(
            refusal(&call(&sandbox, "taobao.user.seller.get", &[("fields", "nick")]).await),
            (want, "isp.remote-service-timeout")
        );
    }
    assert_eq!(inside(call(&sandbox, "taobao.user.seller.get", &[("fields", "nick")]).await)["user"]["nick"], SELLER);
    assert!(sandbox.requests().iter().any(|r| r.fault.is_some()));
}

#[tokio::test]
async fn chance_is_seeded() {
    let run = async || {
        let sandbox = sandbox().await;
        sandbox.fault(Fault::error(10, "isp.x").probability(0.5));
        let mut out = Vec::new();
        for _ in 0..20 {
            out.push(call(&sandbox, "taobao.time.get", &[]).await.get("error_response").is_some());
        }
        out
    };
    let first = run().await;
    assert_eq!(first, run().await);
    assert!(first.contains(&true) && first.contains(&false));
}

#[tokio::test]
async fn bans_last() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::ban(2).on("taobao.time.get").times(1));
    let banned = call(&sandbox, "taobao.time.get", &[]).await;
    assert_eq!(refusal(&banned), (7, "accesscontrol.limited-by-api-access-count"));
    assert_eq!(banned["error_response"]["sub_msg"], "This ban will last for 2 more seconds");
    sandbox.advance(Duration::from_millis(1_500));
    assert_eq!(
        call(&sandbox, "taobao.time.get", &[]).await["error_response"]["sub_msg"],
        "This ban will last for 1 more seconds"
    );
    // Only this method is banned.
    assert!(call(&sandbox, "taobao.user.seller.get", &[("fields", "nick")]).await.get("error_response").is_none());
    sandbox.advance(Duration::from_millis(500));
    assert!(call(&sandbox, "taobao.time.get", &[]).await.get("error_response").is_none());
}

#[tokio::test]
async fn a_write_whose_answer_is_lost() {
    let sandbox = sandbox().await;
    let tid = PAID_TRADE.to_string();
    let memo = || sandbox.state().trades[&PAID_TRADE].seller_memo.clone();
    let body = form(&sign(params("taobao.trade.memo.add", &[("tid", &tid), ("memo", "once")]), None));
    let write = async || {
        send(
            &sandbox,
            "POST",
            "/router/rest",
            &[("Content-Type", "application/x-www-form-urlencoded")],
            body.as_bytes(),
        )
        .await
    };

    for what in [What::Reset, What::Truncate] {
        sandbox.fault(Fault::new(what).times(1));
        write().await.unwrap_err();
        assert_eq!(memo(), "", "no effect before the fault");
    }
    sandbox.fault(Fault::new(What::Reset).times(1).after_effect());
    write().await.unwrap_err();
    assert_eq!(memo(), "once");
}

#[tokio::test]
async fn spoiled_answers() {
    let sandbox = sandbox().await;
    let spoil = async |what: What, format: &str| {
        sandbox.clear_faults();
        sandbox.fault(Fault::new(what));
        raw(&sandbox, format).await
    };
    spoil(What::Reset, "json").await.unwrap_err();
    assert!(spoil(What::Truncate, "json").await.unwrap_err().contains("cut"));
    spoil(What::TruncatedGzip, "json").await.unwrap().gunzip().unwrap_err();
    spoil(What::BadGzip, "json").await.unwrap().gunzip().unwrap_err();

    let text = spoil(What::ControlChars, "json").await.unwrap().gunzip().unwrap();
    assert!(text.contains('\u{1}') && serde_json::from_str::<serde_json::Value>(&text).is_err());
    assert!(spoil(What::ControlChars, "xml").await.unwrap().gunzip().unwrap().contains('\u{1}'));

    for status in [200, 502] {
        let page = spoil(What::Html { status }, "json").await.unwrap();
        assert_eq!((page.status, page.gunzip().unwrap().starts_with("<html>")), (status, true));
    }
    assert!(spoil(What::Empty, "json").await.unwrap().body.is_empty());
    let page = spoil(What::HttpStatus { status: 503 }, "json").await.unwrap();
    assert_eq!((page.status, page.gunzip().unwrap().contains(SELLER)), (503, true));

    let wrong = spoil(What::WrongType { field: Some("nick".into()) }, "json").await.unwrap().gunzip().unwrap();
    assert!(wrong.contains(r#""nick":{"unexpected":true}"#), "{wrong}");
    let twice = spoil(What::Duplicate, "json").await.unwrap().gunzip().unwrap();
    assert_eq!(twice.matches("\"nick\"").count(), 4, "{twice}");

    for format in ["json", "xml"] {
        assert!(spoil(What::Huge { megabytes: 3 }, format).await.unwrap().body.len() > 3 * 1024 * 1024);
        let deep = spoil(What::Deep { levels: 1_000 }, format).await.unwrap().gunzip().unwrap();
        assert!(deep.contains(&if format == "json" { "[".repeat(1_000) } else { "<d>".repeat(1_000) }));
    }
}

#[tokio::test]
async fn rules_over_http() {
    let sandbox = sandbox().await;
    let rule = json!({"method": "taobao.time.*", "times": 1, "latency_ms": 1, "what": {"error": {"code": 11, "sub_code": "isv.permission-api-package-empty"}}});
    assert_eq!(admin(&sandbox, "POST", "faults", &rule.to_string()).await, (200, json!({"ok": true, "rules": 1})));
    assert_eq!(admin(&sandbox, "GET", "faults", "").await.1[0]["method"], "taobao.time.*");
    assert_eq!(refusal(&call(&sandbox, "taobao.time.get", &[]).await), (11, "isv.permission-api-package-empty"));
    assert_eq!(admin(&sandbox, "GET", "faults", "").await.1, json!([]));
    assert_eq!(admin(&sandbox, "POST", "faults", r#"[{"what":"reset"},{"what":"empty"}]"#).await.0, 200);
    assert_eq!(admin(&sandbox, "DELETE", "faults", "").await.0, 200);
    assert_eq!(admin(&sandbox, "GET", "faults", "").await.1, json!([]));
    for bad in ["{", r#"{"what":"explode"}"#, r#"{"mehtod":"*"}"#] {
        assert_eq!(admin(&sandbox, "POST", "faults", bad).await.0, 400, "{bad}");
    }
}
