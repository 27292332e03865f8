//! Derive macros of `topsdk`: [`Model`], [`Request`] and [`OpenEnum`].
//!
//! They are re-exported by `topsdk` beside the traits of the same names; use them from there. The generated methods use the
//! same derives, so a structure of your own for a method that `topsdk` does not have is a full equal of the built-in ones:
//!
//! ```ignore
//! use topsdk::{Model, Request};
//!
//! /// How many visitors a shop had.
//! #[derive(Clone, Request)]
//! #[top(method = "taobao.shop.visitors.get", response = VisitorsGetResponse, session = required, effect = read)]
//! pub struct VisitorsGet {
//!     /// Number of the shop.
//!     pub shop_id: i64,
//!     /// Only from this page of the shop.
//!     #[top(name = "pageName", max_length = 64)]
//!     pub page_name: Option<String>,
//! }
//!
//! /// What it answers.
//! #[derive(Model)]
//! pub struct VisitorsGetResponse {
//!     /// One entry a day, newest first.
//!     pub days: Vec<VisitorDay>,
//! }
//!
//! /// Visitors of one day.
//! #[derive(Model)]
//! pub struct VisitorDay {
//!     /// Different visitors.
//!     pub visitors: Option<i64>,
//! }
//!
//! let request = VisitorsGet::new(1001).page_name("home");
//! ```
//!
//! # Pipeline
//!
//! `ast` is a typed view over the input, filled with the help of `attr`; `valid` holds every rejection; `expand` only quotes;
//! `fallback` writes stubs beside an error, so that one mistake gives one message.

mod ast;
mod attr;
mod doc;
mod errors;
mod expand;
mod fallback;
mod paging;
mod ty;
mod valid;

