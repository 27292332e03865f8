//! The commands and their options, as `--help` shows them.

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use topsdk::SignMethod;

use crate::screen::{Color, Output};

/// The Taobao Open Platform from the command line: look methods up, call them, check signatures, understand errors
#[derive(Debug, Parser)]
#[command(name = "top", version, arg_required_else_help = true, propagate_version = true, max_term_width = 100)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Form of the output
    #[arg(long, short, global = true, value_enum, value_name = "FORM", default_value = "table")]
    pub(crate) output: Output,
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value = "auto", hide_possible_values = true)]
    pub(crate) color: Color,
    /// The file with the profiles, instead of the one in your configuration folder
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  the platform said no, or a signature is wrong
  2  wrong usage or settings, or a local check said no: nothing was sent
  3  the connection failed or a time limit ran out
  4  the platform's answer cannot be read
  5  there is nothing of this name
  6  the output cannot be written; what was to be done is done";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(List),
    Show(Show),
    Call(Call),
    Sign(Sign),
    Verify(Verify),
    Explain(Explain),
    /// Profiles: who calls, and where to
    #[command(subcommand)]
    Env(Env),
    /// Configuration files of programs that use the SDK
    #[command(subcommand)]
    Config(Config),
    /// Print the completions of a shell, to be sourced or put where the shell looks for them
    Completions {
        shell: Shell,
    },
    /// Write the manual pages into a folder
    Man {
        /// Made if it is not there
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

/// Find methods, by words in any order, English or Chinese
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  top list                         the domains
  top list memo trade              methods that these words fit best
  top list --domain trade          all methods of a domain
  top list --all --output raw      the names of all methods")]
pub(crate) struct List {
    /// Parts of names and words of summaries; without any, the domains are listed
    pub(crate) words: Vec<String>,
    /// Only the methods of this domain
    #[arg(long, short, value_name = "DOMAIN")]
    pub(crate) domain: Option<String>,
    /// All methods
    #[arg(long, conflicts_with_all = ["words", "domain", "limit"])]
    pub(crate) all: bool,
    /// Most methods to show; of those that words fit, 20 if nothing is said
    #[arg(long, short, value_name = "N", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub(crate) limit: Option<usize>,
}

/// Show all about a method: parameters, answer, errors, and the Rust code that calls it
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  top show taobao.trade.memo.update
  top show trade.memo.update --lang zh
  top show taobao.trade.fullinfo.get --depth 1
  top show taobao.time.get --output raw      the Rust code alone")]
pub(crate) struct Show {
    /// Wire name, such as taobao.trade.get; a leading `taobao.` may be left out
    pub(crate) method: String,
    /// Language of what the glossary says about fields
    #[arg(long, value_enum, value_name = "LANG", default_value = "en")]
    pub(crate) lang: Lang,
    /// How many levels of the answer to show
    #[arg(long, value_name = "N", default_value_t = usize::MAX, hide_default_value = true)]
    pub(crate) depth: usize,
}

/// A language of the glossary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// Chinese, where the glossary knows the name
    Zh,
}

/// Whose key and secret. What is not said here comes from the profile named by `--profile`; without one, from the variables
/// TOP_ENVIRONMENT, TOP_APP_KEY and TOP_APP_SECRET, then from the default profile.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct App {
    /// The profile to use; the variables are not read then
    #[arg(long, short, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// production, overseas, sandbox, local, or the URL of a gateway; local has a key and a secret of its own
    #[arg(long, short, value_name = "WHERE")]
    pub(crate) environment: Option<String>,
    /// The application's key
    #[arg(long, value_name = "KEY")]
    pub(crate) app_key: Option<String>,
    /// A file whose first line is the app secret; `-` reads standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

/// Who calls, and where to: the same, and the session, from TOP_SESSION where nothing else tells it.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct Account {
    #[command(flatten, next_help_heading = "Who calls, and where to")]
    pub(crate) app: App,
    /// A file whose first line is the session; `-` reads standard input, after the secret
    #[arg(long, value_name = "FILE", help_heading = "Who calls, and where to")]
    pub(crate) session_file: Option<PathBuf>,
}

/// Call a method
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  top call taobao.time.get --environment local
  top call taobao.trade.fullinfo.get fields=tid,status,payment tid=2600000000000001000
  top call taobao.item.update --from desc=@description.html num_iid=520000000001
  top call taobao.picture.upload --file img=@photo.png picture_category_id=0 --dry-run")]
pub(crate) struct Call {
    /// Wire name, such as taobao.trade.get
    pub(crate) method: String,
    /// Parameters, as text
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) params: Vec<String>,
    /// A file to send
    #[arg(long = "file", value_name = "NAME=@PATH")]
    pub(crate) files: Vec<String>,
    /// A parameter whose text is in a file; `-` reads standard input
    #[arg(long = "from", value_name = "NAME=@PATH")]
    pub(crate) from: Vec<String>,
    /// A file that is the raw body, JSON or XML; `-` reads standard input
    #[arg(long, value_name = "@PATH")]
    pub(crate) body: Option<String>,
    /// Show what would be sent, with secrets masked, and send nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Send what the catalogue would refuse: names, types and limits are not checked
    #[arg(long)]
    pub(crate) no_check: bool,
    /// Most attempts: only what cannot be applied twice is tried again
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) attempts: u32,
    /// The longest that the call may take, with all attempts
    #[arg(long, value_name = "SECONDS", value_parser = seconds, default_value = "30")]
    pub(crate) timeout: std::time::Duration,
    /// How the call is signed: hmac-sha256, hmac, md5 or article
    #[arg(long, value_name = "METHOD", default_value = "hmac-sha256")]
    pub(crate) sign_method: SignMethod,
    /// Ask for an XML answer
    #[arg(long)]
    pub(crate) xml: bool,
    /// Allow http:// to hosts where sessions and personal data would travel unprotected
    #[arg(long)]
    pub(crate) allow_plain_http: bool,
    #[command(flatten)]
    pub(crate) account: Account,
}

