//! XML text into a [`Tree`]: elements with children become maps, all others text.

use std::borrow::Cow;

use quick_xml::errors::IllFormedError;
use quick_xml::events::Event;
use quick_xml::{Error, Reader};

use crate::codec::SyntaxError;
use crate::codec::tree::{Builder, Token, Tree};

/// Parses one document. Attributes, comments and declarations are skipped; document types are refused, so no entity can grow.
pub(crate) fn read(body: &[u8]) -> Result<Tree<'_>, SyntaxError> {
    let text = std::str::from_utf8(body).map_err(|e| SyntaxError::not_utf8(e, body.len()))?;
    let mut reader = Reader::from_str(text);
    let mut elements = Elements { out: Builder::with_capacity(text.len() / 16 + 8), open: Vec::new(), done: false };
    // The root is one more map, so that the root element's name is looked up like any other.
    elements.out.open(Token::Map { end: 0 });
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|e| {
            let ends = matches!(e, Error::Syntax(_) | Error::IllFormed(IllFormedError::UnclosedReference));
            // The text ends inside what begins here.
            SyntaxError::new("not well-formed XML", if ends { text.len() } else { at })
        })?;
        let result = match event {
            Event::Start(tag) => elements.start(tag.name().as_ref().to_owned()),
            Event::Empty(tag) => elements.start(tag.name().as_ref().to_owned()).and_then(|()| elements.end()),
            Event::End(_) => elements.end(),
            Event::Text(raw) => elements.text(&raw.xml10_content()),
            Event::CData(raw) => elements.text(&raw.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(c)) => elements.text(c.encode_utf8(&mut [0; 4])),
                _ => predefined(&entity).and_then(|s| elements.text(s)),
            },
            Event::DocType(_) => Err("a document type is not allowed"),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Ok(()),
            Event::Eof => break,
        };
        result.map_err(|what| SyntaxError::new(what, at))?;
    }
    elements.finish().map_err(|what| SyntaxError::new(what, text.len()))
}

fn predefined(entity: &str) -> Result<&'static str, &'static str> {
    match entity {
        "amp" => Ok("&"),
        "lt" => Ok("<"),
        "gt" => Ok(">"),
        "quot" => Ok("\""),
        "apos" => Ok("'"),
        _ => Err("unknown entity"),
    }
}

struct Elements {
    out: Builder<'static>,
    open: Vec<Open>,
    done: bool,
}

/// An element that has begun: its text so far, and whether it turned out to have children.
struct Open {
    text: String,
    children: bool,
}

