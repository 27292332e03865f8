//! `cargo xtask soak`: mixed calls for minutes against a gateway with faults. Prints what became of them, and fails if that is not good.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use topsdk_e2e::soak::{self, gateway};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["--seconds", seconds] => soak(seconds).await,
        [gateway::ARGUMENT, seed] => serve(seed).await,
        _ => Err("soak --seconds <SECONDS>".into()),
    };
    done.unwrap_or_else(|why| {
        eprintln!("soak: {why}");
        ExitCode::FAILURE
    })
}

async fn serve(seed: &str) -> Outcome<ExitCode> {
    gateway::serve(seed.parse()?).await?;
    Ok(ExitCode::SUCCESS)
}

async fn soak(seconds: &str) -> Outcome<ExitCode> {
    let time = Duration::from_secs(seconds.parse()?);
    let report = soak::run(&env::current_exe()?, time, 1).await?;
    print!("{}", report.table());
    let problems = report.problems(time >= Duration::from_secs(60));
    problems.iter().for_each(|problem| eprintln!("soak: {problem}"));
    Ok(if problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
