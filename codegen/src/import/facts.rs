//! What metadata says about a method, whatever format it came in: names, type texts, flags and limits, unjudged.

use std::fmt;

use sha2::{Digest, Sha256};

/// A format of metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Pages of the platform's documentation centre, JSON.
    DocCenter,
    /// The metadata file that the platform's console offers to the owner of an application, XML.
    ApiMetadata,
}

impl Format {
    /// As specs write it in `source`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DocCenter => "doc-center",
            Self::ApiMetadata => "api-metadata",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One method as metadata describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Wire name.
    pub name: String,
    /// The format it was read from.
    pub format: Format,
    /// Number of its page on the documentation centre.
    pub id: Option<i64>,
    /// Documentation group.
    pub group: Option<String>,
    /// The file it was read from, for reports.
    pub place: String,
    /// Title, in the words of the metadata.
    pub title: Option<String>,
    /// Description, in the words of the metadata.
    pub doc: Option<String>,
    /// Parameters, in file order.
    pub request: Vec<Param>,
    /// Response fields, in file order.
    pub response: Vec<Param>,
}

/// A parameter, a response field or a member of a structure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Param {
    /// Wire name.
    pub name: String,
    /// The type as written, without the marks of lists.
    pub ty: Option<String>,
    /// How many times it is a list.
    pub lists: usize,
    /// Whether a blank stands before the marks of a list.
    pub blank: bool,
    /// Whether it must be given.
    pub required: bool,
    /// Limits as written.
    pub limits: Limits,
    /// Description, in the words of the metadata.
    pub doc: Option<String>,
    /// What it is made of.
    pub inner: Inner,
    /// What is told of the first page, where it is the number of a page by its name and its description.
    pub first_page: Option<FirstPage>,
}

/// The number of the first page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstPage {
    /// This one.
    Told(u64),
    /// The description does not tell.
    Untold,
}

/// What a parameter is made of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Inner {
    /// Nothing is said.
    #[default]
    Nothing,
    /// These members.
    Members(Vec<Param>),
    /// The members of the structure of the same type that this one stands in.
    Again,
}

/// Limits as metadata states them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Limits {
    /// Longest text, or largest file.
    pub max_length: Option<i64>,
    /// Most elements of a list.
    pub max_items: Option<i64>,
    /// Smallest number.
    pub min: Option<i64>,
    /// Largest number.
    pub max: Option<i64>,
}

impl Param {
    /// The members, if they are told.
    #[must_use]
    pub fn members(&self) -> &[Param] {
        match &self.inner {
            Inner::Members(members) => members,
            Inner::Nothing | Inner::Again => &[],
        }
    }

    /// Forgets its description and those of its members.
    pub fn forget_words(&mut self) {
        self.doc = None;
        if let Inner::Members(members) = &mut self.inner {
            members.iter_mut().for_each(Self::forget_words);
        }
    }

    /// Takes apart a type such as `Order []`: the type proper, how many times it is a list, and whether blanks stand in it.
    /// `byte[]` is a file, not a list.
    pub fn set_type(&mut self, text: &str) {
        let compact: String = text.split_whitespace().collect();
        self.blank = compact.len() != text.len();
        let mut base = compact.as_str();
        while let Some(element) = base.strip_suffix("[]") {
            if base == "byte[]" {
                break;
            }
            self.lists += 1;
            base = element;
        }
        self.ty = (!base.is_empty()).then(|| base.to_owned());
    }
}

impl Facts {
    /// A short hash of everything that is a fact: all but descriptions and where it was read.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut text = format!("{}\n{:?}\n", self.name, self.id);
        for (side, params) in [("request", &self.request), ("response", &self.response)] {
            text += side;
            text.push('\n');
            params.iter().for_each(|param| write(param, 1, &mut text));
        }
        hash(&text)
    }
}

/// Sixteen hexadecimal digits that change with the text.
#[must_use]
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn write(param: &Param, depth: usize, text: &mut String) {
    let Param { name, ty, lists, required, limits, inner, .. } = param;
    let again = matches!(inner, Inner::Again);
    *text += &format!("{depth} {name:?} {ty:?} {lists} {required} {again} {limits:?}\n");
    param.members().iter().for_each(|member| write(member, depth + 1, text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_taken_apart() {
        let table = [
            ("Order", Some("Order"), 0, false),
            ("Order[]", Some("Order"), 1, false),
            ("Order []", Some("Order"), 1, true),
            ("Order[][]", Some("Order"), 2, false),
            ("byte[]", Some("byte[]"), 0, false),
            ("byte []", Some("byte[]"), 0, true),
            ("byte[][]", Some("byte[]"), 1, false),
            (" ", None, 0, true),
            ("[]", None, 1, false),
        ];
        for (text, ty, lists, blank) in table {
            let mut param = Param::default();
            param.set_type(text);
            assert_eq!((param.ty.as_deref(), param.lists, param.blank), (ty, lists, blank), "{text:?}");
        }
    }

    #[test]
    fn the_hash_sees_facts_and_not_words() {
        let param = |name: &str| Param { name: name.to_owned(), ty: Some("String".to_owned()), ..Param::default() };
        let facts = Facts {
            name: "taobao.a.get".to_owned(),
            format: Format::DocCenter,
            id: Some(1),
            group: None,
            place: String::new(),
            title: None,
            doc: None,
            request: vec![param("a")],
            response: Vec::new(),
        };
        let reworded = Facts { title: Some("Gets".to_owned()), place: "b.json".to_owned(), ..facts.clone() };
        assert_eq!(facts.hash(), reworded.hash());
        let moved = Facts { request: Vec::new(), response: vec![param("a")], ..facts.clone() };
        let limits = Limits { max: Some(1), ..Limits::default() };
        let limited = Facts { request: vec![Param { limits, ..param("a") }], ..facts.clone() };
        let nested = Param { inner: Inner::Members(vec![param("b")]), ..param("a") };
        let deep = Facts { request: vec![nested], ..facts.clone() };
        let flat = Facts { request: vec![param("a"), param("b")], ..facts.clone() };
        let hashes = [&facts, &moved, &limited, &deep, &flat].map(Facts::hash);
        for (i, hash) in hashes.iter().enumerate() {
            assert_eq!(hash.len(), 16);
            assert!(!hashes[..i].contains(hash), "{i}");
        }
    }
}
