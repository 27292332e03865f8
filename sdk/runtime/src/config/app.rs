//! The section `[app]`: who calls, where to, and how.

use secrecy::{ExposeSecret as _, SecretString};
use serde::de::{Deserialize, Deserializer, Error as _};

use crate::client::{ClientBuilder, Format, Timeouts};
use crate::config::node::{Node, Value};
use crate::config::section::Reading;
use crate::credentials::{Credentials, Token};
use crate::environment::Environment;
use crate::error::ConfigProblem;
use crate::human;
use crate::sign::SignMethod;

/// What a builder is told. What is not said stays as the builder has it.
#[derive(Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct App {
    key: Option<String>,
    #[serde(deserialize_with = "secret")]
    secret: Option<SecretString>,
    #[serde(deserialize_with = "secret")]
    session: Option<SecretString>,
    #[serde(deserialize_with = "environment")]
    environment: Option<Environment>,
    timeouts: Option<Timeouts>,
    proxy: Option<String>,
    gzip: Option<bool>,
    allow_plain_http: Option<bool>,
    #[serde(deserialize_with = "sign_method")]
    sign_method: Option<SignMethod>,
    format: Option<Format>,
    simplify: Option<bool>,
    strict: Option<bool>,
    #[serde(deserialize_with = "size")]
    max_response: Option<usize>,
    partner_id: Option<String>,
}

/// What a client is built from.
pub(super) struct Base {
    app: App,
    environment: Environment,
    credentials: Credentials,
}

/// Where key and secret come from if the file does not say: they are those of [`Credentials::from_env`].
const USUAL: [(&str, &str); 2] = [("key", "TOP_APP_KEY"), ("secret", "TOP_APP_SECRET")];

/// Names the usual variables where the file names nothing.
pub(super) fn complete(root: &mut Node) {
    if root.get("app").is_none() {
        root.insert("app", Node::default());
    }
    let Some(app) = root.get_mut("app") else { return };
    for (key, variable) in USUAL {
        if app.get(key).is_none() {
            let name = Node { value: Value::Text(variable.to_owned()), ..Node::default() };
            let mut reference = Node { key_at: app.key_at, in_profile: app.in_profile, ..Node::default() };
            reference.insert("env", name);
            app.insert(key, reference);
        }
    }
}

pub(super) fn read(reading: &mut Reading<'_>) -> Option<Base> {
    let mut app: App = reading.settings()?;
    let environment = app.environment.take().unwrap_or(Environment::Production);
    let secret = app.secret.take();
    let blank = |text: &str| text.trim().is_empty();
    let mut wrong = |key: &str, message: &str| reading.problem(ConfigProblem::new(format!("app.{key}"), message));
    for (key, is_blank) in [
        ("key", app.key.as_deref().is_some_and(blank)),
        ("secret", secret.as_ref().is_some_and(|secret| blank(secret.expose_secret()))),
        ("session", app.session.as_ref().is_some_and(|session| blank(session.expose_secret()))),
    ] {
        if is_blank {
            wrong(key, "this is empty");
        }
    }
    let timeouts = app.timeouts.unwrap_or_default();
    for (key, limit) in [("connect", timeouts.connect), ("total", timeouts.total), ("deadline", timeouts.deadline)] {
        if limit.is_some_and(|limit| limit.is_zero()) {
            wrong(&format!("timeouts.{key}"), "no call is done in no time: give a longer one, or `none` for no limit");
        }
    }
    if app.max_response == Some(0) {
        wrong("max_response", "no answer is that short");
    }
    if cfg!(not(feature = "reqwest")) && (app.proxy.is_some() || app.gzip.is_some()) {
        let key = if app.proxy.is_some() { "proxy" } else { "gzip" };
        wrong(key, "needs the feature `rustls` or `native-tls` of topsdk: without them, this is up to the transport");
    }
    #[cfg(feature = "reqwest")]
    if app.proxy.as_deref().is_some_and(|url| reqwest::Proxy::all(url).is_err()) {
        wrong("proxy", "not a URL, such as `http://proxy.internal:3128`");
    }
    if let Err(error) = environment.check(app.allow_plain_http.unwrap_or_default()) {
        error.problems().iter().for_each(|problem| wrong("environment", problem.message()));
    }
    let key = app.key.take()?;
    let credentials = Credentials::new(key, secret?.expose_secret());
    Some(Base { app, environment, credentials })
}

impl Base {
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    pub(super) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// A builder that knows all of the section.
    pub(super) fn builder(&self) -> ClientBuilder {
        let mut builder = ClientBuilder::new(self.environment.clone(), self.credentials.clone());
        let App { key: _, secret: _, environment: _, session, timeouts, proxy, gzip, .. } = &self.app;
        let App { allow_plain_http, sign_method, format, simplify, strict, max_response, partner_id, .. } = &self.app;
        if let Some(session) = session {
            builder = builder.session(Token::from(session.expose_secret()));
        }
        if let Some(Timeouts { connect, total, deadline }) = *timeouts {
            builder = builder.connect_timeout(connect).total_timeout(total).deadline(deadline);
        }
        #[cfg(feature = "reqwest")]
        {
            if let Some(proxy) = proxy {
                builder = builder.proxy(proxy);
            }
            if let Some(gzip) = *gzip {
                builder = builder.gzip(gzip);
            }
        }
        #[cfg(not(feature = "reqwest"))]
        let _ = (proxy, gzip);
        if let Some(allow) = *allow_plain_http {
            builder = builder.allow_plain_http(allow);
        }
        if let Some(method) = *sign_method {
            builder = builder.sign_method(method);
        }
        if let Some(format) = *format {
            builder = builder.format(format);
        }
        if let Some(simplify) = *simplify {
            builder = builder.simplify(simplify);
        }
        if let Some(strict) = *strict {
            builder = builder.strict(strict);
        }
        if let Some(most) = *max_response {
            builder = builder.max_response(most);
        }
        if let Some(id) = partner_id {
            builder = builder.partner_id(id);
        }
        builder
    }
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    String::deserialize(deserializer).map(SecretString::from).map(Some)
}

fn environment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Environment>, D::Error> {
    let expected = "expected `production`, `overseas`, `sandbox`, `local` or the URL of a gateway";
    String::deserialize(deserializer)?.parse().map(Some).map_err(|_| D::Error::custom(expected))
}

fn sign_method<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SignMethod>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(D::Error::custom)
}

fn size<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    human::read::size(deserializer).map(Some)
}
