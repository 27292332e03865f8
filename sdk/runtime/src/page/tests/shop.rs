//! A shop whose trades change between the pages.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::at;
use crate::client::Clock;
use crate::transport::{BoxFuture, HttpRequest, HttpResponse, Transport};
use crate::{DateTime, Error};

/// What happens between two calls.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change {
    /// A trade is changed.
    Touch(usize),
    /// A new one is made.
    Create,
    /// A change shows so many seconds after it happened.
    Late(i64),
    /// A trade is gone.
    Remove(usize),
    /// Time passes.
    Wait(i64),
}

#[derive(Default)]
pub(super) struct Shop {
    state: Mutex<State>,
}

#[derive(Default)]
pub(super) struct State {
    pub(super) now: i64,
    /// Times of the last change by trade id.
    pub(super) trades: BTreeMap<i64, i64>,
    next: i64,
    /// What happens before each of the next calls.
    pub(super) script: VecDeque<Vec<Change>>,
    /// Parameters of the calls so far.
    pub(super) calls: Vec<BTreeMap<String, String>>,
    /// Most rows of a page, whatever is asked for.
    pub(super) cap: Option<usize>,
    /// The total that is told, whatever there is.
    pub(super) total: Option<u64>,
    /// Whether pages come oldest first.
    pub(super) oldest_first: bool,
}

impl State {
    pub(super) fn create(&mut self, modified: i64) {
        self.next += 1;
        self.trades.insert(self.next, modified);
    }

    pub(super) fn apply(&mut self, change: Change) {
        let chosen =
            |index: usize, trades: &BTreeMap<i64, i64>| trades.keys().nth(index % trades.len().max(1)).copied();
        match change {
            Change::Wait(seconds) => self.now += seconds,
            Change::Create => self.create(self.now),
            Change::Late(seconds) => self.create(self.now - seconds),
            Change::Touch(index) => {
                if let Some(tid) = chosen(index, &self.trades) {
                    self.trades.insert(tid, self.now);
                }
            }
            Change::Remove(index) => {
                chosen(index, &self.trades).map(|tid| self.trades.remove(&tid));
            }
        }
    }

    /// The page that is asked for, with bounds that belong to the window, as the platform has them.
    fn answer(&mut self, params: &BTreeMap<String, String>) -> String {
        for change in self.script.pop_front().unwrap_or_default() {
            self.apply(change);
        }
        let time = |name: &str| params.get(name).and_then(|text| text.parse::<DateTime>().ok());
        let number = |name: &str| params.get(name).and_then(|text| text.parse::<usize>().ok());
        let (from, to) = (time("start_modified"), time("end_modified"));
        let inside =
            |modified: DateTime| from.is_none_or(|from| from <= modified) && to.is_none_or(|to| modified <= to);
        let mut trades: Vec<(i64, i64)> = self.trades.iter().map(|(tid, modified)| (*modified, *tid)).collect();
        trades.retain(|(modified, _)| inside(at(*modified)));
        trades.sort_unstable();
        if !self.oldest_first {
            trades.reverse();
        }
        let size = number("page_size").unwrap_or(40).min(self.cap.unwrap_or(usize::MAX));
        let skip = number("offset").unwrap_or((number("page_no").unwrap_or(1) - 1).saturating_mul(size));
        let mut rows = String::new();
        for (modified, tid) in trades.iter().skip(skip).take(size) {
            let _ = write!(rows, "{{\"tid\":{tid},\"modified\":\"{}\"}},", at(*modified));
        }
        let rows = rows.trim_end_matches(',');
        let (total, has_next) = (self.total.unwrap_or(trades.len() as u64), trades.len() > skip.saturating_add(size));
        if params["method"].contains("plain") {
            return format!(r#"{{"x_response":{{"result":{{"total":{total},"rows":{{"trade":[{rows}]}}}}}}}}"#);
        }
        let told = match params.get("use_has_next").map(String::as_str) {
            Some("true") => format!("\"has_next\":{has_next}"),
            _ => format!("\"total_results\":{total}"),
        };
        format!(r#"{{"x_response":{{"trades":{{"trade":[{rows}]}},{told}}}}}"#)
    }
}

impl Shop {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// A value of all calls so far, by the name of its parameter.
    pub(super) fn sent(&self, name: &str) -> Vec<String> {
        self.lock().calls.iter().map(|call| call.get(name).cloned().unwrap_or_default()).collect()
    }
}

impl Transport for Arc<Shop> {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        let query = request.url.split_once('?').map_or("", |(_, query)| query);
        let body = String::from_utf8_lossy(&request.body);
        let params: BTreeMap<_, _> = [query, &body].into_iter().flat_map(crate::transport::decode).collect();
        let mut state = self.lock();
        let body = state.answer(&params).into_bytes();
        state.calls.push(params);
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body }) })
    }
}

impl Clock for Arc<Shop> {
    fn now(&self) -> SystemTime {
        let millis = at(self.lock().now).unix_millis();
        UNIX_EPOCH + Duration::from_millis(u64::try_from(millis).unwrap())
    }
}
