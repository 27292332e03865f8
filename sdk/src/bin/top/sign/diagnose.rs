//! Why a signature is wrong: the mistakes that people make are tried until one gives the signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use topsdk::SignMethod;

use crate::sign::case::{Case, article, blank, join};
use crate::sign::formula::Formula;

/// Longer texts are not searched for mistakes, which would sign them a hundred times over.
const MAX_SEARCHED: usize = 256 * 1024;

/// A mistake that gives the signature.
pub(super) struct Found {
    /// What is wrong, each in a sentence; most important first.
    pub(super) causes: Vec<String>,
    pub(super) formula: Formula,
    /// The parameters, as the mistake lays them out; nothing if the text is right.
    pub(super) layout: Option<Layout>,
}

/// A way to lay parameters out as a text.
pub(super) type Layout = Box<dyn Fn(&Case<'_>) -> Vec<u8>>;

/// A text that a mistaken program would have signed.
struct Guess {
    cause: String,
    layout: Layout,
}

impl Guess {
    fn new(cause: impl Into<String>, layout: impl Fn(&Case<'_>) -> Vec<u8> + 'static) -> Self {
        Self { cause: cause.into(), layout: Box::new(layout) }
    }
}

/// Tries the known mistakes: first one alone, then a wrong text and a wrong formula together.
pub(super) fn find(case: &Case<'_>) -> Option<Found> {
    if case.params.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() + case.body.len() > MAX_SEARCHED
    {
        return None;
    }
    let right = Formula::of(case.method);
    let plain = case.text();
    for formula in formulas(right) {
        if let Some(spelling) = spelling(case, &formula.digest(case.secret, &plain)) {
            return Some(Found { causes: causes(&[&formula_cause(case, formula), spelling]), formula, layout: None });
        }
    }
    for (secret, cause) in other_secrets(case) {
        for formula in formulas(right) {
            if let Some(spelling) = spelling(case, &formula.digest(&secret, &plain)) {
                return Some(Found {
                    causes: causes(&[cause, &formula_cause(case, formula), spelling]),
                    formula,
                    layout: None,
                });
            }
        }
    }
    for only_right in [true, false] {
        for guess in guesses(case) {
            let text = (guess.layout)(case);
            for formula in formulas(right).filter(|formula| !only_right || *formula == right) {
                if let Some(spelling) = spelling(case, &formula.digest(case.secret, &text)) {
                    let causes = causes(&[&guess.cause, &formula_cause(case, formula), spelling]);
                    return Some(Found { causes, formula, layout: Some(guess.layout) });
                }
            }
        }
    }
    None
}

/// The right formula first.
fn formulas(right: Formula) -> impl Iterator<Item = Formula> {
    std::iter::once(right).chain(Formula::all().filter(move |formula| *formula != right))
}

fn causes(all: &[&str]) -> Vec<String> {
    all.iter().filter(|cause| !cause.is_empty()).map(|cause| (*cause).to_owned()).collect()
}

/// How the digest must have been written to be the signature; nothing if it is not.
fn spelling(case: &Case<'_>, digest: &[u8]) -> Option<&'static str> {
    let hex: String = digest.iter().map(|byte| format!("{byte:02X}")).collect();
    match case.received {
        received if received == hex => Some(""),
        received if received.eq_ignore_ascii_case(&hex) => {
            Some("The signature is not in upper case; write it as upper-case hex.")
        }
        received if received.trim().eq_ignore_ascii_case(&hex) => {
            Some("White space stands around the signature; take it off.")
        }
        received if received.trim_end_matches('=') == STANDARD_NO_PAD.encode(digest) => {
            Some("The signature is base64; write it as upper-case hex.")
        }
        _ => None,
    }
}

fn formula_cause(case: &Case<'_>, formula: Formula) -> String {
    let right = Formula::of(case.method);
    if formula == right {
        return String::new();
    }
    let others = [SignMethod::HmacSha256, SignMethod::Hmac, SignMethod::Md5];
    let other = others.into_iter().find(|method| *method != case.method && Formula::of(*method) == formula);
    let method = case.method;
    // It may also come from the command line, or be what counts where nobody says anything.
    let of_request = case.value("sign_method").and_then(|said| said.parse().ok()) == Some(method);
    match other {
        Some(other) if of_request => {
            format!("The request says sign_method={method}, but it was signed as {other}: {}.", formula.name())
        }
        Some(other) => format!("It was checked as {method}, but it was signed as {other}: {}.", formula.name()),
        None => format!("It was signed as {}; {method} is {}.", formula.name(), right.name()),
    }
}

/// What is often taken for the secret.
fn other_secrets(case: &Case<'_>) -> Vec<(String, &'static str)> {
    let mut all = vec![
        (String::new(), "The secret was empty when this was signed."),
        (format!("{}\n", case.secret), "The secret was used with a line break at its end; take it off."),
        (format!("{}\r\n", case.secret), "The secret was used with a line break at its end; take it off."),
        (format!("{} ", case.secret), "The secret was used with a space at its end; take it off."),
        (
            format!("{}&", case.secret),
            "An & was put behind the secret, as OAuth does; the platform takes the secret as it is.",
        ),
        (case.secret.to_uppercase(), "The secret was turned into upper case."),
        (case.secret.to_lowercase(), "The secret was turned into lower case."),
    ];
    if let Some(key) = case.value("app_key") {
        all.push((key.to_owned(), "The app key was used in place of the secret."));
    }
    if let Some(session) = case.value("session") {
        all.push((session.to_owned(), "The session was used in place of the secret."));
    }
    all.retain(|(secret, _)| secret != case.secret);
    all
}

/// Every text worth trying.
fn guesses(case: &Case<'_>) -> Vec<Guess> {
    let mut all = layouts();
    all.extend(values());
    for (left_out, _) in case.sorted() {
        let cause = match left_out {
            "session" => "The session was not signed; it is signed like any other parameter.".to_owned(),
            "sign_method" => "sign_method was not signed; it is part of the text like any other parameter.".to_owned(),
            name => format!("Parameter `{name}` was sent but not signed."),
        };
        let left_out = left_out.to_owned();
        all.push(Guess::new(cause, move |case| {
            let kept: Vec<_> = case.sorted().into_iter().filter(|(name, _)| *name != left_out).collect();
            join(&kept, case.body)
        }));
    }
    if !case.body.is_empty() {
        all.push(Guess::new("The body was not signed; it follows the parameters.", |case| join(&case.sorted(), "")));
        all.push(Guess::new("The body was put before the parameters; it follows them.", |case| {
            [case.body.as_bytes(), &join(&case.sorted(), "")].concat()
        }));
    }
    all.push(Guess::new(
        "The timestamp was put at the end, as an article about the platform has it; sort it like the others.",
        |case| article(&case.sorted(), case.body),
    ));
    all
}

/// The right parameters in a wrong order or with something between them.
fn layouts() -> Vec<Guess> {
    let sent = "The parameters were signed in the order in which they came; sort them by name.";
    let case_less = "The names were sorted without regard to case; sort them by code, capitals first.";
    let by_text = "The joined names and values were sorted; sort by the names alone.";
    let between = "Something was put between names and values; join them without `=` and `&`.";
    let mut all = vec![
        Guess::new(sent, |case| join(&case.signed(), case.body)),
        Guess::new(case_less, |case| {
            let mut pairs = case.sorted();
            pairs.sort_by_key(|(name, _)| name.to_lowercase());
            join(&pairs, case.body)
        }),
        Guess::new(by_text, |case| {
            let mut pairs = case.sorted();
            pairs.sort_by_key(|(name, value)| [*name, *value].concat());
            join(&pairs, case.body)
        }),
        Guess::new("The values were signed without their names.", |case| {
            let values: String = case.sorted().iter().map(|(_, value)| *value).collect();
            (values + case.body).into_bytes()
        }),
        Guess::new(
            "Parameters with a blank value were signed; leave them out of the text and of the request.",
            |case| {
                let mut pairs = case.all();
                pairs.sort();
                join(&pairs, case.body)
            },
        ),
    ];
    for (equals, and) in [("=", "&"), ("=", ""), ("=", ","), (":", ","), ("", "&"), ("", ","), ("", "\n")] {
        all.push(Guess::new(between, move |case| {
            let pairs: Vec<String> =
                case.sorted().iter().map(|(name, value)| [*name, equals, *value].concat()).collect();
            (pairs.join(and) + case.body).into_bytes()
        }));
        all.push(Guess::new(format!("{sent} {between}"), move |case| {
            let pairs: Vec<String> =
                case.signed().iter().map(|(name, value)| [*name, equals, *value].concat()).collect();
            (pairs.join(and) + case.body).into_bytes()
        }));
    }
    all
}

/// The right layout with values written otherwise.
fn values() -> Vec<Guess> {
    let encoded =
        "The values were url-encoded before signing; sign them as they are and encode them for the wire only.";
    let guess = |cause: &str, write: fn(&str) -> Vec<u8>| {
        Guess::new(cause, move |case| {
            let pairs = case.sorted().into_iter().flat_map(|(name, value)| [name.as_bytes().to_vec(), write(value)]);
            pairs.flatten().chain(case.body.bytes()).collect()
        })
    };
    vec![
        guess(encoded, |value| percent(value, "+").into_bytes()),
        guess(encoded, |value| percent(value, "%20").into_bytes()),
        guess(encoded, |value| percent(value, "%20").to_lowercase().into_bytes()),
        guess("The text was signed as GBK; the platform signs UTF-8.", |value| {
            encoding_rs::GBK.encode(value).0.into_owned()
        }),
        guess("The values were trimmed for signing but sent with their spaces.", |value| {
            value.trim().as_bytes().to_vec()
        }),
        guess("A space was signed as a plus sign.", |value| value.replace(' ', "+").into_bytes()),
        guess("A plus sign was sent without being encoded, so a space arrived; encode it as %2B.", |value| {
            value.replace(' ', "+").into_bytes()
        }),
        guess("Non-ASCII text was signed as \\u escapes; sign it as UTF-8.", |value| {
            let escape = |c: char| match c {
                c if c.is_ascii() => c.to_string(),
                c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
            };
            value.chars().map(escape).collect::<String>().into_bytes()
        }),
    ]
}

/// Whether a blank parameter was given.
pub(super) fn blanks<'a>(case: &'a Case<'_>) -> Vec<&'a str> {
    case.all().into_iter().filter(|(name, value)| blank(name, value)).map(|(name, _)| name).collect()
}

/// Url-encoded as in a form, with this for a space.
fn percent(text: &str, space: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', space)
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;
    use crate::input::Pairs;
    use crate::sign::formula::{Hash, Place};

    const SECRET: &str = "s3cr3t";

    fn params() -> Pairs {
        let pairs = [
            ("v", "2.0"),
            ("app_key", "12345678"),
            ("method", "taobao.trade.memo.update"),
            ("session", "s3ss10n"),
            ("sign_method", "md5"),
            ("timestamp", "2026-01-05 10:00:00"),
            ("Zone", " 1"),
            ("memo", "中 文+"),
            ("empty", ""),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    }

    /// What is said about the signature that a program with this mistake makes.
    fn said(mistake: impl Fn(&Case<'_>) -> String) -> String {
        let params = params();
        let case = |received| Case { params: &params, body: "BODY", method: SignMethod::Md5, secret: SECRET, received };
        let received = mistake(&case(""));
        find(&case(&received)).map_or_else(|| "nothing".to_owned(), |found| found.causes.join(" "))
    }

    fn hex(digest: &[u8]) -> String {
        digest.iter().map(|byte| format!("{byte:02X}")).collect()
    }

    fn md5(text: impl AsRef<[u8]>) -> String {
        hex(&Formula::of(SignMethod::Md5).digest(SECRET, text.as_ref()))
    }

    #[test]
    fn known_mistakes_are_named() {
        let formula = |hash, place| move |case: &Case<'_>| hex(&Formula { hash, place }.digest(SECRET, &case.text()));
        let without = |name: &'static str| {
            move |case: &Case<'_>| {
                let kept: Vec<_> = case.sorted().into_iter().filter(|(known, _)| *known != name).collect();
                md5(join(&kept, case.body))
            }
        };
        let text = |case: &Case<'_>| String::from_utf8(case.text()).unwrap();
        let table: Vec<(String, &str)> = vec![
            (said(formula(Hash::Md5, Place::Before)), "MD5 over secret, text; md5 is MD5 over secret, text, secret."),
            (said(formula(Hash::Md5, Place::After)), "MD5 over text, secret"),
            (said(formula(Hash::Md5, Place::Nowhere)), "without the secret"),
            (said(formula(Hash::Md5, Place::Key)), "The request says sign_method=md5, but it was signed as hmac:"),
            (said(formula(Hash::Sha256, Place::Key)), "but it was signed as hmac-sha256:"),
            (said(|case| md5(text(case)).to_lowercase()), "The signature is not in upper case"),
            (said(|case| format!(" {}\n", md5(text(case)))), "White space stands around the signature"),
            (
                said(|case| STANDARD.encode(Formula::of(SignMethod::Md5).digest(SECRET, &case.text()))),
                "The signature is base64",
            ),
            (said(|case| md5(join(&case.signed(), case.body))), "in the order in which they came"),
            (said(without("session")), "The session was not signed"),
            (said(without("sign_method")), "sign_method was not signed"),
            (said(without("memo")), "Parameter `memo` was sent but not signed."),
            (said(|case| md5(join(&case.sorted(), ""))), "The body was not signed"),
            (said(|case| md5("BODY".to_owned() + text(case).trim_end_matches("BODY"))), "The body was put before"),
            (
                said(|case| {
                    md5(text(case).replace("中 文+", "%E4%B8%AD+%E6%96%87%2B").replace(' ', "+").replace(':', "%3A"))
                }),
                "url-encoded before signing",
            ),
            (said(|case| md5(encoding_rs::GBK.encode(&text(case)).0)), "as GBK"),
            (said(|case| md5(text(case).replace("Zone 1", "Zone1"))), "trimmed"),
            (said(|case| md5(text(case).replace(' ', "+"))), "A space was signed as a plus sign."),
            (said(|case| md5(text(case).replace("中 文", "\\u4e2d \\u6587"))), "\\u escapes"),
            (
                said(|case| {
                    let mut pairs = case.all();
                    pairs.sort();
                    md5(join(&pairs, case.body))
                }),
                "blank value were signed",
            ),
            (
                said(|case| {
                    let mut pairs = case.sorted();
                    pairs.sort_by_key(|(name, _)| name.to_lowercase());
                    md5(join(&pairs, case.body))
                }),
                "without regard to case",
            ),
            (
                said(|case| {
                    let pairs: Vec<_> = case.sorted().iter().map(|(name, value)| format!("{name}={value}")).collect();
                    md5(pairs.join("&") + "BODY")
                }),
                "join them without `=` and `&`",
            ),
            (
                said(|case| hex(&Formula::of(SignMethod::Md5).digest("s3cr3t\n", &case.text()))),
                "a line break at its end",
            ),
            (
                said(|case| hex(&Formula::of(SignMethod::Md5).digest("12345678", &case.text()))),
                "app key was used in place",
            ),
            (said(|case| hex(&Formula::of(SignMethod::Md5).digest("other", &case.text()))), "nothing"),
            (
                // Where the method is not the request's.
                {
                    let params: Pairs = params().into_iter().filter(|(name, _)| name != "sign_method").collect();
                    let case = |received| Case {
                        params: &params,
                        body: "",
                        method: SignMethod::Md5,
                        secret: SECRET,
                        received,
                    };
                    let received = hex(&Formula::of(SignMethod::Hmac).digest(SECRET, &case("").text()));
                    find(&case(&received)).map_or_else(String::new, |found| found.causes.join(" "))
                },
                "It was checked as md5, but it was signed as hmac:",
            ),
            // Two at once.
            (
                said(|case| hex(&Formula::of(SignMethod::Hmac).digest(SECRET, &join(&case.signed(), case.body)))),
                "sort them by name. The request says sign_method=md5, but it was signed as hmac:",
            ),
        ];
        for (said, expected) in table {
            assert!(said.contains(expected), "{said:?} does not hold {expected:?}");
            assert!(!said.contains(SECRET) && !said.contains("s3ss10n"), "{said}");
        }
    }
}
