//! `top explain`: what a code means, how to mend it, who can, and whether trying again helps.

use serde_json::{Value, json};
use topsdk::catalog::{self, Method, nearest};
use topsdk::error;
use topsdk::model::{Remedy, RetryClass, SubCode, Who};

use crate::args;
use crate::exit::{Exit, Failure};
use crate::method;
use crate::page::{Page, Tone};
use crate::screen::{Answer, Screen};

/// Most meanings of a sub code that are shown.
const MEANINGS: usize = 5;

/// Most methods that are named for one of them.
const NAMED: usize = 3;

/// Explains a code or a sub code.
pub(crate) fn run(options: &args::Explain, screen: &Screen) -> Result<(), Failure> {
    let code = options.code.trim();
    let method = options.method.as_deref().map(method::find).transpose()?;
    let mut explained = match method {
        Some(method) => of_method(code, method),
        None => of_all(code),
    };
    if explained.meanings.is_empty() {
        return Err(unknown(code, method));
    }
    explained.code = code;
    screen.show(&explained)
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

/// Whether trying again helps, as specs write it.
pub(crate) fn retry_word(retry: RetryClass) -> &'static str {
    match retry {
        RetryClass::Never => "never",
        RetryClass::Once => "once",
        RetryClass::Backoff => "backoff",
        _ => "after_ban",
    }
}

/// Who can mend an error, as specs write it.
pub(crate) fn who_word(who: Who) -> &'static str {
    match who {
        Who::App => "app",
        Who::Seller => "seller",
        _ => "platform",
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
    /// The methods whose own meaning it is.
    methods: Vec<&'static str>,
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
            methods: Vec::new(),
        }
    }

    /// Whether it says the same as a method's own entry.
    fn is_own(&self, entry: &SubCode) -> bool {
        !self.methods.is_empty() && self.means == entry.remedy.means && self.fix == entry.remedy.fix
    }

    /// The first methods and how many more there are.
    fn methods(&self) -> String {
        let first = self.methods.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
        match self.methods.len().saturating_sub(NAMED) {
            0 => first,
            more => format!("{first} and {more} more"),
        }
    }
}

/// The platform's own explanation: of a number, else of a sub code, and whether it knows this very one.
fn platform(code: &str) -> Option<(Meaning, bool)> {
    if let Some(entry) = code.parse().ok().and_then(error::explain) {
        let range =
            if entry.first == entry.last { String::new() } else { format!(" ({} to {})", entry.first, entry.last) };
        let title = format!("{}{range}", entry.name);
        return Some((Meaning { article: entry.article, ..Meaning::new(title, &entry.remedy) }, true));
    }
    let entry = error::explain_sub_code(&code.to_lowercase())?;
    Some((Meaning::new(entry.code.to_owned(), &entry.remedy), !entry.code.ends_with('*')))
}

/// What a code means to the platform and to single methods.
fn of_all<'a>(code: &str) -> Explained<'a> {
    let platform = platform(code);
    let exact = platform.as_ref().is_some_and(|(_, exact)| *exact);
    let mut meanings: Vec<Meaning> = platform.into_iter().map(|(meaning, _)| meaning).collect();
    if code.parse().ok().and_then(error::explain).is_some() {
        // Other numbers may be sub codes.
        return Explained { meanings, ..Explained::default() };
    }
    let mut more = 0;
    for method in catalog::methods() {
        let Some(own) = own(code, method) else { continue };
        if let Some(known) = meanings.iter_mut().find(|m| m.is_own(own)) {
            known.methods.push(method.name());
        } else if meanings.len() < MEANINGS {
            meanings.push(Meaning { methods: vec![method.name()], ..Meaning::new(String::new(), &own.remedy) });
        } else {
            more += 1;
        }
    }
    let found = exact || meanings.iter().any(|meaning| !meaning.methods.is_empty());
    Explained { meanings, more, near: if found { Vec::new() } else { near(code, None) }, ..Explained::default() }
}

