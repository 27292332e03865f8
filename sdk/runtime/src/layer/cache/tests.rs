//! The cache around calls, on virtual time.

mod flight;
mod second_level;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;

use super::*;
use crate::client::{Clock, Source, VirtualTimer};
use crate::layer::Retry;
use crate::model::Effect;
use crate::{Client, ClientBuilder, Credentials, Environment, MockTransport, Model, Request};

#[derive(Clone, Request)]
#[top(
    method = "taobao.item.seller.get",
    response = ItemSellerGetResponse,
    errors = ERRORS,
    effect = read,
    cache(ttl = 10, tags("item:num_iid", "items"))
)]
struct ItemSellerGet {
    num_iid: i64,
    fields: Option<String>,
}

const ERRORS: &[crate::model::SubCode] =
    &[crate::model::SubCode::never("isv.item-not-exist", "There is no such item.", "Check the id.").absent()];

#[derive(Model)]
struct ItemSellerGetResponse {
    title: Option<String>,
    num: Option<i64>,
}

#[derive(Clone, Request)]
#[top(
    method = "taobao.item.quantity.update",
    response = ItemSellerGetResponse,
    effect = idempotent,
    invalidates("item:num_iid")
)]
struct ItemQuantityUpdate {
    num_iid: i64,
}

const METHOD: &str = "taobao.item.seller.get";

/// Time of day by a virtual timer.
#[derive(Clone)]
struct Passing(VirtualTimer);

impl Clock for Passing {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_000_000) + self.0.passed()
    }
}

/// Answers each method in the same way until it is told otherwise.
#[derive(Clone, Default)]
struct Stage {
    answers: Arc<Mutex<HashMap<String, String>>>,
    asked: Arc<Mutex<usize>>,
}

impl Stage {
    fn answer(&self, method: &str, body: String) {
        self.answers.lock().unwrap().insert(method.to_owned(), body);
    }

    fn fail(&self, method: &str, code: i64, sub_code: &str) {
        self.answer(method, format!(r#"{{"error_response":{{"code":{code},"sub_code":"{sub_code}"}}}}"#));
    }
}

impl crate::Transport for Stage {
    fn send(&self, request: crate::HttpRequest) -> BoxFuture<'_, Result<crate::HttpResponse, Error>> {
        Box::pin(async move {
            *self.asked.lock().unwrap() += 1;
            let all = format!("{}&{}", request.url.replace('?', "&"), String::from_utf8_lossy(&request.body));
            let method = all.split('&').find_map(|pair| pair.strip_prefix("method=")).unwrap();
            let body = self.answers.lock().unwrap().get(method).unwrap().clone().into_bytes();
            Ok(crate::HttpResponse { status: 200, headers: Vec::new(), body })
        })
    }
}

struct Scene {
    stage: Stage,
    timer: VirtualTimer,
    cache: Cache,
}

impl Scene {
    fn new(settings: CacheSettings) -> Self {
        Self { stage: Stage::default(), timer: VirtualTimer::new(), cache: Cache::new(settings).unwrap() }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
            .transport(self.stage.clone())
            .timer(self.timer.clone())
            .clock(Passing(self.timer.clone()))
            .retry(Retry::off())
            .session("s3ss10n")
    }

    fn client(&self) -> Client {
        self.builder().cache(&self.cache).build().unwrap()
    }

