//! "Did you mean": the nearest of the words that would have been right.

/// The candidate nearest to a word, if one is near enough to be what was meant: less than a third of its characters are wrong.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let mut most = (word.len() / 3).max(1);
    let mut best = None;
    for candidate in candidates {
        // The lengths alone rule out most of a long list.
        if candidate.chars().count().abs_diff(word.len()) > most {
            continue;
        }
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        let wrong = distance(&word, &letters);
        if wrong <= most && best.is_none_or(|(least, _)| wrong < least) {
            best = Some((wrong, candidate));
            most = wrong;
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Letters to be put in, left out, changed or swapped with the next one.
fn distance(a: &[char], b: &[char]) -> usize {
    // Three rows of the table: for a swap one has to look back two.
    let (mut before, mut last) = (Vec::new(), (0..=b.len()).collect::<Vec<_>>());
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *y && *x == b[j - 1] {
                least = least.min(before[j - 1] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, wrong) in [
            ("", "", 0),
            ("", "abc", 3),
            ("abc", "abc", 0),
            ("abc", "acb", 1),
            ("abcd", "badc", 2),
            ("kitten", "sitting", 3),
            ("ca", "abc", 3),
            ("中文", "中", 1),
        ] {
            let chars = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&chars(a), &chars(b)), wrong, "{a} {b}");
            assert_eq!(distance(&chars(b), &chars(a)), wrong, "{b} {a}");
        }
    }

    #[test]
    fn nearest_words() {
        let words = ["fields", "tid", "page_no", "page_size", "buyer_nick"];
        for (word, expected) in [
            ("feilds", Some("fields")),
            ("page_num", Some("page_no")),
            ("pagesize", Some("page_size")),
            ("Tid", Some("tid")),
            ("seller_flag", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }
}
