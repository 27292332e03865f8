//! The level behind the processes' own caches: shared, broken, slow.

use super::*;
use crate::client::Timer;

/// Generations and bytes by key.
type Values = HashMap<String, (Vec<u64>, Vec<u8>)>;

/// A second level in memory, which can be broken or never answer.
#[derive(Debug, Clone, Default)]
struct Shelf {
    values: Arc<Mutex<Values>>,
    generations: Arc<Mutex<HashMap<String, u64>>>,
    state: Arc<Mutex<State>>,
    /// What it was asked for, in order.
    asked: Arc<Mutex<Vec<&'static str>>>,
}

#[derive(Debug, Clone, Default)]
enum State {
    #[default]
    Up,
    Broken,
    /// It answers when this time has passed.
    Slow(VirtualTimer, Duration),
    Hanging,
}

impl Shelf {
    async fn up(&self, what: &'static str) -> Result<(), StoreError> {
        self.asked.lock().unwrap().push(what);
        let state = self.state.lock().unwrap().clone();
        match state {
            State::Up => Ok(()),
            State::Broken => Err(StoreError::new("broken")),
            State::Slow(timer, time) => {
                timer.sleep(time).await;
                Ok(())
            }
            State::Hanging => std::future::pending().await,
        }
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap() = state;
    }

    fn asked(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl CacheStore for Shelf {
    fn get<'a>(&'a self, name: &'a str, tags: &'a [String]) -> BoxFuture<'a, Result<Found, StoreError>> {
        Box::pin(async move {
            self.up("get").await?;
            let all = self.generations.lock().unwrap();
            let generations: Vec<u64> = tags.iter().map(|tag| all.get(tag).copied().unwrap_or(0)).collect();
            let value = self.values.lock().unwrap().get(name).cloned();
            let value = value.filter(|(kept_with, _)| *kept_with == generations).map(|(_, value)| value);
            Ok(Found { value, generations, corrupt: false })
        })
    }

    fn put<'a>(
        &'a self,
        name: &'a str,
        value: &'a [u8],
        generations: &'a [u64],
        _: Duration,
    ) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.up("put").await?;
            self.values.lock().unwrap().insert(name.to_owned(), (generations.to_vec(), value.to_vec()));
            Ok(())
        })
    }

    fn invalidate<'a>(&'a self, tags: &'a [String]) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            self.up("invalidate").await?;
            tags.iter().for_each(|tag| *self.generations.lock().unwrap().entry(tag.clone()).or_default() += 1);
            Ok(())
        })
    }
}

/// Two processes with one second level.
fn two() -> (Scene, Scene, Shelf) {
    let shelf = Shelf::default();
    let first = Scene::new(CacheSettings::new().store(shelf.clone()));
    let second = Scene::new(CacheSettings::new().store(shelf.clone()));
    // They live at the same time.
    (Scene { timer: second.timer.clone(), ..first }, second, shelf)
}

#[tokio::test]
async fn processes_share_a_second_level() {
    let (one, two, _) = two();
    let (first, second) = (one.client(), two.client());
    one.title("old");
    two.title("unasked");
    title(&first).await;
    assert_eq!((title(&second).await.as_str(), two.asked()), ("old", 0));
    assert_eq!(two.cache.stats().second_level_hits, 1);
    // The other's write shows here within the time of `recheck`, and at once in its own process.
    one.title("new");
    one.wait(1);
    first.call(ItemQuantityUpdate::new(1)).await.unwrap();
    assert_eq!(title(&first).await, "new");
    assert_eq!(title(&second).await, "new");
    assert_eq!(two.asked(), 0);
}

