//! Shapes of requests and formats of answers.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::*;
use topsdk_sandbox::fixtures::*;

#[tokio::test]
async fn parameters_wherever_they_are() {
    let sandbox = sandbox().await;
    let tid = PAID_TRADE.to_string();
    let all = sign(params("taobao.trade.fullinfo.get", &[("fields", "tid,status"), ("tid", &tid)]), None);
    let system = |name: &str| !matches!(name, "fields" | "tid");
    let query: String = form(&all.clone().into_iter().filter(|(k, _)| system(k)).collect());
    let body: String = form(&all.clone().into_iter().filter(|(k, _)| !system(k)).collect());
    let kind = [("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")];
    let answers = [
        // Everything in the body.
        send(&sandbox, "POST", "/router/rest", &kind, form(&all).as_bytes()).await.unwrap(),
        // The official client's split.
        send(&sandbox, "POST", &format!("/router/rest?{query}"), &kind, body.as_bytes()).await.unwrap(),
        // Everything in the query, by GET, on the alias path.
        send(&sandbox, "GET", &format!("/top/router/rest?{}", form(&all)), &[], b"").await.unwrap(),
    ];
    for answer in answers {
        assert_eq!(answer.status, 200);
        assert_eq!(inside(answer.json())["trade"]["tid"], PAID_TRADE);
        assert_eq!(answer.headers["date"], "Mon, 05 Jan 2026 02:00:00 GMT");
    }
    let shapes: Vec<String> = sandbox.requests().into_iter().map(|r| r.shape).collect();
    assert_eq!(shapes, ["form", "form", "query"]);
}

