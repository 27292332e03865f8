//! CPU time of a call, from typed request to typed answer, against bare reqwest posting the same bytes to the same server.
//!
//! Client and server share one thread, so that nobody waits to be woken, which would cost more than what is measured; the
//! server's own time is taken off. Both sides take turns, so that another load on the machine meets both; the medians are printed
//! with their ratio.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use cpu_time::ThreadTime;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use topsdk::trade::{TradeFullinfoGet, TradeMemoUpdate};
use topsdk::{Client, Credentials, Environment, Fields, HttpRequest, Request};

/// What a call may cost, bare reqwest being 1.
const BUDGET: f64 = 1.10;

/// Nanoseconds of CPU time that the server took.
static SERVER: AtomicU64 = AtomicU64::new(0);

fn main() {
    // Without `--bench` this is a test run: once is enough.
    let rounds = if std::env::args().any(|arg| arg == "--bench") { 400 } else { 1 };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    println!("{:<28} {:>10} {:>10} {:>6}   budget <= {BUDGET:.2}", "", "bare", "topsdk", "ratio");
    let memo = TradeMemoUpdate::new(2_600_000_000_000_001_030).memo("Gift wrap, please.");
    compare(&runtime, "trade.memo.update", memo, SMALL, rounds);
    let trade = TradeFullinfoGet::new(Fields::all(), 2_600_000_000_000_001_030);
    compare(&runtime, "trade.fullinfo.get", trade, TRADE, rounds);
}

/// Measures one request and its answer.
fn compare<R: Request + Clone>(runtime: &Runtime, title: &str, request: R, answer: &'static str, rounds: usize) {
    const CALLS: u32 = 20;
    let environment = Environment::custom(runtime.block_on(serve(answer)));
    let client = Client::builder(environment, Credentials::new("12345678", "0123456789abcdef0123456789abcdef"))
        .session("6100e23b5c7a7f0d1d2c3b4a5968778695a4b3c2d1e0f1234567890")
        .build()
        .expect("the settings are good");
    let bare = bare_client();
    let prepared = client.call(request.clone()).prepare().expect("the request is good");

    let typed = || {
        runtime.block_on(async {
            for _ in 0..CALLS {
                client.call(request.clone()).await.expect("an answer");
            }
        });
    };
    let plain = || {
        runtime.block_on(async {
            for _ in 0..CALLS {
                post(&bare, &prepared).await;
            }
        });
    };
    let (mut bare_times, mut times) = (Vec::new(), Vec::new());
    // The first turns open connections and fill caches.
    (0..rounds / 10 + 1).for_each(|_| {
        plain();
        typed();
    });
    for _ in 0..rounds {
        bare_times.push(cpu(plain) / CALLS);
        times.push(cpu(typed) / CALLS);
    }
    let (bare, topsdk) = (median(bare_times), median(times));
    let micros = |time: Duration| format!("{:.1} us", time.as_secs_f64() * 1e6);
    let ratio = topsdk.as_secs_f64() / bare.as_secs_f64();
    let met = if ratio <= BUDGET { "met" } else { "NOT met" };
    let title = format!("{title}, {} B", answer.len());
    println!("{title:<28} {:>10} {:>10} {ratio:>6.3}   {met}", micros(bare), micros(topsdk));
}

/// The CPU time of the client's side.
fn cpu(work: impl Fn()) -> Duration {
    let server = SERVER.load(Ordering::Relaxed);
    let start = ThreadTime::now();
    work();
    start.elapsed().saturating_sub(Duration::from_nanos(SERVER.load(Ordering::Relaxed) - server))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// The same HTTP client as the SDK's own.
fn bare_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .gzip(true)
        .connect_timeout(Duration::from_secs(15))
        .build()
        .expect("an HTTP client")
}

async fn post(client: &reqwest::Client, request: &HttpRequest) {
    let mut post = client.post(&request.url).body(request.body.clone()).timeout(Duration::from_secs(30));
    for (name, value) in &request.headers {
        post = post.header(name.as_ref(), value.as_ref());
    }
    let answer = post.send().await.expect("an answer");
    answer.bytes().await.expect("its body");
}