#[tokio::test]
async fn a_broken_second_level_fails_no_call_and_hears_of_writes_later() {
    let (one, two, shelf) = two();
    let (first, second) = (one.client(), two.client());
    one.title("old");
    title(&first).await;
    title(&second).await;
    shelf.set(State::Broken);
    one.wait(2);
    // What is kept here is given meanwhile.
    assert_eq!(title(&first).await, "old");
    one.title("new");
    first.call(ItemQuantityUpdate::new(1)).await.unwrap();
    assert_eq!(title(&first).await, "new", "a write shows in its own process whatever the second level does");
    assert!(one.cache.stats().unreachable > 0);
    shelf.set(State::Up);
    one.wait(2);
    two.title("new too");
    title(&first).await;
    one.wait(2);
    assert_ne!(title(&second).await, "old", "the second level has heard of the write");
}

/// Each question to the second level is a way over the network.
#[tokio::test]
async fn a_call_asks_the_second_level_once() {
    let shelf = Shelf::default();
    let scene = Scene::new(CacheSettings::new().store(shelf.clone()).stale_while_revalidate(seconds(20)));
    let client = scene.client();
    let call = |policy| client.call(ItemSellerGet::new(1)).with_cache(policy);
    scene.title("x");
    call(CachePolicy::Use).await.unwrap();
    assert_eq!(shelf.asked(), ["get", "put"], "a miss");
    call(CachePolicy::Use).await.unwrap();
    assert_eq!(shelf.asked(), [""; 0], "a hit here");
    scene.wait(2);
    call(CachePolicy::Use).await.unwrap();
    assert_eq!(shelf.asked(), ["get"], "a hit there");
    call(CachePolicy::Refresh).await.unwrap();
    assert_eq!(shelf.asked(), ["get", "put"], "a call that refreshes");
    call(CachePolicy::Bypass).await.unwrap();
    assert_eq!(shelf.asked(), [""; 0], "a call that bypasses it");
    // An old answer that is still there, and one that another process has left.
    for forget in [false, true] {
        if forget {
            scene.cache.clear();
        }
        let before = scene.cache.stats();
        scene.wait(12);
        call(CachePolicy::Use).await.unwrap();
        while scene.cache.stats().kept == before.kept {
            tokio::task::yield_now().await;
        }
        assert_eq!(scene.cache.stats().stale, before.stale + 1);
        assert_eq!(shelf.asked(), ["get", "put"], "an old answer, {forget}");
    }
    client.call(ItemQuantityUpdate::new(1)).await.unwrap();
    assert_eq!(shelf.asked(), ["invalidate"], "a write");
    // One that does not answer is not asked once more.
    scene.wait(2);
    shelf.set(State::Broken);
    call(CachePolicy::Use).await.unwrap();
    assert_eq!(shelf.asked(), ["get"], "an outage");
}

/// The generations that the second level tells at the first look are from before the platform is asked.
#[tokio::test]
async fn a_write_of_another_process_during_a_read_is_not_lost() {
    let (one, two, shelf) = two();
    let gate = Gate { open: Arc::new(tokio::sync::Semaphore::new(0)), asked: Arc::default() };
    let slow = one.builder().transport(gate.clone()).cache(&one.cache).build().unwrap();
    let reading = tokio::spawn(slow.call(ItemSellerGet::new(1)).into_future());
    while *gate.asked.lock().unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    two.title("new");
    two.client().call(ItemQuantityUpdate::new(1)).await.unwrap();
    gate.open.add_permits(1);
    assert_eq!(reading.await.unwrap().unwrap().title.as_deref(), Some("x"));
    assert_eq!(shelf.asked(), ["get", "invalidate", "put"]);
    assert_eq!(title(&two.client()).await, "new", "what was read before the write is not taken for its result");
}

