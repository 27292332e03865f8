//! What a former run of the generator left: by it, a run knows the domains that it need not look at again.
//!
//! A domain is known when its specs, what all domains share and the generator itself are what they were, and when the files
//! that were generated of it are still there as they were written. All of this is compared by content. Only a run without any
//! problem leaves records, so a known domain has none.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::emit::Outline;
use crate::source::slashed;
use crate::write::{self, Files};
use crate::{load, parallel};

/// Domains by name, with what is known of them.
pub type Records = BTreeMap<String, Record>;

/// What is known of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Digest of everything that the domain is generated from.
    inputs: String,
    /// Digest of everything that was generated.
    outputs: String,
    /// The generated files, by path relative to the repository.
    pub files: Vec<String>,
    /// What other files tell of the domain.
    pub outline: Outline,
}

impl Record {
    /// The record of a domain for which these files are generated.
    #[must_use]
    pub fn new(inputs: &str, files: &Files, outline: Outline) -> Self {
        let mut outputs = Digest::default();
        for (path, content) in files {
            outputs.add(path, content);
        }
        let files = files.keys().cloned().collect();
        Self { inputs: inputs.to_owned(), outputs: outputs.finish(), files, outline }
    }

    /// Whether the generated files are still what was written.
    #[must_use]
    pub fn is_intact(&self, root: &Path) -> bool {
        let mut found = Digest::default();
        for path in &self.files {
            match fs::read(root.join(path)) {
                Ok(bytes) => found.add(path, &bytes),
                Err(_) => return false,
            }
        }
        found.finish() == self.outputs
    }
}

/// For each domain the digest of what it is generated from: its own files, those that lie beside the domains, and `build`,
/// which names this very generator.
#[must_use]
pub fn inputs(build: &str, files: &load::Files) -> BTreeMap<String, String> {
    let mut domains: BTreeMap<String, Vec<(String, &str)>> = BTreeMap::new();
    let mut shared = Digest::default();
    shared.add("", build.as_bytes());
    let mut files: Vec<(String, &str)> = files.iter().map(|(path, text)| (slashed(path), text)).collect();
    files.sort_unstable();
    for (path, text) in files {
        match path.split_once('/') {
            Some((domain, _)) => domains.entry(domain.to_owned()).or_default().push((path, text)),
            // The one that is generated too.
            None if path == "schema.json" => {}
            None => shared.add(&path, text.as_bytes()),
        }
    }
    let shared = shared.finish();
    let domains: Vec<(String, Vec<(String, &str)>)> = domains.into_iter().collect();
    let digests = parallel::map(&domains, |(name, files)| {
        let mut digest = Digest::default();
        digest.add("", shared.as_bytes());
        for (path, text) in files {
            digest.add(path, text.as_bytes());
        }
        (name.clone(), digest.finish())
    });
    digests.into_iter().collect()
}

/// The records of a file whose domains have these inputs still. A file that is not there, or not what [`write`] wrote, has none.
#[must_use]
pub fn read(path: &Path, inputs: &BTreeMap<String, String>) -> Records {
    let text = fs::read_to_string(path).unwrap_or_default();
    let Some((sum, body)) = text.split_once('\n') else { return Records::new() };
    if sum != digest(body) {
        return Records::new();
    }
    let mut records: Records = serde_json::from_str(body).unwrap_or_default();
    records.retain(|name, record| inputs.get(name) == Some(&record.inputs));
    records
}

/// Writes the records for the next run.
///
/// # Errors
///
/// The file cannot be written.
pub fn write(path: &Path, records: &Records) -> io::Result<()> {
    let body = serde_json::to_string(records)?;
    write::replace(path, format!("{}\n{body}", digest(&body)))
}

fn digest(text: &str) -> String {
    let mut digest = Digest::default();
    digest.add("", text.as_bytes());
    digest.finish()
}

/// The digest of named texts, in the order in which they are added.
#[derive(Default)]
struct Digest(Sha256);

impl Digest {
    fn add(&mut self, name: &str, bytes: &[u8]) {
        // Lengths first, so that nothing can move from one to the next.
        for part in [name.as_bytes(), bytes] {
            self.0.update(part.len().to_le_bytes());
            self.0.update(part);
        }
    }

    fn finish(self) -> String {
        let mut hex = String::with_capacity(64);
        for byte in self.0.finalize() {
            let _ = write!(hex, "{byte:02x}");
        }
        hex
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn record() -> Record {
        let files = Files::from([("a/mod.rs".to_owned(), b"mod x;".to_vec()), ("a/x.rs".to_owned(), Vec::new())]);
        let outline = Outline {
            name: "a".to_owned(),
            title: "A".to_owned(),
            title_zh: String::new(),
            core: true,
            crate_name: None,
            methods: vec!["taobao.a.get".to_owned()],
            described: 1,
            has_example: false,
        };
        Record::new("inputs", &files, outline)
    }

    #[test]
    fn what_was_not_written_whole_is_not_read() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/records");
        let inputs = BTreeMap::from([("a".to_owned(), "inputs".to_owned())]);
        assert_eq!(read(&path, &inputs), Records::new());
        let records = Records::from([("a".to_owned(), record())]);
        write(&path, &records).unwrap();
        assert_eq!(read(&path, &inputs), records);
        assert_eq!(read(&path, &BTreeMap::from([("a".to_owned(), "others".to_owned())])), Records::new());
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            fs::write(&path, &whole[..at]).unwrap();
            assert_eq!(read(&path, &inputs), Records::new(), "cut at {at}");
            let mut spoilt = whole.clone();
            spoilt[at] ^= 1;
            fs::write(&path, spoilt).unwrap();
            assert_eq!(read(&path, &inputs), Records::new(), "spoilt at {at}");
        }
    }

    #[test]
    fn generated_files_are_compared_by_content() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| write::replace(&dir.path().join(path), text).unwrap();
        assert!(!record().is_intact(dir.path()));
        for (first, second, intact) in [("mod x;", "", true), ("mod y;", "", false), ("mod x", ";", false)] {
            write("a/mod.rs", first);
            write("a/x.rs", second);
            assert_eq!(record().is_intact(dir.path()), intact, "{first:?} {second:?}");
        }
    }

    #[test]
    fn each_input_counts() {
        let digests = |build: &str, files: &[(&str, &str)]| {
            let files: Vec<_> = files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
            inputs(build, &load::Files::from(files))
        };
        let files = [("platform.yaml", "p"), ("a/x.yaml", "12"), ("a/y.yaml", ""), ("b/x.yaml", "")];
        let before = digests("1", &files);
        assert_eq!(before.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(digests("1", &[files[3], files[1], files[2], files[0], ("schema.json", "{}")]), before);
        let changed = |build: &str, files: &[(&str, &str)]| {
            let after = digests(build, files);
            ["a", "b"].map(|name| after.get(name) != before.get(name))
        };
        assert_eq!(changed("2", &files), [true, true], "another generator");
        assert_eq!(changed("1", &[("platform.yaml", "q"), files[1], files[2], files[3]]), [true, true]);
        assert_eq!(changed("1", &[files[0], files[1], files[2], files[3], ("glossary.yaml", "")]), [true, true]);
        assert_eq!(changed("1", &[files[0], ("a/x.yaml", "1"), ("a/y.yaml", "2"), files[3]]), [true, false]);
        assert_eq!(changed("1", &[files[0], ("a/z.yaml", "12"), files[2], files[3]]), [true, false]);
        assert_eq!(changed("1", &[files[0], files[1], files[2]]), [false, true]);
    }
}
