//! An answer's bytes into a typed response or an error.

use crate::client::{RawReply, Reply, diagnose};
use crate::codec::{Decoder, Kind, Payload, payload};
use crate::error::{DecodeError, Error, Failure, GatewayError, Problem};
use crate::model::{MethodInfo, Model, RecordMut, SubCode};

/// Decodes the answer to a typed call.
pub(crate) fn typed<T: Model>(method: &MethodInfo, raw: &RawReply, strict: bool) -> Result<Reply<T>, Error> {
    // Responses are large, so this one is filled where it stays.
    let mut reply = Reply {
        response: T::default(),
        request_id: None,
        drift: Vec::new(),
        drift_count: 0,
        unknown: Vec::new(),
        attempts: raw.attempts.clone(),
        source: raw.source,
    };
    let decoder = fill(method, raw, &mut reply.response, strict)?;
    reply.request_id = decoder.request_id;
    reply.drift = decoder.drift;
    reply.drift_count = decoder.drift_count;
    reply.unknown = decoder.unknown;
    Ok(reply)
}

fn fill(method: &MethodInfo, raw: &RawReply, response: &mut dyn RecordMut, strict: bool) -> Result<Decoder, Error> {
    let tree = raw.tree()?;
    let mut decoder = Decoder::default();
    match payload(tree.root(), Some(response.shape())) {
        None => return Err(raw.unreadable(Problem::NotAnObject)),
        Some(Payload::Failure(node)) => return Err(failure(raw, node, method.errors)),
        Some(Payload::Answer(node)) => match node.kind() {
            Kind::Map(entries) => decoder.fill(entries, response),
            Kind::Null => {}
            Kind::Text(text) if text.trim().is_empty() => {}
            _ => decoder.drift(response.shape().name, node),
        },
    }
    if tree.repairs > 0 {
        decoder.repaired(tree.repairs);
    }
    if strict && decoder.drift_count > 0 {
        return Err(Error::Decode(Box::new(DecodeError {
            method: raw.method.clone(),
            problem: Problem::Drift(decoder.drift),
            body: raw.body().to_vec(),
            request_id: decoder.request_id,
            attempts: raw.attempts.clone(),
        })));
    }
    Ok(decoder)
}

/// The platform's refusal as an error.
pub(crate) fn failure(raw: &RawReply, node: crate::codec::Node<'_>, known: &'static [SubCode]) -> Error {
    let settings = raw.client.as_ref().map(|client| client.settings());
    let failure = Failure::read(node, &raw.hidden);
    let hint = settings.and_then(|settings| diagnose::hint(settings, raw, failure.code));
    let mut error = GatewayError::new(&raw.method, failure, known, hint);
    error.attempts.clone_from(&raw.attempts);
    error.batch = raw.batch;
    Error::Gateway(Box::new(error))
}
