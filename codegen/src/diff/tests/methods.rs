//! Changes of `domain.yaml` and of methods as a whole.

use super::{CLOSE, LIST, Row, SHOP, SHOP_GET};

pub(super) const ROWS: &[Row<'static>] = &[
    // domain.yaml
    (
        &[("shop/domain.yaml", "", SHOP), ("shop/taobao.shop.get.yaml", "", SHOP_GET)],
        &[
            "minor domain-added | shop: module and feature `shop` added",
            "minor method-added | shop taobao.shop.get: added",
        ],
    ),
    (
        &[("domain", "tier: trade", "core: true\ntier: trade")],
        &["minor domain-default | : among the default features now"],
    ),
    (&[("domain", "tier: trade", "crate: sales\ntier: trade")], &["patch domain-crate | : crate none -> sales"]),
    (
        &[
            ("domain", "tier: trade", "tier: fast"),
            ("platform", "tiers: { trade", "tiers: { fast: { per_minute: 9, doc: F. }, trade"),
        ],
        &["minor domain-tier | : rate tier trade -> fast", "minor tier-changed | tiers.fast: calls a minute none -> 9"],
    ),
    (
        &[
            ("domain", "title: Trades", "title: Sales"),
            ("domain", "交易", "买卖"),
            ("domain", "Trades and", "Sales and"),
        ],
        &[
            "patch doc-changed | : Chinese title changed",
            "patch doc-changed | : doc changed",
            "patch doc-changed | : title changed",
        ],
    ),
    // What one domain says for its methods is told where it is felt; the other method has a session of its own.
    (&[("domain", "session: required", "session: none")], &["minor session-none | close: session required -> none"]),
    // Methods.
    (&[("close", CLOSE, "-")], &["breaking method-removed | close: removed"]),
    (
        &[("get", "session: optional", "session: required")],
        &["breaking session-required | get: session optional -> required"],
    ),
    (
        &[("close", "effect: write", "effect: write\nsession: optional")],
        &["minor session-optional | close: session required -> optional"],
    ),
    (&[("get", "effect: idempotent", "effect: write")], &["minor effect-stricter | get: effect idempotent -> write"]),
    (&[("get", "effect: idempotent", "effect: read")], &["minor effect-looser | get: effect idempotent -> read"]),
    (
        &[("get", "effect: idempotent", "effect: idempotent\nsplit: pages"), ("get", "note: Note", LIST)],
        &["minor field-added | get response.ids: `i64[]` added", "minor split-added | get: split none -> pages"],
    ),
    (
        &[("get", "effect: idempotent", "effect: read\ncache: { ttl: 60, tags: [all] }")],
        &[
            "minor cache-changed | get: cache none -> 60 s [all]",
            "minor effect-looser | get: effect idempotent -> read",
        ],
    ),
    (
        &[("get", "paging: { page: tid, items: note.lines }\n", "")],
        &["breaking paging-removed | get paging: `pages()` and `items()` are gone"],
    ),
    (
        &[("get", "items: note.lines", "items: trade.orders")],
        &["breaking paging-items | get paging: items note.lines -> trade.orders"],
    ),
    (
        &[("get", "page: tid, items", "page: tid, first: 0, items")],
        &["breaking paging-first | get paging: first 1 -> 0"],
    ),
    (
        &[("get", "page: tid, items", "page: tid, first: given, items")],
        &["breaking paging-first | get paging: first 1 -> given"],
    ),
    (
        &[("get", "page: tid, items", "offset: tid, items")],
        &["minor paging-changed | get paging: how pages are read changed"],
    ),
    (
        &[(
            "close",
            "response: { ok: bool }",
            "response: { ok: bool, ids: 'i64[]' }\npaging: { offset: tid, items: ids }",
        )],
        &[
            "minor field-added | close response.ids: `i64[]` added",
            "minor paging-added | close paging: `pages()` and `items()` are there",
        ],
    ),
    (
        &[("close", "effect: write", "deprecated: Use x.\neffect: write")],
        &["minor deprecated | close: deprecated: Use x."],
    ),
    (
        &[
            ("close", "hash: \"a\"", "hash: \"new\""),
            (
                "close",
                "effect: write",
                "doc_id: 9\nsummary: Closes.\ndescription: More.\norigin: legacy\neffect: write",
            ),
        ],
        &[
            "patch doc-changed | close: description added",
            "patch doc-changed | close: origin changed",
            "patch doc-changed | close: page of the documentation changed",
            "patch doc-changed | close: summary added",
        ],
    ),
    (
        &[("close", "effect: write", "guessed: [effect]\neffect: write")],
        &["patch doc-changed | close: what is guessed changed"],
    ),
    (
        &[("close", "response: {", "example: { request: { tid: 1 }, response: { ok: true } }\nresponse: {")],
        &["patch example-changed | close: example added"],
    ),
];
