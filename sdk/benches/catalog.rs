//! The catalogue: the first look-up of a program, later ones, and search.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::env;
use std::process::Command;
use std::time::Instant;

use divan::{Bencher, black_box};
use topsdk::catalog;

const METHOD: &str = "taobao.trade.fullinfo.get";

/// Tells a copy of this program to make a first look-up and print what it took.
const FIRST: &str = "TOPSDK_BENCH_FIRST";

fn main() {
    match env::var(FIRST).as_deref() {
        Ok("list") => once(|| catalog::get(METHOD).map(catalog::Method::effect)),
        Ok("method") => once(|| catalog::get(METHOD).map(catalog::Method::parameters)),
        Ok("search") => once(|| catalog::search("trade memo update", 10)),
        _ => {
            for what in ["list", "method", "search"] {
                println!("first look-up of a process, {what}: {} us", first(what));
            }
            divan::main();
        }
    }
}

/// Runs something that reads for the first time, in microseconds.
fn once<T>(what: impl FnOnce() -> T) {
    let start = Instant::now();
    black_box(what());
    println!("{}", start.elapsed().as_micros());
}

/// The median of what several new processes take.
fn first(what: &str) -> u128 {
    let program = env::current_exe().expect("the bench knows where it is");
    let run = |_| {
        let output = Command::new(&program).env(FIRST, what).output().expect("the bench starts itself");
        String::from_utf8_lossy(&output.stdout).trim().parse::<u128>().expect("it prints a number")
    };
    let mut times: Vec<_> = (0..21).map(run).collect();
    times.sort_unstable();
    times[times.len() / 2]
}

#[divan::bench]
fn get() -> Option<&'static catalog::Method> {
    catalog::get(black_box(METHOD))
}

#[divan::bench]
fn parameter() -> Option<&'static catalog::Field> {
    catalog::get(black_box(METHOD)).and_then(|method| method.parameter(black_box("include_oaid")))
}

#[divan::bench(args = ["trade", "trade memo update", "refnud", "交易 查询", "the latest orders of a shop"])]
fn search(bencher: Bencher<'_, '_>, words: &str) {
    bencher.bench(|| catalog::search(black_box(words), 10));
}

/// All details of every method, after the domains are read: a program that exports the whole.
#[divan::bench]
fn walk_all() -> usize {
    catalog::methods().map(|method| method.parameter_tree().chain(method.response_tree()).count()).sum()
}
