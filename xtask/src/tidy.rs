//! The rules of this house, as tests.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use topsdk_codegen::load::load;
use topsdk_codegen::model::Effect;
use topsdk_codegen::naming;

use crate::{cargo, root};

/// Longest hand-written Rust file.
const MAX_LINES: usize = 800;

/// First line of every spec of a domain.
const MODELINE: &str = "# yaml-language-server: $schema=../schema.json";

#[test]
fn hand_written_files_are_short() {
    let places = ["/generated/", "/golden/expected/", "sdk/domains/"];
    let is_generated = |file: &File| places.iter().any(|place| file.path.contains(place));
    let long = files(&["rs"]).into_iter().filter(|file| !is_generated(file));
    none(long.filter(|file| file.text.lines().count() > MAX_LINES).map(|file| {
        let lines = file.text.lines().count();
        format!("{}: {lines} lines, at most {MAX_LINES}: split it", file.path)
    }));
}

#[test]
fn nothing_is_left_unfinished() {
    // Put together here, so that this file does not hold them.
    let banned = ["todo", "unimplemented", "dbg"].map(|name| format!("{name}!("));
    none(places(&files(&["rs"]), &banned));
}

#[test]
fn no_paths_of_a_machine() {
    let banned = ["home", "root", "Users", "work", "tmp"].map(|name| format!("/{name}/"));
    none(places(&files(&["rs", "md", "toml", "yaml", "yml", "json", "py", "sh", "run", "lock"]), &banned));
}

#[test]
fn manifests_are_complete() {
    let mut problems = Vec::new();
    for package in metadata(&["--no-deps"])["packages"].as_array().unwrap() {
        let manifest = package["manifest_path"].as_str().unwrap();
        let name = package["name"].as_str().unwrap();
        if !fs::read_to_string(manifest).unwrap().contains("[lints]\nworkspace = true") {
            problems.push(format!("{name}: no `[lints] workspace = true`"));
        }
        let published = package["publish"].is_null();
        let more: &[&str] = if published { &["readme", "repository", "homepage"] } else { &[] };
        for key in ["description", "license", "rust_version"].iter().chain(more) {
            if package[*key].is_null() {
                problems.push(format!("{name}: no {key}"));
            }
        }
        for key in ["keywords", "categories"] {
            if published && package[key].as_array().is_none_or(Vec::is_empty) {
                problems.push(format!("{name}: no {key}"));
            }
        }
        // Both licences ask for their text in what is published.
        for text in ["LICENSE-APACHE", "LICENSE-MIT"] {
            let own = Path::new(manifest).with_file_name(text);
            if published && fs::read_to_string(own).ok() != fs::read_to_string(crate::root().join(text)).ok() {
                problems.push(format!("{name}: no {text}; make it a link to that of the project"));
            }
        }
    }
    none(problems);
}

#[test]
fn the_declared_rust_version_suffices() {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap();
    let told = String::from_utf8(rustc.stdout).unwrap();
    let host = told.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Only packages of this platform, for others need not be on this machine.
    let metadata = metadata(&["--filter-platform", host]);
    let used: Vec<&Value> = metadata["resolve"]["nodes"].as_array().unwrap().iter().map(|node| &node["id"]).collect();
    let packages = metadata["packages"].as_array().unwrap();
    let declared = packages.iter().find(|package| package["name"] == "xtask").unwrap();
    let declared = version(&declared["rust_version"]);
    assert!(declared > (1, 0), "the workspace declares no rust-version");
    // What only the feature `queue` brings, which says so to its users.
    let queue = (1, 94);
    let told = format!("Rust {}.{}", queue.0, queue.1);
    assert!(
        ["sdk/Cargo.toml", "sdk/src/lib.rs", "README.md", "docs/queue.md"]
            .iter()
            .all(|path| read(path).contains(&told))
    );
    let allowed =
        |package: &Value| if package["name"].as_str().unwrap().starts_with("sqlx") { queue } else { declared };
    let newer = packages.iter().filter(|p| used.contains(&&p["id"]) && version(&p["rust_version"]) > allowed(p));
    none(newer.map(|p| format!("{} {} needs Rust {}", p["name"], p["version"], p["rust_version"])));
}

