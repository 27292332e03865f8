//! A call into an HTTP request: parameters, signature, shape.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use crate::batch;
use crate::client::exchange::Exchange;
use crate::client::options::Body;
use crate::client::{Client, Hidden, multipart};
use crate::codec::{form, is_blank};
use crate::error::{ConfigError, Error, InvalidArgument};
use crate::model::{DateTime, Session};
use crate::sign::sign;
use crate::transport::HttpRequest;

impl Client {
    /// What no spec tells: whether the parameters, the session and the body go together.
    pub(crate) fn check(&self, exchange: &Exchange<'_>) -> Result<(), Error> {
        let invalid = |parameter: &str, reason: &str| -> Result<(), Error> {
            Err(InvalidArgument::new(&*exchange.method, parameter, reason).into())
        };
        let params = &exchange.params;
        if exchange.options.attempts == Some(0) {
            return Err(ConfigError::new("with_attempts(0) makes no call: 1 is without retries").into());
        }
        if let Some(name) = params.names().find(|name| RESERVED.contains(name)) {
            return invalid(name, "is set by the client and never a method's own: leave it out");
        }
        if exchange.session_need() == Session::Required
            && exchange.session(self.settings()).is_none()
            && !params.names().any(|name| name == "session")
        {
            return invalid("session", "is required: this method acts for a user; give a token with with_session()");
        }
        if let (Some(_), Some((name, _))) = (&exchange.options.body, params.files.first()) {
            return invalid(name, "is a file: a call with a raw body cannot carry files");
        }
        if exchange.gatherer.is_some() {
            batch::check(exchange)?;
        }
        Ok(())
    }

    /// The signed HTTP request of a call that has been checked. Its keys are added to what is hidden.
    pub(crate) fn encode(
        &self,
        exchange: &Exchange<'_>,
        now: SystemTime,
        timeout: Option<Duration>,
        hidden: &mut Hidden,
    ) -> HttpRequest {
        let (settings, options, files) = (self.settings(), &exchange.options, &exchange.params.files);
        let raw = options.body.as_ref();
        let timestamp = DateTime::from(now).to_string();
        let session = exchange.session(settings);
        let application = exchange.params.text.len();
        let mut pairs: Vec<(&str, &str)> = Vec::with_capacity(application + COMMON);
        pairs.extend(exchange.params.text.iter().map(|(name, value)| (name.as_ref(), value.as_ref())));
        for (name, value) in [
            ("method", exchange.method.as_ref()),
            ("app_key", settings.credentials.app_key()),
            ("timestamp", &timestamp),
            ("v", "2.0"),
            ("format", settings.format.as_str()),
            ("sign_method", settings.sign_method.as_str()),
            ("simplify", if settings.simplify { "true" } else { "" }),
            ("partner_id", &settings.partner_id),
            ("target_app_key", options.target_app_key.as_deref().unwrap_or_default()),
            ("session", session.unwrap_or_default()),
        ] {
            // A method's own parameter of the same name wins, as in the official client. Blank ones are neither sent nor signed.
            let own = pairs[..application].iter().map(|(name, _)| *name);
            if !is_blank(value) && !own.chain(files.iter().map(|(name, _)| name.as_ref())).any(|known| known == name) {
                pairs.push((name, value));
            }
        }
        let signature =
            sign(settings.sign_method, settings.credentials.secret(), pairs.iter().copied(), raw.map(Body::text));
        hidden.key(settings.credentials.secret());
        hidden.key(&signature);
        hidden.key(session.unwrap_or_default());
        pairs.push(("sign", &signature));

        // Session and signature stay out of the URL, which proxies and servers log, unless the body is taken.
        let (mut in_query, mut in_body) = (Vec::with_capacity(pairs.len()), Vec::with_capacity(pairs.len()));
        for (at, pair) in pairs.iter().enumerate() {
            let in_url = raw.is_some() || (at >= application && !matches!(pair.0, "session" | "sign"));
            if in_url { in_query.push(*pair) } else { in_body.push(*pair) }
        }
        let url = form::url(settings.environment.rest_url(), &in_query);
        let (content_type, body) = match raw {
            Some(raw) => (Cow::Borrowed(raw.content_type()), raw.text().as_bytes().to_vec()),
            None if files.is_empty() => (Cow::Borrowed(FORM), form::encode(&in_body).into_bytes()),
            None => {
                let (content_type, body) = multipart::encode(&in_body, files);
                (content_type.into(), body)
            }
        };
        let mut headers = HttpRequest::headers(content_type);
        headers.extend(options.headers.iter().map(|(name, value)| (name.clone().into(), value.clone().into())));
        HttpRequest { url, headers, body, timeout, max_response: settings.max_response }
    }
}