/// Sign parameters, and show the text that is signed
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  top sign method=taobao.time.get app_key=12345678 timestamp='2026-01-05 10:00:00' v=2.0 sign_method=md5
  top sign --request 'method=taobao.time.get&app_key=12345678&v=2.0' --output raw")]
pub(crate) struct Sign {
    #[command(flatten)]
    pub(crate) signed: Signed,
    #[command(flatten, next_help_heading = "Whose key and secret")]
    pub(crate) app: App,
}

/// What is signed.
#[derive(Debug, ClapArgs)]
pub(crate) struct Signed {
    /// All parameters, as text and not url-encoded
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) params: Vec<String>,
    /// A request as it was sent, url-encoded: its URL, its query or its form; may be said several times. `@PATH` and `-` read a
    /// file and standard input
    #[arg(long = "request", value_name = "TEXT")]
    pub(crate) requests: Vec<String>,
    /// The raw body, where one is signed. `@PATH` and `-` read a file and standard input
    #[arg(long, value_name = "TEXT")]
    pub(crate) body: Option<String>,
    /// hmac-sha256, hmac, md5 or article; without it, what the parameter sign_method says
    #[arg(long, value_name = "METHOD")]
    pub(crate) sign_method: Option<SignMethod>,
}

/// Check a signature, and find out why it is wrong
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  top verify --request 'https://eco.taobao.com/router/rest?method=taobao.time.get&...&sign=ABCD'
  top verify method=taobao.time.get app_key=12345678 v=2.0 sign_method=md5 --sign ABCD
  top verify --request @request.txt --text @what-my-code-signed.txt")]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) signed: Signed,
    /// The signature to check; without it, the parameter sign
    #[arg(long, value_name = "HEX")]
    pub(crate) sign: Option<String>,
    /// The text that your own code signed, to be compared. `@PATH` and `-` read a file and standard input
    #[arg(long, value_name = "TEXT")]
    pub(crate) text: Option<String>,
    #[command(flatten, next_help_heading = "Whose key and secret")]
    pub(crate) app: App,
}

/// What a code or sub code means, how to mend it, who can, and whether trying again helps
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  top explain 27
  top explain isv.trade-not-exist
  top explain isv.invalid-parameter --method taobao.trade.memo.update")]
pub(crate) struct Explain {
    /// A code such as 27, or a sub code such as isv.trade-not-exist
    pub(crate) code: String,
    /// Only what it means for this method
    #[arg(long, short, value_name = "METHOD")]
    pub(crate) method: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Env {
    /// List the profiles
    List,
    /// Show what a call would use, and where each value comes from
    Show {
        #[command(flatten)]
        account: Account,
    },
    /// Make a profile, or change one
    #[command(after_help = "\
Examples:
  top env set work --environment production --app-key 12345678 --secret
  pass show taobao | top env set work --secret")]
    Set {
        /// Name of the profile
        name: String,
        /// production, overseas, sandbox, local, or the URL of a gateway
        #[arg(long, short, value_name = "WHERE")]
        environment: Option<String>,
        /// The application's key
        #[arg(long, value_name = "KEY")]
        app_key: Option<String>,
        /// Ask for the app secret; without a terminal, read it as a line of standard input
        #[arg(long)]
        secret: bool,
        /// Ask for the session, in the same way
        #[arg(long)]
        session: bool,
        /// Forget a setting: environment, app_key, app_secret or session
        #[arg(long, value_name = "SETTING")]
        unset: Vec<String>,
    },
    /// Make a profile the default
    Use {
        /// Name of the profile
        name: String,
    },
    /// Forget a profile
    Remove {
        /// Name of the profile
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Tell everything that is wrong with a file, and which variables and files it needs
    #[command(after_help = "\
Examples:
  top config check topsdk.toml
  top config check topsdk.toml --profile production     with the secrets that are here")]
    Check {
        /// The file
        file: PathBuf,
        /// Only this profile, as a program takes it: its variables and files must be there
        #[arg(long, short, value_name = "NAME")]
        profile: Option<String>,
    },
}

fn seconds(text: &str) -> Result<std::time::Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match std::time::Duration::try_from_secs_f64(seconds) {
        Ok(limit) if !limit.is_zero() => Ok(limit),
        _ => Err("not a number of seconds above zero".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_commands_fit_together() {
        Args::command().debug_assert();
    }

    #[test]
    fn limits_in_seconds() {
        for (text, good) in
            [("30", true), ("0.5", true), ("0", false), ("-1", false), ("x", false), ("NaN", false), ("1e99", false)]
        {
            assert_eq!(seconds(text).is_ok(), good, "{text}");
        }
    }
}
