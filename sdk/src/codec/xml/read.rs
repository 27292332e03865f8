//! XML text into a [`Tree`]: elements with children become maps, all others text.

use std::borrow::Cow;

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::codec::SyntaxError;
use crate::codec::tree::{Builder, Token, Tree};

/// Parses one document. Attributes, comments and declarations are skipped; document types are refused, so no entity can grow.
pub(crate) fn read(body: &[u8]) -> Result<Tree<'_>, SyntaxError> {
    let text = std::str::from_utf8(body).map_err(|e| SyntaxError::new("not UTF-8", e.valid_up_to()))?;
    let mut reader = Reader::from_str(text);
    let mut elements = Elements { out: Builder::with_capacity(text.len() / 16 + 8), open: Vec::new(), done: false };
    // The root is one more map, so that the root element's name is looked up like any other.
    elements.out.open(Token::Map { end: 0 });
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let event = reader.read_event().map_err(|_| SyntaxError::new("not well-formed XML", at))?;
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
