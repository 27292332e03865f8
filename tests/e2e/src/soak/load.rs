//! The calls of the soak.

use std::sync::Arc;
use std::time::{Duration, Instant};

use topsdk::client::{Random as _, SplitMix};
use topsdk::item::{ItemQuantityUpdate, QuantityUpdateMode};
use topsdk::layer::Priority;
use topsdk::queue::Queue;
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate, TradesSoldGet};
use topsdk::{Client, Error};
use topsdk_sandbox::fixtures::{OPEN_REFUND, PAID_TRADE, SESSION, TRADE_WITH_MEMO};

use super::gateway::{MESSAGE, OTHER_SESSION, QUEUED_ITEM};
use super::tally::{Ended, Kind, Tally, Write};
use crate::file;

/// Longest pause of a worker between two calls.
const PAUSE: u64 = 300;

/// One caller, one call after the other.
pub(super) struct Worker {
    pub(super) client: Client,
    pub(super) queue: Queue,
    pub(super) chance: SplitMix,
    pub(super) tally: Arc<Tally>,
}

impl Worker {
    pub(super) async fn run(self, end: Instant) {
        while Instant::now() < end {
            // Seven in ten read, as in a shop.
            match self.below(21) {
                0..=8 => self.read().await,
                9..=11 => self.list().await,
                12..=13 => self.by_name().await,
                14..=15 => self.idempotent().await,
                16..=17 => self.write().await,
                18 => self.refused().await,
                19 => self.queued().await,
                _ => self.cancelled().await,
            }
            tokio::time::sleep(Duration::from_millis(self.below(PAUSE))).await;
        }
    }

    fn below(&self, most: u64) -> u64 {
        self.chance.next() % most
    }

    fn session(&self) -> &'static str {
        if self.below(2) == 0 { SESSION } else { OTHER_SESSION }
    }

    fn priority(&self) -> Priority {
        if self.below(4) == 0 { Priority::Background } else { Priority::Interactive }
    }

    async fn read(&self) {
        let call = self.client.call(TradeFullinfoGet::new("tid,status,payment", PAID_TRADE));
        let outcome = call.with_session(self.session()).with_priority(self.priority()).await;
        let right = |trade: Option<i64>| trade == Some(PAID_TRADE);
        let outcome = outcome.map(|reply| (right(reply.trade.as_ref().and_then(|t| t.tid)), reply.attempts().count()));
        self.told(Kind::Read, outcome);
    }

    async fn list(&self) {
        let call = self.client.call(TradesSoldGet::new("tid,status").page_size(5));
        let outcome = call.with_session(self.session()).with_priority(self.priority()).await;
        self.told(Kind::Read, outcome.map(|reply| (reply.trades.len() == 5, reply.attempts().count())));
    }

    async fn by_name(&self) {
        let outcome = self.client.untyped("taobao.time.get").with_priority(self.priority()).raw().await;
        let outcome = outcome.map(|reply| {
            let body = String::from_utf8_lossy(reply.body());
            (body.contains("time_get_response"), reply.attempts().count())
        });
        self.told(Kind::ByName, outcome);
    }

    async fn idempotent(&self) {
        let memo = format!("memo {}", self.below(1_000));
        let call = self.client.call(TradeMemoUpdate::new(TRADE_WITH_MEMO).memo(memo));
        let outcome = call.with_session(self.session()).await;
        let outcome = outcome.map(|reply| {
            let tid = reply.trade.as_ref().and_then(|trade| trade.tid);
            (tid == Some(TRADE_WITH_MEMO), reply.attempts().count())
        });
        self.told(Kind::Idempotent, outcome);
    }

    async fn write(&self) {
        let number = self.tally.new_write();
        match self.message(number).await {
            Ok(attempts) => {
                self.tally.write(number, Write::Done);
                self.tally.count(Kind::Write, Ended::Well, attempts);
            }
            Err(error) if error.may_have_reached_platform() => {
                self.tally.write(number, Write::InDoubt);
                self.tally.count(Kind::Write, Ended::InDoubt, error.attempts().count());
            }
            Err(error) => {
                self.tally.write(number, Write::NotDone);
                self.tally.failed(Kind::Write, &error);
            }
        }
    }

    async fn message(&self, number: usize) -> Result<u32, Error> {
        let request = RefundMessageAdd::new(OPEN_REFUND, format!("{MESSAGE}{number}"), file("a.gif"));
        let reply = self.client.call(request).with_session(self.session()).await?;
        Ok(reply.attempts().count())
    }

    /// The platform has to say no, and the SDK to tell what it said.
    async fn refused(&self) {
        let outcome = self.client.call(TradeFullinfoGet::new("tid", 1)).with_priority(self.priority()).await;
        match outcome {
            Err(error) if error.sub_code() == Some("isv.trade-not-exist") => {
                self.tally.count(Kind::Refused, Ended::Well, error.attempts().count());
            }
            Err(error) => self.tally.failed(Kind::Refused, &error),
            Ok(_) => self.tally.wrong(Kind::Refused),
        }
    }

    /// A write for later. What became of it is asked of the queue in the end.
    async fn queued(&self) {
        let request = ItemQuantityUpdate::new(QUEUED_ITEM, 1).type_(QuantityUpdateMode::Adjust);
        if let Err(error) = self.queue.enqueue(request).with_session(self.session()).await {
            self.tally.not_enqueued(&error);
        }
    }

    /// Half of them write; what became of those only the gateway knows.
    async fn cancelled(&self) {
        let limit = Duration::from_millis(self.below(20));
        if self.below(2) == 0 {
            let number = self.tally.new_write();
            // A call that was quicker than its limit is none that was cancelled, but nobody waits to be told.
            drop(tokio::time::timeout(limit, self.message(number)).await);
            self.tally.write(number, Write::InDoubt);
        } else {
            let call = self.client.call(TradeFullinfoGet::new("tid", PAID_TRADE)).send();
            drop(tokio::time::timeout(limit, call).await);
        }
        self.tally.count(Kind::Cancelled, Ended::Well, 0);
    }

    /// Counts a call that must succeed: whether its answer is the right one, and its attempts.
    fn told(&self, kind: Kind, outcome: Result<(bool, u32), Error>) {
        match outcome {
            Ok((true, attempts)) => self.tally.count(kind, Ended::Well, attempts),
            Ok((false, _)) => self.tally.wrong(kind),
            Err(error) => self.tally.failed(kind, &error),
        }
    }
}
