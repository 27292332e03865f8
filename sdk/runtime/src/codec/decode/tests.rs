//! Everything odd that an answer may hold.

use super::*;
use crate::client::RawReply;
use crate::{DateTime, Decimal, Json, Model, Money, OpenEnum, Request};

/// A page of sales.
#[derive(Clone, Request)]
#[top(method = "taobao.sales.get", response = Sales)]
struct SalesGet {}

/// Its answer: one field of each kind.
#[derive(Model)]
struct Sales {
    sales: Vec<Sale>,
    tags: Vec<String>,
    ids: Vec<i64>,
    sale: Option<Sale>,
    total: Option<i64>,
    share: Option<f64>,
    more: Option<bool>,
    paid: Option<Money>,
    weight: Option<Decimal>,
    created: Option<DateTime>,
    extra: Option<Json>,
    note: Option<String>,
    status: Option<Status>,
}

#[derive(Model)]
struct Sale {
    tid: Option<i64>,
    paid: Option<Money>,
    parts: Vec<Sale>,
    gift: Option<Box<Sale>>,
}

#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
enum Status {
    #[top("PAID")]
    Paid,
    Other(String),
}

/// The answer, what drifted and what was unknown.
fn decode(body: &str) -> (Sales, Vec<String>, Vec<String>) {
    let reply = RawReply::stored("taobao.sales.get", body).decode::<SalesGet>(false).expect(body);
    let drift = reply.drift().iter().map(ToString::to_string).collect();
    (reply.response.clone(), drift, reply.unknown_fields().to_vec())
}

/// The answer to a body in which nothing is odd.
fn clean(body: &str) -> Sales {
    let (sales, drift, unknown) = decode(body);
    assert_eq!((drift, unknown), (Vec::new(), Vec::new()), "{body}");
    sales
}

