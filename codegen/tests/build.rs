//! The generator in a build script: what it takes, what it writes, and what it says about bad input.
//!
//! That the code compiles in a crate that is not ours, and works, is tested in `examples/private_methods/`.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use expect_test::{ExpectFile, expect, expect_file};
use tempfile::TempDir;
use topsdk_codegen::build::{Config, Effect, Error, Session};

const ORDERS: &str = "method: acme.orders.get\neffect: read\nresponse: { orders: \"Order[]\" }\n";
const TYPES: &str = "types: { Order: { id: i64 }, Item: { id: i64 } }\n";

fn example(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/private_methods").join(path)
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

/// What is written, or why nothing is, without the path of the folder.
fn compiled(config: Config, dir: &Path) -> Result<String, String> {
    let out = tempfile::tempdir().unwrap();
    let said = |error: Error| {
        assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "nothing is written");
        assert_eq!(format!("{error:?}"), error.to_string(), "a build script's `main` prints the first");
        error.to_string().replace(&format!("{}/", dir.display()), "")
    };
    config.out_dir(out.path()).compile("code.rs").map_err(said)?;
    Ok(fs::read_to_string(out.path().join("code.rs")).unwrap())
}

fn specs(files: &[(&str, &str)], config: impl Fn(Config) -> Config) -> Result<String, String> {
    let files: Vec<_> = files.iter().map(|(path, text)| (format!("specs/{path}"), *text)).collect();
    let dir = folder(&files.iter().map(|(path, text)| (path.as_str(), *text)).collect::<Vec<_>>());
    compiled(config(Config::specs(dir.path().join("specs"))), dir.path())
}

/// An `ApiMetadata.xml` with these elements.
fn metadata(structs: &str, apis: &str, config: impl Fn(Config) -> Config) -> Result<String, String> {
    xml(&format!("<metadata><structs>{structs}</structs><apis>{apis}</apis></metadata>"), config)
}

fn xml(text: &str, config: impl Fn(Config) -> Config) -> Result<String, String> {
    let dir = folder(&[("ApiMetadata.xml", text)]);
    compiled(config(Config::metadata(dir.path().join("ApiMetadata.xml"))), dir.path())
}

fn api(name: &str) -> String {
    format!("<api><name>{name}</name><request/><response/></api>")
}

fn all(config: Config) -> Config {
    config
}

fn modules(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(" {")).collect()
}

#[test]
fn the_code_of_the_example() {
    let golden = |config: Config, expected: ExpectFile| {
        expected.assert_eq(&compiled(config, &example("")).unwrap());
    };
    golden(Config::specs(example("specs")), expect_file!["build/own.rs"]);
    let config = Config::metadata(example("ApiMetadata.xml")).methods(["acme.orders.*", "acme.stock.get"]);
    let config = config.effect("acme.orders.close", Effect::Idempotent).session("acme.orders.*", Session::Required);
    golden(config, expect_file!["build/granted.rs"]);
}

#[test]
fn only_what_is_asked_for_and_the_types_that_it_needs() {
    let stock = "method: acme.stock.get\neffect: read\n";
    let broken = "method: [\n";
    let files = [
        ("acme.orders.get.yaml", ORDERS),
        ("types.yaml", TYPES),
        ("shop/acme.stock.get.yaml", stock),
        ("acme.broken.get.yaml", broken),
        ("README.txt", "For people."),
    ];
    let text = specs(&files, |config| config.methods(["acme.orders.get"])).unwrap();
    assert_eq!(modules(&text), ["acme_orders_get"]);
    assert!(text.contains("struct Order ") && !text.contains("struct Item "), "{text}");
    let text = specs(&files, |config| config.methods(["acme.orders.*"]).methods(["*.stock.get"])).unwrap();
    assert_eq!(modules(&text), ["acme_orders_get", "shop", "acme_stock_get"]);
    let text = specs(&files, |config| config.methods(["acme.stock.get"])).unwrap();
    assert!(!text.contains("struct Order "), "{text}");
}

#[test]
fn pages_of_the_documentation_centre_are_metadata_too() {
    let page = |name: &str| {
        format!(
            r#"{{"name":"{name}","id":7,"apiChineseName":"Reads `a` b","description":"First <b>\n    let code;\nhttps://a.example",
            "requestParams":[{{"name":"id","type":"Number","required":true,"description":"An id."}}]}}"#
        )
    };
    let (one, two) = (page("acme.orders.get"), page("acme.orders.close"));
    let dir = folder(&[("orders/1.json", &one), ("orders/2.json", &two)]);
    let text = compiled(Config::metadata(dir.path()), dir.path()).unwrap();
    assert_eq!(modules(&text), ["acme_orders_close", "acme_orders_get"]);
    let doc: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("///")).collect();
    for expected in [" Reads 'a' b.", " First \\<b\\>", " let code;", " An id."] {
        assert!(doc.contains(&expected), "{expected}: {doc:#?}");
    }
}

