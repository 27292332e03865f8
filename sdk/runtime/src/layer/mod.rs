//! Layers around a call: what they see, and how they hang together.
//!
//! A call goes one way, always the same:
//!
//! ```text
//! local checks -> call layers -> attempts -> attempt layers -> sign -> transport -> recognise -> decode
//!                 access, cache  retry       rate limits
//! ```
//!
//! A [`Layer`] stands around the whole call ([`ClientBuilder::call_layer`](crate::ClientBuilder::call_layer)) or around each of its
//! attempts ([`ClientBuilder::attempt_layer`](crate::ClientBuilder::attempt_layer)); those added first are outermost. Between the
//! two the client [retries](Retry). All three depths of calls go through all of it, and where there is no layer there is nothing
//! to pay for.
//!
//! ```
//! use topsdk::layer::{CallInfo, Layer, Next, Outcome};
//! use topsdk::transport::BoxFuture;
//!
//! /// Tells which calls fail.
//! struct Tell;
//!
//! impl Layer for Tell {
//!     fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
//!         Box::pin(async move {
//!             let outcome = next.run(call).await;
//!             if let Err(failed) = &outcome {
//!                 eprintln!("{}: {}", call.method(), failed.error());
//!             }
//!             outcome
//!         })
//!     }
//! }
//! ```

#[cfg(feature = "cache")]
pub mod cache;
mod call;
#[cfg(feature = "limit")]
pub mod limit;
pub mod retry;
#[cfg(feature = "slo")]
pub mod slo;

use std::fmt;

pub use call::{CallInfo, Priority, SessionId};
pub use retry::Retry;

use crate::client::exchange::Exchange;
use crate::client::{Client, RawReply};
use crate::error::Error;
use crate::layer::retry::Attempts;
use crate::transport::BoxFuture;

/// Something that is done around a call, or around each attempt of it: see the [module](self).
pub trait Layer: Send + Sync {
    /// Answers the call: by what comes [next](Next::run), or without it.
    fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome>;
}

/// How a call or an attempt ended, for a layer. A refusal of the platform is a failure here, for raw calls too.
pub type Outcome = Result<RawReply, Failed>;

/// A call or an attempt that did not succeed.
#[derive(Clone)]
pub struct Failed {
    error: Error,
    reply: Option<Box<RawReply>>,
}

impl Failed {
    pub(crate) fn answered(error: Error, reply: RawReply) -> Self {
        Self { error, reply: Some(Box::new(reply)) }
    }

    /// What went wrong: with the code, sub code and ban seconds of a refusal.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The answer that is a refusal or cannot be read, if one came.
    #[must_use]
    pub fn reply(&self) -> Option<&RawReply> {
        self.reply.as_deref()
    }

    /// What went wrong, owned.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    pub(crate) fn set_attempts(&mut self, attempts: Attempts) {
        if let Some(reply) = &mut self.reply {
            reply.attempts.clone_from(&attempts);
        }
        self.error.set_attempts(attempts);
    }

    /// For calls that want the bytes, whatever they say.
    pub(crate) fn into_reply(self) -> Result<RawReply, Error> {
        self.reply.map_or(Err(self.error), |reply| Ok(*reply))
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { error, reply: None }
    }
}

impl fmt::Debug for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failed").field("error", &self.error).field("reply", &self.reply).finish()
    }
}

/// What comes after a layer: the next one, or the call itself.
#[derive(Debug, Clone, Copy)]
pub struct Next<'a> {
    layers: &'a Layers,
    stage: Stage,
    /// How many layers of the stage have had their turn.
    done: usize,
}

impl<'a> Next<'a> {
    pub(crate) fn around_call(layers: &'a Layers) -> Self {
        Self { layers, stage: Stage::Call, done: 0 }
    }

    pub(crate) fn around_attempt(layers: &'a Layers) -> Self {
        Self { layers, stage: Stage::Attempt, done: 0 }
    }

    /// Goes on with the call. A layer may do so never, once, or several times.
    pub async fn run(self, call: CallInfo<'a>) -> Outcome {
        match (self.stage, self.layers.call.get(self.done)) {
            (Stage::Call, Some(layer)) => layer.call(call, Self { done: self.done + 1, ..self }).await,
            (Stage::Call, None) => retry::attempts(call).await,
            (Stage::Attempt, _) => self.run_attempt(call).await,
        }
    }

    /// A function of its own, because the attempts of a call must not contain the call.
    pub(crate) async fn run_attempt(self, call: CallInfo<'a>) -> Outcome {
        match self.layers.attempt.get(self.done) {
            Some(layer) => layer.call(call, Self { done: self.done + 1, ..self }).await,
            None => call.client.attempt(call).await,
        }
    }

