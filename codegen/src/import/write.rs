//! Imported specs as YAML, in the style of those that people write.

use crate::model::{Effect, Field, Limits, Paging, TypeDef, TypeKind};
use crate::text::clean;

use super::facts::{Facts, hash};
use super::types::Named;

/// First line of every file of a domain.
pub const MODELINE: &str = "# yaml-language-server: $schema=../schema.json\n";

/// What no metadata tells.
#[derive(Debug)]
pub struct Guesses {
    /// What the method does.
    pub effect: Effect,
    /// How its answers make one list.
    pub paging: Option<Paging>,
}

/// The file of a method. `words`: title and description, which only private imports keep.
#[must_use]
pub fn method(facts: &Facts, named: &Named, guesses: &Guesses, words: bool) -> String {
    let mut body = format!("{MODELINE}method: {}\n", key(&facts.name));
    let at = body.len();
    body +=
        if guesses.paging.is_some() { "guessed: [effect, session, paging]\n" } else { "guessed: [effect, session]\n" };
    if words {
        // Where there is no title, a description in one line says as much.
        let line = facts.doc.as_ref().filter(|doc| !doc.contains(['\n', '\r']));
        if let Some(summary) = facts.title.as_ref().or(line) {
            body += &format!("summary: {}\n", sentence(summary));
        }
        if let Some(doc) = facts.doc.as_ref().filter(|_| facts.title.is_some() || line.is_none()) {
            body += &format!("description: {}\n", quoted(&plain(doc)));
        }
    }
    body += &format!("effect: {}\n", guesses.effect.as_str());
    if let Some(paging) = &guesses.paging {
        body += &self::paging(paging);
    }
    body += &section("request", &named.request);
    body += &section("response", &named.response);
    if !named.types.is_empty() {
        body += "types:\n";
        named.types.iter().for_each(|def| body += &self::def(def));
    }
    let source = source(facts, Some(&hash(&body)));
    body.insert_str(at, &source);
    body
}

/// The line that tells where a file's facts come from. `body`: the hash of the rest of the file, if the import wrote all of it.
#[must_use]
pub fn source(facts: &Facts, body: Option<&str>) -> String {
    let mut entries = vec![format!("from: {}", facts.format)];
    entries.extend(facts.id.map(|id| format!("id: {id}")));
    entries.extend(facts.group.as_deref().map(|group| format!("group: {}", key(group))));
    // Digits alone would be a number.
    entries.push(format!("hash: {}", quoted(&facts.hash())));
    entries.extend(body.map(|body| format!("body: {}", quoted(body))));
    format!("source: {{ {} }}\n", entries.join(", "))
}

/// A declared structure, indented as under `types`.
#[must_use]
pub fn def(def: &TypeDef) -> String {
    let mut text = format!("  {}:\n", def.name.value);
    if let Some(doc) = &def.doc {
        text += &format!("    $doc: {}\n", sentence(doc));
    }
    if def.wire != def.name.value {
        text += &format!("    $wire: {}\n", key(&def.wire));
    }
    let TypeKind::Struct(fields) = &def.kind else { return text };
    for field in fields {
        text += &format!("    {}\n", self::field(field));
    }
    text
}

/// A field on one line, without indentation: `tid: i64` where there is no more to say.
#[must_use]
pub fn field(field: &Field) -> String {
    format!("{}: {}", key(&field.name.value), value(field))
}

/// What stands behind a field's name.
#[must_use]
pub fn value(field: &Field) -> String {
    let ty = field.ty.value.to_string();
    // In a flow map a `[` would open a list.
    let flow = if ty.contains('[') { format!("\"{ty}\"") } else { ty.clone() };
    let mut more = Vec::new();
    if field.required {
        more.push("required: true".to_owned());
    }
    more.extend(limits(&field.limits).into_iter().map(|(name, value)| format!("{name}: {value}")));
    if !field.only.is_empty() {
        let names: Vec<String> = field.only.iter().map(|name| key(&name.value)).collect();
        more.push(format!("only: [{}]", names.join(", ")));
    }
    if let Some(doc) = &field.doc {
        more.push(format!("doc: {}", sentence(doc)));
    }
    if more.is_empty() { ty } else { format!("{{ type: {flow}, {} }}", more.join(", ")) }
}

