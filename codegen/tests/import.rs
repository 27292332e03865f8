//! Imports from end to end, in memory: metadata in, specs out, and what happens the second time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

use std::fs;
use std::path::PathBuf;

use expect_test::{Expect, expect};
use topsdk_codegen::audit::audit;
use topsdk_codegen::import::plan::{Files, Plan, plan};
use topsdk_codegen::import::read::{Catalogue, read};
use topsdk_codegen::load::{Loaded, load_files};

const PLATFORM: &str = "environments: {}\nparameters: {}\nsign_methods: {}\nerrors: {}\nfamilies: {}\n\
    tiers: { basic: { per_minute: 1, doc: X. } }\n";

const GROUPS: &str = "\
fruit: { title: Fruit, title_zh: 水果, doc: All about fruit., groups: [orchard, market], names: [shop.fruit] }
meat: { title: Meat, title_zh: 肉, doc: All about meat., groups: [butcher] }
";

/// Two methods that share a structure and give another the same name.
const APPLE: &str = r#"{"name":"shop.apple.get","id":1,"apiChineseName":"Words","description":"More words",
    "requestParams":[{"name":"id","type":"Number","required":true,"description":"An id"},
        {"name":"colours","type":"String[]","maxListSize":20}],
    "responseParams":[{"name":"apple","type":"Fruit","subParams":[{"name":"weight","type":"Number"},
        {"name":"origin","type":"Place","subParams":[{"name":"country","type":"String"}]}]}]}"#;
const PEAR: &str = r#"{"name":"shop.pear.update","id":2,"apiChineseName":"Words","description":"",
    "requestParams":[{"name":"pear","type":"Fruit","subParams":[{"name":"sort","type":"String","required":true}]}],
    "responseParams":[{"name":"places","type":"Place []","subParams":[{"name":"country","type":"String"}]},
        {"name":"ok","type":"Boolean"}]}"#;

const XML: &str = "<?xml version=\"1.0\"?><metadata><structs>\
    <struct><name>Fruit</name><desc>d</desc><props><prop><name>weight</name><type>Number</type><level>Basic</level></prop>\
    <prop><name>seeds</name><type>Fruit</type><level>Object Array</level></prop></props></struct></structs>\
    <apis><api><name>shop.fruit.list</name><desc>d</desc><request><param><name>page</name><type>Number</type>\
    <required>optional</required><min_value>1</min_value></param></request><response><param><name>fruits</name>\
    <type>Fruit</type><level>Object Array</level></param></response></api></apis></metadata>";

fn specs() -> Files {
    [("platform.yaml", PLATFORM), ("groups.yaml", GROUPS)].map(|(path, text)| (path.to_owned(), text.to_owned())).into()
}

fn catalogue(files: &[(&str, &str)]) -> Catalogue {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    read(&[dir.path()], &mut |_| {}).unwrap()
}

/// Imports into specs that are there, and checks that the result is valid.
fn import(specs: &mut Files, files: &[(&str, &str)]) -> Plan {
    let plan = plan(specs, catalogue(files), false).unwrap();
    specs.extend(plan.write.clone());
    plan.remove.iter().for_each(|path| drop(specs.remove(path)));
    let loaded = loaded(specs);
    let problems: Vec<_> = loaded.diagnostics.iter().map(|d| (loaded.sources.path(d.span), &d.message)).collect();
    assert_eq!(problems, [], "{specs:#?}");
    plan
}

fn loaded(specs: &Files) -> Loaded {
    load_files(specs.iter().map(|(path, text)| (PathBuf::from(path), text.clone())).collect())
}

fn check(specs: &Files, path: &str, expected: Expect) {
    expected.assert_eq(specs.get(path).map_or("(absent)", String::as_str));
}

const BOTH: [(&str, &str); 2] = [("orchard/shop_apple_get.json", APPLE), ("market/shop_pear_update.json", PEAR)];

