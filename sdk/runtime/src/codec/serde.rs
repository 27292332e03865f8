//! serde for structures: the simplified form, with wire names. Decoding is as tolerant as for answers.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use crate::codec::tree::{Builder, Token};
use crate::codec::{Decoder, record};
use crate::model::{Field, Model, Record, View};

/// Serialises a structure as a map from wire names; fields that are not set are left out.
///
/// # Errors
///
/// Those of the serializer.
pub fn serialize<S: Serializer>(record: &dyn Record, serializer: S) -> Result<S::Ok, S::Error> {
    Shown { view: View::Record(record), field: None }.serialize(serializer)
}

/// Reads a structure, tolerantly: fields that cannot be read stay empty.
///
/// # Errors
///
/// Those of the deserializer; the input is no map.
pub fn deserialize<'de, D: Deserializer<'de>, M: Model>(deserializer: D) -> Result<M, D::Error> {
    let mut builder = Builder::default();
    Tokens { out: &mut builder }.read(deserializer)?;
    let tree = builder.finish();
    record(tree.root(), &mut Decoder::default())
        .ok_or_else(|| D::Error::custom(format_args!("expected {}", M::SHAPE.name)))
}

struct Shown<'a> {
    view: View<'a>,
    field: Option<&'static Field>,
}

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.view {
            View::Absent => serializer.serialize_none(),
            View::Bool(b) => serializer.serialize_bool(*b),
            View::Int(n) => serializer.serialize_i64(*n),
            View::Float(n) => serializer.serialize_f64(*n),
            View::Record(record) => {
                let mut map = serializer.serialize_map(None)?;
                for (slot, field) in record.shape().fields.iter().enumerate() {
                    match record.get(slot).map(|v| v.view()) {
                        None | Some(View::Absent) => {}
                        Some(view) => map.serialize_entry(field.name, &Shown { view, field: Some(field) })?,
                    }
                }
                map.end()
            }
            View::List(list) => {
                let mut seq = serializer.serialize_seq(Some(list.len()))?;
                for index in 0..list.len() {
                    seq.serialize_element(&Shown { view: list.at(index), field: None })?;
                }
                seq.end()
            }
            View::Fields(fields) => {
                serializer.serialize_str(&fields.names(self.field.and_then(|f| f.select)).join(","))
            }
            View::Upload(_) => Err(S::Error::custom("a request with a file cannot be serialised")),
            scalar => serializer.serialize_str(&scalar.scalar().unwrap_or_default()),
        }
    }
}

/// Writes what a deserializer holds as tokens.
struct Tokens<'b> {
    out: &'b mut Builder<'static>,
}

impl Tokens<'_> {
    fn read<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }

    fn text(self, text: String) {
        self.out.push(Token::Text(Cow::Owned(text)));
    }

    /// Numbers and booleans become text, which the decoder takes as well: the token's digits would have to be borrowed.
    fn scalar<E>(self, value: impl ToString) -> Result<(), E> {
        self.text(value.to_string());
        Ok(())
    }
}

impl<'de> serde::de::DeserializeSeed<'de> for Tokens<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.read(deserializer)
    }
}

impl<'de> Visitor<'de> for Tokens<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map with wire names")
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.out.push(Token::Bool(value));
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.scalar(value)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.out.push(Token::Null);
        Ok(())
    }

    fn visit_none<E>(self) -> Result<(), E> {
        self.out.push(Token::Null);
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.read(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        if !self.out.open(Token::List { end: 0 }) {
            return Err(A::Error::custom("nested too deep"));
        }
        while items.next_element_seed(Tokens { out: &mut *self.out })?.is_some() {}
        self.out.close();
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        if !self.out.open(Token::Map { end: 0 }) {
            return Err(A::Error::custom("nested too deep"));
        }
        while let Some(name) = entries.next_key::<Cow<'_, str>>()? {
            self.out.push(Token::Text(Cow::Owned(name.into_owned())));
            entries.next_value_seed(Tokens { out: &mut *self.out })?;
        }
        self.out.close();
        Ok(())
    }
}
