//! Changes of parameters and of the fields of answers.

use super::Row;

pub(super) const ROWS: &[Row<'static>] = &[
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
    (&[("get", "default: [1]", "default: [2]")], &["patch default-changed | get request.pages: default [1] -> [2]"]),
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
    (&[("get", ", except: [skus]", "")], &["minor selection-wider | get response.trade: `Fields::all()` with `skus`"]),
    // No parameter selects from a note.
    (
        &[("get", "note: Note", "note: { type: Note, only: [text] }")],
        &["patch filled-changed | get response.note: `only` or `except` changed"],
    ),
];
