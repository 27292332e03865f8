//! Lists read from their first page on.

use std::sync::Arc;

use proptest::prelude::*;

use super::run;
use crate::error::{Error, PageReason};
use crate::page::{Cursor, Items};
use crate::{Client, Credentials, Environment, Fields, MockTransport, Model, Paged, Request};

#[derive(Clone, Request)]
#[top(
    method = "taobao.rows.get",
    response = RowsGetResponse,
    effect = read,
    paging(
        page = "page_no", size = "page_size", total = "total", has_next = "has_next", use_has_next = "use_has_next", items = rows,
        item = Row, key("id")
    )
)]
struct RowsGet {
    #[top(max = 20)]
    page_no: Option<i64>,
    page_size: Option<i64>,
    use_has_next: Option<bool>,
    word: Option<String>,
}

#[derive(Model)]
pub(super) struct RowsGetResponse {
    pub(super) rows: Vec<Row>,
    total: Option<i64>,
    has_next: Option<bool>,
}

#[derive(Model)]
pub(super) struct Row {
    pub(super) id: Option<i64>,
    word: Option<String>,
}

/// Without a key, and selected.
#[derive(Clone, Request)]
#[top(method = "taobao.words.get", response = RowsGetResponse, effect = read,
    paging(page = "pageIndex", first = 0, total = "total", items = rows, item = Row))]
struct WordsGet {
    #[top(fields(Row))]
    fields: Option<Fields>,
    #[top(name = "pageIndex")]
    page_index: Option<i64>,
}

#[derive(Clone, Request)]
#[top(method = "taobao.ids.get", response = IdsGetResponse, effect = read,
    paging(offset = "offset", size = "limit", max_size = 2, total = "total", items = ids, item = i64))]
struct IdsGet {
    offset: Option<i64>,
    limit: Option<i64>,
}

#[derive(Model)]
struct IdsGetResponse {
    ids: Vec<i64>,
    total: Option<i64>,
}

#[derive(Clone, Request)]
#[top(method = "taobao.scroll.get", response = ScrollGetResponse, effect = read,
    paging(scroll = "scroll_id", next = "result.scroll_id", items = result.rows, item = Row, key("id")))]
struct ScrollGet {
    scroll_id: Option<String>,
}

#[derive(Model)]
struct ScrollGetResponse {
    result: Option<Scrolled>,
}

#[derive(Model)]
struct Scrolled {
    scroll_id: Option<String>,
    rows: Vec<Row>,
}

/// A client and a mock that answers one method with these bodies, one after another; the last one again and again.
pub(super) fn mock<R: Request>(bodies: &[&str]) -> (Client, Arc<MockTransport>) {
    let mock = Arc::new(MockTransport::new());
    for body in bodies {
        let body = format!("{{\"x_response\":{{{body}}}}}");
        mock.answer_raw(R::INFO.name, 200, body);
    }
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
    (builder.transport(Arc::clone(&mock)).build().unwrap(), mock)
}

pub(super) fn sent(mock: &MockTransport, name: &str) -> Vec<String> {
    let value = |params: &[(String, String)]| {
        params.iter().find(|(known, _)| known == name).map_or(String::new(), |(_, value)| value.clone())
    };
    mock.received().iter().map(|call| value(&call.params)).collect()
}

/// Ids of rows, and what came at the end instead of one.
pub(super) fn read<R: Paged<Item = Row>>(items: &mut Items<R>) -> (Vec<i64>, Option<Error>) {
    let mut ids = Vec::new();
    while let Some(row) = run(items.next()) {
        match row {
            Ok(row) => ids.push(row.id.unwrap_or(-1)),
            Err(error) => {
                assert!(run(items.next()).is_none(), "an error is the end");
                return (ids, Some(error));
            }
        }
    }
    (ids, None)
}

pub(super) fn rows(ids: &[i64]) -> String {
    let rows: Vec<String> = ids.iter().map(|id| format!("{{\"id\":{id}}}")).collect();
    format!("\"rows\":{{\"row\":[{}]}}", rows.join(","))
}

