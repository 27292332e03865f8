//! Windows of time, while the list changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::shop::{Change, Shop};
use super::*;
use crate::error::PageReason;
use crate::page::place::At;
use crate::page::{Cursor, Items};
use crate::{Error, Paged};

/// A trade as it stood at one time.
type Version = (i64, DateTime);

fn version(trade: &Trade) -> Version {
    (trade.tid.unwrap(), trade.modified.unwrap())
}

fn versions(shop: &Shop) -> BTreeSet<Version> {
    shop.lock().trades.iter().map(|(tid, modified)| (*tid, at(*modified))).collect()
}

fn changes(from: i64, to: i64) -> ChangesGet {
    ChangesGet::new("tid,modified", at(from), at(to))
}

/// A shop at second 1000 with a trade for each of these times.
fn shop(times: &[i64]) -> Arc<Shop> {
    let shop = Arc::new(Shop::default());
    shop.lock().now = 1000;
    times.iter().for_each(|modified| shop.lock().create(*modified));
    shop
}

fn all<R: Paged<Item = Trade>>(mut items: Items<R>) -> Vec<Version> {
    let mut read = Vec::new();
    while let Some(trade) = run(items.next()) {
        read.push(version(&trade.unwrap()));
    }
    read
}

#[test]
fn windows_are_read_from_their_last_page_and_oldest_first() {
    let shop = shop(&[0, 5, 5, 10, 20, 21, 40]);
    let client = client(&shop);
    let read = all(client.call(changes(0, 45)).items().with_page_size(2).with_prefetch(0));
    let times: Vec<DateTime> = read.iter().map(|(_, modified)| *modified).collect();
    assert_eq!(times, [0, 5, 5, 10, 20, 21, 40].map(at));
    // The trade of second 20 stands in two windows, the one of 40 too.
    assert_eq!(shop.sent("start_modified"), [0, 0, 0, 0, 20, 20, 20, 40].map(|second| at(second).to_string()));
    assert_eq!(shop.sent("end_modified"), [20, 20, 20, 20, 40, 40, 40, 45].map(|second| at(second).to_string()));
    assert_eq!(shop.sent("page_no"), ["1", "3", "2", "1", "1", "2", "1", "1"]);
    let counts = ["false", "true", "true", "true", "false", "true", "true", "false"];
    assert_eq!(shop.sent("use_has_next"), counts);
}

#[test]
fn pages_hold_what_is_new() {
    let shop = shop(&[0, 5, 10, 20, 21]);
    let client = client(&shop);
    let mut pages = client.call(changes(0, 40)).pages().with_page_size(2);
    let mut read = Vec::new();
    while let Some(page) = run(pages.next()) {
        read.push(page.unwrap().trades.iter().map(|trade| trade.tid.unwrap()).collect::<Vec<_>>());
    }
    assert_eq!(read, [vec![1, 2], vec![3, 4], vec![5]]);
}

#[test]
fn what_changes_while_a_window_is_read_is_not_lost() {
    // The newest of four trades, two a page, changes when the last page has been read: the third moves onto the first page.
    let shop = shop(&[1, 2, 3, 4]);
    shop.lock().script = [vec![], vec![], vec![Change::Touch(3)]].into();
    let client = client(&shop);
    let mut items = client.call(changes(0, 20)).items().with_page_size(2).with_prefetch(0);
    let mut read = Vec::new();
    while let Some(trade) = run(items.next()) {
        read.push(trade.unwrap().tid.unwrap());
    }
    assert_eq!(read, [1, 2, 3]);
    // Its later version belongs to a later walk.
    shop.lock().now += 60;
    let later = client.call(changes(0, 2000)).items().resume(&items.cursor()).unwrap();
    assert_eq!(all(later), [(4, at(1000))]);
}

#[test]
fn the_last_window_ends_before_now() {
    let shop = shop(&[930, 940, 941, 999]);
    let client = client(&shop);
    assert_eq!(all(client.call(changes(900, 2000)).items()).len(), 2);
    assert_eq!(all(client.call(changes(900, 2000)).items().with_margin(Duration::ZERO)).len(), 4);
    assert_eq!(all(client.call(changes(990, 2000)).items()).len(), 0);
    assert_eq!(
        shop.sent("end_modified").last(),
        Some(&at(1000).to_string()),
        "a window in the margin is not asked for"
    );
}

#[test]
fn lengths_of_windows() {
    let shop = shop(&[]);
    let client = client(&shop);
    shop.lock().now = 300_000;
    let ends = |length: u64, to: i64| {
        shop.lock().calls.clear();
        all(client.call(changes(0, to)).items().with_window(Duration::from_secs(length)));
        shop.sent("end_modified")
    };
    assert_eq!(ends(30, 70), [30, 60, 70].map(|second| at(second).to_string()));
    assert_eq!(
        ends(1_000_000, 100_000),
        [86_400, 100_000].map(|second| at(second).to_string()),
        "at most the platform's"
    );
    let plain = PlainChangesGet::new().start_modified(at(0));
    shop.lock().calls.clear();
    all(client.call(plain).items().with_page_size(10));
    assert_eq!(shop.sent("end_modified"), [at(299_940).to_string()], "all at once, up to now");
}

