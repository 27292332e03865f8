//! One try of one job.

use std::sync::Arc;
use std::time::Duration;

use crate::catalog;
use crate::client::exchange::Exchange;
use crate::client::known;
use crate::client::options::Options;
use crate::client::{Client, Hidden, SystemTimer, Timer as _, unit, within};
use crate::codec::form::Params;
use crate::credentials::Token;
use crate::layer::{Outcome, Priority};
use crate::model::Effect;
use crate::observe;
use crate::queue::decide::{Situation, Step, Trouble, decide};
use crate::queue::job::{Ended, Failure, JobId, Parts, Reason, Stored};
use crate::queue::seal::Content;
use crate::queue::store::{Begun, Settled, Verdict};
use crate::queue::work::Shift;
use crate::queue::{OnDoubt, Sessions, StoreError};
use crate::transport::BoxFuture;

/// Longest pause before a store that does not work is asked again.
const LONGEST: Duration = Duration::from_secs(5);

/// How long a session may be looked for: what hangs would hold a worker's slot.
const SESSION_LIMIT: Duration = Duration::from_secs(30);

/// Makes a try and writes down what became of it.
pub(super) async fn perform(shift: Arc<Shift>, worker: Arc<str>, id: JobId, bytes: Vec<u8>) {
    // By this the store knows a question that is asked again because its answer was lost.
    let mark = format!("{:016x}", shift.queue.client.settings().random.next());
    let settled = match attempt(&shift, &worker, &id, &mark, &bytes).await {
        Ok(Some(settled)) => settled,
        Ok(None) => {
            tracing::warn!(job = %id, "a job is no longer this worker's");
            return;
        }
        Err(error) => {
            tracing::error!(job = %id, %error, "a job could not be begun");
            shift.lose(&worker);
            return;
        }
    };
    let outcome = match settled.verdict {
        Verdict::Done => "done",
        Verdict::Again(_) => "retried",
        Verdict::Dead => "dead",
    };
    match persist(&shift, || shift.queue.store.settle(&worker, &id, &mark, &settled)).await {
        Ok(true) => observe::job_ended(&shift.queue.settings.name, outcome),
        Ok(false) => tracing::warn!(job = %id, "a job was taken over while it ran: its outcome is not stored"),
        Err(error) => {
            tracing::error!(job = %id, %error, "the outcome of a job could not be stored");
            shift.lose(&worker);
        }
    }
}

/// What became of it; nothing, if the job is not this worker's any more.
async fn attempt(
    shift: &Shift,
    worker: &str,
    id: &JobId,
    mark: &str,
    bytes: &[u8],
) -> Result<Option<Settled>, StoreError> {
    let queue = &shift.queue;
    let seal = queue.settings.seal.as_ref();
    let opened = Stored::read(bytes).and_then(|stored| stored.parts(id, seal).map(|parts| (stored, parts)));
    let Some((stored, parts)) = opened else {
        tracing::warn!(job = %id, "what lies in the queue is no job of this version and key: a dead letter");
        return Ok(Some(dead(Failure::new(Reason::Unreadable))));
    };
    let session = match (&parts.token, &stored.session) {
        (Some(token), _) => Ok(Some(Token::from(token.as_str()))),
        (None, None) => Ok(None),
        (None, Some(name)) => match &queue.settings.sessions {
            None => return Ok(Some(dead(Failure::in_phase(Reason::NoSession, "session")))),
            Some(sessions) => match token(Arc::clone(sessions), name.clone()).await {
                Ok(None) => return Ok(Some(dead(Failure::in_phase(Reason::NoSession, "session")))),
                found => found,
            },
        },
    };
    let Some(Begun { tries, in_doubt }) = persist(shift, || queue.store.begin(worker, id, mark)).await? else {
        return Ok(None);
    };
    if in_doubt && stored.effect() == Effect::Write && stored.on_doubt == OnDoubt::DeadLetter {
        tracing::warn!(job = %id, method = stored.method, "a write was sent and never acknowledged: a dead letter");
        return Ok(Some(dead(Failure::new(Reason::InDoubt))));
    }
    // Each of them has ended its worker: nobody was left to count.
    if tries > queue.settings.tries {
        tracing::warn!(job = %id, method = stored.method, tries, "a job whose workers died: a dead letter");
        return Ok(Some(dead(Failure::new(Reason::Exhausted))));
    }
    let situation = Situation {
        effect: stored.effect(),
        on_doubt: stored.on_doubt,
        tries,
        chance: unit(queue.client.settings().random.as_ref()),
    };
    let method = stored.method.clone();
    let outcome = match session {
        Err(NotFound) => Err(None),
        // In a task of its own, because layers are anybody's code and may panic.
        Ok(session) => tokio::spawn(call(queue.client.clone(), stored, parts, session)).await.map_err(Some),
    };
    let step = match &outcome {
        Ok(Ok(reply)) => {
            tracing::debug!(job = %id, method, tries, "done");
            let kept: &[u8] = if queue.settings.keep_answers { reply.body() } else { b"" };
            let ended = Content::new(kept, "answer", id, seal).map(Ended::Answer);
            let ended = ended.map(|ended| ended.write()).unwrap_or_default();
            return Ok(Some(Settled { verdict: Verdict::Done, counts: true, ended }));
        }
        Ok(Err(failed)) => {
            let class = queue.client.settings().retry.class(failed.error());
            decide(&queue.settings, &situation, &Trouble::Call(failed.error(), class))
        }
        Err(None) => decide(&queue.settings, &situation, &Trouble::Session),
        Err(Some(_)) => decide(&queue.settings, &situation, &Trouble::Panic),
    };
    Ok(Some(match step {
        Step::Again { after, counts, failure } => {
            tracing::debug!(job = %id, method, tries, phase = failure.phase, code = failure.code, ?after, "tried again later");
            Settled { verdict: Verdict::Again(after), counts, ended: Ended::Failure(failure).write() }
        }
        Step::Dead(failure) => {
            let Failure { reason, phase, code, sub_code, request_id } = &failure;
            tracing::warn!(job = %id, method, tries, ?reason, phase, code, sub_code, request_id, "a dead letter");
            dead(failure)
        }
    }))
}

