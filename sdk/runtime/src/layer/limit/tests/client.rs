//! The limiter in a client.

use super::sim::Sim;
use super::*;
use crate::{Client, Credentials, Environment, MockTransport, Model, Request};

#[derive(Clone, Request)]
#[top(method = "taobao.trade.get", response = Answer, effect = read, tier = "trade")]
struct TradeGet {
    tid: i64,
}

#[derive(Model)]
struct Answer {
    tid: Option<i64>,
}

fn client(sim: &Sim, mock: &Arc<MockTransport>, limiter: &RateLimiter) -> Client {
    let builder = Client::builder(Environment::Production, Credentials::new(APP, "s3cr3t"));
    builder.transport(Arc::clone(mock)).timer(sim.clone()).rate_limiter(limiter).build().unwrap()
}

#[test]
fn calls_wait_or_fail_before_anything_is_sent() {
    let (sim, mock) = (Sim::new(), Arc::new(MockTransport::new()));
    mock.answer::<TradeGet>(Answer { tid: Some(1) });
    let limiter = limiter(&sim, RateLimits::new().tier("trade", Rate::per_minute(60).burst(1)));
    let client = client(&sim, &mock, &limiter);
    let call = || client.call(TradeGet::new(1));
    sim.block_on(call().send()).unwrap();
    let error = sim.block_on(call().with_rate_wait(Wait::No).send()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "taobao.trade.get: the rate limit `trade` is used up; try again in 1s; nothing was sent"
    );
    assert!(error.is_rate_limited() && !error.may_have_reached_platform());
    assert!(matches!(&error, Error::Limited(e) if e.reason() == LimitReason::Rate));
    // By name it is the same limit, and raw calls pass it too.
    let untyped = client.untyped("taobao.trade.get").param("fields", "tid").param("tid", 1).with_session("token");
    let untyped = untyped.with_rate_wait(Wait::No);
    let error = sim.block_on(untyped.send()).unwrap_err();
    assert!(error.is_rate_limited(), "{error}");
    assert!(matches!(sim.block_on(call().with_rate_wait(Wait::No).raw()), Err(Error::Limited(_))));
    assert!(matches!(sim.block_on(call().with_deadline(ms(1_000)).send()), Err(Error::Limited(_))));
    assert_eq!((mock.received().len(), sim.elapsed()), (1, Duration::ZERO));
    sim.block_on(call().with_deadline(ms(1_001)).send()).unwrap();
    assert_eq!((mock.received().len(), sim.elapsed()), (2, ms(1_000)));
}

#[test]
fn a_ban_is_learnt_by_all_clients_of_the_limiter() {
    let (sim, mock) = (Sim::new(), Arc::new(MockTransport::new()));
    let body = r#"{"error_response":{"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-app-access-count",
        "sub_msg":"This ban will last for 31062 more seconds"}}"#;
    mock.answer_raw("taobao.trade.get", 200, body);
    let limiter = limiter(&sim, RateLimits::new());
    let (client, other) = (client(&sim, &mock, &limiter), client(&sim, &mock, &limiter.clone()));
    let refused = sim.block_on(client.call(TradeGet::new(1)).send()).unwrap_err();
    assert_eq!(refused.code(), Some(7));
    let sent = mock.received().len();
    for client in [client, other] {
        let error = sim.block_on(client.untyped("taobao.time.get").send()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "taobao.time.get: the platform has told to stop; try again in 31062s; nothing was sent"
        );
    }
    assert_eq!(mock.received().len(), sent);
}
