//! A call that did not work, told like help: what happened, whose fault it is, what to do, the command to try.

use std::error::Error as _;

use serde_json::json;
use topsdk::Error;
use topsdk::catalog::Method;
use topsdk::error::{GatewayError, InvalidArgument, InvalidKind};
use topsdk::model::Effect;

use crate::env::account::{Account, Source};
use crate::env::gateway;
use crate::exit::{Exit, Failure};
use crate::explain::{retry_text, retry_word, who_text};
use crate::method;
use crate::screen::Output;

/// What to do about a call that may have been applied.
const LOOK: &str = "A read may be repeated. Before a write is repeated, look whether it was applied.";

/// What was called, by whom, and how the answer is shown.
pub(crate) struct Context<'a> {
    pub(crate) method: &'a str,
    /// The method, if the catalogue has it.
    pub(crate) known: Option<&'static Method>,
    pub(crate) account: &'a Account,
    pub(crate) output: Output,
}

impl Context<'_> {
    /// The error, told.
    pub(crate) fn failure(&self, error: &Error) -> Failure {
        let mut failure = self.told(error);
        let attempts = error.attempts();
        failure.data.push(("attempts", attempts.count().into()));
        match attempts.stopped() {
            Some(why) if attempts.count() > 1 => {
                failure.fact("tried", format!("{} times, then {why}", attempts.count()))
            }
            _ => failure,
        }
    }

    fn told(&self, error: &Error) -> Failure {
        match error {
            // The SDK tells its own method; here it is an option.
            Error::Config(why) => {
                let what = why.to_string().replace("allow_plain_http(true)", "--allow-plain-http");
                Failure::usage(what).attempt("top env show")
            }
            Error::Invalid(why) => self.invalid(why),
            Error::Gateway(refusal) => self.refused(refusal, error.is_session_invalid()),
            Error::Decode(why) => self.unreadable(&why.to_string()),
            Error::Transport(_) | Error::Timeout(_) => self.unreachable(error),
            other => Failure::new(Exit::Network, other.to_string()),
        }
    }

    /// A local check said no.
    fn invalid(&self, why: &InvalidArgument) -> Failure {
        let method = self.method;
        if why.parameter() == "session" {
            return Failure::usage(format!("{method} acts for a user: it needs a session"))
                .fact("sent", "nothing")
                .fact("fix", "Keep the user's token in a profile, in TOP_SESSION, or in a file for --session-file.")
                .attempt(format!("top env set {} --session", self.profile()))
                .attempt("top env show");
        }
        let name = why.parameter();
        let failure = Failure::usage(format!("{method}: parameter `{name}` {}", why.reason())).fact("sent", "nothing");
        let failure = match why.kind() {
            InvalidKind::TextForFile => failure.fact("fix", format!("Send the file: --file {name}=@PATH")),
            InvalidKind::FileForText => failure.fact("fix", format!("Send text: {name}=TEXT, or --from {name}=@PATH")),
            _ => failure.fact("hint", "If the platform takes more than the catalogue knows, say --no-check."),
        };
        failure.attempt(format!("top show {method}"))
    }

    fn refused(&self, refusal: &GatewayError, session_is_invalid: bool) -> Failure {
        let mut what = format!("the platform refused {}: code {}", self.method, refusal.code());
        if !refusal.msg().is_empty() {
            what = format!("{what}, {}", refusal.msg());
        }
        let mut failure = Failure::new(Exit::Refused, what);
        let said = [refusal.sub_code(), refusal.sub_msg()].into_iter().flatten().collect::<Vec<_>>().join(": ");
        if !said.is_empty() {
            failure = failure.fact("said", said);
        }
        let remedy = refusal.remedy();
        if let Some(remedy) = remedy {
            failure = failure.fact("means", remedy.means).fact("fix", remedy.fix);
        }
        if let Some(hint) = refusal.hint() {
            failure = failure.fact("hint", hint);
        }
        if session_is_invalid {
            let session = self.account.session.as_ref();
            failure = failure
                .fact("session", session.map_or("none was sent".to_owned(), |found| format!("from {}", found.from)));
        }
        if let Some(mixed) = self.account.mixed().filter(|_| matches!(refusal.code(), 25 | 28 | 29)) {
            failure = failure.fact("note", mixed);
        }
        if let Some(who) = remedy.and_then(|remedy| remedy.who) {
            failure = failure.fact("who", who_text(who));
        }
        failure = failure.fact("retry", retry_text(refusal.retry()));
        if let Some(ban) = refusal.ban() {
            failure = failure.fact("ban", format!("{} s", ban.as_secs()));
        }
        if let Some(id) = refusal.request_id() {
            failure = failure.fact("request", format!("{id} (tell it to the platform's support)"));
        }
        failure.data = vec![
            ("method", json!(self.method)),
            ("code", json!(refusal.code())),
            ("msg", json!(refusal.msg())),
            ("sub_code", json!(refusal.sub_code())),
            ("sub_msg", json!(refusal.sub_msg())),
            ("retry_class", json!(retry_word(refusal.retry()))),
            ("request_id", json!(refusal.request_id())),
            ("ban_seconds", json!(refusal.ban().map(|ban| ban.as_secs()))),
        ];
        failure.tries = self.commands(refusal, session_is_invalid);
        failure
    }

    /// Commands that may help on a refusal.
    fn commands(&self, refusal: &GatewayError, session_is_invalid: bool) -> Vec<String> {
        let code = refusal.sub_code().map_or_else(|| refusal.code().to_string(), str::to_owned);
        let profile = self.profile();
        match refusal.code() {
            _ if session_is_invalid => vec![format!("top env set {profile} --session"), "top env show".to_owned()],
            25 => vec!["top env show".to_owned(), format!("top env set {profile} --secret")],
            28 | 29 => vec!["top env show".to_owned(), format!("top env set {profile} --environment WHERE")],
            22 => method::suggestions(self.method).into_iter().map(|name| format!("top show {name}")).collect(),
            40 | 41 => vec![format!("top show {}", self.method)],
            _ => vec![format!("top explain {code}"), format!("top show {}", self.method)],
        }
    }

    /// The profile that a command may mend.
    fn profile(&self) -> &str {
        match self.account.app_key.as_ref().map(|found| &found.from) {
            Some(Source::Profile { name, .. }) => name,
            _ => "work",
        }
    }

    /// An answer that is none: the platform may have done what was asked all the same.
    fn unreadable(&self, why: &str) -> Failure {
        let failure = Failure::new(Exit::Unreadable, why).fact("gateway", self.gateway());
        let is_read = self.known.is_some_and(|method| method.effect() == Effect::Read);
        if !is_read || self.output == Output::Raw {
            return failure.fact("fix", LOOK);
        }
        failure
            .fact("fix", "See what came: --output raw prints the bytes.")
            .attempt(format!("top call {} .. --output raw", self.method))
    }

    fn unreachable(&self, error: &Error) -> Failure {
        let what = error.to_string();
        let what = what.split(';').next().unwrap_or_default();
        let mut failure =
            Failure::new(Exit::Network, format!("{}: {what}", self.method)).fact("gateway", self.gateway());
        let mut source = error.source();
        while let Some(cause) = source {
            if cause.source().is_none() {
                failure = failure.fact("why", cause.to_string());
            }
            source = cause.source();
        }
        let reached = error.may_have_reached_platform();
        failure = failure.fact("sent", if reached { "the call may have reached the platform" } else { "nothing" });
        let local = self.account.environment.value == "local";
        failure = failure.fact(
            "fix",
            match (local, reached) {
                (true, false) => "Start the sandbox of this project, `cargo xtask sandbox`, and call again.",
                (_, false) => "Check the network, the proxy and the gateway's address, then call again.",
                (_, true) => LOOK,
            },
        );
        failure.data.push(("may_have_reached_platform", reached.into()));
        failure.attempt("top env show")
    }

    /// Where the call went.
    fn gateway(&self) -> String {
        let said = &self.account.environment.value;
        let url = said.parse::<topsdk::Environment>().map(|environment| environment.rest_url().to_owned());
        match url {
            Ok(url) if url != *said => format!("{said}, {}", gateway::shown(&url)),
            _ => gateway::shown(said),
        }
    }
}
