//! The JSON Schema of spec files, for editors: they complete keys and values and mark mistakes while one types.
//!
//! It is looser than the loader, which has the last word: it never refuses what the loader accepts.

use serde_json::{Value as Json, json};

/// `specs/schema.json`: one draft-07 schema for all five kinds of spec file, told apart by the keys they have.
#[must_use]
pub fn schema() -> String {
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Spec of the Taobao Open Platform's APIs",
        "description": "A method, a domain, a domain's shared types, or the platform. See specs/README.md.",
        "if": { "required": ["method"] },
        "then": { "$ref": "#/definitions/method" },
        "else": {
            "if": { "required": ["domain"] },
            "then": { "$ref": "#/definitions/domain" },
            "else": {
                "if": { "required": ["environments"] },
                "then": { "$ref": "#/definitions/platform" },
                "else": {
                    "if": { "required": ["types"] },
                    "then": { "$ref": "#/definitions/types_file" },
                    "else": { "anyOf": [
                        { "$ref": "#/definitions/method" },
                        { "$ref": "#/definitions/domain" },
                        { "$ref": "#/definitions/platform" },
                        { "$ref": "#/definitions/types_file" },
                        { "$ref": "#/definitions/glossary" }
                    ] }
                }
            }
        },
        "definitions": {
            "method": method(),
            "domain": domain(),
            "types_file": types_file(),
            "platform": platform(),
            "glossary": glossary(),
            "parameter": field(&[&common_keys(), &request_keys()]),
            "response_field": field(&[&common_keys(), &selection_keys()]),
            "type_field": field(&[&common_keys(), &request_keys(), &selection_keys()]),
            "type": type_reference(),
            "type_declaration": type_declaration(),
            "enum_value": enum_value(),
            "error": error(),
            "paging": paging(),
            "sentence": sentence(),
            "session": session(),
        }
    });
    // Maps of texts cannot fail to print; an empty schema would only mean that editors say nothing.
    let text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text + "\n"
}

fn method() -> Json {
    json!({
        "description": "One API method.",
        "type": "object",
        "required": ["method", "effect"],
        "anyOf": [{ "required": ["source"] }, { "required": ["summary", "example"] }],
        "additionalProperties": false,
        "properties": {
            "method": {
                "description": "Name on the wire; the file is named after it.",
                "type": "string",
                "pattern": "^[a-z][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)+$"
            },
            "doc_id": { "description": "Number of the page on the platform's documentation centre.", "type": "integer" },
            "source": source(),
            "guessed": {
                "description": "What no person has confirmed; delete what you have.",
                "type": "array",
                "items": { "enum": ["effect", "session", "paging"] }
            },
            "summary": described("sentence", "One sentence: what the method does."),
            "description": { "description": "More paragraphs, Markdown.", "type": "string" },
            "origin": words(
                "Where the facts come from: the catalogue (default), older public SDKs, or the article.",
                &["catalogue", "legacy", "article"]
            ),
            "session": { "$ref": "#/definitions/session" },
            "effect": words(
                "What calling it does: nothing, a write that may be repeated, or a write that happens each time.",
                &["read", "idempotent", "write"]
            ),
            "deprecated": described("sentence", "Reason, and what to use instead."),
            "split": {
                "description": "The parameter with `max_items` by whose list one call may be made as several; the lists of their answers are put together.",
                "type": "string"
            },
            "cache": {
                "description": "Of a read: for how many seconds its answer may be used again, and what it shows.",
                "type": "object",
                "required": ["ttl"],
                "additionalProperties": false,
                "properties": {
                    "ttl": { "description": "Seconds.", "type": "integer", "minimum": 1 },
                    "tags": tags("What the answer shows: `name`, or `name:parameter` such as `item:num_iid`.")
                }
            },
            "invalidates": tags("Of a write: tags of the reads whose answers it makes old."),
            "paging": { "$ref": "#/definitions/paging" },
            "request": map("Parameters: name on the wire to type.", "parameter"),
            "response": map("Fields inside the response wrapper, without `request_id`.", "response_field"),
            "types": map("Types that only this method uses.", "type_declaration"),
            "errors": {
                "description": "Sub codes one really meets with this method, without what follows `:`.",
                "type": ["object", "null"],
                "propertyNames": { "pattern": "^[^:*\\s]+$" },
                "additionalProperties": { "$ref": "#/definitions/error" }
            },
            "example": {
                "description": "A call with invented data; checked against the fields.",
                "type": "object",
                "required": ["request", "response"],
                "additionalProperties": false,
                "properties": {
                    "request": { "description": "Parameters before encoding; files as \"@name.png\".", "type": "object" },
                    "response": { "description": "Simplified form: no wrapper, lists bare.", "type": "object" }
                }
            }
        }
    })
}

