//! `cargo xtask metrics`: measures what the budgets of this project are about, and prints one table.
//!
//! Time is CPU time, because the wall clock of a shared machine tells about its other users. What a call costs while a program
//! runs is measured by `cargo bench`.

mod compile;
mod cost;
mod figures;
mod gateway;
mod generator;
mod size;
mod table;

use std::process::ExitCode;

use clap::Args;
use topsdk_codegen::load::load;
use topsdk_codegen::model::Spec;

pub(crate) use compile::as_rustc;
pub(crate) use figures::{domains as compile_costs, guard};
use table::{Row, Style};

use crate::{cargo, check, specs};

/// How to measure and how to print.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Print a Markdown table
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// How often each thing is measured; the median counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    runs: u32,
    /// Measure what the compiler needs, for each domain too, and write docs/compile-cost.csv
    #[arg(long, conflicts_with_all = ["markdown", "json", "only"])]
    write: bool,
    /// Measure only these
    #[arg(long, value_enum, value_delimiter = ',')]
    only: Vec<Part>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Counts of specs and generated lines
    Size,
    /// The compiler on the SDK, for each set of features
    Compile,
    /// The generator
    Gen,
    /// The start of the sandbox
    Sandbox,
}

/// Measures everything and prints the table. It fails where something cannot be measured, not where a budget is missed.
pub(crate) fn run(options: &Options) -> ExitCode {
    // The generator's figures are those of an optimised build: start again as one.
    if cfg!(debug_assertions) {
        let fixed = ["run", "--release", "--quiet", "--package", "xtask", "--"].map(str::to_owned);
        let args: Vec<String> = fixed.into_iter().chain(std::env::args().skip(1)).collect();
        return cargo::run(args.iter().map(String::as_str));
    }
    if options.write {
        return match loaded().and_then(|spec| figures::write(&spec, options.runs)) {
            Ok(()) => {
                println!("written; `cargo xtask gen` takes it into docs/domains.md");
                ExitCode::SUCCESS
            }
            Err(message) => {
                eprintln!("error: {message}");
                ExitCode::FAILURE
            }
        };
    }
    let style = match (options.markdown, options.json) {
        (true, _) => Style::Markdown,
        (_, true) => Style::Json,
        _ => Style::Plain,
    };
    match rows(options) {
        Ok(rows) => {
            print!("{}", table::render(&rows, style));
            eprintln!("What a call costs is told by `cargo bench -p topsdk --bench sign` (and decode, call).");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn rows(options: &Options) -> Result<Vec<Row>, String> {
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    // Before the specs are loaded: a process starts as a copy of this one, whose memory would count as its own.
    let gateway = if wanted(Part::Sandbox) { gateway::rows(options.runs)? } else { Vec::new() };
    let generator = if wanted(Part::Gen) { generator::rows(options.runs)? } else { Vec::new() };
    let spec = loaded()?;
    let mut rows = Vec::new();
    if wanted(Part::Size) {
        rows.extend(size::rows(&spec)?);
    }
    if wanted(Part::Compile) {
        rows.extend(compile::rows(&spec, options.runs)?);
    }
    rows.extend(generator);
    rows.extend(gateway);
    Ok(rows)
}

/// The project's specs, which have no problem.
fn loaded() -> Result<Spec, String> {
    let loaded = load(&specs());
    if loaded.diagnostics.is_empty() {
        return Ok(loaded.spec);
    }
    check::print(&loaded, &[]);
    Err("the specs have problems".to_owned())
}
