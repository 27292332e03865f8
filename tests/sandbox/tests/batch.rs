//! The batch router.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::*;
use serde_json::Value;
use topsdk_sandbox::Fault;
use topsdk_sandbox::fixtures::*;

/// Posts a batch; `separator` is announced when it is not the default.
async fn batch(
    sandbox: &topsdk_sandbox::Sandbox,
    body: &str,
    separator: Option<&str>,
    changes: &[(&str, &str)],
) -> String {
    let mut all = params("", changes);
    all.remove("method");
    let all = sign(all, Some(body));
    let mut headers = vec![("Content-Type", "text/plain;charset=UTF-8")];
    headers.extend(separator.map(|s| ("top-api-separator", s)));
    send(sandbox, "POST", &format!("/router/batch?{}", form(&all)), &headers, body.as_bytes()).await.unwrap().text()
}

fn pieces(text: &str, separator: &str) -> Vec<Value> {
    text.split(separator).map(|p| serde_json::from_str(p).unwrap()).collect()
}

#[tokio::test]
async fn mixed_methods_and_sessions() {
    let sandbox = sandbox().await;
    let body = format!(
        "method=taobao.time.get\r\n-S-\r\nmethod=taobao.trade.fullinfo.get&fields=tid&tid={PAID_TRADE}\r\n-S-\r\nmethod=taobao.trade.fullinfo.get&fields=tid&tid={PAID_TRADE}&session=nobody\r\n-S-\r\nmethod=taobao.nope"
    );
    let got = pieces(&batch(&sandbox, &body, None, &[]).await, "\r\n-S-\r\n");
    assert_eq!(got[0]["time_get_response"]["time"], NOW);
    assert_eq!(got[1]["trade_fullinfo_get_response"]["trade"]["tid"], PAID_TRADE);
    assert_eq!(refusal(&got[2]), (27, "invalid-sessionkey"));
    assert_eq!(refusal(&got[3]).0, 22);
    assert_eq!(sandbox.requests().len(), 4);
}

#[tokio::test]
async fn public_parameters_placeholder_and_separator() {
    let sandbox = sandbox().await;
    let body = format!("#PUBLIC#method=taobao.trade.fullinfo.get&fields=tid&tid={PAID_TRADE}@@tid={UNPAID_TRADE}@@N");
    let got = pieces(&batch(&sandbox, &body, Some("@@"), &[("simplify", "true")]).await, "@@");
    assert_eq!((&got[0]["trade"]["tid"], &got[1]["trade"]["tid"]), (&UNPAID_TRADE.into(), &PAID_TRADE.into()));
}

#[tokio::test]
async fn one_call_of_a_batch_sees_what_another_wrote() {
    let sandbox = sandbox().await;
    let body = format!(
        "method=taobao.trade.memo.add&tid={PAID_TRADE}&memo=a%2Bb\r\n-S-\r\nmethod=taobao.trade.fullinfo.get&fields=seller_memo&tid={PAID_TRADE}"
    );
    let got = pieces(&batch(&sandbox, &body, None, &[]).await, "\r\n-S-\r\n");
    assert_eq!(got[1]["trade_fullinfo_get_response"]["trade"]["seller_memo"], "a+b");
}

#[tokio::test]
async fn the_whole_batch_fails_as_one() {
    let sandbox = sandbox().await;
    let item = "method=taobao.time.get";
    let many = [item; 21].join("@@");
    for (body, changes, want) in [
        (format!("{item}@@{item}"), vec![("app_key", "1")], 29),
        (format!("{item}@@{item}"), vec![("timestamp", "2026-01-05 12:00:00")], 31),
        (String::new(), vec![], 43),
        (many, vec![], 43),
    ] {
        let text = batch(&sandbox, &body, Some("@@"), &changes).await;
        assert_eq!(refusal(&serde_json::from_str(&text).unwrap()).0, want, "{text}");
    }
    // The body is part of the sign.
    let all = sign(params("", &[]), Some("other"));
    let answer = send(
        &sandbox,
        "POST",
        &format!("/router/batch?{}", form(&all)),
        &[("Content-Type", "text/plain")],
        item.as_bytes(),
    )
    .await
    .unwrap();
    assert_eq!(refusal(&answer.json()).0, 25);
    // Uploads are refused.
    let headers = [("Content-Type", "multipart/form-data; boundary=x")];
    let answer = send(&sandbox, "POST", "/router/batch?format=json", &headers, b"--x--").await.unwrap();
    assert_eq!(refusal(&answer.json()).0, 43);
}

#[tokio::test]
async fn xml_pieces_and_item_faults() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::error(15, "isp.remote-service-timeout").on("taobao.time.get").times(1));
    let text =
        batch(&sandbox, "method=taobao.time.get@@method=taobao.time.get", Some("@@"), &[("format", "xml")]).await;
    let got: Vec<&str> = text.split("@@").collect();
    assert!(got[0].contains("<sub_code>isp.remote-service-timeout</sub_code>"), "{text}");
    assert!(got[1].contains("<time>2026-01-05 10:00:00</time>"), "{text}");
}