fn tags(description: &str) -> Json {
    json!({
        "description": description,
        "type": "array",
        "items": { "type": "string", "pattern": "^[a-z0-9_]+(:.+)?$" }
    })
}

fn paging() -> Json {
    let name = |description: &str| json!({ "description": description, "type": "string" });
    let time = |description: &str| json!({ "description": description, "type": "string", "pattern": "^[0-9]+[smhd]$" });
    let count =
        |description: &str, least: u64| json!({ "description": description, "type": "integer", "minimum": least });
    json!({
        "description": "How the answers make one list. Response fields are named by their path, with dots between.",
        "type": "object",
        "required": ["items"],
        "oneOf": [{ "required": ["page"] }, { "required": ["offset"] }, { "required": ["scroll"] }],
        "additionalProperties": false,
        "properties": {
            "page": name("Parameter: number of the page. A number in a structure is named by its path, `query.page_no`."),
            "first": {
                "description": "Number of the first page; 1 by default. `given` where the documentation does not tell: the request then has to.",
                "anyOf": [{ "type": "integer", "minimum": 0 }, { "enum": ["given"] }]
            },
            "offset": name("Parameter: number of rows before the page."),
            "scroll": name("Parameter: name of the page, which the one before tells."),
            "next": name("Response field: the next value of `scroll`; by default of the same name."),
            "size": name("Parameter: rows of a page."),
            "max_size": count("The most rows that a page can have.", 1),
            "total": name("Response field: rows on all pages."),
            "has_next": name("Response field: whether another page follows."),
            "use_has_next": name("Parameter that asks for `has_next` in place of the total."),
            "items": name("Response field: the rows."),
            "key": {
                "description": "Fields of a row by which it is known again.",
                "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": "string" }, "minItems": 1 }]
            },
            "window": {
                "description": "Parameters that bound the list in time, so that it can be read in slices while it changes.",
                "type": "object",
                "required": ["from", "to"],
                "additionalProperties": false,
                "properties": {
                    "from": name("Parameter: from this time on."),
                    "to": name("Parameter: up to this time."),
                    "by": name("Field of a row with that time."),
                    "sorted": { "description": "Whether rows come latest first by that time.", "type": "boolean" },
                    "max": time("The longest window."),
                    "step": time("The window that works best.")
                }
            }
        }
    })
}

fn source() -> Json {
    json!({
        "description": "Written by the import: the metadata that the facts come from.",
        "type": "object",
        "required": ["from", "hash"],
        "additionalProperties": false,
        "properties": {
            "from": words("Format of the metadata.", &["doc-center", "api-metadata"]),
            "id": { "description": "Number of the method's page.", "type": "integer" },
            "group": { "description": "Documentation group.", "type": "string" },
            "hash": { "description": "Hash of the facts.", "type": "string" },
            "body": { "description": "Hash of the rest of the file, if the import wrote all of it.", "type": "string" }
        }
    })
}

fn domain() -> Json {
    json!({
        "description": "A folder of methods.",
        "type": "object",
        "required": ["domain", "title", "title_zh", "doc", "tier"],
        "additionalProperties": false,
        "properties": {
            "domain": { "description": "The folder's name.", "type": "string", "pattern": "^[a-z][a-z0-9_]*$" },
            "title": { "description": "English title.", "type": "string" },
            "title_zh": { "description": "Chinese title.", "type": "string" },
            "doc": described("sentence", "What the domain covers."),
            "core": { "description": "Part of the default features.", "type": "boolean" },
            "crate": {
                "description": "The crate of sdk/domains/ that holds the domain's code; without it, the SDK's own.",
                "type": "string",
                "pattern": "^[a-z][a-z0-9]*$"
            },
            "tier": { "description": "Rate tier of platform.yaml.", "type": "string" },
            "session": { "$ref": "#/definitions/session" }
        }
    })
}

