//! A page of about 500 KB of trades: decoding into the SDK's types against serde_json into derived structures that hold the same
//! fields as plain text and numbers (so the SDK also parses money and dates, which the derived structures do not).

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use divan::Bencher;
use serde::Deserialize;
use topsdk::RawReply;
use topsdk::trade::TradesSoldGet;

fn main() {
    divan::main();
}

#[divan::bench]
fn topsdk(bencher: Bencher<'_, '_>) {
    let raw = RawReply::stored("taobao.trades.sold.get", page());
    let reply = raw.decode::<TradesSoldGet>(true).expect("the page decodes without drift");
    assert!(reply.trades.len() > 100 && reply.unknown_fields().is_empty());
    bencher.counter(divan::counter::BytesCount::new(raw.body().len())).bench(|| raw.decode::<TradesSoldGet>(true));
}

#[divan::bench]
fn serde_json_derived(bencher: Bencher<'_, '_>) {
    let body = page();
    let parsed: Page = serde_json::from_slice(&body).expect("the page decodes");
    assert!(parsed.trades_sold_get_response.trades.trade.len() > 100);
    bencher.counter(divan::counter::BytesCount::new(body.len())).bench(|| serde_json::from_slice::<Page>(&body));
}

/// 500 KB of trades with two orders each.
fn page() -> Vec<u8> {
    let order = format!("{{{ORDER}}}");
    let trade = format!("{{{TRADE},\"orders\":{{\"order\":[{order},{order}]}}}}");
    let count = 500 * 1024 / trade.len() + 1;
    let trades = vec![trade; count].join(",");
    format!("{{\"trades_sold_get_response\":{{\"trades\":{{\"trade\":[{trades}]}},\"total_results\":{count},\"request_id\":\"r1\"}}}}").into_bytes()
}

const TRADE: &str = r#""seller_nick":"深棉质圆领短袖 T-shirt","buyer_open_uid":"value-1","title":"value-2","type":"fixed","created":"2026-01-05 10:00:00","tid":2231958349000123,"acookie_id":"value-6","sid":"value-7","seller_rate":false,"buyer_rate":true,"status":"TRADE_NO_CREATE_PAY","payment":"199.00","discount_fee":"199.00","adjust_fee":"199.00","post_fee":"199.00","total_fee":"199.00","pay_time":"2026-01-05 10:00:00","end_time":"2026-01-05 10:00:00","modified":"2026-01-05 10:00:00","async_modified":"2026-01-05 10:00:00","consign_time":"2026-01-05 10:00:00","received_payment":"199.00","commission_fee":"199.00","alipay_no":"value-23","alipay_id":889,"buyer_area":"深棉质圆领短袖 T-shirt","nut_feature":"value-26","pic_path":"value-27","num_iid":2231958349000123,"price":"199.00","cod_fee":"199.00","cod_status":"NEW_CREATED","shipping_type":"free","num":1222,"point_fee":1259,"real_point_fee":1296,"buyer_obtain_point_fee":1333,"receiver_name":"value-37","receiver_state":"value-38","receiver_city":"value-39","receiver_district":"深棉质圆领短袖 T-shirt","receiver_town":"value-41","receiver_address":"value-42","receiver_zip":"value-43","receiver_mobile":"value-44","receiver_phone":"深棉质圆领短袖 T-shirt","seller_flag":0,"is_lgtype":true,"lg_aging_type":"value-48","lg_aging":"value-49","is_brand_sale":false,"is_force_wlb":true,"has_buyer_message":false,"credit_card_fee":"199.00","trade_from":"value-54","step_trade_status":"FRONT_NOPAID_FINAL_NOPAID","step_paid_fee":"199.00","mark_desc":"value-57","has_yfx":false,"yfx_fee":"199.00","yfx_id":"深棉质圆领短袖 T-shirt","yfx_type":"value-61","trade_source":"value-62","send_time":"value-63","seller_can_rate":false,"is_part_consign":true,"is_wt":false,"is_daixiao":true,"o2o":"value-68","o2o_guide_id":"value-69""#;
const ORDER: &str = r#""title":"深棉质圆领短袖 T-shirt","pic_path":"value-1","price":"199.00","num_iid":2231958349000123,"sku_id":"value-4","outer_iid":"深棉质圆领短袖 T-shirt","outer_sku_id":"value-6","refund_status":"NO_REFUND","status":"TRADE_NO_CREATE_PAY","oid":2231958349000123,"total_fee":"199.00","payment":"199.00","discount_fee":"199.00","adjust_fee":"199.00","divide_order_fee":"199.00","part_mjz_discount":"199.00","sku_properties_name":"value-16","item_meal_id":630,"item_meal_name":"value-18","num":704,"snapshot_url":"深棉质圆领短袖 T-shirt","timeout_action_time":"2026-01-05 10:00:00","item_memo":"value-22","buyer_rate":true,"seller_rate":false,"refund_id":"深棉质圆领短袖 T-shirt","seller_type":"B","cid":1000,"is_oversold":false,"end_time":"2026-01-05 10:00:00","order_from":"深棉质圆领短袖 T-shirt","is_service_order":true,"consign_time":"2026-01-05 10:00:00","shipping_type":"free","logistics_company":"value-34","invoice_no":"深棉质圆领短袖 T-shirt","bind_oid":1333,"is_daixiao":true,"ticket_outer_id":"value-38","ticket_expdate_key":"value-39""#;

