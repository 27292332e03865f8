//! `top env`: profiles, and what a call would use.

pub(crate) mod account;
pub(crate) mod gateway;
mod profiles;

use std::path::Path;

use serde_json::{Value, json};
use topsdk::Environment;
use topsdk::catalog::nearest;

use crate::args;
use crate::env::account::{Account, Found, resolve};
use crate::env::profiles::{Profile, Profiles, SETTINGS};
use crate::exit::Failure;
use crate::input::ask;
use crate::page::{Entry, Page, Tone};
use crate::screen::{Answer, Screen};

/// Runs a sub-command.
pub(crate) fn run(command: &args::Env, config: Option<&Path>, screen: &Screen) -> Result<(), Failure> {
    match command {
        args::Env::List => list(&Profiles::load(config)?, screen),
        args::Env::Show { account } => {
            let (account, profiles) = resolve(&account.app, account.session_file.as_deref(), config)?;
            screen.show(&Shown { account: &account, profiles: &profiles })?;
            warn(&profiles, screen);
            Ok(())
        }
        args::Env::Set { name, environment, app_key, secret, session, unset } => {
            let mut profiles = Profiles::load(config)?;
            if let Some(wrong) = unset.iter().find(|unset| !SETTINGS.contains(&unset.as_str())) {
                let near = nearest(wrong, SETTINGS, 1)
                    .first()
                    .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                return Err(Failure::usage(format!("there is no setting `{wrong}`{near}"))
                    .fact("settings", SETTINGS.join(", ")));
            }
            if let Some(environment) = environment {
                gateway::check(environment)?;
            }
            let profile = Profile {
                name: name.clone(),
                environment: environment.clone(),
                app_key: app_key.clone(),
                app_secret: secret.then(|| ask("App secret")).transpose()?,
                session: session.then(|| ask("Session")).transpose()?,
            };
            profiles.put(&profile, unset)?;
            done(screen, &format!("profile {name} is saved in {}", profiles.path().display()));
            Ok(())
        }
        args::Env::Use { name } => {
            Profiles::load(config)?.make_default(name)?;
            done(screen, &format!("profile {name} is the default"));
            Ok(())
        }
        args::Env::Remove { name } => {
            Profiles::load(config)?.remove(name)?;
            done(screen, &format!("profile {name} is forgotten"));
            Ok(())
        }
    }
}

/// Says so if others can read the profiles' secrets.
pub(crate) fn warn(profiles: &Profiles, screen: &Screen) {
    if let Some(text) = profiles.exposed() {
        screen.warn("warning: ", &text);
    }
}

fn done(screen: &Screen, text: &str) {
    screen.note(|page| page.line(&[(Tone::Good, "ok "), (Tone::Plain, text)]));
}

fn list(profiles: &Profiles, screen: &Screen) -> Result<(), Failure> {
    let all = profiles.names().into_iter().map(|name| profiles.get(name)).collect::<Result<Vec<_>, _>>()?;
    screen.show(&List { all, profiles })?;
    warn(profiles, screen);
    Ok(())
}

struct List<'a> {
    all: Vec<Profile>,
    profiles: &'a Profiles,
}

