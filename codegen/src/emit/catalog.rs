//! The catalogue that a program can read at run time: one file a domain and one for the glossary, and the list of both.
//!
//! A file is the line that says what made it, a plain *head* with one record a method, and the *body*, deflated, with all the
//! rest. A record ends with the character RS, its parts with US, so no text has to be escaped and a reader can point into it.
//! `sdk/runtime/src/catalog/` reads this; [`head`] and [`Records`] say what stands where.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::Value as Json;

use crate::emit::Outline;
use crate::model::{
    At, Domain, Effect, EnumDef, Field, Guess, Method, Origin, Remedy, Retry, Sensitive, Session, Spec, SubCode, Term,
    Type, TypeDef, TypeKind, Who,
};
use crate::write::{self, MARK};

/// Where the files lie.
const FOLDER: &str = "runtime/src/generated/catalog";

/// Ends a record.
const RS: char = '\u{1e}';
/// Ends a part of a record.
const US: char = '\u{1f}';
/// Ends the head.
const FS: char = '\u{1c}';

/// All files, by path relative to `sdk/`.
#[must_use]
pub fn catalog(spec: &Spec) -> write::Files {
    let outlines = Outline::all(spec);
    shared_catalog(spec, &outlines).into_iter().chain(spec.domains.iter().map(domain_catalog)).collect()
}

/// The one of a domain, which follows from the domain alone.
#[must_use]
pub fn domain_catalog(domain: &Domain) -> (String, Vec<u8>) {
    (format!("{FOLDER}/domains/{}.bin", domain.name.value), file(domain))
}

/// Those that no single domain has: the glossary, and the Rust file that embeds all of them.
#[must_use]
pub fn shared_catalog(spec: &Spec, domains: &[Outline]) -> write::Files {
    let files = [("glossary.bin", glossary(&spec.glossary)), ("mod.rs", list(domains).into_bytes())];
    files.map(|(name, content)| (format!("{FOLDER}/{name}"), content)).into()
}

fn list(domains: &[Outline]) -> String {
    let mut text = format!(
        "{MARK}specs/. Do not edit: edit the spec and run it again.\n\n\
         /// What frequent field names mean.\n\
         pub(crate) static GLOSSARY: &[u8] = include_bytes!(\"glossary.bin\");\n\n\
         /// The domains, by name.\n\
         pub(crate) static DOMAINS: &[&[u8]] = &[\n"
    );
    for domain in domains {
        let _ = writeln!(text, "    include_bytes!(\"domains/{}.bin\"),", domain.name);
    }
    text + "];\n"
}

/// A domain's file.
fn file(domain: &Domain) -> Vec<u8> {
    let mut body = Records::default();
    domain.types.iter().for_each(|def| body.type_def(def));
    let shared = body.text.len();
    let mut ends = Vec::new();
    for method in &domain.methods {
        body.method(method);
        ends.push(body.text.len());
    }
    let head = head(domain, shared, &ends);
    pack(&format!("specs/{}/", domain.name.value), &head, &body.text)
}

/// The domain and where its shared types end in the body; then each method, with where it ends.
fn head(domain: &Domain, shared: usize, ends: &[usize]) -> String {
    let mut out = Records::default();
    let core = if domain.core { "core" } else { "" };
    let Domain { name, title, title_zh, doc, tier, .. } = domain;
    out.record(&[&name.value, title, title_zh, doc, &tier.value, core, &shared.to_string()]);
    for (method, end) in domain.methods.iter().zip(ends) {
        let facts = [
            match method.session {
                Session::Required => 'R',
                Session::Optional => 'O',
                Session::None => 'N',
            },
            match method.effect {
                Effect::Read => 'r',
                Effect::Idempotent => 'i',
                Effect::Write => 'w',
            },
            match method.origin {
                Origin::Catalogue => 'c',
                Origin::Legacy => 'l',
                Origin::Article => 'a',
            },
        ];
        let guessed = method.guessed.iter().map(|guess| match guess {
            Guess::Effect => 'E',
            Guess::Session => 'S',
            Guess::Paging => 'P',
        });
        let deprecated = method.deprecated.is_some().then_some('D');
        let facts: String = facts.into_iter().chain(guessed).chain(deprecated).collect();
        let doc_id = method.doc_id.map(|id| id.to_string()).unwrap_or_default();
        out.record(&[&method.name.value, &end.to_string(), &facts, &doc_id, &method.summary]);
    }
    out.text
}

/// Name, English, Chinese.
fn glossary(terms: &BTreeMap<String, Term>) -> Vec<u8> {
    let mut body = Records::default();
    for (name, term) in terms {
        body.record(&[name, &term.en, &term.zh]);
    }
    pack("specs/glossary.yaml", "", &body.text)
}

