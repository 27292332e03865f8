//! What the derives write, whole. `UPDATE_EXPECT=1 cargo test -p topsdk-macros` rewrites the expected text.

use expect_test::{Expect, expect};
use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::expand::{model, open_enum, request};

fn check(derive: fn(&DeriveInput) -> TokenStream, input: &str, expect: &Expect) {
    let input = syn::parse_str(input).unwrap();
    let file = syn::parse2(derive(&input)).unwrap();
    expect.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn a_model() {
    check(
        model::derive,
        r#"
        pub struct Trade {
            pub tid: Option<i64>,
            #[top(name = "sellerNick", sensitive(nick))]
            pub seller_nick: Option<String>,
            #[top(element = "sku_d_t_o")]
            pub skus: Vec<Sku>,
            #[deprecated]
            pub orders: Vec<Order>,
            pub r#type: Option<Box<Trade>>,
        }
        "#,
        &expect![[r##"
            #[allow(deprecated)]
            const _: () = {
                use ::topsdk::rt as __rt;
                static __SHAPE: __rt::Shape = __rt::Shape {
                    name: "Trade",
                    fields: &[
                        __rt::Field::new("tid"),
                        __rt::Field::new("sellerNick").sensitive(__rt::Sensitive::Nick),
                        __rt::Field::new("skus").list("sku_d_t_o"),
                        __rt::Field::new("orders").list("order"),
                        __rt::Field::new("type"),
                    ],
                    sorted: &[3, 1, 2, 0, 4],
                };
                impl __rt::Model for Trade {
                    const SHAPE: &'static __rt::Shape = &__SHAPE;
                    fn get(&self, slot: usize) -> ::core::option::Option<&dyn __rt::Value> {
                        ::core::option::Option::Some(
                            match slot {
                                0 => &self.tid,
                                1 => &self.seller_nick,
                                2 => &self.skus,
                                3 => &self.orders,
                                4 => &self.r#type,
                                _ => return ::core::option::Option::None,
                            },
                        )
                    }
                    fn get_mut(
                        &mut self,
                        slot: usize,
                    ) -> ::core::option::Option<&mut dyn __rt::Value> {
                        ::core::option::Option::Some(
                            match slot {
                                0 => &mut self.tid,
                                1 => &mut self.seller_nick,
                                2 => &mut self.skus,
                                3 => &mut self.orders,
                                4 => &mut self.r#type,
                                _ => return ::core::option::Option::None,
                            },
                        )
                    }
                }
                impl __rt::Element for Trade {
                    type Form = __rt::Structure;
                }
                impl ::core::default::Default for Trade {
                    fn default() -> Self {
                        Self {
                            tid: ::core::option::Option::None,
                            seller_nick: ::core::option::Option::None,
                            skus: ::std::vec::Vec::new(),
                            orders: ::std::vec::Vec::new(),
                            r#type: ::core::option::Option::None,
                        }
                    }
                }
                impl ::core::clone::Clone for Trade {
                    fn clone(&self) -> Self {
                        __rt::clone(self)
                    }
                }
                impl ::core::fmt::Debug for Trade {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        __rt::debug(self, f)
                    }
                }
                impl ::core::cmp::PartialEq for Trade {
                    fn eq(&self, other: &Self) -> bool {
                        __rt::eq(self, other)
                    }
                }
                __rt::serde_impls!(Trade);
            };
        "##]],
    );
}

#[test]
fn an_empty_model() {
    check(
        model::derive,
        "struct Nothing {}",
        &expect![[r#"
            const _: () = {
                use ::topsdk::rt as __rt;
                static __SHAPE: __rt::Shape = __rt::Shape {
                    name: "Nothing",
                    fields: &[],
                    sorted: &[],
                };
                impl __rt::Model for Nothing {
                    const SHAPE: &'static __rt::Shape = &__SHAPE;
                    fn get(&self, _: usize) -> ::core::option::Option<&dyn __rt::Value> {
                        ::core::option::Option::None
                    }
                    fn get_mut(&mut self, _: usize) -> ::core::option::Option<&mut dyn __rt::Value> {
                        ::core::option::Option::None
                    }
                }
                impl __rt::Element for Nothing {
                    type Form = __rt::Structure;
                }
                impl ::core::default::Default for Nothing {
                    fn default() -> Self {
                        Self {}
                    }
                }
                impl ::core::clone::Clone for Nothing {
                    fn clone(&self) -> Self {
                        __rt::clone(self)
                    }
                }
                impl ::core::fmt::Debug for Nothing {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        __rt::debug(self, f)
                    }
                }
                impl ::core::cmp::PartialEq for Nothing {
                    fn eq(&self, other: &Self) -> bool {
                        __rt::eq(self, other)
                    }
                }
                __rt::serde_impls!(Nothing);
            };
        "#]],
    );
}

#[test]
fn a_request() {
    check(
        request::derive,
        r#"
        #[top(method = "taobao.trade.get", response = TradeGetResponse, error = TradeGetError, errors = ERRORS)]
        #[top(session = required, effect = read)]
        pub struct TradeGet {
            /// Which fields to answer,
            /// by name.
            ///
            /// More.
            #[top(fields(Trade, except("buyer_nick")))]
            pub fields: Fields,
            pub tid: i64,
            #[top(required, max_items = 20)]
            pub ids: Vec<i64>,
            /// Open address id.
            #[top(max_length = 64)]
            #[deprecated = "Use `oaid`."]
            pub include_oaid: Option<String>,
            #[top(min = -1, max = 5)]
            pub flag: Option<TradeFlag>,
            pub names: Vec<String>,
        }
        "#,
        &expect![[r##"
            #[allow(deprecated)]
            const _: () = {
                use ::topsdk::rt as __rt;
                static __SHAPE: __rt::Shape = __rt::Shape {
                    name: "TradeGet",
                    fields: &[
                        __rt::Field::new("fields")
                            .required()
                            .select(
                                &__rt::Select {
                                    shape: <Trade as __rt::Model>::SHAPE,
                                    only: &[],
                                    except: &["buyer_nick"],
                                },
                            ),
                        __rt::Field::new("tid").required(),
                        __rt::Field::new("ids")
                            .list("number")
                            .limits(
                                &__rt::Limits {
                                    max_items: ::core::option::Option::Some(20),
                                    ..__rt::Limits::NONE
                                },
                            )
                            .required(),
                        __rt::Field::new("include_oaid")
                            .limits(
                                &__rt::Limits {
                                    max_length: ::core::option::Option::Some(64),
                                    ..__rt::Limits::NONE
                                },
                            ),
                        __rt::Field::new("flag")
                            .limits(
                                &__rt::Limits {
                                    min: ::core::option::Option::Some(-1),
                                    max: ::core::option::Option::Some(5),
                                    ..__rt::Limits::NONE
                                },
                            ),
                        __rt::Field::new("names").list("string"),
                    ],
                    sorted: &[0, 4, 2, 3, 5, 1],
                };
                impl __rt::Record for TradeGet {
                    fn shape(&self) -> &'static __rt::Shape {
                        &__SHAPE
                    }
                    fn get(&self, slot: usize) -> ::core::option::Option<&dyn __rt::Value> {
                        ::core::option::Option::Some(
                            match slot {
                                0 => &self.fields,
                                1 => &self.tid,
                                2 => &self.ids,
                                3 => &self.include_oaid,
                                4 => &self.flag,
                                5 => &self.names,
                                _ => return ::core::option::Option::None,
                            },
                        )
                    }
                }
                impl ::core::fmt::Debug for TradeGet {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        __rt::debug(self, f)
                    }
                }
                impl ::core::cmp::PartialEq for TradeGet {
                    fn eq(&self, other: &Self) -> bool {
                        __rt::eq(self, other)
                    }
                }
                impl __rt::Request for TradeGet {
                    type Response = TradeGetResponse;
                    type Error = TradeGetError;
                    const INFO: &'static __rt::MethodInfo = &__rt::MethodInfo::new(
                            "taobao.trade.get",
                        )
                        .session(__rt::Session::Required)
                        .effect(__rt::Effect::Read)
                        .errors(ERRORS);
                }
                __rt::request_impls!(TradeGet);
            };
            #[allow(deprecated)]
            impl TradeGet {
                /**A call of `taobao.trade.get` with what it must have.

            - `fields`: Which fields to answer, by name.
            - `tid`
            - `ids`*/
                #[must_use]
                pub fn new(
                    fields: impl ::core::convert::Into<Fields>,
                    tid: i64,
                    ids: impl ::core::iter::IntoIterator<Item = i64>,
                ) -> Self {
                    Self {
                        fields: fields.into(),
                        tid,
                        ids: ids.into_iter().map(::core::convert::Into::into).collect(),
                        include_oaid: ::core::default::Default::default(),
                        flag: ::core::default::Default::default(),
                        names: ::core::default::Default::default(),
                    }
                }
                /// Open address id.
                #[deprecated = "Use `oaid`."]
                #[must_use]
                pub fn include_oaid(
                    mut self,
                    include_oaid: impl ::core::convert::Into<String>,
                ) -> Self {
                    self.include_oaid = ::core::option::Option::Some(include_oaid.into());
                    self
                }
                ///Sets `flag`.
                #[must_use]
                pub fn flag(mut self, flag: TradeFlag) -> Self {
                    self.flag = ::core::option::Option::Some(flag);
                    self
                }
                ///Sets `names`.
                #[must_use]
                pub fn names(
                    mut self,
                    names: impl ::core::iter::IntoIterator<Item = impl ::core::convert::Into<String>>,
                ) -> Self {
                    self.names = names.into_iter().map(::core::convert::Into::into).collect();
                    self
                }
            }
        "##]],
    );
}

#[test]
fn a_list() {
    check(
        request::derive,
        r#"
        #[top(
            method = "taobao.trades.get",
            response = TradesGetResponse,
            paging(
                page = "page_no", first = 0, size = "page_size", max_size = 100, total = "result.total", has_next = "more",
                items = result.trades, item = Trade, key("tid", "oid"),
                window(from = "start", to = "end", by = "modified", sorted, max = 86400, step = 1800)
            )
        )]
        pub struct TradesGet {
            pub page_no: Option<i64>,
            pub page_size: Option<i64>,
            pub start: Option<DateTime>,
            pub end: Option<DateTime>,
        }
        "#,
        &expect![[r#"
            const _: () = {
                use ::topsdk::rt as __rt;
                static __SHAPE: __rt::Shape = __rt::Shape {
                    name: "TradesGet",
                    fields: &[
                        __rt::Field::new("page_no"),
                        __rt::Field::new("page_size"),
                        __rt::Field::new("start"),
                        __rt::Field::new("end"),
                    ],
                    sorted: &[3, 0, 1, 2],
                };
                impl __rt::Record for TradesGet {
                    fn shape(&self) -> &'static __rt::Shape {
                        &__SHAPE
                    }
                    fn get(&self, slot: usize) -> ::core::option::Option<&dyn __rt::Value> {
                        ::core::option::Option::Some(
                            match slot {
                                0 => &self.page_no,
                                1 => &self.page_size,
                                2 => &self.start,
                                3 => &self.end,
                                _ => return ::core::option::Option::None,
                            },
                        )
                    }
                }
                impl ::core::fmt::Debug for TradesGet {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        __rt::debug(self, f)
                    }
                }
                impl ::core::cmp::PartialEq for TradesGet {
                    fn eq(&self, other: &Self) -> bool {
                        __rt::eq(self, other)
                    }
                }
                impl __rt::Request for TradesGet {
                    type Response = TradesGetResponse;
                    type Error = __rt::AnySubCode;
                    const INFO: &'static __rt::MethodInfo = &__rt::MethodInfo::new(
                        "taobao.trades.get",
                    );
                }
                impl __rt::Paged for TradesGet {
                    type Item = Trade;
                    const PAGING: &'static __rt::Paging = &__rt::Paging::new(__rt::PageBy::Number {
                            parameter: "page_no",
                            first: ::core::option::Option::Some(0),
                        })
                        .size("page_size")
                        .max_size(100)
                        .total("result.total")
                        .has_next("more")
                        .key(&["tid", "oid"])
                        .window(
                            &__rt::TimeWindow::new("start", "end")
                                .by("modified")
                                .sorted()
                                .max(86400)
                                .step(1800),
                        );
                    fn items(
                        response: &mut TradesGetResponse,
                    ) -> ::core::option::Option<&mut ::std::vec::Vec<Trade>> {
                        let response = response.result.as_mut()?;
                        ::core::option::Option::Some(&mut response.trades)
                    }
                }
                __rt::request_impls!(TradesGet);
            };
            impl TradesGet {
                ///A call of `taobao.trades.get`.
                #[must_use]
                pub fn new() -> Self {
                    Self {
                        page_no: ::core::default::Default::default(),
                        page_size: ::core::default::Default::default(),
                        start: ::core::default::Default::default(),
                        end: ::core::default::Default::default(),
                    }
                }
                ///Sets `page_no`.
                #[must_use]
                pub fn page_no(mut self, page_no: i64) -> Self {
                    self.page_no = ::core::option::Option::Some(page_no);
                    self
                }
                ///Sets `page_size`.
                #[must_use]
                pub fn page_size(mut self, page_size: i64) -> Self {
                    self.page_size = ::core::option::Option::Some(page_size);
                    self
                }
                ///Sets `start`.
                #[must_use]
                pub fn start(mut self, start: DateTime) -> Self {
                    self.start = ::core::option::Option::Some(start);
                    self
                }
                ///Sets `end`.
                #[must_use]
                pub fn end(mut self, end: DateTime) -> Self {
                    self.end = ::core::option::Option::Some(end);
                    self
                }
            }
        "#]],
    );
}

