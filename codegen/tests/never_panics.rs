//! Whatever the files hold, the loader answers, and each of its diagnostics can be shown.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use topsdk_codegen::diagnostic::Style;
use topsdk_codegen::load::{load, load_files};

/// Loads, and shows what is said.
fn survives(files: Vec<(PathBuf, String)>) {
    let loaded = load_files(files);
    for diagnostic in &loaded.diagnostics {
        assert!(loaded.sources.get(diagnostic.span.file).is_some(), "{diagnostic:?} points nowhere");
        for style in [Style::Plain, Style::Coloured] {
            assert!(diagnostic.render(&loaded.sources, style).contains(diagnostic.id));
        }
    }
}

/// The text as each kind of spec file.
fn everywhere(text: &str) -> Vec<(PathBuf, String)> {
    ["platform.yaml", "trade/domain.yaml", "trade/types.yaml", "trade/taobao.trade.get.yaml"]
        .map(|path| (PathBuf::from(path), text.to_owned()))
        .to_vec()
}

/// The project's own specs.
static REAL: LazyLock<Vec<(PathBuf, String)>> = LazyLock::new(|| {
    let loaded = load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs"));
    loaded.sources.iter().map(|source| (source.path.clone(), source.text.clone())).collect()
});

/// Words of the spec language and of YAML, in any order: nearer to specs than arbitrary text.
fn soup() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "method",
        "request",
        "response",
        "types",
        "enum",
        "errors",
        "example",
        "fields(T)",
        "T",
        "T[]",
        "[]",
        "i64",
        "money",
        "only",
        "except",
        "default",
        "max",
        "$doc",
        "$wire",
        ": ",
        ":",
        ", ",
        "{",
        "}",
        "[",
        "]",
        "\n",
        "\n  ",
        "- ",
        "? ",
        "|",
        ">",
        "&a ",
        "*a",
        "<<",
        "!!str ",
        "!x ",
        "'",
        "\"",
        "#",
        "~",
        "-1",
        "0x1F",
        "1e999",
        ".nan",
        "007",
        "标题",
        "\u{feff}",
        "\t",
        "\r\n",
        "---",
        "...",
        "%YAML 1.2\n",
    ]);
    prop::collection::vec(word, 0..60).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text(text in any::<String>()) {
        survives(everywhere(&text));
    }

    #[test]
    fn any_bytes_of_any_name(bytes in prop::collection::vec(any::<u8>(), 0..200), path in "[a-z./ \\\\]{0,12}") {
        survives(vec![(PathBuf::from(path), String::from_utf8_lossy(&bytes).into_owned())]);
    }

    #[test]
    fn words_in_any_order(text in soup()) {
        survives(everywhere(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn real_specs_with_a_hole_and_a_patch(
        file in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        hole in 0_usize..40,
        patch in soup(),
    ) {
        let chosen = REAL[file.index(REAL.len())].0.clone();
        // Its own domain and the platform are enough company.
        let near = REAL.iter().filter(|(path, _)| path.parent() == chosen.parent() || path.ends_with("platform.yaml"));
        let mut files: Vec<_> = near.cloned().collect();
        let Some((_, text)) = files.iter_mut().find(|(path, _)| *path == chosen) else { return Ok(()) };
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let first = place.index(starts.len());
        let last = (first + hole).min(starts.len() - 1);
        text.replace_range(starts[first]..starts[last], &patch);
        survives(files);
    }
}

#[test]
fn deep_and_wide_texts() {
    let deep_types = format!("types: {{ A: {{ a: \"A{}\" }} }}", "[]".repeat(100_000));
    let wide = format!("types: {{ A: {{ {} }} }}", (0..5_000).map(|i| format!("f{i}: A, ")).collect::<String>());
    let circle = (0..500).map(|i| format!("  T{i}: {{ next: T{} }}\n", (i + 1) % 500)).collect::<String>();
    let nested = format!("example: {}1{}", "[".repeat(500), "]".repeat(500));
    for text in [deep_types, wide, format!("types:\n{circle}"), nested, "a: ".repeat(10_000), "- ".repeat(10_000)] {
        survives(everywhere(&text));
    }
}
