//! A call on its way through the layers to the platform and back.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use tracing::Instrument as _;

use crate::batch::{Delivery, Gatherer};
use crate::client::clock::millis_between;
use crate::client::diagnose::gateway_time;
use crate::client::options::Options;
use crate::client::{Client, Hidden, RawReply, Settings};
use crate::codec::form::Params;
use crate::credentials::Token;
use crate::error::{Error, TimeoutError};
use crate::layer::{CallInfo, Failed, Next, Outcome};
use crate::model::{MethodInfo, Session};
use crate::observe::Watch;

/// A call with all that is needed to make it, and to make it again.
#[derive(Clone)]
pub(crate) struct Exchange<'a> {
    pub(crate) method: Cow<'a, str>,
    pub(crate) info: Option<&'static MethodInfo>,
    pub(crate) params: Params<'a>,
    pub(crate) options: Cow<'a, Options>,
    /// The call's sensitive parameters.
    pub(crate) hidden: Hidden,
    pub(crate) deadline: Option<Instant>,
    /// The batch that the call is part of.
    pub(crate) gatherer: Option<Arc<Gatherer>>,
    /// What the method is called where only known names may stand, once somebody has asked.
    pub(crate) label: OnceLock<&'static str>,
}

impl<'a> Exchange<'a> {
    pub(crate) fn new(
        method: &'a str,
        info: Option<&'static MethodInfo>,
        params: Params<'a>,
        options: &'a Options,
    ) -> Self {
        let (method, options) = (Cow::Borrowed(method), Cow::Borrowed(options));
        Self {
            method,
            info,
            params,
            options,
            hidden: Hidden::default(),
            deadline: None,
            gatherer: None,
            label: OnceLock::new(),
        }
    }

    /// The token that the call carries.
    pub(crate) fn session<'s>(&'s self, settings: &'s Settings) -> Option<&'s str> {
        if let Some((_, own)) = self.params.text.iter().find(|(name, _)| name == "session") {
            return Some(own);
        }
        let given = self.options.session.as_ref();
        let token = match self.session_need() {
            // The client's own stays out of it; who gives one for this call means it, and the spec may be wrong.
            Session::None => given,
            // Where nothing is known about the method, a session is sent if there is one.
            _ => given.or(settings.session.as_ref()),
        };
        token.map(Token::expose).filter(|token| !token.trim().is_empty())
    }

    /// The time that the whole call may take.
    fn limit(&self, settings: &Settings) -> Option<Duration> {
        self.options.deadline.or(settings.timeouts.deadline)
    }

    /// Its time runs from now on.
    pub(crate) fn start(&mut self, settings: &Settings) {
        let own = || self.limit(settings).and_then(|limit| settings.timer.now().checked_add(limit));
        self.deadline = self.options.until.or_else(own);
    }

    pub(crate) fn session_need(&self) -> Session {
        self.info.map_or(Session::Optional, |info| info.session)
    }

    /// The same call without borrowing from anybody.
    pub(crate) fn into_owned(self) -> Exchange<'static> {
        Exchange {
            method: Cow::Owned(self.method.into_owned()),
            info: self.info,
            params: self.params.into_owned(),
            options: Cow::Owned(self.options.into_owned()),
            hidden: self.hidden,
            deadline: self.deadline,
            gatherer: self.gatherer,
            label: self.label,
        }
    }
}

/// Milliseconds of skew below which the clocks agree: the platform allows ten minutes, and answers tell whole seconds.
const LEAST_SKEW: u64 = 60_000;

impl Client {
    /// Makes a call, through all layers.
    pub(crate) async fn exchange(&self, mut exchange: Exchange<'_>) -> Outcome {
        self.check(&exchange)?;
        let settings = self.settings();
        exchange.start(settings);
        let call = CallInfo { client: self, exchange: &exchange, attempt: 0 };
        let watch = Watch::call(call);
        let outcome = Next::around_call(&settings.layers).run(call).instrument(watch.span()).await;
        watch.end(&outcome);
        outcome
    }

