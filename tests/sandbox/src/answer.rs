//! An answer on its way out, and the ways to spoil it.

use crate::error::ApiError;
use crate::fault::What;
use crate::reply::{Format, Node};

/// Deepest nesting a fault makes.
const MAX_LEVELS: u32 = 100_000;

/// What is sent back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    /// HTTP status.
    pub(crate) status: u16,
    /// `Content-Type`.
    pub(crate) content_type: &'static str,
    /// Body.
    pub(crate) payload: Payload,
    /// Milliseconds to wait first.
    pub(crate) latency_ms: u64,
}

/// How the body is sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Payload {
    /// As it is, compressed if the caller takes that.
    Text(String),
    /// The first half, then the connection closes.
    Cut(String),
    /// Compressed, less the end.
    CutGzip(String),
    /// Bytes that claim to be gzip.
    FalseGzip(String),
    /// Start, megabytes of filling, end.
    Huge(String, u32, String),
    /// Nothing; the connection closes.
    Closed,
}

/// What one call comes to, before it is written.
pub(crate) type Outcome = Result<Node, ApiError>;

impl Answer {
    /// HTTP 200 with a body.
    pub(crate) fn ok(format: Format, text: String) -> Self {
        Self { status: 200, content_type: format.content_type(), payload: Payload::Text(text), latency_ms: 0 }
    }

    /// Spoils the whole answer as a transport-level fault says; faults of the content change nothing here.
    pub(crate) fn spoil(mut self, what: &What, format: Format, wrapper: &str) -> Self {
        let text = match &self.payload {
            Payload::Text(text) => text.clone(),
            _ => return self,
        };
        match what {
            What::Reset => self.payload = Payload::Closed,
            What::Truncate => self.payload = Payload::Cut(text),
            What::Shorten => self.payload = Payload::Text(shortened(&text, format).to_owned()),
            What::TruncatedGzip => self.payload = Payload::CutGzip(text),
            What::BadGzip => self.payload = Payload::FalseGzip(text),
            What::ControlChars => self.payload = Payload::Text(control_chars(&text, format)),
            What::Html { status } => {
                self.status = *status;
                self.content_type = "text/html;charset=UTF-8";
                self.payload = Payload::Text(
                    "<html><head><title>Error</title></head><body><h1>The page is not available</h1></body></html>"
                        .into(),
                );
            }
            What::Empty => self.payload = Payload::Text(String::new()),
            What::HttpStatus { status } => self.status = *status,
            What::Huge { megabytes } => {
                let (start, end) = frame(format, wrapper, "padding");
                let (start, end) =
                    if format == Format::Xml { (start, end) } else { (start + "\"", format!("\"{end}")) };
                self.payload = Payload::Huge(start, *megabytes, end);
            }
            What::Deep { levels } => {
                let levels = (*levels).min(MAX_LEVELS) as usize;
                let (start, end) = frame(format, wrapper, "deep");
                let (open, close) = if format == Format::Xml { ("<d>", "</d>") } else { ("[", "]") };
                self.payload = Payload::Text(start + &open.repeat(levels) + &close.repeat(levels) + &end);
            }
            What::Nothing | What::Error { .. } | What::Ban { .. } | What::WrongType { .. } | What::Duplicate => {}
        }
        self
    }
}

