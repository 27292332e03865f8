//! The guide's table of keys, held against the types that read them.

use std::collections::{BTreeMap, BTreeSet};

use super::*;

/// One line of the table: the cells.
type Row = Vec<String>;

fn page(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)).unwrap()
}

fn rows(page: &str) -> Vec<Row> {
    let table = page.split_once("<!-- keys -->").unwrap().1.split_once("<!-- end of keys -->").unwrap().0;
    let rows = table.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// What stands between backticks, if that is all.
fn code(cell: &str) -> Option<&str> {
    cell.strip_prefix('`')?.strip_suffix('`')
}

/// The keys with names in place of what stands in capitals, as they are written.
fn keys(row: &Row) -> Vec<String> {
    let names = BTreeMap::from([
        ("TIER", "trade"),
        ("METHOD", "\"taobao.trade.get\""),
        ("CODE", "15"),
        ("SUB_CODE", "\"isv.x:*\""),
    ]);
    let key = code(&row[0]).unwrap();
    key.split('.').map(|part| (*names.get(part).unwrap_or(&part)).to_owned()).collect()
}

/// The problems of a file with this one line, keys before messages. What follows references is not looked at.
fn problems(line: &str) -> Vec<(String, String)> {
    // So that what `[redis]` holds is read.
    let shared = if line.starts_with("redis.") { "limits.redis = true\n" } else { "" };
    match Config::parse("t.toml", format!("{shared}{line}")).unwrap().check() {
        Ok(()) => Vec::new(),
        Err(Error::Config(error)) => error.problems().iter().map(|p| (p.key.clone(), p.message.clone())).collect(),
        Err(error) => panic!("{error}"),
    }
}

/// Values of each kind, and one that is none. The words that may stand for a setting are those of its meaning.
fn samples(row: &Row) -> (Vec<String>, &'static str) {
    let (good, bad) = match row[1].as_str() {
        "word" => {
            let words = row[3].split('`').skip(1).step_by(2);
            return (words.map(|word| format!("\"{word}\"")).collect(), "\"wrong\"");
        }
        "text" => (["\"basic\"", "\"trade\""], "5"),
        // A window is longer than the other times.
        "time" if row[0] == "`slo.window`" => (["\"10s\"", "\"1h\""], "\"1\""),
        "time, `off`" => (["\"1s\"", "\"off\""], "\"1\""),
        "share" => (["0.5", "1"], "\"x\""),
        "list" => (["[]", "[{ env = \"CACHE_KEY\" }]"], "5"),
        "yes or no, URL" => (["false", "\"redis://cache.internal/\""], "1"),
        "URL" => (["\"redis://cache.internal/\"", "{ env = \"REDIS_URL\" }"], "5"),
        "number" => (["5", "6"], "\"x\""),
        "time" => (["\"1s\"", "\"250ms\""], "\"1\""),
        "time, `none`" => (["\"1s\"", "\"none\""], "\"1\""),
        "size" => (["\"1 KiB\"", "\"7 GiB\""], "\"1\""),
        "yes or no" => (["true", "false"], "1"),
        "yes or no, table" => (["false", "{ url = \"redis://cache.internal/\" }"], "1"),
        other => panic!("the table knows no `{other}`"),
    };
    (good.map(str::to_owned).to_vec(), bad)
}

#[test]
fn each_key_is_read_as_the_table_says() {
    for row in rows(&page("configuration.md")) {
        let (key, (good, bad)) = (keys(&row).join("."), samples(&row));
        let plain = key.replace('"', "");
        let at = |found: &[(String, String)]| found.iter().any(|(key, _)| key.ends_with(&plain));
        let found = problems(&format!("{key} = {bad}"));
        assert!(at(&found), "{key} = {bad}: {found:?}");
        assert!(!good.is_empty(), "{key}");
        for good in good {
            let found = problems(&format!("{key} = {good}"));
            assert!(!at(&found), "{key} = {good}: {found:?}");
        }
    }
}

#[test]
fn no_key_is_missing_from_the_table() {
    let rows = rows(&page("configuration.md"));
    // The keys of each table.
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (row, keys) in rows.iter().map(|row| (row, keys(row))) {
        let told: Vec<&str> = code(&row[0]).unwrap().split('.').collect();
        for at in 1..keys.len() {
            // Not of tables with names in them, which know any key.
            if told[at].chars().any(char::is_lowercase) {
                tables.entry(keys[..at].join(".")).or_default().insert(keys[at].clone());
            }
        }
    }
    assert!(tables.len() >= 14, "{tables:?}");
    // What a section says of a Redis of its own is what `[redis]` says, and more.
    let redis = tables["redis"].clone();
    let own = tables.iter_mut().filter(|(table, _)| table.ends_with(".redis"));
    own.for_each(|(_, keys)| keys.extend(redis.iter().cloned()));
    for (table, documented) in tables {
        let found = problems(&format!("{table}.zzzzzzzzzzzz = 1"));
        let known = found.iter().find_map(|(_, message)| message.strip_prefix("unknown key; known are ")).unwrap();
        let known: BTreeSet<String> = known.split(", ").map(|key| code(key).unwrap().to_owned()).collect();
        assert_eq!(documented, known, "{table}");
    }
    let sections: BTreeSet<String> = rows.iter().map(|row| keys(row)[0].clone()).collect();
    let known: BTreeSet<String> =
        SECTIONS.iter().map(|section| section.name).chain(["app", REDIS]).map(str::to_owned).collect();
    assert_eq!(sections, known);
}

/// A section, or what it is without being there. A Redis of its own, which has no default, is left out.
fn section<T: serde::de::DeserializeOwned>(config: &Config, name: &str) -> T {
    let mut node = config.root.get(name).cloned().unwrap_or_default();
    node.take(REDIS);
    let sources = Sources { folder: Path::new(""), variable: &|_| None, follow: false };
    read::read(name, &node, &sources, &mut Vec::new()).unwrap()
}

/// All that a client knows of its settings, and what stands around it.
fn shown(line: &str) -> String {
    let place = if line.starts_with("queue.") { "queue.sqlite = 'jobs.db'\n" } else { "" };
    let config = Config::parse("t.toml", format!("{place}{line}")).unwrap();
    let settings = config.take(None, &|_| Some("x".to_owned())).unwrap_or_else(|error| panic!("{line}: {error}"));
    let client = settings.builder().transport(MockTransport::new()).build().unwrap();
    let inner = client.settings();
    let queue = settings.queue().cloned().unwrap_or_else(|| crate::queue::QueueSettings::sqlite("jobs.db"));
    let around = [
        format!("{:?}", section::<crate::layer::limit::RateLimits>(&config, "limits")),
        format!("{:?}", section::<crate::layer::cache::CacheSettings>(&config, "cache")),
        format!("{:?}", section::<crate::layer::slo::Slo>(&config, "slo")),
        format!("{:?}", section::<crate::batch::Batches>(&config, "batch")),
        format!("{:?}", section::<crate::batch::Coalesce>(&config, "coalesce")),
        format!("{queue:?}"),
    ];
    let (call, signed) = ((inner.format, inner.simplify, inner.strict, inner.max_response), inner.sign_method);
    format!("{:?} {:?} {call:?} {signed:?} {:?} {around:?}", inner.environment, inner.timeouts, inner.retry)
}

#[test]
fn the_defaults_are_those_of_the_table() {
    let usual = shown("");
    let mut compared = 0;
    for row in rows(&page("configuration.md")) {
        let key = keys(&row).join(".");
        if let Some(default) = code(&row[2])
            && !key.starts_with("redis.")
            && !key.contains(".methods.")
        {
            assert_eq!(shown(&format!("{key} = {default}")), usual, "{key}");
            compared += 1;
        }
    }
    assert!(compared > 35, "{compared}");
    // The comparison sees differences.
    assert_ne!(shown("retry.budget.gain = 2"), usual);
    assert_ne!(shown("limits.wait = '31s'"), usual);
    assert_ne!(shown("cache.absent = '11s'"), usual);
    assert_ne!(shown("queue.keep = '25h'"), usual);
    assert_ne!(shown("app.max_response = '31 MiB'"), usual);
}

#[test]
fn the_translation_has_the_same_table() {
    let [english, chinese] = ["configuration.md", "configuration.zh-CN.md"].map(|name| rows(&page(name)));
    let told = |rows: Vec<Row>| {
        rows.into_iter().map(|row| (row[0].clone(), code(&row[2]).map(str::to_owned))).collect::<Vec<_>>()
    };
    assert_eq!(told(english), told(chinese));
}

/// What the guide shows as the answer to mistakes is what comes.
#[test]
fn the_mistakes_are_those_of_the_guide() {
    let text = "[app]\nsecret = { env = 'TOP_APP_SECRET' }\n\n[retry]\nattempt = 5\n\n\n[limits]\nmethods.'taobao.trade.gte' = { per_minute = 5 }\n\n\n[profiles.staging]\nlimits = { tiers.trade.per_minute = -5 }\n";
    let variable = |name: &str| (name == "TOP_APP_KEY").then(|| "1".to_owned());
    let error = Config::parse("topsdk.toml", text).unwrap().take(Some("staging"), &variable).unwrap_err().to_string();
    let page = page("configuration.md");
    let told = page.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(told, format!("{error}\n"));
}

#[cfg(feature = "redis")]
#[test]
fn the_worked_examples_are_good() {
    for (file, profiles) in
        [("small-shop.toml", vec!["development", "production"]), ("fleet.toml", vec!["production", "staging"])]
    {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/examples").join(file);
        // Not as a file, which could be its owner's alone here.
        let config = Config { private: false, ..Config::load(path).unwrap() };
        config.check().unwrap();
        assert_eq!(config.profiles().collect::<Vec<_>>(), profiles);
        for profile in profiles {
            let sources = Sources { folder: Path::new(""), variable: &|_| None, follow: false };
            assert_eq!(config.read(Some(profile), &sources).1, []);
        }
    }
}