/// Starts a server that answers every request with this JSON, and gives its URL.
async fn serve(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("its address");
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            tokio::spawn(counted(converse(connection, answer)));
        }
    });
    format!("http://{address}/router/rest")
}

/// Adds the CPU time of a part of the server to [`SERVER`].
async fn counted<T>(part: impl Future<Output = T>) -> T {
    let mut part = pin!(part);
    poll_fn(|context| {
        let start = ThreadTime::now();
        let poll = part.as_mut().poll(context);
        let spent = u64::try_from(start.elapsed().as_nanos()).unwrap_or_default();
        SERVER.fetch_add(spent, Ordering::Relaxed);
        poll
    })
    .await
}

/// Reads requests of a connection, until it ends, and answers each.
async fn converse(mut connection: TcpStream, answer: &str) -> Option<()> {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json;charset=UTF-8\r\ncontent-length: ";
    let answer = format!("{head}{}\r\n\r\n{answer}", answer.len());
    connection.set_nodelay(true).ok()?;
    let mut received = Vec::new();
    loop {
        while let Some(length) = request_length(&received) {
            received.drain(..length);
            connection.write_all(answer.as_bytes()).await.ok()?;
        }
        connection.read_buf(&mut received).await.ok().filter(|count| *count > 0)?;
    }
}

/// Bytes of the first request, once it is there as a whole.
fn request_length(received: &[u8]) -> Option<usize> {
    let head = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&received[..head]).ok()?.to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:"))?;
    Some(head + body.trim().parse::<usize>().ok()?).filter(|length| received.len() >= *length)
}

const SMALL: &str = r#"{"trade_memo_update_response":{"trade":{"tid":2600000000000001030,"modified":"2026-01-05 10:00:00"},"request_id":"r1"}}"#;

const TRADE: &str = r#"{"trade_fullinfo_get_response":{"trade":{"title":"示例小店","type":"fixed","created":"2026-01-05 10:00:00","sid":"2600000000000001030","tid":2600000000000001030,"seller_rate":false,"buyer_rate":false,"status":"WAIT_BUYER_CONFIRM_GOODS","payment":"199.00","discount_fee":"0.00","adjust_fee":"0.00","post_fee":"0.00","total_fee":"199.00","pay_time":"2026-01-05 10:02:11","modified":"2026-01-05 16:20:00","consign_time":"2026-01-05 16:20:00","received_payment":"0.00","commission_fee":"0.00","seller_memo":"礼盒包装","buyer_message":"请用礼盒","shipping_type":"free","num":2,"point_fee":0,"real_point_fee":0,"receiver_name":"示**","receiver_state":"北京","receiver_city":"北京市","receiver_district":"朝阳区","receiver_address":"样**街*号","receiver_zip":"100000","available_confirm_fee":"199.00","has_post_fee":true,"timeout_action_time":"2026-01-15 16:20:00","seller_flag":1,"seller_can_rate":false,"is_part_consign":false,"trade_from":"WAP,WAP","orders":{"order":[{"title":"示例马克杯两件装","price":"29.50","num_iid":520000000005,"sku_id":"5200000000051","outer_sku_id":"MUG-01","refund_status":"NO_REFUND","status":"WAIT_BUYER_CONFIRM_GOODS","oid":2600000000000001031,"total_fee":"59.00","payment":"59.00","discount_fee":"0.00","adjust_fee":"0.00","divide_order_fee":"59.00","sku_properties_name":"颜色分类:白色","num":2,"buyer_rate":false,"seller_rate":false,"seller_type":"C","cid":50000002,"consign_time":"2026-01-05 16:20:00","logistics_company":"申通快递","invoice_no":"773000000054321"},{"title":"示例茶壶","price":"140.00","num_iid":6501234567899,"outer_iid":"POT-01","refund_status":"NO_REFUND","status":"WAIT_BUYER_CONFIRM_GOODS","oid":2600000000000001032,"total_fee":"140.00","payment":"140.00","num":1,"buyer_rate":false,"seller_rate":false,"seller_type":"C","cid":50000003,"consign_time":"2026-01-05 16:20:00","logistics_company":"申通快递","invoice_no":"773000000054321"}]}},"request_id":"r1"}}"#;
