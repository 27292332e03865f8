//! The batch router's body: several calls in one text.

use std::fmt;

use super::parse_pairs;

/// What stands between items unless the `top-api-separator` header says otherwise.
pub(crate) const DEFAULT_SEPARATOR: &str = "\r\n-S-\r\n";
/// Starts the line of shared parameters.
const PUBLIC: &str = "#PUBLIC#";
/// An item that has no parameters of its own.
const EMPTY_ITEM: &str = "N";

/// A batch, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Parameters shared by all items.
    pub public: Vec<(String, String)>,
    /// Parameters of each item, in order.
    pub items: Vec<Vec<(String, String)>>,
}

/// Why a batch body cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchError {
    /// The body holds no item.
    Empty,
    /// The separator is empty.
    NoSeparator,
    /// Bytes that are not UTF-8 once decoded: item (from 0) and parameter.
    NotUtf8(usize, String),
    /// An item is blank; an item without parameters is the letter `N`.
    BlankItem(usize),
}

impl fmt::Display for BatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the batch holds no item"),
            Self::NoSeparator => f.write_str("the batch separator is empty"),
            Self::NotUtf8(item, name) => write!(f, "parameter {name} of batch item {item} is not UTF-8"),
            Self::BlankItem(item) => {
                write!(f, "batch item {item} is blank; an item without parameters is the letter N")
            }
        }
    }
}

impl std::error::Error for BatchError {}

/// Splits a batch body by the literal separator.
///
/// # Errors
/// When there is no item, or one that cannot be read.
pub fn parse_batch(separator: &str, body: &str) -> Result<Batch, BatchError> {
    if separator.is_empty() {
        return Err(BatchError::NoSeparator);
    }
    let mut batch = Batch::default();
    let mut pieces = body.split(separator).peekable();
    if let Some(public) = pieces.peek().and_then(|p| p.strip_prefix(PUBLIC)) {
        batch.public = pairs(0, public)?;
        pieces.next();
    }
    for (index, piece) in pieces.enumerate() {
        batch.items.push(match piece.trim() {
            "" if body.trim().is_empty() => return Err(BatchError::Empty),
            "" => return Err(BatchError::BlankItem(index)),
            EMPTY_ITEM => Vec::new(),
            text => pairs(index, text)?,
        });
    }
    if batch.items.is_empty() { Err(BatchError::Empty) } else { Ok(batch) }
}

fn pairs(item: usize, text: &str) -> Result<Vec<(String, String)>, BatchError> {
    parse_pairs(text.trim().as_bytes())
        .into_iter()
        .map(|p| if p.utf8 { Ok((p.name, p.value)) } else { Err(BatchError::NotUtf8(item, p.name)) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_the_capture() {
        let mixed =
            parse_batch(DEFAULT_SEPARATOR, "p=%E4%B8%AD&method=taobao.a.get\r\n-S-\r\nmethod=taobao.b.get&session=s2")
                .unwrap();
        assert!(mixed.public.is_empty());
        assert_eq!(mixed.items[0][0], ("p".into(), "中".into()));
        assert_eq!(mixed.items[1].len(), 2);

        let public = parse_batch("@@", "#PUBLIC#method=taobao.a.get&fields=x@@p=1@@N").unwrap();
        assert_eq!(public.public.len(), 2);
        assert_eq!(public.items, [vec![("p".to_owned(), "1".to_owned())], vec![]]);
    }

    #[test]
    fn broken_batches() {
        for (separator, body, want) in [
            ("@@", "", BatchError::Empty),
            ("@@", "#PUBLIC#a=1", BatchError::Empty),
            ("", "a=1", BatchError::NoSeparator),
            ("@@", "a=1@@", BatchError::BlankItem(1)),
            ("@@", "a=%ff", BatchError::NotUtf8(0, "a".into())),
        ] {
            assert_eq!(parse_batch(separator, body), Err(want), "{body}");
        }
    }

    proptest::proptest! {
        #[test]
        fn never_panics(separator in "[@N#]{0,2}", body in "[@N#PUBLIC=&%a\r\n-]{0,80}") {
            let _ = parse_batch(&separator, &body);
        }
    }
}
