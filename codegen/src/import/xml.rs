//! XML text to a tree of elements. Attributes, comments and processing instructions are skipped; document types are refused,
//! so that no entity can grow.

use quick_xml::Reader;
use quick_xml::events::Event;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    /// The text directly in it.
    pub(super) text: String,
    pub(super) children: Vec<Element>,
    /// Byte at which it begins.
    start: usize,
}

/// What is wrong with a text that is not XML.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) message: String,
    start: usize,
}

/// Parses one document to its root element.
pub(super) fn parse(text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let fault = |message: &str| Fault { message: message.to_owned(), start };
        let event = reader.read_event().map_err(|error| fault(&format!("not XML: {error}")))?;
        let mut add = |more: &str| {
            if let Some(element) = open.last_mut() {
                element.text += more;
            }
        };
        match event {
            Event::Start(tag) => {
                if root.is_some() {
                    return Err(fault("not XML: more than one root element"));
                }
                if open.len() >= MAX_DEPTH {
                    return Err(fault(&format!("more than {MAX_DEPTH} elements inside each other")));
                }
                open.push(Element { name: tag.name().as_ref().to_owned(), start, ..Element::default() });
            }
            Event::Empty(tag) => {
                let element = Element { name: tag.name().as_ref().to_owned(), start, ..Element::default() };
                close(element, &mut open, &mut root);
            }
            Event::End(_) => {
                let element = open.pop().ok_or_else(|| fault("not XML: an end without a beginning"))?;
                close(element, &mut open, &mut root);
            }
            Event::Text(raw) => add(&raw.xml10_content()),
            Event::CData(raw) => add(&raw.xml10_content()),
            Event::GeneralRef(entity) => match entity.resolve_char_ref() {
                Ok(Some(c)) => add(c.encode_utf8(&mut [0; 4])),
                _ => match predefined(&entity) {
                    Some(text) => add(text),
                    None => return Err(fault("an entity that XML does not define")),
                },
            },
            Event::DocType(_) => return Err(fault("a document type: entities are not expanded")),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    match (root, open.pop()) {
        (Some(root), None) => Ok(root),
        (_, Some(open)) => Err(Fault { message: format!("cut off inside <{}>", open.name), start: open.start }),
        (None, None) => Err(Fault { message: "not XML: no element".to_owned(), start: 0 }),
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}

fn predefined(entity: &str) -> Option<&'static str> {
    match entity {
        "amp" => Some("&"),
        "lt" => Some("<"),
        "gt" => Some(">"),
        "quot" => Some("\""),
        "apos" => Some("'"),
        _ => None,
    }
}

impl Element {
    /// The first child of this name.
    pub(super) fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Line and column, for messages.
    pub(super) fn place(&self, text: &str) -> String {
        place(text, self.start)
    }
}

impl Fault {
    /// Line and column, for messages.
    pub(super) fn place(&self, text: &str) -> String {
        place(text, self.start)
    }
}

fn place(text: &str, start: usize) -> String {
    let before = text.get(..start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}")
}
