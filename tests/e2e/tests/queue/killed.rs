//! A worker that is killed loses nothing, and repeats only what it had not acknowledged.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use topsdk::item::{ItemQuantityUpdate, QuantityUpdateMode};
use topsdk::queue::{OnDoubt, Queue, QueueSettings, Reason};
use topsdk_sandbox::fixtures::ITEM_IN_STOCK;
use topsdk_sandbox::{Fault, Sandbox};

use super::Place;
use crate::support::{client, sandbox};

const JOBS: i64 = 1_000;

/// What a worker makes at once, and so the most that it can leave in doubt.
const AT_ONCE: i64 = 8;

/// Jobs that are applied when a worker is killed.
const KILLS: [i64; 2] = [300, 600];

/// The items whose stocks tell how often each job was applied.
const FIRST: i64 = 530_000_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    kill(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis() {
    if let Some(place) = Place::redis() {
        kill(&place).await;
    }
}

async fn kill(place: &Place) {
    let sandbox = sandbox().await;
    sandbox.with_state(|world| {
        let item = world.items.get(&ITEM_IN_STOCK).unwrap().clone();
        for at in 0..JOBS {
            let mut item = item.clone();
            (item.num_iid, item.num) = (FIRST + at, 0);
            item.skus.clear();
            world.items.insert(FIRST + at, item);
        }
    });
    // Half of the calls are still on their way when the worker dies, the other half have taken effect.
    sandbox.fault(Fault::latency(4).probability(0.5));
    sandbox.fault(Fault::latency(4).after_effect());
    let settings = match place {
        Place::Sqlite(_) => QueueSettings::sqlite(place.address()),
        Place::Redis(_) => QueueSettings::redis(place.address()),
    };
    let queue = Queue::open(&client(&sandbox), settings).await.unwrap();
    for at in 0..JOBS {
        let request = ItemQuantityUpdate::new(FIRST + at, 1).type_(QuantityUpdateMode::Adjust);
        queue.enqueue(request).with_on_doubt(on_doubt(at)).await.unwrap();
    }
    for kill in KILLS {
        let mut worker = start(&sandbox, place);
        while applied(&sandbox).iter().filter(|times| **times > 0).count() < usize::try_from(kill).unwrap() {
            assert!(worker.try_wait().unwrap().is_none(), "the worker has ended by itself");
            assert!(queue.inspect().await.unwrap().dead < 100, "{:?}", queue.dead(1).await);
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // SIGKILL: nothing of it can be caught.
        worker.kill().unwrap();
        worker.wait().unwrap();
        let left = queue.inspect().await.unwrap();
        assert!(left.done < u64::try_from(JOBS).unwrap(), "{left:?}");
    }
    let mut worker = start(&sandbox, place);
    let counts = loop {
        let counts = queue.inspect().await.unwrap();
        if counts.waiting + counts.delayed + counts.running == 0 {
            break counts;
        }
        assert!(worker.try_wait().unwrap().is_none(), "the worker has ended by itself");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    drop(worker.stdin.take());
    assert!(worker.wait().unwrap().success());

    let dead = queue.dead(u32::MAX).await.unwrap();
    assert_eq!(counts.done + counts.dead, u64::try_from(JOBS).unwrap(), "nothing is lost: {counts:?}");
    assert!(dead.iter().all(|job| job.failure.as_ref().unwrap().reason == Reason::InDoubt), "{dead:?}");
    let most = AT_ONCE * i64::try_from(KILLS.len()).unwrap();
    assert!(dead.len() <= usize::try_from(most).unwrap(), "{} dead letters", dead.len());
    let applied = applied(&sandbox);
    let (mut missing, mut repeated) = (0, 0);
    for (at, times) in (0..).zip(&applied) {
        match on_doubt(at) {
            OnDoubt::Repeat => assert!(*times >= 1, "job {at} is lost"),
            _ => assert!(*times <= 1, "job {at}, which must not be repeated, was applied {times} times"),
        }
        missing += usize::from(*times == 0);
        repeated += (times - 1).max(0);
    }
    assert!(missing <= dead.len(), "{missing} not applied, {} dead letters", dead.len());
    assert!(repeated <= most, "{repeated} repeated");
    println!("{JOBS} jobs, {} kills: {repeated} repeated, {} in doubt, {missing} not applied", KILLS.len(), dead.len());
}

/// Each second job may be repeated.
fn on_doubt(job: i64) -> OnDoubt {
    if job % 2 == 0 { OnDoubt::Repeat } else { OnDoubt::DeadLetter }
}

/// How often each job was applied.
fn applied(sandbox: &Sandbox) -> Vec<i64> {
    sandbox.with_state(|world| world.items.range(FIRST..FIRST + JOBS).map(|(_, item)| item.num).collect())
}

fn start(sandbox: &Sandbox, place: &Place) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_queue_worker"));
    command.args([sandbox.rest_url(), place.address()]).stdin(Stdio::piped()).spawn().unwrap()
}
