//! Completions for shells and manual pages, both from the definition of the commands.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::args::Args;
use crate::exit::Failure;
use crate::page::Tone;
use crate::screen::Screen;

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell, screen: &Screen) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "top", &mut script);
    screen.bytes(&script)
}

/// Writes one page for the program and one for each command: `top.1`, `top-call.1`, ...
pub(crate) fn man(folder: &Path, screen: &Screen) -> Result<(), Failure> {
    let cannot = |why: io::Error| Failure::usage(format!("{} cannot be written: {why}", folder.display()));
    fs::create_dir_all(folder).map_err(cannot)?;
    clap_mangen::generate_to(Args::command(), folder).map_err(cannot)?;
    screen.note(|page| {
        let folder = folder.display().to_string();
        page.line(&[(Tone::Good, "ok "), (Tone::Plain, "manual pages are in "), (Tone::Code, &folder)]);
    });
    Ok(())
}
