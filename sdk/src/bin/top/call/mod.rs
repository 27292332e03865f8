//! `top call`: one call, by name.

mod dry_run;
mod mask;
mod refusal;
mod spinner;

use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::Value;
use topsdk::catalog::{Kind, Method};
use topsdk::layer::retry::Retry;
use topsdk::{Body, Client, Environment, Format, RawReply, Upload};

use crate::args;
use crate::call::dry_run::DryRun;
use crate::call::refusal::Context;
use crate::call::spinner::Spinner;
use crate::env::account::resolve;
use crate::env::warn;
use crate::exit::{Exit, Failure};
use crate::input::{self, Pairs, named_path, pair};
use crate::method;
use crate::page::Page;
use crate::screen::{Answer, Output, Screen};
use crate::tree;

/// The longest that a connection may take to stand; the SDK's own default.
const CONNECT: Duration = Duration::from_secs(15);

/// Calls, or shows what would be sent.
pub(crate) fn run(options: &args::Call, config: Option<&Path>, screen: &Screen) -> Result<(), Failure> {
    let known = method::known(&options.method);
    let params = params(options, known, screen)?;
    let files = options.files.iter().map(|text| upload(text)).collect::<Result<Vec<_>, _>>()?;
    let body = options.body.as_deref().map(body).transpose()?;
    let args::Account { app, session_file } = &options.account;
    let (account, profiles) = resolve(app, session_file.as_deref(), config)?;
    warn(&profiles, screen);
    let name = known.map_or(options.method.as_str(), |method| method.name());
    let context = Context { method: name, known, account: &account, output: screen.output() };
    let client = client(options, &context)?;

    let mut call = client.untyped(name).with_checks(!options.no_check);
    for (name, value) in &params {
        call = call.param(name, value);
    }
    for (name, file) in &files {
        call = call.file(name, file.clone());
    }
    if let Some(body) = body {
        call = call.with_body(body);
    }
    if options.dry_run {
        let request = call.prepare().map_err(|error| context.failure(&error))?;
        return screen.show(&DryRun::new(&request, &files, known));
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|why| Failure::usage(format!("the network cannot be set up: {why}")))?;
    let reply = runtime.block_on(Spinner::during(name, call.raw())).map_err(|error| context.failure(&error))?;
    show(&reply, &context, screen).map_err(|failure| match failure.exit {
        Exit::Output => failure.fact("sent", format!("{name} was called, and the platform answered")),
        _ => failure,
    })
}

/// The answer; raw, also that of a refusal.
fn show(reply: &RawReply, context: &Context<'_>, screen: &Screen) -> Result<(), Failure> {
    let value = reply.value().map_err(|error| context.failure(&error));
    if screen.output() == Output::Raw {
        screen.bytes(reply.body())?;
        return value.map(|_| ());
    }
    screen.show(&Called(value?))
}

fn params(options: &args::Call, known: Option<&'static Method>, screen: &Screen) -> Result<Pairs, Failure> {
    let mut params = Pairs::new();
    for text in &options.params {
        let (name, value) = pair(text)?;
        if value.strip_prefix('@').is_some_and(|path| Path::new(path).is_file()) {
            let text = format!("{name} is sent as the text after `=`; to send {}", sending(&name, known));
            screen.warn("note: ", &text);
        }
        params.push((name, value));
    }
    for text in &options.from {
        let (name, path) = named_path(text)?;
        params.push((name, input::file(Path::new(&path))?));
    }
    let mut names = HashSet::new();
    if let Some((name, _)) = params.iter().find(|(name, _)| !names.insert(name)) {
        return Err(Failure::usage(format!("parameter `{name}` is given twice")));
    }
    if params.iter().any(|(name, _)| name == "session") {
        return Err(Failure::usage("a session is a secret: on the command line, others on this machine can read it")
            .fact(
                "fix",
                "Keep it in a profile, in TOP_SESSION, or in a file for --session-file; `-` reads standard input.",
            )
            .attempt("top env set work --session"));
    }
    Ok(params)
}

/// The option that sends a file as this parameter.
fn sending(name: &str, known: Option<&'static Method>) -> String {
    match known.and_then(|method| method.parameter(name)).map(|field| field.ty().kind()) {
        Some(Kind::Bytes) => format!("the file, say --file {name}=@PATH"),
        Some(_) => format!("the file's text, say --from {name}=@PATH"),
        None => format!("the file's text, say --from {name}=@PATH, and the file itself, --file {name}=@PATH"),
    }
}

fn upload(text: &str) -> Result<(String, Upload), Failure> {
    let (name, path) = named_path(text)?;
    match Upload::open(&path) {
        Ok(file) => Ok((name, file)),
        Err(why) => Err(Failure::usage(format!("{name}: the file {path} cannot be read: {why}"))),
    }
}

fn body(text: &str) -> Result<Body, Failure> {
    let text = input::file(Path::new(text.strip_prefix('@').unwrap_or(text)))?;
    Ok(if text.trim_start().starts_with('<') { Body::Xml(text) } else { Body::Json(text) })
}

fn client(options: &args::Call, context: &Context<'_>) -> Result<Client, Failure> {
    let account = context.account;
    let failure = |error| context.failure(&error);
    let environment: Environment = account.environment.value.parse().map_err(failure)?;
    let mut builder = Client::builder(environment, account.credentials()?)
        .sign_method(options.sign_method)
        .format(if options.xml { Format::Xml } else { Format::Json })
        .allow_plain_http(options.allow_plain_http)
        .total_timeout(options.timeout)
        .deadline(options.timeout)
        .retry(Retry::default().attempts(options.attempts))
        .connect_timeout(options.timeout.min(CONNECT));
    if let Some(session) = &account.session {
        builder = builder.session(session.value.expose_secret());
    }
    builder.build().map_err(failure)
}

/// An answer.
struct Called(Value);

impl Answer for Called {
    fn page(&self, page: &mut Page) {
        tree::write(page, &self.0);
    }

    fn value(&self) -> Value {
        self.0.clone()
    }

    fn raw(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}