/// What a code means to one method: what the method's own entry says, else the platform.
fn of_method<'a>(code: &str, method: &'static Method) -> Explained<'a> {
    if let Some(own) = own(code, method) {
        let meaning = Meaning { methods: vec![method.name()], ..Meaning::new(String::new(), &own.remedy) };
        return Explained { meanings: vec![meaning], ..Explained::default() };
    }
    let Some((meaning, exact)) = platform(code) else { return Explained::default() };
    let near = if exact { Vec::new() } else { near(code, Some(method)) };
    Explained { meanings: vec![meaning], near, ..Explained::default() }
}

/// The entry of a method for a sub code; anything after `:` is the backend's own.
fn own(code: &str, method: &'static Method) -> Option<&'static SubCode> {
    let name = code.split(':').next().unwrap_or(code);
    let entry = |wanted: &str| method.errors().iter().find(|entry| entry.code.eq_ignore_ascii_case(wanted));
    entry(code).or_else(|| entry(name))
}

/// Sub codes that may have been meant, of this method or of all.
fn near(code: &str, method: Option<&'static Method>) -> Vec<String> {
    let platform = error::sub_codes().iter().map(|entry| entry.code).filter(|code| !code.ends_with('*'));
    let asked = catalog::methods().filter(|known| method.is_none_or(|method| method.name() == known.name()));
    let own = asked.flat_map(|method| method.errors()).map(|entry| entry.code);
    nearest(code, platform.chain(own), 3).into_iter().map(str::to_owned).collect()
}

fn unknown(code: &str, method: Option<&'static Method>) -> Failure {
    let failure = Failure::new(Exit::NotFound, format!("the code `{code}` is not known"));
    let numbers: Vec<String> = error::codes().iter().map(|entry| entry.first.to_string()).collect();
    let named = error::codes().iter().find(|entry| entry.name.eq_ignore_ascii_case(code));
    let near = match named {
        Some(entry) => vec![entry.first.to_string()],
        None if code.parse::<i64>().is_ok() => {
            nearest(code, numbers.iter().map(String::as_str), 3).into_iter().map(str::to_owned).collect()
        }
        None => near(code, method),
    };
    let failure = match near.as_slice() {
        [] => failure
            .fact("codes", "numbers, such as 27")
            .fact("sub codes", "begin with isv. (mend the call), isp. (the platform), accesscontrol. and others"),
        near => failure.fact("near", near.join(", ")),
    };
    near.iter().fold(failure, |failure, near| failure.attempt(format!("top explain {near}")))
}

#[derive(Default)]
struct Explained<'a> {
    code: &'a str,
    meanings: Vec<Meaning>,
    /// Methods with a meaning of their own that are not shown.
    more: usize,
    /// What may have been meant by a code that only a family knows.
    near: Vec<String>,
}

impl Answer for Explained<'_> {
    fn page(&self, page: &mut Page) {
        for meaning in &self.meanings {
            let title = match meaning.title.as_str() {
                title if title == self.code || title.is_empty() => String::new(),
                title if title.ends_with('*') => format!("  not known by itself; one of {title}"),
                title => format!("  {title}"),
            };
            page.heading(&format!("{}{title}", self.code));
            let methods = meaning.methods();
            let mut facts = vec![("means", meaning.means.as_str()), ("fix", meaning.fix.as_str())];
            facts.extend(meaning.who.map(|who| ("who", who_text(who))));
            facts.push(("retry", retry_text(meaning.retry)));
            facts.extend(meaning.article.map(|text| ("article", text)));
            if !methods.is_empty() {
                facts.push(("methods", &methods));
            }
            page.facts(&facts);
        }
        if self.more > 0 {
            page.blank();
            let more = format!("{} more methods have meanings of their own: --method METHOD tells them", self.more);
            page.prose(0, &more);
        }
        if !self.near.is_empty() {
            page.blank();
            page.labelled(Tone::Label, "Did you mean ", Tone::Code, &format!("{}?", self.near.join(", ")));
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
                "methods": meaning.methods,
                "means": meaning.means,
                "fix": meaning.fix,
                "retry": retry_word(meaning.retry),
                "who": meaning.who.map(who_word),
                "article": meaning.article,
            })
        });
        json!({ "code": self.code, "meanings": meanings.collect::<Vec<_>>(), "near": self.near })
    }

    fn raw(&self) -> Vec<u8> {
        self.meanings.iter().map(|m| format!("{} {}\n", m.means, m.fix)).collect::<String>().into_bytes()
    }
}
