//! A small repository with real commits.

use std::fs;

use clap::Parser;
use serde_json::Value;
use tempfile::TempDir;

use super::*;

const PLATFORM: &str = include_str!("../../../codegen/tests/golden/specs/platform.yaml");
const MANIFEST: &str = "[workspace.package]\nversion = \"0.3.0\"\n";
const DOMAIN: &str =
    "domain: shop\ntitle: Shops\ntitle_zh: 店铺\ndoc: Shops of sellers.\ntier: odd\nsession: none\ncore: true\n";
const BROKEN: &str = "method: [taobao.shop.\n";

/// The flags as they are typed.
#[derive(Parser)]
struct Line {
    #[command(flatten)]
    options: Options,
}

struct Repository(TempDir);

/// What a run prints, and how it ends.
#[derive(Debug)]
struct Told {
    code: u8,
    out: String,
    err: String,
}

impl Repository {
    /// One domain with the methods `a` and `b`, under the tag `v1`.
    fn new() -> Self {
        let repository = Self(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet"]);
        repository.write("Cargo.toml", MANIFEST);
        repository.write("specs/platform.yaml", PLATFORM);
        repository.write("specs/shop/domain.yaml", DOMAIN);
        for name in ["a", "b"] {
            repository.write(&path(name), method(name, "Reads."));
        }
        repository.commit("v1");
        repository
    }

    fn git(&self, args: &[&str]) {
        let person = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
        let output = Command::new("git").args(person).args(args).current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.0.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.0.path().join(path)).unwrap();
    }

    /// Commits everything under a tag.
    fn commit(&self, tag: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", "Specs"]);
        self.git(&["tag", tag]);
    }

    fn diff(&self, args: &[&str]) -> Told {
        run_in(self.0.path(), args)
    }
}

