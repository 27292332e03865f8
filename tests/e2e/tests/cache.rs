//! The cache against the sandbox, and shared through a real Redis. The rules themselves are tested beside it.

use std::future::{IntoFuture, poll_fn};
use std::task::Poll;
use std::time::Duration;

use topsdk::item::{ItemQuantityUpdate, ItemSellerGet, ItemSkuGet};
use topsdk::layer::cache::{Cache, CacheKeys, CachePolicy, CacheSettings, RedisCache};
use topsdk::queue::{Queue, QueueSettings};
use topsdk::{Client, Error, Fields, Source, UntypedCall};
use topsdk_e2e::redis::Redis;
use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::{APP_SECRET, FIRST_ITEM, FIRST_SKU, ITEM_IN_STOCK, ITEM_WITH_SKUS, SESSION};

use crate::support::redis::{redis, say};
use crate::support::{builder, sandbox};

const READ: &str = "taobao.item.seller.get";
const WRITE: &str = "taobao.item.quantity.update";

/// No test outlasts it.
const LONG: Duration = Duration::from_secs(3_600);

fn client(sandbox: &Sandbox, cache: &Cache) -> Client {
    builder(sandbox).cache(cache).build().unwrap()
}

fn item(id: i64) -> ItemSellerGet {
    ItemSellerGet::new(Fields::of(["num_iid", "title", "num"]), id)
}

/// The stock, and whether the platform was not asked.
async fn stock(client: &Client, id: i64) -> (i64, bool) {
    let reply = client.call(item(id)).await.unwrap();
    let kept = matches!(reply.source(), Source::Cache { stale: false, .. });
    (reply.item.as_ref().unwrap().num.unwrap(), kept)
}

async fn set_stock(client: &Client, id: i64, quantity: i64) {
    client.call(ItemQuantityUpdate::new(id, quantity)).await.unwrap();
    // An answer of the same millisecond may be from before the write: no process takes it over.
    tokio::time::sleep(Duration::from_millis(2)).await;
}

/// How often the item was asked for.
fn asked(sandbox: &Sandbox) -> usize {
    sandbox.requests().iter().filter(|request| request.method == READ).count()
}

/// A cache as a process has it: it asks Redis each time whether what it keeps still holds.
fn shared(redis: &Redis, keys: CacheKeys) -> Cache {
    let store = RedisCache::new(&redis.url()).unwrap().timeout(Duration::from_secs(2)).keys(keys);
    let settings = CacheSettings::new().method(READ, LONG).absent(LONG);
    Cache::new(settings.store(store).recheck(Duration::ZERO)).unwrap()
}

#[tokio::test]
async fn an_item_is_asked_for_once_until_its_stock_changes() {
    let sandbox = sandbox().await;
    let cache = Cache::new(CacheSettings::new().method(READ, LONG)).unwrap();
    let client = client(&sandbox, &cache);
    let (before, _) = stock(&client, FIRST_ITEM).await;
    let (other, _) = stock(&client, ITEM_IN_STOCK).await;
    assert_eq!(stock(&client, FIRST_ITEM).await, (before, true));
    assert_eq!(asked(&sandbox), 2);

    set_stock(&client, FIRST_ITEM, before + 5).await;
    assert_eq!(stock(&client, FIRST_ITEM).await, (before + 5, false));
    assert_eq!(stock(&client, ITEM_IN_STOCK).await, (other, true), "that write was about another item");
    assert_eq!(asked(&sandbox), 3);

    for (policy, expected) in [(CachePolicy::Refresh, 4), (CachePolicy::Bypass, 5), (CachePolicy::Use, 5)] {
        client.call(item(FIRST_ITEM)).with_cache(policy).await.unwrap();
        assert_eq!(asked(&sandbox), expected, "{policy:?}");
    }
    // Other fields are another answer, and so is another user's.
    client.call(ItemSellerGet::new("num_iid", FIRST_ITEM)).await.unwrap();
    client.call(item(FIRST_ITEM)).with_session("nobody").await.unwrap_err();
    assert_eq!(asked(&sandbox), 7);
}

