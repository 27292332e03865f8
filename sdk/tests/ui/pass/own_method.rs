//! A method that has no spec, with structures of one's own.

use topsdk::{Fields, Json, Model, OpenEnum, Request};

/// How many visitors a shop had.
#[derive(Clone, Request)]
#[top(method = "taobao.shop.visitors.get", response = VisitorsGetResponse, error = VisitorsGetError)]
#[top(session = required, effect = read)]
pub struct VisitorsGet {
    /// What to tell of each day.
    #[top(fields(VisitorDay, except("remark")))]
    pub fields: Fields,
    /// Number of the shop.
    pub shop_id: i64,
    /// Sides of the shop.
    #[top(required, max_items = 3)]
    pub sides: Vec<String>,
    /// Numbers of pages.
    pub page_ids: Vec<i64>,
    /// Only from this page of the shop.
    #[top(name = "pageName", max_length = 64)]
    pub page_name: Option<String>,
    /// Days back.
    #[top(min = -7, max = 0)]
    pub r#in: Option<i64>,
    /// More.
    pub extra: Option<Json>,
}

/// What it answers.
#[derive(Model)]
pub struct VisitorsGetResponse {
    /// One entry a day.
    #[top(element = "visitor_day_d_t_o")]
    pub days: Vec<VisitorDay>,
}

/// Visitors of one day.
#[derive(Model)]
pub struct VisitorDay {
    /// Different visitors.
    pub visitors: Option<i64>,
    /// Who came most.
    #[top(name = "topNick", sensitive(nick))]
    pub top_nick: Option<String>,
    /// How busy it was.
    pub level: Option<Level>,
    /// The day before.
    pub previous: Option<Box<VisitorDay>>,
    /// A note.
    pub remark: Option<String>,
}

/// How busy a day was.
#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
#[top(integer)]
pub enum Level {
    /// Nobody.
    #[top("0")]
    Quiet,
    /// Many.
    #[top("1")]
    Busy,
    /// A value that is not listed here.
    Other(String),
}

/// Sub codes of the method.
#[derive(Clone, PartialEq, Eq, Hash, OpenEnum)]
pub enum VisitorsGetError {
    /// No such shop.
    #[top("isv.shop-not-exist")]
    ShopNotExist,
    /// A code that is not listed here.
    Other(String),
}

fn main() {
    let request = VisitorsGet::new("visitors", 1001, ["front"]).page_ids([22_319_583_490]).page_name("home").r#in(-1);
    assert_eq!(request.page_name.as_deref(), Some("home"));
    assert_eq!(request.page_ids, [22_319_583_490]);
    assert_eq!(request, request.clone());
    assert_eq!(VisitorsGet::INFO.name, "taobao.shop.visitors.get");

    let day = VisitorDay { top_nick: Some("somebody".into()), level: Some(Level::Busy), ..VisitorDay::default() };
    let shown = format!("{day:?}");
    assert!(shown.contains("<nick>") && !shown.contains("somebody"), "{shown}");
    assert_ne!(day, VisitorDay::default());

    let names = |shape: &'static topsdk::rt::Shape| -> Vec<&str> {
        shape.sorted.iter().map(|&slot| shape.fields[usize::from(slot)].name).collect()
    };
    assert_eq!(names(VisitorDay::SHAPE), ["level", "previous", "remark", "topNick", "visitors"]);
    assert_eq!(VisitorsGetResponse::SHAPE.fields[0].element, "visitor_day_d_t_o");

    assert!(Level::from("0") == Level::Quiet);
    assert_eq!(Level::from("7").to_string(), "7");
    assert!(Level::try_from_wire("7").is_none());
}
