//! The soak, for some seconds: `cargo xtask soak` runs it for minutes.

use std::path::Path;
use std::time::Duration;

use topsdk_e2e::soak;

/// Memory is not looked at, for so short a time tells nothing about it.
#[test]
fn ten_seconds_of_everything() {
    // A runtime of its own, whose tasks nobody else makes.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let report =
        runtime.block_on(soak::run(Path::new(env!("CARGO_BIN_EXE_soak")), Duration::from_secs(10), 7)).unwrap();
    assert_eq!(report.problems(false), [""; 0], "{}", report.table());
}