/// So many writes during an outage that they are not remembered one by one.
#[tokio::test]
async fn no_write_of_a_long_outage_is_forgotten() {
    for (writes, told) in [(second::UNTOLD - 1, second::UNTOLD), (second::UNTOLD + 1, 1)] {
        let (one, two, shelf) = two();
        let (first, second) = (one.client(), two.client());
        one.title("old");
        title(&first).await;
        shelf.set(State::Broken);
        one.wait(2);
        for write in 0..writes {
            one.cache.invalidate("12345678", "item", &(write + 2).to_string()).await;
        }
        one.title("new");
        two.title("new");
        first.call(ItemQuantityUpdate::new(1)).await.unwrap();
        shelf.set(State::Up);
        one.wait(2);
        first.call(ItemSellerGet::new(5)).await.unwrap();
        assert_eq!(title(&second).await, "new", "{writes}");
        assert_eq!(shelf.generations.lock().unwrap().len(), told);
        // Afterwards all is as before.
        shelf.asked();
        two.cache.clear();
        assert_eq!((title(&second).await.as_str(), shelf.asked()), ("new", vec!["get"]));
    }
}

/// A timer whose waits do not end.
struct Endless;

impl Timer for Endless {
    fn now(&self) -> std::time::Instant {
        std::time::Instant::now()
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'_, ()> {
        Box::pin(std::future::pending())
    }
}

/// Whoever writes may go away while the second level is told of it.
#[tokio::test]
async fn a_write_that_nobody_waits_for_any_more_is_told_later() {
    let (one, two, shelf) = two();
    let (first, second) = (one.builder().timer(Endless).cache(&one.cache).build().unwrap(), two.client());
    one.title("old");
    title(&first).await;
    shelf.set(State::Hanging);
    let write = tokio::spawn(first.call(ItemQuantityUpdate::new(1)).into_future());
    while !shelf.asked().contains(&"invalidate") {
        tokio::task::yield_now().await;
    }
    write.abort();
    assert!(write.await.is_err());
    shelf.set(State::Up);
    first.call(ItemSellerGet::new(2)).await.unwrap();
    assert_eq!(shelf.asked(), ["invalidate", "get", "put"]);
    two.title("new");
    assert_eq!(title(&second).await, "new");
}

/// The second level may take a quarter of the time that a call has, and no longer than its own patience.
#[tokio::test]
async fn a_second_level_that_does_not_answer_fails_no_call() {
    const MS: fn(u64) -> Duration = Duration::from_millis;
    for (deadline, expected) in [(None, MS(250)), (Some(MS(250)), MS(250) / 4), (Some(seconds(60)), MS(250))] {
        let (one, _, shelf) = two();
        let mut client = one.builder().cache(&one.cache);
        if let Some(time) = deadline {
            client = client.deadline(time);
        }
        let client = client.build().unwrap();
        one.title("x");
        shelf.set(State::Hanging);
        assert_eq!(title(&client).await, "x", "{deadline:?}");
        assert_eq!((one.timer.passed(), shelf.asked()), (expected, vec!["get"]), "{deadline:?}");
        // It is left alone for a second.
        client.call(ItemSellerGet::new(2)).await.unwrap();
        client.call(ItemQuantityUpdate::new(1)).await.unwrap();
        assert_eq!((one.timer.passed(), shelf.asked()), (expected, vec![]), "{deadline:?}");
        one.wait(1);
        client.call(ItemQuantityUpdate::new(2)).await.unwrap();
        assert_eq!((one.timer.passed(), shelf.asked()), (expected * 2 + seconds(1), vec!["invalidate"]));
        assert_eq!(one.cache.stats().unreachable, 2);
        // What it has not heard of it hears later.
        shelf.set(State::Up);
        one.wait(1);
        assert_eq!(title(&client).await, "x");
        assert_eq!(shelf.asked(), ["invalidate", "get", "put"]);
        assert_eq!(shelf.generations.lock().unwrap().len(), 2);
    }
    // Who has hardly any time says nothing about it.
    let (one, _, shelf) = two();
    one.title("x");
    shelf.set(State::Hanging);
    one.client().call(ItemSellerGet::new(1)).with_deadline(MS(20)).await.unwrap();
    assert_eq!(one.cache.stats().unreachable, 0);
}

