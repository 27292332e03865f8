//! Other people's words, as text that may stand in code, in comments and in messages.

use std::borrow::Cow;

/// Most characters of a foreign name in a message.
const MAX_SHOWN: usize = 80;

/// A name for a message. Its length is another's choice, and megabytes would bury what the message says.
pub(crate) fn short(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_SHOWN) {
        None => Cow::Borrowed(name),
        Some(_) => Cow::Owned(name.chars().take(MAX_SHOWN - 1).chain(['…']).collect()),
    }
}

/// The text with `\n` for every line break and a space for every tab, without other control characters and without those that
/// change the direction of what follows: the compiler takes neither in a comment.
pub(crate) fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let kept = text.chars().filter_map(|c| match c {
        '\n' | '\r' => Some('\n'),
        '\t' => Some(' '),
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        c => Some(c).filter(|c| !c.is_control()),
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut() {
        let table = [(0, 0), (79, 79), (80, 80), (81, 80), (10_000, 80)];
        for (long, expected) in table {
            let name = "果".repeat(long);
            let short = short(&name);
            assert_eq!(short.chars().count(), expected, "{long}");
            assert_eq!(short.ends_with('…'), long > MAX_SHOWN, "{long}");
        }
    }

    #[test]
    fn nothing_stays_that_breaks_a_comment() {
        let table = [
            ("", ""),
            ("a b 苹果", "a b 苹果"),
            ("a\r\nb\rc\nd", "a\nb\nc\nd"),
            ("a\r\r\nb\n\rc", "a\n\nb\n\nc"),
            ("a\tb", "a b"),
            ("a\0b\u{1b}[1mc\u{7f}d\u{9b}", "ab[1mcd"),
            ("\u{202a}\u{202b}\u{202c}\u{202d}a\u{202e}", "a"),
            ("\u{2066}\u{2067}\u{2068}a\u{2069}", "a"),
        ];
        for (text, expected) in table {
            assert_eq!(clean(text), expected, "{text:?}");
        }
    }
}
