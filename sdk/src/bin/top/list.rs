//! `top list`: domains, and methods by words.

use serde_json::{Value, json};
use topsdk::catalog::{self, Domain, Hit, Method, nearest};

use crate::args;
use crate::exit::{Exit, Failure};
use crate::page::{Page, Tone};
use crate::screen::{Answer, Screen};
use crate::show::{effect_word, session_word};
use crate::words::count;

/// Most methods that are found, if nothing is said.
const FOUND: usize = 20;

/// Lists domains, all methods, those of a domain, or those that words fit.
pub(crate) fn run(options: &args::List, screen: &Screen) -> Result<(), Failure> {
    let domain = options.domain.as_deref().map(domain).transpose()?;
    let words = options.words.join(" ");
    let mut methods: Vec<&Method> = match (domain, words.trim()) {
        (None, "") if !options.all => return screen.show(&Domains),
        (None, "") => catalog::methods().collect(),
        (Some(domain), "") => domain.methods().collect(),
        (Some(domain), words) => domain.search(words, usize::MAX).into_iter().map(Hit::method).collect(),
        (None, words) => catalog::search(words, usize::MAX).into_iter().map(Hit::method).collect(),
    };
    let found = !words.trim().is_empty();
    let limit = options.limit.unwrap_or(if found { FOUND } else { usize::MAX });
    let more = methods.len().saturating_sub(limit);
    methods.truncate(limit);
    if methods.is_empty() {
        let within = domain.map(|domain| format!(" of domain {}", domain.name())).unwrap_or_default();
        return Err(Failure::new(Exit::NotFound, format!("no method{within} fits `{}`", words.trim()))
            .fact("hint", "fewer words find more; parts of names and Chinese words do too")
            .attempt("top list"));
    }
    screen.show(&Methods { methods, more, found })
}

fn domain(name: &str) -> Result<&'static Domain, Failure> {
    catalog::domain(name).ok_or_else(|| {
        let failure = Failure::new(Exit::NotFound, format!("there is no domain `{name}`"));
        let near = nearest(name, catalog::domains().map(Domain::name), 3);
        let failure = if near.is_empty() { failure } else { failure.fact("near", near.join(", ")) };
        failure.attempt("top list")
    })
}

struct Domains;

impl Answer for Domains {
    fn page(&self, page: &mut Page) {
        let row = |domain: &'static Domain| {
            vec![
                (if domain.is_core() { Tone::Good } else { Tone::Strong }, domain.name().to_owned()),
                (Tone::Plain, format!("{:>7}", domain.methods().count())),
                (Tone::Plain, domain.title().to_owned()),
                (Tone::Label, domain.title_zh().to_owned()),
            ]
        };
        let rows: Vec<_> = catalog::domains().map(row).collect();
        page.table(&["DOMAIN", "METHODS", "TITLE", ""], &rows);
        page.blank();
        let all = format!("{} in {}.", count(catalog::methods().len(), "method"), count(rows.len(), "domain"));
        page.line(&[(Tone::Plain, &all), (Tone::Good, " Green"), (Tone::Plain, ": on by default.")]);
        page.line(&[
            (Tone::Label, "Next: "),
            (Tone::Code, "top list WORDS .."),
            (Tone::Label, " or "),
            (Tone::Code, "top list --domain DOMAIN"),
        ]);
    }

    fn value(&self) -> Value {
        let domain = |domain: &'static Domain| {
            json!({
                "domain": domain.name(),
                "title": domain.title(),
                "title_zh": domain.title_zh(),
                "methods": domain.methods().count(),
                "default": domain.is_core(),
            })
        };
        catalog::domains().map(domain).collect()
    }

    fn raw(&self) -> Vec<u8> {
        catalog::domains().map(|domain| format!("{}\n", domain.name())).collect::<String>().into_bytes()
    }
}

struct Methods {
    methods: Vec<&'static Method>,
    /// How many there are that are not shown.
    more: usize,
    /// Whether they fit words, the best first.
    found: bool,
}

impl Answer for Methods {
    fn page(&self, page: &mut Page) {
        let row = |method: &&'static Method| {
            let tone = if method.is_deprecated() { Tone::Label } else { Tone::Strong };
            let summary = match method.summary() {
                Some(summary) => (Tone::Plain, summary.to_owned()),
                None => (Tone::Label, format!("({})", method.domain().title())),
            };
            vec![(tone, method.name().to_owned()), summary]
        };
        let rows: Vec<_> = self.methods.iter().map(row).collect();
        page.table(&["METHOD", "SUMMARY"], &rows);
        if self.more > 0 {
            page.blank();
            let more = match self.found {
                true => format!("{} fit too, less well: ", count(self.more, "method")),
                false => format!("{} more: ", self.more),
            };
            page.line(&[(Tone::Label, &more), (Tone::Code, &format!("--limit {}", self.methods.len() + self.more))]);
        }
    }

    fn value(&self) -> Value {
        let method = |method: &&'static Method| {
            json!({
                "method": method.name(),
                "domain": method.domain().name(),
                "summary": method.summary(),
                "session": session_word(method),
                "effect": effect_word(method),
                "deprecated": method.is_deprecated(),
            })
        };
        self.methods.iter().map(method).collect()
    }

    fn raw(&self) -> Vec<u8> {
        self.methods.iter().map(|method| format!("{}\n", method.name())).collect::<String>().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let answers: [(&str, &dyn Answer); 2] = [
            ("domains", &Domains),
            ("methods", &Methods { methods: catalog::methods().collect(), more: 3, found: true }),
        ];
        for (name, answer) in answers {
            for columns in [60, 80, 200] {
                let mut page = Page::new(columns, true);
                answer.page(&mut page);
                let text = page.into_text();
                let wide = text.lines().find(|line| console::measure_text_width(line) > columns);
                assert_eq!(wide, None, "{name} in {columns}");
            }
        }
    }
}
