//! Values that are found again wherever they are shown.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};

use topsdk::Error;

/// What all secret texts, all secret numbers and all others begin with. No word, hexadecimal number or id looks like that.
const SECRET: &str = "zqs";
const NUMBER: i64 = 7_311_777_000_000_000;
const OPEN: &str = "zqo";

/// Marked values, each with the place that it stands for.
#[derive(Debug, Default)]
pub(super) struct Marks {
    places: Vec<String>,
    /// What was shown and where, for the message.
    pub(super) found: Vec<String>,
}

impl Marks {
    /// A text that nobody may see, short enough for any limit.
    pub(super) fn secret(&mut self, place: impl Into<String>) -> String {
        self.places.push(place.into());
        format!("{SECRET}{}x", self.places.len() - 1)
    }

    /// A number that nobody may see.
    pub(super) fn number(&mut self, place: impl Into<String>) -> i64 {
        self.places.push(place.into());
        NUMBER + i64::try_from(self.places.len() - 1).unwrap()
    }

    /// A text that may be shown, and where that is looked at must be.
    pub(super) fn open(&mut self, place: impl Into<String>) -> String {
        self.places.push(place.into());
        format!("{OPEN}{}x", self.places.len() - 1)
    }

    /// The places whose secrets stand in a text.
    pub(super) fn places(&self, text: &str) -> Vec<&str> {
        let prefix = (NUMBER / 1_000_000).to_string();
        let after = |found: &str, base: i64| -> Option<&str> {
            let digits: String = found.chars().take_while(char::is_ascii_digit).collect();
            let number = usize::try_from(digits.parse::<i64>().ok()? - base).ok()?;
            self.places.get(number).map(String::as_str)
        };
        let texts = text.match_indices(SECRET).filter_map(|(at, _)| after(&text[at + SECRET.len()..], 0));
        let numbers = text.match_indices(&prefix).filter_map(|(at, _)| after(&text[at..], NUMBER));
        texts.chain(numbers).collect()
    }

    /// Notes what a text shows that it must not: marked secrets and signatures.
    pub(super) fn hunt(&mut self, shown_in: &str, text: &str) {
        let mut found: Vec<String> = self.places(text).into_iter().map(str::to_owned).collect();
        let hex = |c: char| c.is_ascii_digit() || ('A'..='F').contains(&c);
        found.extend(text.split(|c| !hex(c)).find(|run| run.len() >= 32).map(|_| "a signature".to_owned()));
        found.sort();
        found.dedup();
        self.found.extend(found.into_iter().map(|what| format!("{shown_in} shows {what}")));
    }

    /// The same in both forms of `Debug`.
    pub(super) fn hunt_debug(&mut self, shown_in: &str, value: &dyn Debug) {
        self.hunt(&format!("Debug of {shown_in}"), &format!("{value:?} {value:#?}"));
    }

    /// The same in an error, its `Debug` and its causes. Returns what it says.
    pub(super) fn hunt_error(&mut self, shown_in: &str, error: &Error) -> String {
        self.hunt_debug(shown_in, error);
        let mut said = String::new();
        let mut cause: Option<&dyn StdError> = Some(error);
        while let Some(error) = cause {
            said += &format!("{} {error:?} ", error as &dyn Display);
            cause = error.source();
        }
        self.hunt(&format!("the error of {shown_in}"), &said);
        said
    }

    /// Notes what a text does not show though it should: the proof that this scan can fail.
    pub(super) fn expect_open(&mut self, shown_in: &str, text: &str, open: &[String]) {
        for mark in open.iter().filter(|mark| !text.contains(mark.as_str())) {
            self.found.push(format!("{shown_in} does not show {mark}, which is no secret"));
        }
    }

    /// Fails with everything that was found.
    pub(super) fn assert_clean(self) {
        assert!(self.found.is_empty(), "{} leaks:\n{}", self.found.len(), self.found.join("\n"));
    }
}

#[test]
fn marks_are_found_again() {
    let mut marks = Marks::default();
    let (name, open, id) = (marks.secret("name"), marks.open("title"), marks.number("id"));
    assert_eq!(marks.places(&format!("a={name}&b={open}&c={id}")), ["name", "id"]);
    marks.hunt("a log", &format!("{id} {open} {}", "0123456789ABCDEF".repeat(2)));
    marks.expect_open("a log", &name, &[open]);
    assert_eq!(
        marks.found,
        ["a log shows a signature", "a log shows id", "a log does not show zqo1x, which is no secret"]
    );
}
