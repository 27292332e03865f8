//! A method that has no spec, such as a private one, with structures of one's own; answered from memory, so it needs no server.
//!
//! Against the platform only [`main`]'s client differs: `Client::from_env()?`. Method and answers here are invented.

use std::sync::Arc;

use topsdk::{Client, Credentials, Environment, Error, Fields, MockTransport, Model, Money, OpenEnum, Request};

/// How many visitors a shop had.
#[derive(Clone, Request)]
#[top(method = "acme.shop.visitors.get", response = VisitorsGetResponse, error = VisitorsGetError)]
#[top(session = required, effect = read)]
pub struct VisitorsGet {
    /// What to tell of each day.
    #[top(fields(VisitorDay))]
    pub fields: Fields,
    /// Number of the shop.
    pub shop_id: i64,
    /// Days back from today, 30 at most.
    #[top(min = 1, max = 30)]
    pub days: Option<i64>,
    /// Only these pages of the shop.
    #[top(name = "pageNames", max_items = 20)]
    pub page_names: Vec<String>,
}

/// What it answers.
#[derive(Model)]
pub struct VisitorsGetResponse {
    /// One entry a day, newest first.
    pub days: Vec<VisitorDay>,
}

/// Visitors of one day.
#[derive(Model)]
pub struct VisitorDay {
    /// Different visitors.
    pub visitors: Option<i64>,
    /// What they paid, in yuan.
    pub paid: Option<Money>,
    /// How busy it was.
    pub level: Option<Level>,
    /// Who came most.
    #[top(name = "topNick", sensitive(nick))]
    pub top_nick: Option<String>,
}

/// How busy a day was.
#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
pub enum Level {
    /// Hardly anybody.
    #[top("QUIET")]
    Quiet,
    /// Many.
    #[top("BUSY")]
    Busy,
    /// A value that is not listed here.
    Other(String),
}

/// Sub codes of the method.
#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
pub enum VisitorsGetError {
    /// There is no such shop.
    #[top("isv.shop-not-exist")]
    ShopNotExist,
    /// A code that is not listed here.
    Other(String),
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let mock = Arc::new(MockTransport::new());
    let credentials = Credentials::new("12345678", "not-a-secret");
    let client = Client::builder(Environment::Production, credentials);
    let client = client.session("not-a-session").transport(mock.clone()).build()?;

    mock.answer_raw(VisitorsGet::INFO.name, 200, ANSWER);
    mock.fail(VisitorsGet::INFO.name, 15, "isv.shop-not-exist");

    let request = VisitorsGet::new(Fields::all(), 1001).days(3).page_names(["home", "sale"]);
    let reply = client.call(request).await?;
    println!("answered:");
    for day in &reply.days {
        println!("  {day:?}");
    }
    // The platform put text where a number belongs: that day's field is empty, and the rest of the answer is there.
    for drift in reply.drift() {
        println!("  drift: {drift}");
    }

    println!("sent:");
    for call in mock.received() {
        let own = call.params.iter().filter(|(name, _)| ["fields", "shop_id", "days", "pageNames"].contains(&&**name));
        own.for_each(|(name, value)| println!("  {name} = {value}"));
    }

    println!("refused:");
    if let Err(error) = client.call(VisitorsGet::new("visitors", 1001).days(365)).await {
        println!("  here: {error}");
    }
    if let Err(error) = client.call(VisitorsGet::new("visitors", 7)).await {
        let no_shop = VisitorsGet::error(&error) == Some(VisitorsGetError::ShopNotExist);
        println!("  by the platform: {error} (no such shop: {no_shop})");
    }
    Ok(())
}

/// As the platform writes it: a wrapper named after the method, the list under a key named after its elements' type.
const ANSWER: &str = r#"{
    "acme_shop_visitors_get_response": {
        "days": { "visitor_day": [
            { "visitors": 1204, "paid": "8310.50", "level": "BUSY", "topNick": "somebody" },
            { "visitors": "87", "paid": "412.00", "level": "QUIET" },
            { "visitors": "n/a", "paid": "0.00", "level": "CLOSED" }
        ] },
        "request_id": "example"
    }
}"#;
