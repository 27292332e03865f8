//! `top`: the Taobao Open Platform from the command line. See `docs/cli.md` in the repository.

mod args;
mod call;
mod complete;
mod config;
mod env;
mod exit;
mod explain;
mod input;
mod list;
mod method;
mod page;
mod screen;
mod show;
mod sign;
mod tree;
mod usage;
mod words;

use std::process::ExitCode;

use clap::Parser as _;

use crate::args::{Args, Command};
use crate::exit::Failure;
use crate::screen::Screen;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => return usage::tell(&error),
    };
    args.color.apply();
    let screen = Screen::new(args.output);
    match run(&args, &screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => screen.fail(&failure),
    }
}

fn run(args: &Args, screen: &Screen) -> Result<(), Failure> {
    let config = args.config.as_deref();
    match &args.command {
        Command::List(list) => list::run(list, screen),
        Command::Show(show) => show::run(show, screen),
        Command::Call(call) => call::run(call, config, screen),
        Command::Sign(sign) => sign::sign(sign, config, screen),
        Command::Verify(verify) => sign::verify(verify, config, screen),
        Command::Explain(explain) => explain::run(explain, screen),
        Command::Config(command) => config::run(command, screen),
        Command::Env(command) => env::run(command, config, screen),
        Command::Completions { shell } => complete::completions(*shell, screen),
        Command::Man { folder } => complete::man(folder, screen),
    }
}
