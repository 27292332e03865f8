//! The description of a structure's fields.

/// The fields of a structure, in declaration order.
#[derive(Debug)]
pub struct Shape {
    /// Rust name of the structure, for `Debug` and messages.
    pub name: &'static str,
    /// One entry a field.
    pub fields: &'static [Field],
    /// Field numbers sorted by wire name, for look-ups.
    pub sorted: &'static [u16],
}

impl Shape {
    /// Number of the field with this wire name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<usize> {
        // Most names differ in their first bytes, and comparing those is several times as fast as comparing texts.
        let head = head(name);
        let found = self.sorted.binary_search_by(|&slot| {
            let other = self.fields[usize::from(slot)].name;
            self::head(other).cmp(&head).then_with(|| other.cmp(name))
        });
        found.ok().map(|at| usize::from(self.sorted[at]))
    }
}

/// The first eight bytes as a number, which sorts as they do.
fn head(text: &str) -> u64 {
    let text = text.as_bytes();
    match text.first_chunk() {
        Some(head) => u64::from_be_bytes(*head),
        None => text.iter().rev().fold(0, |head, &byte| (head >> 8) | (u64::from(byte) << 56)),
    }
}

/// One field of a structure.
#[derive(Debug)]
pub struct Field {
    /// Name on the wire.
    pub name: &'static str,
    /// Name in a `fields` parameter, where it differs; empty otherwise. A few lists are asked for by their element's name.
    pub ask_as: &'static str,
    /// Key of the elements where the field is a list; empty otherwise.
    pub element: &'static str,
    /// Whether a request must have it.
    pub required: bool,
    /// What it must not show.
    pub sensitive: Option<Sensitive>,
    /// What is checked before sending.
    pub limits: Option<&'static Limits>,
    /// For a [`Fields`](crate::Fields) parameter: what may be selected.
    pub select: Option<&'static Select>,
}

impl Field {
    /// An optional field without limits.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self { name, ask_as: "", element: "", required: false, sensitive: None, limits: None, select: None }
    }

    /// The name in a `fields` parameter.
    #[must_use]
    pub const fn ask_as(mut self, name: &'static str) -> Self {
        self.ask_as = name;
        self
    }

    /// The name in a `fields` parameter, whether it differs or not.
    #[must_use]
    pub const fn asked(&self) -> &'static str {
        if self.ask_as.is_empty() { self.name } else { self.ask_as }
    }

    /// The key of the list's elements.
    #[must_use]
    pub const fn list(mut self, element: &'static str) -> Self {
        self.element = element;
        self
    }

    /// A request must have it.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// What it must not show.
    #[must_use]
    pub const fn sensitive(mut self, kind: Sensitive) -> Self {
        self.sensitive = Some(kind);
        self
    }

    /// What is checked before sending.
    #[must_use]
    pub const fn limits(mut self, limits: &'static Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// What a [`Fields`](crate::Fields) parameter may select.
    #[must_use]
    pub const fn select(mut self, select: &'static Select) -> Self {
        self.select = Some(select);
        self
    }
}

/// Limits that are checked before a request is sent.
#[derive(Debug, Default)]
pub struct Limits {
    /// Longest text, in UTF-16 units as the official client counts.
    pub max_length: Option<u64>,
    /// Most elements of a list.
    pub max_items: Option<u64>,
    /// Smallest number.
    pub min: Option<i64>,
    /// Largest number.
    pub max: Option<i64>,
    /// Largest file, in bytes.
    pub max_bytes: Option<u64>,
}

impl Limits {
    /// No limit at all: the start of a table entry.
    pub const NONE: Self = Self { max_length: None, max_items: None, min: None, max: None, max_bytes: None };
}

/// What a `fields` parameter may select: all names of a structure, only some, or all but some.
#[derive(Debug)]
pub struct Select {
    /// The structure whose field names may be given.
    pub shape: &'static Shape,
    /// The names that this method fills, sorted; empty: all of the structure.
    pub only: &'static [&'static str],
    /// The names that this method never fills, sorted.
    pub except: &'static [&'static str],
}

