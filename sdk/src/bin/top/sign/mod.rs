//! `top sign` and `top verify`: signatures, the text that is signed, and why a signature is wrong.

mod case;
mod diagnose;
mod difference;
mod formula;
mod hide;

use std::path::Path;

use console::measure_text_width;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use topsdk::SignMethod;

use crate::args;
use crate::env::account::{Account, resolve};
use crate::env::warn;
use crate::exit::{Exit, Failure};
use crate::input::{self, Pairs, pair};
use crate::page::{Page, Tone};
use crate::screen::{Answer, Screen};
use crate::sign::case::Case;
use crate::sign::diagnose::{Layout, blanks, find};
use crate::sign::difference::{Difference, difference, readable};
use crate::sign::formula::Formula;
use crate::sign::hide::{SESSION, Secrets};

/// Parameters that every call of the REST router has.
const COMMON: [&str; 5] = ["method", "app_key", "timestamp", "v", "sign_method"];

/// Signs parameters.
pub(crate) fn sign(options: &args::Sign, config: Option<&Path>, screen: &Screen) -> Result<(), Failure> {
    let request = Request::new(&options.signed, None, &options.app, config, screen)?;
    let case = request.case();
    let signature = topsdk::sign::sign(case.method, case.secret, case.all(), Some(case.body));
    screen.show(&Signed { request: &request, signature })
}

/// Checks a signature.
pub(crate) fn verify(options: &args::Verify, config: Option<&Path>, screen: &Screen) -> Result<(), Failure> {
    let request = Request::new(&options.signed, options.sign.as_deref(), &options.app, config, screen)?;
    let text = options.text.as_deref().map(input::text).transpose()?;
    if request.received.is_empty() && text.is_none() {
        return Err(Failure::usage("there is no signature to check")
            .fact("fix", "Give the parameter sign, --sign HEX, or the text that your code signed with --text.")
            .attempt("top sign NAME=VALUE ..  (to make a signature)"));
    }
    let verified = Verified::new(&request, text.as_deref());
    screen.show(&verified)?;
    if verified.right() {
        return Ok(());
    }
    let failure = Failure::new(
        Exit::Refused,
        if request.received.is_empty() { "the texts differ" } else { "the signature is wrong" },
    );
    Err(match verified.causes.is_empty() && request.mixed.is_none() {
        true => failure.attempt("top env show"),
        false => failure,
    })
}

/// What is signed, by whom.
struct Request {
    params: Pairs,
    body: String,
    method: SignMethod,
    secret: SecretString,
    secret_from: String,
    received: String,
    mixed: Option<String>,
}

impl Request {
    fn new(
        signed: &args::Signed,
        received: Option<&str>,
        app: &args::App,
        config: Option<&Path>,
        screen: &Screen,
    ) -> Result<Self, Failure> {
        let mut params = Pairs::new();
        for text in &signed.requests {
            params.extend(input::request(&input::text(text)?));
        }
        for text in &signed.params {
            params.push(pair(text)?);
        }
        let in_request = params.iter().find(|(name, _)| name == "sign").map(|(_, value)| value.clone());
        params.retain(|(name, _)| name != "sign");
        if params.is_empty() {
            return Err(Failure::usage("there are no parameters")
                .fact("fix", "Give them as NAME=VALUE, or a request as it was sent with --request.")
                .attempt("top sign --help"));
        }
        let said = params.iter().find(|(name, _)| name == "sign_method").map(|(_, value)| value.as_str());
        let method = match (signed.sign_method, said) {
            (Some(method), _) => method,
            (None, Some(said)) => said.parse().map_err(|_| {
                Failure::usage(format!("sign_method={said} is not one of hmac-sha256, hmac, md5 and article"))
            })?,
            (None, None) => SignMethod::default(),
        };
        let body = signed.body.as_deref().map(input::text).transpose()?.unwrap_or_default();
        let (account, profiles) = resolve(app, None, config)?;
        warn(&profiles, screen);
        let secret_from =
            account.secret.as_ref().map_or_else(|| "what was typed".to_owned(), |found| found.from.to_string());
        let mixed = other_app(&account, &params);
        let received = received.map(str::to_owned).or(in_request).unwrap_or_default();
        Ok(Self { params, body, method, secret: account.secret()?, secret_from, received, mixed })
    }