impl Answer for List<'_> {
    fn page(&self, page: &mut Page) {
        if self.all.is_empty() {
            page.line(&[(Tone::Plain, "There are no profiles yet. Make one:")]);
            page.line(&[(Tone::Code, "  top env set work --environment production --app-key KEY --secret")]);
            return;
        }
        let rows: Vec<_> = self
            .all
            .iter()
            .map(|profile| {
                let default = self.profiles.default() == Some(&profile.name);
                let said =
                    |is: bool| (if is { Tone::Good } else { Tone::Label }, if is { "set" } else { "-" }.to_owned());
                vec![
                    (Tone::Strong, profile.name.clone()),
                    (Tone::Plain, if default { "yes" } else { "" }.to_owned()),
                    (Tone::Plain, profile.app_key.clone().unwrap_or_else(|| "-".to_owned())),
                    said(profile.app_secret.is_some()),
                    said(profile.session.is_some()),
                    (
                        Tone::Plain,
                        profile.environment.as_deref().map_or_else(|| "production".to_owned(), gateway::shown),
                    ),
                ]
            })
            .collect();
        page.table(&["PROFILE", "DEFAULT", "APP KEY", "SECRET", "SESSION", "ENVIRONMENT"], &rows);
    }

    fn value(&self) -> Value {
        let profiles = self.all.iter().map(|profile| {
            json!({
                "name": profile.name,
                "default": self.profiles.default() == Some(&profile.name),
                "environment": profile.environment.as_deref().map(gateway::shown),
                "app_key": profile.app_key,
                "app_secret": profile.app_secret.is_some(),
                "session": profile.session.is_some(),
            })
        });
        json!({ "file": self.profiles.path().display().to_string(), "profiles": profiles.collect::<Vec<_>>() })
    }

    fn raw(&self) -> Vec<u8> {
        self.all.iter().map(|profile| format!("{}\n", profile.name)).collect::<String>().into_bytes()
    }
}

/// What a call would use.
struct Shown<'a> {
    account: &'a Account,
    profiles: &'a Profiles,
}

impl Shown<'_> {
    /// Setting, what may be shown of it, where it comes from.
    fn settings(&self) -> [(&'static str, Option<Found<String>>); 4] {
        fn hidden<T>(found: &Option<Found<T>>) -> Option<Found<String>> {
            found.as_ref().map(|f| Found { value: "<secret>".to_owned(), from: f.from.clone(), hides: f.hides.clone() })
        }
        let account = self.account;
        let environment = account.environment.clone();
        [
            ("environment", Some(Found { value: gateway::shown(&environment.value), ..environment })),
            ("app_key", account.app_key.clone()),
            ("app_secret", hidden(&account.secret)),
            ("session", hidden(&account.session)),
        ]
    }
}

impl Answer for Shown<'_> {
    fn page(&self, page: &mut Page) {
        let entry = |(name, found): (&str, Option<Found<String>>)| {
            let (value, mut from) = match &found {
                Some(found) => (found.value.clone(), found.from.to_string()),
                None => ("-".to_owned(), "nothing was said".to_owned()),
            };
            let hides: Vec<String> = found.iter().flat_map(|found| &found.hides).map(ToString::to_string).collect();
            if !hides.is_empty() {
                from = format!("{from}; hides {}", hides.join(" and "));
            }
            Entry { indent: 0, name: name.to_owned(), tone: Tone::Label, mark: "", ty: value, text: from }
        };
        page.entries(&self.settings().into_iter().map(entry).collect::<Vec<_>>());
        page.blank();
        let url = self.account.environment.value.parse::<Environment>();
        let url = url.map_or_else(|why| why.to_string(), |environment| gateway::shown(environment.rest_url()));
        page.facts(&[("gateway", url), ("profiles", self.profiles.path().display().to_string())]);
        if let Some(mixed) = self.account.mixed() {
            page.blank();
            page.labelled(Tone::Warn, "warning: ", Tone::Plain, &mixed);
        }
    }

    fn value(&self) -> Value {
        let settings = self.settings().into_iter().map(|(name, found)| {
            let value = found.map(|found| {
                json!({
                    "value": found.value,
                    "from": found.from.to_string(),
                    "hides": found.hides.iter().map(ToString::to_string).collect::<Vec<_>>(),
                })
            });
            (name.to_owned(), value.unwrap_or(Value::Null))
        });
        let warning = ("warning".to_owned(), self.account.mixed().into());
        Value::Object(settings.chain([warning]).collect())
    }

    fn raw(&self) -> Vec<u8> {
        let lines = self.settings().into_iter().filter_map(|(name, found)| Some(format!("{name}={}\n", found?.value)));
        lines.collect::<String>().into_bytes()
    }
}