fn types_file() -> Json {
    json!({
        "description": "Types that several methods of the domain share.",
        "type": "object",
        "required": ["types"],
        "additionalProperties": false,
        "properties": {
            "types": map("Name to declaration.", "type_declaration"),
            "imported": {
                "description": "Written by the import: types that it may write again while their text has this hash.",
                "type": "object",
                "additionalProperties": { "type": "string" }
            }
        }
    })
}

fn glossary() -> Json {
    json!({
        "description": "What frequent field names mean.",
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "additionalProperties": false,
            "required": ["en", "zh"],
            "properties": {
                "en": { "$ref": "#/definitions/sentence" },
                "zh": { "type": "string", "pattern": "。$", "description": "The same in Chinese." }
            }
        }
    })
}

fn platform() -> Json {
    let doc = || described("sentence", "What it is.");
    let section = |description: &str, required: &[&str], properties: Json| {
        json!({
            "description": description,
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": required,
                "additionalProperties": false,
                "properties": properties
            }
        })
    };
    let url = || json!({ "type": "string", "pattern": "^https?://[A-Za-z0-9._~-]+(:[0-9]+)?/[A-Za-z0-9._~/-]*$" });
    let mut error = error();
    if let Some(properties) = error.get_mut("properties").and_then(Json::as_object_mut) {
        properties.insert("name".to_owned(), json!({ "description": "The platform's short name.", "type": "string" }));
        properties
            .insert("article".to_owned(), described("sentence", "What the starting article says, where it differs."));
    }
    json!({
        "description": "What is the same for all methods.",
        "type": "object",
        "required": ["environments", "parameters", "sign_methods", "errors", "families", "tiers"],
        "additionalProperties": false,
        "properties": {
            "environments": section(
                "Gateways.", &["rest", "batch", "doc"], json!({ "rest": url(), "batch": url(), "doc": doc() })
            ),
            "parameters": map("Parameters that every call takes.", "parameter"),
            "sign_methods": section(
                "Ways to sign.", &["doc"], json!({ "doc": doc(), "default": { "type": "boolean" } })
            ),
            "errors": {
                "description": "Platform errors by code, or range of codes.",
                "type": "object",
                "propertyNames": { "pattern": "^[0-9]+(-[0-9]+)?$" },
                "additionalProperties": error
            },
            "families": {
                "description": "Sub codes by name, or by prefix with a trailing `*`.",
                "type": "object",
                "propertyNames": { "pattern": "^[^:*\\s]+\\*?$" },
                "additionalProperties": { "$ref": "#/definitions/error" }
            },
            "tiers": section(
                "Default rate limits.",
                &["per_minute", "doc"],
                json!({ "per_minute": { "type": "integer", "minimum": 1 }, "doc": doc() })
            ),
            "tags": {
                "description": "Names of the tags of cached reads that writes of any domain may make old.",
                "type": "array",
                "items": { "type": "string", "pattern": "^[a-z0-9_]+$" }
            }
        }
    })
}

/// A field as a type alone, or as a map with the given groups of keys.
fn field(groups: &[&Json]) -> Json {
    let mut properties = serde_json::Map::new();
    for group in groups {
        properties.extend(group.as_object().cloned().unwrap_or_default());
    }
    json!({
        "anyOf": [
            { "$ref": "#/definitions/type" },
            { "type": "object", "required": ["type"], "additionalProperties": false, "properties": properties }
        ]
    })
}

fn common_keys() -> Json {
    let sensitive = ["name", "phone", "address", "nick", "email", "id", "account", "secret", "text"];
    json!({
        "type": { "$ref": "#/definitions/type" },
        "ask_as": { "description": "On a structure's field: its name in a fields parameter, where that differs.", "type": "string" },
        "doc": described("sentence", "What it is, with unit and format where not obvious."),
        "sensitive": words("Personal data or a credential: never shown in Debug, logs or errors.", &sensitive),
        "deprecated": described("sentence", "Reason, and what to use instead.")
    })
}