impl Select {
    /// The names to ask for, in declaration order, each once.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let fields = self.shape.fields;
        let (listed, wanted) = if self.only.is_empty() { (self.except, false) } else { (self.only, true) };
        // Both are sorted, so one walk over the two finds what is listed.
        let mut asked = vec![!wanted; fields.len()];
        let mut listed = listed.iter().peekable();
        for slot in self.shape.sorted.iter().map(|&slot| usize::from(slot)) {
            while listed.next_if(|name| **name < fields[slot].name).is_some() {}
            if listed.next_if(|name| **name == fields[slot].name).is_some() {
                asked[slot] = wanted;
            }
        }
        let asked = fields.iter().zip(asked).filter(|(_, asked)| *asked).map(|(field, _)| field.asked());
        // One name may ask for two fields, as that of the allowed operations of a refund does for those that are not.
        let is_shared = fields.iter().any(|field| !field.ask_as.is_empty());
        asked.fold(Vec::new(), |mut names, name| {
            if !(is_shared && names.contains(&name)) {
                names.push(name);
            }
            names
        })
    }
}

/// Kinds of data that are never shown in `Debug`, logs or errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sensitive {
    /// A person's name.
    Name,
    /// A phone number.
    Phone,
    /// A postal address or a part of it.
    Address,
    /// A platform nick.
    Nick,
    /// An e-mail address.
    Email,
    /// A personal or open id.
    Id,
    /// A payment account.
    Account,
    /// A key, token or password.
    Secret,
    /// Free text that may hold any of these.
    Text,
}

impl Sensitive {
    /// What is shown in place of the value.
    #[must_use]
    pub const fn mask(self) -> &'static str {
        match self {
            Self::Name => "<name>",
            Self::Phone => "<phone>",
            Self::Address => "<address>",
            Self::Nick => "<nick>",
            Self::Email => "<email>",
            Self::Id => "<id>",
            Self::Account => "<account>",
            Self::Secret => "<secret>",
            Self::Text => "<text>",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Also where names begin alike, are short, hold zeros, or stop within a letter.
        #[test]
        fn each_name_is_found_and_no_other(
            names in proptest::collection::btree_set("(receiver|buyer_|中文)?[a-c\0é]{0,3}", 1..20),
            other in "(receiver|buyer_|中文)?[a-c\0é]{0,3}",
        ) {
            // As the derive writes them: in any order, and the numbers sorted by name.
            let names: Vec<&'static str> = names.into_iter().rev().map(|name| &*name.leak()).collect();
            let sorted: Vec<u16> = (0..names.len() as u16).rev().collect();
            let fields: Vec<Field> = names.iter().map(|name| Field::new(name)).collect();
            let shape = Shape { name: "Item", fields: fields.leak(), sorted: sorted.leak() };
            for (slot, name) in names.iter().enumerate() {
                prop_assert_eq!(shape.find(name), Some(slot), "{:?}", name);
            }
            prop_assert_eq!(shape.find(&other), names.iter().position(|name| *name == other));
        }
    }

    #[test]
    fn a_name_that_asks_for_two_fields_is_sent_once() {
        static SHAPE: Shape = Shape {
            name: "RefundDetail",
            fields: &[
                Field::new("allowed").ask_as("operations"),
                Field::new("denied").ask_as("operations"),
                Field::new("version"),
                Field::new("total").ask_as("version"),
            ],
            sorted: &[0, 1, 3, 2],
        };
        let select = |only| Select { shape: &SHAPE, only, except: &[] };
        assert_eq!(select(&[]).names(), ["operations", "version"]);
        assert_eq!(select(&["denied", "total"]).names(), ["operations", "version"]);
    }

    #[test]
    fn selections() {
        static SHAPE: Shape = Shape {
            name: "Item",
            fields: &[Field::new("title"), Field::new("skus").ask_as("sku"), Field::new("num"), Field::new("price")],
            sorted: &[2, 3, 1, 0],
        };
        let cases: [(&[&str], &[&str], &[&str]); 6] = [
            (&[], &[], &["title", "sku", "num", "price"]),
            (&["num", "title"], &[], &["title", "num"]),
            (&["gone", "price", "skus", "zzz"], &[], &["sku", "price"]),
            (&[], &["num", "skus"], &["title", "price"]),
            (&[], &["a", "num", "price", "skus", "title"], &[]),
            (&["gone"], &[], &[]),
        ];
        for (only, except, names) in cases {
            let (only, except) = (only.to_vec().leak(), except.to_vec().leak());
            assert_eq!(Select { shape: &SHAPE, only, except }.names(), names);
        }
    }
}
