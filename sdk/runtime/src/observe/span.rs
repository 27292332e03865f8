//! The spans of a call and of its attempts. The names of their fields are those of OpenTelemetry's semantic conventions for RPC and
//! HTTP, as far as these know what there is to say; the others begin with `top.`.

use std::time::Instant;

use tracing::Span;
use tracing::field::Empty;

use crate::layer::{CallInfo, Failed, Outcome};
use crate::observe::{events, label};

/// How a call or attempt ended that nobody waited for any more.
const CANCELLED: &str = "cancelled";

/// How one ended that succeeded.
const OK: &str = "ok";

/// A call or an attempt from its start to its end. One that is dropped on the way was cancelled.
pub(crate) struct Watch<'a> {
    call: CallInfo<'a>,
    span: Span,
    start: Option<Instant>,
    ended: bool,
}

impl<'a> Watch<'a> {
    /// Begins to watch a call.
    pub(crate) fn call(call: CallInfo<'a>) -> Self {
        let span = tracing::info_span!(
            "top.call",
            rpc.system.name = "top",
            rpc.method = call.method(),
            top.attempts = Empty,
            rpc.response.status_code = Empty,
            top.sub_code = Empty,
            top.request_id = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        );
        Self::new(call, span)
    }

    /// Begins to watch an attempt.
    pub(crate) fn attempt(call: CallInfo<'a>) -> Self {
        let (host, port) = call.client.environment().address();
        let span = tracing::info_span!(
            "top.attempt",
            otel.kind = "client",
            rpc.system.name = "top",
            rpc.method = call.method(),
            http.request.method = "POST",
            http.request.resend_count = Empty,
            server.address = host,
            server.port = port,
            http.response.status_code = Empty,
            http.response.body.size = Empty,
            rpc.response.status_code = Empty,
            top.sub_code = Empty,
            top.request_id = Empty,
            error.type = Empty,
            otel.status_code = Empty,
        );
        if call.attempt() > 1 {
            span.record("http.request.resend_count", call.attempt() - 1);
        }
        Self::new(call, span)
    }

    fn new(call: CallInfo<'a>, span: Span) -> Self {
        let start = cfg!(feature = "metrics").then(|| call.timer().now());
        Self { call, span, start, ended: false }
    }

    /// The span, to run in.
    pub(crate) fn span(&self) -> Span {
        self.span.clone()
    }

    /// An answer has come, whatever it says.
    pub(crate) fn answered(&self, status: u16, bytes: usize) {
        self.span.record("http.response.status_code", status).record("http.response.body.size", bytes);
    }

    /// Notes how it ended.
    pub(crate) fn end(mut self, outcome: &Outcome) {
        let attempts = match outcome {
            Ok(reply) => reply.attempts(),
            Err(failed) => failed.error().attempts(),
        };
        match self.call.attempt() {
            0 => drop(self.span.record("top.attempts", attempts.count())),
            _ => outcome.as_ref().err().map_or((), |failed| events::refused(self.call, failed.error())),
        }
        self.finish(outcome.as_ref().map_or_else(|failed| self.failed(failed), |_| OK));
    }

    fn failed(&self, failed: &Failed) -> &'static str {
        let (error, span) = (failed.error(), &self.span);
        let phase = label::phase(error);
        span.record("error.type", phase).record("otel.status_code", "ERROR");
        if let Some(refusal) = error.gateway() {
            span.record("rpc.response.status_code", tracing::field::display(refusal.code()));
            if let Some(sub_code) = refusal.sub_code() {
                // What follows the colon is free text of the service.
                span.record("top.sub_code", sub_code.split(':').next());
            }
        }
        span.record("top.request_id", error.request_id());
        phase
    }

    fn finish(&mut self, outcome: &'static str) {
        self.ended = true;
        let Some(start) = self.start else { return };
        let took = self.call.timer().now().saturating_duration_since(start);
        match self.call.attempt() {
            0 => events::call_ended(self.call, outcome, took),
            _ => events::attempt_ended(self.call, outcome, took),
        }
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.span.record("error.type", CANCELLED);
            self.finish(CANCELLED);
        }
    }
}