#[test]
fn a_window_of_one_second() {
    let shop = shop(&[9, 10, 10, 11]);
    let client = client(&shop);
    assert_eq!(all(client.call(changes(10, 10)).items()), [(2, at(10)), (3, at(10))]);
    assert_eq!(shop.sent("start_modified"), [at(9).to_string()], "the end has to be after the beginning");
    assert_eq!(all(client.call(changes(11, 10)).items()), []);
}

#[test]
fn rows_have_to_be_told_apart() {
    let shop = shop(&[1]);
    let client = client(&shop);
    let request = ChangesGet::new("tid", at(0), at(20));
    let error = run(client.call(request).items().next()).unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "taobao.changes.get: parameter `fields` must name `modified`, by which rows that come twice are told apart; \
         nothing was sent"
    );
    for (length, size, parameter) in [(0, 10, "end_modified"), (10, 0, "page_size"), (10, 101, "page_size")] {
        let items = client.call(changes(0, 20)).items().with_window(Duration::from_secs(length)).with_page_size(size);
        let error = run({ items }.next()).unwrap().unwrap_err();
        assert!(matches!(&error, Error::Invalid(e) if e.parameter() == parameter), "{error}");
    }
    assert_eq!(shop.sent("method").len(), 0);
}

fn dense(from: i64, to: i64) -> DenseGet {
    DenseGet::new().start_modified(at(from)).end_modified(at(to))
}

#[test]
fn a_window_with_too_many_rows_is_halved() {
    // Six rows are shown of a window. Between 40 and 47 there is one each second, at other times one in ten seconds.
    let times: Vec<i64> = (0..90).filter(|second| second % 10 == 0 || (40..48).contains(second)).collect();
    let shop = shop(&times);
    let client = client(&shop);
    let read = all(client.call(dense(0, 100)).items().with_page_size(2));
    let read: Vec<DateTime> = read.iter().map(|(_, modified)| *modified).collect();
    assert_eq!(read, times.iter().map(|second| at(*second)).collect::<Vec<_>>());
    let firsts = shop.sent("page_no").into_iter().zip(shop.sent("start_modified")).zip(shop.sent("end_modified"));
    let counted: Vec<(String, String)> =
        firsts.filter(|((page, _), _)| page == "1").map(|((_, from), to)| (from, to)).collect();
    assert_eq!(counted[0], (at(0).to_string(), at(100).to_string()));
    assert_eq!(counted[1], (at(0).to_string(), at(50).to_string()));
    let longest = |rest: &[(String, String)]| rest.iter().any(|(_, to)| *to == at(100).to_string());
    assert!(longest(&counted[2..]) && counted.len() < 30, "windows grow again: {counted:?}");
}

#[test]
fn a_second_with_too_many_rows_is_an_error() {
    let shop = shop(&[1, 5, 5, 5, 5, 5, 5, 5, 9]);
    let client = client(&shop);
    let mut items = client.call(dense(0, 20)).items().with_page_size(2);
    assert_eq!(version(&run(items.next()).unwrap().unwrap()).1, at(1));
    let Some(Err(Error::Page(error))) = run(items.next()) else { panic!("rows are lost") };
    assert_eq!(error.reason(), &PageReason::LastPage(3));
    // With larger pages it goes on from there.
    let rest = client.call(dense(0, 20)).items().with_page_size(3).resume(&items.cursor()).unwrap();
    assert_eq!(all(rest).len(), 8);
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (0..20_usize).prop_map(Change::Touch),
        2 => Just(Change::Create),
        1 => (0..60_i64).prop_map(Change::Late),
        1 => (0..20_usize).prop_map(Change::Remove),
        3 => (0..9_i64).prop_map(Change::Wait),
    ]
}

/// What happens in one test: the shop at first, what changes before each call, and how it is read.
#[derive(Debug, Clone)]
struct Story {
    times: Vec<i64>,
    script: Vec<Vec<Change>>,
    size: u64,
    cap: Option<usize>,
    oldest_first: bool,
    window: u64,
    prefetch: usize,
    /// After how many rows each of the streams is left.
    stops: Vec<usize>,
    end: i64,
}

fn story() -> impl Strategy<Value = Story> {
    let times = proptest::collection::vec(0..100_i64, 0..30);
    let script = proptest::collection::vec(proptest::collection::vec(change(), 0..4), 0..60);
    let stops = proptest::collection::vec(0..12_usize, 0..6);
    let how = (1..6_u64, proptest::option::of(1..6_usize), any::<bool>(), 1..50_u64, 0..3_usize, 0..300_i64);
    (times, script, stops, how).prop_map(|(times, script, stops, how)| {
        let (size, cap, oldest_first, window, prefetch, end) = how;
        Story { times, script, size, cap, oldest_first, window, prefetch, stops, end }
    })
}

