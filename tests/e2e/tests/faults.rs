//! Everything that can go wrong on the way, and what the caller is told.

use std::time::{Duration, SystemTime};

use topsdk::error::Problem;
use topsdk::layer::Retry;
use topsdk::layer::retry::Stopped;
use topsdk::model::RetryClass;
use topsdk::platform::TimeGet;
use topsdk::refund::RefundMessageAdd;
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate, TradesSoldGet};
use topsdk::{Client, ClientBuilder, Clock, Credentials, Environment, Error, Fields, Format, Request, Upload};
use topsdk_e2e::file;
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, OPEN_REFUND, PAID_TRADE, SESSION};
use topsdk_sandbox::{Fault, Sandbox, What};

use crate::support::net::{Proxy, full_port, unused_port};
use crate::support::{builder, client, sandbox, single};

fn one_trade() -> TradeFullinfoGet {
    TradeFullinfoGet::new("tid,status,payment,buyer_message,orders", PAID_TRADE)
}

/// What is expected of an error.
struct Expected {
    /// Phase, code and named limit in a word.
    kind: &'static str,
    /// Whether the call may have got through.
    sent: bool,
    /// Whether trying again helps.
    retry: RetryClass,
    /// Parts of the message.
    says: &'static [&'static str],
}

impl Expected {
    fn of(&self, what: &str, error: &Error) {
        let kind = match error {
            Error::Config(_) => "config".to_owned(),
            Error::Invalid(_) => "invalid".to_owned(),
            Error::Transport(_) => "transport".to_owned(),
            Error::Timeout(e) => format!("timeout {}", e.which()),
            Error::Gateway(e) => format!("gateway {}", e.code()),
            Error::Decode(e) => format!("decode {}", problem(e.problem())),
            other => panic!("a new phase: {other}"),
        };
        let message = error.to_string();
        let got = (kind.as_str(), error.may_have_reached_platform(), error.retry());
        assert_eq!(got, (self.kind, self.sent, self.retry), "{what}: {message}");
        for part in self.says {
            assert!(message.contains(part), "{what}: {message:?} does not say {part:?}");
        }
        assert!(
            !message.contains(SESSION) && !message.contains(APP_SECRET) && !message.contains("sign="),
            "{what}: {message}"
        );
    }
}

fn problem(problem: &Problem) -> &'static str {
    match problem {
        Problem::Empty => "empty",
        Problem::Html => "html",
        Problem::Syntax(_) => "syntax",
        Problem::NotAnObject => "not an object",
        Problem::Drift(_) => "drift",
        _ => "new",
    }
}

#[tokio::test]
async fn each_fault_in_json_and_xml() {
    let sandbox = sandbox().await;
    let cases = [
        (What::Reset, "transport", RetryClass::Backoff, &["transport: ", "the call may have reached the platform"][..]),
        (What::Truncate, "transport", RetryClass::Backoff, &["the answer broke off", "may have reached"]),
        (
            What::TruncatedGzip,
            "transport",
            RetryClass::Backoff,
            &["the compressed answer is damaged", "may have reached"],
        ),
        (What::BadGzip, "transport", RetryClass::Backoff, &["the compressed answer is damaged", "may have reached"]),
        (What::Shorten, "decode syntax", RetryClass::Backoff, &["cannot be read", "A write may have been applied"]),
        (What::Empty, "decode empty", RetryClass::Backoff, &["it is empty", "A write may have been applied"]),
        (What::Html { status: 200 }, "decode html", RetryClass::Backoff, &["it is a web page", "proxy"]),
        (What::Html { status: 502 }, "transport", RetryClass::Backoff, &["HTTP status 502"]),
        (What::HttpStatus { status: 503 }, "transport", RetryClass::Backoff, &["HTTP status 503", "may have reached"]),
        (What::HttpStatus { status: 404 }, "transport", RetryClass::Never, &["HTTP status 404"]),
        (What::Deep { levels: 1_000 }, "decode syntax", RetryClass::Never, &["nested too deep"]),
        (What::Huge { megabytes: 50 }, "transport", RetryClass::Never, &["larger than the limit of 1048576 bytes"]),
    ];
    for format in [Format::Json, Format::Xml] {
        let client = single(&sandbox).format(format).max_response(1 << 20).build().unwrap();
        for (fault, kind, retry, says) in &cases {
            sandbox.fault(Fault::new(fault.clone()).times(1));
            let error = client.call(one_trade()).await.unwrap_err();
            let expected = Expected { kind, sent: true, retry: *retry, says };
            expected.of(&format!("{fault:?} in {}", format.as_str()), &error);
            // The client is none the worse for it.
            assert_eq!(client.call(one_trade()).await.unwrap().trade.as_ref().unwrap().tid, Some(PAID_TRADE));
        }
    }
}

