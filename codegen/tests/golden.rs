//! Odd specs and the code that they become, whole. `UPDATE_GOLDEN=1 cargo test -p topsdk-codegen --test golden` writes it anew.
//!
//! That this code compiles and works is tested in `tests/e2e/tests/golden.rs`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use topsdk_codegen::diagnostic::Style;
use topsdk_codegen::emit;
use topsdk_codegen::load::{Loaded, load, load_files};
use topsdk_codegen::model::Spec;
use topsdk_codegen::write::{self, Changes, Files};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn sound(loaded: Loaded) -> Spec {
    let said: String = loaded.diagnostics.iter().map(|d| d.render(&loaded.sources, Style::Plain) + "\n").collect();
    assert!(said.is_empty(), "{said}");
    loaded.spec
}

/// Everything that is written from specs, by path.
fn everything(spec: &Spec) -> BTreeMap<String, String> {
    let sdk = emit::emit(spec).unwrap().into_iter().map(|(path, text)| (format!("sdk/{path}"), text));
    let samples = emit::samples(spec).unwrap().into_iter().map(|(path, text)| (format!("samples/{path}"), text));
    let outlines = emit::Outline::all(spec);
    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let manifests = [
        ("sdk/Cargo.toml".to_owned(), emit::manifest(&outlines, &manifest).unwrap()),
        ("Cargo.toml".to_owned(), emit::workspace(&outlines, &manifest).unwrap()),
    ];
    sdk.chain(samples).chain(manifests).collect()
}

#[test]
fn the_code_of_the_odd_specs() {
    let spec = sound(load(&folder().join("specs")));
    let mut files = everything(&spec);
    files.insert("foreign.rs".to_owned(), emit::foreign(&spec, "specs").unwrap());
    let expected = folder().join("expected");
    let wanted: Files = files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
    let mut changes = Changes::default();
    let differing = changes.compare(&expected, wanted).unwrap();
    changes.orphans = write::orphans(&expected, &|path| files.contains_key(path)).unwrap();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        return write::apply(&expected, &differing, &changes.orphans).unwrap();
    }
    for path in &changes.changed {
        let relative = path.strip_prefix(&expected).unwrap().to_string_lossy().replace('\\', "/");
        let (found, wanted) = (fs::read_to_string(path).unwrap(), &files[&relative]);
        let line = found.lines().zip(wanted.lines()).position(|(a, b)| a != b).unwrap_or_default();
        let (a, b) = (found.lines().nth(line), wanted.lines().nth(line));
        eprintln!("{relative}:{}: expected {a:?}, got {b:?}", line + 1);
    }
    assert!(changes.is_empty(), "{changes:?}\nUPDATE_GOLDEN=1 accepts what is generated now");
}

/// The order in which files are found, and running twice, make no difference: also to the project's own specs.
#[test]
fn the_same_specs_give_the_same_bytes() {
    for specs in [folder().join("specs"), Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs")] {
        let loaded = load(&specs);
        let mut files: Vec<_> =
            loaded.sources.iter().map(|source| (source.path.clone(), source.text.clone())).collect();
        let once = everything(&sound(loaded));
        assert_eq!(everything(&sound(load(&specs))), once);
        files.reverse();
        let half = files.len() / 2;
        for _ in 0..3 {
            // Neither sorted nor reversed.
            files.rotate_left(half);
            files = files.iter().step_by(2).chain(files.iter().skip(1).step_by(2)).cloned().collect();
            assert_eq!(everything(&sound(load_files(files.clone()))), once);
        }
    }
}

