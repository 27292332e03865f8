//! Changes of sub codes, `platform.yaml` and `glossary.yaml`.

use super::Row;

pub(super) const ROWS: &[Row<'static>] = &[
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
];