fn pack(source: &str, head: &str, body: &str) -> Vec<u8> {
    let start = format!("{MARK}{source}. Do not edit: edit the spec and run it again.\n{head}{FS}");
    let mut packed = DeflateEncoder::new(start.into_bytes(), Compression::new(9));
    // Writing to memory does not fail.
    let _ = packed.write_all(body.as_bytes());
    packed.finish().unwrap_or_default()
}

/// Records one after another. The first character of a record of a body says what it is.
#[derive(Default)]
struct Records {
    text: String,
}

impl Records {
    fn record(&mut self, parts: &[&str]) {
        // Empty parts at the end are left out.
        let used = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
        for (at, part) in parts.iter().take(used).enumerate() {
            if at > 0 {
                self.text.push(US);
            }
            // Texts may hold lines, but never these.
            self.text.extend(part.chars().map(|c| if matches!(c, RS | US | FS) { ' ' } else { c }));
        }
        self.text.push(RS);
    }

    /// `D` description and reason of deprecation, `R` rules (paging, split, cache, invalidates), `>` parameters, `<` response fields, types, `X` sub codes.
    fn method(&mut self, method: &Method) {
        let description = method.description.as_deref().unwrap_or_default().trim();
        let deprecated = method.deprecated.as_deref().unwrap_or_default();
        if !(description.is_empty() && deprecated.is_empty()) {
            self.record(&[&format!("D{description}"), deprecated]);
        }
        let rules = rules(method);
        if rules.iter().any(|rule| !rule.is_empty()) {
            let [paging, split, cache, invalidates] = rules;
            self.record(&[&format!("R{paging}"), &split, &cache, &invalidates]);
        }
        method.request.iter().for_each(|field| self.field('>', field));
        method.response.iter().for_each(|field| self.field('<', field));
        method.types.iter().for_each(|def| self.type_def(def));
        method.errors.iter().for_each(|entry| self.error(entry));
    }

    /// `T` or `E` with name, official name and doc; then `.` fields of a structure, `=` values of an enum.
    fn type_def(&mut self, def: &TypeDef) {
        let name = &def.name.value;
        let wire = if def.wire == *name { "" } else { &def.wire };
        let doc = def.doc.as_deref().unwrap_or_default();
        match &def.kind {
            TypeKind::Struct(fields) => {
                self.record(&[&format!("T{name}"), wire, doc]);
                fields.iter().for_each(|field| self.field('.', field));
            }
            TypeKind::Enum(EnumDef { integer, values }) => {
                self.record(&[&format!("E{name}"), wire, doc, if *integer { "i64" } else { "" }]);
                for value in values {
                    self.record(&[&format!("={}", value.wire.value), value.doc.as_deref().unwrap_or_default()]);
                }
            }
        }
    }