    /// Makes one attempt, unless its time has come.
    pub(crate) async fn attempt(&self, call: CallInfo<'_>) -> Outcome {
        if call.remaining().is_some_and(|remaining| remaining.is_zero()) {
            return Err(
                Error::Timeout(TimeoutError::new("deadline", call.exchange.limit(self.settings()), false)).into()
            );
        }
        let watch = Watch::attempt(call);
        let outcome = self.send(call, &watch).instrument(watch.span()).await;
        watch.end(&outcome);
        outcome
    }

    /// Signs, sends, and looks whether the answer is one.
    async fn send(&self, call: CallInfo<'_>, watch: &Watch<'_>) -> Outcome {
        let (settings, exchange) = (self.settings(), call.exchange);
        let (total, remaining) = (exchange.options.timeout.or(settings.timeouts.total), call.remaining());
        let limit = [total, remaining].into_iter().flatten().min();
        let mut hidden = exchange.hidden.clone();
        let gathered = match self.gatherer(exchange) {
            Some(gatherer) => Box::pin(gatherer.send(self, exchange, limit)).await,
            None => Ok(Delivery::Alone(limit)),
        };
        let (response, whole) = match gathered {
            Ok(Delivery::Alone(left)) => {
                let request = self.encode(exchange, self.now(), left, &mut hidden);
                (settings.transport.send(request).await, None)
            }
            Ok(Delivery::Answer(answer)) => {
                hidden.key(settings.credentials.secret());
                hidden.key(exchange.session(settings).unwrap_or_default());
                hidden.extend(&answer.hidden);
                (Ok(answer.response), answer.whole)
            }
            Err(error) => (Err(error), None),
        };
        match response {
            Ok(response) => {
                watch.answered(response.status, response.body.len());
                let reply = RawReply::new(self, call.method(), hidden, response)?;
                match (reply.failure(exchange.info), whole) {
                    (None, None) => Ok(reply),
                    (Some(error), None) => Err(Failed::answered(error, reply)),
                    (failure, Some(whole)) => Err(whole.failed(reply, failure)),
                }
            }
            Err(mut error) => {
                // The transport knows one limit, less what the call has waited for others; which one it was is known here.
                if let Error::Timeout(timeout) = &mut error
                    && timeout.which == "total"
                {
                    let deadline = ("deadline", exchange.limit(settings));
                    let (which, limit) = if limit == total { ("total", total) } else { deadline };
                    *timeout = TimeoutError::new(which, limit, timeout.sent);
                }
                tracing::debug!(%error, "the attempt failed in transport");
                Err(error.into())
            }
        }
    }

    /// Where the attempts of a call meet those of others, if they do.
    fn gatherer<'a>(&'a self, exchange: &'a Exchange<'_>) -> Option<&'a Gatherer> {
        let own = exchange.gatherer.as_deref();
        own.or(self.settings().coalescer.as_ref()).filter(|gatherer| gatherer.takes(exchange))
    }

    /// The time of day for a signature, as the gateway sees it.
    pub(crate) fn now(&self) -> SystemTime {
        let settings = self.settings();
        settings.skew.correct(settings.clock.now())
    }

    /// Learns the gateway's time from an answer to a call whose time it did not like, and that was signed by this skew. Whether that
    /// changes anything.
    pub(crate) fn correct_clock(&self, failed: &Failed, used: i64) -> bool {
        let settings = self.settings();
        let Some(gateway) = failed.reply().and_then(gateway_time) else { return false };
        let skew = millis_between(settings.clock.now(), gateway);
        let changed = skew.saturating_sub(used).unsigned_abs() >= LEAST_SKEW;
        if changed {
            tracing::warn!(
                skew_seconds = skew / 1000,
                "the platform refused the time of a call: its clock is used from now on"
            );
            settings.skew.set(skew);
        }
        changed
    }
}