#[test]
fn guesses_are_corrected_and_the_last_word_counts() {
    let apis = [api("acme.orders.get"), api("acme.orders.close")].concat();
    let marks = |config: &dyn Fn(Config) -> Config| {
        let text = metadata("", &apis, config).unwrap();
        let mark = |line: &&str| line.starts_with("    session = ") || line.starts_with("        effect = ");
        let line = |line: &str| line.trim().trim_end_matches(',').to_owned();
        text.lines().filter(|text| mark(text) || text.contains("        session = ")).map(line).collect::<Vec<_>>()
    };
    assert_eq!(
        marks(&all),
        ["session = optional", "effect = write", "session = optional", "effect = read"],
        "close, then get"
    );
    let corrected = |config: Config| {
        let config = config.effect("*", Effect::Write).effect("acme.orders.get", Effect::Read);
        config.session("acme.orders.get", Session::None).session("*", Session::Required)
    };
    assert_eq!(marks(&corrected), ["session = required", "effect = write", "session = required", "effect = read"]);
    let text = metadata("", &apis, corrected).unwrap();
    assert!(!text.contains("by its name") && !text.contains("not known"), "{text}");
}

#[test]
fn what_is_equal_is_not_written() {
    let (dir, out) = (folder(&[("acme.orders.get.yaml", ORDERS), ("types.yaml", TYPES)]), tempfile::tempdir().unwrap());
    let config = Config::specs(dir.path()).out_dir(out.path());
    config.compile("code.rs").unwrap();
    let file = out.path().join("code.rs");
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    fs::File::options().write(true).open(&file).unwrap().set_modified(old).unwrap();
    config.compile("code.rs").unwrap();
    assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), old);
    fs::write(dir.path().join("acme.orders.get.yaml"), ORDERS.replace("read", "write")).unwrap();
    config.compile("code.rs").unwrap();
    assert!(fs::read_to_string(&file).unwrap().contains("effect = write"));
}

