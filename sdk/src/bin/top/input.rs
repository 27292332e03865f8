//! What people type: `name=value`, files, requests as they were sent, secrets.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Read as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use console::Term;
use secrecy::SecretString;

use crate::exit::Failure;

/// Names and values, in the order in which they came.
pub(crate) type Pairs = Vec<(String, String)>;

/// `name=value`: the name ends at the first `=`, everything after it is the value.
pub(crate) fn pair(text: &str) -> Result<(String, String), Failure> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        Some(_) => Err(Failure::usage("a parameter has no name before `=`")),
        // Not shown: it may be a secret in the wrong place.
        None => Err(Failure::usage("a parameter is not of the form NAME=VALUE")
            .fact("hint", "put quotes around a value with spaces: 'memo=two words'")),
    }
}

/// `name=@path`.
pub(crate) fn named_path(text: &str) -> Result<(String, String), Failure> {
    let (name, path) = pair(text)?;
    match path.strip_prefix('@').unwrap_or(&path) {
        "" => Err(Failure::usage(format!("{name}: no path after `=@`"))),
        path => Ok((name, path.to_owned())),
    }
}

/// The text itself, that of the file `@path`, or of standard input for `-`. A line break at the end does not count.
pub(crate) fn text(argument: &str) -> Result<String, Failure> {
    let text = match argument.strip_prefix('@') {
        Some(path) => file(Path::new(path))?,
        None if argument == "-" => file(Path::new("-"))?,
        None => return Ok(argument.to_owned()),
    };
    Ok(text.strip_suffix('\n').map_or(text.as_str(), |text| text.strip_suffix('\r').unwrap_or(text)).to_owned())
}

/// Whether standard input was read to its end. Whoever reads it again gets nothing.
static AT_ITS_END: AtomicBool = AtomicBool::new(false);

fn not_at_its_end() -> Result<(), Failure> {
    match AT_ITS_END.load(Relaxed) {
        true => Err(Failure::usage("standard input can be read once only")
            .fact("fix", "Say `-` for one of them, and put the others into files.")),
        false => Ok(()),
    }
}

/// The text of a file; `-` is standard input, all that is left of it.
pub(crate) fn file(path: &Path) -> Result<String, Failure> {
    let read = if path == Path::new("-") {
        not_at_its_end()?;
        AT_ITS_END.store(true, Relaxed);
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    read.map_err(|why| Failure::usage(format!("{} cannot be read: {why}", path.display())))
}

/// The parameters of a request as it was sent: a URL, a query or a form. What is not UTF-8 is replaced.
pub(crate) fn request(text: &str) -> Pairs {
    let text = text.trim();
    let url = text.starts_with("http://") || text.starts_with("https://");
    let query = match text.split_once('?') {
        Some((_, query)) if url => query.split('#').next().unwrap_or_default(),
        _ if url => "",
        _ => text.trim_start_matches('?'),
    };
    let pairs = query.split(['&', '\n']).map(str::trim).filter(|pair| !pair.is_empty());
    pairs.flat_map(|pair| form_urlencoded::parse(pair.as_bytes()).into_owned()).collect()
}

/// The first line of the file that this option names; `-` takes the next line of standard input.
pub(crate) fn secret_line(option: &str, path: &Path) -> Result<SecretString, Failure> {
    if path == Path::new("-") {
        return next_line();
    }
    // A bare word may be the secret itself, in the place of its file.
    let shown = path.display().to_string();
    let shown = if shown.contains(std::path::is_separator) { format!(", {shown},") } else { String::new() };
    let text = fs::read_to_string(path).map(SecretString::from);
    let text = text.map_err(|why| Failure::usage(format!("the file of `{option}`{shown} cannot be read: {why}")))?;
    first_line(&text).ok_or_else(|| Failure::usage(format!("the first line of {} is empty", path.display())))
}

/// Asks a person, without showing what is typed; without a terminal, takes the next line of standard input.
pub(crate) fn ask(what: &str) -> Result<SecretString, Failure> {
    if !io::stdin().is_terminal() {
        return next_line();
    }
    let term = Term::stderr();
    let asked = term.write_str(&format!("{what} (not shown): ")).and_then(|()| term.read_secure_line());
    let line = asked.map_err(|why| Failure::usage(format!("the terminal cannot be read: {why}")))?;
    first_line(&SecretString::from(line)).ok_or_else(|| Failure::usage(format!("{what}: nothing was typed")))
}

fn next_line() -> Result<SecretString, Failure> {
    not_at_its_end()?;
    let mut line = String::new();
    let read = io::stdin().lock().read_line(&mut line);
    let line = SecretString::from(line);
    read.map_err(|why| Failure::usage(format!("standard input cannot be read: {why}")))?;
    first_line(&line).ok_or_else(|| Failure::usage("standard input has no line with the secret"))
}

fn first_line(text: &SecretString) -> Option<SecretString> {
    use secrecy::ExposeSecret as _;

    let line = text.expose_secret().lines().next().unwrap_or_default().trim();
    (!line.is_empty()).then(|| line.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_as_people_type_them() {
        for (text, expected) in [
            ("tid=1", Some(("tid", "1"))),
            ("memo=a=b&c", Some(("memo", "a=b&c"))),
            ("memo=", Some(("memo", ""))),
            (" tid = 1", Some(("tid", " 1"))),
            ("{\"a\":\"b=c\"}", Some(("{\"a\":\"b", "c\"}"))),
            ("tid", None),
            ("=1", None),
            ("", None),
        ] {
            let got = pair(text).ok();
            assert_eq!(got.as_ref().map(|(n, v)| (n.as_str(), v.as_str())), expected, "{text}");
        }
        for (text, expected) in [("a=@b", Some("b")), ("a=b", Some("b")), ("a=@", None), ("a=", None), ("a", None)] {
            assert_eq!(named_path(text).ok().map(|(_, path)| path).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn requests_as_they_were_sent() {
        for (text, expected) in [
            ("https://h/router/rest?a=1&b=%E4%B8%AD+x#end", vec![("a", "1"), ("b", "中 x")]),
            ("https://h/router/rest", vec![]),
            ("a=1&&b=100%&c=%2B%zz&d", vec![("a", "1"), ("b", "100%"), ("c", "+%zz"), ("d", "")]),
            ("?a=%D6%D0", vec![("a", "\u{fffd}\u{fffd}")]),
            ("a=1\nb=2\n", vec![("a", "1"), ("b", "2")]),
            ("", vec![]),
        ] {
            let expected: Pairs = expected.into_iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            assert_eq!(request(text), expected, "{text}");
        }
    }
}
