//! The `fields` parameter: which response fields to ask for.

use crate::model::Select;

/// Which fields of the response's main structure to ask for. The platform returns no others.
///
/// ```
/// use topsdk::Fields;
///
/// let few = Fields::of(["tid", "status", "payment"]);
/// let same = Fields::from("tid, status,payment");
/// assert_eq!(few, same);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields(Choice);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    All,
    Names(Vec<String>),
}

impl Fields {
    /// Every field that this method fills, by the spec.
    #[must_use]
    pub fn all() -> Self {
        Self(Choice::All)
    }

    /// These fields. A nested one is written with a dot (`location.state`).
    #[must_use]
    pub fn of<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(Choice::Names(names.into_iter().map(Into::into).collect()))
    }

    /// The names to send.
    pub(crate) fn names<'a>(&'a self, select: Option<&'a Select>) -> Vec<&'a str> {
        match &self.0 {
            Choice::All => select.map(Select::names).unwrap_or_default(),
            Choice::Names(names) => names.iter().map(String::as_str).collect(),
        }
    }

    /// Whether there is no name to send.
    pub(crate) fn is_empty(&self, select: &Select) -> bool {
        match &self.0 {
            Choice::All => select.names().is_empty(),
            Choice::Names(names) => names.is_empty(),
        }
    }

    /// The first name that the structure does not have.
    pub(crate) fn unknown(&self, select: &Select) -> Option<&str> {
        let Choice::Names(names) = &self.0 else { return None };
        let known = |name: &str| {
            let head = name.split('.').next().unwrap_or(name);
            select.shape.fields.iter().any(|f| f.name == head || f.ask_as == head)
        };
        names.iter().map(String::as_str).find(|name| !known(name))
    }
}

impl From<&str> for Fields {
    fn from(list: &str) -> Self {
        Self::of(list.split(',').map(str::trim).filter(|name| !name.is_empty()))
    }
}

impl From<String> for Fields {
    fn from(list: String) -> Self {
        Self::from(list.as_str())
    }
}
