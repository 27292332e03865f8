//! What would be sent, with secrets masked.

use serde_json::{Value, json};
use topsdk::catalog::Method;
use topsdk::{HttpRequest, Upload};

use crate::call::mask::masked;
use crate::input::{self, Pairs};
use crate::page::{Page, Tone};
use crate::screen::Answer;

/// A request that is not sent.
pub(crate) struct DryRun {
    url: String,
    content_type: String,
    query: Pairs,
    form: Pairs,
    /// Names, and what is in them.
    files: Vec<(String, String)>,
    /// A body that is no form.
    raw: Option<String>,
}

impl DryRun {
    /// From the request, the files that were given for it, and the method if the catalogue has it.
    pub(crate) fn new(request: &HttpRequest, files: &[(String, Upload)], method: Option<&'static Method>) -> Self {
        let header = request.headers.iter().find(|(name, _)| name == "content-type");
        let header = header.map_or("", |(_, value)| value.as_ref());
        let text = String::from_utf8_lossy(&request.body);
        let (form, raw) = match header.split_once("boundary=") {
            Some((_, boundary)) => (parts(boundary, &text), None),
            None if header.starts_with("application/x-www-form-urlencoded") => (input::request(&text), None),
            None => (Pairs::new(), Some(format!("{} bytes", request.body.len()))),
        };
        let file = |file: &Upload| format!("{}, {}, {} bytes", file.name(), file.content_type(), file.bytes().len());
        Self {
            url: request.url.split('?').next().unwrap_or_default().to_owned(),
            content_type: header.split(';').next().unwrap_or_default().to_owned(),
            query: masked(input::request(&request.url), method),
            form: masked(form, method),
            files: files.iter().map(|(name, given)| (name.clone(), file(given))).collect(),
            raw,
        }
    }
}

impl Answer for DryRun {
    fn page(&self, page: &mut Page) {
        page.line(&[(Tone::Strong, "POST "), (Tone::Code, &self.url)]);
        page.line(&[(Tone::Label, "as "), (Tone::Plain, &self.content_type)]);
        for (title, pairs) in [("Query", &self.query), ("Body", &self.form), ("Files", &self.files)] {
            if !pairs.is_empty() {
                page.heading(title);
                page.facts(pairs);
            }
        }
        if let Some(raw) = &self.raw {
            page.heading("Body");
            page.prose(2, raw);
        }
        page.blank();
        page.line(&[(Tone::Good, "nothing was sent")]);
    }

    fn value(&self) -> Value {
        let object = |pairs: &Pairs| Value::Object(pairs.iter().map(|(n, v)| (n.clone(), v.as_str().into())).collect());
        json!({
            "url": self.url,
            "content_type": self.content_type,
            "query": object(&self.query),
            "body": self.raw.as_ref().map_or_else(|| object(&self.form), |raw| raw.as_str().into()),
            "files": object(&self.files),
        })
    }

    fn raw(&self) -> Vec<u8> {
        let pairs = self.query.iter().chain(&self.form).chain(&self.files);
        pairs.map(|(name, value)| format!("{name}={value}\n")).collect::<String>().into_bytes()
    }
}

/// The text parts of a multipart body.
fn parts(boundary: &str, body: &str) -> Pairs {
    let part = |part: &str| {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let name = head.split_once("name=\"")?.1.split('"').next()?;
        let is_file = head.contains("filename=\"");
        (!is_file).then(|| (name.to_owned(), value.strip_suffix("\r\n").unwrap_or(value).to_owned()))
    };
    body.split(&format!("--{boundary}")).filter_map(part).collect()
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use topsdk::{Body, Client, Credentials, Environment, catalog};

    use super::*;

    fn shown(files: &[(String, Upload)], body: Option<&str>) -> String {
        let client = Client::builder(Environment::Local, Credentials::new("12345678", "s3cr3t")).session("s3ss10n");
        let client = client.partner_id("").build().unwrap();
        let mut call = client
            .untyped("taobao.x.upload")
            .param("timestamp", "now")
            .param("tid", "1")
            .param("memo", "中 文")
            .param("empty", "");
        for (name, file) in files {
            call = call.file(name, file.clone());
        }
        if let Some(body) = body {
            call = call.with_body(Body::Json(body.to_owned()));
        }
        let dry = DryRun::new(&call.prepare().unwrap(), files, catalog::get("taobao.trade.memo.update"));
        let mut page = Page::new(80, true);
        dry.page(&mut page);
        console::strip_ansi_codes(&page.into_text()).into_owned()
    }

    #[test]
    fn forms_files_and_bodies() {
        expect![[r#"
            POST http://127.0.0.1:8399/router/rest
            as application/x-www-form-urlencoded

            Query
              method       taobao.x.upload
              app_key      12345678
              v            2.0
              format       json
              sign_method  hmac-sha256

            Body
              timestamp  now
              tid        1
              memo       <text>
              session    <session>
              sign       <sign>

            nothing was sent
        "#]]
        .assert_eq(&shown(&[], None));
        let file = Upload::new("a.png", b"PNG\r\n--x".to_vec());
        expect![[r#"
            POST http://127.0.0.1:8399/router/rest
            as multipart/form-data

            Query
              method       taobao.x.upload
              app_key      12345678
              v            2.0
              format       json
              sign_method  hmac-sha256

            Body
              timestamp  now
              tid        1
              memo       <text>
              session    <session>
              sign       <sign>

            Files
              img  a.png, image/png, 8 bytes

            nothing was sent
        "#]]
        .assert_eq(&shown(&[("img".to_owned(), file)], None));
        expect![[r#"
            POST http://127.0.0.1:8399/router/rest
            as application/json

            Query
              timestamp    now
              tid          1
              memo         <text>
              method       taobao.x.upload
              app_key      12345678
              v            2.0
              format       json
              sign_method  hmac-sha256
              session      <session>
              sign         <sign>

            Body
              2 bytes

            nothing was sent
        "#]]
        .assert_eq(&shown(&[], Some("{}")));
    }
}
