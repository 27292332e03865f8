//! A count that is shared, and what happens while it cannot be reached.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use super::sim::Sim;
use super::*;
use crate::layer::SessionId;

/// A count for several limiters that can be made to fail.
#[derive(Debug, Default)]
struct Fake {
    down: AtomicBool,
    asked: AtomicU64,
    passed: AtomicU64,
    bans: Mutex<Vec<String>>,
    /// It takes questions and never answers.
    silent: AtomicBool,
}

impl Fake {
    async fn ask(&self) -> Result<(), Unreachable> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.silent.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
        if self.down.load(Ordering::Relaxed) { Err(Unreachable::new("it is down")) } else { Ok(()) }
    }
}

impl SharedCount for Arc<Fake> {
    fn take<'a>(&'a self, take: &'a Take<'a>) -> BoxFuture<'a, Result<Taken, Unreachable>> {
        Box::pin(async move {
            self.ask().await?;
            let bans = self.bans.lock().unwrap();
            if let Some(ban) = take.bans.iter().position(|ban| bans.contains(&format!("{} {ban}", take.app_key))) {
                return Ok(Taken::Banned { ban, time: ms(300) });
            }
            // Two in all, and then no more.
            match self.passed.fetch_add(1, Ordering::Relaxed) {
                0 | 1 => Ok(Taken::Passed),
                _ => Ok(Taken::Wait(ms(700))),
            }
        })
    }

    fn ban<'a>(&'a self, app_key: &'a str, key: &'a str, _: Duration) -> BoxFuture<'a, Result<(), Unreachable>> {
        Box::pin(async move {
            self.ask().await?;
            self.bans.lock().unwrap().push(format!("{app_key} {key}"));
            Ok(())
        })
    }
}

fn two_limiters(sim: &Sim, fake: &Arc<Fake>, what: WhenUnreachable) -> [RateLimiter; 2] {
    let limits = RateLimits::new().shared(Arc::clone(fake)).when_unreachable(what).wait(Wait::No);
    [limiter(sim, limits.clone()), limiter(sim, limits)]
}

const ASK: fn() -> Ask<'static> = || Ask::new(APP, "taobao.trade.get");

#[test]
fn limiters_count_and_are_banned_together() {
    let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
    let [a, b] = two_limiters(&sim, &fake, WhenUnreachable::Open);
    let ask = |limiter: &RateLimiter| sim.block_on(limiter.acquire(&ASK())).map_err(|e| (e.reason(), e.retry_after()));
    assert_eq!((ask(&a), ask(&b)), (Ok(Duration::ZERO), Ok(Duration::ZERO)));
    assert_eq!((ask(&a), ask(&b)), (Err((LimitReason::Rate, ms(700))), Err((LimitReason::Rate, ms(700)))));
    sim.block_on(a.refused(&ASK(), &refusal(7, "", "This ban will last for 5 more seconds")));
    assert_eq!(*fake.bans.lock().unwrap(), ["12345678 limit:trade"]);
    // Who was told knows the time; the others ask.
    assert_eq!(ask(&a), Err((LimitReason::Ban, Duration::from_secs(5))));
    assert_eq!(ask(&b), Err((LimitReason::Ban, ms(300))));
}

#[test]
fn open_goes_on_with_a_count_of_its_own() {
    let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
    let [a, b] = two_limiters(&sim, &fake, WhenUnreachable::Open);
    fake.down.store(true, Ordering::Relaxed);
    let count = |limiter: &RateLimiter| (0..100).take_while(|_| sim.block_on(limiter.acquire(&ASK())).is_ok()).count();
    assert_eq!((count(&a), count(&b)), (4, 4), "the burst of each");
    assert_eq!(fake.asked.load(Ordering::Relaxed), 2, "it is left alone for a second");
    // Bans are kept too.
    sim.block_on(a.refused(&ASK(), &refusal(7, "", "")));
    assert_eq!(sim.block_on(a.acquire(&ASK())).unwrap_err().reason(), LimitReason::Ban);
    fake.down.store(false, Ordering::Relaxed);
    sim.block_on(sim.sleep(PAUSE));
    assert_eq!((count(&a), count(&b)), (2, 0), "and then it counts again");
}

/// Each of two processes has half of the burst and half of the rate, while they cannot count together.
#[test]
fn alone_each_has_its_share() {
    let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
    let limits = RateLimits::new().tier("trade", Rate::per_minute(61).burst(2)).wait(Wait::Always).processes(2);
    let limiters = [(); 2].map(|()| limiter(&sim, limits.clone().shared(Arc::clone(&fake))));
    fake.down.store(true, Ordering::Relaxed);
    for _ in 0..10 {
        for limiter in &limiters {
            sim.block_on(limiter.acquire(&ASK())).unwrap();
        }
    }
    let apart = Duration::from_nanos(120_000_000_000_u64.div_ceil(61));
    assert_eq!(sim.elapsed(), apart * 9);
}

