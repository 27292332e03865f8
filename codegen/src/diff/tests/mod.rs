mod any;
mod codes;
mod fields;
mod methods;
mod types;

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
const ROWS: [&[Row<'static>]; 4] = [methods::ROWS, fields::ROWS, types::ROWS, codes::ROWS];

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
    for (edits, expected) in ROWS.into_iter().flatten() {
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
    for (edits, _) in ROWS.into_iter().flatten() {
        let state = state(edits);
        assert_eq!(diff(&state, &state).changes, []);
    }
}
