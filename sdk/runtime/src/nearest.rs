//! "Did you mean": the nearest of the words that would have been right.

/// The candidates nearest to a word, best first: at most so many, and only those near enough to be what was meant.
///
/// Near enough is one of which at most a third of the word's letters are wrong; one wrong letter always is, but in an empty word.
/// Letters are wrong that are put in, left out, changed or swapped with the next one; capitals are not. Among those that are as
/// near, the first comes first.
///
/// ```
/// use topsdk::catalog;
///
/// let domains = || catalog::domains().map(|domain| domain.name());
/// assert_eq!(catalog::nearest("refnud", domains(), 3), ["refund"]);
/// assert!(catalog::nearest("something else", domains(), 3).is_empty());
/// ```
#[allow(unreachable_pub, reason = "the catalogue exports it where it is on")]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().collect();
    let mut near: Vec<(usize, &str)> = Vec::new();
    if word.is_empty() || most == 0 {
        return Vec::new();
    }
    let mut limit = (word.len() / 3).max(1);
    for candidate in candidates {
        // The lengths alone rule out most of a long list.
        if candidate.chars().count().abs_diff(word.len()) > limit {
            continue;
        }
        let letters: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        let wrong = distance(&word, &letters);
        if wrong > limit || near.iter().any(|(_, known)| *known == candidate) {
            continue;
        }
        near.insert(near.partition_point(|(least, _)| *least <= wrong), (wrong, candidate));
        near.truncate(most);
        if let Some((worst, _)) = near.get(most - 1) {
            limit = *worst;
        }
    }
    near.into_iter().map(|(_, candidate)| candidate).collect()
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
        let words = ["fields", "tid", "page_no", "page_size", "buyer_nick", "v"];
        for (word, expected) in [
            ("feilds", Some("fields")),
            ("page_num", Some("page_no")),
            ("pagesize", Some("page_size")),
            ("Tid", Some("tid")),
            // Two of six letters, which is a third, then three.
            ("foolds", Some("fields")),
            ("goolds", None),
            ("tad", Some("tid")),
            ("w", Some("v")),
            ("seller_flag", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, words, 1).first().copied(), expected, "{word}");
        }
    }

    #[test]
    fn several_best_first() {
        let codes = [
            "isp.timeout",
            "isv.item-not-exist",
            "isv.trade-not-exist",
            "isv.trade-not-exist",
            "isv.missing-parameter",
        ];
        for (word, most, expected) in [
            ("isv.trade-not-exists", 3, vec!["isv.trade-not-exist", "isv.item-not-exist"]),
            ("isv.trade-not-exists", 1, vec!["isv.trade-not-exist"]),
            ("isv.trade-not-exists", 0, vec![]),
            ("ISV.MISSING-PARAMETR", 3, vec!["isv.missing-parameter"]),
            ("something else", 3, vec![]),
            ("", 3, vec![]),
        ] {
            assert_eq!(nearest(word, codes, most), expected, "{word}");
        }
        assert_eq!(nearest("ab", ["xb", "ab", "ax", "ay"], 3), ["ab", "xb", "ax"]);
    }
}