/// The same read by name.
fn named(client: &Client, id: i64) -> UntypedCall {
    client.untyped(READ).param("fields", "num_iid,title,num").param("num_iid", id)
}

#[derive(Debug, Clone, Copy)]
enum Way {
    Typed,
    Named { checks: bool },
    Batch { named: bool },
    Job { named: bool },
}

impl Way {
    async fn write(self, client: &Client, quantity: i64) {
        let request = ItemQuantityUpdate::new(FIRST_ITEM, quantity);
        let by_name = || client.untyped(WRITE).param("num_iid", FIRST_ITEM).param("quantity", quantity);
        match self {
            Self::Typed => drop(client.call(request).await.unwrap()),
            Self::Named { checks } => drop(by_name().with_checks(checks).await.unwrap()),
            Self::Batch { named } => {
                let mut batch = client.batch();
                if named {
                    batch.add(by_name());
                } else {
                    batch.add(request);
                }
                assert!(batch.send().await.whole_error().is_none());
            }
            Self::Job { named } => {
                let folder = tempfile::tempdir().unwrap();
                let settings = QueueSettings::sqlite(folder.path().join("jobs.db").display().to_string());
                let queue = Queue::open(client, settings).await.unwrap();
                let id = if named {
                    let job = queue.enqueue_untyped(WRITE);
                    job.param("num_iid", FIRST_ITEM).param("quantity", quantity).await.unwrap()
                } else {
                    queue.enqueue(request).await.unwrap()
                };
                queue.work(1).run_until_idle().await.unwrap();
                assert!(queue.result(&id).await.unwrap().is_some());
            }
        }
    }
}

/// Whoever writes, and in whichever way: both a typed read and one by name show it, and are kept otherwise.
#[tokio::test]
async fn each_way_to_write_shows_in_each_way_to_read() {
    let sandbox = sandbox().await;
    let cache = Cache::new(CacheSettings::new()).unwrap();
    let client = client(&sandbox, &cache);
    let ways = [
        Way::Typed,
        Way::Named { checks: true },
        Way::Named { checks: false },
        Way::Batch { named: false },
        Way::Batch { named: true },
        Way::Job { named: false },
        Way::Job { named: true },
    ];
    for (way, quantity) in ways.into_iter().zip(100..) {
        for checks in [true, false] {
            let before = asked(&sandbox);
            stock(&client, FIRST_ITEM).await;
            named(&client, FIRST_ITEM).with_checks(checks).await.unwrap();
            assert_eq!(asked(&sandbox) - before, usize::from(checks), "{way:?}: the two are one answer");
        }
        way.write(&client, quantity).await;
        assert_eq!(stock(&client, FIRST_ITEM).await, (quantity, false), "{way:?}");
        way.write(&client, quantity + 1_000).await;
        let answer = named(&client, FIRST_ITEM).with_checks(false).await.unwrap();
        assert_eq!(answer["item"]["num"], quantity + 1_000, "{way:?}");
        way.write(&client, quantity).await;
    }
}

/// The item of such a call is not known, so that no write would find its answer.
#[tokio::test]
async fn a_stock_unit_without_its_item_is_not_kept() {
    let sandbox = sandbox().await;
    let cache = Cache::new(CacheSettings::new()).unwrap();
    let client = client(&sandbox, &cache);
    let read = |request: ItemSkuGet| async {
        let reply = client.call(request).await.unwrap();
        (reply.sku.as_ref().unwrap().quantity.unwrap(), reply.source() == Source::Platform)
    };
    let alone = || ItemSkuGet::new(Fields::of(["sku_id", "quantity"]), FIRST_SKU);
    for quantity in [7, 8] {
        client.call(ItemQuantityUpdate::new(ITEM_WITH_SKUS, quantity).sku_id(FIRST_SKU)).await.unwrap();
        assert_eq!(read(alone()).await, (quantity, true));
        assert_eq!(read(alone().num_iid(ITEM_WITH_SKUS)).await, (quantity, true));
        assert_eq!(read(alone().num_iid(ITEM_WITH_SKUS)).await, (quantity, false));
    }
}