#[test]
fn closed_lets_nothing_pass() {
    let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
    let [a, _] = two_limiters(&sim, &fake, WhenUnreachable::Closed);
    fake.down.store(true, Ordering::Relaxed);
    for _ in 0..10 {
        let error = sim.block_on(a.acquire(&ASK())).unwrap_err();
        assert_eq!((error.reason(), error.retry_after()), (LimitReason::Unreachable, PAUSE));
        assert_eq!(
            error.to_string(),
            "taobao.trade.get: the shared count of the rate limit `trade` cannot be reached; nothing was sent"
        );
    }
    assert_eq!(fake.asked.load(Ordering::Relaxed), 1);
    // Who may wait passes as soon as it is back.
    let back = async {
        sim.at(ms(2_500)).await;
        fake.down.store(false, Ordering::Relaxed);
        Duration::ZERO
    };
    let patient = async { a.acquire(&ASK().wait(Wait::AtMost(ms(5_000)))).await.unwrap() };
    let tasks: [std::pin::Pin<Box<dyn Future<Output = Duration>>>; 2] = [Box::pin(back), Box::pin(patient)];
    assert_eq!(sim.run(tasks), [Duration::ZERO, ms(3_000)]);
}

/// What a process learns while the others cannot be told, they learn when they can.
#[test]
fn a_ban_that_could_not_be_shared_is_shared_later() {
    for left_alone_before in [false, true] {
        let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
        let [a, b] = two_limiters(&sim, &fake, WhenUnreachable::Open);
        fake.down.store(true, Ordering::Relaxed);
        if left_alone_before {
            sim.block_on(a.acquire(&ASK())).unwrap();
        }
        for (code, seconds) in [(7, 9), (5, 2)] {
            let told = format!("This ban will last for {seconds} more seconds");
            sim.block_on(a.refused(&ASK().session(SessionId::of("mine")), &refusal(code, "", &told)));
        }
        assert_eq!(fake.bans.lock().unwrap().len(), 0);
        fake.down.store(false, Ordering::Relaxed);
        sim.block_on(sim.sleep(Duration::from_secs(3)));
        // The next call of that process tells it, even one that is closed itself; what is over by then is not told.
        let error = sim.block_on(a.acquire(&ASK())).unwrap_err();
        assert_eq!((error.reason(), error.retry_after()), (LimitReason::Ban, Duration::from_secs(6)));
        assert_eq!(*fake.bans.lock().unwrap(), ["12345678 limit:trade"]);
        assert_eq!(sim.block_on(b.acquire(&ASK())).unwrap_err().reason(), LimitReason::Ban);
        let asked = fake.asked.load(Ordering::Relaxed);
        sim.block_on(a.acquire(&ASK())).unwrap_err();
        assert_eq!(fake.asked.load(Ordering::Relaxed), asked, "it is told once");
    }
}

/// A ban that the others told is known from then on: the count is not asked again, and may go.
#[test]
fn a_ban_of_others_lasts_though_the_count_goes() {
    let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
    let [a, b] = two_limiters(&sim, &fake, WhenUnreachable::Open);
    sim.block_on(a.refused(&ASK(), &refusal(7, "", "This ban will last for 5 more seconds")));
    let ask = |method| sim.block_on(b.acquire(&Ask::new(APP, method))).map_err(|e| (e.reason(), e.retry_after()));
    assert_eq!(ask("taobao.trade.get"), Err((LimitReason::Ban, ms(300))));
    let asked = fake.asked.load(Ordering::Relaxed);
    fake.down.store(true, Ordering::Relaxed);
    assert_eq!(ask("taobao.trade.fullinfo.get"), Err((LimitReason::Ban, ms(300))), "the ban is about all of the tier");
    assert_eq!(fake.asked.load(Ordering::Relaxed), asked);
    assert_eq!(ask("taobao.time.get"), Ok(Duration::ZERO), "and about nothing else");
}

/// A count that never answers holds a call no longer than it may wait, and its deadline no longer than that.
#[test]
fn a_silent_count_holds_nobody_beyond_its_time() {
    for (what, wait, remaining, expected, asked) in [
        (WhenUnreachable::Open, Wait::AtMost(ms(400)), None, Ok(500), 1),
        (WhenUnreachable::Open, Wait::Always, Some(ms(300)), Ok(300), 1),
        (WhenUnreachable::Closed, Wait::AtMost(ms(400)), None, Err((LimitReason::Unreachable, 500)), 1),
        (WhenUnreachable::Closed, Wait::No, Some(ms(200)), Err((LimitReason::Unreachable, 200)), 1),
        (WhenUnreachable::Closed, Wait::Always, Some(ms(50)), Err((LimitReason::Unreachable, 50)), 2),
    ] {
        let (sim, fake) = (Sim::new(), Arc::new(Fake::default()));
        let [limiter, _] = two_limiters(&sim, &fake, what);
        fake.silent.store(true, Ordering::Relaxed);
        let ask = || {
            let mut ask = ASK().wait(wait);
            ask.remaining = remaining;
            ask
        };
        // A call that waits for its deadline stops a nanosecond before it.
        let milliseconds = |time: Duration| time.as_nanos().div_ceil(1_000_000);
        let outcome = sim.block_on(limiter.acquire(&ask()));
        let took = milliseconds(sim.elapsed());
        let outcome = outcome.map(|_| took).map_err(|error| (error.reason(), took));
        assert_eq!(outcome, expected, "{what:?} {wait:?}");
        let _ = sim.block_on(limiter.acquire(&ask()));
        assert_eq!(
            fake.asked.load(Ordering::Relaxed),
            asked,
            "a moment of silence says nothing about the count: {what:?}"
        );
    }
}
