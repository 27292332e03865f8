//! A method of the SDK with its types erased, so that one loop can test them all.

use std::fmt;

use serde::de::{DeserializeOwned, Error as _};
use topsdk::codec::Drift;
use topsdk::model::Record;
use topsdk::transport::BoxFuture;
use topsdk::{Call, Client, Error, HttpRequest, RawReply, Reply, Request};

use crate::{Mark, Sample};

/// A method, what is known about it, and what can be done with its types.
#[derive(Clone, Copy)]
pub struct Method {
    /// Name on the wire.
    pub name: &'static str,
    /// The sample request.
    pub request: fn() -> Box<dyn Record>,
    /// `Debug` of the sample request.
    pub debug: fn() -> String,
    /// Calls the method with its sample request.
    pub call: fn(&Client) -> BoxFuture<'static, Outcome>,
    /// Calls the method with its sample request and a session.
    pub call_as: fn(&Client, &str) -> BoxFuture<'static, Outcome>,
    /// The sample request with marks in place of what must not be shown; `None` if there is nothing such.
    pub marked: fn(&mut dyn Mark) -> Option<Box<dyn Marked>>,
    /// Decodes a stored body. `strict` makes drift an error.
    pub decode: fn(body: &[u8], strict: bool) -> Outcome,
    /// The response made from a serde value and turned into one again.
    pub through_serde: fn(serde_json::Value) -> serde_json::Result<serde_json::Value>,
}

/// What a call or a decoding gives.
pub type Outcome = Result<Answer, Error>;

/// A reply with its type erased.
pub struct Answer {
    /// The response.
    pub response: Box<dyn Record>,
    /// The platform's id of the call.
    pub request_id: Option<String>,
    /// What could not be read.
    pub drift: Vec<Drift>,
    /// What the spec does not have.
    pub unknown: Vec<String>,
    /// `Debug` of the reply.
    pub debug: String,
}

impl Method {
    /// The method of a request.
    #[must_use]
    pub const fn of<R>() -> Self
    where
        R: Sample + fmt::Debug,
        R::Response: fmt::Debug + serde::Serialize + DeserializeOwned,
    {
        Self {
            name: R::INFO.name,
            request: || Box::new(R::sample()),
            debug: || format!("{:?} {:#?}", R::sample(), R::sample()),
            call: |client| send(client.call(R::sample())),
            call_as: |client, session| send(client.call(R::sample()).with_session(session)),
            marked: |mark| Some(Box::new(R::marked(mark)?)),
            decode: |body, strict| RawReply::stored(R::INFO.name, body).decode::<R>(strict).map(Answer::new),
            through_serde: |value| {
                let response: R::Response = serde_json::from_value(value)?;
                let again: R::Response = serde_json::from_str(&serde_json::to_string(&response)?)?;
                let value = serde_json::to_value(&response)?;
                // Both ways of reading must agree, and equality must see it.
                let same = serde_json::to_value(&again)? == value;
                if same { Ok(value) } else { Err(serde_json::Error::custom("differs when read from text")) }
            },
        }
    }
}

/// A marked request with its type erased; it can be sent more than once.
pub trait Marked {
    /// Name of the method on the wire.
    fn method(&self) -> &'static str;

    /// `Debug` of the request and of a call with it.
    fn debug(&self, client: &Client) -> String;

    /// What would be sent.
    ///
    /// # Errors
    ///
    /// The request breaks a limit.
    fn prepare(&self, client: &Client) -> Result<HttpRequest, Error>;

    /// Makes the call.
    fn call(&self, client: &Client) -> BoxFuture<'static, Outcome>;
}

impl<R> Marked for R
where
    R: Request + Clone + fmt::Debug,
    R::Response: fmt::Debug,
{
    fn method(&self) -> &'static str {
        R::INFO.name
    }

    fn debug(&self, client: &Client) -> String {
        let call = client.call(self.clone());
        format!("{self:?} {self:#?} {call:?} {call:#?}")
    }

    fn prepare(&self, client: &Client) -> Result<HttpRequest, Error> {
        client.call(self.clone()).prepare()
    }

    fn call(&self, client: &Client) -> BoxFuture<'static, Outcome> {
        send(client.call(self.clone()))
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.debug)
    }
}

impl Answer {
    fn new<T: Record + fmt::Debug + 'static>(reply: Reply<T>) -> Self {
        Self {
            debug: format!("{reply:?} {reply:#?}"),
            request_id: reply.request_id().map(str::to_owned),
            drift: reply.drift().to_vec(),
            unknown: reply.unknown_fields().to_vec(),
            response: Box::new(reply.into_inner()),
        }
    }
}

fn send<R>(call: Call<R>) -> BoxFuture<'static, Outcome>
where
    R: Request,
    R::Response: fmt::Debug,
{
    Box::pin(async move { call.await.map(Answer::new) })
}
