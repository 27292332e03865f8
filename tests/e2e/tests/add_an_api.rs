//! Adding a method is one YAML file and `cargo xtask gen`: done in a copy of the sources, with the README's own example.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use crate::support::root;

const METHOD: &str = "taobao.shopfront.notices.get";

/// The domains that a copy has. The whole catalogue takes the generator seconds, each time, and shows nothing more.
const DOMAINS: [&str; 3] = ["item", "shop", "trade"];

/// The whole method that README.md shows.
fn example() -> String {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once(&format!("cargo xtask new {METHOD} --domain shop\n")).unwrap();
    let (_, rest) = rest.split_once("```yaml\n").unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    // The block is indented by the list that it stands in.
    block.lines().map(|line| line.strip_prefix("   ").unwrap_or(line).to_owned() + "\n").collect()
}

/// The binary of `cargo xtask`, built as `cargo xtask` would.
static XTASK: LazyLock<PathBuf> = LazyLock::new(|| {
    let mut build = cargo();
    build.args(["build", "--quiet", "--package", "xtask", "--message-format", "json"]).current_dir(root());
    let printed = success(&mut build);
    let lines = printed.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let binary = lines.filter_map(|line| Some(PathBuf::from(line["executable"].as_str()?))).next_back();
    binary.unwrap()
});

/// A copy of the sources: what git has or would have, with a few domains. What is generated is brought into step by the first `gen`.
struct Copy(PathBuf);

impl Copy {
    /// Makes a folder equal to the sources. What is equal already keeps its time, so that cargo sees no change.
    fn into(folder: &Path) -> Self {
        let mut list = Command::new("git");
        list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(root());
        for path in success(&mut list).split('\0').filter(|path| !path.is_empty() && is_kept(path)) {
            let text = match fs::read(root().join(path)) {
                Ok(text) => text,
                // Deleted and not yet committed, or a link to a folder, which only packaging needs.
                Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::IsADirectory) => continue,
                Err(e) => panic!("{path}: {e}"),
            };
            let to = folder.join(path);
            if fs::read(&to).is_ok_and(|found| found == text) {
                continue;
            }
            fs::create_dir_all(to.parent().unwrap()).unwrap();
            fs::write(to, text).unwrap();
        }
        Self(folder.to_path_buf())
    }

    /// A command of `cargo xtask`, in the copy.
    fn xtask(&self, args: &[&str]) -> Output {
        xtask(&self.0, args)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.0.join(path), text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }
}

/// Whether a file is of no domain or of one that a copy has.
fn is_kept(path: &str) -> bool {
    let inside = ["specs/", "sdk/src/generated/"].iter().find_map(|folder| path.strip_prefix(folder));
    inside.and_then(|path| path.split_once('/')).is_none_or(|(domain, _)| DOMAINS.contains(&domain))
}

/// A command of `cargo xtask`, in the sources or a copy.
fn xtask(sources: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(&*XTASK);
    command.args(args).current_dir(sources).env("CARGO_MANIFEST_DIR", sources.join("xtask"));
    command.output().unwrap()
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs a command that must succeed and returns what it printed.
fn success(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}\n{}", said(&output));
    String::from_utf8(output.stdout).unwrap()
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes)).concat()
}

/// Cargo's target folder, in which the sources' own copy stays from run to run.
fn target() -> PathBuf {
    std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf()
}

