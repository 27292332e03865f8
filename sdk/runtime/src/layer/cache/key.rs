//! By what a cached answer is found, and by what it is thrown away.

use sha2::{Digest, Sha256};

use crate::layer::{CallInfo, SessionId};

/// Everything on which the answer to a call depends, as a digest: neither parameters nor sessions can be read from it.
pub(super) type Key = [u8; 32];

/// What an answer shows, as a digest: the application, the tag's name, and the value of its parameter.
pub(super) type Tag = [u8; 16];

/// The key of a call.
pub(super) fn key(call: &CallInfo<'_>) -> Key {
    let settings = call.client.settings();
    let mut digest = Sha256::new();
    let mut part = |text: &[u8]| {
        // Each with its length, so that no two lists of parts look alike.
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    };
    part(settings.environment.rest_url().as_bytes());
    part(call.app_key().as_bytes());
    part(call.target_app_key().unwrap_or_default().as_bytes());
    part(call.method().as_bytes());
    part(settings.format.as_str().as_bytes());
    part(&[u8::from(settings.simplify)]);
    part(call.session().as_ref().map_or(&[][..], |session| session.as_bytes()));
    for (name, value) in call.parameters() {
        part(name.as_bytes());
        part(value.as_bytes());
    }
    digest.finalize().into()
}

/// The tags of a call by those that its method declares: `name`, or `name:parameter`, with one tag for each value of a list. The
/// parameter `session` is the user. Where the call does not give the parameter there is no tag.
pub(super) fn tags(call: &CallInfo<'_>, declared: &[&str]) -> Vec<Tag> {
    let mut tags = Vec::new();
    for declared in declared {
        match declared.split_once(':') {
            None => tags.push(tag(call.app_key(), declared, "")),
            Some((name, SESSION)) => {
                tags.extend(call.session().map(|session| session_tag(call.app_key(), name, session)));
            }
            Some((name, parameter)) => {
                tags.extend(values(call, parameter).map(|value| tag(call.app_key(), name, value)));
            }
        }
    }
    tags
}

/// Whether a call gives what all of these tags need. An answer that has only some of its tags would be passed by when a write makes it
/// old.
pub(super) fn are_given(call: &CallInfo<'_>, declared: &[&str]) -> bool {
    declared.iter().filter_map(|declared| declared.split_once(':')).all(|(_, parameter)| match parameter {
        SESSION => call.exchange.session(call.client.settings()).is_some(),
        _ => values(call, parameter).next().is_some(),
    })
}

/// The parameter that stands for the user.
const SESSION: &str = "session";

/// The values of a parameter, which may be a list.
fn values<'a>(call: &CallInfo<'a>, parameter: &str) -> impl Iterator<Item = &'a str> {
    let given = call.exchange.params.text.iter().find(|(name, _)| name == parameter).map_or("", |(_, value)| value);
    given.split(',').map(str::trim).filter(|value| !value.is_empty())
}

/// The tag of what belongs to a user.
pub(super) fn session_tag(app_key: &str, name: &str, session: SessionId) -> Tag {
    tag(app_key, name, &hex(session.as_bytes()))
}

/// One tag.
pub(super) fn tag(app_key: &str, name: &str, value: &str) -> Tag {
    let mut digest = Sha256::new();
    for text in [app_key, name, value] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    let mut tag = Tag::default();
    tag.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    tag
}

/// Bytes as text.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