    fn title(&self, title: &str) {
        self.stage.answer(METHOD, format!(r#"{{"item_seller_get_response":{{"title":"{title}"}}}}"#));
        self.stage.answer("taobao.item.quantity.update", r#"{"item_quantity_update_response":{}}"#.to_owned());
    }

    fn wait(&self, seconds: u64) {
        self.timer.advance(Duration::from_secs(seconds));
    }

    fn asked(&self) -> usize {
        *self.stage.asked.lock().unwrap()
    }
}

async fn title(client: &Client) -> String {
    client.call(ItemSellerGet::new(1)).await.unwrap().title.clone().unwrap()
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn an_answer_is_used_again_while_it_is_fresh() {
    let scene = Scene::new(CacheSettings::new());
    let client = scene.client();
    scene.title("one");
    assert_eq!(client.call(ItemSellerGet::new(1)).await.unwrap().source(), Source::Platform);
    scene.title("two");
    scene.wait(9);
    let reply = client.call(ItemSellerGet::new(1)).await.unwrap();
    assert_eq!(reply.source(), Source::Cache { age: seconds(9), stale: false });
    assert_eq!((reply.title.as_deref(), reply.attempts().count()), (Some("one"), 0));
    scene.wait(1);
    assert_eq!(title(&client).await, "two");
    let stats = scene.cache.stats();
    assert_eq!((stats.hits, stats.misses, stats.kept), (1, 2, 2), "{stats:?}");
}

#[tokio::test]
async fn policies() {
    let scene = Scene::new(CacheSettings::new());
    let client = scene.client();
    let call = |policy| client.call(ItemSellerGet::new(1)).with_cache(policy);
    scene.title("one");
    call(CachePolicy::Bypass).await.unwrap();
    assert_eq!(scene.cache.stats(), CacheStats::default());
    call(CachePolicy::Use).await.unwrap();
    scene.title("two");
    assert_eq!(call(CachePolicy::Bypass).await.unwrap().title.as_deref(), Some("two"));
    assert_eq!(call(CachePolicy::Use).await.unwrap().title.as_deref(), Some("one"));
    assert_eq!(call(CachePolicy::Refresh).await.unwrap().title.as_deref(), Some("two"));
    assert_eq!(call(CachePolicy::Use).await.unwrap().title.as_deref(), Some("two"));
}

#[tokio::test]
async fn only_equal_calls_share() {
    let scene = Scene::new(CacheSettings::new());
    scene.title("x");
    let client = scene.client();
    let others = [
        scene.builder().session("t0ken00"),
        scene.builder().format(crate::Format::Xml),
        scene.builder().simplify(true),
        Client::builder(Environment::Production, Credentials::new("87654321", "secret"))
            .transport(scene.stage.clone())
            .session("s3ss10n"),
        Client::builder(Environment::Overseas, Credentials::new("12345678", "secret"))
            .transport(scene.stage.clone())
            .session("s3ss10n"),
    ];
    title(&client).await;
    let before = scene.asked();
    title(&client).await;
    assert_eq!(scene.asked(), before);
    for (at, other) in others.into_iter().enumerate() {
        let other = other.clock(Passing(scene.timer.clone())).cache(&scene.cache).build().unwrap();
        // The answer is not of the form that is asked for; that it is asked for is what counts.
        let _ = other.call(ItemSellerGet::new(1)).await;
        assert_eq!(scene.asked(), before + at + 1, "{at}");
    }
    client.call(ItemSellerGet::new(1).fields("title")).await.unwrap();
    client.call(ItemSellerGet::new(1)).with_target_app_key("7").await.unwrap();
    client.call(ItemSellerGet::new(2)).await.unwrap();
    assert_eq!(scene.cache.stats().hits, 1);
}

#[derive(Clone, Request)]
#[top(
    method = "taobao.item.sku.get",
    response = ItemSellerGetResponse,
    effect = read,
    cache(ttl = 10, tags("item:num_iid", "items:session"))
)]
struct ItemSkuGet {
    sku_id: i64,
    num_iid: Option<i64>,
}

/// Whatever the features: the names of the methods are always known, and what a cache has to know of them.
#[tokio::test]
async fn calls_by_name_go_by_the_methods_of_their_names() {
    for settings in [CacheSettings::new(), CacheSettings::new().method(METHOD, seconds(5))] {
        let scene = Scene::new(settings);
        let client = scene.client();
        let read = || client.untyped(METHOD).param("fields", "title").param("num_iid", 1);
        #[cfg(feature = "catalog")]
        let read = || read().with_checks(false);
        scene.title("one");
        for _ in 0..2 {
            assert_eq!(read().await.unwrap()["title"], "one");
        }
        assert_eq!(scene.asked(), 1);
        scene.title("two");
        client.untyped("taobao.item.quantity.update").param("num_iid", 1).param("quantity", 2).await.unwrap();
        assert_eq!(read().await.unwrap()["title"], "two");
        // One that only its caller says to be no write is not kept, for nobody knows for how long.
        scene.stage.answer("x.y", r#"{"x_y_response":{}}"#.to_owned());
        for _ in 0..2 {
            client.untyped("x.y").with_effect(Effect::Read).await.unwrap();
        }
        assert_eq!((scene.cache.stats().hits, scene.asked()), (1, 5));
    }
}

/// No write would find it by what it shows.
#[tokio::test]
async fn an_answer_of_which_not_all_tags_are_known_is_not_kept() {
    let scene = Scene::new(CacheSettings::new().method("taobao.item.sku.get", seconds(60)));
    let client = scene.client();
    scene.stage.answer("taobao.item.sku.get", r#"{"item_sku_get_response":{"title":"x"}}"#.to_owned());
    let nobody = Client::builder(Environment::Production, Credentials::new("12345678", "secret"));
    let nobody = nobody.transport(scene.stage.clone()).clock(Passing(scene.timer.clone())).cache(&scene.cache);
    let nobody = nobody.build().unwrap();
    for (client, request, kept) in [
        (&client, ItemSkuGet::new(1), 0),
        (&nobody, ItemSkuGet::new(1).num_iid(7), 0),
        (&client, ItemSkuGet::new(1).num_iid(7), 1),
    ] {
        for _ in 0..2 {
            client.call(request.clone()).await.unwrap();
        }
        assert_eq!((scene.cache.stats().kept, scene.cache.stats().hits), (kept, kept), "{request:?}");
    }
}

#[tokio::test]
async fn a_write_makes_the_answers_old_that_it_names() {
    let scene = Scene::new(CacheSettings::new());
    let client = scene.client();
    scene.title("old");
    title(&client).await;
    client.call(ItemSellerGet::new(2)).await.unwrap();
    scene.title("new");
    client.call(ItemQuantityUpdate::new(1)).await.unwrap();
    assert_eq!(title(&client).await, "new");
    let other = client.call(ItemSellerGet::new(2)).await.unwrap();
    assert_eq!(other.title.as_deref(), Some("old"), "another item's answer stays");
    // What the program hears elsewhere.
    scene.title("newer");
    scene.cache.invalidate("12345678", "item", "1").await;
    assert_eq!(title(&client).await, "newer");
    scene.title("newest");
    scene.cache.invalidate("12345678", "items", "").await;
    assert_eq!(title(&client).await, "newest");
    scene.cache.clear();
    title(&client).await;
    assert_eq!(scene.cache.stats().misses, 6);
}

/// A program knows the token of a user, or what it has kept of it.
#[tokio::test]
async fn what_belongs_to_a_user_is_thrown_away_by_the_user() {
    let scene = Scene::new(CacheSettings::new());
    let client = scene.client();
    scene.stage.answer("taobao.item.sku.get", r#"{"item_sku_get_response":{"title":"x"}}"#.to_owned());
    let read = || client.call(ItemSkuGet::new(1).num_iid(7));
    for (token, asked) in [("s3ss10n", 2), ("another", 2), ("s3ss10n", 3)] {
        read().await.unwrap();
        scene.cache.invalidate_session("12345678", "items", SessionId::of(token)).await;
        read().await.unwrap();
        assert_eq!(scene.asked(), asked, "{token}");
    }
}

/// A write that fails may have been applied, unless it certainly was not.
#[tokio::test]
async fn a_lost_write_counts_as_one() {
    for (code, sub_code, kept) in [(15, "isp.remote-service-timeout", false), (7, "", true)] {
        let scene = Scene::new(CacheSettings::new());
        let client = scene.client();
        scene.title("old");
        title(&client).await;
        scene.title("new");
        scene.stage.fail("taobao.item.quantity.update", code, sub_code);
        client.call(ItemQuantityUpdate::new(1)).await.unwrap_err();
        assert_eq!(title(&client).await, if kept { "old" } else { "new" }, "{code}");
    }
}

/// As by a time limit of the caller's own: the platform may have applied it.
#[tokio::test]
async fn a_write_that_nobody_waits_for_counts_as_one() {
    let scene = Scene::new(CacheSettings::new());
    let client = scene.client();
    scene.title("old");
    title(&client).await;
    let gate = Gate { open: Arc::new(tokio::sync::Semaphore::new(0)), asked: Arc::default() };
    let writer = scene.builder().transport(gate.clone()).cache(&scene.cache).build().unwrap();
    let write = tokio::spawn(writer.call(ItemQuantityUpdate::new(1)).into_future());
    while *gate.asked.lock().unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(title(&client).await, "old");
    write.abort();
    assert!(write.await.is_err());
    scene.title("new");
    assert_eq!(title(&client).await, "new");
    assert_eq!(scene.cache.stats().invalidated, 1);
}

/// What is no answer of the platform to this call is given to the caller as it is, and to nobody else.
#[tokio::test]
async fn only_what_the_platform_would_answer_is_kept() {
    use crate::Format::{Json, Xml};

    for (format, simplify, body, kept) in [
        (Json, false, r#"{"item_seller_get_response":{"title":"x"}}"#, true),
        (Json, false, r#"{"item_seller_get_response":{}}"#, true),
        (Json, false, r#"{"code":503,"message":"upstream is down"}"#, false),
        (Json, false, r#"{"item_seller_get_response":{"title": oops }}"#, false),
        (Json, false, r#"{"item_seller_get_response":"oops"}"#, false),
        (Json, false, r#"{"item_seller_get_response":{"title":"x"},"code":503}"#, false),
        (Json, false, r#"{"item_get_response":{"title":"x"}}"#, false),
        (Json, false, r#"{"title":"x","request_id":"1"}"#, false),
        (Json, false, r#"["item_seller_get_response"]"#, false),
        (Json, true, r#"{"title":"x","request_id":"1"}"#, true),
        (Json, true, r#"{"item_seller_get_response":{"title":"x"}}"#, true),
        (Json, true, r#"{"code":503,"message":"upstream is down"}"#, false),
        (Xml, false, "<item_seller_get_response><title>x</title></item_seller_get_response>", true),
        (Xml, false, "<item_seller_get_response></item_seller_get_response>", true),
        (Xml, false, "<fault><request_id>1</request_id></fault>", false),
        (Xml, false, "<item_seller_get_response>oops</item_seller_get_response>", false),
        (Xml, true, "<item_seller_get_response><title>x</i></item_seller_get_response>", false),
        (Xml, true, r#"{"item_seller_get_response":{"title":"x"}}"#, true),
    ] {
        let scene = Scene::new(CacheSettings::new());
        scene.stage.answer(METHOD, body.to_owned());
        let client = scene.builder().format(format).simplify(simplify).cache(&scene.cache).build().unwrap();
        for _ in 0..2 {
            let _ = client.call(ItemSellerGet::new(1)).await;
        }
        assert_eq!((scene.asked(), scene.cache.stats().kept), if kept { (1, 1) } else { (2, 0) }, "{body}");
    }
}

/// Whoever wants no drift asks again for what has some.
#[tokio::test]
async fn an_answer_that_cannot_be_read_is_not_given_again() {
    let scene = Scene::new(CacheSettings::new().stale_if_error(seconds(60)));
    let (client, strict) = (scene.client(), scene.builder().strict(true).cache(&scene.cache).build().unwrap());
    scene.stage.answer(METHOD, r#"{"item_seller_get_response":{"title":"x","num":"many"}}"#.to_owned());
    title(&client).await;
    assert_eq!(title(&client).await, "x");
    let call = || strict.call(ItemSellerGet::new(1));
    for asked in 1..4 {
        assert!(matches!(call().await, Err(Error::Decode(_))));
        assert_eq!(scene.asked(), asked);
    }
    scene.title("y");
    assert_eq!(call().await.unwrap().title.as_deref(), Some("y"));
    assert_eq!((title(&client).await.as_str(), scene.asked()), ("y", 4));
}

/// What a header does to an answer nobody knows.
#[tokio::test]
async fn calls_with_headers_of_their_own_pass_by() {
    let scene = Scene::new(CacheSettings::new());
    let client = scene.client();
    scene.title("one");
    title(&client).await;
    scene.title("two");
    let reply = client.call(ItemSellerGet::new(1)).with_header("accept-language", "en").await.unwrap();
    assert_eq!((reply.title.as_deref(), reply.source()), (Some("two"), Source::Platform));
    assert_eq!(title(&client).await, "one");
    // Writes are writes with them too.
    client.call(ItemQuantityUpdate::new(1)).with_header("x", "y").await.unwrap();
    assert_eq!(title(&client).await, "two");
}

#[tokio::test]
async fn what_does_not_exist_is_remembered_for_a_while() {
    let scene = Scene::new(CacheSettings::new().absent(seconds(3)));
    let client = scene.client();
    scene.stage.fail(METHOD, 15, "isv.item-not-exist");
    for (wait, asked) in [(0, 1), (2, 1), (1, 2), (0, 2)] {
        scene.wait(wait);
        let error = client.call(ItemSellerGet::new(1)).await.unwrap_err();
        assert_eq!((error.sub_code(), scene.asked()), (Some("isv.item-not-exist"), asked));
    }
    assert_eq!(scene.cache.stats().absent_hits, 2);
    // Another refusal is not.
    let scene = Scene::new(CacheSettings::new());
    for asked in 1..3 {
        scene.stage.fail(METHOD, 15, "isv.permission-denied");
        scene.client().call(ItemSellerGet::new(1)).await.unwrap_err();
        assert_eq!(scene.asked(), asked);
    }
}

#[tokio::test]
async fn an_old_answer_is_given_while_a_new_one_is_fetched() {
    let scene = Scene::new(CacheSettings::new().stale_while_revalidate(seconds(20)));
    let client = scene.client();
    scene.title("one");
    title(&client).await;
    scene.title("two");
    scene.wait(15);
    let reply = client.call(ItemSellerGet::new(1)).await.unwrap();
    assert_eq!(reply.source(), Source::Cache { age: seconds(15), stale: true });
    while scene.cache.stats().kept < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(title(&client).await, "two");
    assert_eq!(scene.asked(), 2);
    scene.title("three");
    scene.wait(31);
    assert_eq!(title(&client).await, "three", "too old to be given");
}

#[tokio::test]
async fn an_old_answer_is_given_when_there_is_no_new_one() {
    let scene = Scene::new(CacheSettings::new().stale_if_error(seconds(60)));
    let client = scene.client();
    scene.title("one");
    title(&client).await;
    scene.wait(30);
    scene.stage.fail(METHOD, 15, "isp.remote-service-timeout");
    let reply = client.call(ItemSellerGet::new(1)).await.unwrap();
    assert_eq!(reply.source(), Source::Cache { age: seconds(30), stale: true });
    // What the caller has done wrong is no outage.
    scene.stage.fail(METHOD, 27, "");
    assert_eq!(client.call(ItemSellerGet::new(1)).await.unwrap_err().code(), Some(27));
    scene.wait(41);
    scene.stage.fail(METHOD, 15, "isp.remote-service-timeout");
    client.call(ItemSellerGet::new(1)).await.unwrap_err();
}

/// A transport that answers when it is told to.
#[derive(Clone)]
struct Gate {
    open: Arc<tokio::sync::Semaphore>,
    asked: Arc<Mutex<usize>>,
}

impl crate::Transport for Gate {
    fn send(&self, _: crate::HttpRequest) -> BoxFuture<'_, Result<crate::HttpResponse, Error>> {
        Box::pin(async move {
            *self.asked.lock().unwrap() += 1;
            self.open.acquire().await.unwrap().forget();
            let body = br#"{"item_seller_get_response":{"title":"x"}}"#.to_vec();
            Ok(crate::HttpResponse { status: 200, headers: Vec::new(), body })
        })
    }
}

#[tokio::test]
async fn equal_calls_at_the_same_time_go_out_once_and_a_cancelled_one_harms_nobody() {
    let (gate, cache) = (
        Gate { open: Arc::new(tokio::sync::Semaphore::new(0)), asked: Arc::default() },
        Cache::new(CacheSettings::new()).unwrap(),
    );
    let client = Client::builder(Environment::Production, Credentials::new("1", "secret"));
    let client = client.transport(gate.clone()).session("s3ss10n").cache(&cache).build().unwrap();
    let calls: Vec<_> = (0..20).map(|_| tokio::spawn(client.call(ItemSellerGet::new(1)).into_future())).collect();
    while *gate.asked.lock().unwrap() == 0 {
        tokio::task::yield_now().await;
    }
    // The one that asks for all goes away; the others go on with its request.
    calls[0].abort();
    while !calls[0].is_finished() {
        tokio::task::yield_now().await;
    }
    gate.open.add_permits(1);
    let mut done = 0;
    for call in calls {
        done += usize::from(call.await.is_ok_and(|reply| reply.is_ok()));
    }
    assert_eq!((done, *gate.asked.lock().unwrap()), (19, 1));
    assert_eq!(cache.stats().joined, 19);
}

/// A call by name of which nothing is known has no tags, so that no write would show in its answer.
#[tokio::test]
async fn an_answer_without_tags_is_not_for_calls_with_tags() {
    let scene = Scene::new(CacheSettings::new().method(METHOD, seconds(60)));
    let client = scene.client();
    scene.title("by name");
    let by_name = || client.untyped(METHOD).param("num_iid", 1).with_effect(Effect::Read).with_checks(false);
    for _ in 0..2 {
        by_name().await.unwrap();
    }
    assert_eq!(scene.asked(), 1);
    scene.title("typed");
    assert_eq!(title(&client).await, "typed");
}

#[test]
fn nonsense_is_refused_when_the_cache_is_made() {
    for (settings, says) in [
        (CacheSettings::new().max_bytes(0), "cache.max_bytes: nothing fits"),
        (CacheSettings::new().method("taobao.item.seller.gett", seconds(1)), "Did you mean `taobao.item.seller.get`?"),
        (CacheSettings::new().method("taobao.item.quantity.update", seconds(1)), "this method writes"),
        (CacheSettings::new().method(METHOD, Duration::ZERO), "a time above zero"),
        (
            CacheSettings::new().off("nothing"),
            "cache.methods.nothing: no such method. If it has no spec here, name it in `unlisted`",
        ),
    ] {
        let error = Cache::new(settings).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    Cache::new(CacheSettings::new().off("taobao.item.quantity.update").method(METHOD, seconds(1))).unwrap();
    let own = |ttl| Cache::new(CacheSettings::new().method("our.own.get", ttl).unlisted("our.own.get"));
    own(seconds(1)).unwrap();
    assert!(own(Duration::ZERO).unwrap_err().to_string().contains("a time above zero"));
}

#[tokio::test]
async fn settings_win_over_specs() {
    let scene = Scene::new(CacheSettings::new().method(METHOD, seconds(2)));
    scene.title("one");
    let client = scene.client();
    title(&client).await;
    scene.title("two");
    scene.wait(2);
    assert_eq!(title(&client).await, "two");
    let scene = Scene::new(CacheSettings::new().off(METHOD));
    scene.title("one");
    title(&scene.client()).await;
    title(&scene.client()).await;
    assert_eq!(scene.asked(), 2);
}

proptest! {
    /// Different lists of parts never have one key.
    #[test]
    fn keys_tell_calls_apart(one in parameters(), two in parameters()) {
        prop_assert_eq!(key_of(&one) == key_of(&two), one == two);
    }
}

fn parameters() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    proptest::collection::btree_map("[a-c]{1,3}", "[a-c0-9=&,]{1,4}", 0..4)
}

/// The key of a call by name with these parameters.
fn key_of(parameters: &std::collections::BTreeMap<String, String>) -> Key {
    #[derive(Clone, Default)]
    struct Look(Arc<Mutex<Option<Key>>>);

    impl Layer for Look {
        fn call<'a>(&'a self, call: CallInfo<'a>, _: Next<'a>) -> BoxFuture<'a, Outcome> {
            *self.0.lock().unwrap() = Some(key::key(&call));
            Box::pin(async move { Ok(RawReply::stored(call.method(), "{}")) })
        }
    }

    let look = Look::default();
    let client = Client::builder(Environment::Production, Credentials::new("1", "secret"));
    let client = client.transport(MockTransport::new()).call_layer(look.clone()).build().unwrap();
    let call = parameters.iter().fold(client.untyped("x.y"), |call, (name, value)| call.param(name, value));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let _ = runtime.block_on(call.raw());
    let key = *look.0.lock().unwrap();
    key.unwrap()
}