#[tokio::test]
async fn a_http_status_of_200_or_400_with_an_answer_is_an_answer() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::new(What::HttpStatus { status: 400 }).times(1));
    let reply = client(&sandbox).call(one_trade()).await.unwrap();
    assert_eq!(reply.trade.as_ref().unwrap().tid, Some(PAID_TRADE));
}

#[tokio::test]
async fn refusals_with_meaning_and_remedy() {
    let sandbox = sandbox().await;
    let client = single(&sandbox).build().unwrap();
    // (fault, code, may have acted, retry, is_rate_limited, is_session_invalid, ban, parts of the message)
    let cases = [
        (
            Fault::ban(31),
            7,
            false,
            RetryClass::AfterBan,
            true,
            false,
            Some(31),
            &["code 7", "This ban will last for 31 more seconds"][..],
        ),
        (
            Fault::error(15, "isp.remote-service-timeout"),
            15,
            true,
            RetryClass::Backoff,
            false,
            false,
            None,
            &["code 15", "isp.remote-service-timeout"],
        ),
        (
            Fault::error(15, "isp.anything-new"),
            15,
            true,
            RetryClass::Backoff,
            false,
            false,
            None,
            &["isp.anything-new"],
        ),
        (
            Fault::error(15, "isv.trade-not-exist"),
            15,
            true,
            RetryClass::Never,
            false,
            false,
            None,
            &["isv.trade-not-exist", "There is no such trade"],
        ),
        (
            Fault::error(41, "isv.invalid-parameter:tid"),
            41,
            true,
            RetryClass::Never,
            false,
            false,
            None,
            &["isv.invalid-parameter:tid"],
        ),
        (Fault::error(27, ""), 27, false, RetryClass::Never, false, true, None, &["code 27", "Invalid Session"]),
        (Fault::error(53, ""), 53, true, RetryClass::Never, false, true, None, &["code 53"]),
        (
            Fault::error(11, "isv.permission-api-package-limit"),
            11,
            true,
            RetryClass::Never,
            false,
            false,
            None,
            &["code 11"],
        ),
        (Fault::error(4711, ""), 4711, true, RetryClass::Never, false, false, None, &["code 4711"]),
    ];
    for (fault, code, sent, retry, limited, session, ban, says) in cases {
        let what = format!("{:?}", fault.what);
        sandbox.fault(fault.times(1));
        let error = client.call(one_trade()).await.unwrap_err();
        Expected { kind: Box::leak(format!("gateway {code}").into_boxed_str()), sent, retry, says }.of(&what, &error);
        let gateway = error.gateway().unwrap();
        assert_eq!((error.is_rate_limited(), error.is_session_invalid()), (limited, session), "{what}");
        assert_eq!(gateway.ban(), ban.map(Duration::from_secs), "{what}");
        assert_eq!(gateway.method(), "taobao.trade.fullinfo.get", "{what}");
        assert!(error.request_id().is_some_and(|id| error.to_string().contains(id)), "{what}");
        if code < 1000 {
            let remedy = error.remedy().unwrap();
            assert!(!remedy.means.is_empty() && !remedy.fix.is_empty(), "{what}");
            assert!(error.to_string().contains(remedy.fix), "{what}: {error}");
        }
        sandbox.clear_faults();
    }
}

