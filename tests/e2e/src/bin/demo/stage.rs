//! Where the morning plays: a sandbox, a client, and the showing of each call.

use std::error::Error;
use std::future::IntoFuture;
use std::time::{Duration, Instant};

use topsdk::layer::cache::{Cache, CacheSettings};
use topsdk::{Client, Credentials, Environment};
use topsdk_sandbox::{RequestRecord, Sandbox, fixtures};

use crate::screen::{Ink, Screen};

/// What came back, in words, or why that is not what should have come.
pub(crate) type Told = Result<Vec<String>, Box<dyn Error>>;

/// Characters that are shown of a long text.
const SHOWN: usize = 44;

/// Parameters of every call, which say nothing about the step.
const COMMON: [&str; 8] = ["app_key", "format", "partner_id", "session", "sign", "sign_method", "timestamp", "v"];

/// A sandbox and a client of it.
pub(crate) struct Stage {
    /// The gateway.
    pub(crate) sandbox: Sandbox,
    /// A client with the right secret and the seller's session.
    pub(crate) client: Client,
    screen: Screen,
    steps: usize,
    waited: Duration,
}

impl Stage {
    /// Starts the sandbox on a free port.
    pub(crate) async fn set() -> Result<Self, Box<dyn Error>> {
        let sandbox = Sandbox::builder().start().await?;
        let client = client(&sandbox, fixtures::APP_SECRET)?;
        let screen = Screen::new();
        screen.line(Ink::Bold, "A seller's morning with topsdk");
        let note = format!(
            "Sandbox in this process at {}; real sockets, signed calls, typed answers.\n\
             ***(n) stands for n characters of personal data, as the sandbox's request log masks them.",
            sandbox.url()
        );
        screen.line(Ink::Dim, &note);
        Ok(Self { sandbox, client, screen, steps: 0, waited: Duration::ZERO })
    }

    /// A client that signs with a secret the gateway does not know.
    pub(crate) fn client_with_wrong_secret(&self) -> Result<Client, topsdk::Error> {
        client(&self.sandbox, "not-the-secret")
    }

    /// Makes a call, and shows what the gateway got and what `judge` makes of the answer.
    pub(crate) async fn step<C: IntoFuture>(
        &mut self,
        title: &str,
        call: C,
        judge: impl FnOnce(&Sandbox, C::Output) -> Told,
    ) -> Result<(), Box<dyn Error>> {
        let before = self.sandbox.requests().len();
        let start = Instant::now();
        let answer = call.await;
        let took = start.elapsed();
        self.waited += took;
        self.steps += 1;
        self.screen.head(self.steps, title, took);
        let sent = sent(self.sandbox.requests().get(before..).unwrap_or_default());
        self.screen.lines("sent", Ink::Blue, &sent);
        match judge(&self.sandbox, answer) {
            Ok(came) => {
                self.screen.lines("came", Ink::Green, &came);
                Ok(())
            }
            Err(why) => {
                self.screen.lines("wrong", Ink::Red, &[why.to_string()]);
                Err(format!("step {} did not end as it should", self.steps).into())
            }
        }
    }

    /// Stops the sandbox and sums up.
    pub(crate) async fn clear(self) {
        self.sandbox.shutdown().await;
        let ms = self.waited.as_millis();
        self.screen.line(Ink::Green, &format!("\n{} steps, {ms} ms in calls; each ended as it should.", self.steps));
        self.screen.line(
            Ink::Dim,
            "Next: `cargo xtask sandbox`, and in another terminal `cargo run -p topsdk --example quickstart`",
        );
    }
}

/// Fails a step unless the condition holds.
pub(crate) fn ensure(holds: bool, what: &str) -> Result<(), Box<dyn Error>> {
    if holds { Ok(()) } else { Err(format!("expected {what}").into()) }
}

/// A field that must have come.
pub(crate) fn need<'a, T>(field: &'a Option<T>, name: &str) -> Result<&'a T, Box<dyn Error>> {
    field.as_ref().ok_or_else(|| format!("expected the field `{name}`").into())
}

fn client(sandbox: &Sandbox, secret: &str) -> Result<Client, topsdk::Error> {
    let credentials = Credentials::new(fixtures::APP_KEY, secret);
    let cache = Cache::new(CacheSettings::new())?;
    let builder = Client::builder(Environment::custom(sandbox.rest_url()), credentials).session(fixtures::SESSION);
    builder.cache(&cache).build()
}

/// A text, or its beginning if it is long.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// What the gateway got: all calls of a batch, else the last attempt.
fn sent(records: &[RequestRecord]) -> Vec<String> {
    match records {
        [] => vec!["nothing".to_owned()],
        [.., last] if last.shape != "batch" => vec![described(last)],
        batch => std::iter::once("one batch:".to_owned()).chain(batch.iter().map(described)).collect(),
    }
}

/// A call as the gateway got it, without what all calls have in common.
fn described(record: &RequestRecord) -> String {
    let mut text = record.method.clone();
    let params = record.params.iter().filter(|(name, _)| !COMMON.contains(&name.as_str()) && *name != "method");
    for (name, value) in params {
        text += &format!(" {name}={}", shortened(value));
    }
    for (name, file, bytes) in &record.files {
        text += &format!(" {name}=@{file} ({bytes} bytes)");
    }
    text
}