#[test]
fn an_open_enum() {
    check(
        open_enum::derive,
        r#"
        #[top(integer)]
        pub enum TradeFlag {
            #[top("0")]
            Grey,
            #[top("1")]
            Red,
            Other(String),
        }
        "#,
        &expect![[r#"
            const _: () = {
                use ::topsdk::rt as __rt;
                impl __rt::OpenEnum for TradeFlag {
                    fn from_wire(value: &str) -> Self {
                        match <Self as __rt::OpenEnum>::try_from_wire(value) {
                            ::core::option::Option::Some(known) => known,
                            ::core::option::Option::None => {
                                Self::Other(::std::borrow::ToOwned::to_owned(value))
                            }
                        }
                    }
                    fn try_from_wire(value: &str) -> ::core::option::Option<Self> {
                        match value {
                            "0" => ::core::option::Option::Some(Self::Grey),
                            "1" => ::core::option::Option::Some(Self::Red),
                            _ => ::core::option::Option::None,
                        }
                    }
                    fn as_str(&self) -> &str {
                        match self {
                            Self::Grey => "0",
                            Self::Red => "1",
                            Self::Other(value) => value,
                        }
                    }
                }
                impl __rt::Element for TradeFlag {
                    type Form = __rt::Listed<true>;
                }
                impl ::core::convert::From<&str> for TradeFlag {
                    fn from(value: &str) -> Self {
                        __rt::OpenEnum::from_wire(value)
                    }
                }
                impl ::core::convert::From<::std::string::String> for TradeFlag {
                    fn from(value: ::std::string::String) -> Self {
                        __rt::OpenEnum::from_wire(&value)
                    }
                }
                impl ::core::fmt::Display for TradeFlag {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.pad(__rt::OpenEnum::as_str(self))
                    }
                }
                impl ::core::fmt::Debug for TradeFlag {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str(__rt::OpenEnum::as_str(self))
                    }
                }
            };
        "#]],
    );
}

