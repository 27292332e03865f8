//! A command line that cannot be understood: told as it is wanted, as far as that can be understood.

use std::process::ExitCode;

use clap::ValueEnum as _;
use clap::error::{ContextKind, ErrorKind};

use crate::exit::Failure;
use crate::screen::{Output, Screen};

/// Tells help and versions where they were asked for, and what is wrong otherwise.
pub(crate) fn tell(error: &clap::Error) -> ExitCode {
    let help = !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    let line: Vec<String> = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    match (wanted(&line), hushed(error)) {
        (output, Some(failure)) => Screen::new(output.unwrap_or(Output::Table)).fail(&failure),
        (Some(output @ (Output::Json | Output::Yaml)), None) if !help => {
            Screen::new(output).fail(&failure(&error.render().to_string()))
        }
        _ => error.exit(),
    }
}

/// Where secrets are set, a word that nobody expects is likely to be one: the parser would show it.
fn hushed(error: &clap::Error) -> Option<Failure> {
    let usage = error.get(ContextKind::Usage)?.to_string();
    let words = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::TooManyValues);
    (words && usage.contains("top env set")).then(|| {
        Failure::usage("there is an argument that `top env set` does not take; it is not shown, for it may be a secret")
            .fact(
                "hint",
                "`--secret` and `--session` take no value: they ask for it, or read it as a line of standard input",
            )
            .attempt("top env set --help")
    })
}

/// What is wrong, and below it how it would be right.
fn failure(text: &str) -> Failure {
    let text = text.trim().trim_start_matches("error: ");
    let (what, usage) = text.split_once("\n\n").unwrap_or((text, ""));
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
    let failure = Failure::usage(lines(what));
    if usage.is_empty() { failure } else { failure.fact("usage", lines(usage)) }
}

/// The form of output that the line asks for; the last one, as for the parser.
fn wanted(line: &[String]) -> Option<Output> {
    let mut words = line.iter().map(String::as_str).take_while(|word| *word != "--");
    let mut output = None;
    while let Some(word) = words.next() {
        let form = match word {
            "-o" | "--output" => words.next(),
            word => word.strip_prefix("--output=").or_else(|| word.strip_prefix("-o")),
        };
        let form = form.map(|form| form.trim_start_matches('='));
        output = form.and_then(|form| Output::from_str(form, false).ok()).or(output);
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_lines_that_are_wrong() {
        for (line, expected) in [
            ("frobnicate", None),
            ("frobnicate -o json", Some(Output::Json)),
            ("call --output yaml", Some(Output::Yaml)),
            ("call --output=raw --frobnicate", Some(Output::Raw)),
            ("-ojson call", Some(Output::Json)),
            ("-o=json call", Some(Output::Json)),
            ("call -o", None),
            ("call -o nonsense", None),
            ("-o json call -o table", Some(Output::Table)),
            ("call -- -o json", None),
        ] {
            let line: Vec<String> = line.split(' ').map(str::to_owned).collect();
            assert_eq!(wanted(&line), expected, "{line:?}");
        }
    }

    #[test]
    fn the_message_and_how_it_would_be_right() {
        let told =
            failure("error: no `x`\n\n  tip: say `y`\n\nUsage: top [OPTIONS]\n\nFor more information, try '--help'.\n");
        assert_eq!(told.what, "no `x`");
        assert_eq!(
            told.facts,
            [("usage", "tip: say `y` Usage: top [OPTIONS] For more information, try '--help'.".to_owned())]
        );
        let missing = failure("error: these are not given:\n  <METHOD>\n\nUsage: top call <METHOD>");
        assert_eq!(missing.what, "these are not given: <METHOD>");
        assert!(failure("error: no\n").facts.is_empty());
    }
}
