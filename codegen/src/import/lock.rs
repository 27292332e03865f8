//! `names.lock` of a domain: which structure has which name, so that a name stays when the catalogue is imported again.
//!
//! One line a type: the scope (a method, or `*` for the domain), the name here, the official name, the hash of the shape and the
//! place where it was first met.

use std::collections::HashMap;

/// What stands above the lines.
const HEAD: &str = "\
# Names that imported structures have been given. Written by `cargo xtask import`; keep it, and the names stay.
# scope name official-name hash-of-shape first-place
";

/// The scope of types that methods share.
pub const SHARED: &str = "*";

/// A line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The method, or [`SHARED`].
    pub scope: String,
    /// Name in the specs.
    pub name: String,
    /// Official name.
    pub wire: String,
    /// Hash of the shape.
    pub hash: String,
    /// The method and path where the import first met it.
    pub place: String,
}

/// The names given so far.
#[derive(Debug, Default)]
pub struct Lock {
    entries: Vec<Entry>,
    by_hash: HashMap<(String, String), String>,
    by_place: HashMap<(String, String), String>,
}

impl Lock {
    /// Reads a file. A line that is not understood is as if it were not there: the names it held are given anew.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut lock = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let parts: Vec<&str> = line.split(' ').collect();
            if let [scope, name, wire, hash, place] = parts[..] {
                let [scope, name, wire, hash, place] = [scope, name, wire, hash, place].map(str::to_owned);
                lock.entries.push(Entry { scope, name, wire, hash, place });
            }
        }
        for Entry { scope, name, hash, place, .. } in &lock.entries {
            lock.by_hash.insert((scope.clone(), hash.clone()), name.clone());
            lock.by_place.insert((scope.clone(), place.clone()), name.clone());
        }
        lock
    }

    /// All names given so far.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// The name that a structure of this shape had in this scope.
    #[must_use]
    pub fn of_shape(&self, scope: &str, hash: &str) -> Option<&str> {
        self.by_hash.get(&(scope.to_owned(), hash.to_owned())).map(String::as_str)
    }

    /// Whether a structure of this shape has a name in any scope.
    #[must_use]
    pub fn has(&self, hash: &str) -> bool {
        self.entries.iter().any(|entry| entry.hash == hash)
    }

    /// Where a structure of this shape was first met.
    #[must_use]
    pub fn place(&self, scope: &str, hash: &str) -> Option<&str> {
        self.entries.iter().find(|entry| entry.scope == scope && entry.hash == hash).map(|entry| entry.place.as_str())
    }

    /// The name that a structure, whatever its shape then, had in this scope when it was first met at this place.
    #[must_use]
    pub fn at_place(&self, scope: &str, place: &str) -> Option<&str> {
        self.by_place.get(&(scope.to_owned(), place.to_owned())).map(String::as_str)
    }
}

/// The text of a file.
#[must_use]
pub fn write(mut entries: Vec<Entry>) -> String {
    entries.sort();
    let mut text = HEAD.to_owned();
    for Entry { scope, name, wire, hash, place } in entries {
        // An official name with a blank would be two words; nothing reads it back.
        let wire = wire.replace(char::is_whitespace, "_");
        text += &format!("{scope} {name} {wire} {hash} {place}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let entry = |scope: &str, name: &str, hash: &str, place: &str| Entry {
            scope: scope.to_owned(),
            name: name.to_owned(),
            wire: "Odd Name".to_owned(),
            hash: hash.to_owned(),
            place: place.to_owned(),
        };
        let text = write(vec![
            entry("taobao.b.get", "BResult", "22", "taobao.b.get:response.b"),
            entry(SHARED, "Result", "11", "taobao.a.get:response.a"),
        ]);
        assert!(text.contains("\n* Result Odd_Name 11 taobao.a.get:response.a\ntaobao.b.get BResult "), "{text}");
        let lock = Lock::parse(&text);
        assert_eq!(lock.of_shape(SHARED, "11"), Some("Result"));
        assert_eq!(lock.of_shape("taobao.b.get", "11"), None);
        assert_eq!(lock.at_place("taobao.b.get", "taobao.b.get:response.b"), Some("BResult"));
        assert!(Lock::parse("half a line\n\u{0}").of_shape(SHARED, "11").is_none());
    }
}