    /// Name and type, then what else is known of the field, each part beginning with its key.
    fn field(&mut self, kind: char, field: &Field) {
        let mut parts = vec![format!("{kind}{}", field.name.value)];
        parts.push(if field.ty.value == Type::default() { String::new() } else { field.ty.value.to_string() });
        let mut fact = |key: char, text: &str| parts.push(format!("{key}{text}"));
        if field.required {
            fact('!', "");
        }
        let limits = &field.limits;
        for (key, limit) in [('l', limits.max_length), ('i', limits.max_items), ('b', limits.max_bytes)] {
            limit.iter().for_each(|limit| fact(key, &limit.to_string()));
        }
        for (key, limit) in [('m', limits.min), ('x', limits.max)] {
            limit.iter().for_each(|limit| fact(key, &limit.to_string()));
        }
        field.default.iter().for_each(|default| fact('=', &plain(default)));
        field.sensitive.iter().for_each(|kind| fact('s', sensitive(*kind)));
        field.deprecated.iter().for_each(|reason| fact('~', reason));
        field.ask_as.iter().for_each(|name| fact('@', &name.value));
        for (key, names) in [('+', &field.only), ('-', &field.except)] {
            if !names.is_empty() {
                let names: Vec<&str> = names.iter().map(|name| name.value.as_str()).collect();
                fact(key, &names.join(","));
            }
        }
        field.doc.iter().for_each(|doc| fact('#', doc));
        self.record(&parts.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Code, retry class, who can mend it, meaning, remedy.
    fn error(&mut self, entry: &SubCode) {
        let Remedy { means, fix, retry, who } = &entry.remedy;
        let retry = match retry {
            Retry::Never => "never",
            Retry::Once => "once",
            Retry::Backoff => "backoff",
            Retry::AfterBan => "after_ban",
        };
        let who = match who {
            None => "",
            Some(Who::App) => "app",
            Some(Who::Seller) => "seller",
            Some(Who::Platform) => "platform",
        };
        let absent = if entry.absent { "absent" } else { "" };
        self.record(&[&format!("X{}", entry.code.value), retry, who, means, fix, absent]);
    }
}

/// How the answers make one list, by which parameter a call is cut, how long an answer is kept, and what a write makes old: each in the
/// words of a spec, empty where there is no such rule.
fn rules(method: &Method) -> [String; 4] {
    let tags = |tags: &[At<String>]| tags.iter().map(|tag| tag.value.as_str()).collect::<Vec<_>>().join(" ");
    let paging = method.paging.as_ref().map(|paging| {
        let words: Vec<String> = paging.words().iter().map(|(key, value)| format!("{key} {value}")).collect();
        words.join(", ")
    });
    let split = method.split.as_ref().map(|name| name.value.clone());
    let cache = method.cache.as_ref().map(|rule| format!("{} s, {}", rule.ttl.value, tags(&rule.tags)));
    let cache = cache.map(|text| text.trim_end_matches(", ").to_owned());
    [paging.unwrap_or_default(), split.unwrap_or_default(), cache.unwrap_or_default(), tags(&method.invalidates)]
}

/// A default as a parameter would carry it.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn sensitive(kind: Sensitive) -> &'static str {
    match kind {
        Sensitive::Name => "name",
        Sensitive::Phone => "phone",
        Sensitive::Address => "address",
        Sensitive::Nick => "nick",
        Sensitive::Email => "email",
        Sensitive::Id => "id",
        Sensitive::Account => "account",
        Sensitive::Secret => "secret",
        Sensitive::Text => "text",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use expect_test::expect;

    use super::*;
    use crate::diagnostics::testing::{load, method};

    /// A domain's head and body, with signs in place of the characters that end records and parts.
    fn shown(method: &str, types: &str) -> String {
        let loaded = load(&[("trade/taobao.trade.get.yaml", method), ("trade/types.yaml", types)]);
        let file = file(&loaded.spec.domains[0]);
        let at = file.iter().position(|byte| *byte == FS as u8).unwrap();
        let mut body = String::new();
        flate2::read::DeflateDecoder::new(&file[at + 1..]).read_to_string(&mut body).unwrap();
        let head = String::from_utf8(file[..at].to_vec()).unwrap();
        format!("{head}\n{body}").replace(RS, "\n").replace(US, "|")
    }

    #[test]
    fn records_of_a_domain() {
        let method = method(
            r#"doc_id: 7
description: "Two\n\nparagraphs."
guessed: [effect, session, paging]
deprecated: Gone.
split: pages
cache: { ttl: 60, tags: [shop, "trade:tid"] }
paging: { page: tid, first: given, items: own }
request:
  fields: { type: fields(Trade), required: true, doc: "What to return." }
  tid: i64
  note: { type: string, max_length: 9, default: "a b", sensitive: text }
  pages: { type: "i64[]", min: -1, max: 5, max_items: 3, default: 1 }
  image: { type: bytes, max_bytes: 10, deprecated: Old. }
  plain: string
response:
  trade: { type: Trade, except: [tid] }
  own: Own[]
types:
  Own: { enum: { A: "The first.", B: "The second." } }
errors:
  isv.gone: { means: "It is\u001egone.", fix: "None.", retry: after_ban, who: seller }
"#,
        );
        let types = "types:\n  Trade: { $wire: TradeVO, $doc: A trade., tid: i64, orders: { type: string, ask_as: order } }\n  Level: { enum: [1, 2] }\n";
        expect![[r#"
            // Generated by `cargo xtask gen` from specs/trade/. Do not edit: edit the spec and run it again.
            trade|Trades|交易|Trades and orders.|trade||68
            taobao.trade.get|388|RrcESPD|7|Reads one trade.

            TTrade|TradeVO|A trade.
            .tid|i64
            .orders||@order
            ELevel|||i64
            =1
            =2
            DTwo

            paragraphs.|Gone.
            Rpage tid, first given, items own|pages|60 s, shop trade:tid
            >fields|fields(Trade)|!|#What to return.
            >tid|i64
            >note||l9|=a b|stext
            >pages|i64[]|i3|m-1|x5|=1
            >image|bytes|b10|~Old.
            >plain
            <trade|Trade|-tid
            <own|Own[]
            EOwn
            =A|The first.
            =B|The second.
            Xisv.gone|after_ban|seller|It is gone.|None.
        "#]]
        .assert_eq(&shown(&method, types));
    }

    #[test]
    fn the_same_specs_give_the_same_bytes() {
        let spec = load(&[("trade/taobao.trade.get.yaml", &method("request: { tid: i64 }"))]).spec;
        let files = catalog(&spec);
        assert_eq!(files, catalog(&spec));
        assert!(
            files.keys().eq(&["domains/trade.bin", "glossary.bin", "mod.rs"].map(|name| format!("{FOLDER}/{name}")))
        );
        // So that the writer knows them as its own.
        assert!(files.values().all(|file| file.starts_with(MARK.as_bytes())));
    }
}