#[test]
fn new_methods() {
    let mut specs = specs();
    let plan = import(&mut specs, &BOTH);
    assert_eq!(plan.report.summary(), "2 added, 0 changed, 0 unchanged, 0 removed upstream, 0 conflicts");
    check(
        &specs,
        "fruit/shop.apple.get.yaml",
        expect![[r##"
            # yaml-language-server: $schema=../schema.json
            method: shop.apple.get
            source: { from: doc-center, id: 1, group: orchard, hash: "b343dd7810507685", body: "a372980751bb02ca" }
            guessed: [effect, session]
            effect: read
            request:
              id: { type: i64, required: true }
              colours: { type: "string[]", max_items: 20 }
            response:
              apple: Fruit
            types:
              Fruit:
                weight: i64
                origin: Place
        "##]],
    );
    check(
        &specs,
        "fruit/shop.pear.update.yaml",
        expect![[r##"
        # yaml-language-server: $schema=../schema.json
        method: shop.pear.update
        source: { from: doc-center, id: 2, group: market, hash: "9deec83227ff38ff", body: "c3196ced1ecb143c" }
        guessed: [effect, session]
        effect: idempotent
        request:
          pear: Fruit
        response:
          places: Place[]
          ok: bool
        types:
          Fruit:
            sort: { type: string, required: true }
    "##]],
    );
    check(
        &specs,
        "fruit/types.yaml",
        expect![[r##"
        # yaml-language-server: $schema=../schema.json
        types:
          Place:
            country: string
        imported:
          Place: "7d54470cd64f5a39"
    "##]],
    );
    check(
        &specs,
        "fruit/domain.yaml",
        expect![[r##"
        # yaml-language-server: $schema=../schema.json
        domain: fruit
        title: "Fruit"
        title_zh: "水果"
        doc: "All about fruit."
        core: false
        tier: basic
        session: required
    "##]],
    );
    check(
        &specs,
        "fruit/names.lock",
        expect![[r#"
        # Names that imported structures have been given. Written by `cargo xtask import`; keep it, and the names stay.
        # scope name official-name hash-of-shape first-place
        * Place Place 28f37be846dd770f shop.apple.get:response.apple.origin
        shop.apple.get Fruit Fruit a64bb5d6556a4acc shop.apple.get:response.apple
        shop.pear.update Fruit Fruit 2f37b69852387db5 shop.pear.update:request.pear
    "#]],
    );
    assert!(specs.values().all(|text| !text.contains("words") && !text.contains("Words")));
}

#[test]
fn with_words() {
    let plan = plan(&specs(), catalogue(&BOTH), true).unwrap();
    let text = &plan.write["fruit/shop.apple.get.yaml"];
    assert!(text.contains("summary: \"Words.\"\ndescription: \"More words\"\n"), "{text}");
    assert!(text.contains("  id: { type: i64, required: true, doc: \"An id.\" }\n"), "{text}");
}

#[test]
fn twice_changes_nothing() {
    let mut specs = specs();
    import(&mut specs, &BOTH);
    let first = specs.clone();
    let plan = import(&mut specs, &BOTH);
    assert_eq!(plan.report.summary(), "0 added, 0 changed, 2 unchanged, 0 removed upstream, 0 conflicts");
    assert!(plan.write.is_empty() && plan.remove.is_empty());
    // One of the two alone keeps what the other needs.
    for one in BOTH {
        let plan = import(&mut specs, &[one]);
        assert!(plan.write.is_empty() && plan.remove.is_empty(), "{:#?}", plan.write);
    }
    assert_eq!(specs, first);
}

#[test]
fn what_the_import_wrote_follows_the_metadata() {
    let mut specs = specs();
    import(&mut specs, &BOTH);
    let grown = APPLE.replace(
        r#"{"name":"weight","type":"Number"}"#,
        r#"{"name":"weight","type":"Number"},{"name":"age","type":"Date"}"#,
    );
    let plan = import(&mut specs, &[("orchard/shop_apple_get.json", &grown)]);
    assert_eq!(plan.report.changed, ["shop.apple.get"]);
    let text = &specs["fruit/shop.apple.get.yaml"];
    // Another shape, the name it had.
    assert!(text.contains("  Fruit:\n    weight: i64\n    age: date\n"), "{text}");
    // A structure that two shared grows in one of them: that one gets its own, the other keeps what it had.
    let grown = APPLE.replace(
        r#"{"name":"country","type":"String"}"#,
        r#"{"name":"country","type":"String"},{"name":"town","type":"String"}"#,
    );
    import(&mut specs, &[("orchard/shop_apple_get.json", &grown)]);
    let (apple, pear) = (&specs["fruit/shop.apple.get.yaml"], &specs["fruit/shop.pear.update.yaml"]);
    assert!(apple.contains("    $wire: Place\n    country: string\n    town: string\n"), "{apple}");
    assert!(
        pear.contains("  places: Place[]\n") && specs["fruit/types.yaml"].contains("  Place:\n    country: string\n"),
        "{pear}"
    );
}

/// What no metadata tells and people may say; the file stays the import's all the same.
#[test]
fn what_a_write_makes_old_stays() {
    let mut specs = specs();
    specs.insert("platform.yaml".to_owned(), format!("{PLATFORM}tags: [item]\n"));
    import(&mut specs, &BOTH);
    let path = "fruit/shop.pear.update.yaml";
    let told = specs[path].replace("effect: idempotent\n", "effect: idempotent\ninvalidates: [item]\n");
    assert_ne!(told, specs[path]);
    specs.insert(path.to_owned(), told);
    assert!(import(&mut specs, &BOTH).write.is_empty());
    let pear = PEAR.replace(r#""type":"Boolean""#, r#""type":"String""#);
    import(&mut specs, &[BOTH[0], (BOTH[1].0, &pear)]);
    let text = &specs[path];
    assert!(text.contains("\ninvalidates: [item]\n") && text.contains("ok: string"), "{text}");
}

#[test]
fn what_a_person_wrote_stays() {
    let mut specs = specs();
    import(&mut specs, &BOTH);
    let edited = specs["fruit/shop.apple.get.yaml"]
        .replace("guessed: [effect, session]\n", "summary: Reads one apple.\nsession: none\n")
        .replace(
            "  id: { type: i64, required: true }",
            "  id: { type: i64, required: true, doc: The apple. } # never 0",
        )
        .replace("    weight: i64\n", "    weight: decimal\n");
    specs.insert("fruit/shop.apple.get.yaml".to_owned(), edited.clone());
    let plan = import(&mut specs, &BOTH);
    assert_eq!(plan.report.summary(), "0 added, 0 changed, 2 unchanged, 0 removed upstream, 0 conflicts");
    assert_eq!(specs["fruit/shop.apple.get.yaml"], edited);

    // New members are added, what disagrees is told.
    let other = APPLE
        .replace(r#"{"name":"weight","type":"Number"}"#, r#"{"name":"weight","type":"Date"},{"name":"pips","type":"Pip[]","subParams":[{"name":"size","type":"Number"}]}"#)
        .replace(r#""name":"colours","#, r#""name":"page","type":"Number","maxValue":9},{"name":"colours","#)
        .replace(r#""name":"id","type":"Number","#, r#""name":"id","type":"Number","maxValue":77,"#);
    let plan = import(&mut specs, &[("orchard/shop_apple_get.json", &other), BOTH[1]]);
    assert_eq!(plan.report.conflicts, ["shop.apple.get: response.apple.weight: date in the metadata, decimal here"]);
    check(
        &specs,
        "fruit/shop.apple.get.yaml",
        expect![[r##"
        # yaml-language-server: $schema=../schema.json
        method: shop.apple.get
        source: { from: doc-center, id: 1, group: orchard, hash: "fdabcf14b5db31c2", body: "a372980751bb02ca" }
        summary: Reads one apple.
        session: none
        effect: read
        request:
          id: { type: i64, max: 77, required: true, doc: The apple. } # never 0
          colours: { type: "string[]", max_items: 20 }
          page: { type: i64, max: 9 }
        response:
          apple: Fruit
        types:
          Fruit:
            weight: decimal
            origin: Place
            pips: Pip[]
          Pip:
            size: i64
    "##]],
    );
    // And once they are there, nothing is left to add.
    let before = specs.clone();
    import(&mut specs, &[("orchard/shop_apple_get.json", &other), BOTH[1]]);
    assert_eq!(specs, before);
}

#[test]
fn a_shared_type_that_a_person_took_over() {
    let mut specs = specs();
    import(&mut specs, &BOTH);
    let edited = specs["fruit/types.yaml"]
        .replace("    country: string\n", "    country: { type: string, doc: Where it grows. }\n    code: string\n");
    specs.insert("fruit/types.yaml".to_owned(), edited);
    import(&mut specs, &BOTH);
    let types = &specs["fruit/types.yaml"];
    assert!(types.contains("doc: Where it grows.") && !types.contains("imported:"), "{types}");
    // Both methods use it, and say that they fill a part of it.
    assert!(specs["fruit/shop.apple.get.yaml"].contains("origin: { type: Place, only: [country] }"));
    assert!(specs["fruit/shop.pear.update.yaml"].contains("places: { type: \"Place[]\", only: [country] }"));
}

#[test]
fn a_spec_from_before_any_import() {
    let mut specs = specs();
    let hand = "method: shop.apple.get\nsummary: Reads one apple.\neffect: read\nrequest: { id: { type: i64, required: true } }\n\
        response: { apple: Apple }\ntypes:\n  Apple: { $wire: Fruit, weight: decimal }\nexample: { request: { id: 1 }, response: { apple: {} } }\n";
    specs.insert("meat/shop.apple.get.yaml".to_owned(), hand.to_owned());
    specs.insert(
        "meat/domain.yaml".to_owned(),
        "domain: meat\ntitle: M\ntitle_zh: M\ndoc: M.\ntier: basic\n".to_owned(),
    );
    let plan = import(&mut specs, &BOTH);
    assert_eq!(plan.report.summary(), "1 added, 1 changed, 0 unchanged, 0 removed upstream, 0 conflicts");
    // It stays where it is.
    check(
        &specs,
        "meat/shop.apple.get.yaml",
        expect![[r#"
        method: shop.apple.get
        source: { from: doc-center, id: 1, group: orchard, hash: "b343dd7810507685" }
        summary: Reads one apple.
        effect: read
        request: { id: { type: i64, required: true }, colours: { type: "string[]", max_items: 20 } }
        response: { apple: Apple }
        types:
          Apple: { $wire: Fruit, weight: decimal, origin: Place }
          Place:
            country: string
        example: { request: { id: 1 }, response: { apple: {} } }
    "#]],
    );
    let before = specs.clone();
    import(&mut specs, &BOTH);
    assert_eq!(specs, before);
}

/// A page of a method that answers an apple with its grower.
fn grown(name: &str) -> String {
    APPLE
        .replace("shop.apple.get", name)
        .replace(r#""name":"origin","type":"Place""#, r#""name":"grower","type":"Farm""#)
}

/// Specs of two such methods, whose shared type a person has described.
fn described() -> (Files, [String; 2]) {
    let pages = ["shop.apple.get", "shop.apple.list"].map(grown);
    let mut specs = specs();
    import(&mut specs, &[("orchard/get.json", &pages[0]), ("orchard/list.json", &pages[1])]);
    let types = specs.get_mut("fruit/types.yaml").unwrap();
    assert!(types.contains("    grower: Farm\n"), "{types}");
    *types = types.replace("  Fruit:\n", "  Fruit:\n    $doc: What grows on trees.\n");
    (specs, pages)
}

#[test]
fn a_shared_type_that_a_person_edits_may_hold_an_imported_one() {
    let (mut specs, pages) = described();
    let before = specs.clone();
    let plan = import(&mut specs, &[("orchard/get.json", &pages[0]), ("orchard/list.json", &pages[1])]);
    assert_eq!(plan.report.summary(), "0 added, 0 changed, 2 unchanged, 0 removed upstream, 0 conflicts");
    check(
        &specs,
        "fruit/types.yaml",
        expect![[r##"
        # yaml-language-server: $schema=../schema.json
        types:
          Fruit:
            $doc: What grows on trees.
            weight: i64
            grower: Farm
          Farm:
            country: string
        imported:
          Farm: "cb431079932efa98"
    "##]],
    );
    let lock = |specs: &Files| specs["fruit/names.lock"].clone();
    assert_ne!(lock(&specs), lock(&before), "the name is the person's now");
    let before = specs.clone();
    import(&mut specs, &[("orchard/get.json", &pages[0]), ("orchard/list.json", &pages[1])]);
    assert_eq!(specs, before);
}

#[test]
fn a_shared_type_that_a_person_edits_keeps_a_structure_that_changes() {
    const WEIGHT: &str = r#"{"name":"weight","type":"Number"}"#;
    const COUNTRY: &str = r#"{"name":"country","type":"String"}"#;
    // (what changes, to what, how the methods use the type then, what is told)
    let table = [
        (
            WEIGHT,
            r#"{"name":"weight","type":"Number"},{"name":"size","type":"Number"}"#,
            "  apple: Fruit\n",
            vec!["fruit: the shared type Fruit has no size"],
        ),
        (
            WEIGHT,
            r#"{"name":"weight","type":"Date"}"#,
            "  apple: Fruit\n",
            vec!["fruit: the shared type Fruit differs in weight"],
        ),
        (r#"{"name":"weight","type":"Number"},"#, "", "  apple: { type: Fruit, only: [grower] }\n", vec![]),
        (
            COUNTRY,
            r#"{"name":"land","type":"String"}"#,
            "  apple: Fruit\n",
            vec!["fruit: the shared type Farm has no land"],
        ),
    ];
    for (old, new, used, told) in table {
        let (mut specs, pages) = described();
        let pages = pages.map(|page| page.replace(old, new));
        let pages = [("orchard/get.json", pages[0].as_str()), ("orchard/list.json", pages[1].as_str())];
        let described = "  Fruit:\n    $doc: What grows on trees.\n    weight: i64\n    grower: Farm\n";
        for _ in 0..2 {
            let plan = import(&mut specs, &pages);
            assert_eq!(plan.report.conflicts, told, "{new}");
            assert!(specs["fruit/types.yaml"].contains(described), "{new}");
            for method in ["get", "list"] {
                let spec = &specs[&format!("fruit/shop.apple.{method}.yaml")];
                assert!(spec.contains(used), "{new}: {spec}");
            }
        }
        // A person adds what the metadata has.
        let types = specs.get_mut("fruit/types.yaml").unwrap();
        *types = types
            .replace("    country: string\n", "    country: string\n    land: string\n")
            .replace("    weight: i64\n", "    weight: i64\n    size: i64\n");
        let left = import(&mut specs, &pages).report.conflicts;
        assert_eq!(left.len(), told.iter().filter(|told| told.contains("differs")).count(), "{left:?}");
    }
}

#[test]
fn gone_upstream_and_moved() {
    let mut specs = specs();
    import(&mut specs, &BOTH);
    let other = PEAR.replace("pear.update", "other.get");
    let found = import(&mut specs, &[("market/shop_other_get.json", &other)]);
    // The other group was not looked at.
    assert_eq!(found.report.removed, ["shop.pear.update"]);
    assert!(specs.contains_key("fruit/shop.pear.update.yaml"));
    // Nor is a page that was named itself all of its group.
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("market")).unwrap();
    let page = dir.path().join("market/shop_other_get.json");
    fs::write(&page, &other).unwrap();
    let alone = plan(&specs, read(&[&page], &mut |_| {}).unwrap(), false).unwrap();
    assert_eq!(alone.report.removed, [""; 0]);
    // Where two of three groups were read, the third is gone.
    import(&mut specs, &[("stall/a.json", &PEAR.replace("pear.update", "stall.get"))]);
    let found = import(&mut specs, &[("market/a.json", PEAR), ("stall/b.json", &PEAR.replace("pear", "plum"))]);
    assert_eq!(found.report.removed, ["shop.apple.get", "shop.other.get", "shop.stall.get"]);
    let plan = import(&mut specs, &[("butcher/shop_pear_update.json", PEAR)]);
    assert_eq!(plan.remove.iter().collect::<Vec<_>>(), ["fruit/shop.pear.update.yaml"]);
    assert!(specs.contains_key("meat/shop.pear.update.yaml"));
}

#[test]
fn the_other_format() {
    let mut specs = specs();
    import(&mut specs, &[BOTH[0], BOTH[1], ("console.xml", XML)]);
    check(
        &specs,
        "fruit/shop.fruit.list.yaml",
        expect![[r##"
        # yaml-language-server: $schema=../schema.json
        method: shop.fruit.list
        source: { from: api-metadata, hash: "e3c188eb78ee4c06", body: "697a2775d3fa0e66" }
        guessed: [effect, session]
        effect: read
        request:
          page: { type: i64, min: 1 }
        response:
          fruits: Fruit[]
        types:
          Fruit:
            weight: i64
            seeds: Fruit[]
    "##]],
    );
    // Metadata of the one format never overwrites what came from the other.
    let same = XML.replace("shop.fruit.list", "shop.apple.get");
    let before = specs.clone();
    let plan = import(&mut specs, &[("console.xml", &same)]);
    assert_eq!(specs, before);
    assert_eq!(
        plan.report.conflicts,
        ["shop.apple.get: only in api-metadata: request.page", "shop.apple.get: only in api-metadata: response.fruits"]
    );
}

#[test]
fn an_audit_finds_nothing() {
    let mut specs = specs();
    let files = [BOTH[0], BOTH[1], ("console.xml", XML)];
    import(&mut specs, &files);
    let dir = tempfile::tempdir().unwrap();
    for (i, (_, text)) in files.iter().enumerate() {
        let end = if text.starts_with('<') { "xml" } else { "json" };
        fs::write(dir.path().join(format!("{i}.{end}")), text).unwrap();
    }
    let found = audit(&[dir.path()], &loaded(&specs).spec).unwrap();
    assert_eq!((found.methods, found.parameters, found.differences.len()), (3, 15, 0), "{:?}", found.differences);
}

#[test]
fn broken_specs_and_groups_stop_it() {
    let table = [
        ("fruit/a.b.yaml", "method: [", "fruit/a.b.yaml: line 1: "),
        ("groups.yaml", "fruit: 1\n", "groups.yaml: line 1: `fruit` is not a map"),
    ];
    for (path, text, expected) in table {
        let mut specs = specs();
        specs.insert(path.to_owned(), text.to_owned());
        let error = plan(&specs, catalogue(&BOTH), false).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// Specs that `check` refuses would refuse every later import too.
#[test]
fn what_would_not_be_valid_is_not_planned() {
    let mut specs = specs();
    import(&mut specs, &BOTH);
    let (path, imported) = specs.iter().find(|(path, _)| path.ends_with("shop.apple.get.yaml")).unwrap();
    // A person has seen that it is a number.
    let by_hand = imported.replace("effect:", "# By hand.\neffect:");
    let path = path.clone();
    specs.insert(path.clone(), by_hand);
    let now = APPLE.replace(r#""type":"Number","required":true"#, r#""type":"String","maxLength":64,"required":true"#);
    let error = plan(&specs, catalogue(&[(BOTH[0].0, &now), BOTH[1]]), false).unwrap_err();
    assert_eq!(error.file, path);
    assert!(error.message.contains("so it would be after the import"), "{error}");
}
