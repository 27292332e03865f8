//! A call into an HTTP request: parameters, signature, shape.

use tracing::Instrument as _;
use tracing::field::Empty;

use crate::client::call::Options;
use crate::client::{Client, RawReply, multipart};
use crate::codec::form::{self, Params};
use crate::credentials::Token;
use crate::error::{Error, InvalidArgument};
use crate::model::{DateTime, Session};
use crate::sign::sign;
use crate::transport::HttpRequest;

impl Client {
    /// Encodes, signs, sends and brings the answer's bytes.
    pub(crate) async fn exchange(
        &self,
        method: &str,
        need: Session,
        options: &Options,
        params: Params<'_>,
    ) -> Result<RawReply, Error> {
        let request = self.encode(method, need, options, params)?;
        let span = tracing::info_span!("top.call", method, status = Empty, bytes = Empty);
        let response = self.settings().transport.send(request).instrument(span.clone()).await;
        let _entered = span.enter();
        match response {
            Ok(response) => {
                span.record("status", response.status).record("bytes", response.body.len());
                RawReply::new(self, method, options.session.clone(), response)
            }
            Err(error) => {
                tracing::debug!(%error, "the call failed in transport");
                Err(error)
            }
        }
    }

    /// The signed HTTP request of a call whose application parameters are given.
    pub(crate) fn encode(
        &self,
        method: &str,
        need: Session,
        options: &Options,
        mut params: Params<'_>,
    ) -> Result<HttpRequest, Error> {
        let settings = self.settings();
        let session = match need {
            Session::None => None,
            _ => options.session.as_ref().or(settings.session.as_ref()).map(Token::expose),
        };
        if need == Session::Required && session.is_none_or(|s| s.trim().is_empty()) {
            let reason = "is required: this method acts for a user; give a token with with_session()".to_owned();
            return Err(InvalidArgument { method: method.to_owned(), parameter: "session".into(), reason }.into());
        }
        let application = params.text.len();
        let timestamp = DateTime::from(settings.clock.now()).to_string();
        let simplify = if settings.simplify { "true" } else { "" };
        for (name, value) in [
            ("method", method),
            ("app_key", settings.credentials.app_key()),
            ("timestamp", &timestamp),
            ("v", "2.0"),
            ("format", settings.format.as_str()),
            ("sign_method", settings.sign_method.as_str()),
            ("simplify", simplify),
            ("partner_id", &settings.partner_id),
            ("target_app_key", options.target_app_key.as_deref().unwrap_or_default()),
            ("session", session.unwrap_or_default()),
        ] {
            // An application parameter of the same name wins, as in the official client.
            if !params.text[..application].iter().any(|(known, _)| known == name) && !crate::codec::is_blank(value) {
                params.text.push((name.into(), value.to_owned().into()));
            }
        }

        let body = options.body.as_ref();
        let pairs = params.text.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        let signature = sign(settings.sign_method, settings.credentials.secret(), pairs, body.map(|b| b.text()));
        params.text.push(("sign".into(), signature.into()));

        if body.is_some() && !params.files.is_empty() {
            let reason = "is a file: a call with a raw body cannot carry files".to_owned();
            let parameter = params.files[0].0.to_string();
            return Err(InvalidArgument { method: method.to_owned(), parameter, reason }.into());
        }
        let mut url = settings.environment.rest_url().to_owned();
        url.push(if url.contains('?') { '&' } else { '?' });
        // Session and signature stay out of the URL, which proxies and servers log, unless the body is taken.
        let in_query = |at: usize, name: &str| body.is_some() || (at >= application && !matches!(name, "session" | "sign"));
        for (at, (name, value)) in params.text.iter().enumerate() {
            if in_query(at, name) {
                form::pair(name, value, &mut url);
            }
        }
        let in_body = params.text.iter().enumerate().filter(|(at, (name, _))| !in_query(*at, name)).map(|(_, pair)| pair);
        let (content_type, bytes) = match body {
            Some(body) => (body.content_type().to_owned(), body.text().as_bytes().to_vec()),
            None if params.files.is_empty() => {
                let mut text = String::with_capacity(256);
                in_body.for_each(|(name, value)| form::pair(name, value, &mut text));
                ("application/x-www-form-urlencoded;charset=UTF-8".to_owned(), text.into_bytes())
            }
            None => multipart::encode(in_body.map(|(name, value)| (name.as_ref(), value.as_ref())), &params.files),
        };
        let mut headers = Vec::with_capacity(3 + options.headers.len());
        headers.push(("content-type".to_owned(), content_type));
        headers.push(("accept".to_owned(), "text/xml,text/javascript".to_owned()));
        headers.push(("user-agent".to_owned(), concat!("topsdk-rust/", env!("CARGO_PKG_VERSION")).to_owned()));
        headers.extend(options.headers.iter().cloned());
        Ok(HttpRequest {
            url,
            headers,
            body: bytes,
            timeout: options.timeout.or(settings.timeouts.total),
            max_response: settings.max_response,
        })
    }
}