#[test]
fn the_changelog_knows_the_version() {
    let version = env!("CARGO_PKG_VERSION");
    let changelog = read("CHANGELOG.md");
    assert!(changelog.contains(&format!("\n## [{version}]")), "CHANGELOG.md has no section for {version}");
}

#[test]
fn the_readme_shows_the_quickstart() {
    let readme = read("README.md");
    let shown = blocks(&readme).into_iter().find_map(|block| block.strip_prefix("rust\n"));
    assert_eq!(
        shown,
        Some(read("sdk/examples/quickstart.rs").as_str()),
        "README.md and sdk/examples/quickstart.rs differ"
    );
}

/// A page and its translation show the same code, and have the same headings, tables, lists and figures.
#[test]
fn translations_are_in_step() {
    let mut problems = Vec::new();
    for chinese in files(&["md"]).into_iter().filter(|file| file.path.ends_with(".zh-CN.md")) {
        let english = read(&chinese.path.replace(".zh-CN.md", ".md"));
        assert_eq!(blocks(&english), blocks(&chinese.text), "{}", chinese.path);
        for ((what, wanted), (_, found)) in shape(&english).into_iter().zip(shape(&chinese.text)) {
            if wanted != found {
                problems.push(format!("{}: {what}: {found:?}, in English {wanted:?}", chinese.path));
            }
        }
    }
    none(problems);
}

#[test]
fn numbered_lists_count() {
    let mut problems = Vec::new();
    for file in files(&["md"]) {
        // The last number by depth; a heading begins anew.
        let mut last: BTreeMap<usize, u32> = BTreeMap::new();
        for line in file.text.split("```").step_by(2).flat_map(str::lines) {
            if line.starts_with('#') {
                last.clear();
            }
            let depth = line.len() - line.trim_start().len();
            let Some(number) = numbered(line) else { continue };
            last.retain(|other, _| *other <= depth);
            if number != 1 && number != last.get(&depth).map_or(1, |last| last + 1) {
                problems.push(format!("{}: out of turn: {line}", file.path));
            }
            last.insert(depth, number);
        }
    }
    none(problems);
}

#[test]
fn the_guides_to_private_methods_show_the_example() {
    let guide = read("docs/private-methods.md");
    let lines = |text: &str| text.lines().map(|line| line.trim().to_owned()).collect::<Vec<_>>();
    let is_source = |file: &File| {
        file.path.starts_with("codegen/examples/private_methods/") || file.path == "codegen/tests/build.rs"
    };
    let sources: Vec<_> =
        files(&["rs", "yaml"]).iter().filter(|file| is_source(file)).map(|file| lines(&file.text)).collect();
    for block in blocks(&guide) {
        let (language, code) = block.split_once('\n').unwrap();
        // Where the SDK lies is different for everybody.
        if language != "toml" {
            let code = lines(code);
            let is_there = sources.iter().any(|source| source.windows(code.len()).any(|shown| shown == code));
            assert!(is_there, "not in the example, nor among what its tests expect:{block}");
        }
    }
}

#[test]
fn no_domain_takes_a_name_of_the_sdk() {
    let manifest = read("sdk/Cargo.toml");
    let (_, features) = manifest.split_once("[features]").unwrap();
    let (own, domains) = features.split_once("# Domains,").unwrap();
    assert!(domains.contains("\ncore = ["));
    let features = own.lines().filter_map(|line| Some(line.split_once(" = ")?.0)).filter(|name| !name.contains('-'));
    let library = read("sdk/runtime/src/lib.rs");
    let modules = library.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    let names: Vec<&str> = features.chain(modules).chain(["core", "full", "generated"]).collect();
    assert!(["default", "cli", "codec"].iter().all(|name| names.contains(name)), "{names:?}");
    let free = names.iter().filter(|name| naming::domain(name) == **name);
    none(free.map(|name| format!("`{name}` of the SDK is not among the reserved names of codegen/src/naming.rs")));
}

