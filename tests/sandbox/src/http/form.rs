//! `application/x-www-form-urlencoded`.

/// One decoded pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    /// Decoded name.
    pub(crate) name: String,
    /// Decoded value; bytes that are not UTF-8 are replaced.
    pub(crate) value: String,
    /// Whether both were UTF-8.
    pub(crate) utf8: bool,
}

/// The pairs of a query or a form body. Pieces without `=` are names with an empty value.
pub(crate) fn parse_pairs(text: &[u8]) -> Vec<Pair> {
    text.split(|b| *b == b'&')
        .filter(|piece| !piece.is_empty())
        .map(|piece| {
            let at = piece.iter().position(|b| *b == b'=').unwrap_or(piece.len());
            let name = decode(&piece[..at]);
            let value = decode(piece.get(at + 1..).unwrap_or_default());
            Pair {
                utf8: std::str::from_utf8(&name).is_ok() && std::str::from_utf8(&value).is_ok(),
                name: String::from_utf8_lossy(&name).into_owned(),
                value: String::from_utf8_lossy(&value).into_owned(),
            }
        })
        .collect()
}

/// Undoes percent encoding, `+` being a space; a stray `%` stands for itself.
pub(crate) fn decode(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match (first, tail) {
            (b'+', _) => out.push(b' '),
            (b'%', [high, low, after @ ..]) => match (digit(*high), digit(*low)) {
                (Some(h), Some(l)) => {
                    out.push(h * 16 + l);
                    rest = after;
                }
                _ => out.push(b'%'),
            },
            (byte, _) => out.push(*byte),
        }
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes() {
        let cases: [(&str, &str); 6] =
            [("a+b", "a b"), ("%E4%B8%AD", "中"), ("100%", "100%"), ("%zz", "%zz"), ("%2", "%2"), ("%2b%2B", "++")];
        for (text, want) in cases {
            assert_eq!(String::from_utf8(decode(text.as_bytes())).unwrap(), want, "{text}");
        }
    }

    #[test]
    fn pairs_of_all_kinds() {
        let got: Vec<_> = parse_pairs(b"a=1&&b&=c&d=e=f").into_iter().map(|p| (p.name, p.value)).collect();
        let want = [("a", "1"), ("b", ""), ("", "c"), ("d", "e=f")];
        assert_eq!(got, want.map(|(k, v)| (k.to_owned(), v.to_owned())));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken_apart(text: Vec<u8>, pieces in "([a&=+%0-9F]|%E4|%b8|%AD){0,30}") {
            for text in [text.as_slice(), pieces.as_bytes()] {
                let wanted = text.split(|b| *b == b'&').filter(|piece| !piece.is_empty()).count();
                proptest::prop_assert_eq!(parse_pairs(text).len(), wanted);
            }
        }

        #[test]
        fn what_is_encoded_comes_back(name: String, value: String) {
            let percent = |text: &str| text.bytes().map(|b| format!("%{b:02x}")).collect::<String>();
            let pairs = parse_pairs(format!("{}={}", percent(&name), percent(&value)).as_bytes());
            proptest::prop_assert_eq!(pairs, [Pair { name, value, utf8: true }]);
        }
    }
}
