//! What one call writes another reads, and impossible moves are refused.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

mod common;

use common::*;
use serde_json::{Value, json};
use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::*;
use topsdk_sandbox::world::{Event, Status};

async fn trade(sandbox: &Sandbox, tid: i64, fields: &str) -> Value {
    inside(call(sandbox, "taobao.trade.fullinfo.get", &[("fields", fields), ("tid", &tid.to_string())]).await)["trade"]
        .clone()
}

async fn refused(sandbox: &Sandbox, method: &str, more: &[(&str, &str)]) -> String {
    let answer = call(sandbox, method, more).await;
    refusal(&answer).1.to_owned()
}

#[tokio::test]
async fn memos() {
    let sandbox = sandbox().await;
    let tid = PAID_TRADE.to_string();
    inside(call(&sandbox, "taobao.trade.memo.add", &[("tid", &tid), ("memo", "第一"), ("flag", "2")]).await);
    assert_eq!(
        trade(&sandbox, PAID_TRADE, "seller_memo,seller_flag,modified").await,
        json!({"modified": NOW, "seller_flag": 2, "seller_memo": "第一"})
    );
    assert_eq!(
        refused(&sandbox, "taobao.trade.memo.add", &[("tid", &tid), ("memo", "again")]).await,
        "isv.invalid-parameter:memo"
    );
    inside(call(&sandbox, "taobao.trade.memo.update", &[("tid", &tid), ("flag", "3")]).await);
    assert_eq!(
        trade(&sandbox, PAID_TRADE, "seller_memo,seller_flag").await,
        json!({"seller_flag": 3, "seller_memo": "第一"})
    );
    inside(call(&sandbox, "taobao.trade.memo.update", &[("tid", &tid), ("reset", "true")]).await);
    assert_eq!(trade(&sandbox, PAID_TRADE, "seller_memo,seller_flag").await, json!({"seller_flag": 3}));
    assert_eq!(
        refused(&sandbox, "taobao.trade.memo.update", &[("tid", "1"), ("memo", "x")]).await,
        "isv.trade-not-exist"
    );
}

#[tokio::test]
async fn stock() {
    let sandbox = sandbox().await;
    let (item, with_skus, sku) = (FIRST_ITEM.to_string(), ITEM_WITH_SKUS.to_string(), FIRST_SKU.to_string());
    inside(call(&sandbox, "taobao.item.quantity.update", &[("num_iid", &item), ("quantity", "5")]).await);
    inside(
        call(&sandbox, "taobao.item.quantity.update", &[("num_iid", &item), ("quantity", "-3"), ("type", "2")]).await,
    );
    assert_eq!(sandbox.state().items[&FIRST_ITEM].num, 2);
    assert_eq!(
        refused(&sandbox, "taobao.item.quantity.update", &[("num_iid", &item), ("quantity", "-3"), ("type", "2")])
            .await,
        "isv.invalid-parameter:quantity"
    );
    assert_eq!(sandbox.state().items[&FIRST_ITEM].num, 2);

    let before = sandbox.state().items[&ITEM_WITH_SKUS].clone();
    let pairs = format!("{FIRST_SKU}:1;{}:2", FIRST_SKU + 1);
    inside(
        call(&sandbox, "taobao.skus.quantity.update", &[("num_iid", &with_skus), ("skuid_quantities", &pairs)]).await,
    );
    let after = sandbox.state().items[&ITEM_WITH_SKUS].clone();
    assert_eq!(after.num, 3 + before.skus[2].quantity + before.skus[3].quantity);
    let got = inside(call(&sandbox, "taobao.item.sku.get", &[("fields", "sku_id,quantity"), ("sku_id", &sku)]).await);
    assert_eq!(got["sku"], json!({"quantity": 1, "sku_id": FIRST_SKU}));
    // All or none.
    let pairs = format!("{FIRST_SKU}:9;1:1");
    assert_eq!(
        refused(&sandbox, "taobao.skus.quantity.update", &[("num_iid", &with_skus), ("skuid_quantities", &pairs)])
            .await,
        "isv.invalid-parameter:sku_id"
    );
    assert_eq!(sandbox.state().items[&ITEM_WITH_SKUS], after);
    assert_eq!(
        refused(&sandbox, "taobao.item.quantity.update", &[("num_iid", "1"), ("quantity", "1")]).await,
        "isv.item-not-exist"
    );
}

