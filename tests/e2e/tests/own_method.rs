//! A method without a spec, by the derives on structures of one's own.

use std::sync::Arc;

use topsdk::{
    Client, Credentials, DateTime, Environment, Error, Fields, MockTransport, Model, Money, OpenEnum, Request, Upload,
};
use topsdk_codegen::load::load_files;
use topsdk_sandbox::fixtures::PAID_TRADE;

use crate::support::{client, root, sandbox, spec};

/// A method that the platform and the sandbox have, written by hand and smaller.
#[derive(Clone, Request)]
#[top(method = "taobao.trade.fullinfo.get", response = TradeAnswer, error = TradeError, session = required, effect = read)]
struct TradeGlance {
    #[top(fields(Glance, except("buyer_nick")))]
    fields: Fields,
    tid: i64,
    #[top(name = "include_oaid", max_length = 8)]
    oaid: Option<String>,
}

#[derive(Model)]
struct TradeAnswer {
    trade: Option<Glance>,
}

#[derive(Model)]
struct Glance {
    #[top(name = "tid")]
    id: Option<i64>,
    status: Option<Status>,
    payment: Option<Money>,
    pay_time: Option<DateTime>,
    #[top(sensitive(nick))]
    buyer_nick: Option<String>,
    orders: Vec<Order>,
}

#[derive(Model)]
struct Order {
    oid: Option<i64>,
    title: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
enum Status {
    #[top("WAIT_SELLER_SEND_GOODS")]
    Paid,
    Other(String),
}

#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
enum TradeError {
    #[top("isv.trade-not-exist")]
    NotExist,
    Other(String),
}

#[tokio::test]
async fn against_the_sandbox() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let reply = client.call(TradeGlance::new(Fields::all(), PAID_TRADE)).await.unwrap();
    let trade = reply.trade.as_ref().unwrap();
    assert_eq!((trade.id, &trade.status), (Some(PAID_TRADE), &Some(Status::Paid)));
    assert!(trade.payment.is_some() && trade.pay_time.is_some() && trade.orders[0].title.is_some());
    // `Fields::all()` asks for what the structure has, but for what is excepted.
    assert_eq!(trade.buyer_nick, None);
    // Of the orders it knows a part only.
    assert_eq!(reply.drift().len(), 0);
    assert!(reply.unknown_fields().iter().all(|path| path.starts_with("trade.orders[].")));

    let error = client.call(TradeGlance::new("tid", 1)).await.unwrap_err();
    assert_eq!(TradeGlance::error(&error), Some(TradeError::NotExist));
    let error = client.call(TradeGlance::new("tid", 1).oaid("123456789")).await.unwrap_err();
    assert!(matches!(&error, Error::Invalid(e) if e.parameter() == "include_oaid"), "{error}");
}

/// A method that nobody else knows, with a file, a nested list and numbers as an enum.
#[derive(Clone, Request)]
#[top(method = "acme.parcel.weigh", response = Weighed, session = none, effect = idempotent)]
struct ParcelWeigh {
    #[top(required, max_items = 2)]
    parts: Vec<Part>,
    mode: Option<Mode>,
    picture: Option<Upload>,
}

#[derive(Model)]
struct Part {
    #[top(required)]
    name: Option<String>,
    grams: Option<i64>,
}

#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
#[top(integer)]
enum Mode {
    #[top("1")]
    Rough,
    Other(String),
}

#[derive(Model)]
struct Weighed {
    #[top(element = "part_d_t_o")]
    parts: Vec<Part>,
    mode: Option<Mode>,
}

#[tokio::test]
async fn against_a_mock() {
    let mock = Arc::new(MockTransport::new());
    let body = r#"{"acme_parcel_weigh_response":{"parts":{"part_d_t_o":[{"name":"box","grams":"12"}]},"mode":1}}"#;
    mock.answer_raw("acme.parcel.weigh", 200, body);
    let builder = Client::builder(Environment::Production, Credentials::new("1", "s")).transport(Arc::clone(&mock));
    let client = builder.build().unwrap();
    let part = Part { name: Some("box".into()), grams: None };
    let reply = client.call(ParcelWeigh::new([part.clone()]).mode(Mode::Rough)).await.unwrap();
    assert_eq!((reply.parts[0].grams, &reply.mode), (Some(12), &Some(Mode::Rough)));
    let sent = mock.received().pop().unwrap().params;
    for (name, value) in [("parts", r#"[{"name":"box"}]"#), ("mode", "1"), ("method", "acme.parcel.weigh")] {
        assert!(sent.iter().any(|(n, v)| n == name && v == value), "{name}: {sent:?}");
    }
    for (request, parameter) in [
        (ParcelWeigh::new([part.clone(), part.clone(), part]), "parts"),
        (ParcelWeigh::new([] as [Part; 0]), "parts"),
        (ParcelWeigh::new([Part::default()]), "parts[0].name"),
    ] {
        let error = client.call(request).await.unwrap_err();
        // An empty structure is still a structure: its required fields are named.
        assert!(matches!(&error, Error::Invalid(e) if e.parameter() == parameter), "{error}");
    }
    assert_eq!(mock.received().len(), 1);
}

/// The client, the derive and the generator refuse the same parameters; the derive's list is in its ui test.
#[tokio::test]
async fn reserved_parameters_are_the_same_everywhere() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let derive = std::fs::read_to_string(root().join("sdk/tests/ui/request_reserved.stderr")).unwrap();
    let mut refused = Vec::new();
    for parameter in &spec().platform.parameters {
        let name = parameter.name.value.as_str();
        let method = format!(
            "method: taobao.x.get\nsummary: Reads.\nsession: required\neffect: read\nrequest: {{ {name}: string }}\nresponse: {{ ok: bool }}\nexample: {{ request: {{}}, response: {{ ok: true }} }}\n"
        );
        let loaded = load_files(vec![("x/taobao.x.get.yaml".into(), method)]);
        let by_generator = loaded.diagnostics.iter().any(|d| d.id == "reserved-parameter");
        let error = client.untyped("taobao.time.get").param(name, "1").await.map(drop);
        let by_client = matches!(&error, Err(Error::Invalid(e)) if e.parameter() == name);
        assert_eq!(by_generator, by_client, "{name}");
        if by_client {
            refused.push(name);
            assert!(derive.contains(&format!("`{name}` is set by the client")), "{name}");
        }
    }
    refused.sort_unstable();
    assert_eq!(refused, ["app_key", "method", "sign", "sign_method"]);
}