#[tokio::test]
async fn the_articles_remedies_stand_beside_the_platforms() {
    let sandbox = sandbox().await;
    let client = single(&sandbox).build().unwrap();
    for code in [7, 15, 40, 100] {
        sandbox.fault(Fault::error(code, "").times(1));
        let error = client.call(one_trade()).await.unwrap_err();
        assert!(error.gateway().unwrap().article_remedy().is_some_and(|text| !text.is_empty()), "{code}");
    }
}

#[tokio::test]
async fn one_wrong_field_is_drift_and_strict_refuses_it() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let wrong = || sandbox.fault(Fault::new(What::WrongType { field: Some("payment".into()) }).times(1));
    wrong();
    let reply = client.call(one_trade()).await.unwrap();
    assert_eq!(reply.drift().len(), 1);
    assert_eq!(reply.drift()[0].to_string(), "trade.payment: expected an amount of money, got an object");
    let trade = reply.trade.as_ref().unwrap();
    assert_eq!((trade.tid, trade.payment), (Some(PAID_TRADE), None));
    wrong();
    let error = client.call(one_trade()).with_strict(true).await.unwrap_err();
    let says = &["trade.payment: expected an amount of money, got an object", "A write may have been applied"];
    Expected { kind: "decode drift", sent: true, retry: RetryClass::Never, says }.of("strict", &error);
    assert!(error.request_id().is_some(), "a strict error still tells the request");
    wrong();
    let strict = builder(&sandbox).strict(true).build().unwrap();
    assert!(matches!(strict.call(one_trade()).await.unwrap_err(), Error::Decode(_)));
}

#[tokio::test]
async fn raw_control_characters_are_kept_and_counted() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::new(What::ControlChars).times(1));
    let reply = client(&sandbox).call(one_trade()).await.unwrap();
    assert!(reply.drift().iter().any(|drift| drift.got.contains("control")), "{:?}", reply.drift());
    assert_eq!(reply.trade.as_ref().unwrap().tid, Some(PAID_TRADE));
    assert!(reply.trade.as_ref().unwrap().buyer_message.as_deref().is_some_and(|text| text.contains('\u{1}')));
}

#[tokio::test]
async fn members_that_come_twice_do_no_harm() {
    let sandbox = sandbox().await;
    for format in [Format::Json, Format::Xml] {
        sandbox.fault(Fault::new(What::Duplicate).times(1));
        let reply = builder(&sandbox).format(format).build().unwrap().call(one_trade()).await.unwrap();
        assert_eq!(reply.trade.as_ref().unwrap().tid, Some(PAID_TRADE));
    }
}

#[tokio::test]
async fn named_timeouts() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::latency(60_000));
    let limit = Duration::from_millis(50);
    let client = single(&sandbox).total_timeout(limit).build().unwrap();
    let error = client.call(one_trade()).await.unwrap_err();
    let expected = Expected {
        kind: "timeout total",
        sent: true,
        retry: RetryClass::Backoff,
        says: &["the limit `total` of 50ms ran out", "the call may have reached the platform"],
    };
    expected.of("total", &error);
    assert!(error.is_timeout());
    let error = single(&sandbox).build().unwrap().call(one_trade()).with_timeout(limit).await.unwrap_err();
    expected.of("the call's own limit", &error);
    let error = crate::support::client(&sandbox).call(one_trade()).with_deadline(limit).await.unwrap_err();
    let says = &["the limit `deadline` of 50ms ran out"];
    Expected { kind: "timeout deadline", sent: true, retry: RetryClass::Backoff, says }.of("deadline", &error);
    assert_eq!(error.attempts().stopped(), Some(Stopped::Deadline));

    let full = full_port().await;
    let environment = Environment::custom(format!("http://{}/router/rest", full.address));
    let client = Client::builder(environment, Credentials::new("1", "s"))
        .session(SESSION)
        .retry(Retry::off())
        .connect_timeout(limit)
        .build()
        .unwrap();
    let error = client.call(one_trade()).await.unwrap_err();
    let says = &["the limit `connect` of 50ms ran out", "nothing was sent"];
    Expected { kind: "timeout connect", sent: false, retry: RetryClass::Backoff, says }.of("connect", &error);
}

