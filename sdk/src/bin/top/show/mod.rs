//! `top show`: all about a method.

mod field;
mod snippet;

use serde_json::{Value, json};
use topsdk::catalog::{Method, Node, Origin};
use topsdk::model::{Effect, Remedy, Session, SubCode};

use crate::args;
use crate::args::Lang;
use crate::exit::Failure;
use crate::explain::{retry_word, who_word};
use crate::method;
use crate::page::{Entry, Page, Tone};
use crate::screen::{Answer, Screen};

/// Shows a method.
pub(crate) fn run(options: &args::Show, screen: &Screen) -> Result<(), Failure> {
    let method = method::find(&options.method)?;
    screen.show(&Shown { method, lang: options.lang, depth: options.depth.max(1) })
}

/// The need of a session, as a word.
pub(crate) fn session_word(method: &Method) -> &'static str {
    match method.session() {
        Session::Required => "required",
        Session::None => "none",
        _ => "optional",
    }
}

/// The effect, as a word.
pub(crate) fn effect_word(method: &Method) -> &'static str {
    match method.effect() {
        Effect::Read => "read",
        Effect::Idempotent => "idempotent",
        _ => "write",
    }
}

/// What an error means, how to mend it, whether trying again helps, who can mend it.
fn remedy(remedy: &Remedy) -> String {
    let who = remedy.who.map(|who| format!(" Who: {}.", who_word(who))).unwrap_or_default();
    format!("{} {} Retry: {}.{who}", remedy.means, remedy.fix, retry_word(remedy.retry))
}

struct Shown {
    method: &'static Method,
    lang: Lang,
    depth: usize,
}

impl Shown {
    fn facts(&self) -> Vec<(&'static str, String)> {
        let method = self.method;
        let domain = method.domain();
        let feature = if domain.is_core() { "on by default" } else { "off by default" };
        let session = match method.session() {
            Session::Required => "required: it acts for a user",
            Session::None => "none: it acts for the application",
            _ if method.is_session_guessed() => "not known; one is sent if there is one",
            _ => "optional: it adds to the answer",
        };
        let effect = match method.effect() {
            Effect::Read => "read: changes nothing",
            Effect::Idempotent => "write that may be repeated: the same call again ends in the same state",
            _ => "write: each call changes something",
        };
        let guessed = if method.is_effect_guessed() { " (guessed from the name)" } else { "" };
        let mut facts = vec![
            ("domain", format!("{}: {}; cargo feature `{}`, {feature}", domain.name(), domain.title(), domain.name())),
            ("session", session.to_owned()),
            ("effect", format!("{effect}{guessed}")),
        ];
        let unsure = if method.is_paging_guessed() { " (guessed from the names)" } else { "" };
        facts.extend(method.paging().map(|paging| ("paging", format!("{paging}{unsure}"))));
        facts.extend(method.split().map(|parameter| ("split", format!("by {parameter}"))));
        facts.extend(method.cache().map(|rule| ("cache", rule.to_owned())));
        facts.extend(method.invalidates().map(|tags| ("invalidates", tags.to_owned())));
        facts.extend(method.page_url().map(|url| ("page", url)));
        match method.origin() {
            Origin::Legacy => facts.push(("origin", "older SDKs; today's catalogue no longer has it".to_owned())),
            Origin::Article => facts.push(("origin", "an article; the platform's catalogue never had it".to_owned())),
            _ => {}
        }
        facts
    }

    fn entry(&self, node: &Node) -> Entry {
        Entry {
            indent: node.depth * 2,
            name: node.field.name().to_owned(),
            tone: if node.field.is_required() { Tone::Strong } else { Tone::Plain },
            mark: if node.field.is_required() { "*" } else { "" },
            ty: node.field.ty().to_string(),
            text: field::text(self.method, node, self.lang),
        }
    }
}

