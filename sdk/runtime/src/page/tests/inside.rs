//! Lists whose page stands in a structure of the request, and lists of which nobody tells the first page.

use super::forward::{Row, RowsGetResponse, mock, read, rows, sent};
use super::run;
use crate::error::Error;
use crate::{Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.inner.get", response = RowsGetResponse, effect = read,
    paging(page = "query.pageNo", size = "query.size", max_size = 2, total = "total", items = rows, item = Row, key("id")))]
struct InnerGet {
    #[top(max_items = 9)]
    ids: Vec<i64>,
    query: Option<Query>,
}

#[derive(Model)]
struct Query {
    word: Option<String>,
    #[top(name = "pageNo", max = 3)]
    page_no: Option<i64>,
    size: Option<i64>,
    tags: Vec<String>,
}

/// The first page is the request's to tell.
#[derive(Clone, Request)]
#[top(method = "taobao.untold.get", response = RowsGetResponse, effect = read,
    paging(page = "page", first = given, size = "size", total = "total", items = rows, item = Row))]
struct UntoldGet {
    page: Option<i64>,
    size: Option<i64>,
}

fn query() -> Query {
    Query { word: Some("a \"b\"".to_owned()), tags: vec!["x".to_owned()], ..Query::default() }
}

#[test]
fn a_structure_is_written_anew_for_each_page() {
    let bodies = [format!("{},\"total\":3", rows(&[1, 2])), format!("{},\"total\":3", rows(&[3]))];
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let table: [(Option<Query>, &[&str]); 3] = [
        (None, &[r#"{"pageNo":1,"size":2}"#, r#"{"pageNo":2,"size":2}"#]),
        (
            Some(query()),
            &[
                r#"{"word":"a \"b\"","pageNo":1,"size":2,"tags":["x"]}"#,
                r#"{"word":"a \"b\"","pageNo":2,"size":2,"tags":["x"]}"#,
            ],
        ),
        // One row is before this page, so all three are there; but two pages of one row have no room for three.
        (
            Some(Query { page_no: Some(2), size: Some(1), ..Query::default() }),
            &[r#"{"pageNo":2,"size":1}"#, r#"{"pageNo":3,"size":1}"#],
        ),
    ];
    for (query, expected) in table {
        let (client, mock) = mock::<InnerGet>(&bodies);
        let mut request = InnerGet::new().ids([7, 8]);
        request.query = query;
        let (ids, error) = read(&mut client.call(request).items());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(ids[..2], [1, 2]);
        assert_eq!(sent(&mock, "query"), expected);
        assert_eq!(sent(&mock, "ids"), vec!["7,8"; expected.len()]);
    }
}

#[test]
fn a_cursor_knows_the_rest_of_the_structure() {
    let body = format!("{},\"total\":9", rows(&[1, 2]));
    let (client, mock) = mock::<InnerGet>(&[&body]);
    let call = |query: Query| client.call(InnerGet::new().query(query)).items();
    let mut items = call(query());
    let (_, _) = (run(items.next()), run(items.next()));
    let cursor = items.cursor();
    let elsewhere = Query { page_no: Some(3), ..query() };
    assert!(call(elsewhere).resume(&cursor).is_ok(), "what differs from page to page");
    let other = Query { word: Some("c".to_owned()), ..query() };
    assert!(matches!(call(other).resume(&cursor), Err(Error::Page(_))));
    let before = mock.received().len();
    let mut rest = call(query()).resume(&cursor).unwrap();
    assert!(run(rest.next()).is_some());
    assert!(sent(&mock, "query")[before].contains(r#""pageNo":2"#));
    // Nothing but the page in the structure is as good as no structure.
    let alone = client.call(InnerGet::new().query(Query { page_no: Some(1), ..Query::default() })).items().cursor();
    assert!(client.call(InnerGet::new()).items().resume(&alone).is_ok());
}

#[test]
fn the_last_page_of_a_structure_is_heeded() {
    let bodies: Vec<String> = (1..9).map(|page| format!("{},\"total\":99", rows(&[2 * page, 2 * page + 1]))).collect();
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    let (client, _) = mock::<InnerGet>(&bodies);
    let (ids, error) = read(&mut client.call(InnerGet::new().query(query())).items());
    assert_eq!((ids.len(), error.map(|error| error.to_string().contains('3'))), (6, Some(true)));
}

#[test]
fn the_request_tells_the_first_page() {
    let bodies = [
        format!("{},\"total\":5", rows(&[1, 2])),
        format!("{},\"total\":5", rows(&[3, 4])),
        format!("{},\"total\":5", rows(&[5])),
    ];
    let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
    for first in [0, 1] {
        let (client, mock) = mock::<UntoldGet>(&bodies);
        let (ids, error) = read(&mut client.call(UntoldGet::new().page(first).size(2)).items());
        assert!(error.is_none(), "{error:?}");
        assert_eq!(ids, [1, 2, 3, 4, 5], "{first}");
        assert_eq!(sent(&mock, "page"), [0, 1, 2].map(|page| (first + page).to_string()));
    }
    let (client, mock) = mock::<UntoldGet>(&bodies);
    let (ids, error) = read(&mut client.call(UntoldGet::new()).items());
    assert_eq!(
        (ids, error.unwrap().to_string().as_str()),
        (
            vec![],
            "taobao.untold.get: parameter `page` must name the first page, 0 or 1: the platform does not tell which it is; nothing was sent"
        )
    );
    assert!(mock.received().is_empty());
}

/// A total that does not count the rows of the list is noticed, at the price of one call.
#[test]
fn totals_of_other_things() {
    let page = |ids: &[i64], total: i64| format!("{},\"total\":{total}", rows(ids));
    let table = [
        (
            "orders, whose lines are the rows",
            vec![page(&[1, 2, 3, 4], 6), page(&[5, 6], 6), page(&[7], 6), page(&[], 6)],
            7,
            4,
        ),
        ("the rows of the page", vec![page(&[1, 2], 2), page(&[3, 4], 2), page(&[5], 1), page(&[], 0)], 5, 4),
        (
            "the rows, on the first page only",
            vec![page(&[1, 2], 5), page(&[3, 4], 0), page(&[5], 0), page(&[], 0)],
            5,
            4,
        ),
        ("one full page", vec![page(&[1, 2], 2), page(&[], 2)], 2, 2),
        ("one full page, shown again", vec![page(&[1, 2], 2)], 2, 2),
        ("one page", vec![page(&[1], 1)], 1, 1),
        ("two pages", vec![page(&[1, 2], 4), page(&[3, 4], 4)], 4, 2),
        ("larger pages than asked for", vec![page(&[1, 2, 3], 6), page(&[4, 5, 6], 6), page(&[], 6)], 6, 3),
    ];
    for (what, bodies, count, calls) in table {
        let bodies: Vec<&str> = bodies.iter().map(String::as_str).collect();
        let (client, mock) = mock::<UntoldGet>(&bodies);
        let (ids, error) = read(&mut client.call(UntoldGet::new().page(1).size(2)).items());
        assert!(error.is_none(), "{what}: {error:?}");
        assert_eq!((ids, mock.received().len()), ((1..=count).collect(), calls), "{what}");
    }
}