    /// The same as [`run`](Self::run) on a copy of the call, so that it can outlive this one: for work that nobody waits for. The time
    /// that the whole call may take begins anew when the future first runs.
    #[must_use]
    pub fn detached(self, call: CallInfo<'a>) -> BoxFuture<'static, Outcome> {
        let mut copy = self.copy(call);
        Box::pin(async move {
            copy.begin_anew();
            let (call, next) = copy.parts();
            next.run(call).await
        })
    }

    /// A copy of the call with what comes next, which borrows from nobody.
    pub(crate) fn copy(self, call: CallInfo<'a>) -> Copied {
        let (client, exchange) = (call.client.clone(), call.exchange.clone().into_owned());
        Copied { client, exchange, attempt: call.attempt, stage: self.stage, done: self.done }
    }
}

/// A call that can outlive its caller, with what comes next.
pub(crate) struct Copied {
    client: Client,
    exchange: Exchange<'static>,
    attempt: u32,
    stage: Stage,
    done: usize,
}

impl Copied {
    /// The time that the whole call may take begins now.
    pub(crate) fn begin_anew(&mut self) {
        self.exchange.options.to_mut().until = None;
        self.exchange.start(self.client.settings());
    }

    pub(crate) fn parts(&self) -> (CallInfo<'_>, Next<'_>) {
        let Self { client, exchange, attempt, stage, done } = self;
        let call = CallInfo { client, exchange, attempt: *attempt };
        (call, Next { layers: &client.settings().layers, stage: *stage, done: *done })
    }
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Call,
    Attempt,
}

/// The layers of a client.
#[derive(Default)]
pub(crate) struct Layers {
    pub(crate) call: Vec<Box<dyn Layer>>,
    pub(crate) attempt: Vec<Box<dyn Layer>>,
}

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layers").field("call", &self.call.len()).field("attempt", &self.attempt.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use super::*;
    use crate::client::VirtualTimer;
    use crate::model::{Effect, Session};
    use crate::{Client, Credentials, Environment, MockTransport, Model, Request, Upload};

    #[derive(Clone, Request)]
    #[top(method = "taobao.memo.add", response = Answer, session = required)]
    struct MemoAdd {
        tid: i64,
        memo: Option<String>,
        image: Option<Upload>,
    }

    #[derive(Model)]
    struct Answer {
        tid: Option<i64>,
    }

    /// Notes what it sees of a call.
    #[derive(Clone, Default)]
    struct Notes(Arc<Mutex<Vec<String>>>);

    struct Note {
        name: &'static str,
        notes: Notes,
    }