impl Answer for Shown {
    fn page(&self, page: &mut Page) {
        let method = self.method;
        page.line(&[(Tone::Strong, method.name())]);
        match method.summary() {
            Some(summary) => page.prose(0, summary),
            None => page.line(&[(Tone::Label, "Nobody has described this method yet; the official page has.")]),
        }
        if let Some(why) = method.deprecated() {
            page.line(&[(Tone::Warn, "Deprecated")]);
            page.prose(2, why);
        }
        if let Some(description) = method.description() {
            page.blank();
            page.markdown(description);
        } else {
            page.blank();
        }
        page.facts(&self.facts());

        page.heading("Parameters");
        let parameters: Vec<Entry> = method.parameter_tree().map(|node| self.entry(&node)).collect();
        page.entries(&parameters);
        match parameters.iter().any(|entry| !entry.mark.is_empty()) {
            true => page.line(&[(Tone::Label, "  * required")]),
            false if parameters.is_empty() => page.line(&[(Tone::Label, "  none of its own")]),
            false => page.line(&[(Tone::Label, "  none is required")]),
        }

        page.heading("Answer");
        let answer: Vec<Node> = method.response_tree().collect();
        let shown: Vec<Entry> =
            answer.iter().filter(|node| node.depth < self.depth).map(|node| self.entry(node)).collect();
        page.entries(&shown);
        let deeper = answer.len() - shown.len();
        if deeper > 0 {
            page.line(&[(Tone::Label, &format!("  {deeper} more inside them: raise --depth"))]);
        }

        if !method.errors().is_empty() {
            page.heading("Sub codes of its own");
            let entry = |error: &SubCode| Entry {
                indent: 0,
                name: error.code.to_owned(),
                tone: Tone::Plain,
                mark: "",
                ty: String::new(),
                text: remedy(&error.remedy),
            };
            page.entries(&method.errors().iter().map(entry).collect::<Vec<_>>());
        }

        page.heading("Cargo.toml");
        page.block(2, Tone::Code, &snippet::manifest(method));
        page.heading("Rust");
        page.block(2, Tone::Code, &snippet::rust(method));
        page.heading("Command line");
        page.block(2, Tone::Code, &snippet::command(method));
    }

    fn value(&self) -> Value {
        let method = self.method;
        let fields = |nodes: &mut dyn Iterator<Item = Node>| -> Value {
            nodes.map(|node| field::value(method, &node)).collect()
        };
        let errors = method.errors().iter().map(|error| {
            json!({
                "sub_code": error.code,
                "means": error.remedy.means,
                "fix": error.remedy.fix,
                "retry": retry_word(error.remedy.retry),
                "who": error.remedy.who.map(who_word),
            })
        });
        json!({
            "method": method.name(),
            "summary": method.summary(),
            "description": method.description(),
            "deprecated": method.deprecated(),
            "domain": method.domain().name(),
            "feature": method.domain().name(),
            "session": session_word(method),
            "session_guessed": method.is_session_guessed(),
            "effect": effect_word(method),
            "effect_guessed": method.is_effect_guessed(),
            "paging": method.paging(),
            "paging_guessed": method.is_paging_guessed(),
            "split": method.split(),
            "cache": method.cache(),
            "invalidates": method.invalidates(),
            "page": method.page_url(),
            "request_type": snippet::path(method),
            "parameters": fields(&mut method.parameter_tree()),
            "answer": fields(&mut method.response_tree().filter(|node| node.depth < self.depth)),
            "errors": errors.collect::<Vec<_>>(),
        })
    }

    fn raw(&self) -> Vec<u8> {
        snippet::rust(self.method).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use topsdk::model::{RetryClass, Who};

    use super::*;

    #[test]
    fn remedies_tell_who_can_mend() {
        let known = |who| Remedy { means: "It is gone.", fix: "Make it.", retry: RetryClass::Never, who };
        for (who, expected) in [
            (None, "It is gone. Make it. Retry: never."),
            (Some(Who::App), "It is gone. Make it. Retry: never. Who: app."),
            (Some(Who::Seller), "It is gone. Make it. Retry: never. Who: seller."),
            (Some(Who::Platform), "It is gone. Make it. Retry: never. Who: platform."),
        ] {
            assert_eq!(remedy(&known(who)), expected);
        }
    }
}