#[tokio::test]
async fn nobody_listens() {
    let environment = Environment::custom(format!("http://{}/router/rest", unused_port()));
    let client = Client::builder(environment, Credentials::new("1", "s")).session(SESSION).build().unwrap();
    let error = client.call(one_trade()).await.unwrap_err();
    Expected {
        kind: "transport",
        sent: false,
        retry: RetryClass::Backoff,
        says: &["cannot connect", "nothing was sent"],
    }
    .of("refused", &error);
}

/// A clock that is off by so many seconds.
struct Off(i64, SystemTime);

impl Clock for Off {
    fn now(&self) -> SystemTime {
        let off = Duration::from_secs(self.0.unsigned_abs());
        if self.0 < 0 { self.1 - off } else { self.1 + off }
    }
}

#[tokio::test]
async fn what_is_wrong_on_this_side_is_told() {
    let sandbox = sandbox().await;
    let now = SystemTime::UNIX_EPOCH + Duration::from_millis(sandbox.now().millis().unsigned_abs());
    let with = |key: &str, secret: &str| {
        Client::builder(Environment::custom(sandbox.rest_url()), Credentials::new(key, secret)).session(SESSION)
    };
    let cases: [(&str, ClientBuilder, i64, &[&str]); 5] = [
        (
            "fast clock",
            builder(&sandbox).clock(Off(3 * 3600 + 30, now)),
            31,
            &["3 h 0 min ahead of the gateway's", "Set the clock"],
        ),
        ("slow clock", builder(&sandbox).clock(Off(-8 * 3600, now)), 31, &["behind the gateway's"]),
        ("wrong secret", with(APP_KEY, "another-secret"), 25, &["secret that does not belong to app key 12345678"]),
        ("unknown key", with("87654321", APP_SECRET), 29, &["does not know app key 87654321", "another environment"]),
        ("unknown session", builder(&sandbox).session("not-a-session"), 27, &["code 27"]),
    ];
    for (what, builder, code, says) in cases {
        let error = builder.retry(Retry::off()).build().unwrap().call(one_trade()).await.unwrap_err();
        assert_eq!(error.code(), Some(code), "{what}: {error}");
        says.iter().for_each(|part| assert!(error.to_string().contains(part), "{what}: {error}"));
        assert!(
            !error.to_string().contains("another-secret") && !error.to_string().contains("not-a-session"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_the_platform_would_refuse_is_not_sent() {
    let sandbox = sandbox().await;
    let client = client(&sandbox);
    let plain = Client::new(Environment::custom(sandbox.rest_url()), Credentials::new(APP_KEY, APP_SECRET)).unwrap();
    let long = "x".repeat(2_001);
    let cases: [(&str, Result<(), Error>, &[&str]); 6] = [
        ("no session", plain.call(one_trade()).await.map(drop), &["`session` is required", "with_session()"]),
        ("no fields", client.call(TradeFullinfoGet::new("", PAID_TRADE)).await.map(drop), &["`fields` is required"]),
        (
            "unknown field",
            client.call(TradeFullinfoGet::new("tid,price_tag", PAID_TRADE)).await.map(drop),
            &["`price_tag`", "Trade"],
        ),
        (
            "blank text",
            client.call(RefundMessageAdd::new(OPEN_REFUND, " \t", file("a.gif"))).await.map(drop),
            &["`content` is required"],
        ),
        (
            "too long",
            client
                .call(
                    topsdk::rate::TraderateAdd::new(
                        PAID_TRADE,
                        topsdk::rate::RateResult::Good,
                        topsdk::rate::RateRole::Seller,
                    )
                    .content(long),
                )
                .await
                .map(drop),
            &["`content`", "at most"],
        ),
        (
            "file too large",
            client
                .call(RefundMessageAdd::new(OPEN_REFUND, "x", Upload::new("a.png", vec![0; 600_000])))
                .await
                .map(drop),
            &["`image` has 600000 bytes", "are allowed"],
        ),
    ];
    for (what, result, says) in cases {
        let error = result.unwrap_err();
        Expected { kind: "invalid", sent: false, retry: RetryClass::Never, says }.of(what, &error);
        assert!(error.to_string().ends_with("nothing was sent"), "{error}");
    }
    assert_eq!(sandbox.requests().len(), 0);
}

#[tokio::test]
async fn nineteen_digits_survive() {
    let sandbox = sandbox().await;
    for (format, simplify) in [(Format::Json, false), (Format::Json, true), (Format::Xml, false)] {
        let client = builder(&sandbox).format(format).simplify(simplify).build().unwrap();
        let reply = client.call(TradesSoldGet::new(Fields::of(["tid", "orders"])).page_size(100)).await.unwrap();
        let state = sandbox.state();
        assert_eq!(reply.trades.len(), state.trades.len());
        for trade in &reply.trades {
            let tid = trade.tid.unwrap();
            assert_eq!(tid.to_string().len(), 19);
            let orders: Vec<_> = trade.orders.iter().filter_map(|order| order.oid).collect();
            assert_eq!(orders, state.trades[&tid].orders.iter().map(|o| o.oid).collect::<Vec<_>>());
        }
    }
}

#[test]
fn plain_http_is_refused_where_something_is_at_stake() {
    let credentials = || Credentials::new(APP_KEY, APP_SECRET);
    let gateway = || Environment::custom("http://gw.api.taobao.com/router/rest");
    let error = Client::new(gateway(), credentials()).unwrap_err();
    Expected {
        kind: "config",
        sent: false,
        retry: RetryClass::Never,
        says: &["plain http to gw.api.taobao.com", "allow_plain_http"],
    }
    .of("http", &error);
    assert!(Client::builder(gateway(), credentials()).allow_plain_http(true).build().is_ok());
    for (key, secret) in [("", "s"), ("1", ""), (" ", "s")] {
        assert!(matches!(Client::new(Environment::Production, Credentials::new(key, secret)), Err(Error::Config(_))));
    }
}

/// Calls and uploads alike go to the configured gateway and through the configured proxy.
#[tokio::test]
async fn gateway_and_proxy_serve_uploads_too() {
    let sandbox = sandbox().await;
    let upload = || RefundMessageAdd::new(OPEN_REFUND, "See the picture.", file("parcel.gif"));
    let environment = Environment::custom(sandbox.url() + "/top/router/rest");
    let custom = Client::builder(environment, Credentials::new(APP_KEY, APP_SECRET)).session(SESSION).build().unwrap();
    custom.call(upload()).await.unwrap();
    let seen = sandbox.requests().pop().unwrap();
    assert_eq!((seen.path.as_str(), seen.shape.as_str(), seen.files.len()), ("/top/router/rest", "multipart", 1));

    let proxy = Proxy::to(&sandbox.url()).await;
    // No such host: only the proxy can know the way.
    let environment = Environment::custom("http://gateway.invalid/router/rest");
    let through = Client::builder(environment, Credentials::new(APP_KEY, APP_SECRET))
        .session(SESSION)
        .allow_plain_http(true)
        .proxy(proxy.url())
        .build()
        .unwrap();
    through.call(TimeGet::new()).await.unwrap();
    through.call(upload()).await.unwrap();
    let lines = proxy.requests();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with("POST http://gateway.invalid/router/rest?")), "{lines:?}");
    assert!(lines.iter().all(|line| !line.contains("session=") && !line.contains("sign=")), "{lines:?}");
    assert_eq!(
        sandbox.state().refunds[&OPEN_REFUND].messages.len(),
        2 + Sandbox::builder().start().await.unwrap().state().refunds[&OPEN_REFUND].messages.len()
    );
}

/// A write whose answer is lost says that it may have been applied, and it was.
#[tokio::test]
async fn a_lost_answer_may_hide_a_write() {
    let sandbox = sandbox().await;
    sandbox.fault(Fault::new(What::Reset).after_effect().times(1));
    let client = single(&sandbox).build().unwrap();
    let error = client.call(TradeMemoUpdate::new(PAID_TRADE).memo("kept")).await.unwrap_err();
    assert!(error.may_have_reached_platform());
    assert_eq!(TradeMemoUpdate::error(&error), None);
    assert_eq!(sandbox.state().trades[&PAID_TRADE].seller_memo, "kept");
}