/// Pages as the gateway gives them, the ids that come of them, and the number of calls.
#[test]
fn ends_of_lists() {
    let next = |ids: &[i64], has_next: bool| format!("{},\"has_next\":{has_next}", rows(ids));
    let total = |ids: &[i64], total: i64| format!("{},\"total\":{total}", rows(ids));
    let table: Vec<(&str, Vec<String>, &[i64], usize)> = vec![
        ("nothing", vec![next(&[], false)], &[], 1),
        ("nothing counted", vec![total(&[], 0)], &[], 1),
        ("no word about the end", vec![rows(&[1, 2]), rows(&[3]), rows(&[])], &[1, 2, 3], 3),
        ("the last page again and again", vec![rows(&[1, 2]), rows(&[3, 4])], &[1, 2, 3, 4], 3),
        ("has_next", vec![next(&[1, 2], true), next(&[3], false)], &[1, 2, 3], 2),
        ("an empty page between", vec![next(&[1], true), next(&[], true), next(&[3], false)], &[1, 3], 3),
        ("counted", vec![total(&[1, 2], 3), total(&[3], 3)], &[1, 2, 3], 2),
        ("counted in vain", vec![total(&[1, 2], 9), total(&[3], 9), total(&[], 9)], &[1, 2, 3], 3),
        // Two new rows came in front.
        (
            "rows that move on",
            vec![next(&[9, 8, 7], true), next(&[8, 7, 6], true), next(&[5], false)],
            &[9, 8, 7, 6, 5],
            3,
        ),
        // The gateway says less than it was asked.
        ("no has_next", vec![total(&[1, 2], 3), total(&[3], 3)], &[1, 2, 3], 2),
    ];
    for (what, bodies, ids, calls) in table {
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let (client, mock) = mock::<RowsGet>(&bodies);
        let mut items = client.call(RowsGet::new()).items();
        let (found, error) = read(&mut items);
        assert!(error.is_none(), "{what}: {error:?}");
        assert_eq!(found, ids, "{what}");
        assert!(items.cursor().is_end());
        let pages: Vec<String> = (1..=calls).map(|page| page.to_string()).collect();
        assert_eq!(sent(&mock, "page_no"), pages, "{what}");
        assert!(sent(&mock, "use_has_next").iter().all(|flag| flag == "true"));
    }
}

#[test]
fn lists_without_end() {
    let table: Vec<(Vec<String>, PageReason)> = vec![
        (vec![format!("{},\"has_next\":true", rows(&[1, 2]))], PageReason::SamePage),
        (vec![format!("{},\"total\":9", rows(&[1, 2]))], PageReason::SamePage),
        (vec!["\"has_next\":true".to_owned()], PageReason::EmptyPages(10)),
        ((0..30).map(|page| format!("{},\"has_next\":true", rows(&[page]))).collect(), PageReason::LastPage(20)),
    ];
    for (bodies, reason) in table {
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let (client, _) = mock::<RowsGet>(&bodies);
        let (_, error) = read(&mut client.call(RowsGet::new()).items());
        let Some(Error::Page(error)) = error else { panic!("{error:?}") };
        assert_eq!(error.reason(), &reason);
    }
    let bodies = [1, 2, 3].map(|id| format!("{},\"has_next\":true", rows(&[id])));
    let (client, mock) = mock::<RowsGet>(&bodies.each_ref().map(String::as_str));
    let mut items = client.call(RowsGet::new()).items().with_max_pages(2);
    let (ids, error) = read(&mut items);
    assert_eq!(
        error.unwrap().to_string(),
        "taobao.rows.get: 2 pages were read; go on from the cursor, or allow more with with_max_pages()"
    );
    assert_eq!((ids, mock.received().len()), (vec![1, 2], 2));
    let mut rest = client.call(RowsGet::new()).items().with_prefetch(0).resume(&items.cursor()).unwrap();
    assert_eq!(run(rest.next()).unwrap().unwrap().id, Some(3));
    assert_eq!(sent(&mock, "page_no"), ["1", "2", "3"]);
}

