//! Testing code that uses the SDK: a mock in place of the network.

use std::sync::Arc;

use topsdk::trade::{Trade, TradeFlag, TradeFullinfoGet, TradeFullinfoGetResponse, TradeMemoUpdate, TradeStatus};
use topsdk::transport::Received;
use topsdk::{Client, Error, Format, MockTransport, Request, Upload};
use topsdk_e2e::methods;

use crate::support::offline;

/// What a user would write and test: flags a trade that waits for its goods.
async fn flag_if_waiting(client: &Client, tid: i64) -> Result<bool, Error> {
    let reply = client.call(TradeFullinfoGet::new("status", tid)).await?;
    let status = reply.trade.as_ref().and_then(|trade| trade.status.clone());
    if status != Some(TradeStatus::WaitSellerSendGoods) {
        return Ok(false);
    }
    client.call(TradeMemoUpdate::new(tid).flag(TradeFlag::Red)).await?;
    Ok(true)
}

fn with_status(status: TradeStatus) -> TradeFullinfoGetResponse {
    let mut trade = Trade::default();
    trade.status = Some(status);
    let mut response = TradeFullinfoGetResponse::default();
    response.trade = Some(trade);
    response
}

fn client(mock: &Arc<MockTransport>, format: Format, simplify: bool) -> Client {
    offline(mock).format(format).simplify(simplify).build().unwrap()
}

fn param<'a>(call: &'a Received, name: &str) -> Option<&'a str> {
    call.params.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[tokio::test]
async fn what_was_sent() {
    for (format, simplify) in [(Format::Json, false), (Format::Json, true), (Format::Xml, false)] {
        let mock = Arc::new(MockTransport::new());
        mock.answer::<TradeFullinfoGet>(with_status(TradeStatus::WaitSellerSendGoods));
        mock.answer::<TradeMemoUpdate>(Default::default());
        assert!(flag_if_waiting(&client(&mock, format, simplify), 7).await.unwrap());
        let calls = mock.received();
        let methods: Vec<_> = calls.iter().map(|call| call.method.as_str()).collect();
        assert_eq!(methods, [TradeFullinfoGet::INFO.name, TradeMemoUpdate::INFO.name]);
        assert_eq!((param(&calls[0], "fields"), param(&calls[0], "session")), (Some("status"), Some("s3ss10n")));
        assert_eq!((param(&calls[1], "tid"), param(&calls[1], "flag")), (Some("7"), Some("1")));
        assert_eq!(param(&calls[1], "memo"), None);
    }
}

#[tokio::test]
async fn queued_answers_come_in_order_and_the_last_stays() {
    let mock = Arc::new(MockTransport::new());
    mock.fail(TradeFullinfoGet::INFO.name, 15, "isp.remote-service-timeout");
    mock.answer::<TradeFullinfoGet>(with_status(TradeStatus::WaitBuyerPay));
    mock.answer_raw(TradeFullinfoGet::INFO.name, 200, "<html>");
    let client = client(&mock, Format::Json, false);
    let error = flag_if_waiting(&client, 7).await.unwrap_err();
    assert_eq!(error.sub_code(), Some("isp.remote-service-timeout"));
    assert!(!flag_if_waiting(&client, 7).await.unwrap());
    for _ in 0..2 {
        assert!(matches!(flag_if_waiting(&client, 7).await, Err(Error::Decode(_))));
    }
    assert_eq!(mock.received().len(), 4);
}

#[tokio::test]
async fn an_unexpected_call_says_so() {
    let mock = Arc::new(MockTransport::new());
    mock.answer::<TradeFullinfoGet>(with_status(TradeStatus::WaitSellerSendGoods));
    let error = flag_if_waiting(&client(&mock, Format::Json, false), 7).await.unwrap_err();
    assert!(!error.may_have_reached_platform());
    assert!(error.to_string().contains("the mock has no answer for `taobao.trade.memo.update`"), "{error}");
}

#[tokio::test]
async fn http_statuses_and_files() {
    let mock = Arc::new(MockTransport::new());
    mock.answer_raw("taobao.x.y", 503, "busy");
    let client = client(&mock, Format::Json, false);
    let error = client.untyped("taobao.x.y").file("image", Upload::new("a.png", *b"bytes")).await.unwrap_err();
    assert!(matches!(error, Error::Transport(_)), "{error}");
    let call = mock.received().pop().unwrap();
    assert!(call.body.windows(5).any(|window| window == b"bytes"));
}

/// Whatever a mock can be told to answer, it answers so that the client reads it: every method, in every form.
#[tokio::test]
async fn every_method_can_be_mocked() {
    for (format, simplify) in [(Format::Json, false), (Format::Json, true), (Format::Xml, false)] {
        for method in methods() {
            let mock = Arc::new(MockTransport::new());
            mock.fail(method.name, 15, "isv.some-code:x");
            let error = (method.call)(&client(&mock, format, simplify)).await.unwrap_err();
            assert_eq!(error.sub_code(), Some("isv.some-code:x"), "{}", method.name);
            assert_eq!(mock.received()[0].method, method.name);
        }
    }
}
