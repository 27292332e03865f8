//! Words of a language that is written on a terminal: lines of a width, numbers of things.

use console::measure_text_width;

/// The text in lines of at most `width` columns, broken at spaces; Chinese and words that are too long, anywhere. The text's own
/// line breaks stay.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut used = 0;
        for piece in pieces(paragraph) {
            let columns = measure_text_width(piece);
            if used > 0 && used + measure_text_width(piece.trim_end()) > width {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                used = 0;
            }
            if columns <= width {
                line.push_str(piece);
                used += columns;
                continue;
            }
            for c in piece.chars() {
                let columns = measure_text_width(c.encode_utf8(&mut [0; 4]));
                if used + columns > width {
                    lines.push(std::mem::take(&mut line));
                    used = 0;
                }
                line.push(c);
                used += columns;
            }
        }
        lines.push(line.trim_end().to_owned());
    }
    lines
}

/// A text cut into what must stay together: words with the spaces behind them, single wide characters.
fn pieces(text: &str) -> Vec<&str> {
    let mut cuts = vec![0];
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let after_space = before == ' ' && c != ' ';
        // Closing punctuation stays with what it closes.
        let after_wide = is_wide(before) && !is_closing(c) && c != ' ';
        let at_wide = is_wide(c) && !is_closing(c);
        if at > 0 && (after_space || after_wide || at_wide) {
            cuts.push(at);
        }
        before = c;
    }
    cuts.push(text.len());
    cuts.windows(2).filter_map(|cut| text.get(cut[0]..cut[1])).filter(|piece| !piece.is_empty()).collect()
}

fn is_wide(c: char) -> bool {
    !c.is_ascii() && measure_text_width(c.encode_utf8(&mut [0; 4])) == 2
}

fn is_closing(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '？' | '！' | '）' | '》' | '」' | '”')
}

/// `1 method`, `2 methods`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_width() {
        for (text, width, expected) in [
            ("one two three", 8, vec!["one two", "three"]),
            ("one two three", 80, vec!["one two three"]),
            ("a\n\nb", 80, vec!["a", "", "b"]),
            ("abcdefghijkl", 8, vec!["abcdefgh", "ijkl"]),
            ("x abcdefghijkl", 8, vec!["x", "abcdefgh", "ijkl"]),
            ("卖家的备注内容", 8, vec!["卖家的备", "注内容"]),
            ("卖家的备，注内容", 8, vec!["卖家的", "备，注内", "容"]),
            ("", 8, vec![]),
        ] {
            assert_eq!(wrap(text, width), expected, "{text}");
            assert!(wrap(text, width).iter().all(|line| measure_text_width(line) <= width), "{text}");
        }
    }
}