#[tokio::test]
async fn skus_come_and_go() {
    let sandbox = sandbox().await;
    let item = ITEM_WITH_SKUS.to_string();
    let same = [("num_iid", item.as_str()), ("properties", "20509:28314;1627207:28341")];
    assert_eq!(
        refused(&sandbox, "taobao.item.sku.add", &[&same[..], &[("quantity", "1"), ("price", "9.90")]].concat()).await,
        "isv.invalid-parameter:properties"
    );
    let new = [("num_iid", item.as_str()), ("properties", "1627207:1")];
    let added = inside(
        call(&sandbox, "taobao.item.sku.add", &[&new[..], &[("quantity", "7"), ("price", "9.90")]].concat()).await,
    );
    let id = added["sku"]["sku_id"].as_i64().unwrap();
    inside(call(&sandbox, "taobao.item.sku.update", &[&new[..], &[("quantity", "8")]].concat()).await);
    let sku = sandbox.state().items[&ITEM_WITH_SKUS].skus.iter().find(|s| s.sku_id == id).unwrap().clone();
    assert_eq!((sku.quantity, sku.price), (8, 990));
    inside(call(&sandbox, "taobao.item.sku.delete", &new).await);
    assert_eq!(sandbox.state().items[&ITEM_WITH_SKUS].skus.len(), 4);
    let all = inside(call(&sandbox, "taobao.item.skus.get", &[("fields", "sku_id"), ("num_iids", &item)]).await);
    assert_eq!(all["skus"]["sku"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn items_on_and_off_sale() {
    let sandbox = sandbox().await;
    let item = FIRST_ITEM.to_string();
    let total = async |method: &str| {
        inside(call(&sandbox, method, &[("fields", "num_iid"), ("page_size", "3")]).await)["total_results"]
            .as_i64()
            .unwrap()
    };
    assert_eq!((total("taobao.items.onsale.get").await, total("taobao.items.inventory.get").await), (10, 2));
    inside(call(&sandbox, "taobao.item.update.delisting", &[("num_iid", &item)]).await);
    assert_eq!((total("taobao.items.onsale.get").await, total("taobao.items.inventory.get").await), (9, 3));
    inside(call(&sandbox, "taobao.item.update.listing", &[("num_iid", &item), ("num", "4")]).await);
    let state = sandbox.state();
    assert!(state.items[&FIRST_ITEM].onsale && state.items[&FIRST_ITEM].num == 4);
}

#[tokio::test]
async fn sold_trades_by_page_and_window() {
    let sandbox = sandbox().await;
    let get = async |method: &str, more: &[(&str, &str)]| {
        inside(call(&sandbox, method, &[&[("fields", "tid,modified")], more].concat()).await)
    };
    let first = get("taobao.trades.sold.get", &[("page_size", "30")]).await;
    assert_eq!((first["total_results"].as_i64(), first["trades"]["trade"].as_array().unwrap().len()), (Some(40), 30));
    let second =
        get("taobao.trades.sold.get", &[("page_size", "30"), ("page_no", "2"), ("use_has_next", "true")]).await;
    assert_eq!(second["trades"]["trade"].as_array().unwrap().len(), 10);
    assert_eq!((second["has_next"].as_bool(), second.get("total_results")), (Some(false), None));
    let paid = get("taobao.trades.sold.get", &[("status", "WAIT_SELLER_SEND_GOODS")]).await;
    assert_eq!(paid["total_results"], 19);

    // Nothing changed in the last minute, until something did.
    let window = [("start_modified", "2026-01-05 09:59:00"), ("end_modified", "2026-01-05 10:01:00")];
    let none = get("taobao.trades.sold.increment.get", &window).await;
    assert_eq!((&none["total_results"], &none["trades"]), (&json!(0), &json!({})));
    let old = (PAID_TRADE + 10 * 39).to_string();
    inside(call(&sandbox, "taobao.trade.memo.update", &[("tid", &old), ("memo", "x")]).await);
    let one = get("taobao.trades.sold.increment.get", &window).await;
    assert_eq!(one["trades"]["trade"][0]["tid"].to_string(), old);
    let wide = [("fields", "tid"), ("start_modified", "2026-01-01 00:00:00"), ("end_modified", NOW)];
    assert_eq!(
        refused(&sandbox, "taobao.trades.sold.increment.get", &wide).await,
        "isv.invalid-parameter:end_modified"
    );
}

#[tokio::test]
async fn shipping() {
    let sandbox = sandbox().await;
    let ship = |tid: i64| {
        vec![
            ("tid".to_owned(), tid.to_string()),
            ("company_code".to_owned(), "SF".to_owned()),
            ("out_sid".to_owned(), "SF123".to_owned()),
        ]
    };
    let send = async |method: &str, all: Vec<(String, String)>| {
        let all: Vec<(&str, &str)> = all.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        call(&sandbox, method, &all).await
    };

    for (tid, why) in
        [(1, "B01"), (UNPAID_TRADE, "B04"), (SHIPPED_TRADE, "B27"), (CLOSED_TRADE, "B04"), (FINISHED_TRADE, "B04")]
    {
        let answer = send("taobao.logistics.offline.send", ship(tid)).await;
        assert_eq!(refusal(&answer).1, format!("isv.logistics-offline-service-error:{why}"), "{tid}");
    }
    let twice = "isv.logistics-offline-service-error:B27";
    assert_eq!(inside(send("taobao.logistics.offline.send", ship(PAID_TRADE)).await)["shipping"]["is_success"], true);
    assert_eq!(refusal(&send("taobao.logistics.offline.send", ship(PAID_TRADE)).await).1, twice);
    let got = trade(&sandbox, PAID_TRADE, "status,consign_time,orders.invoice_no,orders.status").await;
    assert_eq!((&got["status"], &got["consign_time"]), (&json!("WAIT_BUYER_CONFIRM_GOODS"), &json!(NOW)));
    assert_eq!(got["orders"]["order"][0], json!({"invoice_no": "SF123", "status": "WAIT_BUYER_CONFIRM_GOODS"}));
    let tid = PAID_TRADE.to_string();
    let list = inside(
        call(&sandbox, "taobao.logistics.orders.get", &[("fields", "out_sid,company_name"), ("tid", &tid)]).await,
    );
    assert_eq!(list["shippings"]["shipping"][0], json!({"company_name": "顺丰速运", "out_sid": "SF123"}));
    let trace = inside(call(&sandbox, "taobao.logistics.trace.search", &[("tid", &tid)]).await);
    assert_eq!(
        (&trace["out_sid"], trace["trace_list"]["transit_step_info"].as_array().unwrap().len()),
        (&json!("SF123"), 1)
    );

    // Online: shipped once it is confirmed.
    let online =
        [("tid".to_owned(), TRADE_WITH_MEMO.to_string()), ("company_code".to_owned(), "ZTO".to_owned())].to_vec();
    inside(send("taobao.logistics.online.send", online.clone()).await);
    assert_eq!(
        refusal(&send("taobao.logistics.online.send", online).await).1,
        "isv.logistics-online-service-error:B27"
    );
    assert_eq!(sandbox.state().trades[&TRADE_WITH_MEMO].status, Status::WaitSellerSendGoods);
    inside(send("taobao.logistics.online.confirm", ship(TRADE_WITH_MEMO)).await);
    assert_eq!(sandbox.state().trades[&TRADE_WITH_MEMO].status, Status::WaitBuyerConfirmGoods);
    assert_eq!(
        refusal(&send("taobao.logistics.online.confirm", ship(TRADE_WITH_MEMO)).await).1,
        "isv.logistics-confirm-service-error:HD06"
    );
    let mut wrong = ship(TRADE_WITH_REFUND);
    wrong[1].1 = "NOBODY".into();
    assert_eq!(
        refusal(&send("taobao.logistics.offline.send", wrong).await).1,
        "isv.logistics-offline-service-error:B56"
    );
}

#[tokio::test]
async fn shipping_in_parts() {
    let sandbox = sandbox().await;
    let (tid, first, second) = (
        PAID_TRADE_TWO_ORDERS.to_string(),
        (PAID_TRADE_TWO_ORDERS + 1).to_string(),
        (PAID_TRADE_TWO_ORDERS + 2).to_string(),
    );
    let base = [("tid", tid.as_str()), ("company_code", "YTO"), ("out_sid", "Y1"), ("is_split", "1")];
    inside(call(&sandbox, "taobao.logistics.offline.send", &[&base[..], &[("sub_tid", &first)]].concat()).await);
    assert_eq!(sandbox.state().trades[&PAID_TRADE_TWO_ORDERS].status, Status::SellerConsignedPart);
    assert_eq!(
        refused(&sandbox, "taobao.logistics.offline.send", &[&base[..], &[("sub_tid", &first)]].concat()).await,
        "isv.logistics-offline-service-error:B27"
    );
    assert_eq!(
        refused(&sandbox, "taobao.logistics.offline.send", &[&base[..], &[("sub_tid", "7")]].concat()).await,
        "isv.logistics-offline-service-error:CD22"
    );
    inside(call(&sandbox, "taobao.logistics.offline.send", &[&base[..], &[("sub_tid", &second)]].concat()).await);
    assert_eq!(sandbox.state().trades[&PAID_TRADE_TWO_ORDERS].status, Status::WaitBuyerConfirmGoods);
}

#[tokio::test]
async fn before_and_after_payment() {
    let sandbox = sandbox().await;
    let (unpaid, paid, shipped) = (UNPAID_TRADE.to_string(), PAID_TRADE.to_string(), SHIPPED_TRADE.to_string());
    let fee = inside(call(&sandbox, "taobao.trade.postage.update", &[("tid", &unpaid), ("post_fee", "0.5")]).await);
    assert_eq!(fee["trade"]["post_fee"], "0.50");
    assert_eq!(
        refused(&sandbox, "taobao.trade.postage.update", &[("tid", &paid), ("post_fee", "1")]).await,
        "isp.trade-service-failed"
    );
    assert_eq!(
        refused(&sandbox, "taobao.trade.close", &[("tid", &paid), ("close_reason", "未及时付款")]).await,
        "isp.trade-service-failed"
    );

    // The buyer pays: the stock falls, a message waits.
    let order = sandbox.state().trades[&UNPAID_TRADE].orders[0].clone();
    let before = sandbox.state().items[&order.num_iid].num;
    assert_eq!(
        admin(&sandbox, "POST", "events", &json!({"event": "buyer_pay", "tid": UNPAID_TRADE}).to_string()).await.0,
        200
    );
    assert_eq!(sandbox.state().items[&order.num_iid].num, before - order.num);
    assert_eq!(sandbox.state().trades[&UNPAID_TRADE].status, Status::WaitSellerSendGoods);
    assert_eq!(
        admin(&sandbox, "POST", "events", &json!({"event": "buyer_pay", "tid": UNPAID_TRADE}).to_string()).await.0,
        409
    );
    let waiting = inside(call(&sandbox, "taobao.tmc.messages.consume", &[]).await);
    let last = waiting["messages"]["tmc_message"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["topic"], "taobao_trade_TradeBuyerPay");
    inside(call(&sandbox, "taobao.tmc.messages.confirm", &[("s_message_ids", &last["id"].to_string())]).await);
    assert!(sandbox.state().messages.iter().all(|m| m.topic != "taobao_trade_TradeBuyerPay"));

    // The buyer confirms: now both can rate.
    inside(call(&sandbox, "taobao.trade.receivetime.delay", &[("tid", &shipped), ("days", "3")]).await);
    assert_eq!(
        refused(&sandbox, "taobao.traderate.add", &[("tid", &shipped), ("result", "good"), ("role", "seller")]).await,
        "isv.rate-service-error"
    );
    sandbox.event(&Event::BuyerConfirm { tid: SHIPPED_TRADE }).unwrap();
    inside(
        call(
            &sandbox,
            "taobao.traderate.add",
            &[("tid", &shipped), ("result", "good"), ("role", "seller"), ("content", "好")],
        )
        .await,
    );
    assert_eq!(
        refused(&sandbox, "taobao.traderate.add", &[("tid", &shipped), ("result", "good"), ("role", "seller")]).await,
        "isv.rate-service-error"
    );
    let rates = inside(
        call(
            &sandbox,
            "taobao.traderates.get",
            &[("fields", "tid,content"), ("rate_type", "give"), ("role", "seller")],
        )
        .await,
    );
    assert!(rates["trade_rates"].to_string().contains("好"), "{rates}");
}

#[tokio::test]
async fn address_and_variant() {
    let sandbox = sandbox().await;
    let (paid, shipped) = (PAID_TRADE.to_string(), SHIPPED_TRADE.to_string());
    inside(call(&sandbox, "taobao.trade.shippingaddress.update", &[("tid", &paid), ("receiver_city", "宁波市")]).await);
    assert_eq!(
        trade(&sandbox, PAID_TRADE, "receiver_city,receiver_state").await,
        json!({"receiver_state": "浙江省", "receiver_city": "宁波市"})
    );
    assert_eq!(
        refused(&sandbox, "taobao.trade.shippingaddress.update", &[("tid", &shipped), ("receiver_city", "x")]).await,
        "isv.invalid-permission"
    );

    sandbox.with_state(|w| w.trades.get_mut(&PAID_TRADE).unwrap().orders[0].num_iid = ITEM_WITH_SKUS);
    let sku = (FIRST_SKU + 3).to_string();
    inside(call(&sandbox, "taobao.trade.ordersku.update", &[("oid", &paid), ("sku_id", &sku)]).await);
    assert_eq!(sandbox.state().trades[&PAID_TRADE].orders[0].sku_properties_name, "颜色:白色;尺码:M");
    assert_eq!(
        refused(&sandbox, "taobao.trade.ordersku.update", &[("oid", &paid), ("sku_id", "1")]).await,
        "isv.invalid-parameter:sku_id"
    );
}

#[tokio::test]
async fn refunds() {
    let sandbox = sandbox().await;
    let (open, closed) = (OPEN_REFUND.to_string(), CLOSED_REFUND.to_string());
    let list = inside(
        call(
            &sandbox,
            "taobao.refunds.receive.get",
            &[("fields", "refund_id,status"), ("status", "WAIT_SELLER_AGREE")],
        )
        .await,
    );
    assert_eq!(list["total_results"], 2);
    let picture = ("image", "a.png", b"\x89PNG\r\n".as_slice());
    let said =
        upload(&sandbox, "taobao.refund.message.add", &[("refund_id", &open), ("content", "请看")], picture).await;
    assert_eq!(inside(said)["refund_message"]["created"], NOW);
    let messages = inside(
        call(&sandbox, "taobao.refund.messages.get", &[("fields", "content,owner_role"), ("refund_id", &open)]).await,
    );
    assert_eq!(messages["refund_messages"]["refund_message"][1], json!({"content": "请看", "owner_role": 2}));
    let late =
        upload(&sandbox, "taobao.refund.message.add", &[("refund_id", &closed), ("content", "late")], picture).await;
    assert_eq!(refusal(&late), (15, "isv.refund-service-error"));

    let proof = ("refuse_proof", "p.png", b"x".as_slice());
    let refused_ =
        upload(&sandbox, "taobao.refund.refuse", &[("refund_id", &open), ("refuse_message", "已发货")], proof).await;
    assert_eq!(inside(refused_)["refund"]["status"], "SELLER_REFUSE_BUYER");
    let got =
        inside(call(&sandbox, "taobao.refund.get", &[("fields", "status,modified,tid"), ("refund_id", &open)]).await);
    assert_eq!(got["refund"], json!({"status": "SELLER_REFUSE_BUYER", "modified": NOW, "tid": TRADE_WITH_REFUND}));
    assert_eq!(
        trade(&sandbox, TRADE_WITH_REFUND, "orders.refund_status").await["orders"]["order"][0]["refund_status"],
        "SELLER_REFUSE_BUYER"
    );
    assert_eq!(
        refused(&sandbox, "taobao.refund.refuse", &[("refund_id", &closed), ("refuse_message", "no no")]).await,
        "isv.refund-service-error"
    );
    assert_eq!(
        refused(&sandbox, "taobao.refund.get", &[("fields", "status"), ("refund_id", "1")]).await,
        "isv.refund-not-exist"
    );

    sandbox.event(&Event::BuyerRefund { tid: PAID_TRADE, oid: None, desc: None }).unwrap();
    assert_eq!(sandbox.state().trades[&PAID_TRADE].orders[0].refund_status, "WAIT_SELLER_AGREE");
    assert!(sandbox.event(&Event::BuyerRefund { tid: PAID_TRADE, oid: None, desc: None }).is_err());
}

#[tokio::test]
async fn sessions_are_granted_and_end() {
    let sandbox = sandbox().await;
    let granted = inside(call(&sandbox, "taobao.top.auth.token.create", &[("code", "abc")]).await);
    let token: Value = serde_json::from_str(granted["token_result"].as_str().unwrap()).unwrap();
    let session = token["access_token"].as_str().unwrap();
    let seller = async |session: &str| {
        call(&sandbox, "taobao.user.seller.get", &[("fields", "nick"), ("session", session)]).await
    };
    assert_eq!(inside(seller(session).await)["user"]["nick"], SELLER);
    sandbox.with_state(|w| w.sessions.values_mut().for_each(|end| *end = end.map(|_| sandbox_epoch())));
    assert_eq!(refusal(&seller(session).await), (27, "session-expired"));
    let refresh = token["refresh_token"].as_str().unwrap();
    let again = inside(call(&sandbox, "taobao.top.auth.token.refresh", &[("refresh_token", refresh)]).await);
    assert!(again["token_result"].as_str().unwrap().contains("access_token"));
    assert_eq!(
        refused(&sandbox, "taobao.top.auth.token.refresh", &[("refresh_token", "x")]).await,
        "isv.invalid-parameter:refresh_token"
    );
}

/// Long ago.
fn sandbox_epoch() -> topsdk_sandbox::Time {
    topsdk_sandbox::Time::from_millis(0)
}

#[tokio::test]
async fn unpaid_trades_close_whole_or_in_part() {
    let sandbox = sandbox().await;
    let close = async |id: i64| {
        inside(call(&sandbox, "taobao.trade.close", &[("tid", &id.to_string()), ("close_reason", "未及时付款")]).await)
    };
    sandbox.with_state(|w| {
        let trade = w.trades.get_mut(&PAID_TRADE_TWO_ORDERS).unwrap();
        trade.status = Status::WaitBuyerPay;
        trade.orders.iter_mut().for_each(|o| o.status = Status::WaitBuyerPay);
    });
    let status = || sandbox.state().trades[&PAID_TRADE_TWO_ORDERS].status;
    assert_eq!(close(PAID_TRADE_TWO_ORDERS + 1).await["trade"]["tid"], PAID_TRADE_TWO_ORDERS);
    assert_eq!(status(), Status::WaitBuyerPay);
    close(PAID_TRADE_TWO_ORDERS + 2).await;
    assert_eq!(status(), Status::TradeClosedByTaobao);
    close(UNPAID_TRADE).await;
    assert_eq!(sandbox.state().trades[&UNPAID_TRADE].orders[0].status, Status::TradeClosedByTaobao);
}