#[test]
fn specs_name_their_schema() {
    let specs = files(&["yaml"])
        .into_iter()
        .filter(|file| file.path.starts_with("specs/") && file.path.matches('/').count() == 2);
    let without = specs.filter(|file| file.text.lines().next() != Some(MODELINE));
    none(without.map(|file| format!("{}: does not start with `{MODELINE}`", file.path)));
}

/// Parameters that name items of the shop, which cached reads show.
const ITEMS: [&str; 5] = ["item_id", "item_ids", "main_item_id", "num_iid", "num_iids"];

/// Domains and methods with writes that have such a parameter, and after which those reads answer as before: what is written is about
/// something else, such as an advertisement, a discount, a mapping or a certificate.
const ITEMS_STAY: [&str; 29] = [
    "auction",
    "axin",
    "baichuan",
    "fenxiao",
    "health",
    "idle",
    "interact",
    "invoice",
    "item_discount",
    "nrt",
    "promotion",
    "qimen",
    "quality",
    "security",
    "simba",
    "smart_home",
    "store",
    "subway",
    "taobao.banamadpc.item.edit.render",
    "taobao.omniorder.item.tag.operate",
    "taobao.xhotel.combo.review",
    "tbk",
    "telecom",
    "tmall.item.series.itemseries.removeitemfromseries",
    "tmall_car",
    "tmall_trend",
    "trade_special",
    "wlb",
    "wms",
];

#[test]
fn writes_on_items_say_what_they_make_old() {
    let domains = load(&crate::specs()).spec.domains;
    let reads = domains.iter().flat_map(|domain| &domain.methods).filter_map(|method| method.cache.as_ref());
    let shown: BTreeSet<&str> = reads.flat_map(|rule| &rule.tags).map(|tag| tag.value.as_str()).collect();
    assert!(shown.contains("item:num_iid") && shown.contains("items:session"), "{shown:?}");
    let (mut silent, mut needed) = (Vec::new(), BTreeSet::new());
    for (domain, method) in domains.iter().flat_map(|domain| domain.methods.iter().map(move |method| (domain, method)))
    {
        let names_items = method.request.iter().any(|field| ITEMS.contains(&field.name.value.as_str()));
        if method.effect == Effect::Read
            || !method.invalidates.is_empty()
            || !(names_items || domain.name.value == "item")
        {
            continue;
        }
        let name = method.name.value.as_str();
        match ITEMS_STAY.iter().find(|known| **known == name || **known == domain.name.value) {
            Some(known) => drop(needed.insert(*known)),
            None => silent.push(format!("{name}: say `invalidates`, or add it to ITEMS_STAY")),
        }
    }
    none(
        silent.into_iter().chain(
            ITEMS_STAY
                .iter()
                .filter(|known| !needed.contains(*known))
                .map(|known| format!("ITEMS_STAY: {known} is not needed")),
        ),
    );
}

#[test]
fn links_lead_somewhere() {
    let mut problems = Vec::new();
    for file in files(&["md"]) {
        let folder = root().join(&file.path).parent().unwrap().to_path_buf();
        for target in links(&file.text) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !folder.join(path).exists() {
                problems.push(format!("{}: {target} is not there", file.path));
            }
        }
    }
    none(problems);
}

/// A text file of the repository.
struct File {
    /// From the root, with `/`.
    path: String,
    text: String,
}

