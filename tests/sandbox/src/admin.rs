//! `/_sandbox/...`: the pages with which tests steer the gateway.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::clock::Time;
use crate::fault::Fault;
use crate::server::{Shared, lock, read};
use crate::world::{Event, World};

/// The data of a sandbox at one moment; what `/_sandbox/snapshot` gives and `/_sandbox/restore` takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// The virtual clock.
    pub now: Time,
    /// The shop's data.
    pub world: World,
}

/// Moves the clock.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockChange {
    advance_ms: Option<u64>,
    set: Option<Time>,
}

/// A rule or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Faults {
    Many(Vec<Fault>),
    One(Fault),
}

/// What a page gives: JSON, or a status with a reason.
type Page = Result<Value, (StatusCode, String)>;

/// The pages below `/_sandbox`.
pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/health", get(async |State(s): State<Shared>| answer(Ok(health(&s)))))
        .route("/reset", post(async |State(s): State<Shared>| answer(Ok(reset(&s)))))
        .route("/snapshot", get(async |State(s): State<Shared>| answer(to_json(&snapshot(&s)))))
        .route(
            "/restore",
            post(async |State(s): State<Shared>, body: Body| answer(parse(body).await.map(|snap| restore(&s, snap)))),
        )
        .route(
            "/requests",
            get(async |State(s): State<Shared>| answer(to_json(&lock(&s).log.records())))
                .delete(async |State(s): State<Shared>| answer(Ok(forget(&s)))),
        )
        .route(
            "/events",
            post(async |State(s): State<Shared>, body: Body| {
                answer(parse(body).await.and_then(|event| happen(&s, event)))
            }),
        )
        .route(
            "/clock",
            get(async |State(s): State<Shared>| answer(Ok(clock(&s)))).post(
                async |State(s): State<Shared>, body: Body| {
                    answer(parse(body).await.map(|change| set_clock(&s, change)))
                },
            ),
        )
        .route(
            "/faults",
            get(async |State(s): State<Shared>| answer(to_json(&lock(&s).faults)))
                .post(async |State(s): State<Shared>, body: Body| {
                    answer(parse(body).await.map(|faults| add_faults(&s, faults)))
                })
                .delete(async |State(s): State<Shared>| answer(Ok(clear_faults(&s)))),
        )
}

/// The data as it is now.
pub(crate) fn snapshot(shared: &Shared) -> Snapshot {
    let gateway = lock(shared);
    Snapshot { now: gateway.clock.now(), world: gateway.world.clone() }
}

/// Goes back to a snapshot.
pub(crate) fn restore(shared: &Shared, snapshot: Snapshot) -> Value {
    let mut gateway = lock(shared);
    gateway.clock.set(snapshot.now);
    gateway.world = snapshot.world;
    json!({"ok": true})
}

fn health(shared: &Shared) -> Value {
    let gateway = lock(shared);
    json!({"ok": true, "methods": gateway.method_count(), "now": gateway.clock.now()})
}

fn reset(shared: &Shared) -> Value {
    lock(shared).reset();
    json!({"ok": true})
}

fn forget(shared: &Shared) -> Value {
    lock(shared).log.clear();
    json!({"ok": true})
}

fn clock(shared: &Shared) -> Value {
    let now = lock(shared).clock.now();
    json!({"now": now, "millis": now.millis()})
}

fn set_clock(shared: &Shared, change: ClockChange) -> Value {
    {
        let mut gateway = lock(shared);
        if let Some(to) = change.set {
            gateway.clock.set(to);
        }
        gateway.clock.advance(Duration::from_millis(change.advance_ms.unwrap_or_default()));
    }
    clock(shared)
}

fn add_faults(shared: &Shared, faults: Faults) -> Value {
    let mut gateway = lock(shared);
    match faults {
        Faults::Many(many) => gateway.faults.extend(many),
        Faults::One(one) => gateway.faults.push(one),
    }
    json!({"ok": true, "rules": gateway.faults.len()})
}

fn clear_faults(shared: &Shared) -> Value {
    lock(shared).clear_faults();
    json!({"ok": true})
}

fn happen(shared: &Shared, event: Event) -> Page {
    let mut gateway = lock(shared);
    let now = gateway.clock.now();
    gateway.world.happen(&event, now).map_err(|why| (StatusCode::CONFLICT, why))
}

async fn parse<T: DeserializeOwned>(body: Body) -> Result<T, (StatusCode, String)> {
    let body = read(body).await.map_err(|status| (status, "the body is too large or too slow".to_owned()))?;
    serde_json::from_slice(&body).map_err(|e| (StatusCode::BAD_REQUEST, e.to_string()))
}

fn to_json(value: &impl Serialize) -> Page {
    serde_json::to_value(value).map_err(|e| (StatusCode::INTERNAL_SERVER_ERROR, e.to_string()))
}

fn answer(page: Page) -> Response {
    let (status, value) = match page {
        Ok(value) => (StatusCode::OK, value),
        Err((status, why)) => (status, json!({"ok": false, "error": why})),
    };
    (status, [(header::CONTENT_TYPE, "application/json")], value.to_string()).into_response()
}
