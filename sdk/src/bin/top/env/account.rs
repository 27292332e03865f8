//! Who calls, and where to: what is said on the command line, in variables and in profiles, and which of it wins.

use std::fmt;
use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};

use crate::args;
use crate::env::profiles::{Profile, Profiles};
use crate::exit::Failure;
use crate::input;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Source {
    /// An option of the command line.
    Option(&'static str),
    /// A profile, by name; by `--profile` or as the default.
    Profile { name: String, named: bool },
    /// An environment variable.
    Variable(&'static str),
    /// Nobody said anything.
    BuiltIn(&'static str),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) => write!(f, "option {name}"),
            Self::Profile { name, named: true } => write!(f, "profile {name}, by --profile"),
            Self::Profile { name, named: false } => write!(f, "profile {name}, the default"),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::BuiltIn(what) => f.write_str(what),
        }
    }
}

/// A value that won, and what it hides.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    pub(crate) from: Source,
    pub(crate) hides: Vec<Source>,
}

/// What a call uses.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    pub(crate) environment: Found<String>,
    pub(crate) app_key: Option<Found<String>>,
    pub(crate) secret: Option<Found<SecretString>>,
    pub(crate) session: Option<Found<SecretString>>,
}

/// The key, secret and session of every fresh sandbox of this project; they are no secrets.
const SANDBOX: [&str; 3] = ["12345678", "sandbox-secret", "sandbox-session"];

/// What a call with these options uses, and the profiles. The session's file is read after the secret's.
pub(crate) fn resolve(
    options: &args::App,
    session_file: Option<&Path>,
    config: Option<&Path>,
) -> Result<(Account, Profiles), Failure> {
    let profiles = Profiles::load(config)?;
    let profile = match (&options.profile, profiles.default()) {
        (Some(name), _) => Some(profiles.get(name)?),
        (None, Some(name)) => Some(profiles.get(name).map_err(|failure| failure.attempt("top env use NAME"))?),
        (None, None) => None,
    };
    let secret = |option, file: Option<&Path>| file.map(|file| input::secret_line(option, file)).transpose();
    let said = Said {
        options: Profile {
            name: String::new(),
            environment: options.environment.clone(),
            app_key: options.app_key.clone(),
            app_secret: secret("--secret-file", options.secret_file.as_deref())?,
            session: secret("--session-file", session_file)?,
        },
        variable: &|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()),
        profile,
        named: options.profile.is_some(),
    };
    Ok((said.account(), profiles))
}

/// Everything that was said.
struct Said<'a> {
    options: Profile,
    variable: &'a dyn Fn(&str) -> Option<String>,
    profile: Option<Profile>,
    /// Whether the profile was named on the command line.
    named: bool,
}

impl Said<'_> {
    fn account(&self) -> Account {
        let environment = self.first("--environment", "TOP_ENVIRONMENT", |p| p.environment.clone());
        let environment = environment.unwrap_or(Found {
            value: "production".to_owned(),
            from: Source::BuiltIn("nothing was said"),
            hides: Vec::new(),
        });
        let local = environment.value == "local";
        let own = |at: usize| {
            let value = SANDBOX.get(at).filter(|_| local)?;
            Some(Found { value: *value, from: Source::BuiltIn("the local sandbox's own"), hides: Vec::new() })
        };
        let secret =
            |at: usize| own(at).map(|f| Found { value: SecretString::from(f.value), from: f.from, hides: f.hides });
        let app_key = self.first("--app-key", "TOP_APP_KEY", |p| p.app_key.clone());
        let app_secret = self.first("--secret-file", "TOP_APP_SECRET", |p| p.app_secret.clone());
        let session = self.first("--session-file", "TOP_SESSION", |p| p.session.clone());
        // All of the sandbox's own or nothing of it: they belong together.
        let nobody = app_key.is_none() && app_secret.is_none();
        Account {
            environment,
            app_key: app_key.or_else(|| {
                own(0).filter(|_| nobody).map(|f| Found { value: f.value.to_owned(), from: f.from, hides: f.hides })
            }),
            secret: app_secret.or_else(|| secret(1).filter(|_| nobody)),
            session: session.or_else(|| secret(2).filter(|_| nobody)),
        }
    }

    /// The option; the profile that was named, or else the variable and the default profile.
    fn first<T: From<String>>(
        &self,
        option: &'static str,
        variable: &'static str,
        of: impl Fn(&Profile) -> Option<T>,
    ) -> Option<Found<T>> {
        let option = of(&self.options).map(|value| (value, Source::Option(option)));
        let variable = (self.variable)(variable).map(|value| (value.into(), Source::Variable(variable)));
        let profile = self.profile.as_ref().and_then(|profile| {
            let from = Source::Profile { name: profile.name.clone(), named: self.named };
            of(profile).map(|value| (value, from))
        });
        let order = if self.named { [option, profile, None] } else { [option, variable, profile] };
        let mut said = order.into_iter().flatten();
        let (value, from) = said.next()?;
        Some(Found { value, from, hides: said.map(|(_, from)| from).collect() })
    }
}