/// Those that wait for an equal call go on with its request, whatever becomes of it.
#[tokio::test]
async fn a_call_that_is_left_alone_keeps_no_equal_one_waiting() {
    let sandbox = sandbox().await;
    for is_dropped in [false, true] {
        let client = client(&sandbox, &Cache::new(CacheSettings::new().method(READ, LONG)).unwrap());
        let before = asked(&sandbox);
        let mut alone = client.call(item(FIRST_ITEM)).into_future();
        assert!(poll_fn(|context| Poll::Ready(alone.as_mut().poll(context))).await.is_pending());
        let other = {
            let client = client.clone();
            tokio::spawn(async move { stock(&client, FIRST_ITEM).await.1 })
        };
        tokio::task::yield_now().await;
        let alone = (!is_dropped).then_some(alone);
        let kept = tokio::time::timeout(LONG / 60, other).await.expect("it waits for ever").unwrap();
        assert_eq!((kept, asked(&sandbox) - before), (true, 1));
        if let Some(alone) = alone {
            assert_eq!(alone.await.unwrap().source(), Source::Platform);
        }
    }
}

#[tokio::test]
async fn an_item_that_is_not_there_is_remembered() {
    let sandbox = sandbox().await;
    let cache = Cache::new(CacheSettings::new().method(READ, LONG).absent(LONG)).unwrap();
    let client = client(&sandbox, &cache);
    for _ in 0..3 {
        let error = client.call(item(1)).await.unwrap_err();
        assert_eq!(error.sub_code(), Some("isv.item-not-exist"), "{error}");
    }
    assert_eq!((asked(&sandbox), cache.stats().absent_hits), (1, 2));
}

#[tokio::test]
async fn processes_share_answers_and_hear_of_writes() {
    let Some(redis) = redis() else { return };
    let sandbox = sandbox().await;
    let caches = [(); 2].map(|()| shared(&redis, CacheKeys::default()));
    let [one, two] = caches.each_ref().map(|cache| client(&sandbox, cache));
    let (before, _) = stock(&one, FIRST_ITEM).await;
    assert_eq!(stock(&two, FIRST_ITEM).await, (before, true));
    assert_eq!((asked(&sandbox), caches[1].stats().second_level_hits), (1, 1));

    set_stock(&one, FIRST_ITEM, before + 5).await;
    assert_eq!(stock(&two, FIRST_ITEM).await, (before + 5, false));
    assert_eq!(stock(&one, FIRST_ITEM).await, (before + 5, true));
    assert_eq!(asked(&sandbox), 2);

    one.call(item(1)).await.unwrap_err();
    let error = two.call(item(1)).await.unwrap_err();
    assert_eq!((error.sub_code(), caches[1].stats().absent_hits), (Some("isv.item-not-exist"), 1));
    assert_eq!(asked(&sandbox), 3);
}

#[tokio::test]
async fn calls_do_without_a_redis_that_is_gone() {
    let Some(mut redis) = redis() else { return };
    let sandbox = sandbox().await;
    let caches = [(); 2].map(|()| shared(&redis, CacheKeys::default()));
    let [one, two] = caches.each_ref().map(|cache| client(&sandbox, cache));
    let (before, _) = stock(&one, FIRST_ITEM).await;
    stock(&two, FIRST_ITEM).await;

    redis.kill().unwrap();
    assert_eq!(stock(&one, FIRST_ITEM).await.0, before);
    set_stock(&one, FIRST_ITEM, before + 5).await;
    assert_eq!(stock(&one, FIRST_ITEM).await.0, before + 5, "a write shows in its own process whatever Redis does");
    assert!(caches[0].stats().unreachable > 0);

    redis.restart().unwrap();
    // It is left alone for a second, and then it is asked again and told of what it missed.
    for n in 6.. {
        assert!(n < 600, "Redis is not asked again");
        tokio::time::sleep(Duration::from_millis(50)).await;
        stock(&one, FIRST_ITEM).await;
        let keys: Vec<String> = say(&redis, &["KEYS", "topsdk:cache:*"]).await;
        if !keys.is_empty() {
            break;
        }
    }
    let fresh = shared(&redis, CacheKeys::default());
    assert_eq!(stock(&client(&sandbox, &fresh), FIRST_ITEM).await, (before + 5, true));
    assert_eq!(stock(&two, FIRST_ITEM).await.0, before + 5);
}

