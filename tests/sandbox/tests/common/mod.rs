//! A client of a few lines, so that the tests see raw HTTP.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::collections::BTreeMap;
use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, SESSION};
use topsdk_sandbox::sign::{SignMethod, signed_text};
use topsdk_sandbox::{Sandbox, Time};

/// The moment at which the tests' clocks stand.
pub(crate) const NOW: &str = "2026-01-05 10:00:00";

/// A sandbox whose clock stands still.
pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().frozen_at(Time::parse(NOW).unwrap()).start().await.unwrap()
}

/// An HTTP answer.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }

    pub(crate) fn gunzip(&self) -> std::io::Result<String> {
        let mut text = String::new();
        GzDecoder::new(self.body.as_slice()).read_to_string(&mut text)?;
        Ok(text)
    }
}

/// Sends one request; `Err` when the connection ends before a whole answer has come.
pub(crate) async fn send(
    sandbox: &Sandbox,
    verb: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Answer, String> {
    let host = sandbox.url().replace("http://", "");
    let mut stream = TcpStream::connect(&host).await.map_err(|e| e.to_string())?;
    let mut head =
        format!("{verb} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.map_err(|e| e.to_string())?;
    stream.write_all(body).await.map_err(|e| e.to_string())?;
    let mut raw = Vec::new();
    stream.read_to_end(&mut raw).await.map_err(|e| e.to_string())?;
    parse(&raw)
}

fn parse(raw: &[u8]) -> Result<Answer, String> {
    let at = raw.windows(4).position(|w| w == b"\r\n\r\n").ok_or("no answer")?;
    let head = String::from_utf8_lossy(&raw[..at]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|l| l.split(' ').nth(1)).and_then(|s| s.parse().ok()).ok_or("no status")?;
    let headers: BTreeMap<String, String> =
        lines.filter_map(|l| l.split_once(':')).map(|(k, v)| (k.to_ascii_lowercase(), v.trim().to_owned())).collect();
    let mut body = raw[at + 4..].to_vec();
    if headers.get("transfer-encoding").is_some_and(|t| t == "chunked") {
        body = unchunk(&body)?;
    } else if headers.get("content-length").is_some_and(|l| l.parse() != Ok(body.len())) {
        return Err(format!("body of {} bytes is cut", body.len()));
    }
    Ok(Answer { status, headers, body })
}

fn unchunk(mut raw: &[u8]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    loop {
        let at = raw.windows(2).position(|w| w == b"\r\n").ok_or("cut chunk")?;
        let size = usize::from_str_radix(&String::from_utf8_lossy(&raw[..at]), 16).map_err(|e| e.to_string())?;
        if size == 0 {
            return Ok(out);
        }
        out.extend(raw.get(at + 2..at + 2 + size).ok_or("cut chunk")?);
        raw = raw.get(at + 4 + size..).ok_or("cut chunk")?;
    }
}

/// The parameters of a correct call, unsigned.
pub(crate) fn params(method: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
    let common = [
        ("method", method),
        ("app_key", APP_KEY),
        ("timestamp", NOW),
        ("v", "2.0"),
        ("format", "json"),
        ("sign_method", "hmac-sha256"),
        ("session", SESSION),
    ];
    common.iter().chain(more).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()
}

/// Adds the sign that the parameters ask for.
pub(crate) fn sign(mut params: BTreeMap<String, String>, body: Option<&str>) -> BTreeMap<String, String> {
    let method = params.get("sign_method").and_then(|m| SignMethod::parse(m)).unwrap_or(SignMethod::Md5);
    let timestamp = params.get("timestamp").cloned().unwrap_or_default();
    let sign = method.sign(APP_SECRET.as_bytes(), signed_text(&params, body).as_bytes(), &timestamp);
    params.insert("sign".into(), sign);
    params
}

/// Percent-encodes everything but letters and digits.
pub(crate) fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub(crate) fn form(params: &BTreeMap<String, String>) -> String {
    params.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect::<Vec<_>>().join("&")
}

/// Posts parameters as a form.
pub(crate) async fn post(sandbox: &Sandbox, params: &BTreeMap<String, String>) -> Answer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")];
    send(sandbox, "POST", "/router/rest", &headers, form(params).as_bytes()).await.unwrap()
}

/// A signed call with the default session; the whole JSON answer.
pub(crate) async fn call(sandbox: &Sandbox, method: &str, more: &[(&str, &str)]) -> Value {
    post(sandbox, &sign(params(method, more), None)).await.json()
}

/// What is inside the one wrapper of a successful answer.
pub(crate) fn inside(answer: Value) -> Value {
    let members = answer.as_object().unwrap();
    assert!(!members.contains_key("error_response"), "{answer}");
    members.values().next().unwrap().clone()
}

/// Code and sub code of a refusal.
pub(crate) fn refusal(answer: &Value) -> (i64, &str) {
    let error = answer.get("error_response").unwrap_or_else(|| panic!("not refused: {answer}"));
    (error["code"].as_i64().unwrap(), error["sub_code"].as_str().unwrap_or_default())
}

/// A signed multipart call.
pub(crate) async fn upload(sandbox: &Sandbox, method: &str, more: &[(&str, &str)], file: (&str, &str, &[u8])) -> Value {
    let params = sign(params(method, more), None);
    let mut body = Vec::new();
    for (name, value) in &params {
        body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let (name, filename, data) = file;
    body.extend(format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\nContent-Type: image/png\r\n\r\n").bytes());
    body.extend(data);
    body.extend(b"\r\n--XX--\r\n");
    let headers = [("Content-Type", "multipart/form-data; boundary=XX")];
    send(sandbox, "POST", "/router/rest", &headers, &body).await.unwrap().json()
}

/// Posts JSON to one of the sandbox's own pages.
pub(crate) async fn admin(sandbox: &Sandbox, verb: &str, page: &str, body: &str) -> (u16, Value) {
    let answer =
        send(sandbox, verb, &format!("/_sandbox/{page}"), &[("Content-Type", "application/json")], body.as_bytes())
            .await
            .unwrap();
    (answer.status, answer.json())
}
