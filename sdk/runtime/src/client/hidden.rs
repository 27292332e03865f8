//! What a call must not show, though the platform may echo it in the texts of a refusal.

use secrecy::{ExposeSecret, SecretString};

use crate::codec::form;
use crate::model::{Record, View};

/// The least bytes of what is looked for: shorter ones, such as `1` or `no`, are part of ordinary words.
const SHORTEST: usize = 4;

/// The secret, the session and the signature of a call, and its sensitive parameters, each with what is shown instead.
#[derive(Clone, Default)]
pub(crate) struct Hidden {
    keys: Vec<SecretString>,
    parameters: Vec<(SecretString, &'static str)>,
}

impl Hidden {
    /// The sensitive parameters of a request, at any depth.
    pub(crate) fn of(request: &dyn Record) -> Self {
        let mut hidden = Self::default();
        hidden.record(request);
        hidden
    }

    /// Adds a secret, a session or a signature.
    pub(crate) fn key(&mut self, text: &str) {
        if text.len() >= SHORTEST {
            self.keys.extend(spellings(text));
        }
    }

    /// Adds a sensitive parameter, or a part of one, with what is shown instead.
    pub(crate) fn parameter(&mut self, text: &str, mask: &'static str) {
        if text.trim().len() >= SHORTEST {
            self.parameters.extend(spellings(text.trim()).map(|spelling| (spelling, mask)));
        }
    }

    /// Adds what another call must not show.
    pub(crate) fn extend(&mut self, other: &Self) {
        self.keys.extend_from_slice(&other.keys);
        self.parameters.extend_from_slice(&other.parameters);
    }

    /// A text without keys. Codes go through this alone: words of theirs may happen to be a parameter's value too.
    pub(crate) fn in_code(&self, text: &str) -> String {
        self.keys.iter().fold(text.to_owned(), |text, key| text.replace(key.expose_secret(), "<secret>"))
    }

    /// A text without keys and sensitive parameters.
    pub(crate) fn in_text(&self, text: &str) -> String {
        let hide = |text: String, (value, mask): &(SecretString, &str)| text.replace(value.expose_secret(), mask);
        self.parameters.iter().fold(self.in_code(text), hide)
    }

    fn record(&mut self, record: &dyn Record) {
        for (slot, field) in record.shape().fields.iter().enumerate() {
            let Some(value) = record.get(slot) else { continue };
            self.value(&value.view(), field.sensitive.map(|kind| kind.mask()));
        }
    }

    fn value(&mut self, view: &View<'_>, mask: Option<&'static str>) {
        match view {
            View::Record(record) => self.record(*record),
            View::List(list) => (0..list.len()).for_each(|i| self.value(&list.at(i), mask)),
            _ => {
                if let (Some(mask), Some(text)) = (mask, view.scalar()) {
                    self.parameter(&text, mask);
                }
            }
        }
    }
}

/// A text as an echo may spell it: as it is, inside JSON, and each of them as in the body that was sent.
fn spellings(text: &str) -> impl Iterator<Item = SecretString> {
    let quoted = serde_json::Value::from(text).to_string();
    let inside_json = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(&quoted).to_owned();
    let plain = if inside_json == text { vec![inside_json] } else { vec![text.to_owned(), inside_json] };
    plain.into_iter().flat_map(|text| {
        let sent = form::encode(&[("", &text)]).split_off(1);
        if sent == text { vec![text.into()] } else { vec![text.into(), sent.into()] }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, Request};

    #[derive(Clone, Request)]
    #[top(method = "taobao.hidden.check", response = Person)]
    struct HiddenCheck {
        tid: i64,
        #[top(sensitive(phone))]
        phone: String,
        #[top(sensitive(id))]
        ids: Vec<i64>,
        person: Option<Person>,
    }

    #[derive(Model)]
    struct Person {
        #[top(sensitive(name))]
        name: Option<String>,
        city: Option<String>,
    }

    #[test]
    fn keys_and_sensitive_parameters_are_blotted_out() {
        let person = Person { name: Some("示例".into()), city: Some("Hangzhou".into()) };
        let request = HiddenCheck::new(12345, " 10012345678 ").ids([77_001, 2]).person(person);
        let mut hidden = Hidden::of(&request);
        hidden.key("s3cr3t");
        hidden.key("");
        // Such as the secret of an example: it would spoil words and codes.
        hidden.key("s");
        for (text, in_text, in_code) in [
            ("tid 12345 in Hangzhou", "tid 12345 in Hangzhou", "tid 12345 in Hangzhou"),
            ("phone=10012345678", "phone=<phone>", "phone=10012345678"),
            ("ids 77001,2", "ids <id>,2", "ids 77001,2"),
            ("示例s3cr3t", "<name><secret>", "示例<secret>"),
            ("name=%E7%A4%BA%E4%BE%8B", "name=<name>", "name=%E7%A4%BA%E4%BE%8B"),
        ] {
            assert_eq!((hidden.in_text(text).as_str(), hidden.in_code(text).as_str()), (in_text, in_code));
        }
    }
}