/// A server that takes questions and does not answer takes a part of a call's time.
#[tokio::test]
async fn calls_do_without_a_redis_that_hangs() {
    let Some(redis) = redis() else { return };
    let sandbox = sandbox().await;
    let cache = shared(&redis, CacheKeys::default());
    let client = builder(&sandbox).cache(&cache).deadline(Duration::from_secs(4)).build().unwrap();
    let (before, _) = stock(&client, FIRST_ITEM).await;
    let () = say(&redis, &["CLIENT", "PAUSE", "600000"]).await;
    set_stock(&client, FIRST_ITEM, before + 5).await;
    assert_eq!(stock(&client, FIRST_ITEM).await, (before + 5, false));
    assert_eq!(stock(&client, FIRST_ITEM).await.0, before + 5);
    assert!(cache.stats().unreachable > 0);
}

#[tokio::test]
async fn garbage_is_a_miss() {
    let Some(redis) = redis() else { return };
    let sandbox = sandbox().await;
    for keys in [CacheKeys::default(), CacheKeys::new(&[7; 32]).unwrap()] {
        let () = say(&redis, &["FLUSHALL"]).await;
        let (right, _) = stock(&client(&sandbox, &shared(&redis, keys.clone())), FIRST_ITEM).await;
        let [key]: [String; 1] = say::<Vec<String>>(&redis, &["KEYS", "topsdk:cache:*"]).await.try_into().unwrap();
        let length: i64 = say(&redis, &["STRLEN", &key]).await;
        let length = length.to_string();
        // The generations of the item's two tags, its own and that of everything, and then something else.
        let framed =
            "return redis.call('SET', KEYS[1], redis.call('GETRANGE', KEYS[1], 0, 19) .. 'a text of some length')";
        for words in [
            &["SET", &key, ""][..],
            &["SET", &key, "text"],
            &["EVAL", framed, "1", &key],
            // A value that is longer by some bytes, and one in which some are others.
            &["APPEND", &key, "more"],
            &["SETRANGE", &key, "60", "other"],
            &["SETRANGE", &key, &length, "\u{0}"],
            // Something of another type.
            &["LPUSH", &key, "a"],
        ] {
            if words[0] == "LPUSH" {
                let () = say(&redis, &["DEL", &key]).await;
            }
            let () = say(&redis, words).await;
            let cache = shared(&redis, keys.clone());
            let client = client(&sandbox, &cache);
            assert_eq!(stock(&client, FIRST_ITEM).await, (right, false), "{words:?}");
            assert_eq!((cache.stats().corrupt, cache.stats().misses), (1, 1), "{words:?}");
            // What is there now is right again.
            let again = self::client(&sandbox, &shared(&redis, keys.clone()));
            assert_eq!(stock(&again, FIRST_ITEM).await, (right, true), "{words:?}");
        }
    }
}

/// A tag in Redis that somebody else has written over says nothing about its answers: they are old.
#[tokio::test]
async fn tags_that_hold_no_number_are_set_right() {
    let Some(redis) = redis() else { return };
    let sandbox = sandbox().await;
    let caches = [(); 2].map(|()| shared(&redis, CacheKeys::default()));
    let [one, two] = caches.each_ref().map(|cache| client(&sandbox, cache));
    let (before, _) = stock(&one, FIRST_ITEM).await;
    set_stock(&one, FIRST_ITEM, before + 1).await;
    stock(&two, FIRST_ITEM).await;
    for words in [&["SET", "text"][..], &["SET", "-1"], &["SET", "9223372036854775807"], &["LPUSH", "a"]] {
        let tags: Vec<String> = say(&redis, &["KEYS", "topsdk:tag:*"]).await;
        assert!(!tags.is_empty());
        let before = caches[1].stats().corrupt;
        for tag in tags {
            let () = say(&redis, &["DEL", &tag]).await;
            let () = say(&redis, &[words[0], &tag, words[1]]).await;
        }
        let (stored, kept) = stock(&two, FIRST_ITEM).await;
        // A number is a generation, whoever wrote it; what is none is counted, and set right.
        let is_number = words[1].parse::<u64>().is_ok();
        assert_eq!((kept, caches[1].stats().corrupt - before), (false, u64::from(!is_number)), "{words:?}");
        assert_eq!(stock(&two, FIRST_ITEM).await, (stored, true), "{words:?}");
        set_stock(&one, FIRST_ITEM, stored + 1).await;
        assert_eq!(stock(&two, FIRST_ITEM).await, (stored + 1, false), "{words:?}");
        assert_eq!(stock(&one, FIRST_ITEM).await, (stored + 1, true), "{words:?}");
    }
    assert_eq!(caches.map(|cache| cache.stats().unreachable), [0, 0]);
}

