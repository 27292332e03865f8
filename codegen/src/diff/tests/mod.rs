mod any;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::*;
use crate::diagnostic::Style;
use crate::diagnostics::testing::{DOMAIN, PLATFORM, load};

const GET: &str = "\
method: taobao.trade.get
source: { from: doc-center, id: 1, hash: \"a\", body: \"b\" }
summary: Reads.
session: optional
effect: idempotent
paging: { page: tid, items: note.lines }
request:
  fields: { type: fields(Trade), required: true }
  tid: { type: i64, required: true, max: 100 }
  nick: { type: string, max_length: 10, sensitive: nick, doc: A nick. }
  pages: { type: 'i64[]', max_items: 5, default: [1] }
  image: { type: bytes, max_bytes: 9 }
  where: Place
response:
  trade: { type: Trade, except: [skus] }
  note: Note
types:
  Note: { text: string, lines: 'Line[]' }
  Line: { text: string }
errors:
  isv.gone: { means: Gone., fix: Look., retry: never }
";

const CLOSE: &str = "\
method: taobao.trade.close
source: { from: doc-center, id: 2, hash: \"a\", body: \"b\" }
effect: write
request: { tid: { type: i64, required: true } }
response: { ok: bool }
";

const TYPES: &str = "\
types:
  Trade:
    $doc: A sale.
    tid: i64
    status: TradeStatus
    orders: 'Order[]'
    skus: { type: 'string[]', ask_as: sku }
  TradeStatus:
    enum: { OPEN: Open., DONE: }
  Order: { oid: i64, parent: OrderLink }
  OrderLink: { id: i64 }
  Place: { city: { type: string, required: true, max_length: 5 }, street: string }
";

/// Changes of the three files, and the lines that tell of them: class, rule, place and what.
type Row<'a> = (&'a [(&'a str, &'a str, &'a str)], &'a [&'a str]);

pub(super) fn state(edits: &[(&str, &str, &str)]) -> crate::model::Spec {
    let mut files: BTreeMap<&str, String> = [
        ("get", "trade/taobao.trade.get.yaml", GET),
        ("close", "trade/taobao.trade.close.yaml", CLOSE),
        ("types", "trade/types.yaml", TYPES),
        ("domain", "trade/domain.yaml", DOMAIN),
        ("platform", "platform.yaml", PLATFORM),
        ("glossary", "glossary.yaml", "tid: { en: Trade id., zh: 交易编号。 }\n"),
    ]
    .map(|(_, path, text)| (path, text.to_owned()))
    .into();
    for (file, from, to) in edits {
        let path = match *file {
            "get" => "trade/taobao.trade.get.yaml",
            "close" => "trade/taobao.trade.close.yaml",
            "types" => "trade/types.yaml",
            "domain" => "trade/domain.yaml",
            "platform" => "platform.yaml",
            "glossary" => "glossary.yaml",
            path => path,
        };
        if from.is_empty() {
            files.insert(path, (*to).to_owned());
            continue;
        }
        let text = files.get_mut(path).unwrap();
        assert!(text.contains(from), "{path} has no {from:?}");
        *text = text.replace(from, to);
    }
    let files: Vec<(&str, &str)> =
        files.iter().filter(|(_, text)| *text != "-").map(|(p, t)| (*p, t.as_str())).collect();
    let loaded = load(&files);
    let said: Vec<_> = loaded.diagnostics.iter().map(|d| d.render(&loaded.sources, Style::Plain)).collect();
    assert!(said.is_empty(), "{edits:?}\n{}", said.join("\n"));
    loaded.spec
}

fn lines(diff: &Diff) -> Vec<String> {
    let line = |c: &Change| {
        let method = c.method.strip_prefix("taobao.trade.").unwrap_or(&c.method);
        let place = [c.domain.strip_prefix("trade").unwrap_or(&c.domain), method, &c.place];
        let place: Vec<_> = place.into_iter().filter(|part| !part.is_empty()).collect();
        format!("{} {} | {}: {}", c.rule.class, c.rule.id, place.join(" "), c.what)
    };
    let mut lines: Vec<String> = diff.changes.iter().map(line).collect();
    lines.sort();
    lines
}

/// One domain `shop` with one method.
const SHOP: &str = "domain: shop\ntitle: S\ntitle_zh: 店\ndoc: Shops.\ntier: trade\nsession: none\n";
const SHOP_GET: &str = "\
method: taobao.shop.get
source: { from: doc-center, id: 3, hash: \"a\", body: \"b\" }
effect: read
request: {}
response: { ok: bool }
";

/// By place in the specs. Every rule of `docs/compatibility.md` is met here.
fn rows() -> Vec<Row<'static>> {
    vec![
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
            &[
                "minor domain-tier | : rate tier trade -> fast",
                "minor tier-changed | tiers.fast: calls a minute none -> 9",
            ],
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
        (
            &[("domain", "session: required", "session: none")],
            &["minor session-none | close: session required -> none"],
        ),
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
        (
            &[("get", "effect: idempotent", "effect: write")],
            &["minor effect-stricter | get: effect idempotent -> write"],
        ),
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
        // Parameters.
        (
            &[("get", "  nick: { type: string, max_length: 10, sensitive: nick, doc: A nick. }\n", "")],
            &["breaking parameter-removed | get request.nick: `string` removed"],
        ),
        (
            &[("close", "required: true } }", "required: true }, why: string }")],
            &["minor parameter-added | close request.why: `string` added"],
        ),
        (
            &[("close", "required: true } }", "required: true }, why: { type: string, required: true } }")],
            &["breaking parameter-added-required | close request.why: required `string` added"],
        ),
        (
            &[("get", "nick: { type: string,", "nick: { type: string, required: true,")],
            &["breaking parameter-required | get request.nick: required now: an argument of `new`"],
        ),
        (
            &[("close", ", required: true", "")],
            &["breaking parameter-optional | close request.tid: optional now: no argument of `new`"],
        ),
        (
            &[
                ("get", "  tid: { type: i64, required: true, max: 100 }\n", ""),
                ("get", "request:\n", "request:\n  tid: { type: i64, required: true, max: 100 }\n"),
            ],
            &["breaking arguments-reordered | get request: `new(fields, tid)` -> `new(tid, fields)`"],
        ),
        // The order of the others is nobody's concern.
        (
            &[
                ("get", "  image: { type: bytes, max_bytes: 9 }\n", ""),
                ("get", "  nick:", "  image: { type: bytes, max_bytes: 9 }\n  nick:"),
            ],
            &[],
        ),
        (
            &[("get", "where: Place", "where: 'Place[]'")],
            &["breaking type-changed | get request.where: type `Place` -> `Place[]`"],
        ),
        (
            &[("get", "nick: {", "Nick: {")],
            &["breaking wire-name-changed | get request.nick: name on the wire nick -> Nick"],
        ),
        // Another name in Rust too: one gone and one new.
        (
            &[("get", "nick: { type: string,", "nickname: { type: string,")],
            &[
                "breaking parameter-removed | get request.nick: `string` removed",
                "minor parameter-added | get request.nickname: `string` added",
            ],
        ),
        (
            &[
                ("get", "max: 100", "max: 99, min: -5"),
                ("get", "max_length: 10", "max_length: 9"),
                ("get", "max_items: 5", "max_items: 4"),
                ("get", "max_bytes: 9", "max_bytes: 8"),
            ],
            &[
                "breaking limit-tighter | get request.image: max_bytes 9 -> 8",
                "breaking limit-tighter | get request.nick: max_length 10 -> 9",
                "breaking limit-tighter | get request.pages: max_items 5 -> 4",
                "breaking limit-tighter | get request.tid: max 100 -> 99",
                "breaking limit-tighter | get request.tid: min none -> -5",
            ],
        ),
        (
            &[("get", ", max: 100", ""), ("get", "max_length: 10", "max_length: 11")],
            &[
                "minor limit-looser | get request.nick: max_length 10 -> 11",
                "minor limit-looser | get request.tid: max 100 -> none",
            ],
        ),
        (
            &[("get", "default: [1]", "default: [2]")],
            &["patch default-changed | get request.pages: default [1] -> [2]"],
        ),
        (&[("get", ", sensitive: nick", "")], &["minor sensitive-removed | get request.nick: not sensitive any more"]),
        (
            &[("get", "sensitive: nick", "sensitive: name")],
            &["patch sensitive-changed | get request.nick: another kind of sensitive data"],
        ),
        (
            &[("get", "type: i64, required: true, max", "type: i64, sensitive: id, required: true, max")],
            &["minor sensitive-added | get request.tid: sensitive now"],
        ),
        (
            &[("get", "doc: A nick.", "doc: Whose., deprecated: Gone.")],
            &[
                "minor deprecated | get request.nick: deprecated: Gone.",
                "patch doc-changed | get request.nick: doc changed",
            ],
        ),
        // Answers.
        (&[("close", "ok: bool", "ok: bool, tid: i64")], &["minor field-added | close response.tid: `i64` added"]),
        (
            &[("close", "ok: bool", "fine: bool")],
            &[
                "breaking field-removed | close response.ok: `bool` removed",
                "minor field-added | close response.fine: `bool` added",
            ],
        ),
        (
            &[("get", "except: [skus]", "except: [skus, orders]")],
            &["breaking selection-narrower | get response.trade: `Fields::all()` without `orders`"],
        ),
        (&[("get", "except: [skus]", "only: [tid, status, orders]")], &[]),
        (
            &[("get", ", except: [skus]", "")],
            &["minor selection-wider | get response.trade: `Fields::all()` with `skus`"],
        ),
        // No parameter selects from a note.
        (
            &[("get", "note: Note", "note: { type: Note, only: [text] }")],
            &["patch filled-changed | get response.note: `only` or `except` changed"],
        ),
        // Structures.
        (
            &[("types", "    tid: i64\n", "    tid: i64\n    price: money\n")],
            &["minor field-added | Trade.price: `money` added"],
        ),
        (
            &[("types", "    tid: i64\n", "    tid: string\n")],
            &["breaking type-changed | Trade.tid: type `i64` -> `string`"],
        ),
        (
            &[("types", "street: string", "street: string, code: { type: i64, required: true }")],
            &["breaking field-added-required | Place.code: required `i64` added"],
        ),
        (
            &[("types", "street: string", "street: { type: string, required: true, max_length: 3 }")],
            &[
                "breaking field-required | Place.street: required now",
                "breaking limit-tighter | Place.street: max_length none -> 3",
            ],
        ),
        (&[("types", "required: true, ", "")], &["minor field-optional | Place.city: optional now"]),
        // A structure that no request held: nobody can have felt its limits.
        (
            &[
                ("types", "oid: i64", "oid: { type: i64, required: true, max: 9 }"),
                ("close", "required: true } }", "required: true }, order: Order }"),
            ],
            &[
                "minor parameter-added | close request.order: `Order` added",
                "patch check-unused | Order.oid: max none -> 9",
                "patch check-unused | Order.oid: required now, in new requests",
            ],
        ),
        (
            &[("types", "ask_as: sku", "ask_as: sku.id")],
            &["breaking ask-name-changed | Trade.skus: asked for as sku -> sku.id"],
        ),
        (
            &[("types", "    tid: i64\n", "    tid: { type: i64, ask_as: id }\n")],
            &["minor ask-name-added | Trade.tid: asked for as `id`"],
        ),
        // A link that closes a circle puts fields into boxes that have not changed themselves.
        (
            &[("types", "OrderLink: { id: i64 }", "OrderLink: { id: i64, order: Order }")],
            &[
                "breaking type-changed | Order.parent: boxed now: the structure holds itself",
                "minor field-added | OrderLink.order: `Order` added",
            ],
        ),
        (&[("types", "    $doc: A sale.\n", "")], &["patch doc-changed | Trade: doc removed"]),
        (
            &[("types", "  Order: { oid", "  Order: { $wire: OrderDTO, oid")],
            &["breaking list-key-changed | Order: key in lists order -> order_d_t_o"],
        ),
        (
            &[("types", "  Place: { city", "  Place: { $wire: PlaceDTO, city")],
            &["patch doc-changed | Place: official name changed"],
        ),
        (
            &[
                ("types", "orders: 'Order[]'", "orders: 'Order[]'\n    first: Extra"),
                ("types", "  Place:", "  Extra: { a: i64 }\n  Place:"),
            ],
            &["minor field-added | Trade.first: `Extra` added", "minor type-added | Extra: `trade::Extra` added"],
        ),
        (
            &[("types", "parent: OrderLink", "parent: i64"), ("types", "  OrderLink: { id: i64 }\n", "")],
            &[
                "breaking type-changed | Order.parent: type `OrderLink` -> `i64`",
                "breaking type-removed | OrderLink: `trade::OrderLink` removed",
            ],
        ),
        // A new name under the same official one, as names.lock gives it. Its fields are what they were.
        (
            &[
                ("types", "parent: OrderLink", "parent: Link"),
                ("types", "OrderLink: { id: i64 }", "Link: { $wire: OrderLink, id: string }"),
            ],
            &[
                "breaking type-changed | Link.id: type `i64` -> `string`",
                "breaking type-renamed | Link: `trade::OrderLink` -> `trade::Link`",
            ],
        ),
        // From a method to the domain: the path changes, and what changed inside is told once.
        (
            &[
                (
                    "get",
                    "  Note: { text: string, lines: 'Line[]' }\n  Line: { text: string }\n",
                    "  Line: { text: string }\n",
                ),
                ("get", "note: Note", "note: Note\n  line: Line"),
                ("types", "  Place:", "  Note: { text: i64, lines: 'string[]' }\n  Place:"),
            ],
            &[
                "breaking type-changed | get Note.lines: type `Line[]` -> `string[]`",
                "breaking type-changed | get Note.text: type `string` -> `i64`",
                "breaking type-moved | get Note: `trade::trade_get::Note` -> `trade::Note`",
                "minor field-added | get response.line: `Line` added",
            ],
        ),
        (
            &[
                ("get", "types:\n  Note: { text: string, lines: 'Line[]' }\n  Line: { text: string }\n", ""),
                ("types", "  Place:", "  Note: { text: string, lines: 'Line[]' }\n  Line: { text: string }\n  Place:"),
            ],
            &[
                "breaking type-moved | get Line: `trade::trade_get::Line` -> `trade::Line`",
                "breaking type-moved | get Note: `trade::trade_get::Note` -> `trade::Note`",
            ],
        ),
        (
            &[("types", "  OrderLink: { id: i64 }", "  OrderLink: { enum: [A] }")],
            &["breaking type-kind-changed | OrderLink: an enum now, was a structure"],
        ),
        // Enums.
        (
            &[("types", "DONE: }", "DONE: , LATE: Late. }")],
            &["minor value-added | TradeStatus.LATE: variant `Late` added"],
        ),
        (&[("types", ", DONE: }", "}")], &["breaking value-removed | TradeStatus.DONE: variant `Done` removed"]),
        (
            &[("types", "DONE: }", "DONE: { name: Finished, doc: Done. } }")],
            &[
                "breaking value-renamed | TradeStatus.DONE: variant Done -> Finished",
                "patch doc-changed | TradeStatus.DONE: doc added",
            ],
        ),
        (
            &[("types", "DONE: }", "FINISHED: { name: Done } }")],
            &["breaking value-wire-changed | TradeStatus.DONE: `Done` is DONE -> FINISHED on the wire"],
        ),
        (
            &[("types", "OPEN: Open., DONE:", "1: { name: Open, doc: Open. }, 2: { name: Done }")],
            &[
                "breaking value-form-changed | TradeStatus: values are numbers on the wire now",
                "breaking value-wire-changed | TradeStatus.DONE: `Done` is DONE -> 2 on the wire",
                "breaking value-wire-changed | TradeStatus.OPEN: `Open` is OPEN -> 1 on the wire",
            ],
        ),
        // Sub codes.
        (
            &[("get", "errors:\n", "errors:\n  isp.down: { means: Down., fix: Wait., retry: backoff }\n")],
            &["minor sub-code-added | get errors.isp.down: variant `IspDown` added"],
        ),
        (
            &[(
                "get",
                "isv.gone: { means: Gone., fix: Look., retry: never }",
                "isv.lost: { means: Gone., fix: Look., retry: never }",
            )],
            &[
                "breaking sub-code-removed | get errors.isv.gone: variant `Gone` removed",
                "minor sub-code-added | get errors.isv.lost: variant `Lost` added",
            ],
        ),
        // The second code takes the short name from the first.
        (
            &[("get", "errors:\n", "errors:\n  gone: { means: Down., fix: Wait., retry: backoff }\n")],
            &[
                "breaking sub-code-renamed | get errors.isv.gone: variant Gone -> IsvGone",
                "minor sub-code-added | get errors.gone: variant `Gone` added",
            ],
        ),
        (
            &[("get", "fix: Look., retry: never", "fix: Look again., retry: once")],
            &[
                "minor retry-changed | get errors.isv.gone: retry never -> once",
                "patch doc-changed | get errors.isv.gone: meaning or remedy changed",
            ],
        ),
        (
            &[(
                "close",
                "effect: write",
                "effect: write\nerrors: { isv.gone: { means: Gone., fix: Look., retry: never } }",
            )],
            &[
                "breaking errors-appeared | close errors: `error()` answers with an enum, no longer `AnySubCode`",
                "minor sub-code-added | close errors.isv.gone: variant `Gone` added",
            ],
        ),
        (
            &[("get", "errors:\n  isv.gone: { means: Gone., fix: Look., retry: never }\n", "")],
            &[
                "breaking errors-gone | get errors: `error()` answers with `AnySubCode`: the enum is gone",
                "breaking sub-code-removed | get errors.isv.gone: variant `Gone` removed",
            ],
        ),
        // platform.yaml and glossary.yaml
        (
            &[
                (
                    "platform",
                    "  sandbox:",
                    "  production: { rest: \"https://a.example.com/r\", batch: \"https://a.example.com/b\", doc: Real. }\n  sandbox:",
                ),
                ("platform", "gw.example.com/router/rest\"", "gw.example.com/rest\""),
            ],
            &[
                "minor environment-added | environments.production: added",
                "minor environment-url | environments.sandbox: rest https://gw.example.com/router/rest -> https://gw.example.com/rest",
            ],
        ),
        (
            &[("platform", "  sandbox:", "  other:")],
            &[
                "breaking environment-removed | environments.sandbox: removed",
                "minor environment-added | environments.other: added",
            ],
        ),
        (
            &[
                (
                    "platform",
                    "errors: {}",
                    "errors: { 7: { name: X, means: X., fix: X., retry: never }, 100-199: { name: Y, means: X., fix: X., retry: never } }",
                ),
                ("platform", "families: {}", "families: { \"isp.*\": { means: X., fix: X., retry: never } }"),
                ("platform", "parameters: {}", "parameters: { v: { type: string, doc: V. } }"),
                ("platform", "sign_methods: {}", "sign_methods: { md5: { doc: M., default: true } }"),
                ("platform", "per_minute: 200", "per_minute: 100"),
                ("glossary", "Trade id.", "Id of a trade."),
            ],
            &[
                "minor code-added | errors.100-199: added",
                "minor code-added | errors.7: added",
                "minor code-added | families.isp.*: added",
                "minor tier-changed | tiers.trade: calls a minute 200 -> 100",
                "patch doc-changed | glossary.tid: the glossary's words: changed",
                "patch platform-fact | parameters.v: added",
                "patch platform-fact | sign_methods.md5: added",
            ],
        ),
    ]
}

/// A list in the answer.
const LIST: &str = "note: Note\n  ids: 'i64[]'";

/// The same rows the other way round.
const REVERSED: &[Row<'static>] = &[
    (
        &[("shop/domain.yaml", "", SHOP), ("shop/taobao.shop.get.yaml", "", SHOP_GET)],
        &[
            "breaking domain-removed | shop: module and feature `shop` removed",
            "breaking method-removed | shop taobao.shop.get: removed",
        ],
    ),
    (
        &[("domain", "tier: trade", "core: true\ntier: trade")],
        &["breaking domain-not-default | : not among the default features any more"],
    ),
    (
        &[("close", "effect: write", "deprecated: Use x.\neffect: write")],
        &["patch deprecation-changed | close: deprecation removed"],
    ),
    (
        &[("get", "effect: idempotent", "effect: idempotent\nsplit: pages"), ("get", "note: Note", LIST)],
        &[
            "breaking field-removed | get response.ids: `i64[]` removed",
            "breaking split-gone | get: split pages -> none",
        ],
    ),
    (
        &[("platform", "errors: {}", "errors: { 7: { name: X, means: X., fix: X., retry: never } }")],
        &["minor code-removed | errors.7: removed"],
    ),
    // A method that goes takes its own types along; they are not told one by one.
    (
        &[(
            "trade/taobao.trade.more.yaml",
            "",
            "method: taobao.trade.more\nsource: { from: doc-center, id: 2, hash: \"a\", body: \"b\" }\neffect: read\nrequest: {}\nresponse: { a: A }\ntypes: { A: { b: i64 } }\n",
        )],
        &["breaking method-removed | more: removed"],
    ),
    (
        &[("shop/domain.yaml", "", SHOP), ("shop/taobao.trade.close.yaml", "", CLOSE), ("close", CLOSE, "-")],
        &[
            "breaking domain-removed | shop: module and feature `shop` removed",
            "breaking method-moved | close: `shop::TradeClose` -> `trade::TradeClose`",
            "breaking session-required | close: session none -> required",
        ],
    ),
];

#[test]
fn every_rule_has_a_row() {
    let base = state(&[]);
    let mut met: BTreeSet<&str> = BTreeSet::new();
    let mut see = |old: &crate::model::Spec, new: &crate::model::Spec, expected: &[&str]| {
        let found = diff(old, new);
        assert_eq!(lines(&found), expected);
        met.extend(found.changes.iter().map(|change| change.rule.id));
    };
    for (edits, expected) in rows() {
        see(&base, &state(edits), expected);
    }
    for (edits, expected) in REVERSED {
        see(&state(edits), &base, expected);
    }
    let without: Vec<_> = RULES.iter().map(|rule| rule.id).filter(|id| !met.contains(id)).collect();
    assert!(without.is_empty(), "no row for {without:?}");
}

/// The rows of the page's tables: rule and class.
fn page(path: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(path)).unwrap();
    let cells = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|').map(str::trim);
        let (id, class) = (cells.next()?.trim_end_matches('`'), cells.next()?);
        Some((id.to_owned(), class.trim_matches('*').to_owned()))
    });
    cells.collect()
}

#[test]
fn the_pages_and_the_rules_are_the_same() {
    let rules: Vec<_> = RULES.iter().map(|rule| (rule.id.to_owned(), rule.class.to_string())).collect();
    assert_eq!(page("compatibility.md"), rules);
    assert_eq!(page("compatibility.zh-CN.md"), rules);
}

/// Every spec of the project, and every state of the table.
#[test]
fn a_state_does_not_differ_from_itself() {
    let whole = crate::load::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")).spec;
    assert!(whole.domains.len() > 100);
    assert_eq!(diff(&whole, &whole).changes, []);
    for (edits, _) in rows() {
        let state = state(edits);
        assert_eq!(diff(&state, &state).changes, []);
    }
}
