//! Sub codes of the shop's own refusals, in one place so that they can be held against the specs.

/// No such item, or not the seller's.
pub(crate) const ITEM_NOT_EXIST: &str = "isv.item-not-exist";
/// No such SKU on the item.
pub(crate) const SKU_NOT_EXIST: &str = "isv.invalid-parameter:sku_id";
/// No SKU, or already one, with these properties.
pub(crate) const SKU_PROPERTIES: &str = "isv.invalid-parameter:properties";
/// Stock would fall below zero.
pub(crate) const STOCK_NEGATIVE: &str = "isv.invalid-parameter:quantity";
/// The stock cannot be changed this way.
pub(crate) const STOCK_REFUSED: &str = "isv.item-quantity-item-update-service-error";
/// No such trade or order, or not the seller's.
pub(crate) const TRADE_NOT_EXIST: &str = "isv.trade-not-exist";
/// The trade is not where the call wants it.
pub(crate) const TRADE_STATUS: &str = "isp.trade-service-failed";
/// The order cannot be changed any more.
pub(crate) const ORDER_FIXED: &str = "isv.invalid-permission";
/// The trade has a memo already.
pub(crate) const MEMO_EXISTS: &str = "isv.invalid-parameter:memo";
/// A shipment that cannot be confirmed; the reason follows.
pub(crate) const CONFIRM_REFUSED: &str = "isv.logistics-confirm-service-error";
/// Nothing of the trade is on its way.
pub(crate) const NO_TRACE: &str = "isv.invalid-parameter:tid";
/// No such refund.
pub(crate) const REFUND_NOT_EXIST: &str = "isv.refund-not-exist";
/// The refund is not where the call wants it.
pub(crate) const REFUND_STATUS: &str = "isv.refund-service-error";
/// The order was rated before, or cannot be rated yet.
pub(crate) const RATING_REFUSED: &str = "isv.rate-service-error";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn the_specs_know_every_code() {
        let ship = [
            "isv.logistics-online-service-error",
            "isv.logistics-offline-service-error",
            "isv.logistics-dummy-service-error",
        ];
        let catalogue = Catalogue::embedded();
        for (method, code) in [
            ("taobao.item.seller.get", ITEM_NOT_EXIST),
            ("taobao.item.sku.get", SKU_NOT_EXIST),
            ("taobao.item.sku.add", SKU_PROPERTIES),
            ("taobao.item.quantity.update", STOCK_NEGATIVE),
            ("taobao.item.quantity.update", STOCK_REFUSED),
            ("taobao.trade.fullinfo.get", TRADE_NOT_EXIST),
            ("taobao.trade.close", TRADE_STATUS),
            ("taobao.trade.postage.update", TRADE_STATUS),
            ("taobao.trade.receivetime.delay", TRADE_STATUS),
            ("taobao.trade.shippingaddress.update", ORDER_FIXED),
            ("taobao.trade.ordersku.update", ORDER_FIXED),
            ("taobao.trade.memo.add", MEMO_EXISTS),
            ("taobao.logistics.online.send", ship[0]),
            ("taobao.logistics.offline.send", ship[1]),
            ("taobao.logistics.dummy.send", ship[2]),
            ("taobao.logistics.online.confirm", CONFIRM_REFUSED),
            ("taobao.logistics.trace.search", NO_TRACE),
            ("taobao.refund.get", REFUND_NOT_EXIST),
            ("taobao.refund.refuse", REFUND_STATUS),
            ("taobao.traderate.add", RATING_REFUSED),
        ] {
            let family = code.split(':').next().unwrap();
            let api = catalogue.method(method).unwrap();
            assert!(api.method.errors.iter().any(|e| e.code.value == family), "{method} {family}");
        }
    }
}