#[derive(Deserialize)]
struct Page {
    trades_sold_get_response: Answer,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded, not read")]
struct Answer {
    trades: Trades,
    total_results: i64,
    request_id: String,
}

#[derive(Deserialize)]
struct Trades {
    trade: Vec<Trade>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded, not read")]
struct Orders {
    order: Vec<Order>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded, not read")]
struct Trade {
    orders: Option<Orders>,
    seller_nick: Option<String>,
    buyer_open_uid: Option<String>,
    title: Option<String>,
    r#type: Option<String>,
    created: Option<String>,
    tid: Option<i64>,
    acookie_id: Option<String>,
    sid: Option<String>,
    seller_rate: Option<bool>,
    buyer_rate: Option<bool>,
    status: Option<String>,
    payment: Option<String>,
    discount_fee: Option<String>,
    adjust_fee: Option<String>,
    post_fee: Option<String>,
    total_fee: Option<String>,
    pay_time: Option<String>,
    end_time: Option<String>,
    modified: Option<String>,
    async_modified: Option<String>,
    consign_time: Option<String>,
    received_payment: Option<String>,
    commission_fee: Option<String>,
    alipay_no: Option<String>,
    alipay_id: Option<i64>,
    buyer_area: Option<String>,
    nut_feature: Option<String>,
    pic_path: Option<String>,
    num_iid: Option<i64>,
    price: Option<String>,
    cod_fee: Option<String>,
    cod_status: Option<String>,
    shipping_type: Option<String>,
    num: Option<i64>,
    point_fee: Option<i64>,
    real_point_fee: Option<i64>,
    buyer_obtain_point_fee: Option<i64>,
    receiver_name: Option<String>,
    receiver_state: Option<String>,
    receiver_city: Option<String>,
    receiver_district: Option<String>,
    receiver_town: Option<String>,
    receiver_address: Option<String>,
    receiver_zip: Option<String>,
    receiver_mobile: Option<String>,
    receiver_phone: Option<String>,
    seller_flag: Option<i64>,
    is_lgtype: Option<bool>,
    lg_aging_type: Option<String>,
    lg_aging: Option<String>,
    is_brand_sale: Option<bool>,
    is_force_wlb: Option<bool>,
    has_buyer_message: Option<bool>,
    credit_card_fee: Option<String>,
    trade_from: Option<String>,
    step_trade_status: Option<String>,
    step_paid_fee: Option<String>,
    mark_desc: Option<String>,
    has_yfx: Option<bool>,
    yfx_fee: Option<String>,
    yfx_id: Option<String>,
    yfx_type: Option<String>,
    trade_source: Option<String>,
    send_time: Option<String>,
    seller_can_rate: Option<bool>,
    is_part_consign: Option<bool>,
    is_wt: Option<bool>,
    is_daixiao: Option<bool>,
    o2o: Option<String>,
    o2o_guide_id: Option<String>,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "decoded, not read")]
struct Order {
    title: Option<String>,
    pic_path: Option<String>,
    price: Option<String>,
    num_iid: Option<i64>,
    sku_id: Option<String>,
    outer_iid: Option<String>,
    outer_sku_id: Option<String>,
    refund_status: Option<String>,
    status: Option<String>,
    oid: Option<i64>,
    total_fee: Option<String>,
    payment: Option<String>,
    discount_fee: Option<String>,
    adjust_fee: Option<String>,
    divide_order_fee: Option<String>,
    part_mjz_discount: Option<String>,
    sku_properties_name: Option<String>,
    item_meal_id: Option<i64>,
    item_meal_name: Option<String>,
    num: Option<i64>,
    snapshot_url: Option<String>,
    timeout_action_time: Option<String>,
    item_memo: Option<String>,
    buyer_rate: Option<bool>,
    seller_rate: Option<bool>,
    refund_id: Option<String>,
    seller_type: Option<String>,
    cid: Option<i64>,
    is_oversold: Option<bool>,
    end_time: Option<String>,
    order_from: Option<String>,
    is_service_order: Option<bool>,
    consign_time: Option<String>,
    shipping_type: Option<String>,
    logistics_company: Option<String>,
    invoice_no: Option<String>,
    bind_oid: Option<i64>,
    is_daixiao: Option<bool>,
    ticket_outer_id: Option<String>,
    ticket_expdate_key: Option<String>,
}