/// An answer up to the end of its root.
fn shortened(text: &str, format: Format) -> &str {
    let end = text.rfind(if format == Format::Xml { "</" } else { "}" });
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// Whether the fault replaces the answer, so that the call's own outcome is never seen.
pub(crate) fn replaces(what: &What) -> bool {
    matches!(
        what,
        What::Error { .. }
            | What::Ban { .. }
            | What::Reset
            | What::Html { .. }
            | What::Empty
            | What::Huge { .. }
            | What::Deep { .. }
    )
}

/// Spoils the content of one outcome.
pub(crate) fn spoil_content(outcome: Outcome, what: &What) -> Outcome {
    match what {
        What::Error { code, sub_code, sub_msg } => {
            let mut error = ApiError::new(*code);
            error.sub_code.clone_from(sub_code);
            error.sub_msg = sub_msg
                .clone()
                .or_else(|| sub_code.as_ref().map(|_| "Put here by a fault rule of the sandbox.".into()));
            Err(error)
        }
        What::Ban { seconds } => Err(banned(i64::from(*seconds))),
        What::WrongType { field } => outcome.map(|mut node| {
            wrong_type(&mut node, field.as_deref());
            node
        }),
        What::Duplicate => outcome.map(duplicate),
        _ => outcome,
    }
}

/// The refusal while a ban lasts.
pub(crate) fn banned(seconds: i64) -> ApiError {
    ApiError::new(7)
        .sub("accesscontrol.limited-by-api-access-count", format!("This ban will last for {seconds} more seconds"))
}

/// Members that belong to every answer.
pub(crate) fn with_request_id(node: Node, request_id: &str) -> Node {
    match node {
        Node::Object(mut members) => {
            members.push(("request_id".into(), Node::Text(request_id.to_owned())));
            Node::Object(members)
        }
        other => other,
    }
}

/// An answer's start and end around one member.
fn frame(format: Format, wrapper: &str, member: &str) -> (String, String) {
    match format {
        Format::Json => (format!("{{\"{wrapper}\":{{\"{member}\":"), "}}".into()),
        Format::Simplified => (format!("{{\"{member}\":"), "}".into()),
        Format::Xml => (
            format!("<?xml version=\"1.0\" encoding=\"utf-8\" ?><{wrapper}><{member}>"),
            format!("</{member}></{wrapper}>"),
        ),
    }
}

fn control_chars(text: &str, format: Format) -> String {
    match format {
        // An unescaped `:"` only stands before a string value.
        Format::Json | Format::Simplified => text.replace(":\"", ":\"\u{1}\t\n\r\u{1f}"),
        Format::Xml => text.replace("<request_id>", "<request_id>\u{1}\u{1f}"),
    }
}

/// Turns the named (or the first) scalar into an object; tells whether it found one.
fn wrong_type(node: &mut Node, field: Option<&str>) -> bool {
    match node {
        Node::Object(members) => members.iter_mut().any(|(name, member)| {
            let here = match field {
                Some(wanted) => name == wanted,
                None => member.scalar_text().is_some(),
            };
            if here {
                *member = Node::Object(vec![("unexpected".into(), Node::Bool(true))]);
            }
            here || wrong_type(member, field)
        }),
        Node::List(_, items) => items.iter_mut().any(|item| wrong_type(item, field)),
        _ => false,
    }
}

fn duplicate(node: Node) -> Node {
    match node {
        Node::Object(members) => {
            let members: Vec<_> = members.into_iter().map(|(name, member)| (name, duplicate(member))).collect();
            Node::Object([members.clone(), members].concat())
        }
        Node::List(key, items) => Node::List(key, items.into_iter().map(duplicate).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn spoils_content() {
        let node = || {
            Node::Object(vec![(
                "trades".into(),
                Node::List("trade".into(), vec![Node::Object(vec![("tid".into(), Node::Number(1.into()))])]),
            )])
        };
        let wrong = spoil_content(Ok(node()), &What::WrongType { field: Some("tid".into()) }).unwrap();
        assert_eq!(Format::Simplified.write("x", &wrong), r#"{"trades":[{"tid":{"unexpected":true}}]}"#);
        let twice = spoil_content(Ok(node()), &What::Duplicate).unwrap();
        assert_eq!(
            Format::Simplified.write("x", &twice),
            r#"{"trades":[{"tid":1,"tid":1}],"trades":[{"tid":1,"tid":1}]}"#
        );
        assert_eq!(spoil_content(Ok(node()), &What::Ban { seconds: 2 }).unwrap_err().code, 7);
    }

    #[test]
    fn frames_are_well_formed() {
        for format in [Format::Json, Format::Simplified] {
            let answer = Answer::ok(format, "{}".into()).spoil(&What::Deep { levels: 3 }, format, "x_response");
            let Payload::Text(text) = answer.payload else { panic!("not text") };
            assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
        }
    }
}