#[test]
fn a_wrong_attribute_leaves_the_rest() {
    check(
        request::derive,
        r#"
        #[top(method = "taobao.time.get", respons = A, response = B)]
        pub(crate) struct TimeGet {
            #[top(max = "x", name = "")]
            zone: Option<i64>,
        }
        "#,
        &expect![[r#"
            ::core::compile_error! {
                "expected integer literal"
            }
            ::core::compile_error! {
                "unknown key; known: `method`, `response`, `error`, `errors`, `session`, `effect`, `tier`, `split`, `cache`, `invalidates`, `paging`"
            }
            ::core::compile_error! {
                "the name is empty"
            }
            const _: () = {
                use ::topsdk::rt as __rt;
                static __SHAPE: __rt::Shape = __rt::Shape {
                    name: "TimeGet",
                    fields: &[__rt::Field::new("")],
                    sorted: &[0],
                };
                impl __rt::Record for TimeGet {
                    fn shape(&self) -> &'static __rt::Shape {
                        &__SHAPE
                    }
                    fn get(&self, slot: usize) -> ::core::option::Option<&dyn __rt::Value> {
                        ::core::option::Option::Some(
                            match slot {
                                0 => &self.zone,
                                _ => return ::core::option::Option::None,
                            },
                        )
                    }
                }
                impl ::core::fmt::Debug for TimeGet {
                    fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        __rt::debug(self, f)
                    }
                }
                impl ::core::cmp::PartialEq for TimeGet {
                    fn eq(&self, other: &Self) -> bool {
                        __rt::eq(self, other)
                    }
                }
                impl __rt::Request for TimeGet {
                    type Response = B;
                    type Error = __rt::AnySubCode;
                    const INFO: &'static __rt::MethodInfo = &__rt::MethodInfo::new(
                        "taobao.time.get",
                    );
                }
                __rt::request_impls!(TimeGet);
            };
            impl TimeGet {
                ///A call of `taobao.time.get`.
                #[must_use]
                pub(crate) fn new() -> Self {
                    Self {
                        zone: ::core::default::Default::default(),
                    }
                }
                ///Sets ``.
                #[must_use]
                pub(crate) fn zone(mut self, zone: i64) -> Self {
                    self.zone = ::core::option::Option::Some(zone);
                    self
                }
            }
        "#]],
    );
}