/// The repository's files with these endings, without build outputs.
fn files(endings: &[&str]) -> Vec<File> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_symlink() {
                continue; // what it leads to is in the list
            }
            if path.is_dir() {
                if !matches!(name.as_str(), ".git" | ".venv" | "target" | "corpus" | "artifacts") {
                    folders.push(path);
                }
            } else if endings.contains(&name.rsplit('.').next().unwrap_or_default()) {
                found.push(File { path: relative(&path), text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    assert!(!found.is_empty(), "no file with the ending {endings:?}");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// Lines that hold one of the words.
fn places(files: &[File], words: &[String]) -> Vec<String> {
    let lines = files.iter().flat_map(|file| file.text.lines().enumerate().map(move |(at, line)| (file, at, line)));
    let hits = lines.filter(|(_, _, line)| words.iter().any(|word| line.contains(word.as_str())));
    hits.map(|(file, at, line)| format!("{}:{}: {}", file.path, at + 1, line.trim())).collect()
}

/// The fenced blocks of a Markdown text, each beginning with its language.
fn blocks(text: &str) -> Vec<&str> {
    text.split("```").skip(1).step_by(2).collect()
}

/// What a translation has in common with its page: levels of headings, rows of tables, items of lists, and figures, sorted.
fn shape(text: &str) -> [(&'static str, Vec<String>); 4] {
    let prose: Vec<&str> = text.split("```").step_by(2).flat_map(str::lines).collect();
    let count = |is_one: &dyn Fn(&str) -> bool| vec![prose.iter().filter(|line| is_one(line)).count().to_string()];
    let levels = prose.iter().filter_map(|line| Some(line.split_once(' ')?.0).filter(|mark| mark.starts_with('#')));
    let item = |line: &str| line.trim_start().starts_with("- ") || numbered(line).is_some();
    let is_figure = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    // Where a link leads differs.
    let shown = prose.iter().flat_map(|line| {
        line.split("](").enumerate().map(|(at, part)| match at {
            0 => part,
            _ => part.split_once(')').map_or("", |(_, rest)| rest),
        })
    });
    let runs = shown.flat_map(|part| part.split(|c| !is_figure(c))).map(|run| run.trim_matches(['.', ',']).to_owned());
    let mut figures: Vec<String> = runs.filter(|run| !run.is_empty()).collect();
    figures.sort();
    [
        ("headings", levels.map(str::to_owned).collect()),
        ("rows of tables", count(&|line| line.starts_with('|'))),
        ("items of lists", count(&item)),
        ("figures", figures),
    ]
}

/// The number of an item of a numbered list.
fn numbered(line: &str) -> Option<u32> {
    line.trim_start().split_once(". ")?.0.parse().ok()
}

/// The targets of the links outside code.
fn links(text: &str) -> Vec<&str> {
    let prose = text.split("```").step_by(2).flat_map(|part| part.split('`').step_by(2));
    prose.flat_map(|part| part.split("](").skip(1).filter_map(|rest| rest.split(')').next())).collect()
}

fn metadata(args: &[&str]) -> Value {
    let manifest: PathBuf = root().join("Cargo.toml");
    let output = Command::new(cargo::program())
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(manifest)
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Major and minor of a version; 0.0 if there is none.
fn version(text: &Value) -> (u32, u32) {
    let mut parts = text.as_str().unwrap_or_default().split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

/// Fails with all problems at once.
fn none(problems: impl IntoIterator<Item = String>) {
    let problems: Vec<String> = problems.into_iter().collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

#[test]
fn the_helpers_see_what_they_should() {
    assert_eq!(blocks("a\n```rust\nlet x;\n```\nb\n```\ny\n```\n"), ["rust\nlet x;\n", "\ny\n"]);
    assert_eq!(links("[a](b.md#c) `[x](y)` ![p](q.png)\n```\n[n](o)\n```\n"), ["b.md#c", "q.png"]);
    let page = "# A 5\n\n## B\n- one, 1.5 s\n2. [two 1,000](x.md#7) 5.\n| a |\n|---|\n```\n# 9\n| 8 |\n```\n";
    let [levels, rows, items, figures] = shape(page).map(|(_, found)| found.join(" "));
    assert_eq!([levels, rows, items, figures], ["# ##", "2", "2", "1,000 1.5 2 5 5"]);
    assert_eq!(["3. x", "  12. y", "3.5 z", "v1. w"].map(numbered), [Some(3), Some(12), None, None]);
    assert_eq!(version(&Value::from("1.88.0")), (1, 88));
    let file = File { path: "a.rs".into(), text: "one\n two x\n".into() };
    assert_eq!(places(&[file], &["x".to_owned()]), ["a.rs:2: two x"]);
}
