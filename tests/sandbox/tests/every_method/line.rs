//! One connection that is kept open.

use std::collections::BTreeMap;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::common::form;

/// A connection to the gateway.
pub(crate) struct Line {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Line {
    pub(crate) async fn open(url: &str) -> Self {
        let host = url.replace("http://", "");
        let stream = TcpStream::connect(&host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { host, stream: BufReader::new(stream) }
    }

    /// Posts signed parameters, and a small file under each of the names: the status and the body.
    pub(crate) async fn call(
        &mut self,
        params: &BTreeMap<String, String>,
        files: &[String],
    ) -> Result<(u16, String), String> {
        let (kind, body) = if files.is_empty() {
            ("application/x-www-form-urlencoded;charset=UTF-8", form(params))
        } else {
            ("multipart/form-data; boundary=XX", multipart(params, files))
        };
        let head = format!(
            "POST /router/rest HTTP/1.1\r\nHost: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
            self.host,
            body.len()
        );
        self.stream.write_all((head + &body).as_bytes()).await.map_err(|e| e.to_string())?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<(u16, String), String> {
        let (mut status, mut length) = (None, None);
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.map_err(|e| e.to_string())? == 0 {
                return Err("the connection was closed".to_owned());
            }
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if status.is_none() {
                status = line.split(' ').nth(1).and_then(|s| s.parse().ok());
            } else if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().ok();
            }
        }
        let mut body = vec![0; length.ok_or("an answer without a length")?];
        self.stream.read_exact(&mut body).await.map_err(|e| e.to_string())?;
        Ok((status.ok_or("no status")?, String::from_utf8(body).map_err(|e| e.to_string())?))
    }
}

fn multipart(params: &BTreeMap<String, String>, files: &[String]) -> String {
    let mut body = String::new();
    for (name, value) in params {
        body += &format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    for name in files {
        body += &format!(
            "--XX\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\nContent-Type: image/png\r\n\r\nx\r\n"
        );
    }
    body + "--XX--\r\n"
}