/// Never a method's own: they say what is called, by whom, and prove it. The generator and the derive refuse them too.
const RESERVED: [&str; 4] = ["method", "app_key", "sign_method", "sign"];

/// Room for the parameters that every call has.
const COMMON: usize = 12;

const FORM: &str = "application/x-www-form-urlencoded;charset=UTF-8";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::client::{ClientBuilder, Clock, Format};
    use crate::{Credentials, Environment, MockTransport, Model, Request, SignMethod, Upload};

    /// 2026-01-05 10:00:00 in the platform's zone.
    struct Frozen;

    impl Clock for Frozen {
        fn now(&self) -> SystemTime {
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_578_400)
        }
    }

    #[derive(Clone, Request)]
    #[top(method = "taobao.memo.add", response = Answer, session = required)]
    struct MemoAdd {
        tid: i64,
        memo: Option<String>,
        image: Option<Upload>,
    }

    /// Common parameters as a method's own.
    #[derive(Clone, Request)]
    #[top(method = "taobao.common.get", response = Answer, session = required)]
    struct CommonGet {
        session: Option<String>,
        timestamp: Option<DateTime>,
        simplify: Option<bool>,
        partner_id: Option<i64>,
    }

    #[derive(Clone, Request)]
    #[top(method = "taobao.clock.get", response = Answer, session = none)]
    struct ClockGet {
        v: Option<String>,
        format: Option<String>,
        target_app_key: Option<String>,
    }

    #[derive(Model)]
    struct Answer {
        tid: Option<i64>,
    }

    fn builder() -> ClientBuilder {
        let environment = Environment::custom("https://gateway.example/router/rest");
        let builder = Client::builder(environment, Credentials::new("12345678", "s3cr3t"));
        builder.transport(MockTransport::new()).clock(Frozen).session("s3ss10n").partner_id("")
    }

    fn client() -> Client {
        builder().build().unwrap()
    }

    /// The pairs of a query or a form body.
    fn pairs(text: &str) -> BTreeMap<String, String> {
        let pairs: Vec<_> = text.split('&').filter(|pair| !pair.is_empty()).collect();
        let map: BTreeMap<_, _> = pairs.iter().map(|pair| pair.split_once('=').unwrap()).collect();
        assert_eq!(map.len(), pairs.len(), "each name once: {text}");
        map.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn query(request: &HttpRequest) -> BTreeMap<String, String> {
        pairs(request.url.split_once('?').unwrap().1)
    }

    fn form(request: &HttpRequest) -> BTreeMap<String, String> {
        assert_eq!(header(request, "content-type"), FORM);
        pairs(std::str::from_utf8(&request.body).unwrap())
    }

    fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
        request.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn names(pairs: &BTreeMap<String, String>) -> Vec<&str> {
        pairs.keys().map(String::as_str).collect()
    }

    const SYSTEM: [&str; 6] = ["app_key", "format", "method", "sign_method", "timestamp", "v"];

    #[test]
    fn shape_of_a_form() {
        let request = client().call(MemoAdd::new(7).memo("a b&中")).prepare().unwrap();
        assert!(request.url.starts_with("https://gateway.example/router/rest?"), "{}", request.url);
        assert_eq!(names(&query(&request)), SYSTEM);
        assert_eq!(query(&request)["timestamp"], "2026-01-05+10%3A00%3A00");
        assert_eq!(query(&request)["v"], "2.0");
        let body = form(&request);
        assert_eq!(names(&body), ["memo", "session", "sign", "tid"]);
        assert_eq!((body["memo"].as_str(), body["session"].as_str()), ("a+b%26%E4%B8%AD", "s3ss10n"));
        let signed = [
            ("app_key", "12345678"),
            ("format", "json"),
            ("memo", "a b&中"),
            ("method", "taobao.memo.add"),
            ("session", "s3ss10n"),
            ("sign_method", "hmac-sha256"),
            ("tid", "7"),
            ("timestamp", "2026-01-05 10:00:00"),
            ("v", "2.0"),
        ];
        assert_eq!(body["sign"], sign(SignMethod::HmacSha256, "s3cr3t", signed, None));
        for (name, value) in [("accept", "text/xml,text/javascript"), ("user-agent", "topsdk-rust/")] {
            assert!(header(&request, name).starts_with(value), "{name}");
        }
    }

    #[test]
    fn shape_of_an_upload() {
        let picture = Upload::new("a.png", [0, 1, 2]);
        let request = client().call(MemoAdd::new(7).image(picture)).prepare().unwrap();
        assert_eq!(names(&query(&request)), SYSTEM);
        assert!(header(&request, "content-type").starts_with("multipart/form-data;"));
        let body = String::from_utf8(request.body).unwrap();
        for name in ["tid", "session", "sign"] {
            assert_eq!(body.matches(&format!("name=\"{name}\"\r\n")).count(), 1, "{name}");
        }
        assert!(body.contains("name=\"image\"; filename=\"a.png\"") && body.contains("\0\u{1}\u{2}\r\n"));
        // Files are not signed.
        let without = client().call(MemoAdd::new(7)).prepare().unwrap();
        assert!(body.contains(&form(&without)["sign"]));
    }

    #[test]
    fn shape_of_a_raw_body() {
        let call = client().call(MemoAdd::new(7)).with_body(Body::Json("{\"a\":\"中\"}".into()));
        let request = call.prepare().unwrap();
        let query = query(&request);
        let all = ["app_key", "format", "method", "session", "sign", "sign_method", "tid", "timestamp", "v"];
        assert_eq!(names(&query), all);
        assert_eq!(
            (request.body.as_slice(), header(&request, "content-type")),
            ("{\"a\":\"中\"}".as_bytes(), "application/json;charset=utf-8")
        );
        let plain = form(&client().call(MemoAdd::new(7)).prepare().unwrap())["sign"].clone();
        assert_ne!(query["sign"], plain, "the body is signed");
        // An empty one changes nothing.
        let empty = client().call(MemoAdd::new(7)).with_body(Body::Xml(String::new())).prepare().unwrap();
        assert_eq!(self::query(&empty)["sign"], plain);
        assert_eq!(header(&empty, "content-type"), "text/xml;charset=utf-8");

        let both = client().call(MemoAdd::new(7).image(Upload::new("a.png", [1]))).with_body(Body::Json("{}".into()));
        let error = both.prepare().unwrap_err().to_string();
        assert!(error.contains("parameter `image` is a file"), "{error}");
    }

    #[test]
    fn settings_and_options() {
        let json = builder().simplify(true).partner_id("me").build().unwrap();
        let request = json.call(MemoAdd::new(7)).with_target_app_key("99").with_session("other").prepare().unwrap();
        let query = query(&request);
        assert_eq!(
            (query["simplify"].as_str(), query["partner_id"].as_str(), query["target_app_key"].as_str()),
            ("true", "me", "99")
        );
        assert_eq!(form(&request)["session"], "other");

        let xml = builder().format(Format::Xml).sign_method(SignMethod::Md5).build().unwrap();
        let request = xml
            .call(MemoAdd::new(7))
            .with_header("x-trace", "1")
            .with_timeout(Duration::from_secs(3))
            .prepare()
            .unwrap();
        let query = self::query(&request);
        assert_eq!((query["format"].as_str(), query["sign_method"].as_str()), ("xml", "md5"));
        assert_eq!(
            (form(&request)["sign"].len(), header(&request, "x-trace"), request.timeout),
            (32, "1", Some(Duration::from_secs(3)))
        );
        assert!(
            !query.contains_key("simplify")
                && !query.contains_key("target_app_key")
                && !query.contains_key("partner_id")
        );
    }

    #[test]
    fn application_parameters_win() {
        let request =
            client().call(ClockGet::new().v("3.0").format("csv").target_app_key("77")).with_target_app_key("99");
        let request = request.prepare().unwrap();
        assert_eq!(names(&query(&request)), ["app_key", "method", "sign_method", "timestamp"]);
        let body = form(&request);
        assert_eq!(names(&body), ["format", "sign", "target_app_key", "v"]);
        assert_eq!(
            (body["v"].as_str(), body["format"].as_str(), body["target_app_key"].as_str()),
            ("3.0", "csv", "77")
        );
    }

    #[test]
    fn each_common_parameter_of_a_method_is_sent_once() {
        let client = Client::builder(Environment::custom("https://gateway.example/"), Credentials::new("1", "s"))
            .transport(MockTransport::new())
            .simplify(true)
            .build()
            .unwrap();
        let time = "2026-03-04 05:06:07".parse().unwrap();
        let request = CommonGet::new().session("mine").timestamp(time).simplify(false).partner_id(5);
        let request = client.call(request).with_session("another").prepare().unwrap();
        assert_eq!(names(&query(&request)), ["app_key", "format", "method", "sign_method", "v"]);
        let body = form(&request);
        assert_eq!(names(&body), ["partner_id", "session", "sign", "simplify", "timestamp"]);
        let signed = [
            ("app_key", "1"),
            ("format", "json"),
            ("method", "taobao.common.get"),
            ("partner_id", "5"),
            ("session", "mine"),
            ("sign_method", "hmac-sha256"),
            ("simplify", "false"),
            ("timestamp", "2026-03-04 05:06:07"),
            ("v", "2.0"),
        ];
        assert_eq!(body["sign"], sign(SignMethod::HmacSha256, "s", signed, None));
        // The method's own is a session as well; without any there is none.
        assert!(client.call(CommonGet::new().session("mine")).prepare().is_ok());
        assert!(client.call(CommonGet::new()).prepare().is_err());
    }

    #[tokio::test]
    async fn what_the_client_alone_sets_is_refused() {
        let file = || Upload::new("a.png", [1]);
        for name in RESERVED {
            for call in [client().untyped("x.y").param(name, "1"), client().untyped("x.y").file(name, file())] {
                let error = call.await.unwrap_err();
                assert!(matches!(&error, Error::Invalid(e) if e.parameter() == name), "{error:?}");
                assert!(error.to_string().contains("is set by the client"), "{error}");
            }
            // Nothing is sent under a blank name or value.
            let blank = client().untyped("x.y").param(name, " ").await.unwrap_err();
            assert!(!matches!(blank, Error::Invalid(_)), "{blank}");
        }
    }

    #[test]
    fn blank_parameters_are_neither_sent_nor_signed() {
        let plain = client().call(MemoAdd::new(7)).prepare().unwrap();
        for blank in ["", " ", "\t\n", "\u{3000}", "\u{1c}"] {
            let request = client().call(MemoAdd::new(7).memo(blank)).with_target_app_key(blank).prepare().unwrap();
            assert_eq!((&request.url, &request.body), (&plain.url, &plain.body), "{blank:?}");
        }
        // A blank application parameter leaves the system one alone.
        let request = client().call(ClockGet::new().v(" ")).prepare().unwrap();
        assert_eq!(query(&request)["v"], "2.0");
        let kept = client().call(MemoAdd::new(7).memo("\u{a0}")).prepare().unwrap();
        assert_eq!(form(&kept)["memo"], "%C2%A0");
    }

    #[test]
    fn sessions() {
        let none = client().call(ClockGet::new()).prepare().unwrap();
        assert_eq!(names(&form(&none)), ["sign"], "a method that takes no session does not get the client's");
        let given = client().call(ClockGet::new()).with_session("other").prepare().unwrap();
        assert_eq!(form(&given)["session"], "other");
        for blank in ["", " "] {
            let error = client().call(MemoAdd::new(7)).with_session(blank).prepare().unwrap_err().to_string();
            assert!(error.contains("parameter `session` is required"), "{error}");
        }
    }

    #[test]
    fn gateways_with_a_query_of_their_own() {
        let environment = Environment::custom("https://gateway.example/router?tenant=1");
        let client =
            Client::builder(environment, Credentials::new("1", "s")).transport(MockTransport::new()).build().unwrap();
        let request = client.call(ClockGet::new()).prepare().unwrap();
        assert!(
            request.url.starts_with("https://gateway.example/router?tenant=1&method=taobao.clock.get&"),
            "{}",
            request.url
        );
    }

    #[test]
    fn nothing_secret_is_shown() {
        let call = client().call(MemoAdd::new(7)).with_body(Body::Json("{\"phone\":\"13800000000\"}".into()));
        let request = call.prepare().unwrap();
        let sign = query(&request)["sign"].clone();
        let shown = format!("{:?} {call:?} {request:?}", client());
        for secret in ["s3cr3t", "s3ss10n", "13800000000", &sign] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
