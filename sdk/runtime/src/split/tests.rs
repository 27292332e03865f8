//! Calls that are cut, through the whole client.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::client::{Client, Source, Timer as _, VirtualTimer};
use crate::transport::{HttpRequest, HttpResponse, Transport};
use crate::{ClientBuilder, Credentials, Environment, Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.items.list.get", response = Answer, effect = read, split(ids, items, names))]
struct ItemsGet {
    #[top(name = "num_iids", required, max_items = 3)]
    ids: Vec<i64>,
    text: Option<String>,
}

#[derive(Clone, Request)]
#[top(method = "taobao.items.add", response = Answer, split(r#type, items))]
struct ItemsAdd {
    #[top(max_items = 3)]
    r#type: Vec<String>,
}

#[derive(Model)]
struct Answer {
    items: Vec<i64>,
    names: Vec<String>,
    total: Option<i64>,
}

/// Answers with the ids that it is asked for, and refuses parts that hold one of some ids. Each call takes a second.
#[derive(Clone, Default)]
struct Gateway {
    refused: Vec<i64>,
    seen: Arc<Mutex<Vec<String>>>,
    timer: VirtualTimer,
}

impl Gateway {
    fn builder(&self) -> ClientBuilder {
        let builder = Client::builder(Environment::Production, Credentials::new("1", "s3cr3t"));
        builder.transport(self.clone()).timer(self.timer.clone())
    }

    fn client(&self) -> Client {
        self.builder().build().unwrap()
    }

    fn answer(&self, item: &str) -> String {
        self.seen.lock().unwrap().push(item.split("&method").next().unwrap().split("&sign").next().unwrap().to_owned());
        let list = item.split('&').find_map(|pair| pair.strip_prefix("num_iids=")).unwrap_or_default();
        let ids: Vec<i64> = list.split("%2C").filter_map(|id| id.parse().ok()).collect();
        if ids.iter().any(|id| self.refused.contains(id)) {
            return format!(
                r#"{{"error_response":{{"code":15,"sub_code":"isv.bad","request_id":"no-{}"}}}}"#,
                letter(&ids)
            );
        }
        format!(
            r#"{{"r_response":{{"items":{ids:?},"names":{{"string":["n"]}},"total":{},"request_id":"r-{}"}}}}"#,
            ids.len(),
            letter(&ids)
        )
    }
}

/// What an answer is known by: no digit of a list.
fn letter(ids: &[i64]) -> char {
    ids.first().and_then(|id| ('a'..='z').nth(usize::try_from(*id).ok()?)).unwrap_or('-')
}

impl Transport for Gateway {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpResponse, Error>> {
        self.timer.advance(Duration::from_secs(1));
        let body = String::from_utf8(request.body).unwrap();
        let pieces: Vec<String> = body.split("\r\n-S-\r\n").map(|item| self.answer(item)).collect();
        let body = pieces.join("\r\n-S-\r\n").into_bytes();
        Box::pin(async move { Ok(HttpResponse { status: 200, headers: Vec::new(), body }) })
    }
}

#[tokio::test]
async fn parts_are_put_together_in_order() {
    for in_batches in [false, true] {
        let gateway = Gateway::default();
        let client = gateway.client();
        let call = client.call(ItemsGet::new(1..=7).text("t")).split();
        let all = if in_batches { call.in_batches() } else { call }.await.unwrap();
        assert_eq!((all.items.clone(), all.names.len(), all.total), ((1..=7).collect(), 3, Some(3)));
        assert_eq!((all.parts(), all.failed().len(), all.drift_count()), (3, 0, 0));
        let expected = ["num_iids=1%2C2%2C3&text=t", "num_iids=4%2C5%2C6&text=t", "num_iids=7&text=t"];
        assert_eq!(*gateway.seen.lock().unwrap(), expected);
        assert_eq!(all.complete().unwrap().items.len(), 7);
        assert_eq!(gateway.timer.passed(), Duration::from_secs(if in_batches { 1 } else { 3 }));
    }
}

#[tokio::test]
async fn a_part_that_fails_is_kept_beside_the_others() {
    let gateway = Gateway { refused: vec![5], ..Gateway::default() };
    let client = gateway.client();
    let all = client.call(ItemsGet::new(1..=8)).split().await.unwrap();
    assert_eq!(all.items, [1, 2, 3, 7, 8]);
    let answers: Vec<_> = all.answered().iter().map(|part| (part.items(), part.reply().request_id())).collect();
    assert_eq!(answers, [(&[1, 2, 3][..], Some("r-b")), (&[7, 8][..], Some("r-h"))]);
    for part in all.answered() {
        assert_eq!((part.reply().attempts().count(), part.reply().source()), (1, Source::Platform));
    }
    let [part] = all.failed() else { panic!("{all:?}") };
    assert_eq!((part.items(), part.error().sub_code()), (&[4, 5, 6][..], Some("isv.bad")));
    assert!(!format!("{part:?}").contains('4'), "elements may be personal data");
    assert_eq!(part.error().request_id(), Some("no-e"));
    let error = all.complete().unwrap_err();
    assert_eq!((error.error().sub_code(), error.failed().len()), (Some("isv.bad"), 1));

    let gateway = Gateway { refused: vec![1, 4, 7], ..Gateway::default() };
    let error = gateway.client().call(ItemsGet::new(1..=8)).split().await.unwrap_err();
    let parts: Vec<_> = error.failed().iter().map(|part| (part.items(), part.error().request_id())).collect();
    let expected = [(&[1, 2, 3][..], Some("no-b")), (&[4, 5, 6][..], Some("no-e")), (&[7, 8][..], Some("no-h"))];
    assert_eq!(parts, expected, "nothing came of it");
    assert!(error.to_string().ends_with(" (the first of 3 parts that failed)"), "{error}");
    assert_eq!(Error::from(error).request_id(), Some("no-b"));
}

#[tokio::test]
async fn short_lists_and_shorter_parts() {
    for (ids, at_most, parts) in [(1, None, 1), (3, None, 1), (4, None, 2), (4, Some(1), 4), (4, Some(9), 2)] {
        let gateway = Gateway::default();
        let client = gateway.client();
        let call = client.call(ItemsGet::new(1..=ids)).split().at_once(1);
        let all = if let Some(most) = at_most { call.at_most(most) } else { call }.await.unwrap();
        assert_eq!((all.items.len(), all.parts()), (usize::try_from(ids).unwrap(), parts));
    }
    // An empty list is asked for as always: here it is required.
    let error = Gateway::default().client().call(ItemsGet::new([])).split().await.unwrap_err();
    assert!(matches!(error.error(), Error::Invalid(e) if e.parameter() == "num_iids"), "{error}");
    // Without `split`, the limit holds.
    let error = Gateway::default().client().call(ItemsGet::new(1..=4)).await.unwrap_err();
    assert!(matches!(error, Error::Invalid(_)), "{error}");
}

#[tokio::test]
async fn writes_are_cut_only_if_the_caller_says_so() {
    let gateway = Gateway::default();
    let client = gateway.client();
    let request = || ItemsAdd::new().r#type(["a", "b", "c", "d"]);
    let error = client.call(request()).split().await.unwrap_err();
    assert!(
        matches!(error.error(), Error::Invalid(e) if e.parameter() == "type") && error.failed().is_empty(),
        "{error}"
    );
    assert!(error.to_string().contains("allow_writes()"), "{error}");
    assert_eq!(gateway.seen.lock().unwrap().len(), 0);
    assert_eq!(client.call(request()).split().allow_writes().await.unwrap().parts(), 2);
    assert!(client.call(request()).with_effect(Effect::Idempotent).split().await.is_ok());
    assert_eq!((ItemsAdd::MOST, ItemsAdd::PARAMETER, ItemsGet::INFO.name), (3, "type", "taobao.items.list.get"));
}

#[tokio::test]
async fn nonsense_is_refused_by_its_key() {
    let client = Gateway::default().client();
    let call = || client.call(ItemsGet::new(1..=4)).split();
    for (call, key) in [(call().at_once(0), "split.at_once"), (call().at_most(0), "split.at_most")] {
        let error = call.await.unwrap_err();
        assert!(matches!(error.error(), Error::Config(_)) && error.to_string().contains(key), "{error}");
    }
}

#[tokio::test]
async fn a_deadline_holds_for_all_parts_together() {
    let gateway = Gateway::default();
    let client = gateway.client();
    let start = gateway.timer.now();
    let call = client.call(ItemsGet::new(1..=12)).with_deadline(Duration::from_millis(1_500)).split().at_once(1);
    let all = call.await.unwrap();
    assert_eq!((all.items.len(), all.failed().len()), (6, 2));
    assert!(all.failed().iter().all(|part| matches!(part.error(), Error::Timeout(e) if e.which() == "deadline")));
    assert_eq!(gateway.timer.now() - start, Duration::from_secs(2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any list, any size of parts: every element comes back once, in its place, or stands in the part that failed.
    #[test]
    fn nothing_is_lost_or_doubled(
        ids in prop::collection::vec(0..30_i64, 1..40),
        refused in prop::collection::vec(0..30_i64, 0..3),
        at_most in 1_usize..5,
        at_once in 1_usize..5,
        in_batches in any::<bool>(),
    ) {
        let gateway = Gateway { refused, ..Gateway::default() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let call = gateway.client().call(ItemsGet::new(ids.clone())).split().at_most(at_most).at_once(at_once);
        let Ok(all) = runtime.block_on(if in_batches { call.in_batches() } else { call }.into_future()) else {
            return Ok(());
        };
        let (response, failed) = all.into_parts();
        let (mut answered, mut lost) = (response.items.into_iter(), failed.into_iter());
        let mut next_lost = lost.next();
        for part in ids.chunks(at_most.min(ItemsGet::MOST)) {
            if next_lost.as_ref().is_some_and(|lost| lost.items() == part && part.iter().any(|id| gateway.refused.contains(id))) {
                next_lost = lost.next();
                continue;
            }
            for id in part {
                prop_assert_eq!(answered.next(), Some(*id));
            }
        }
        prop_assert!(answered.next().is_none() && next_lost.is_none());
    }
}
