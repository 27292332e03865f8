//! "Did you mean": the nearest of the words that would have been right.

/// The candidate nearest to a word, if one is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidates that resemble a word, the most alike first; no more than a person reads.
pub(crate) fn alike<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    const MOST: usize = 5;
    const ENOUGH: f64 = 0.82;
    let word = word.to_lowercase();
    let score = |candidate: &str| strsim::jaro_winkler(&word, &candidate.to_lowercase());
    let mut near: Vec<(f64, &str)> = candidates.into_iter().map(|candidate| (score(candidate), candidate)).collect();
    near.retain(|(score, _)| *score >= ENOUGH);
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(MOST).map(|(_, candidate)| candidate).collect()
}

/// "did you mean `x`?" when a candidate is near, else the list of what is possible.
pub(crate) fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    let candidates: Vec<&str> = candidates.into_iter().collect();
    match nearest(word, candidates.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if candidates.is_empty() => "there is nothing to choose from".to_owned(),
        None => format!("one of: {}", candidates.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_resemble() {
        let words = ["trade", "trade_order", "shop", "ship", "item", "item_image", "refund"];
        let table: [(&str, &[&str]); 5] = [
            ("trades", &["trade", "trade_order"]),
            ("shopfront", &["shop"]),
            ("items", &["item", "item_image"]),
            ("", &[]),
            ("xyz", &[]),
        ];
        for (word, expected) in table {
            assert_eq!(alike(word, words), expected, "{word}");
        }
        let many = ["item_a", "item_b", "item_c", "item_d", "item_e", "item_f", "item_g"];
        assert_eq!(alike("item", many).len(), 5);
    }

    #[test]
    fn nearest_words() {
        let words = ["required", "read", "type", "doc", "TradeStatus"];
        let table = [
            ("requird", Some("required")),
            ("Type", Some("type")),
            ("tpye", Some("type")),
            ("tradestatus", Some("TradeStatus")),
            ("colour", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(nearest(word, words), expected, "{word}");
        }
    }
}
