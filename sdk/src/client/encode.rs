//! A call into an HTTP request: parameters, signature, shape.

use tracing::Instrument as _;
use tracing::field::Empty;

use crate::client::call::{Body, Options};
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
        params: Params<'_>,
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
        let raw = options.body.as_ref();
        if let (Some(_), Some((name, _))) = (raw, params.files.first()) {
            let reason = "is a file: a call with a raw body cannot carry files".to_owned();
            return Err(InvalidArgument { method: method.to_owned(), parameter: name.to_string(), reason }.into());
        }

        let timestamp = DateTime::from(settings.clock.now()).to_string();
        // From here on the parameters may borrow from this call as well.
        let mut params = params;
        let application = params.text.len();
        for (name, value) in [
            ("method", method),
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
            // An application parameter of the same name wins, as in the official client.
            if !params.text[..application].iter().any(|(known, _)| known == name) {
                params.push(name, value);
            }
        }
        let pairs = params.text.iter().map(|(name, value)| (name.as_ref(), value.as_ref()));
        let signature = sign(settings.sign_method, settings.credentials.secret(), pairs, raw.map(Body::text));
        params.push("sign", signature);

        // Session and signature stay out of the URL, which proxies and servers log, unless the body is taken.
        let rest_url = settings.environment.rest_url();
        let mut url = String::with_capacity(rest_url.len() + 320);
        url.push_str(rest_url);
        url.push(if rest_url.contains('?') { '&' } else { '?' });
        let mut in_body = Vec::with_capacity(params.text.len());
        for (at, (name, value)) in params.text.iter().enumerate() {
            if raw.is_some() || (at >= application && !matches!(name.as_ref(), "session" | "sign")) {
                form::pair(name, value, &mut url);
            } else {
                in_body.push((name.as_ref(), value.as_ref()));
            }
        }
        let (content_type, body) = match raw {
            Some(raw) => (raw.content_type().into(), raw.text().as_bytes().to_vec()),
            None if params.files.is_empty() => (FORM.into(), form::encode(&in_body).into_bytes()),
            None => {
                let (content_type, body) = multipart::encode(&in_body, &params.files);
                (content_type.into(), body)
            }
        };
        let mut headers = Vec::with_capacity(3 + options.headers.len());
        headers.push(("content-type".into(), content_type));
        headers.push(("accept".into(), "text/xml,text/javascript".into()));
        headers.push(("user-agent".into(), concat!("topsdk-rust/", env!("CARGO_PKG_VERSION")).into()));
        headers.extend(options.headers.iter().map(|(name, value)| (name.clone().into(), value.clone().into())));
        let timeout = options.timeout.or(settings.timeouts.total);
        Ok(HttpRequest { url, headers, body, timeout, max_response: settings.max_response })
    }
}

const FORM: &str = "application/x-www-form-urlencoded;charset=UTF-8";