fn run_in(root: &Path, args: &[&str]) -> Told {
    let options = Line::try_parse_from(["diff"].iter().chain(args)).unwrap_or_else(|e| panic!("{e}")).options;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = tell(root, &options, Style::Plain, &mut out, &mut err);
    Told { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

fn path(name: &str) -> String {
    format!("specs/shop/taobao.shop.{name}.yaml")
}

fn method(name: &str, summary: &str) -> String {
    format!(
        "method: taobao.shop.{name}\nsummary: {summary}\neffect: read\nrequest: {{ id: {{ type: i64, required: true }} }}\n\
         response: {{ name: {{ type: string, doc: The name. }} }}\nexample: {{ request: {{ id: 1 }}, response: {{ name: x }} }}\n"
    )
}

/// What `--fail-on` makes of a change of each class.
#[test]
fn the_gravest_change_decides_how_it_ends() {
    let repository = Repository::new();
    let ends = |expected: [u8; 4]| {
        let flags: [&[&str]; 4] = [&[], &["--fail-on", "breaking"], &["--fail-on", "minor"], &["--fail-on", "patch"]];
        for (flags, expected) in flags.into_iter().zip(expected) {
            let told = repository.diff(&[&["v1"], flags].concat());
            assert_eq!((told.code, told.err.as_str()), (expected, ""), "{flags:?}: {}", told.out);
            assert!(told.out.starts_with("specs: v1 -> working tree\n"), "{}", told.out);
        }
    };
    ends([0, 0, 0, 0]);
    repository.write(&path("a"), method("a", "Reads one."));
    ends([0, 0, 0, 1]);
    repository.write(&path("c"), method("c", "Reads."));
    ends([0, 0, 1, 1]);
    repository.remove(&path("b"));
    ends([0, 1, 1, 1]);
}

#[test]
fn two_revisions_without_the_working_tree() {
    let repository = Repository::new();
    repository.write(&path("c"), method("c", "Reads."));
    repository.commit("v2");
    repository.write(&path("c"), BROKEN);
    let told = repository.diff(&["v1", "v2", "--format", "json"]);
    assert_eq!((told.code, told.err.as_str()), (0, ""));
    let report: Value = serde_json::from_str(&told.out).unwrap();
    let changes = report["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{report}");
    assert_eq!((&changes[0]["rule"], &changes[0]["method"]), (&"method-added".into(), &"taobao.shop.c".into()));
    let back = repository.diff(&["v2", "v1", "--fail-on", "breaking"]);
    assert!(back.code == 1 && back.out.contains("method-removed"), "{back:?}");
    let page = repository.diff(&["v1", "v2", "--format", "markdown"]).out;
    assert!(page.contains("`taobao.shop.c`"), "{page}");
    // Names that git knows beside tags.
    assert_eq!(repository.diff(&["HEAD~1", "HEAD", "--fail-on", "minor"]).code, 1);
}

#[test]
fn a_working_tree_with_problems_is_not_compared() {
    let repository = Repository::new();
    repository.write(&path("a"), BROKEN);
    let told = repository.diff(&["v1"]);
    assert!(told.code == 2 && told.out.is_empty(), "{told:?}");
    assert!(told.err.starts_with("error: 1 problem in ") && told.err.contains("cargo xtask check"), "{told:?}");
}

/// What cannot be read in the old revision is told and left out; the rest is compared.
#[test]
fn an_old_spec_that_cannot_be_read() {
    let repository = Repository::new();
    repository.write(&path("a"), BROKEN);
    repository.commit("odd");
    repository.write(&path("a"), method("a", "Reads."));
    let told = repository.diff(&["odd", "--fail-on", "patch"]);
    assert_eq!(told.code, 0, "{told:?}");
    let warnings: Vec<&str> = told.err.lines().collect();
    assert!(
        matches!(warnings[..], [first, second]
            if first.starts_with("warning: 1 problem in the specs of odd, such as shop/taobao.shop.a.yaml: ")
            && second == "warning: left out, because one state of it cannot be read: shop/taobao.shop.a.yaml"),
        "{told:?}"
    );
    repository.remove(&path("b"));
    let told = repository.diff(&["odd", "--fail-on", "breaking"]);
    assert!(told.code == 1 && told.out.contains("taobao.shop.b") && told.err.contains("left out"), "{told:?}");
}

/// Files that are no specs, in the old revision and now.
#[test]
fn hidden_files_and_other_bytes_count_for_nothing() {
    let repository = Repository::new();
    repository.write("specs/shop/.taobao.shop.a.yaml.swp", "x");
    repository.write("specs/.cache/x.yaml", BROKEN);
    repository.write("specs/shop/.old.yaml", [0xff, 0xfe]);
    repository.write("specs/shop/photo.jpg", [0xff, 0xfe]);
    repository.commit("v2");
    for args in [&["v1", "v2"][..], &["v2"], &["v2", "v1"]] {
        let told = repository.diff(&[args, &["--fail-on", "patch"]].concat());
        assert_eq!((told.code, told.err.as_str()), (0, ""), "{args:?}");
    }
}

/// Left out, its method would look removed.
#[test]
fn a_spec_that_is_not_utf_8_is_an_error() {
    let repository = Repository::new();
    repository.write(&path("a"), [0xff, 0xfe]);
    repository.commit("v2");
    for args in [&["v1", "v2"][..], &["v2", "v1"], &["v1"]] {
        let told = repository.diff(args);
        assert!((told.code, told.out.as_str()) == (2, ""), "{args:?}: {told:?}");
        assert!(told.err.contains(&path("a")) && told.err.contains("not UTF-8"), "{args:?}: {}", told.err);
    }
}

#[test]
fn revisions_that_cannot_be_compared() {
    let repository = Repository::new();
    repository.git(&["rm", "-r", "--quiet", "specs"]);
    repository.commit("bare");
    repository.git(&["checkout", "--quiet", "v1", "--", "specs"]);
    repository.write("Cargo.toml", "[workspace]\n");
    repository.commit("unversioned");
    repository.write("Cargo.toml", MANIFEST);
    for (args, expected) in [
        (&["v7"][..], "error: git knows no revision `v7`; `git fetch` may bring it"),
        (&["v1", "v7"], "error: git knows no revision `v7`"),
        (&["v1:specs"], "error: git knows no revision `v1:specs`"),
        (&[""], "error: git knows no revision ``"),
        (&["--", "--all"], "error: git knows no revision `--all`"),
        (&["bare"], "error: `bare` has no specs to compare: git: "),
        (&["unversioned"], "error: Cargo.toml states no version"),
    ] {
        let told = repository.diff(args);
        assert!((told.code, told.out.as_str()) == (2, ""), "{args:?}: {told:?}");
        assert!(told.err.starts_with(expected) && told.err.lines().count() == 1, "{args:?}: {}", told.err);
    }
    let nowhere = tempfile::tempdir().unwrap();
    let told = run_in(nowhere.path(), &["v1"]);
    assert!(told.code == 2 && told.err.starts_with("error: git: fatal: "), "{told:?}");
}

/// A pipe that nobody reads any more is no failure; a full disk is.
#[test]
fn output_that_cannot_be_written() {
    struct Stopped(std::io::ErrorKind);

    impl Write for Stopped {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let repository = Repository::new();
    let options = Line::try_parse_from(["diff", "v1"]).unwrap_or_else(|e| panic!("{e}")).options;
    for (kind, expected) in [(std::io::ErrorKind::BrokenPipe, 0), (std::io::ErrorKind::StorageFull, 2)] {
        let mut err = Vec::new();
        let code = tell(repository.0.path(), &options, Style::Plain, &mut Stopped(kind), &mut err);
        assert_eq!((code, err.is_empty()), (expected, expected == 0));
    }
}
