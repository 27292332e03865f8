//! Doc comments.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::{Domain, Effect, Field, Guess, Method, Origin, Session, Term};
use crate::text::clean;

/// What frequent field names mean.
pub(super) type Glossary = BTreeMap<String, Term>;

/// `///` lines for this text; nothing for none.
pub(super) fn lines(text: &str) -> TokenStream {
    let text = clean(text);
    let lines = text.trim_end().lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// The doc of a field: its sentence or else the glossary's, then its facts.
pub(super) fn field(field: &Field, glossary: &Glossary) -> TokenStream {
    let name = &field.name.value;
    let sentence = field.doc.as_ref().or_else(|| glossary.get(name).map(|term| &term.en));
    let mut text = sentence.map_or_else(|| format!("`{name}` on the wire."), |sentence| plain(sentence));
    for fact in facts(field) {
        text.push(' ');
        text.push_str(&fact);
    }
    lines(&text)
}

fn facts(field: &Field) -> Vec<String> {
    let limits = &field.limits;
    let mut facts = Vec::new();
    if let Some(most) = limits.max_length {
        facts.push(format!("At most {most} characters."));
    }
    if let Some(most) = limits.max_items {
        facts.push(format!("At most {most} items."));
    }
    match (limits.min, limits.max) {
        (Some(min), Some(max)) => facts.push(format!("From {min} to {max}.")),
        (Some(min), None) => facts.push(format!("At least {min}.")),
        (None, Some(max)) => facts.push(format!("At most {max}.")),
        (None, None) => {}
    }
    if let Some(most) = limits.max_bytes {
        facts.push(format!("At most {most} bytes."));
    }
    if let Some(default) = &field.default {
        facts.push(format!("Default: `{}`.", default.to_string().trim_matches('"')));
    }
    facts
}

/// One line on a method. Of one that was imported and not yet described, only the name is known.
pub(super) fn summary(method: &Method) -> String {
    if method.summary.is_empty() { format!("Calls `{}`.", method.name.value) } else { plain(&method.summary) }
}

/// What a domain is about.
pub(super) fn domain(domain: &Domain) -> TokenStream {
    let mut title = plain(&domain.title);
    if !title.ends_with('.') {
        title.push('.');
    }
    lines(&format!("{title}\n\n{}", plain(&domain.doc)))
}

/// The doc of a request: summary, description, then the facts of the method.
pub(super) fn method(domain: &Domain, method: &Method) -> TokenStream {
    let mut text = summary(method);
    if let Some(description) = &method.description {
        text.push_str("\n\n");
        // People write Markdown; metadata holds anything.
        let imported = method.source.as_ref().is_some_and(|source| source.body.is_some());
        text.push_str(&if imported { plain(description) } else { description.trim().to_owned() });
    }
    let session = match method.session {
        _ if method.guessed.contains(&Guess::Session) => "need of a session not known",
        Session::Required => "session required",
        Session::Optional => "session optional",
        Session::None => "no session",
    };
    let effect = match method.effect {
        Effect::Read => "read",
        Effect::Idempotent => "write that may be repeated",
        Effect::Write => "write",
    };
    let guessed = if method.guessed.contains(&Guess::Effect) { " (by its name)" } else { "" };
    let tier = match domain.tier.value.as_str() {
        "" => String::new(),
        tier => format!(", rate tier `{tier}`"),
    };
    let split = method.split.as_ref().map(|by| format!(", a long `{}` can be split", by.value)).unwrap_or_default();
    text.push_str(&format!("\n\n`{}`: {session}, {effect}{guessed}{tier}{split}.", method.name.value));
    match (method.doc_id, method.origin) {
        (Some(id), _) => {
            text.push_str(&format!(" [Official page](https://open.taobao.com/api.htm?docId={id}&docType=2)."));
        }
        (None, Origin::Article) => text.push_str(" Not in the platform's catalogue."),
        (None, Origin::Legacy) => text.push_str(" Gone from the platform's catalogue."),
        // In the catalogue, on a page that nobody has looked up.
        (None, Origin::Catalogue) => {}
    }
    lines(&text)
}

/// A sentence of a spec as Markdown: brackets would become links, angle brackets tags.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut code = false;
    for c in text.trim().chars() {
        match c {
            '`' => code = !code,
            '[' | ']' | '<' | '>' | '*' if !code => out.push('\\'),
            _ => {}
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_of_a_text_breaks_the_comment() {
        let table = [("One.\r\nTwo.\rThree.", " One.| Two.| Three."), ("A\u{202e}\u{2066}\0\tb\n\n", " A b")];
        for (text, expected) in table {
            let expected: Vec<&str> = expected.split('|').collect();
            assert_eq!(lines(text).to_string(), quote!(#(#[doc = #expected])*).to_string(), "{text:?}");
        }
    }
}