    impl Layer for Note {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            Box::pin(async move {
                let note = |text: String| self.notes.0.lock().unwrap().push(text);
                note(format!("{} {}", self.name, call.attempt()));
                let outcome = next.run(call).await;
                let end = outcome.as_ref().map_or_else(|e| format!("{:?}", e.error().code()), |_| "ok".to_owned());
                note(format!("{} {end}", self.name));
                outcome
            })
        }
    }

    /// Answers in place of the platform.
    struct Instead;

    impl Layer for Instead {
        fn call<'a>(&'a self, call: CallInfo<'a>, _: Next<'a>) -> BoxFuture<'a, Outcome> {
            Box::pin(async move { Ok(RawReply::stored(call.method(), r#"{"memo_add_response":{"tid":9}}"#)) })
        }
    }

    fn builder(mock: &Arc<MockTransport>) -> crate::ClientBuilder {
        let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
        builder.transport(Arc::clone(mock)).session("s3ss10n").timer(VirtualTimer::new())
    }

    #[tokio::test]
    async fn each_depth_goes_through_the_layers_in_their_order() {
        let (mock, notes) = (Arc::new(MockTransport::new()), Notes::default());
        mock.fail("taobao.memo.add", 27, "");
        let note = |name| Note { name, notes: notes.clone() };
        let client = builder(&mock)
            .attempt_layer(note("a"))
            .call_layer(note("x"))
            .attempt_layer(note("b"))
            .call_layer(note("y"))
            .build()
            .unwrap();
        let taken = || std::mem::take(&mut *notes.0.lock().unwrap()).join(", ");
        let expected = "x 0, y 0, a 1, b 1, b Some(27), a Some(27), y Some(27), x Some(27)";
        assert_eq!(client.call(MemoAdd::new(1)).await.unwrap_err().code(), Some(27));
        assert_eq!(taken(), expected);
        assert_eq!(client.untyped("taobao.memo.add").await.unwrap_err().code(), Some(27));
        assert_eq!(taken(), expected);
        // The bytes of a refusal are an answer to who asks for bytes, but not to the layers.
        assert!(client.call(MemoAdd::new(1)).raw().await.unwrap().body().starts_with(b"{\"error_response\""));
        assert_eq!(taken(), expected);
        assert!(client.untyped("taobao.memo.add").raw().await.is_ok());
        assert_eq!(taken(), expected);
        // What is wrong on this side reaches no layer.
        let blank = builder(&mock).session(" ").call_layer(note("x")).build().unwrap();
        assert!(matches!(blank.call(MemoAdd::new(1)).await, Err(Error::Invalid(_))));
        assert_eq!(taken(), "");
    }

    #[tokio::test]
    async fn a_layer_may_answer_itself() {
        let mock = Arc::new(MockTransport::new());
        for builder in [builder(&mock).call_layer(Instead), builder(&mock).attempt_layer(Instead)] {
            assert_eq!(builder.build().unwrap().call(MemoAdd::new(1)).await.unwrap().tid, Some(9));
        }
        assert_eq!(mock.received().len(), 0);
    }

    /// Answers at once, and makes the call for later.
    #[derive(Default)]
    struct Later(Mutex<Vec<BoxFuture<'static, Outcome>>>);

    impl Layer for Arc<Later> {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            self.0.lock().unwrap().push(next.detached(call));
            Instead.call(call, next)
        }
    }

    #[tokio::test]
    async fn a_detached_call_outlives_its_caller() {
        let (mock, later, notes) = (Arc::new(MockTransport::new()), Arc::new(Later::default()), Notes::default());
        mock.answer::<MemoAdd>(Answer { tid: Some(1) });
        let note = Note { name: "n", notes: notes.clone() };
        let client = builder(&mock).call_layer(Arc::clone(&later)).call_layer(note).build().unwrap();
        let request = MemoAdd::new(1).memo("text").image(Upload::new("a.png", *b"bytes"));
        assert_eq!(client.call(request).with_session("another").await.unwrap().tid, Some(9));
        drop(client);
        assert_eq!(mock.received().len(), 0);
        let detached = later.0.lock().unwrap().pop().unwrap();
        assert!(detached.await.unwrap().body().ends_with(b"{\"tid\":1}}"));
        let body = String::from_utf8_lossy(&mock.received()[0].body).into_owned();
        assert!(body.contains("\r\nbytes\r\n") && body.contains("\r\nanother\r\n") && body.contains("text"), "{body}");
        assert_eq!(notes.0.lock().unwrap().len(), 2, "the layers after it have their turn");
    }

    /// It may begin long after its caller has its answer, from a cache.
    #[tokio::test]
    async fn a_detached_call_has_the_whole_time_of_a_call() {
        let (mock, later, timer) = (Arc::new(MockTransport::new()), Arc::new(Later::default()), VirtualTimer::new());
        mock.answer::<MemoAdd>(Answer { tid: Some(1) });
        let look = |call: CallInfo<'_>| assert_eq!(call.remaining(), Some(Duration::from_secs(3)));
        let client = builder(&mock).timer(timer.clone()).call_layer(Arc::clone(&later)).call_layer(Look(look));
        let client = client.deadline(Duration::from_secs(3)).build().unwrap();
        client.call(MemoAdd::new(1)).await.unwrap();
        timer.advance(Duration::from_secs(60));
        let detached = later.0.lock().unwrap().pop().unwrap();
        assert!(detached.await.is_ok());
    }

    /// Looks at a call.
    struct Look<F>(F);

    impl<F: Fn(CallInfo<'_>) + Send + Sync> Layer for Look<F> {
        fn call<'a>(&'a self, call: CallInfo<'a>, next: Next<'a>) -> BoxFuture<'a, Outcome> {
            (self.0)(call);
            Instead.call(call, next)
        }
    }

    #[tokio::test]
    async fn what_a_layer_sees() {
        let mock = Arc::new(MockTransport::new());
        let look = |call: CallInfo<'_>| {
            assert_eq!((call.method(), call.app_key(), call.effect()), ("taobao.memo.add", "12345678", Effect::Write));
            assert_eq!(call.info().map(|info| info.session), Some(Session::Required));
            assert_eq!(call.parameters(), [("memo", "m"), ("tid", "1")]);
            assert_eq!((call.priority(), call.remaining()), (Priority::Background, Some(Duration::from_secs(3))));
            assert_eq!((call.has_files(), call.body().is_none(), call.target_app_key()), (false, true, Some("77")));
            let shown = format!("{call:?} {:?}", call.session());
            assert!(!shown.contains("s3ss10n") && !shown.contains("\"m\""), "{shown}");
        };
        let client = builder(&mock).call_layer(Look(look)).build().unwrap();
        let call = client.call(MemoAdd::new(1).memo("m")).with_priority(Priority::Background);
        call.with_deadline(Duration::from_secs(3)).with_target_app_key("77").await.unwrap();

        let untyped = |call: CallInfo<'_>| {
            assert_eq!((call.method(), call.effect(), call.info().is_none()), ("x.y", Effect::Read, true));
            assert_eq!(call.parameters(), [("a", "1"), ("b", "2")], "sorted, without the session");
            assert_eq!(call.session(), Some(SessionId::of("mine")));
            assert_ne!(call.session(), Some(SessionId::of("s3ss10n")));
            assert_eq!((call.priority(), call.deadline()), (Priority::Interactive, None));
        };
        let client = builder(&mock).call_layer(Look(untyped)).build().unwrap();
        let call = client.untyped("x.y").param("b", 2).param("a", 1).param("session", "mine");
        call.with_effect(Effect::Read).await.unwrap();
    }
}