/// An answer is not held back until it is kept.
#[tokio::test]
async fn an_answer_is_given_though_it_cannot_be_kept_in_time() {
    let (one, _, shelf) = two();
    let gate = Gate { open: Arc::new(tokio::sync::Semaphore::new(0)), asked: Arc::default() };
    let client = one.builder().transport(gate.clone()).cache(&one.cache).deadline(seconds(1)).build().unwrap();
    let reading = tokio::spawn(client.call(ItemSellerGet::new(1)).into_future());
    while *gate.asked.lock().unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    shelf.set(State::Hanging);
    one.timer.advance(Duration::from_millis(990));
    gate.open.add_permits(1);
    assert_eq!(reading.await.unwrap().unwrap().title.as_deref(), Some("x"));
    assert_eq!(shelf.asked(), ["get", "put"]);
    assert!(one.timer.passed() < seconds(1), "{:?}", one.timer.passed());
}

/// One that only just answers in its time is worse than none.
#[tokio::test]
async fn a_slow_second_level_is_left_alone_after_its_answer() {
    for (time, asked) in [(125, vec!["get", "get"]), (126, vec!["get"])] {
        let (one, two, shelf) = two();
        one.title("x");
        title(&one.client()).await;
        two.title("y");
        let second = two.client();
        second.call(ItemSellerGet::new(3)).await.unwrap();
        shelf.asked();
        shelf.set(State::Slow(two.timer.clone(), Duration::from_millis(time)));
        assert_eq!((title(&second).await.as_str(), two.cache.stats().second_level_hits), ("x", 1));
        // Another call, whose answer is here already and would have to be looked up again.
        two.timer.advance(Duration::from_millis(999));
        second.call(ItemSellerGet::new(3)).await.unwrap();
        assert_eq!(shelf.asked(), asked, "{time}");
        assert_eq!(two.cache.stats().unreachable, u64::from(asked.len() == 1));
    }
}

/// The time of a platform that is slow counts too.
#[tokio::test]
async fn what_took_long_to_fetch_is_looked_up_again_soon() {
    let (one, two, shelf) = two();
    let gate = Gate { open: Arc::new(tokio::sync::Semaphore::new(0)), asked: Arc::default() };
    let slow = one.builder().transport(gate.clone()).cache(&one.cache).build().unwrap();
    let reading = tokio::spawn(slow.call(ItemSellerGet::new(1)).into_future());
    while *gate.asked.lock().unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    two.title("new");
    two.client().call(ItemQuantityUpdate::new(1)).await.unwrap();
    one.wait(1);
    gate.open.add_permits(2);
    reading.await.unwrap().unwrap();
    title(&slow).await;
    assert_eq!(*gate.asked.lock().unwrap(), 2, "{:?}", shelf.asked());
}

/// The second level still has it, until there is a new one.
#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_taken_from_the_second_level_again() {
    let (one, two, _) = two();
    one.stage.answer(METHOD, r#"{"item_seller_get_response":{"title":"x","num":"many"}}"#.to_owned());
    title(&one.client()).await;
    let strict = two.builder().strict(true).cache(&two.cache).build().unwrap();
    two.title("y");
    assert!(strict.call(ItemSellerGet::new(1)).await.is_err());
    assert_eq!(strict.call(ItemSellerGet::new(1)).await.unwrap().title.as_deref(), Some("y"));
    one.wait(1);
    assert_eq!((title(&one.client()).await.as_str(), one.asked(), two.asked()), ("y", 1, 1));
}

#[tokio::test]
async fn what_is_no_value_is_a_miss() {
    let (one, _, shelf) = two();
    let client = one.client();
    one.title("x");
    title(&client).await;
    for junk in [&b""[..], b"junk", &[9; 40]] {
        shelf.values.lock().unwrap().values_mut().for_each(|value| value.1 = junk.to_vec());
        one.cache.clear();
        assert_eq!(title(&client).await, "x");
    }
    assert_eq!((one.cache.stats().corrupt, one.asked()), (3, 4));
}