fn request_keys() -> Json {
    let count = |description: &str| json!({ "description": description, "type": "integer", "minimum": 1 });
    json!({
        "required": { "description": "Whether a request must have it.", "type": "boolean" },
        "default": { "description": "What the platform assumes when it is absent." },
        "max_length": count("Longest text, in UTF-16 units."),
        "max_items": count("Most elements of a list."),
        "min": { "description": "Smallest number.", "type": "integer" },
        "max": { "description": "Largest number.", "type": "integer" },
        "max_bytes": count("Largest file.")
    })
}

fn selection_keys() -> Json {
    let names = |description: &str| json!({ "description": description, "type": "array", "items": { "type": "string" }, "uniqueItems": true });
    json!({
        "only": names("The fields of the shared type that this response fills."),
        "except": names("The fields of the shared type that this response never fills.")
    })
}

fn type_reference() -> Json {
    json!({
        "description": "A built-in type, fields(T), a declared type, or a list T[].",
        "anyOf": [
            { "enum": ["string", "i64", "f64", "bool", "money", "decimal", "date", "json", "bytes"] },
            { "type": "string", "pattern": "^\\s*(string|i64|f64|bool|money|decimal|date|json)\\[\\]\\s*$" },
            { "type": "string", "pattern": "^\\s*fields\\(\\s*[A-Z][A-Za-z0-9_]*\\s*\\)\\s*$" },
            { "type": "string", "pattern": "^\\s*[A-Z][A-Za-z0-9_]*(\\[\\])?\\s*$" }
        ]
    })
}

fn type_declaration() -> Json {
    let doc = || described("sentence", "What the type is.");
    let wire = || json!({ "description": "Official type name, when it differs from the name here.", "type": "string" });
    json!({
        "type": "object",
        "if": { "required": ["enum"], "properties": { "enum": { "type": ["array", "object"] } } },
        "then": {
            "additionalProperties": false,
            "properties": {
                "$doc": doc(),
                "$wire": wire(),
                "enum": {
                    "description": "Values, which are never closed: an unlisted one is kept.",
                    "anyOf": [
                        { "type": "array", "minItems": 1, "uniqueItems": true, "items": { "type": ["string", "integer", "boolean", "number"] } },
                        { "type": "object", "minProperties": 1, "additionalProperties": { "$ref": "#/definitions/enum_value" } }
                    ]
                }
            }
        },
        "else": {
            "properties": { "$doc": doc(), "$wire": wire() },
            "patternProperties": { "^[^$]": { "$ref": "#/definitions/type_field" } },
            "additionalProperties": false
        }
    })
}

fn enum_value() -> Json {
    json!({
        "anyOf": [
            { "type": "null" },
            described("sentence", "What the value stands for."),
            {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "name": { "description": "Name of the Rust variant.", "type": "string" },
                    "doc": described("sentence", "What the value stands for.")
                }
            }
        ]
    })
}

fn error() -> Json {
    json!({
        "type": "object",
        "required": ["means", "fix", "retry"],
        "additionalProperties": false,
        "properties": {
            "means": described("sentence", "What went wrong."),
            "fix": described("sentence", "What to do."),
            "retry": words(
                "Whether trying again helps: never, once after the correction, with growing waits, after the ban that the platform tells.",
                &["never", "once", "backoff", "after_ban"]
            ),
            "who": words("Who can mend it.", &["app", "seller", "platform"]),
            "absent": { "description": "Whether it says that what was asked for does not exist, which a cache may remember.", "type": "boolean" }
        }
    })
}

fn sentence() -> Json {
    json!({ "type": "string", "pattern": "\\.\\s*$" })
}

fn session() -> Json {
    words("Whether a user's token is needed; a method's default is its domain's.", &["required", "optional", "none"])
}

/// A closed list of words.
fn words(description: &str, words: &[&str]) -> Json {
    json!({ "description": description, "enum": words })
}

/// A definition with words for this place. Draft-07 ignores what stands beside `$ref`, so it is wrapped.
fn described(definition: &str, description: &str) -> Json {
    json!({ "description": description, "allOf": [{ "$ref": format!("#/definitions/{definition}") }] })
}

