//! Specs: any text in any file gets diagnostics that can be shown, or code.
#![no_main]

use std::path::PathBuf;

use libfuzzer_sys::fuzz_target;
use topsdk_codegen::diagnostic::Style;
use topsdk_codegen::emit::emit;
use topsdk_codegen::load::load_files;

fuzz_target!(|text: &str| {
    let loaded = load_files(files(text));
    for diagnostic in &loaded.diagnostics {
        assert!(diagnostic.render(&loaded.sources, Style::Plain).contains(diagnostic.id));
    }
    if loaded.diagnostics.is_empty() {
        emit(&loaded.spec).expect("specs without a problem can be generated");
    }
});

/// `=== path` on a line of its own starts a file; text before the first is a method.
fn files(text: &str) -> Vec<(PathBuf, String)> {
    let mut files = vec![("trade/taobao.trade.get.yaml".into(), String::new())];
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("=== ") {
            files.push((PathBuf::from(path.trim()), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    files.retain(|(_, text)| !text.is_empty());
    files
}