    fn case(&self) -> Case<'_> {
        Case {
            params: &self.params,
            body: &self.body,
            method: self.method,
            secret: self.secret.expose_secret(),
            received: &self.received,
        }
    }

    /// The string that is signed, with nothing secret in it. `layout` is how a mistake lays the parameters out.
    fn shown(&self, formula: Formula, layout: Option<&Layout>) -> String {
        let masked = self.masked();
        let case = Case { params: &masked, ..self.case() };
        let text = readable(&layout.map_or_else(|| case.text(), |layout| layout(&case)));
        // A mistake may encode the mask.
        let text = text.replace("%3Csession%3E", SESSION).replace("%3csession%3e", SESSION);
        formula.shown(&self.secrets().hide(&text))
    }

    /// The parameters with a mask for the session.
    fn masked(&self) -> Pairs {
        let masked = self.params.iter().map(|(name, value)| match name.as_str() {
            "session" if !value.trim().is_empty() => (name.clone(), SESSION.to_owned()),
            _ => (name.clone(), value.clone()),
        });
        masked.collect()
    }

    /// The text that somebody's own program signed, with nothing secret in it.
    fn shown_own(&self, own: &str, right: &str) -> String {
        let masked = self.masked();
        let case = Case { params: &masked, ..self.case() };
        self.secrets().hide_own(own, &case.all(), case.body, right)
    }

    fn secrets(&self) -> Secrets<'_> {
        let session = self.params.iter().find(|(name, _)| name == "session").map(|(_, value)| value.as_str());
        Secrets { secret: self.secret.expose_secret(), session }
    }

    /// Common parameters that are not there.
    fn missing(&self) -> Vec<&'static str> {
        COMMON.into_iter().filter(|name| self.case().value(name).is_none_or(|value| value.trim().is_empty())).collect()
    }
}

/// What to say if the request is one of another application than the secret.
fn other_app(account: &Account, params: &Pairs) -> Option<String> {
    let (_, named) = params.iter().find(|(name, _)| name == "app_key")?;
    let known = account.app_key.as_ref()?;
    (known.value != *named).then(|| {
        format!("the request is of app {named}, but the secret goes with app {}, from {}", known.value, known.from)
    })
}

/// A signature and its text.
struct Signed<'a> {
    request: &'a Request,
    signature: String,
}

impl Signed<'_> {
    fn text(&self) -> String {
        self.request.shown(Formula::of(self.request.method), None)
    }
}

impl Answer for Signed<'_> {
    fn page(&self, page: &mut Page) {
        let request = self.request;
        page.line(&[(Tone::Label, "sign  "), (Tone::Strong, &self.signature)]);
        page.heading("The text that is signed");
        page.prose(2, &self.text());
        page.heading("How");
        let case = request.case();
        let mut facts = vec![
            ("method", format!("{}: {}", request.method, Formula::of(request.method).name())),
            ("secret", request.secret_from.clone()),
        ];
        let blanks = blanks(&case);
        if !blanks.is_empty() {
            facts.push(("blank", format!("{} left out; leave out of the request too", blanks.join(", "))));
        }
        let missing = request.missing();
        if !missing.is_empty() {
            facts.push(("missing", format!("{}: a call needs these too, and they are signed", missing.join(", "))));
        }
        facts.extend(request.mixed.iter().map(|text| ("note", text.clone())));
        page.facts(&facts);
    }

    fn value(&self) -> Value {
        json!({
            "sign": self.signature,
            "sign_method": self.request.method.as_str(),
            "text": self.text(),
            "blank": blanks(&self.request.case()),
            "missing": self.request.missing(),
        })
    }

    fn raw(&self) -> Vec<u8> {
        format!("{}\n", self.signature).into_bytes()
    }
}