#[test]
fn lists_in_every_form() {
    for (body, tids) in [
        (r#"{"sales":{"sale":[{"tid":1},{"tid":2}]}}"#, vec![1, 2]),
        (r#"{"sales":{"sale":[]}}"#, vec![]),
        (r#"{"sales":{"anything":[{"tid":1},{"tid":2}]}}"#, vec![1, 2]),
        (r#"{"sales":[{"tid":1},{"tid":2}]}"#, vec![1, 2]),
        (r#"{"sales":[]}"#, vec![]),
        (r#"{"sales":{}}"#, vec![]),
        (r#"{"sales":null}"#, vec![]),
        (r#"{"sales":""}"#, vec![]),
        ("{}", vec![]),
        (r#"{"sales":{"tid":1}}"#, vec![1]),
        (r#"{"sales":{"tid":1,"paid":"2.00"}}"#, vec![1]),
        (r#"{"sales":{"sale":{"tid":1}}}"#, vec![1]),
        (r#"{"sales":{"sale":[{"tid":1}],"count":1}}"#, vec![1]),
        (r#"{"sales":[null,{"tid":1},""]}"#, vec![1]),
        (r#"{"sales":"{\"tid\":1}"}"#, vec![1]),
        (r#"{"sales":["{\"tid\":1}",{"tid":2}]}"#, vec![1, 2]),
        (r#"{"sales":[{"tid":1}],"sales":[{"tid":2}]}"#, vec![2]),
        ("<x><sales><sale><tid>1</tid></sale><sale><tid>2</tid></sale></sales></x>", vec![1, 2]),
        ("<x><sales><sale><tid>1</tid></sale></sales></x>", vec![1]),
        ("<x><sales><any><tid>1</tid></any><any><tid>2</tid></any></sales></x>", vec![1, 2]),
        ("<x><sales/></x>", vec![]),
        ("<x><sales>\n</sales></x>", vec![]),
    ] {
        let found: Vec<_> = clean(body).sales.iter().filter_map(|sale| sale.tid).collect();
        assert_eq!(found, tids, "{body}");
    }
}

#[test]
fn lists_of_scalars_in_every_form() {
    for (body, tags) in [
        (r#"{"tags":{"string":["a","b"]}}"#, vec!["a", "b"]),
        (r#"{"tags":["a",1,true]}"#, vec!["a", "1", "true"]),
        (r#"{"tags":"a"}"#, vec!["a"]),
        (r#"{"tags":7}"#, vec!["7"]),
        (r#"{"tags":{"tag":"a"}}"#, vec!["a"]),
        ("<x><tags><string>a</string><string>b</string></tags></x>", vec!["a", "b"]),
        ("<x><tags><string>a</string></tags></x>", vec!["a"]),
        ("<x><tags><tag>a</tag></tags></x>", vec!["a"]),
        ("<x><tags>a</tags></x>", vec!["a"]),
    ] {
        assert_eq!(clean(body).tags, tags, "{body}");
    }
    assert_eq!(clean(r#"{"ids":{"number":[7104300007405429232,"2",3.0]}}"#).ids, [7_104_300_007_405_429_232, 2, 3]);
    let (sales, drift, _) = decode(r#"{"ids":[1,"x",{"a":1},2]}"#);
    assert_eq!(sales.ids, [1, 2]);
    assert_eq!(drift, ["ids[1]: expected an integer, got text", "ids[2]: expected an integer, got an object"]);
}

#[test]
fn scalars_in_either_form() {
    let strict = clean(
        r#"{"total":7104300007405429232,"share":0.5,"more":true,"paid":"12.50","weight":"1.20","created":"2026-01-05 10:00:00",
        "extra":"{\"a\":1}","note":"n","status":"PAID"}"#,
    );
    assert_eq!(strict.total, Some(7_104_300_007_405_429_232));
    assert_eq!(strict.paid.map(|paid| paid.to_string()).as_deref(), Some("12.50"));
    assert_eq!(strict.extra.as_ref().map(Json::as_str), Some(r#"{"a":1}"#));
    for same in [
        r#"{"total":"7104300007405429232","share":"0.5","more":"true","paid":12.50,"weight":1.20,"created":1767578400000,
        "extra":{"a":1},"note":"n","status":" PAID "}"#,
        r#"{"total":7104300007405429232.0,"share":5e-1,"more":1,"paid":" 12.50 ","weight":"120e-2","created":"1767578400000",
        "extra":"{\"a\":1}","note":"n","status":"PAID"}"#,
        "<x><total> 7104300007405429232 </total><share>0.50</share><more>TRUE</more><paid>12.50</paid><weight>1.20</weight>
        <created>2026-01-05 10:00:00</created><extra>{\"a\":1}</extra><note>n</note><status>PAID</status></x>",
    ] {
        assert_eq!(clean(same), strict, "{same}");
    }
    let kept = clean(r#"{"status":"NEW_ONE","note":12345678901234567890.10,"extra":[1]}"#);
    assert_eq!(kept.status, Some(Status::Other("NEW_ONE".into())));
    assert_eq!(kept.note.as_deref(), Some("12345678901234567890.10"));
    assert_eq!(kept.extra.as_ref().map(Json::as_str), Some("[1]"));
}

#[test]
fn empty_texts_are_absent_but_for_texts() {
    for empty in ["\"\"", "\" \\t\"", "null"] {
        let body = format!(
            r#"{{"total":{empty},"share":{empty},"more":{empty},"paid":{empty},"weight":{empty},"created":{empty},"sale":{empty},
            "status":{empty},"sales":{empty},"tags":{empty},"sale":{empty}}}"#
        );
        assert_eq!(clean(&body), Sales::default(), "{body}");
    }
    assert_eq!(clean(r#"{"note":""}"#).note.as_deref(), Some(""));
    assert_eq!(clean(r#"{"note":null}"#).note, None);
    assert_eq!(clean("<x><note/></x>").note, None);
}

#[test]
fn drift_has_a_path_and_costs_one_field() {
    for (body, drift) in [
        (r#"{"total":"many","note":"kept"}"#, "total: expected an integer, got text"),
        (r#"{"total":1.5,"note":"kept"}"#, "total: expected an integer, got a number"),
        (r#"{"total":9223372036854775808,"note":"kept"}"#, "total: expected an integer, got a number"),
        (r#"{"total":true,"note":"kept"}"#, "total: expected an integer, got a boolean"),
        (r#"{"more":"perhaps","note":"kept"}"#, "more: expected a boolean, got text"),
        (r#"{"share":"NaN","note":"kept"}"#, "share: expected a number, got text"),
        (r#"{"paid":{"yuan":1},"note":"kept"}"#, "paid: expected an amount of money, got an object"),
        (r#"{"paid":"1,000.00","note":"kept"}"#, "paid: expected an amount of money, got text"),
        (r#"{"paid":"1_000","note":"kept"}"#, "paid: expected an amount of money, got text"),
        (r#"{"weight":[1],"note":"kept"}"#, "weight: expected a decimal, got a list"),
        (r#"{"created":"yesterday","note":"kept"}"#, "created: expected a date, got text"),
        (r#"{"status":{},"note":"kept"}"#, "status: expected a value of an enum, got an object"),
        (r#"{"sale":"none","note":"kept"}"#, "sale: expected Sale, got text"),
        (r#"{"sale":"{broken","note":"kept"}"#, "sale: expected Sale, got text"),
        (r#"{"sale":[{},{}],"note":"kept"}"#, "sale: expected Sale, got a list"),
        (r#"{"sale":{"tid":{}},"note":"kept"}"#, "sale.tid: expected an integer, got an object"),
        (
            r#"{"sales":{"sale":[{},{"parts":[{},{},{"tid":"x"}]}]},"note":"kept"}"#,
            "sales[1].parts[2].tid: expected an integer, got text",
        ),
        (r#"{"sales":7,"note":"kept"}"#, "sales[0]: expected Sale, got a number"),
        (
            r#"{"sale":{"gift":{"gift":{"paid":false}}},"note":"kept"}"#,
            "sale.gift.gift.paid: expected an amount of money, got a boolean",
        ),
    ] {
        let (sales, found, unknown) = decode(body);
        assert_eq!((found, unknown), (vec![drift.to_owned()], Vec::new()), "{body}");
        assert_eq!(sales.note.as_deref(), Some("kept"), "{body}");
        let strict = RawReply::stored("taobao.sales.get", body).decode::<SalesGet>(true).unwrap_err();
        assert!(strict.to_string().contains(drift), "{strict}");
    }
}

#[test]
fn drift_is_kept_up_to_a_number_and_counted_beyond() {
    let body = format!(r#"{{"ids":[{}1]}}"#, "[],".repeat(1_000));
    let reply = RawReply::stored("taobao.sales.get", body).decode::<SalesGet>(false).unwrap();
    assert_eq!((reply.drift().len(), reply.drift_count(), reply.ids.as_slice()), (KEPT, 1_000, [1].as_slice()));
}

#[test]
fn repairs_are_drift() {
    let (sales, drift, _) = decode("{\"note\":\"a\tb\\ud800\"}");
    assert_eq!(sales.note.as_deref(), Some("a\tb\u{fffd}"));
    assert_eq!(drift, [": expected strict JSON, got raw control characters or lone surrogates"]);
}

#[test]
fn unknown_fields_once_each() {
    let (_, drift, unknown) = decode(
        r#"{"sales":{"sale":[{"new":1,"tid":1},{"new":2,"parts":[{"new":3}]},{"tid":2,"new":{"x":1}}]},"request_id":"r","newer":[1]}"#,
    );
    assert_eq!(unknown, ["sales[].new", "sales[].parts[].new", "newer"]);
    assert!(drift.is_empty());
    let many: String = (0..500).map(|n| format!("\"n{n}\":0,")).collect();
    assert_eq!(decode(&format!("{{{many}\"total\":1}}")).2.len(), KEPT);
}

#[test]
fn the_order_of_fields_does_not_matter() {
    // Each sale comes with other fields than the one before, and the odd one comes twice.
    let body = r#"{"sales":[{"tid":1,"paid":"1.00"},{"paid":"2.00","tid":2},{"new":0,"tid":3},{"tid":4,"new":0,"paid":"4.00"},
        {"parts":[{"paid":"5.10","tid":51}],"tid":5},{"tid":6,"tid":7,"paid":"6.00"}]}"#;
    let sales = decode(body).0.sales;
    let shown: Vec<_> =
        sales.iter().map(|s| (s.tid.unwrap(), s.paid.and_then(Money::fen).unwrap_or_default())).collect();
    assert_eq!(shown, [(1, 100), (2, 200), (3, 0), (4, 400), (5, 0), (7, 600)]);
    assert_eq!(sales[4].parts[0].tid, Some(51));
}

#[test]
fn wrappers_and_bare_answers() {
    for (body, total) in [
        (r#"{"sales_get_response":{"total":1,"request_id":"r"}}"#, Some(1)),
        (r#"{"taobao_sales_get_response":{"total":1}}"#, Some(1)),
        (r#"{"result":{"total":1}}"#, Some(1)),
        (r#"{"total":1}"#, Some(1)),
        (r#"{"total":1,"request_id":"r"}"#, Some(1)),
        (r#"{"request_id":"r"}"#, None),
        (r#"{"sale":{"tid":1}}"#, None),
        (r#"{"sales_get_response":{}}"#, None),
        (r#"{"sales_get_response":null}"#, None),
        ("<sales_get_response/>", None),
        ("<sales_get_response> </sales_get_response>", None),
    ] {
        assert_eq!(clean(body).total, total, "{body}");
    }
    for (body, got) in
        [("{\"sales_get_response\":[1]}", "a list"), ("<sales_get_response>Busy</sales_get_response>", "text")]
    {
        assert_eq!(decode(body).1, [format!(": expected Sales, got {got}")], "{body}");
    }
}

#[test]
fn request_ids_wherever_they_are() {
    for body in [
        r#"{"sales_get_response":{"request_id":"r1","total":1}}"#,
        r#"{"total":1,"request_id":"r1"}"#,
        "<sales_get_response><total>1</total><request_id>r1</request_id></sales_get_response>",
    ] {
        let reply = RawReply::stored("taobao.sales.get", body).decode::<SalesGet>(false).unwrap();
        assert_eq!(reply.request_id(), Some("r1"), "{body}");
    }
}

#[test]
fn what_is_no_answer() {
    for (body, message) in [
        ("", "it is empty"),
        (" \n", "it is empty"),
        ("[]", "its root is not an object"),
        ("\"ok\"", "its root is not an object"),
        ("<!DOCTYPE html><html></html>", "it is a web page"),
        ("\n<HTML><body>502</body>", "it is a web page"),
        ("<!DOCTYPE a><a/>", "a document type is not allowed"),
        ("{\"sales_get_response\":{\"total\":1", "the text ends in the middle"),
        ("<sales_get_response><total>1", "the text ends in the middle"),
    ] {
        let error = RawReply::stored("taobao.sales.get", body).decode::<SalesGet>(false).unwrap_err();
        assert!(matches!(error, crate::Error::Decode(_)) && error.to_string().contains(message), "{body}: {error}");
    }
}

#[test]
fn nested_too_deep_is_an_error_and_never_a_crash() {
    let json = format!("{}{}", "{\"sale\":{\"gift\":".repeat(10_000), "}}".repeat(10_000));
    let lists = format!("{{\"sale\":{}{}}}", "[".repeat(120), "]".repeat(120));
    assert!(RawReply::stored("taobao.sales.get", json).decode::<SalesGet>(false).is_err());
    assert!(RawReply::stored("taobao.sales.get", lists).decode::<SalesGet>(false).is_ok());
}

#[test]
fn small_answers_do_not_become_huge() {
    let body = format!(r#"{{"sales":[{}{{"tid":1}}],"sale":{{"tid":2}},"note":"kept"}}"#, "{},".repeat(9));
    let tree = crate::codec::json::read(body.as_bytes()).unwrap();
    let Kind::Map(entries) = tree.root().kind() else { panic!("no object") };
    let mut decoder = Decoder { spent: MOST_BYTES - 4 * size_of::<Sale>(), ..Decoder::default() };
    let mut sales = Sales::default();
    decoder.fill(entries, &mut sales);
    assert_eq!((sales.sales.len(), sales.sale, sales.note.as_deref()), (4, None, Some("kept")));
    assert_eq!(decoder.drift_count, 7);
    assert_eq!(decoder.drift[0].to_string(), "sales[4]: expected an answer of usual size, got an object");
}
