//! Values that are found again wherever they are shown.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};

use topsdk::{Error, Upload};
use topsdk_e2e::Mark;

/// The bytes of every file.
pub(super) const FILE: &str = "zqf-file-bytes";

/// The name of every file.
pub(super) const FILE_NAME: &str = "zqf-file-name.png";

/// What all secret texts, all others and all that is of files begin with. No word, hexadecimal number or id looks like that.
const SECRET: &str = "zqs";
const OPEN: &str = "zqo";
const IN_FILES: &str = "zqf-";

/// What follows in texts: the index of the place in three digits of this base, so that they fit where a postal code does.
const BASE: usize = 36;
const WIDTH: usize = 3;

/// All secret numbers have this many digits and begin like this one. `f64` still holds each of them exactly.
const NUMBER: i64 = 7_311_777_000_000_000;
const DIGITS: usize = 16;

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
        format!("{SECRET}{}", code(self.place(place)))
    }

    /// A number that nobody may see.
    pub(super) fn secret_number(&mut self, place: impl Into<String>) -> i64 {
        NUMBER + i64::try_from(self.place(place)).unwrap()
    }

    /// A text that may be shown, and where that is looked at must be.
    pub(super) fn open(&mut self, place: impl Into<String>) -> String {
        format!("{OPEN}{}", code(self.place(place)))
    }

    fn place(&mut self, place: impl Into<String>) -> usize {
        self.places.push(place.into());
        self.places.len() - 1
    }

    /// The places whose secrets stand in a text.
    pub(super) fn places(&self, text: &str) -> Vec<&str> {
        let prefix = (NUMBER / 1_000_000).to_string();
        let texts = text.match_indices(SECRET).filter_map(|(at, _)| {
            let code = text.get(at + SECRET.len()..at + SECRET.len() + WIDTH)?;
            usize::from_str_radix(code, BASE.try_into().unwrap()).ok()
        });
        // Fen and decimals have more digits behind.
        let numbers = text.match_indices(&prefix).filter_map(|(at, _)| {
            let number: i64 = text.get(at..at + DIGITS)?.parse().ok()?;
            usize::try_from(number - NUMBER).ok()
        });
        texts.chain(numbers).filter_map(|index| self.places.get(index)).map(String::as_str).collect()
    }

    /// Notes what a text shows that it must not: marked secrets, files and signatures.
    pub(super) fn hunt(&mut self, shown_in: &str, text: &str) {
        let mut found: Vec<String> = self.places(text).into_iter().map(str::to_owned).collect();
        found.extend(signature(text).then(|| "a signature".to_owned()));
        found.extend(text.contains(IN_FILES).then(|| "a file".to_owned()));
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

impl Mark for Marks {
    fn text(&mut self, place: &str) -> String {
        self.secret(place)
    }

    fn number(&mut self, place: &str) -> i64 {
        self.secret_number(place)
    }

    fn file(&mut self, _: &str) -> Upload {
        Upload::new(FILE_NAME, FILE.as_bytes())
    }
}

/// The digits of an index. None begins with `z`, so that no code is taken for a mark.
fn code(index: usize) -> String {
    assert!(index < (BASE - 1) * BASE * BASE, "too many marks");
    let digit = |digit: usize| char::from(b"0123456789abcdefghijklmnopqrstuvwxyz"[digit % BASE]);
    [digit(index / BASE / BASE), digit(index / BASE), digit(index)].iter().collect()
}

/// Whether there is something in a text that looks like a signature. Without a letter it is a number, such as a job's in Rust's own
/// `Debug`; a signature has one but for three in ten million.
fn signature(text: &str) -> bool {
    let letter = |c: char| ('A'..='F').contains(&c);
    let mut runs = text.split(|c: char| !c.is_ascii_digit() && !letter(c));
    runs.any(|run| run.len() >= 32 && run.contains(letter))
}

#[test]
fn signatures_are_told_from_numbers() {
    for (text, is) in [
        ("sign=9B0A6E3E5E6B8E5B7B5C2E1A4D3F2C1B", true),
        ("a 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF b", true),
        ("Ulid(2170592752769655975699883219115092584)", false),
        ("0123456789ABCDEF0123456789ABCDE", false),
        ("00f067aa0ba902b7-4bf92f3577b34da6a3ce929d0e0e4736", false),
    ] {
        assert_eq!(signature(text), is, "{text}");
    }
}

#[test]
fn marks_are_found_again() {
    let mut marks = Marks::default();
    let (name, open, id) = (marks.secret("name"), marks.open("title"), marks.secret_number("id"));
    assert_eq!(marks.places(&format!("a={name}&b={open}&c={id}00 {id}.0")), ["name", "id", "id"]);
    marks.hunt("a log", &format!("{id} {open} {FILE} {}", "0123456789ABCDEF".repeat(2)));
    marks.expect_open("a log", &name, &[open]);
    assert_eq!(
        marks.found,
        [
            "a log shows a file",
            "a log shows a signature",
            "a log shows id",
            "a log does not show zqo001, which is no secret"
        ]
    );
    for place in 3..2_000 {
        let mark = marks.secret(place.to_string());
        assert_eq!(marks.places(&mark), [place.to_string()]);
    }
}