#[test]
fn one_file_and_one_command() {
    let home = target().join("add-an-api");
    fs::create_dir_all(&home).unwrap();
    // Two runs at a time take turns.
    let lock = File::create(home.join("lock")).unwrap();
    lock.lock().unwrap();
    let generated = "sdk/src/generated/shop/shopfront_notices_get.rs";
    let file = format!("specs/shop/{METHOD}.yaml");
    // The last run's specs, with the new method, are no part of the sources.
    drop(fs::remove_dir_all(home.join("copy/specs")));
    let copy = Copy::into(&home.join("copy"));
    assert!(copy.xtask(&["gen"]).status.success());
    assert!(copy.xtask(&["gen", "--check"]).status.success());

    let new = copy.xtask(&["new", METHOD, "--domain", "shop"]);
    assert!(new.status.success(), "{}", said(&new));
    assert!(copy.read(&file).contains(METHOD), "the skeleton is in its folder");
    copy.write(&file, &example());
    let check = copy.xtask(&["check"]);
    assert!(check.status.success(), "{}", said(&check));
    let stale = copy.xtask(&["gen", "--check"]);
    assert!(!stale.status.success() && said(&stale).contains(&format!("stale: {generated}")), "{}", said(&stale));
    let r#gen = copy.xtask(&["gen"]);
    assert!(r#gen.status.success(), "{}", said(&r#gen));
    assert!(said(&r#gen).starts_with("1 added, "), "{}", said(&r#gen));
    let check = copy.xtask(&["gen", "--check"]);
    assert!(check.status.success() && said(&check).contains("0 added, 0 changed, 0 removed"), "{}", said(&check));
    assert!(copy.read(generated).contains("pub struct ShopfrontNoticesGet"));

    let program = home.join("program");
    fs::create_dir_all(program.join("src")).unwrap();
    for (name, text) in [("Cargo.toml", MANIFEST), ("src/main.rs", PROGRAM), ("Cargo.lock", &copy.read("Cargo.lock"))] {
        // Cargo cuts the lock file down to what the program needs.
        if name == "Cargo.lock" && program.join(name).exists() {
            continue;
        }
        if !fs::read_to_string(program.join(name)).is_ok_and(|found| found == text) {
            fs::write(program.join(name), text).unwrap();
        }
    }
    let mut run = cargo();
    run.args(["run", "--quiet"]).current_dir(&program).env("CARGO_TARGET_DIR", home.join("target"));
    assert_eq!(success(&mut run), "新品, sent as taobao.shopfront.notices.get\n");
}

const MANIFEST: &str = r#"[package]
name = "program"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
topsdk = { path = "../copy/sdk", default-features = false, features = ["shop"] }

[profile.dev]
debug = false
"#;

/// What a user writes after `cargo xtask gen`; the mock answers at once, so no runtime is needed.
const PROGRAM: &str = r#"use std::future::IntoFuture;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use topsdk::shop::{ShopfrontNoticesGet, ShopfrontNoticesGetResponse};
use topsdk::shop::shopfront_notices_get::Notice;
use topsdk::{Client, Credentials, Environment, MockTransport};

fn main() {
    let mut notice = Notice::default();
    notice.id = Some(101);
    notice.text = Some("新品".into());
    let mut answer = ShopfrontNoticesGetResponse::default();
    answer.notices = vec![notice];
    let mock = Arc::new(MockTransport::new());
    mock.answer::<ShopfrontNoticesGet>(answer);
    let builder = Client::builder(Environment::Production, Credentials::new("1", "s")).transport(Arc::clone(&mock));
    let client = builder.session("token").build().unwrap();
    let mut call = pin!(client.call(ShopfrontNoticesGet::new()).into_future());
    let Poll::Ready(reply) = call.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("the mock does not answer at once")
    };
    println!("{}, sent as {}", reply.unwrap().notices[0].text.as_deref().unwrap(), mock.received()[0].method);
}
"#;

/// Everything that is wrong is told at once, and nothing is written.
#[test]
fn broken_specs() {
    let folder = tempfile::tempdir().unwrap();
    let copy = Copy::into(folder.path());
    let before = copy.read("sdk/src/generated/shop/mod.rs");
    copy.write("specs/shop/taobao.broken.yaml.get.yaml", "method: [\n");
    copy.write("specs/shop/taobao.wrong.type.get.yaml", &example().replace("Notice[]", "SellerDog[]"));
    let memo = "specs/trade/taobao.trade.memo.add.yaml";
    copy.write(memo, &(copy.read(memo).replace("request:", "requets:") + "\nsurplus: 1\n"));
    let item = "specs/item/taobao.item.get.yaml";
    copy.write(item, &copy.read(item).replace("method: taobao.item.get", "method: taobao.item.got"));
    for args in [&["check"][..], &["gen"], &["gen", "--check"]] {
        let output = copy.xtask(args);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(1), "{args:?}: {said}");
        for part in [
            "shop/taobao.broken.yaml.get.yaml:",
            "yaml-syntax",
            "shop/taobao.wrong.type.get.yaml:",
            "unknown-type",
            "`SellerDog`",
            "trade/taobao.trade.memo.add.yaml:",
            "unknown-key",
            "`requets`",
            "`surplus`",
            "item/taobao.item.get.yaml:",
            "method-file-mismatch",
        ] {
            assert!(said.contains(part), "{args:?} does not say {part}:\n{said}");
        }
        assert_eq!(said.contains("nothing was written"), args[0] == "gen", "{said}");
    }
    assert_eq!(copy.read("sdk/src/generated/shop/mod.rs"), before);
    assert!(!folder.path().join("sdk/src/generated/shop/wrong_type_get.rs").exists());
}

/// Each stale file is named, with the command that mends it.
#[test]
fn stale_files() {
    let sources = xtask(&root(), &["gen", "--check"]);
    assert!(sources.status.success(), "the sources themselves are stale: run cargo xtask gen\n{}", said(&sources));
    let folder = tempfile::tempdir().unwrap();
    let copy = Copy::into(folder.path());
    assert!(copy.xtask(&["gen"]).status.success());
    let edited = "sdk/src/generated/trade/trade_get.rs";
    let missing = "sdk/src/generated/shop/shop_seller_get.rs";
    let orphan = "sdk/src/generated/trade/trade_gone.rs";
    let schema = "specs/schema.json";
    let fresh = copy.read(edited);
    copy.write(edited, &(fresh.clone() + "// mine\n"));
    fs::remove_file(folder.path().join(missing)).unwrap();
    copy.write(orphan, &fresh);
    copy.write(schema, "{}");
    let output = copy.xtask(&["gen", "--check"]);
    assert_eq!(output.status.code(), Some(1));
    for path in [edited, missing, orphan, schema] {
        assert!(said(&output).contains(&format!("stale: {path}\n")), "{path} is not named:\n{}", said(&output));
    }
    assert_eq!(said(&output).matches("stale: ").count(), 4, "{}", said(&output));
    assert!(said(&output).contains("run `cargo xtask gen`"), "{}", said(&output));
    assert_ne!(copy.read(edited), fresh, "nothing is written");
    let mended = copy.xtask(&["gen"]);
    assert!(said(&mended).starts_with("1 added, 2 changed, 1 removed"), "{}", said(&mended));
    assert_eq!(copy.read(edited), fresh);
    assert!(!folder.path().join(orphan).exists());
    assert!(copy.xtask(&["gen", "--check"]).status.success());
}