/// The limits that are set, by their keys.
#[must_use]
pub fn limits(limits: &Limits) -> Vec<(&'static str, String)> {
    all_limits(limits).into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// All limits by their keys, set or not.
#[must_use]
pub fn all_limits(limits: &Limits) -> [(&'static str, Option<String>); 5] {
    let Limits { max_length, max_items, min, max, max_bytes } = limits;
    let count = |value: &Option<u64>| value.map(|value| value.to_string());
    let number = |value: &Option<i64>| value.map(|value| value.to_string());
    [
        ("max_length", count(max_length)),
        ("max_items", count(max_items)),
        ("min", number(min)),
        ("max", number(max)),
        ("max_bytes", count(max_bytes)),
    ]
}

/// A guess, which has neither keys of rows nor windows.
fn paging(paging: &Paging) -> String {
    let name = |text: &str| if text.contains('.') { quoted(text) } else { key(text) };
    let is_number = |word: &str| matches!(word, "first" | "max_size");
    let word = |(word, value): &(&str, String)| {
        format!("{word}: {}", if is_number(word) { value.clone() } else { name(value) })
    };
    let words: Vec<String> = paging.words().iter().map(word).collect();
    format!("paging: {{ {} }}\n", words.join(", "))
}

fn section(name: &str, fields: &[Field]) -> String {
    if fields.is_empty() {
        return String::new();
    }
    let lines: String = fields.iter().map(|field| format!("  {}\n", self::field(field))).collect();
    format!("{name}:\n{lines}")
}

/// A key or a word: plain where YAML reads it as the text it is, else quoted.
#[must_use]
pub fn key(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
    if plain && !is_yaml_word(text) { text.to_owned() } else { quoted(text) }
}

/// Whether some reader of YAML takes a plain word for something else than text.
#[must_use]
pub fn is_yaml_word(text: &str) -> bool {
    ["true", "false", "null", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
}

/// A text as YAML's double-quoted form, which JSON's is.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A text that ends as sentences do, on one line.
fn sentence(text: &str) -> String {
    let line = plain(text).split_whitespace().collect::<Vec<_>>().join(" ");
    quoted(&format!("{}.", line.trim_end_matches(['.', '。'])))
}

/// Other people's words as they may stand in Markdown: a backtick or an indentation would begin code, and code would be tested.
fn plain(text: &str) -> String {
    let text = clean(text);
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join("\n").replace('`', "'")
}

/// What an imported spec may say that no metadata tells: a person puts it in, and an import leaves it there.
const TOLD: &str = "invalidates:";

/// The text whose hash tells whether a person wrote in it: without `source`, and without what people may say.
#[must_use]
pub fn body(text: &str) -> String {
    lines(text, |key| !key.starts_with("source:") && !key.starts_with(TOLD))
}

/// An imported text with what a person said in the one before.
#[must_use]
pub fn keep(text: &str, before: &str) -> String {
    let told = lines(before, |key| key.starts_with(TOLD));
    // In the order of keys it comes after this one, which every file has.
    let mut out = String::with_capacity(text.len() + told.len());
    for line in text.split_inclusive('\n') {
        out += line;
        if line.starts_with("effect:") {
            out += &told;
        }
    }
    out
}

/// The lines of the keys that are wanted.
fn lines(text: &str, wanted: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = true;
    for line in text.split_inclusive('\n') {
        inside = if line.starts_with(' ') { inside } else { wanted(line) };
        if inside {
            out += line;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_lines_and_lose_what_breaks_comments() {
        let table = [
            ("One.\r\nTwo.\rThree.", "One.\nTwo.\nThree.", r#""One. Two. Three.""#),
            ("A\u{202e}\u{2066}\0\t`b`", "A 'b'", r#""A 'b'.""#),
        ];
        for (text, lines, line) in table {
            assert_eq!((plain(text).as_str(), sentence(text).as_str()), (lines, line), "{text:?}");
        }
    }

    #[test]
    fn what_people_may_say_is_kept_and_makes_no_file_theirs() {
        let before = "method: a.b\nsource: { from: x,\n  hash: y }\neffect: write\ninvalidates: [one,\n  two]\nrequest:\n  tid: i64\n";
        let body = "method: a.b\neffect: write\nrequest:\n  tid: i64\n";
        assert_eq!(super::body(before), body);
        let again = "method: a.b\neffect: write\nrequest:\n  tid: string\n";
        let kept = "method: a.b\neffect: write\ninvalidates: [one,\n  two]\nrequest:\n  tid: string\n";
        assert_eq!(keep(again, before), kept);
        assert_eq!(super::body(kept), again);
        assert_eq!(keep(again, again), again);
    }
}
