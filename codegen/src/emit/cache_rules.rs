//! What a cache has to know of methods that are called by name or come from a queue, where no typed request tells it.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use crate::emit::Outline;
use crate::emit::outline::CacheRow;

/// The items of `cache_rules.rs`.
pub(super) fn items(domains: &[Outline]) -> Vec<TokenStream> {
    let rules: BTreeMap<&String, &CacheRow> = domains.iter().flat_map(|domain| &domain.rules).collect();
    let rows = rules.iter().map(|(name, CacheRow { ttl, tags })| {
        let ttl = match ttl {
            Some(ttl) => {
                let ttl = Literal::i64_unsuffixed(*ttl);
                quote!(Some(#ttl))
            }
            None => quote!(None),
        };
        quote!((#name, #ttl, &[#(#tags),*]))
    });
    vec![
        quote! {
            /// Name; of a read the seconds for which its answers are kept; what they show, or what a write makes old.
            pub(crate) type CacheRow = (&'static str, Option<u32>, &'static [&'static str]);
        },
        quote! {
            /// The methods of which the specs say it, sorted by name.
            pub(crate) static CACHE_RULES: &[CacheRow] = &[#(#rows),*];
        },
    ]
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::diagnostics::testing::{load, method};
    use crate::emit::print;

    #[test]
    fn rows() {
        let read = method("cache: { ttl: 60, tags: [shop, \"trade:tid\"] }\nrequest: { tid: i64 }\n");
        let plain = method("cache: { ttl: 5 }\n").replace("trade.get", "trade.list");
        let none = method("").replace("trade.get", "trade.more");
        let write = method("invalidates: [\"trade:tid\"]\nrequest: { tid: i64 }\n");
        let write = write.replace("trade.get", "trade.close").replace("effect: read", "effect: write");
        let loaded = load(&[
            ("trade/taobao.trade.get.yaml", &read),
            ("trade/taobao.trade.list.yaml", &plain),
            ("trade/taobao.trade.more.yaml", &none),
            ("trade/taobao.trade.close.yaml", &write),
        ]);
        expect![[r#"

            /// Name; of a read the seconds for which its answers are kept; what they show, or what a write makes old.
            pub(crate) type CacheRow = (&'static str, Option<u32>, &'static [&'static str]);

            /// The methods of which the specs say it, sorted by name.
            pub(crate) static CACHE_RULES: &[CacheRow] = &[
                ("taobao.trade.close", None, &["trade:tid"]),
                ("taobao.trade.get", Some(60), &["shop", "trade:tid"]),
                ("taobao.trade.list", Some(5), &[]),
            ];
        "#]]
        .assert_eq(&print(items(&Outline::all(&loaded.spec))).unwrap());
    }
}