#[test]
fn equal_rows_of_another_page_are_no_loop_where_few_fields_are_asked_for() {
    let bodies = [r#""rows":{"row":[{"word":"a"},{"word":"a"}]},"total":4"#];
    let (client, mock) = mock::<WordsGet>(&bodies);
    let (ids, error) = read(&mut client.call(WordsGet::new().fields("word")).items());
    assert_eq!((ids.len(), error.is_none()), (4, true));
    assert_eq!(sent(&mock, "pageIndex"), ["0", "1"]);
    // With all fields they would be equal rows.
    let (_, error) = read(&mut client.call(WordsGet::new()).items());
    assert!(matches!(error, Some(Error::Page(e)) if e.reason() == &PageReason::SamePage));
}

#[test]
fn offsets_and_scrolls() {
    let (client, mock) = mock::<IdsGet>(&[
        r#""ids":{"number":[1,2]},"total":5"#,
        r#""ids":{"number":[3]},"total":5"#,
        r#""ids":{"number":[4,5]},"total":5"#,
    ]);
    let mut items = client.call(IdsGet::new()).items();
    let mut ids = Vec::new();
    while let Some(id) = run(items.next()) {
        ids.push(id.unwrap());
    }
    assert_eq!(ids, [1, 2, 3, 4, 5]);
    assert_eq!(sent(&mock, "offset"), ["0", "2", "3"]);
    assert_eq!(sent(&mock, "limit"), ["2", "2", "2"]);

    // Rows without a key, and a last page that comes for any later place.
    let (client, mock) = self::mock::<IdsGet>(&[r#""ids":{"number":[1,2]}"#, r#""ids":{"number":[3,4]}"#]);
    let mut pages = client.call(IdsGet::new()).pages();
    let mut found = Vec::new();
    while let Some(page) = run(pages.next()) {
        found.push(page.unwrap().into_inner().ids);
    }
    assert_eq!(found, [vec![1, 2], vec![3, 4], vec![]], "the third page shows nothing new");
    assert!(pages.cursor().is_end());
    assert_eq!(sent(&mock, "offset"), ["0", "2", "4"]);

    let page = |next: &str, ids: &[i64]| format!("\"result\":{{\"scroll_id\":\"{next}\",{}}}", rows(ids));
    let table: [(&[String], &[i64], &[&str]); 4] = [
        (&[page("a b", &[1]), page("c", &[2]), page("", &[3])], &[1, 2, 3], &["", "a b", "c"]),
        (&[page("a", &[1]), page("b", &[])], &[1], &["", "a"]),
        // Some name all pages alike.
        (&[page("a", &[1]), page("a", &[2]), page("a", &[])], &[1, 2], &["", "a", "a"]),
        (&["\"result\":{}".to_owned()], &[], &[""]),
    ];
    for (bodies, ids, names) in table {
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let (client, mock) = self::mock::<ScrollGet>(&bodies);
        let (found, error) = read(&mut client.call(ScrollGet::new()).items());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(
            (found.as_slice(), sent(&mock, "scroll_id")),
            (ids, names.iter().map(|n| (*n).to_owned()).collect())
        );
    }
    let again = page("a", &[1]);
    let (client, _) = self::mock::<ScrollGet>(&[&again]);
    let (_, error) = read(&mut client.call(ScrollGet::new()).items());
    assert!(matches!(error, Some(Error::Page(e)) if e.reason() == &PageReason::SamePage));
}

#[test]
fn a_stream_goes_on_from_a_cursor() {
    let first = format!("{},\"has_next\":true", rows(&[1, 2, 3]));
    let second = format!("{},\"has_next\":false", rows(&[4, 5]));
    let bodies = [first.as_str(), &second];
    let request = || RowsGet::new().word("shoes");
    for stop in 0..=5 {
        let (client, _) = mock::<RowsGet>(&bodies);
        let mut items = client.call(request()).items();
        let head: Vec<i64> = (0..stop).map(|_| run(items.next()).unwrap().unwrap().id.unwrap()).collect();
        let cursor: Cursor = items.cursor().to_string().parse().unwrap();
        assert_eq!(cursor, items.cursor());

        let bodies = if stop < 3 { &bodies[..] } else { &bodies[1..] };
        let (client, mock) = mock::<RowsGet>(bodies);
        let mut rest = client.call(request()).items().resume(&cursor).unwrap();
        let (tail, error) = read(&mut rest);
        assert!(error.is_none());
        assert_eq!([head, tail].concat(), [1, 2, 3, 4, 5], "after {stop}");
        assert_eq!(mock.received().len(), if stop == 5 { 0 } else { bodies.len() });
    }
}

#[test]
fn a_place_without_keys_is_known_by_its_number() {
    let body = r#""rows":{"row":[{"word":"a"},{"word":"a"},{"word":"b"}]},"total":3"#;
    let (client, _) = mock::<WordsGet>(&[body]);
    let mut items = client.call(WordsGet::new()).items();
    run(items.next()).unwrap().unwrap();
    let mut rest = client.call(WordsGet::new()).items().resume(&items.cursor()).unwrap();
    let words: Vec<_> = std::iter::from_fn(|| run(rest.next())).map(|row| row.unwrap().word.unwrap()).collect();
    assert_eq!(words, ["a", "b"]);
}

#[test]
fn cursors_that_do_not_belong() {
    let body = format!("{},\"has_next\":true", rows(&[1, 2, 3]));
    let (client, mock) = mock::<RowsGet>(&[&body]);
    let cursor = client.call(RowsGet::new().word("shoes")).items().cursor();
    let reason = |items: Result<Items<RowsGet>, Error>| match items {
        Err(Error::Page(error)) => error.reason().clone(),
        other => panic!("{other:?}"),
    };
    let resume = |request: RowsGet| client.call(request).items().resume(&cursor);
    assert!(resume(RowsGet::new().word("shoes")).is_ok());
    assert!(
        resume(RowsGet::new().word("shoes").page_no(7).use_has_next(true)).is_ok(),
        "what differs from page to page"
    );
    assert_eq!(reason(resume(RowsGet::new().word("boots"))), PageReason::CursorParameters);
    assert_eq!(reason(resume(RowsGet::new().word("shoes").page_size(9))), PageReason::CursorParameters);
    let other = client.call(WordsGet::new()).items().cursor();
    let items = client.call(RowsGet::new()).items();
    assert_eq!(reason(items.resume(&other)), PageReason::CursorMethod("taobao.words.get".to_owned()));
    let elsewhere: Cursor = cursor.to_string().replace(":p1.0.0:", ":o0.0:").parse().unwrap();
    let items = client.call(RowsGet::new().word("shoes")).items();
    let error = items.resume(&elsewhere).unwrap_err();
    assert_eq!(error.to_string(), "taobao.rows.get: the cursor names a place that this list does not have; begin anew");
    assert!(!error.may_have_reached_platform() && mock.received().is_empty());
}

/// A page of a list is another place when pages have another size.
#[test]
fn the_size_of_pages_and_the_place() {
    let body = format!("{},\"has_next\":true", rows(&[1, 2]));
    let (client, mock) = mock::<RowsGet>(&[&body]);
    let mut items = client.call(RowsGet::new()).items().with_page_size(2).with_prefetch(0);
    run(items.next()).unwrap().unwrap();
    let (cursor, calls) = (items.cursor(), mock.received().len());
    let resumed = || client.call(RowsGet::new()).items().with_page_size(2).resume(&cursor).unwrap();
    let error = run(resumed().with_page_size(3).next()).unwrap().unwrap_err();
    assert!(matches!(&error, Error::Page(error) if *error.reason() == PageReason::CursorParameters), "{error:?}");
    assert!(!error.may_have_reached_platform());
    assert_eq!(mock.received().len(), calls);
    assert_eq!(run(resumed().with_page_size(2).next()).unwrap().unwrap().id, Some(2));
}

/// Four of five rows stand before the third page, by the size that is in force.
#[test]
fn rows_before_the_first_page_that_is_read() {
    let five = |ids: &[i64]| format!("{},\"total\":5", rows(ids));
    let (client, mock) = mock::<RowsGet>(&[&five(&[5]), &five(&[])]);
    let cursor = client.call(RowsGet::new().page_no(3).page_size(2)).items().cursor();
    let mut items = client.call(RowsGet::new().page_no(3).page_size(9)).items().with_page_size(2);
    assert_eq!(items.cursor(), cursor);
    assert_eq!(run(items.next()).unwrap().unwrap().id, Some(5));
    assert!(run(items.next()).is_none());
    assert_eq!(mock.received().len(), 1);
}

/// A token is renewed far more often than a list is begun anew, and the old and the new one of a user have nothing in common.
#[test]
fn a_renewed_token_goes_on_from_a_cursor() {
    let body = format!("{},\"has_next\":true", rows(&[1, 2, 3]));
    let (client, mock) = mock::<RowsGet>(&[&body]);
    let call = |token: &str| client.call(RowsGet::new()).with_session(token).items().with_prefetch(0);
    let mut items = call("0ld-t0ken");
    run(items.next()).unwrap().unwrap();
    let cursor = items.cursor();
    assert!(!cursor.to_string().contains("t0ken"));
    assert_eq!(run(call("new-t0ken").resume(&cursor).unwrap().next()).unwrap().unwrap().id, Some(2));
    assert_eq!(sent(&mock, "session"), ["0ld-t0ken", "new-t0ken"]);
}

#[test]
fn an_error_ends_the_stream_and_leaves_a_place() {
    let first = format!("{},\"has_next\":true", rows(&[1, 2]));
    let (client, mock) = mock::<RowsGet>(&[&first]);
    mock.fail("taobao.rows.get", 15, "isv.no");
    let mut items = client.call(RowsGet::new()).with_attempts(1).items();
    let (ids, error) = read(&mut items);
    assert_eq!((ids, error.unwrap().sub_code()), (vec![1, 2], Some("isv.no")));
    let mut rest = client.call(RowsGet::new()).items().resume(&items.cursor()).unwrap();
    assert!(run(rest.next()).unwrap().is_err());
    assert_eq!(sent(&mock, "page_no"), ["1", "2", "2"]);
}

#[test]
fn so_many_pages_are_read_ahead() {
    for (prefetch, calls) in [(0, [1, 1, 2]), (1, [2, 2, 3]), (3, [4, 4, 5])] {
        let bodies: Vec<String> =
            (0..9).map(|page| format!("{},\"has_next\":true", rows(&[2 * page, 2 * page + 1]))).collect();
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let (client, mock) = mock::<RowsGet>(&bodies);
        let mut items = client.call(RowsGet::new()).items().with_prefetch(prefetch);
        assert_eq!(mock.received().len(), 0, "nothing is asked for before the first row is");
        let made = calls.map(|_| {
            run(items.next()).unwrap().unwrap();
            mock.received().len()
        });
        assert_eq!(made, calls, "{prefetch}");
    }
}

#[test]
fn a_request_may_begin_later_and_ask_for_a_count() {
    let body = format!("{},\"total\":9", rows(&[1]));
    let (client, mock) = mock::<RowsGet>(&[&body]);
    let mut items = client.call(RowsGet::new().page_no(5).page_size(2).use_has_next(false)).items();
    run(items.next()).unwrap().unwrap();
    let first = |name| sent(&mock, name).remove(0);
    assert_eq!([first("page_no"), first("page_size"), first("use_has_next")], ["5", "2", "false"]);
}

#[test]
fn nothing_of_a_stream_is_shown() {
    let (client, _) = mock::<ScrollGet>(&[]);
    let items = client.call(ScrollGet::new().scroll_id("t0ken")).items();
    assert_eq!(format!("{items:?}"), r#"Items { method: "taobao.scroll.get", .. }"#);
    assert_eq!(format!("{:?}", items.cursor()), r#"Cursor { method: "taobao.scroll.get", .. }"#);
}

/// Numbers as texts may have them.
fn number() -> impl Strategy<Value = u64> {
    prop_oneof![3 => 0..4_u64, 2 => u64::MAX - 3..=u64::MAX, 1 => any::<u64>()]
}

/// What stands in the text of a cursor for the place.
fn place() -> impl Strategy<Value = String> {
    prop_oneof![
        (number(), number(), number()).prop_map(|(page, before, taken)| format!("p{page}.{before}.{taken}")),
        (number(), number()).prop_map(|(rows, taken)| format!("o{rows}.{taken}")),
        number().prop_map(|taken| format!("s61.{taken}")),
        Just("e".to_owned()),
    ]
}

/// Reads from a place for a while, if the list has it.
fn read_from<R: Paged>(client: &Client, request: R, place: &str) {
    let items = client.call(request).items();
    let own = items.cursor().to_string();
    let head: Vec<&str> = own.split(':').take(3).collect();
    let cursor: Cursor = format!("{}:{place}:", head.join(":")).parse().unwrap();
    let Ok(mut items) = items.resume(&cursor) else { return };
    for _ in 0..6 {
        assert_eq!(items.cursor().to_string().parse(), Ok(items.cursor()));
        if run(items.next()).is_none() {
            return;
        }
    }
}

proptest! {
    /// Whatever place a text names and whatever total the platform tells, reading goes on or ends with an error.
    #[test]
    fn any_cursor_can_be_gone_on_from(place in place(), total in number(), rows in 0..3_usize) {
        let ids = [7, 8, 9];
        let body = format!("{},\"total\":{total}", self::rows(&ids[..rows]));
        let other = format!("{},\"total\":{total}", self::rows(&ids[rows..]));
        read_from(&mock::<RowsGet>(&[&body, &other, &body]).0, RowsGet::new(), &place);
        read_from(&mock::<WordsGet>(&[&body, &other, &body]).0, WordsGet::new(), &place);
        let (body, scroll) = (r#""ids":{"number":[1,2]}"#, format!("\"result\":{{\"scroll_id\":\"b\",{other}}}"));
        read_from(&mock::<IdsGet>(&[&format!("{body},\"total\":{total}"), body]).0, IdsGet::new(), &place);
        read_from(&mock::<ScrollGet>(&[&scroll]).0, ScrollGet::new(), &place);
    }
}