/// What came of a check.
struct Verified<'a> {
    request: &'a Request,
    expected: String,
    /// The string that is signed, without anything secret.
    text: String,
    causes: Vec<String>,
    difference: Option<Difference>,
    /// Whether the caller's own text was compared.
    compared: bool,
}

impl<'a> Verified<'a> {
    fn new(request: &'a Request, own: Option<&str>) -> Self {
        let case = request.case();
        let expected = topsdk::sign::sign(case.method, case.secret, case.all(), Some(case.body));
        let text = request.shown(Formula::of(case.method), None);
        let mut verified =
            Self { request, expected, text, causes: Vec::new(), difference: None, compared: own.is_some() };
        if let Some(own) = own {
            verified.difference = difference(&verified.text, &request.shown_own(own, &verified.text));
        }
        let wrong = !case.received.is_empty() && case.received != verified.expected;
        if let Some(found) = wrong.then(|| find(&case)).flatten() {
            verified.causes = found.causes;
            if own.is_none() {
                verified.difference = difference(&verified.text, &request.shown(found.formula, found.layout.as_ref()));
            }
        }
        verified
    }

    fn right(&self) -> bool {
        let signature = self.request.received.is_empty() || self.request.received == self.expected;
        signature && (!self.compared || self.difference.is_none())
    }
}

impl Answer for Verified<'_> {
    fn page(&self, page: &mut Page) {
        let request = self.request;
        let wrong = !request.received.is_empty() && request.received != self.expected;
        if !request.received.is_empty() {
            let (tone, word) = if wrong { (Tone::Bad, "wrong") } else { (Tone::Good, "right") };
            page.line(&[(tone, word), (Tone::Label, "     signature  "), (Tone::Plain, &request.received)]);
        }
        if wrong {
            page.line(&[(Tone::Label, "expected  signature  "), (Tone::Plain, &self.expected)]);
            page.heading("Likely cause");
            let nothing = "No known mistake gives this signature: most likely the secret is of another application or environment, \
                or a value was changed after signing.";
            match self.causes.as_slice() {
                [] => page.prose(2, nothing),
                causes => causes.iter().for_each(|cause| page.prose(2, cause)),
            }
        }
        if let Some(mixed) = &request.mixed {
            page.heading("Note");
            page.prose(2, mixed);
        }
        page.heading("The text that is signed");
        page.prose(2, &self.text);
        match &self.difference {
            Some(difference) => show_difference(page, difference, &["right", "yours"]),
            None if self.compared => {
                page.blank();
                page.line(&[(Tone::Good, "Your text is the same.")]);
            }
            None => {}
        }
        page.heading("How");
        let method = format!("{}: {}", request.method, Formula::of(request.method).name());
        page.facts(&[("method", method), ("secret", request.secret_from.clone())]);
    }

    fn value(&self) -> Value {
        let received = Some(self.request.received.as_str()).filter(|received| !received.is_empty());
        json!({
            "right": self.right(),
            "received": received,
            "expected": self.expected,
            "sign_method": self.request.method.as_str(),
            "text": self.text,
            "causes": self.causes,
            "difference": self.difference.as_ref().map(|difference| json!({
                "position": difference.position,
                "right": difference.excerpts[0],
                "yours": difference.excerpts[1],
            })),
            "note": self.request.mixed,
        })
    }

    fn raw(&self) -> Vec<u8> {
        format!("{}\n", if self.right() { "right" } else { "wrong" }).into_bytes()
    }
}

/// Both excerpts, one above the other, and a mark under the first character that differs.
fn show_difference(page: &mut Page, difference: &Difference, names: &[&str; 2]) {
    page.heading(&format!("They differ from character {} of the text above", difference.position + 1));
    for (name, excerpt) in names.iter().zip(&difference.excerpts) {
        page.line(&[(Tone::Label, &format!("  {name}  ")), (Tone::Plain, excerpt)]);
    }
    let [right, _] = &difference.excerpts;
    let before: String = right.chars().take(difference.mark).collect();
    page.line(&[(Tone::Plain, &" ".repeat(9 + measure_text_width(&before))), (Tone::Bad, "^")]);
}
