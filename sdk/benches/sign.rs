//! Preparing one typical call (checks, parameters, signature, form body), and signing alone, against the bare digest of the same
//! bytes.

#![allow(clippy::expect_used, reason = "a bench that cannot start should say so")]

use std::time::{Duration, SystemTime};

use divan::{Bencher, black_box};
use hmac::{Hmac, KeyInit, Mac};
use md5::{Digest, Md5};
use sha2::Sha256;
use topsdk::trade::TradesSoldGet;
use topsdk::{Call, Client, Clock, Credentials, DateTime, Environment, MockTransport, SignMethod};

fn main() {
    divan::main();
}

const SECRET: &str = "0123456789abcdef0123456789abcdef";

#[divan::bench]
fn sha256_prepare(bencher: Bencher<'_, '_>) {
    prepare(bencher, SignMethod::HmacSha256);
}

#[divan::bench]
fn sha256_sign(bencher: Bencher<'_, '_>) {
    sign(bencher, SignMethod::HmacSha256);
}

#[divan::bench]
fn sha256_bare(bencher: Bencher<'_, '_>) {
    let text = text();
    bencher.bench(|| {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key will do");
        mac.update(black_box(&text));
        mac.finalize()
    });
}

#[divan::bench]
fn md5_prepare(bencher: Bencher<'_, '_>) {
    prepare(bencher, SignMethod::Md5);
}

#[divan::bench]
fn md5_sign(bencher: Bencher<'_, '_>) {
    sign(bencher, SignMethod::Md5);
}

#[divan::bench]
fn md5_bare(bencher: Bencher<'_, '_>) {
    let text = [SECRET.as_bytes(), &text(), SECRET.as_bytes()].concat();
    bencher.bench(|| Md5::digest(black_box(&text)));
}

fn prepare(bencher: Bencher<'_, '_>, method: SignMethod) {
    let call = call(method);
    bencher.bench(|| call.prepare());
}

fn sign(bencher: Bencher<'_, '_>, method: SignMethod) {
    let pairs = pairs();
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    bencher.bench(|| topsdk::sign::sign(method, SECRET, black_box(&pairs).iter().copied(), None));
}

fn call(method: SignMethod) -> Call<TradesSoldGet> {
    let client = Client::builder(Environment::Production, Credentials::new("12345678", SECRET))
        .transport(MockTransport::new())
        .clock(Fixed)
        .sign_method(method)
        .build()
        .expect("the settings are good");
    let date = |text: &str| text.parse::<DateTime>().expect("a date");
    let fields = "tid,type,status,payment,orders,created,modified,pay_time,receiver_name,receiver_state,receiver_city,receiver_address";
    let request = TradesSoldGet::new(fields)
        .start_created(date("2026-01-05 00:00:00"))
        .end_created(date("2026-01-06 00:00:00"))
        .page_no(1)
        .page_size(40)
        .use_has_next(true);
    client.call(request).with_session("6100e23b5c7a7f0d1d2c3b4a5968778695a4b3c2d1e0f1234567890")
}

/// The text that is signed for the call, but for the order of its parameters.
fn text() -> Vec<u8> {
    pairs().into_iter().map(|(name, value)| name + &value).collect::<String>().into_bytes()
}

/// What is signed: the parameters of the call's query and body.
fn pairs() -> Vec<(String, String)> {
    let request = call(SignMethod::HmacSha256).prepare().expect("the call is good");
    let body = String::from_utf8(request.body).expect("a form body is ASCII");
    let query = request.url.split_once('?').map_or("", |(_, query)| query);
    let pairs = query.split('&').chain(body.split('&')).filter_map(|pair| pair.split_once('='));
    let pairs = pairs.filter(|(name, _)| *name != "sign");
    let undo = |value: &str| value.replace("%2C", ",").replace("%3A", ":").replace('+', " ");
    pairs.map(|(name, value)| (name.to_owned(), undo(value))).collect()
}

struct Fixed;

impl Clock for Fixed {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_578_400)
    }
}
