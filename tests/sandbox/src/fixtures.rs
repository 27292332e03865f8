//! What every fresh sandbox holds, whatever its seed: names and ids to write tests and examples with.

/// Default app key.
pub const APP_KEY: &str = "12345678";
/// Default app secret.
pub const APP_SECRET: &str = "sandbox-secret";
/// Default session; it belongs to [`SELLER`].
pub const SESSION: &str = "sandbox-session";
/// Nick of the seller.
pub const SELLER: &str = "sandbox_seller";
/// User id of the seller.
pub const SELLER_ID: i64 = 2_200_000_000_001;

/// How many items the shop starts with.
pub const ITEM_COUNT: usize = 12;
/// How many trades the shop starts with.
pub const TRADE_COUNT: usize = 40;

/// On sale, without SKUs.
pub const FIRST_ITEM: i64 = 520_000_000_001;
/// On sale, with four SKUs.
pub const ITEM_WITH_SKUS: i64 = 520_000_000_002;
/// First SKU of [`ITEM_WITH_SKUS`].
pub const FIRST_SKU: i64 = 5_200_000_000_021;
/// In the warehouse, not on sale.
pub const ITEM_IN_STOCK: i64 = 520_000_000_011;

/// Paid, not shipped, one order, no memo. Its order has the same id.
pub const PAID_TRADE: i64 = 2_600_000_000_000_001_000;
/// Waits for the buyer's payment.
pub const UNPAID_TRADE: i64 = 2_600_000_000_000_001_010;
/// Shipped, waits for the buyer's confirmation.
pub const SHIPPED_TRADE: i64 = 2_600_000_000_000_001_020;
/// Paid, not shipped, two orders: the id plus 1 and plus 2.
pub const PAID_TRADE_TWO_ORDERS: i64 = 2_600_000_000_000_001_030;
/// Finished; neither side has rated.
pub const FINISHED_TRADE: i64 = 2_600_000_000_000_001_040;
/// Closed before it was paid.
pub const CLOSED_TRADE: i64 = 2_600_000_000_000_001_050;
/// Paid, with a memo and flag 1.
pub const TRADE_WITH_MEMO: i64 = 2_600_000_000_000_001_060;
/// Paid, its refund is [`OPEN_REFUND`].
pub const TRADE_WITH_REFUND: i64 = 2_600_000_000_000_001_070;

/// The buyer has asked; the seller has to answer.
pub const OPEN_REFUND: i64 = 131_000_000_000_000_701;
/// Closed by the buyer.
pub const CLOSED_REFUND: i64 = 131_000_000_000_001_501;
/// Paid back.
pub const SUCCESSFUL_REFUND: i64 = 131_000_000_000_002_301;