/// A session could not be looked up.
struct NotFound;

/// Asks for a session. The program's own code may hang and panic, and what its error says may hold anything.
async fn token(sessions: Arc<dyn Sessions>, name: String) -> Result<Option<Token>, NotFound> {
    let asking = tokio::spawn(async move { sessions.token(&name).await.map_err(|_| NotFound) });
    let abort = asking.abort_handle();
    match within(&SystemTimer, Some(SESSION_LIMIT), Box::pin(asking)).await {
        Some(Ok(found)) => found,
        Some(Err(_)) => Err(NotFound),
        None => {
            abort.abort();
            Err(NotFound)
        }
    }
}

fn dead(failure: Failure) -> Settled {
    Settled { verdict: Verdict::Dead, counts: true, ended: Ended::Failure(failure).write() }
}

/// Makes the call, through all layers of the client.
async fn call(client: Client, stored: Stored, parts: Parts, session: Option<Token>) -> Outcome {
    let method = catalog::get(&stored.method);
    let mut params = Params::default();
    parts.params.iter().for_each(|(name, value)| params.push(name.as_str(), value.as_str()));
    let options = Options {
        session,
        timeout: stored.timeout(),
        target_app_key: stored.target_app_key.clone(),
        body: parts.body(),
        effect: Some(stored.effect()),
        priority: Priority::Background,
        ..Options::default()
    };
    let mut exchange = Exchange::new(&stored.method, method.map(|method| method.info()), params, &options);
    exchange.hidden = match method {
        Some(method) => known::hidden(method, &parts.params),
        // Which of them are personal is not known here.
        None => {
            let mut hidden = Hidden::default();
            parts.params.iter().for_each(|(_, value)| hidden.parameter(value, "<parameter>"));
            hidden
        }
    };
    client.exchange(exchange).await
}

/// How often a store that refuses is asked. One that cannot be reached, is full or locked may work again at any time.
const REFUSALS: u32 = 5;

/// Asks the store until it works; when the worker is told to stop, not much longer.
async fn persist<'a, T>(
    shift: &Shift,
    mut ask: impl FnMut() -> BoxFuture<'a, Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let (mut pause, mut refusals) = (Duration::from_millis(50), 0);
    loop {
        match ask().await {
            Ok(done) => return Ok(done),
            Err(error @ (StoreError::Refused(_) | StoreError::Foreign(_))) if refusals == REFUSALS => {
                return Err(error);
            }
            Err(error) if shift.is_over() => return Err(error),
            Err(error) => tracing::warn!(%error, "the store of the queue does not work; asking again"),
        }
        refusals += 1;
        SystemTimer.sleep(pause).await;
        pause = (pause * 2).min(LONGEST);
    }
}
