//! Methods that read and write the shop. One module a noun; every other method answers with its spec's example.

mod account;
mod item;
mod message;
mod rate;
mod refund;
mod shipment;
mod sku;
mod token;
mod trade;
mod trade_list;

use serde_json::{Map, Value};

use crate::args::{Args, Page};
use crate::error::ApiError;
use crate::world::World;

/// What a method answers: response fields by name, in the simplified form.
pub(crate) type Reply = Result<Map<String, Value>, ApiError>;
/// A method. It refuses before it changes anything.
pub(crate) type Handler = fn(&mut World, &Args<'_>) -> Reply;

/// The handler of a method, if it has one.
pub(crate) fn handler(method: &str) -> Option<Handler> {
    HANDLERS.iter().find(|(name, _)| *name == method).map(|(_, handler)| *handler)
}

/// Every method that has a handler.
const HANDLERS: &[(&str, Handler)] = &[
    ("taobao.item.seller.get", item::get),
    ("taobao.item.get", item::get),
    ("taobao.items.seller.list.get", item::list_by_ids),
    ("taobao.items.list", item::list),
    ("taobao.items.custom.get", item::list_by_code),
    ("taobao.items.onsale.get", item::onsale),
    ("taobao.items.inventory.get", item::inventory),
    ("taobao.item.update", item::update),
    ("taobao.item.quantity.update", item::quantity),
    ("taobao.item.update.listing", item::listing),
    ("taobao.item.update.delisting", item::delisting),
    ("taobao.item.img.upload", item::picture_upload),
    ("taobao.item.img.delete", item::picture_delete),
    ("taobao.item.sku.get", sku::get),
    ("taobao.item.skus.get", sku::list),
    ("taobao.item.sku.add", sku::add),
    ("taobao.item.sku.update", sku::update),
    ("taobao.item.sku.delete", sku::delete),
    ("taobao.skus.quantity.update", sku::quantities),
    ("taobao.trade.get", trade::get),
    ("taobao.trade.fullinfo.get", trade::get),
    ("taobao.trades.sold.get", trade_list::sold),
    ("taobao.trades.sold.increment.get", trade_list::sold_increment),
    ("taobao.trade.memo.add", trade::memo_add),
    ("taobao.trade.memo.update", trade::memo_update),
    ("taobao.trade.close", trade::close),
    ("taobao.trade.postage.update", trade::postage),
    ("taobao.trade.receivetime.delay", trade::delay),
    ("taobao.trade.shippingaddress.update", trade::address),
    ("taobao.trade.ordersku.update", trade::order_sku),
    ("taobao.trade.amount.get", trade::amount),
    ("taobao.trade.confirmfee.get", trade::confirm_fee),
    ("taobao.refund.get", refund::get),
    ("taobao.refunds.receive.get", refund::received),
    ("taobao.refunds.apply.get", refund::applied),
    ("taobao.refund.messages.get", refund::messages),
    ("taobao.refund.message.add", refund::message_add),
    ("taobao.refund.refuse", refund::refuse),
    ("taobao.logistics.companies.get", shipment::companies),
    ("taobao.logistics.online.send", shipment::online_send),
    ("taobao.logistics.online.confirm", shipment::online_confirm),
    ("taobao.logistics.offline.send", shipment::offline_send),
    ("taobao.logistics.dummy.send", shipment::dummy_send),
    ("taobao.logistics.orders.get", shipment::list),
    ("taobao.logistics.orders.detail.get", shipment::list),
    ("taobao.logistics.trace.search", shipment::trace),
    ("taobao.traderate.add", rate::add),
    ("taobao.traderates.get", rate::list),
    ("taobao.user.seller.get", account::seller),
    ("taobao.user.buyer.get", account::buyer),
    ("taobao.shop.seller.get", account::shop),
    ("taobao.time.get", account::time),
    ("taobao.tmc.messages.consume", message::consume),
    ("taobao.tmc.messages.confirm", message::confirm),
    ("taobao.top.auth.token.create", token::create),
    ("taobao.top.auth.token.refresh", token::refresh),
];

/// An answer of one member.
fn one(name: &str, value: Value) -> Map<String, Value> {
    let mut out = Map::new();
    out.insert(name.to_owned(), value);
    out
}

/// An answer of one list and how many there are, or with `use_has_next`, whether there are more.
fn listed(name: &str, args: &Args<'_>, page: Page<Value>) -> Map<String, Value> {
    let mut out = Map::new();
    if args.flag("use_has_next") {
        out.insert("has_next".into(), page.has_next.into());
    } else {
        out.insert("total_results".into(), page.total.into());
    }
    out.insert(name.to_owned(), Value::Array(page.items));
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use topsdk_codegen::model::{Scalar, Type};

    use crate::catalogue::{Api, Catalogue};
    use crate::clock::Time;
    use crate::fixtures::*;

    #[test]
    fn every_handler_has_a_spec() {
        let catalogue = Catalogue::embedded();
        for (name, _) in HANDLERS {
            assert!(catalogue.method(name).is_some(), "{name}");
        }
    }

    /// Every place where a handler's value is not what the spec's type says.
    fn misfits(api: Api<'_>, ty: &Type, value: &Value, path: &str, out: &mut Vec<String>) {
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        let fits = match ty {
            _ if value.is_null() => true,
            Type::Scalar(Scalar::I64) => text.parse::<i64>().is_ok(),
            Type::Scalar(Scalar::Bool) => value.is_boolean(),
            Type::Scalar(Scalar::Money) => crate::args::fen(&text).is_some(),
            Type::Scalar(Scalar::Date) => Time::parse(&text).is_some(),
            Type::Scalar(_) | Type::Fields(_) => !value.is_object() && !value.is_array(),
            Type::List(element) => match value.as_array() {
                Some(items) => {
                    items.iter().for_each(|item| misfits(api, element, item, &format!("{path}[]"), out));
                    true
                }
                None => false,
            },
            Type::Named(name) => match (api.fields(name), api.enumeration(name)) {
                (Some(fields), _) => {
                    for field in fields {
                        let member = value.get(&field.name.value).unwrap_or(&Value::Null);
                        misfits(api, &field.ty.value, member, &format!("{path}.{}", field.name.value), out);
                    }
                    value.is_object()
                }
                (_, Some(def)) => text.is_empty() || def.values.iter().any(|v| v.wire.value == text),
                _ => false,
            },
        };
        if !fits {
            out.push(format!("{path}: {text}"));
        }
    }

    #[test]
    fn reads_fit_their_specs() {
        let catalogue = Catalogue::embedded();
        let now = Time::from_millis(1_767_578_400_000);
        let ids = [
            ("num_iid", ITEM_WITH_SKUS),
            ("num_iids", ITEM_WITH_SKUS),
            ("sku_id", FIRST_SKU),
            ("tid", SHIPPED_TRADE),
            ("refund_id", OPEN_REFUND),
        ];
        let mut params: BTreeMap<String, String> = ids.map(|(k, v)| (k.to_owned(), v.to_string())).into();
        params.insert("rate_type".into(), "get".into());
        params.insert("code".into(), "x".into());
        let mut out = Vec::new();
        for (name, handler) in HANDLERS.iter().filter(|(n, _)| n.ends_with("get") || n.ends_with("search")) {
            // Lists are wanted whole, so the ids stand only in calls of single things.
            let mut params = params.clone();
            if name.contains("traderates") || name.contains("logistics.orders") {
                params.remove("tid");
                params.remove("num_iid");
            }
            let args = Args { params: &params, files: &[], now };
            let Ok(answer) = handler(&mut World::seeded(1, now, &[]), &args) else { continue };
            let Some(api) = catalogue.method(name) else { continue };
            for field in &api.method.response {
                let value = answer.get(&field.name.value).unwrap_or(&Value::Null);
                misfits(api, &field.ty.value, value, &format!("{name} {}", field.name.value), &mut out);
            }
            let known = |key: &String| api.method.response.iter().any(|f| f.name.value == *key);
            out.extend(answer.keys().filter(|k| !known(k)).map(|k| format!("{name} has no {k}")));
        }
        out.sort();
        out.dedup();
        assert!(out.is_empty(), "{}", out.join("\n"));
    }

    /// Values that are near what a handler expects, and far from it.
    fn values() -> impl Strategy<Value = String> {
        let known = [
            FIRST_ITEM,
            ITEM_WITH_SKUS,
            FIRST_SKU,
            PAID_TRADE,
            UNPAID_TRADE,
            SHIPPED_TRADE,
            OPEN_REFUND,
            i64::MAX,
            i64::MIN,
            -1,
            0,
            1,
            3,
        ];
        prop_oneof![
            proptest::sample::select(known.map(|id| id.to_string()).to_vec()),
            proptest::sample::select(
                [
                    "SF",
                    "good",
                    "true",
                    "2",
                    "1627207:28341;20509:28314",
                    "92233720368547758.07",
                    "2026-01-05 10:00:00",
                    "9999-12-31 23:59:59",
                    "0000-01-01 00:00:00",
                    ":",
                    ";",
                    ",",
                    ""
                ]
                .map(str::to_owned)
                .to_vec()
            ),
            (1..9_i64, any::<i64>()).prop_map(|(n, q)| format!("{}:{q}", FIRST_SKU + n)),
            ".{0,6}",
        ]
    }

    proptest! {
        #[test]
        fn no_argument_makes_a_handler_panic(calls in proptest::collection::vec((0..HANDLERS.len(), proptest::collection::vec(values(), NAMES.len())), 1..12)) {
            let now = Time::from_millis(1_767_578_400_000);
            let mut world = World::seeded(1, now, &[]);
            for (at, values) in calls {
                let params: BTreeMap<String, String> = NAMES.iter().map(|n| (*n).to_owned()).zip(values).collect();
                let _ = HANDLERS[at].1(&mut world, &Args { params: &params, files: &[], now });
                assert!(world.items.values().all(|i| i.num >= 0 && i.skus.iter().all(|s| s.quantity >= 0)));
            }
        }
    }

    const NAMES: [&str; 24] = [
        "num_iid",
        "num_iids",
        "sku_id",
        "tid",
        "oid",
        "refund_id",
        "quantity",
        "type",
        "num",
        "price",
        "post_fee",
        "days",
        "page_no",
        "page_size",
        "skuid_quantities",
        "properties",
        "start_modified",
        "end_modified",
        "company_code",
        "out_sid",
        "sub_tid",
        "result",
        "order_by",
        "position",
    ];
}
