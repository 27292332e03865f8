//! Changes of structures and enums.

use super::Row;

pub(super) const ROWS: &[Row<'static>] = &[
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
    // One name in Rust.
    (
        &[
            ("types", "parent: OrderLink", "parent: OrderLINK"),
            ("types", "OrderLink: { id", "OrderLINK: { $wire: OrderLink, id"),
        ],
        &[],
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
    (&[("types", "DONE: }", "DONE: , LATE: Late. }")], &["minor value-added | TradeStatus.LATE: variant `Late` added"]),
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
];
