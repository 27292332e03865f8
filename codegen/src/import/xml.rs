//! XML text to a tree of elements. Attributes, comments and processing instructions are skipped; document types are refused,
//! so that no entity can grow.

use quick_xml::errors::IllFormedError;
use quick_xml::events::Event;
use quick_xml::{Error, Reader};

use crate::text::short;

/// Deepest nesting that is read.
const MAX_DEPTH: usize = 64;
/// Most elements of a document: one takes a hundred times the memory of the few bytes that it may be written in. The metadata of the
/// whole platform has a third of it.
const MAX_ELEMENTS: usize = 2_000_000;

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
    parse_up_to(MAX_ELEMENTS, text)
}

fn parse_up_to(most: usize, text: &str) -> Result<Element, Fault> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    let mut elements = 0;
    loop {
        let start = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let fault = |message: &str| Fault { message: message.to_owned(), start };
        let event = reader.read_event().map_err(|error| fault(&format!("not XML: {}", told(error))))?;
        let mut add = |more: &str| {
            if let Some(element) = open.last_mut() {
                element.text += more;
            }
        };
        if matches!(event, Event::Start(_) | Event::Empty(_)) {
            elements += 1;
            if elements > most {
                return Err(fault(&format!("more than {most} elements")));
            }
        }
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
        (_, Some(open)) => Err(Fault { message: format!("cut off inside <{}>", short(&open.name)), start: open.start }),
        (None, None) => Err(Fault { message: "not XML: no element".to_owned(), start: 0 }),
    }
}

/// The parser's complaint, with the names in it shortened.
fn told(error: Error) -> String {
    let cut = |name: String| short(&name).into_owned();
    let error = match error {
        Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
            IllFormedError::MismatchedEndTag { expected: cut(expected), found: cut(found) }.into()
        }
        Error::IllFormed(IllFormedError::UnmatchedEndTag(name)) => IllFormedError::UnmatchedEndTag(cut(name)).into(),
        Error::IllFormed(IllFormedError::MissingEndTag(name)) => IllFormedError::MissingEndTag(cut(name)).into(),
        other => other,
    };
    error.to_string()
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
    pub(super) fn place(&self, places: &Places<'_>) -> String {
        places.of(self.start)
    }
}

impl Fault {
    /// Line and column, for messages.
    pub(super) fn place(&self, places: &Places<'_>) -> String {
        places.of(self.start)
    }
}

/// Bytes between two marks of [`Places`].
const STEP: usize = 256;

/// Lines and columns of a text. Marks stand at even distances, since a file may be one line as well as a million: so no place costs
/// more than a step, however large the file is.
pub(super) struct Places<'a> {
    text: &'a str,
    /// Where each step begins.
    marks: Vec<Place>,
}

#[derive(Clone, Copy)]
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// The place after these bytes, which may begin and end inside a character.
    fn after(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |Self { line, column }, byte| match byte {
            b'\n' => Self { line: line + 1, column: 1 },
            // Further bytes of a character.
            0x80..=0xbf => Self { line, column },
            _ => Self { line, column: column + 1 },
        })
    }
}

impl<'a> Places<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let first = Place { line: 1, column: 1 };
        let steps = text.as_bytes().chunks(STEP);
        let further = steps.scan(first, |place, step| {
            *place = place.after(step);
            Some(*place)
        });
        Self { text, marks: std::iter::once(first).chain(further).collect() }
    }

    /// Line and column of a byte.
    fn of(&self, start: usize) -> String {
        let (mark, rest) = self.nearest(start);
        let Place { line, column } = mark.after(rest);
        format!("line {line}, column {column}")
    }

    /// The last mark before a byte, and what lies between them.
    fn nearest(&self, start: usize) -> (Place, &[u8]) {
        let start = start.min(self.text.len());
        let step = start / STEP;
        (self.marks[step], &self.text.as_bytes()[step * STEP..start])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_a_count_from_the_start() {
        let texts =
            ["", "\n", "<a>", "苹果\n\n梨<a>\r\n", &"x".repeat(STEP * 4), &"苹\n果x".repeat(STEP), &"\n".repeat(STEP)];
        for text in texts {
            let places = Places::new(text);
            for start in (0..=text.len()).filter(|start| text.is_char_boundary(*start)) {
                let before = &text[..start];
                let line = before.matches('\n').count() + 1;
                let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
                assert_eq!(places.of(start), format!("line {line}, column {column}"), "{text:?} {start}");
            }
            assert_eq!(places.of(usize::MAX), places.of(text.len()));
        }
    }

    #[test]
    fn elements_are_limited() {
        // (text, elements that may be, whether more is too many)
        let table = [
            ("<a><b/><c>x</c></a>", 3, None),
            ("<a><b/>\n<c/></a>", 2, Some("line 2, column 1")),
            ("<a/>", 0, Some("line 1, column 1")),
        ];
        for (text, most, expected) in table {
            let fault = parse_up_to(most, text).err();
            let found = fault.as_ref().map(|fault| fault.place(&Places::new(text)));
            assert_eq!(found.as_deref(), expected, "{text}");
            assert!(fault.is_none_or(|fault| fault.message == format!("more than {most} elements")), "{text}");
        }
    }

    /// Every name and description of a file is asked for its place.
    #[test]
    fn a_place_is_counted_from_nearby() {
        for text in ["x".repeat(100_000), "\n".repeat(100_000)] {
            let places = Places::new(&text);
            for start in 0..=text.len() {
                assert!(places.nearest(start).1.len() < STEP, "{start}");
            }
        }
    }
}