/// A Redis without room throws away what it likes, and a tag without a generation must not make old answers new.
#[tokio::test]
async fn what_redis_has_lost_makes_no_old_answer_live_again() {
    let Some(redis) = redis() else { return };
    let sandbox = sandbox().await;
    let [one, two, three] = [(); 3].map(|()| client(&sandbox, &shared(&redis, CacheKeys::default())));
    let (before, _) = stock(&one, FIRST_ITEM).await;
    assert_eq!(stock(&two, FIRST_ITEM).await, (before, true));
    set_stock(&one, FIRST_ITEM, before + 1).await;
    let tags: Vec<String> = say(&redis, &["KEYS", "topsdk:tag:*"]).await;
    assert!(tags.len() > 1, "{tags:?}");
    for tag in tags {
        let () = say(&redis, &["DEL", &tag]).await;
    }
    assert_eq!(stock(&three, FIRST_ITEM).await, (before + 1, false));
    assert_eq!(stock(&two, FIRST_ITEM).await, (before + 1, true));
}

/// Everything in Redis, as text.
async fn contents(redis: &Redis) -> String {
    let keys: Vec<String> = say(redis, &["KEYS", "*"]).await;
    let mut all = String::new();
    for key in keys {
        let value: Vec<u8> = say(redis, &["GET", &key]).await;
        all += &format!("{key}\n{}\n", String::from_utf8_lossy(&value));
    }
    all
}

#[tokio::test]
async fn what_lies_in_redis() {
    let Some(redis) = redis() else { return };
    let sandbox = sandbox().await;
    let title = sandbox.state().items[&FIRST_ITEM].title.clone();
    let [old, new] = [1, 2].map(|byte| CacheKeys::new(&[byte; 32]).unwrap());
    let changing = new.clone().and(&[1; 32]).unwrap();
    for (keys, open) in [(CacheKeys::default(), true), (old.clone(), false)] {
        let () = say(&redis, &["FLUSHALL"]).await;
        let client = client(&sandbox, &shared(&redis, keys));
        stock(&client, FIRST_ITEM).await;
        set_stock(&client, FIRST_ITEM, 9).await;
        stock(&client, FIRST_ITEM).await;
        let contents = contents(&redis).await;
        assert_eq!(contents.contains(&title), open);
        assert!(contents.contains("topsdk:cache:") && contents.contains("topsdk:tag:"));
        for hidden in [SESSION, APP_SECRET, &FIRST_ITEM.to_string()[..]] {
            // Without keys the answer itself names the item.
            let text =
                if open { contents.replace(&format!(r#""num_iid":{FIRST_ITEM}"#), "") } else { contents.clone() };
            assert!(!text.contains(hidden), "{hidden}");
        }
    }
    // Who has the former key too can read what it has sealed; who has not, cannot.
    assert!(stock(&client(&sandbox, &shared(&redis, changing)), FIRST_ITEM).await.1);
    let stranger = shared(&redis, new);
    assert!(!stock(&client(&sandbox, &stranger), FIRST_ITEM).await.1);
    assert_eq!(stranger.stats().corrupt, 1);
}

#[test]
fn what_is_no_redis() {
    for url in ["", "http://127.0.0.1/", "redis://user:hunter2@[/", "rediss://user:hunter2@127.0.0.1/"] {
        let error = RedisCache::new(url).unwrap_err();
        let said = error.to_string();
        assert!(matches!(error, Error::Config(_)) && said.contains("cache.redis.url"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
