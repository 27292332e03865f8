//! The methods of this crate are called like those of the SDK: checked, signed, decoded, refused.

use std::sync::Arc;

use private_methods::granted::{AcmeOrdersClose, AcmeOrdersGet, AcmeOrdersSearch, AcmeStockGet, PrivateOrder};
use private_methods::own::warehouse::AcmeWarehouseStockGet;
use private_methods::own::{AcmeCouponSend, AcmeCouponSendError, AcmeCouponsGet, CouponState};
use topsdk::model::{Effect, Session};
use topsdk::{Client, Credentials, Environment, Fields, MockTransport, Request};

fn client(session: bool) -> (Client, Arc<MockTransport>) {
    let mock = Arc::new(MockTransport::new());
    let client = Client::builder(Environment::Production, Credentials::new("12345678", "not-a-secret"));
    let client = client.transport(Arc::clone(&mock));
    let client = if session { client.session("not-a-session") } else { client };
    (client.build().expect("the settings are sound"), mock)
}

fn sent(mock: &MockTransport, name: &str) -> Option<String> {
    let call = mock.received().pop()?;
    call.params.into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
}

#[tokio::test]
async fn a_method_with_a_spec() {
    let (client, mock) = client(true);
    let answer = r#"{ "acme_coupons_get_response": { "coupons": { "coupon": [
        { "id": 1, "state": "USED", "sent": "2026-01-05 10:00:00" }, { "id": "2", "state": "LOST" }
    ] } } }"#;
    mock.answer_raw(AcmeCouponsGet::INFO.name, 200, answer);
    let reply = client.call(AcmeCouponsGet::new(Fields::all(), 77)).await.expect("it is answered");
    assert_eq!(sent(&mock, "fields").as_deref(), Some("id,buyer_nick,state,sent"));
    assert_eq!(reply.coupons.iter().map(|coupon| coupon.id).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert_eq!(reply.coupons[0].state, Some(CouponState::Used));
    assert_eq!(reply.coupons[1].state, Some(CouponState::Other("LOST".into())));
    assert!(reply.coupons[0].sent.is_some());
}

#[tokio::test]
async fn a_refusal_has_the_sub_codes_of_the_spec() {
    let (client, mock) = client(true);
    mock.fail(AcmeCouponSend::INFO.name, 15, "isv.campaign-over");
    let request = AcmeCouponSend::new(77, "somebody");
    assert!(!format!("{request:?}").contains("somebody"), "the nick is sensitive");
    let error = client.call(request).await.expect_err("it is refused");
    assert_eq!(AcmeCouponSend::error(&error), Some(AcmeCouponSendError::CampaignOver));
    assert!(!error.to_string().contains("somebody"));
}

#[tokio::test]
async fn limits_and_sessions_are_checked_before_sending() {
    let (with_session, mock) = client(true);
    let long = with_session.call(AcmeWarehouseStockGet::new("x".repeat(33))).await.expect_err("it is too long");
    assert!(long.to_string().contains("parameter `sku`"), "{long}");
    let many =
        with_session.call(AcmeOrdersSearch::new("2026-01-05").page_size(101)).await.expect_err("they are too many");
    assert!(many.to_string().contains("parameter `page_size`"), "{many}");
    assert!(mock.received().is_empty());
    let (without_session, mock) = client(false);
    let refused = without_session.call(AcmeOrdersGet::new(4711)).await.expect_err("the session is required");
    assert!(refused.to_string().contains("session"), "{refused}");
    assert!(mock.received().is_empty());
}

#[tokio::test]
async fn a_method_of_the_metadata() {
    let (client, mock) = client(true);
    let mut order = PrivateOrder::default();
    (order.id, order.buyer_memo) = (Some(4711), Some("Gift".into()));
    let mut answer = <AcmeOrdersGet as Request>::Response::default();
    answer.order = Some(order);
    mock.answer::<AcmeOrdersGet>(answer);
    let reply = client.call(AcmeOrdersGet::new(4711)).await.expect("it is answered");
    assert_eq!(reply.order.as_ref().and_then(|order| order.buyer_memo.as_deref()), Some("Gift"));
    assert_eq!(sent(&mock, "id").as_deref(), Some("4711"));
    mock.answer_raw(AcmeStockGet::INFO.name, 200, r#"{ "stock": [{ "sku": "A-1", "available": 3 }] }"#);
    let reply = client.call(AcmeStockGet::new(["A-1", "B-2"])).await.expect("it is answered");
    assert_eq!(sent(&mock, "skus").as_deref(), Some("A-1,B-2"));
    assert_eq!(reply.stock[0].available, Some(3));
}

#[test]
fn what_the_metadata_does_not_tell_is_as_the_build_script_says() {
    let told = |info: &topsdk::model::MethodInfo| (info.effect, info.session);
    assert_eq!(told(AcmeOrdersClose::INFO), (Effect::Idempotent, Session::Required));
    assert_eq!(told(AcmeOrdersSearch::INFO), (Effect::Read, Session::Required));
    assert_eq!(told(AcmeStockGet::INFO), (Effect::Read, Session::Optional));
}