/// Reads all changes in several streams, each from the cursor of the one before, and the rest when nothing happens any more.
fn tell<R: Paged<Item = Trade>>(story: &Story, request: impl Fn(i64) -> R) {
    let shop = Arc::new(Shop::default());
    {
        let mut state = shop.lock();
        (state.now, state.cap, state.oldest_first) = (100, story.cap, story.oldest_first);
        story.times.iter().for_each(|modified| state.create(*modified));
        state.script = story.script.clone().into();
    }
    let client = client(&shop);
    let mut read: BTreeMap<Version, usize> = BTreeMap::new();
    let mut cursor: Option<Cursor> = None;
    for stop in story.stops.iter().copied().chain([usize::MAX; 2]) {
        let items = client.call(request(story.end)).items().with_page_size(story.size);
        let mut items = items.with_window(Duration::from_secs(story.window)).with_prefetch(story.prefetch);
        if let Some(cursor) = &cursor {
            items = items.resume(cursor).unwrap();
        }
        let mut left = stop;
        while left > 0
            && let Some(trade) = run(items.next())
        {
            *read.entry(version(&trade.unwrap())).or_default() += 1;
            left -= 1;
        }
        cursor = Some(items.cursor().to_string().parse().unwrap());
        if left > 0 {
            let At::Window { from: until, .. } = items.cursor().at else { panic!("{:?}", items.cursor().at) };
            let missed = versions(&shop).into_iter().find(|found| found.1 <= until && !read.contains_key(found));
            assert_eq!(missed, None, "until {until}");
        }
    }
    shop.lock().script.clear();
    shop.lock().now += 1000;
    let items = client.call(request(10_000)).items().with_page_size(story.size);
    let items = items.with_window(Duration::from_secs(500)).resume(&cursor.unwrap()).unwrap();
    for version in all(items) {
        *read.entry(version).or_default() += 1;
    }
    for found in versions(&shop) {
        assert_eq!(read.get(&found), Some(&1), "{found:?}");
    }
    assert!(read.values().all(|times| *times == 1), "{read:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_version_that_stays_comes_once(story in story()) {
        let mut story = story;
        story.oldest_first = false;
        tell(&story, |end| changes(0, end));
    }

    #[test]
    fn in_any_order_and_always_counted(story in story()) {
        tell(&story, |end| PlainChangesGet::new().start_modified(at(0)).end_modified(at(end)));
    }
}

proptest! {
    /// Whatever time a cursor names, reading goes on or ends.
    #[test]
    fn any_window_can_be_gone_on_from(
        seconds in prop_oneof![any::<i64>(), -400_000_000_000..400_000_000_000_i64, Just(1_767_578_400)],
        done in any::<bool>(),
        total in prop_oneof![any::<u64>(), u64::MAX - 2..=u64::MAX],
    ) {
        let shop = shop(&[5, 6, 7]);
        shop.lock().total = Some(total);
        let client = client(&shop);
        let items = client.call(changes(0, 900)).items().with_page_size(1).with_max_pages(5);
        let own = items.cursor().to_string();
        let head: Vec<&str> = own.split(':').take(3).collect();
        let Ok(cursor) = format!("{}:{}{seconds}:", head.join(":"), if done { 'd' } else { 'w' }).parse::<Cursor>() else {
            return Ok(());
        };
        let mut items = items.resume(&cursor).unwrap();
        while let Some(Ok(_)) = run(items.next()) {}
        prop_assert_eq!(items.cursor().to_string().parse(), Ok(items.cursor()));
    }
}

proptest! {
    /// However the rows lie in time, all are read once, or two neighbouring seconds have more than the platform shows.
    #[test]
    fn dense_windows_are_read_in_full(
        times in proptest::collection::vec(prop_oneof![0..200_i64, 90..110_i64], 0..90),
        size in 1..5_u64,
        oldest_first in any::<bool>(),
    ) {
        let shop = shop(&times);
        shop.lock().oldest_first = oldest_first;
        let client = client(&shop);
        let mut items = client.call(dense(0, 200)).items().with_page_size(size);
        let mut read = Vec::new();
        while let Some(row) = run(items.next()) {
            match row {
                Ok(row) => read.push(version(&row)),
                Err(error) => {
                    prop_assert!(matches!(error, Error::Page(error) if error.reason() == &PageReason::LastPage(3)));
                    let near = |from: i64| times.iter().filter(|time| (from..=from + 1).contains(*time)).count();
                    prop_assert!((0..200).any(|from| near(from) as u64 > 3 * size));
                    return Ok(());
                }
            }
        }
        prop_assert_eq!(read.len(), times.len());
        prop_assert_eq!(read.into_iter().collect::<BTreeSet<_>>(), versions(&shop));
    }
}