impl Account {
    /// What to say if key and secret come from different places: then they often are of different applications.
    pub(crate) fn mixed(&self) -> Option<String> {
        let (key, secret) = (self.app_key.as_ref()?, self.secret.as_ref()?);
        let place = |source: &Source| match source {
            Source::Profile { name, .. } => format!("profile {name}"),
            Source::Option(_) => "options".to_owned(),
            Source::Variable(_) => "variables".to_owned(),
            Source::BuiltIn(what) => (*what).to_owned(),
        };
        (place(&key.from) != place(&secret.from)).then(|| {
            format!(
                "the app key comes from {} and the app secret from {}; do they belong together?",
                key.from, secret.from
            )
        })
    }

    /// The key and secret, or how to get them.
    pub(crate) fn credentials(&self) -> Result<topsdk::Credentials, Failure> {
        let key = self.app_key.as_ref().ok_or_else(|| missing("app key"))?;
        let secret = self.secret()?;
        Ok(topsdk::Credentials::new(key.value.clone(), secret.expose_secret()))
    }

    /// The secret; a person at a terminal is asked for one that is missing.
    pub(crate) fn secret(&self) -> Result<SecretString, Failure> {
        use std::io::IsTerminal as _;

        match &self.secret {
            Some(found) => Ok(found.value.clone()),
            None if std::io::stdin().is_terminal() => input::ask("App secret"),
            None => Err(missing("app secret")),
        }
    }
}

fn missing(what: &str) -> Failure {
    Failure::usage(format!("there is no {what}"))
        .fact("why", "no option, no variable and no profile tells it")
        .fact("fix", "Make a profile, or set TOP_APP_KEY and TOP_APP_SECRET. Without an app of your own, use the sandbox of this project: --environment local.")
        .attempt("top env set work --environment production --app-key KEY --secret")
        .attempt("top env show")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profile(name: &str, values: [Option<&str>; 4]) -> Profile {
        let [environment, app_key, app_secret, session] = values.map(|v| v.map(str::to_owned));
        Profile {
            name: name.into(),
            environment,
            app_key,
            app_secret: app_secret.map(SecretString::from),
            session: session.map(SecretString::from),
        }
    }

    /// What won, as `value (source) hides`.
    fn told(said: &Said<'_>) -> Vec<String> {
        fn line(found: Option<(&str, &Source, &[Source])>) -> String {
            let Some((value, from, hides)) = found else { return "-".into() };
            let hides: Vec<String> = hides.iter().map(Source::to_string).collect();
            format!("{value} ({from}) hides [{}]", hides.join("; "))
        }
        let account = said.account();
        let secret = |found: &Option<Found<SecretString>>| {
            line(found.as_ref().map(|f| (f.value.expose_secret(), &f.from, f.hides.as_slice())))
        };
        let text = |f: &Found<String>| line(Some((f.value.as_str(), &f.from, f.hides.as_slice())));
        vec![
            text(&account.environment),
            account.app_key.as_ref().map_or("-".into(), text),
            secret(&account.secret),
            secret(&account.session),
        ]
    }

    #[test]
    fn which_value_wins() {
        let nobody = |_: &str| None;
        let variables = |name: &str| (name != "TOP_SESSION").then(|| format!("var {name}"));
        let work = || Some(profile("work", [Some("sandbox"), Some("1"), Some("s"), Some("t")]));
        let options = || profile("", [None, Some("2"), None, None]);
        let none = Profile::default;

        let said = Said { options: none(), variable: &nobody, profile: None, named: false };
        assert_eq!(told(&said), ["production (nothing was said) hides []", "-", "-", "-"]);

        let local = |name: &str| (name == "TOP_ENVIRONMENT").then(|| "local".to_owned());
        let said = Said { options: none(), variable: &local, profile: None, named: false };
        assert_eq!(told(&said)[1], "12345678 (the local sandbox's own) hides []");
        let said = Said { options: options(), variable: &local, profile: None, named: false };
        assert_eq!(told(&said)[1..], ["2 (option --app-key) hides []", "-", "-"]);

        let said = Said { options: options(), variable: &variables, profile: work(), named: false };
        assert_eq!(
            told(&said),
            [
                "var TOP_ENVIRONMENT (variable TOP_ENVIRONMENT) hides [profile work, the default]",
                "2 (option --app-key) hides [variable TOP_APP_KEY; profile work, the default]",
                "var TOP_APP_SECRET (variable TOP_APP_SECRET) hides [profile work, the default]",
                "t (profile work, the default) hides []",
            ]
        );
        assert!(said.account().mixed().unwrap().contains("do they belong together?"));

        // Who names a profile means it alone.
        let said = Said { options: none(), variable: &variables, profile: work(), named: true };
        assert_eq!(told(&said)[1], "1 (profile work, by --profile) hides []");
        assert_eq!(said.account().mixed(), None);
    }
}