/// Names that would be one in Rust, and values that none can be made of, are refused with a position instead of being generated.
#[test]
fn what_cannot_be_rust_is_refused() {
    let domain = fs::read_to_string(folder().join("specs/odd/domain.yaml")).unwrap();
    let platform = fs::read_to_string(folder().join("specs/platform.yaml")).unwrap();
    let said = |body: &str| {
        let method = format!("method: taobao.odd.x.get\nsummary: Reads.\neffect: read\n{body}\n");
        let files =
            [("platform.yaml", &platform), ("odd/domain.yaml", &domain), ("odd/taobao.odd.x.get.yaml", &method)];
        let loaded = load_files(files.map(|(path, text)| (path.into(), text.clone())).to_vec());
        // The example does not matter here.
        let ids = loaded.diagnostics.iter().map(|diagnostic| diagnostic.id);
        ids.filter(|id| !id.starts_with("example-")).collect::<Vec<_>>()
    };
    let example = "example: { request: {}, response: {} }";
    for (body, expected) in [
        ("request: { itemID: i64, item_id: i64, ItemId: i64 }\nresponse: {}", &["rust-name-clash"; 2][..]),
        ("request: { self: i64, Self: i64 }\nresponse: {}", &["rust-name-clash"]),
        ("request: { 标题: i64, 价格: i64 }\nresponse: {}", &["rust-name-clash"]),
        ("response: { a.b: i64, a-b: i64 }", &["rust-name-clash"]),
        ("response: { a: i64, a: string }", &["duplicate-key"]),
        ("response: { k: K }\ntypes: { K: { enum: [PAID, paid] } }", &["rust-name-clash"]),
        ("response: { k: K }\ntypes: { K: { enum: [\"\"] } }", &["enum-value-needs-name"]),
        ("response: { k: K }\ntypes: { K: { enum: [中文] } }", &["enum-value-needs-name"]),
        ("response: { k: K }\ntypes: { K: { enum: [1, 2] } }", &["enum-value-needs-name"; 2]),
        ("response: { k: K }\ntypes: { K: { enum: [A, A] } }", &["duplicate-enum-value"]),
        ("response: { k: OddXGet }\ntypes: { OddXGet: { a: i64 } }", &["rust-name-clash"]),
        ("response: { sign: i64 }", &[]),
        ("request: { sign: i64 }\nresponse: {}", &["reserved-parameter"]),
    ] {
        assert_eq!(said(&format!("{body}\n{example}")), expected, "{body}");
    }
}

/// A domain with so many shared types that one file would be too long gets one for each first letter.
#[test]
fn many_shared_types_stand_in_several_files() {
    let read = |path: &str| fs::read_to_string(folder().join("specs").join(path)).unwrap();
    let (platform, domain) = (read("platform.yaml"), read("odd/domain.yaml"));
    let method = "method: taobao.odd.x.get\nsource: { from: doc-center, id: 1, hash: a, body: b }\neffect: read\nrequest: {}\n\
        response: { alpha: Alpha0 }\n";
    // Each `Alpha` leads to a `Beta`, and that to the next `Alpha`.
    let files = |most: usize, last: &str| {
        let pair = |n: usize| {
            let next = if n < most { format!("next: Alpha{}", n + 1) } else { format!("end: {last}") };
            format!("  Alpha{n}: {{ beta: Beta{n} }}\n  Beta{n}: {{ {next} }}\n")
        };
        let types = format!("types:\n{}", (0..=most).map(pair).collect::<String>());
        let files = [
            ("platform.yaml", platform.clone()),
            ("odd/domain.yaml", domain.clone()),
            ("odd/types.yaml", types),
            ("odd/taobao.odd.x.get.yaml", method.to_owned()),
        ];
        let spec = sound(load_files(files.map(|(path, text)| (path.into(), text)).to_vec()));
        let mut files = emit::domain(&spec, &spec.domains[0]).unwrap();
        files.retain(|path, _| path.contains("/types"));
        files
    };
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    let one = files(70, "bool");
    assert_eq!(names(&one), ["src/generated/odd/types.rs"]);
    let several = files(150, "bool");
    assert_eq!(names(&several), ["a", "b", "mod"].map(|name| format!("src/generated/odd/types/{name}.rs")));
    let [a, b, root] = several.values().collect::<Vec<_>>().try_into().unwrap();
    assert!(root.ends_with("\nmod a;\nmod b;\npub use a::*;\npub use b::*;\n"), "{root}");
    assert!(a.contains("use super::{") && a.contains("pub struct Alpha7 {") && !a.contains("struct Beta"), "{a}");
    assert!(b.contains("use super::{") && b.contains("pub struct Beta7 {") && !b.contains("struct Alpha"), "{b}");
    // One more type changes one file.
    let mut more = files(150, "Beta }\n  Beta: { id: i64");
    more.retain(|path, text| several.get(path) != Some(text));
    assert_eq!(names(&more), ["src/generated/odd/types/b.rs"]);
}
