//! Where two texts differ first.

/// Characters shown before the difference and after its start.
const BEFORE: usize = 24;
const AFTER: usize = 30;

/// The first difference of two texts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// Characters before it, from 0.
    pub(super) position: usize,
    /// What stands around it in the one and in the other.
    pub(super) excerpts: [String; 2],
    /// Where the difference begins in the excerpts, in characters.
    pub(super) mark: usize,
}

/// Where two texts differ; nothing if they do not.
pub(super) fn difference(one: &str, other: &str) -> Option<Difference> {
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    if one == other {
        return None;
    }
    let start = same.saturating_sub(BEFORE);
    let dots = if start > 0 { "…" } else { "" };
    let excerpt = |text: &str| {
        let shown: String = text.chars().skip(start).take(same - start + AFTER).collect();
        let more = if text.chars().count() > same + AFTER { "…" } else { "" };
        format!("{dots}{shown}{more}")
    };
    Some(Difference {
        position: same,
        excerpts: [excerpt(one), excerpt(other)],
        mark: same - start + dots.chars().count(),
    })
}

/// Bytes as a text: what is not UTF-8 as `\xNN`.
pub(super) fn readable(bytes: &[u8]) -> String {
    let chunk = |chunk: std::str::Utf8Chunk<'_>| {
        let invalid: String = chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")).collect();
        chunk.valid().to_owned() + &invalid
    };
    bytes.utf8_chunks().map(chunk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference() {
        let long = "abcdefghijklmnopqrstuvwxyz0123456789";
        for (one, other, expected) in [
            ("a1b2", "a1b2", None),
            ("a1b2", "a1c2", Some((2, "a1b2", "a1c2", 2))),
            ("a1b2", "a1", Some((2, "a1b2", "a1", 2))),
            ("", "x", Some((0, "", "x", 0))),
            ("中文", "中国", Some((1, "中文", "中国", 1))),
            (
                &format!("{long}X"),
                &format!("{long}Y"),
                Some((36, "…mnopqrstuvwxyz0123456789X", "…mnopqrstuvwxyz0123456789Y", 25)),
            ),
            (
                &format!("X{long}"),
                &format!("Y{long}"),
                Some((0, "Xabcdefghijklmnopqrstuvwxyz012…", "Yabcdefghijklmnopqrstuvwxyz012…", 0)),
            ),
        ] {
            let expected =
                expected.map(|(position, a, b, mark)| Difference { position, excerpts: [a.into(), b.into()], mark });
            assert_eq!(difference(one, other), expected);
        }
    }

    #[test]
    fn bytes_that_are_no_text() {
        assert_eq!(readable("a中".as_bytes()), "a中");
        assert_eq!(readable(b"a\xD6\xD0b"), "a\\xD6\\xD0b");
    }
}
