//! `top explain`: what a code means, how to mend it, who can, and whether trying again helps.

use serde_json::{Value, json};
use topsdk::error;
use topsdk::model::{Remedy, RetryClass, Who};

use crate::args;
use crate::exit::{Exit, Failure};
use crate::page::{Page, Tone};
use crate::screen::{Answer, Screen};
use crate::words::nearest;

/// Explains a code or a sub code.
pub(crate) fn run(options: &args::Explain, screen: &Screen) -> Result<(), Failure> {
    let code = options.code.trim();
    let found = match code.parse::<i64>() {
        Ok(number) => platform(number),
        Err(_) => sub_code(code),
    };
    if found.is_empty() {
        return Err(unknown(code));
    }
    screen.show(&Explained { code, meanings: found })
}

/// Whether trying again helps, in words.
pub(crate) fn retry_text(retry: RetryClass) -> &'static str {
    match retry {
        RetryClass::Never => "no: the same call fails again",
        RetryClass::Once => "once, after the correction",
        RetryClass::Backoff => "yes, waiting longer each time",
        RetryClass::AfterBan => "yes, after the seconds that the platform tells",
        _ => "not known",
    }
}

/// Who can mend an error, in words.
pub(crate) fn who_text(who: Who) -> &'static str {
    match who {
        Who::App => "you, the developer of the application",
        Who::Seller => "the user of the session, such as the seller",
        Who::Platform => "the platform; nobody on this side",
        _ => "not known",
    }
}

/// One meaning of a code.
struct Meaning {
    /// Its entry: a name, a family, a method.
    title: String,
    means: String,
    fix: String,
    retry: RetryClass,
    who: Option<Who>,
    article: Option<&'static str>,
}

impl Meaning {
    fn new(title: String, remedy: &Remedy) -> Self {
        Self {
            title,
            means: remedy.means.to_owned(),
            fix: remedy.fix.to_owned(),
            retry: remedy.retry,
            who: remedy.who,
            article: None,
        }
    }
}

fn platform(code: i64) -> Vec<Meaning> {
    let entry = error::explain(code);
    let meaning = entry.map(|entry| {
        let range =
            if entry.first == entry.last { String::new() } else { format!(" ({} to {})", entry.first, entry.last) };
        Meaning { article: entry.article, ..Meaning::new(format!("{}{range}", entry.name), &entry.remedy) }
    });
    meaning.into_iter().collect()
}

fn sub_code(code: &str) -> Vec<Meaning> {
    let entry = error::explain_sub_code(code).or_else(|| error::explain_sub_code(&code.to_lowercase()));
    entry.map(|entry| Meaning::new(entry.code.to_owned(), &entry.remedy)).into_iter().collect()
}

fn unknown(code: &str) -> Failure {
    let failure = Failure::new(Exit::NotFound, format!("the code `{code}` is not known"));
    let numbers: Vec<String> = error::codes().iter().map(|entry| entry.first.to_string()).collect();
    let subs = error::sub_codes().iter().map(|entry| entry.code.trim_end_matches('*'));
    let named = error::codes().iter().find(|entry| entry.name.eq_ignore_ascii_case(code));
    let near = match named {
        Some(entry) => vec![entry.first.to_string()],
        None => {
            nearest(code, numbers.iter().map(String::as_str).chain(subs), 3).into_iter().map(str::to_owned).collect()
        }
    };
    let failure = match near.as_slice() {
        [] => failure
            .fact("codes", "numbers, such as 27")
            .fact("sub codes", "begin with isv. (mend the call), isp. (the platform), accesscontrol. and others"),
        near => failure.fact("near", near.join(", ")),
    };
    near.iter().fold(failure, |failure, near| failure.attempt(format!("top explain {near}")))
}

struct Explained<'a> {
    code: &'a str,
    meanings: Vec<Meaning>,
}

impl Answer for Explained<'_> {
    fn page(&self, page: &mut Page) {
        for meaning in &self.meanings {
            page.heading(&format!("{}  {}", self.code, if meaning.title == self.code { "" } else { &meaning.title }));
            let mut facts = vec![("means", meaning.means.as_str()), ("fix", meaning.fix.as_str())];
            facts.extend(meaning.who.map(|who| ("who", who_text(who))));
            facts.push(("retry", retry_text(meaning.retry)));
            facts.extend(meaning.article.map(|text| ("article", text)));
            page.facts(&facts);
        }
        if self.code.parse() == Ok(15_i64) {
            page.blank();
            page.line(&[(Tone::Label, "The sub code tells more: "), (Tone::Code, "top explain SUB_CODE")]);
        }
    }

    fn value(&self) -> Value {
        let meanings = self.meanings.iter().map(|meaning| {
            json!({
                "title": meaning.title,
                "means": meaning.means,
                "fix": meaning.fix,
                "retry": format!("{:?}", meaning.retry).to_lowercase(),
                "who": meaning.who.map(|who| format!("{who:?}").to_lowercase()),
                "article": meaning.article,
            })
        });
        json!({ "code": self.code, "meanings": meanings.collect::<Vec<_>>() })
    }

    fn raw(&self) -> Vec<u8> {
        self.meanings.iter().map(|m| format!("{} {}\n", m.means, m.fix)).collect::<String>().into_bytes()
    }
}