impl Elements {
    fn start(&mut self, name: String) -> Result<(), &'static str> {
        match self.open.last_mut() {
            None if self.done => return Err("more than one root element"),
            None => {}
            Some(parent) if parent.children => {}
            Some(parent) => {
                parent.children = true;
                if !self.out.open(Token::Map { end: 0 }) {
                    return Err("nested too deep");
                }
            }
        }
        self.out.push(Token::Text(Cow::Owned(name)));
        self.open.push(Open { text: String::new(), children: false });
        Ok(())
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let element = self.open.pop().ok_or("an end tag without its start")?;
        self.done = self.open.is_empty();
        if element.children {
            self.out.close();
        } else if element.text.is_empty() {
            self.out.push(Token::Null);
        } else {
            self.out.push(Token::Text(Cow::Owned(element.text)));
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), &'static str> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() || text == "\u{feff}" => {}
            None => return Err("text outside the root element"),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Tree<'static>, &'static str> {
        if !self.open.is_empty() || !self.done {
            return Err("the text ends in the middle");
        }
        self.out.close();
        Ok(self.out.finish())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::codec::json::{Repeated, value};
    use crate::codec::tree::MAX_DEPTH;

    fn parse(body: &str) -> Result<Value, String> {
        read(body.as_bytes()).map(|tree| value(tree.root(), Repeated::Joined)).map_err(|e| e.to_string())
    }

    #[test]
    fn documents() {
        for (text, shown) in [
            ("<a/>", json!({"a": null})),
            ("<a></a>", json!({"a": null})),
            ("<a> x </a>", json!({"a": " x "})),
            (
                "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<a>1</a>\n<!--top010179031191.s.et2-->\n",
                json!({"a": "1"}),
            ),
            ("\u{feff}<a>1</a>", json!({"a": "1"})),
            ("<a><b>1</b><c>2</c></a>", json!({"a": {"b": "1", "c": "2"}})),
            ("<a><b>1</b><b>2</b><b/></a>", json!({"a": {"b": ["1", "2", null]}})),
            ("<a list=\"true\" x='1 &lt; 2'><b y=\"\">1</b></a>", json!({"a": {"b": "1"}})),
            ("<a>&lt;&gt;&amp;&quot;&apos;&#20013;&#x1F600;</a>", json!({"a": "<>&\"'中😀"})),
            ("<a>1<![CDATA[<b>&amp;]]>2</a>", json!({"a": "1<b>&amp;2"})),
            ("<a>1<!-- no --><?skip this?>2</a>", json!({"a": "12"})),
            ("<a>x\r\ny&#13;</a>", json!({"a": "x\ny\r"})),
            ("<a>\n  <b>1</b>\n  text\n  <c/>\n</a>", json!({"a": {"b": "1", "c": null}})),
            ("<ns:a><ns:b>1</ns:b></ns:a>", json!({"ns:a": {"ns:b": "1"}})),
            ("<a>]]</a>", json!({"a": "]]"})),
        ] {
            assert_eq!(parse(text), Ok(shown), "{text}");
        }
    }

    #[test]
    fn not_documents() {
        for (text, message) in [
            ("", "the text ends in the middle"),
            ("  ", "the text ends in the middle"),
            ("<!-- only a comment -->", "the text ends in the middle"),
            ("<a>", "the text ends in the middle"),
            ("<a><b>1</b>", "the text ends in the middle"),
            ("<a>1</a", "not well-formed XML"),
            ("<a", "not well-formed XML"),
            ("<a>1</b>", "not well-formed XML"),
            ("<a>1</a></a>", "not well-formed XML"),
            ("<a><!-- 1</a>", "not well-formed XML"),
            ("<a><![CDATA[1</a>", "not well-formed XML"),
            ("<a/><b/>", "more than one root element"),
            ("<a></a><b></b>", "more than one root element"),
            ("x<a/>", "text outside the root element"),
            ("<a/>x", "text outside the root element"),
            ("<a/>&amp;", "text outside the root element"),
            ("<a>&nbsp;</a>", "unknown entity"),
            ("<a>&#0;</a>", "unknown entity"),
            ("<a>&#xD800;</a>", "unknown entity"),
            ("<a>&#99999999999;</a>", "unknown entity"),
            ("<!DOCTYPE a SYSTEM \"x\"><a/>", "a document type is not allowed"),
            ("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>", "a document type is not allowed"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(message), "{text}: {error}");
        }
        assert_eq!(read(b"<a>\xff</a>").unwrap_err().to_string(), "not UTF-8 (byte 3)");
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "<a>".repeat(depth) + "1" + &"</a>".repeat(depth);
        // The root and the innermost element need no level of their own: one map for all elements that hold others.
        assert!(read(nested(MAX_DEPTH).as_bytes()).is_ok());
        for depth in [MAX_DEPTH + 1, 1_000, 1_000_000] {
            let error = read(nested(depth).as_bytes()).unwrap_err();
            assert!(error.to_string().starts_with("nested too deep"), "{error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn anything_is_read_or_refused(text in "(<[ab]?[/!?]?|/?>|&(amp|#1|x);|[\\]\\[]|CDATA|--|x| |中|</a>|<a>){0,24}") {
            let _ = read(text.as_bytes());
        }
    }
}
