//! What the derives accept and what they reject, one small file each.
//!
//! `TRYBUILD=overwrite cargo test -p topsdk --test ui` rewrites the expected messages.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/*.rs");
}
