//! Sends a coupon and reads orders. All methods here are invented, so the calls are answered from memory.
//!
//! Against the platform only the client differs: `Client::from_env()?`.

use std::error::Error;
use std::sync::Arc;

use private_methods::granted::AcmeOrdersSearch;
use private_methods::own::AcmeCouponSend;
use topsdk::{Client, Credentials, Environment, MockTransport, Request};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mock = Arc::new(MockTransport::new());
    let client = Client::builder(Environment::Production, Credentials::new("12345678", "not-a-secret"));
    let client = client.session("not-a-session").transport(Arc::clone(&mock)).build()?;
    mock.answer_raw(AcmeCouponSend::INFO.name, 200, COUPON);
    mock.answer_raw(AcmeOrdersSearch::INFO.name, 200, ORDERS);

    let sent = client.call(AcmeCouponSend::new(77, "somebody").amount("5.00".parse()?)).await?;
    println!("{:?}", sent.coupon);

    let found = client.call(AcmeOrdersSearch::new("2026-01-05").page_size(20)).await?;
    for order in &found.orders {
        println!("{order:?}");
    }
    Ok(())
}

const COUPON: &str = r#"{ "acme_coupon_send_response": { "coupon": { "id": 9001, "state": "SENT" } } }"#;

const ORDERS: &str = r#"{ "acme_orders_search_response": { "total": 1, "orders": { "private_order": [
    { "id": 4711, "lines": { "order_line": [{ "sku": "A-1", "count": 2 }] } }
] } } }"#;