#[cfg(test)]
mod tests;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Derives what a structure in an answer needs: its fields as data, `Clone`, `Debug` without sensitive values, `Default`,
/// `PartialEq`, and serde's traits where `topsdk` has its `serde` feature.
///
/// All of them go through the table of fields, which costs less to compile than std's derives; do not name those beside it. The
/// structure has named fields and no generics. A field is an `Option<T>`
/// (`None`: not in the answer), a `Vec<T>` (empty: not in the answer), an `Option<Box<T>>` for a structure that contains itself,
/// or a bare `T` with a default.
///
/// ```ignore
/// #[derive(Model)]
/// pub struct Trade {
///     /// Trade id.
///     pub tid: Option<i64>,
///     /// Phone of the receiver.
///     #[top(sensitive(phone))]
///     pub receiver_mobile: Option<String>,
///     /// What was bought.
///     pub orders: Vec<Order>,
///     /// Variants that can be bought.
///     #[top(name = "skuList", element = "sku_d_t_o")]
///     pub skus: Vec<Sku>,
/// }
/// ```
///
/// # Keys of a field
///
/// | key | meaning |
/// |---|---|
/// | `name = "sellerNick"` | name on the wire; default: the field's own |
/// | `element = "sku_d_t_o"` | key of a list's elements; default: by the platform's rule from the element type's name |
/// | `sensitive(phone)` | never shown; one of `name phone address nick email id account secret text` |
/// | `max_length = 10` | longest text, in UTF-16 units |
/// | `max_items = 20` | most elements of a list |
/// | `min = 1`, `max = 100` | bounds of a number, inclusive |
/// | `max_bytes = 512000` | largest file |
/// | `required` | a request that holds the structure must fill it, though it is an `Option<T>` or a `Vec<T>` |
/// | `ask_as = "sku"` | name in a `fields` parameter where it differs from the one in the answer |
#[proc_macro_derive(Model, attributes(top))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    expand::model::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Derives a request: its method's facts, its parameters as data, a constructor that takes the required ones and a consuming
/// setter for each of the others, `Debug` without sensitive values, `PartialEq`, and serde's `Serialize` where `topsdk` has its
/// `serde` feature.
///
/// Derive `Clone` from std beside it. A parameter is required unless it is an `Option<T>` or a `Vec<T>`. One with the name of a
/// common parameter (`session`, `timestamp`, `v`, ...) wins over the client's; `method`, `app_key`, `sign_method` and `sign` are
/// the client's alone and refused.
///
/// ```ignore
/// #[derive(Clone, Request)]
/// #[top(method = "taobao.trade.get", response = TradeGetResponse, session = required, effect = read)]
/// pub struct TradeGet {
///     /// Which fields of the trade to answer.
///     #[top(fields(Trade, except("receiver_mobile")))]
///     pub fields: Fields,
///     /// Trade id.
///     pub tid: i64,
///     /// Numbers of the orders to show.
///     #[top(max_items = 20)]
///     pub order_ids: Vec<i64>,
/// }
///
/// let request = TradeGet::new("tid,status", 2231958349).order_ids([1, 2]);
/// ```
///
/// # Keys of the structure
///
/// | key | meaning |
/// |---|---|
/// | `method = "taobao.trade.get"` | the method's name; must be given |
/// | `response = TradeGetResponse` | the answer, a type with [`Model`]; must be given |
/// | `error = TradeGetError` | the method's sub codes, a type with [`OpenEnum`]; default: `topsdk::AnySubCode` |
/// | `errors = ERRORS` | path of a `&'static [SubCode]`: meaning and remedy of the sub codes; default: none |
/// | `session = optional` | whether a user's token is needed: `required`, `optional` (default) or `none` |
/// | `effect = write` | what calling it twice does: `read`, `idempotent` or `write` (default); decides on retries |
/// | `tier = "basic"` | name of the rate tier by which calls are counted; default: `basic` |
/// | `split(num_iids, items)` | a call with a longer list in `num_iids` than its `max_items` may be [split](split/index.html), and the `items` of the answers put together; there may be more lists after the first |
/// | `cache(ttl = 60, tags("item:num_iid"))` | of a read: seconds for which a cache may use its answer again, and what it shows |
/// | `invalidates("item:num_iid")` | of a write: tags of the reads whose cached answers it makes old |
/// | `paging(page = "page_no", ..)` | that the answers are pages of a list: see below |
///
/// # Keys of `paging`
///
/// With `paging(..)`, calls of the request have `pages()` and `items()`. Parameters are named as on the wire, fields of the answer by
/// their path on the wire: `result.total`.
///
/// | key | meaning |
/// |---|---|
/// | `page = "page_no"` | parameter with the number of the page; `first = 0` where the first is not 1 |
/// | `offset = "offset"` | or the parameter with the number of rows before the page |
/// | `scroll = "scroll_id", next = "scroll_id"` | or the parameter that names the page, and the field with its next value |
/// | `items = result.trades, item = Trade` | the rows, by Rust names: the path from the answer, and their type; must be given |
/// | `size = "page_size", max_size = 100` | parameter with the rows of a page, and what is asked for by default |
/// | `total = "total_results"` | field with the number of rows on all pages |
/// | `has_next = "has_next"` | field that says whether another page follows |
/// | `use_has_next = "use_has_next"` | parameter that asks for it in place of the total |
/// | `key("tid")` | fields of a row by which it is known again |
/// | `window(from = "start", to = "end", by = "modified", sorted, max = 86400, step = 1800)` | parameters that bound the list in time, the row's field with that time, whether rows come latest first, the longest and the best window in seconds |
///
/// # Keys of a field
///
/// Those of [`Model`] without `ask_as`, and
///
/// | key | meaning |
/// |---|---|
/// | `required` | the call needs it, though it is a `Vec<T>` |
/// | `fields(Trade)` | of a parameter of type `Fields`: the structure whose fields can be asked for |
/// | `fields(Trade, only("tid", "status"))` | these alone can be |
/// | `fields(Trade, except("buyer_nick"))` | all but these can be |
///
/// `String`, `Fields` and `Json` arguments are taken as `impl Into<..>`, a `Vec<T>` as anything that can be iterated; the rest by
/// value. A field's documentation and `#[deprecated]` are repeated on its setter.
#[proc_macro_derive(Request, attributes(top))]
pub fn derive_request(input: TokenStream) -> TokenStream {
    expand::request::derive(&parse_macro_input!(input as DeriveInput)).into()
}

/// Derives an enum that keeps values it does not know: `OpenEnum`, conversion from text, `Display` and `Debug` (both the value on
/// the wire), and use as a field.
///
/// Derive `Clone`, `PartialEq`, `Eq` and `Hash` from std beside it. Every variant states its value; the last one, by custom
/// called `Other`, holds whatever is not listed.
///
/// ```ignore
/// #[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
/// pub enum TradeStatus {
///     /// The buyer has not paid.
///     #[top("WAIT_BUYER_PAY")]
///     WaitBuyerPay,
///     /// A value that is not listed here.
///     Other(String),
/// }
/// ```
///
/// `#[top(integer)]` on the enum sends its values as numbers.
#[proc_macro_derive(OpenEnum, attributes(top))]
pub fn derive_open_enum(input: TokenStream) -> TokenStream {
    expand::open_enum::derive(&parse_macro_input!(input as DeriveInput)).into()
}