/// A map of free names; nothing at all is an empty map.
fn map(description: &str, definition: &str) -> Json {
    json!({
        "description": description,
        "type": ["object", "null"],
        "additionalProperties": { "$ref": format!("#/definitions/{definition}") }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::*;
    use crate::diagnostics::testing;
    use crate::load::load;
    use crate::yaml::{self, Kind, Node};

    fn validator() -> jsonschema::Validator {
        jsonschema::draft7::new(&serde_json::from_str(&schema()).unwrap()).unwrap()
    }

    fn to_json(node: &Node, text: &str) -> Json {
        match &node.kind {
            Kind::Null => Json::Null,
            Kind::Bool(value) => json!(value),
            Kind::Int(value) => json!(value),
            Kind::Float(value) => json!(value),
            Kind::Str(value) => json!(value),
            Kind::Seq(items) => items.iter().map(|item| to_json(item, text)).collect(),
            Kind::Map(entries) => {
                let entry = |(key, value): &(Node, Node)| (key.scalar_text(text).unwrap(), to_json(value, text));
                Json::Object(entries.iter().map(entry).collect())
            }
        }
    }

    fn problems(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
        let value = to_json(&yaml::parse(text).unwrap(), text);
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    #[test]
    fn it_is_a_schema() {
        let schema: Json = serde_json::from_str(&schema()).unwrap();
        assert!(jsonschema::draft7::meta::is_valid(&schema));
    }

    #[test]
    fn it_accepts_every_spec_that_the_loader_accepts() {
        let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs"));
        let faulty: HashSet<String> = loaded.diagnostics.iter().map(|d| loaded.sources.path(d.span)).collect();
        let validator = validator();
        let mut checked = 0;
        for source in loaded.sources.iter().filter(|source| !faulty.contains(&source.display())) {
            assert_eq!(problems(&validator, &source.text), Vec::<String>::new(), "{}", source.display());
            checked += 1;
        }
        assert!(checked > 0, "no spec is without faults");
    }

    #[test]
    fn it_refuses_what_the_loader_refuses() {
        let good = testing::method("request: { tid: { type: i64, required: true } }\n");
        let domain = testing::DOMAIN;
        let platform = testing::PLATFORM;
        let table: Vec<(&str, String, bool)> = vec![
            ("a method", good.clone(), true),
            ("a domain", domain.to_owned(), true),
            ("the platform", platform.to_owned(), true),
            (
                "types",
                "types: { A: { enum: [X] }, B: { a: A, enum: string }, C: { enum: { 1: { name: One } } } }".to_owned(),
                true,
            ),
            ("empty sections", testing::method("request:\ntypes:\nerrors:\n"), true),
            ("unknown key", good.replace("required: true", "requird: true"), false),
            ("unknown effect", good.replace("effect: read", "effect: reads"), false),
            ("no summary", good.replace("summary: Reads one trade.\n", ""), false),
            ("no full stop", good.replace("one trade.", "one trade"), false),
            ("foreign type", good.replace("type: i64", "type: int64"), false),
            ("list of lists", good.replace("type: i64", "type: \"i64[][]\""), false),
            ("required in a response", good.replace("ok: bool", "ok: { type: bool, required: true }"), false),
            ("upper-case method", good.replace("taobao.trade.get", "Taobao.trade"), false),
            (
                "imported method",
                "method: taobao.a.get\nsource: { from: doc-center, hash: \"12\" }\nguessed: [effect]\neffect: read\n"
                    .to_owned(),
                true,
            ),
            ("source of elsewhere", good.clone() + "source: { from: wiki, hash: \"12\" }\n", false),
            ("negative limit", good.replace("required: true", "max_length: -1"), false),
            ("domain without tier", domain.replace("tier: trade\n", ""), false),
            ("bad url", platform.replace("https://gw.example.com/router/rest", "gw.example.com"), false),
            ("empty enum", "types: { A: { enum: [] } }".to_owned(), false),
            (
                "suffix of a sub code",
                testing::method("errors: { \"isv.x:y\": { means: A., fix: B., retry: never } }\n"),
                false,
            ),
            ("unknown retry", testing::method("errors: { isv.x: { means: A., fix: B., retry: maybe } }\n"), false),
            ("no spec at all", "a: b".to_owned(), false),
        ];
        let validator = validator();
        for (what, text, expected) in table {
            let problems = problems(&validator, &text);
            assert_eq!(problems.is_empty(), expected, "{what}: {problems:?}");
        }
    }

    #[test]
    fn it_is_deterministic() {
        assert_eq!(schema(), schema());
    }
}