#[tokio::test]
async fn json_and_xml_bodies_are_signed() {
    let sandbox = sandbox().await;
    for (kind, body, want) in [
        ("application/json;charset=utf-8", format!(r#"{{"tid":{PAID_TRADE},"fields":"tid"}}"#), 0),
        ("application/json;charset=utf-8", String::new(), 40),
        ("text/xml;charset=utf-8", "<request/>".to_owned(), 40),
        ("text/xml;charset=utf-8", format!("<request><tid>{PAID_TRADE}</tid><fields>tid</fields></request>"), 0),
        ("text/xml;charset=utf-8", "<request><tid>x</tid><fields>tid</fields></request>".to_owned(), 41),
    ] {
        let all = sign(params("taobao.trade.fullinfo.get", &[]), Some(&body));
        let answer =
            send(&sandbox, "POST", &format!("/router/rest?{}", form(&all)), &[("Content-Type", kind)], body.as_bytes())
                .await
                .unwrap()
                .json();
        let code = answer.get("error_response").map_or(0, |e| e["code"].as_i64().unwrap());
        assert_eq!(code, want, "{kind} {body} {answer}");
    }
}

#[tokio::test]
async fn java_multipart_upload() {
    let sandbox = sandbox().await;
    let refund = OPEN_REFUND.to_string();
    let all = sign(params("taobao.refund.message.add", &[("refund_id", &refund), ("content", "看图")]), None);
    let app = ["refund_id", "content"];
    let query = form(&all.clone().into_iter().filter(|(k, _)| !app.contains(&k.as_str())).collect());
    let picture: Vec<u8> = (0..=255).collect();
    let mut body = Vec::new();
    for name in app {
        body.extend(
            format!(
                "\r\n--14\r\nContent-Disposition:form-data;name=\"{name}\"\r\nContent-Type:text/plain\r\n\r\n{}",
                all[name]
            )
            .bytes(),
        );
    }
    body.extend("\r\n--14\r\nContent-Disposition:form-data;name=\"image\";filename=\"a中.png\"\r\nContent-Type:image/png\r\n\r\n".bytes());
    body.extend(&picture);
    body.extend(b"\r\n--14--\r\n");
    let kind = [("Content-Type", "multipart/form-data;charset=UTF-8;boundary=14")];
    let answer = send(&sandbox, "POST", &format!("/router/rest?{query}"), &kind, &body).await.unwrap().json();
    assert!(inside(answer)["refund_message"]["id"].as_i64().unwrap() > 0);
    let message = sandbox.state().refunds[&OPEN_REFUND].messages.last().unwrap().clone();
    assert_eq!((message.content.as_str(), message.pictures.len()), ("看图", 1));
    // SHA-256 of the bytes 0 to 255.
    assert_eq!(message.picture_digests, ["40AFF2E9D2D8922E47AFD4648E6967497158785FBD1DA870E7110266BF944880"]);
    assert_eq!(sandbox.requests()[0].files, [("image".to_owned(), "a中.png".to_owned(), 256)]);
}

#[tokio::test]
async fn three_formats() {
    let sandbox = sandbox().await;
    let more = [("fields", "num_iid,title,skus.sku_id,skus.price"), ("num_iid", "520000000002")];
    let get = async |format: Option<&str>, simplify: bool| {
        let mut all = params("taobao.item.seller.get", &more);
        match format {
            Some(format) => all.insert("format".into(), format.into()),
            None => all.remove("format"),
        };
        if simplify {
            all.insert("simplify".into(), "true".into());
        }
        post(&sandbox, &sign(all, None)).await
    };
    let standard = get(Some("json"), false).await;
    assert_eq!(standard.headers["content-type"], "text/javascript;charset=UTF-8");
    let item = &standard.json()["item_seller_get_response"]["item"];
    assert_eq!(item["skus"]["sku"][0]["sku_id"], FIRST_SKU);
    assert!(item["skus"]["sku"][0]["price"].is_string());
    assert_eq!(item.as_object().unwrap().len(), 3, "only what was asked for: {item}");

    let simple = get(Some("json"), true).await.json();
    assert_eq!(simple["item"]["skus"].as_array().unwrap().len(), 4);
    assert!(simple["request_id"].is_string());

    for xml in [get(Some("xml"), false).await, get(None, true).await] {
        let text = xml.text();
        assert!(
            text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\" ?><item_seller_get_response><item>"),
            "{text}"
        );
        assert!(
            text.contains("<skus list=\"true\"><sku>")
                && text.ends_with("</item_seller_get_response><!--top-sandbox-->"),
            "{text}"
        );
    }
    // An error keeps its wrapper even when simplified.
    let mut all = params("taobao.item.seller.get", &[("simplify", "true")]);
    all.remove("session");
    assert_eq!(refusal(&post(&sandbox, &sign(all, None)).await.json()).0, 26);
}

#[tokio::test]
async fn gzip_when_asked_for() {
    let sandbox = sandbox().await;
    let body = form(&sign(params("taobao.time.get", &[]), None));
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    for (accept, zipped) in [("gzip", true), ("deflate, gzip;q=0.5", true), ("gzip;q=0", false), ("identity", false)] {
        let answer = send(&sandbox, "POST", "/router/rest", &[kind, ("Accept-Encoding", accept)], body.as_bytes())
            .await
            .unwrap();
        assert_eq!(answer.headers.get("content-encoding").is_some_and(|e| e == "gzip"), zipped, "{accept}");
        let text = if zipped { answer.gunzip().unwrap() } else { answer.text() };
        assert!(text.contains("2026-01-05 10:00:00"), "{text}");
    }
}

#[tokio::test]
async fn oversized_bodies_are_refused() {
    let sandbox = sandbox().await;
    let body = vec![b'a'; 20 * 1024 * 1024 + 1];
    // The gateway answers while the body is still coming, so a client may see either the answer or a closed connection.
    if let Ok(answer) = send(&sandbox, "POST", "/router/rest", &[], &body).await {
        assert_eq!(answer.status, 413);
    }
    assert_eq!(inside(call(&sandbox, "taobao.time.get", &[]).await)["time"], NOW);
}