#[test]
fn bad_specs_are_told_with_their_places() {
    let bad = "method: acme.orders.get\neffekt: read\nresponse: { orders: \"Ordr[]\" }\n";
    let said = specs(&[("acme.orders.get.yaml", bad), ("types.yaml", TYPES)], all).unwrap_err();
    expect![[r#"
        3 problems in 1 file

        error[missing-key]: the method needs the key `effect`
         --> specs/acme.orders.get.yaml:1:1
          |
        1 | method: acme.orders.get
          | ^^^^^^
          |
          = help: add `effect: read`

        error[unknown-key]: the method has no key `effekt`
         --> specs/acme.orders.get.yaml:2:1
          |
        2 | effekt: read
          | ^^^^^^
          |
          = help: did you mean `effect`?

        error[unknown-type]: there is no type `Ordr`
         --> specs/acme.orders.get.yaml:3:21
          |
        3 | response: { orders: "Ordr[]" }
          |                     ^^^^^^^^
          |
          = help: did you mean `Order`?"#]]
    .assert_eq(&said);
    let clash = [
        ("acme.a-b.get.yaml", "method: acme.a-b.get\neffect: read\n"),
        ("acme.a.b.get.yaml", "method: acme.a.b.get\neffect: read\n"),
    ];
    let said = specs(&clash, all).unwrap_err();
    assert!(said.contains("specs/acme.a.b.get.yaml:1:9"), "{said}");
    assert!(said.contains("methods `acme.a.b.get` and `acme.a-b.get` are both `acme_a_b_get` in Rust"), "{said}");
    // One of the two is no clash.
    specs(&clash, |config| config.methods(["acme.a.b.get"])).unwrap();
}

#[test]
fn bad_folders_and_lists() {
    let files = [("acme.orders.get.yaml", ORDERS), ("types.yaml", TYPES), ("shop/acme.stock.get.yaml", "")];
    let none: [&str; 0] = [];
    type Case<'a> = (&'a [(&'a str, &'a str)], &'a dyn Fn(Config) -> Config, &'a str);
    let table: [Case<'_>; 10] = [
        (&[("README.md", "x")], &all, "specs: no method in it"),
        (
            &files,
            &|config| config.methods(none),
            "methods: the list is empty; name some, or leave the call out to take all",
        ),
        (
            &files,
            &|config| config.methods(["acme.order.get"]),
            "methods: no method of specs is called `acme.order.get`; did you mean `acme.orders.get`?",
        ),
        (
            &files,
            &|config| config.methods(["acme.ordres.*"]),
            "methods: no method of specs is called `acme.ordres.*`; did you mean `acme.orders.*`?",
        ),
        (
            &files,
            &|config| config.methods(["acme.orders.get"]).effect("acme.stock.get", Effect::Read),
            "effect: no method of specs is called `acme.stock.get`; there are acme.orders.get",
        ),
        (
            &files,
            &|config| config.methods(["acme.orders.get"]).session("acme.order.get", Session::None),
            "session: no method of specs is called `acme.order.get`; did you mean `acme.orders.get`?",
        ),
        (&files, &all, "specs/shop/acme.stock.get.yaml:1:1"),
        (
            &[files[0], files[1], ("acme_orders_get/acme.stock.get.yaml", "method: acme.stock.get\neffect: read\n")],
            &all,
            "the folder `acme_orders_get` and the method `acme.orders.get` are both the module `acme_orders_get`: rename the folder",
        ),
        (&[("acme.orders.get.yml", ORDERS), files[2]], &|config| config.methods(["acme.*"]), "this is not a spec file"),
        (
            &[("a/b/acme.orders.get.yaml", ORDERS), files[2]],
            &|config| config.methods(["acme.*"]),
            "this is not a spec file",
        ),
    ];
    for (files, config, expected) in table {
        let said = specs(files, config).unwrap_err();
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let dir = folder(&[("file", "")]);
    for missing in ["nowhere", "file"] {
        let path = dir.path().join(missing);
        for config in [Config::specs(&path), Config::metadata(&path)] {
            let said = compiled(config, dir.path()).unwrap_err();
            assert!(said.starts_with(&format!("{missing}: ")), "{said}");
        }
    }
}

#[test]
fn bad_metadata() {
    let bomb = "<!DOCTYPE m [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><metadata><apis>&b;</apis></metadata>";
    let table = [
        ("", "ApiMetadata.xml: neither JSON nor XML"),
        ("<metadata><structs>", "ApiMetadata.xml: line 1, column 11: cut off inside <structs>"),
        ("<metadata>\n</structs></metadata>", "ApiMetadata.xml: line 2, column 1: not XML"),
        ("<html></html>", "ApiMetadata.xml: line 1, column 1: the root is <html>, not <metadata>"),
        ("<metadata><structs/><apis/></metadata>", "ApiMetadata.xml: no method in it"),
        (bomb, "ApiMetadata.xml: line 1, column 1: a document type: entities are not expanded"),
        ("<metadata><apis><api><name>../x.y</name></api></apis></metadata>", "`../x.y` is not the name of a method"),
    ];
    for (text, expected) in table {
        let said = xml(text, all).unwrap_err();
        assert!(said.contains(expected), "{expected}\n{said}");
    }
    let clash = [api("acme.a-b.get"), api("acme.a.b.get")].concat();
    expect![[r#"
        ApiMetadata.xml:
          methods `acme.a.b.get` and `acme.a-b.get` are both `acme_a_b_get` in Rust
          types of the methods `acme.a.b.get` and `acme.a-b.get` are both `AcmeABGet` in Rust
          types of the methods `acme.a.b.get` and `acme.a-b.get` are both `AcmeABGetResponse` in Rust
          types of the methods `acme.a.b.get` and `acme.a-b.get` are both `AcmeABGetError` in Rust
        take only one of them with `methods`, or each with a `Config` and a file of its own"#]]
    .assert_eq(&metadata("", &clash, all).unwrap_err());
    metadata("", &clash, |config| config.methods(["acme.a-b.get"])).unwrap();
}

#[test]
fn the_place_to_write_to() {
    let dir = folder(&[("acme.orders.get.yaml", ORDERS), ("types.yaml", TYPES)]);
    let config = Config::specs(dir.path());
    for name in ["", "..", "a/b.rs", "../b.rs"] {
        let said = config.clone().out_dir(dir.path()).compile(name).unwrap_err().to_string();
        assert_eq!(said, format!("compile: `{name}` is not the name of a file"));
    }
    // Tests are not run by a build script.
    let said = config.compile("code.rs").unwrap_err().to_string();
    assert_eq!(said, "OUT_DIR is not set: call this from a build script, or name a folder by `out_dir`");
}
