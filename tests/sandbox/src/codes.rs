//! Sub codes of the shop's own refusals, in one place so that they can be held against the specs.

/// No such item, or not the seller's.
pub(crate) const ITEM_NOT_EXIST: &str = "isv.item-not-exist";
/// No such SKU on the item.
pub(crate) const SKU_NOT_EXIST: &str = "isv.sku-not-exist";
/// The item has this SKU already.
pub(crate) const SKU_EXISTS: &str = "isv.sku-already-exist";
/// Stock would fall below zero.
pub(crate) const STOCK_NEGATIVE: &str = "isv.invalid-parameter:quantity";
/// No such trade, or not the seller's.
pub(crate) const TRADE_NOT_EXIST: &str = "isv.trade-not-exist";
/// No such order.
pub(crate) const ORDER_NOT_EXIST: &str = "isv.order-not-exist";
/// The trade is not where the call wants it.
pub(crate) const TRADE_STATUS: &str = "isv.trade-status-error";
/// The trade has a memo already.
pub(crate) const MEMO_EXISTS: &str = "isv.trade-memo-already-exist";
/// The trade cannot be shipped now.
pub(crate) const NOT_SHIPPABLE: &str = "isv.logistics-online-service-error:B04";
/// No shipment to confirm.
pub(crate) const NO_SHIPMENT: &str = "isv.logistics-order-not-exist";
/// No such carrier.
pub(crate) const NO_COMPANY: &str = "isv.logistics-company-not-exist";
/// No such refund.
pub(crate) const REFUND_NOT_EXIST: &str = "isv.refund-not-exist";
/// The refund is not where the call wants it.
pub(crate) const REFUND_STATUS: &str = "isv.refund-status-error";
/// The order was rated before.
pub(crate) const RATED: &str = "isv.trade-rated";
