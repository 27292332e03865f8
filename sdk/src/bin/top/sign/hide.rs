//! Texts that were signed, without what is secret in them.

use crate::sign::formula::SECRET;

/// What stands in place of the session wherever it would be shown.
pub(super) const SESSION: &str = "<session>";

/// What stands in place of them where they are in other letters or encoded.
const SECRET_OTHERWISE: &str = "<the secret, written otherwise>";
const SESSION_OTHERWISE: &str = "<the session, written otherwise>";

/// What stands in place of a secret, a session and any other text that are not the request's.
const OTHER_SECRET: &str = "<another secret>";
const OTHER_SESSION: &str = "<another session>";
const OTHER: &str = "<something else>";

const MASKS: [&str; 6] = [SECRET, SESSION, SECRET_OTHERWISE, SESSION_OTHERWISE, OTHER_SECRET, OTHER_SESSION];

/// Least bytes of a name and of a value that are known wherever they stand: shorter ones may happen to be part of a secret.
const NAME: usize = 4;
const VALUE: usize = 8;

/// What is not to be shown of a request.
pub(super) struct Secrets<'a> {
    pub(super) secret: &'a str,
    pub(super) session: Option<&'a str>,
}

impl Secrets<'_> {
    /// A text without secret and session, also in capitals or small letters and url-encoded.
    pub(super) fn hide(&self, text: &str) -> String {
        // ASCII letters change their case in place, so that positions are the same in both.
        let lower = text.to_ascii_lowercase();
        let session = self.session.unwrap_or_default();
        let words = [(self.secret, SECRET, SECRET_OTHERWISE), (session, SESSION, SESSION_OTHERWISE)];
        let words: Vec<_> = words.iter().filter(|(word, ..)| !word.trim().is_empty()).collect();
        let all: Vec<_> = words.iter().flat_map(|word| spellings(word.0).map(|spelling| (spelling, *word))).collect();
        let (mut out, mut rest) = (String::new(), 0);
        loop {
            let found = all.iter().filter_map(|(spelling, word)| {
                let at = lower.get(rest..)?.find(spelling)? + rest;
                Some((at, spelling.len(), word))
            });
            // The longest of those that begin first.
            let Some((at, len, (word, mask, other))) = found.min_by_key(|(at, len, _)| (*at, usize::MAX - len)) else {
                return out + text.get(rest..).unwrap_or_default();
            };
            out += text.get(rest..at).unwrap_or_default();
            out += if text.get(at..at + len) == Some(word) { mask } else { other };
            rest = at + len;
        }
    }

    /// The text that a program signed. It may hold another secret and another session, which nobody here knows: so of what stands
    /// before the first and after the last part of the request, and behind the name `session`, nothing is shown.
    pub(super) fn hide_own(&self, own: &str, params: &[(&str, &str)], body: &str, right: &str) -> String {
        let parts = parts(params, body);
        let own = hide_other_session(&self.hide(own), &parts);
        let starts = parts.iter().filter_map(|part| own.find(part.as_str()));
        let ends = parts.iter().filter_map(|part| Some(own.rfind(part.as_str())? + part.len()));
        let (start, end) = (starts.min().unwrap_or(0), ends.max().unwrap_or(0));
        // A body that was changed is shown up to the change.
        let tail = own.get(end..).unwrap_or_default();
        let same = tail.char_indices().zip(body.chars()).take_while(|((_, a), b)| a == b).last();
        let same = same.map_or(0, |((at, c), _)| at + c.len_utf8());
        let end = if same >= VALUE { end + same } else { end };
        let mask = if right.contains(SECRET) { OTHER_SECRET } else { OTHER };
        let edge = |text: Option<&str>| match text.unwrap_or_default() {
            text if is_telling(text) => mask.to_owned(),
            text => text.to_owned(),
        };
        [edge(own.get(..start)), own.get(start..end).unwrap_or_default().to_owned(), edge(own.get(end..))].concat()
    }
}

/// The ways to write a word, in small letters.
fn spellings(word: &str) -> [String; 3] {
    let encoded: String = form_urlencoded::byte_serialize(word.as_bytes()).collect();
    [word.to_owned(), encoded.replace('+', "%20"), encoded].map(|spelling| spelling.to_ascii_lowercase())
}

/// What is known to be of the request wherever it stands.
fn parts(params: &[(&str, &str)], body: &str) -> Vec<String> {
    let mut parts = vec![body.to_owned()];
    for (name, value) in params.iter().filter(|(_, value)| !value.is_empty()) {
        parts.extend([format!("{name}{value}"), format!("{name}={value}")]);
        parts.extend((name.len() >= NAME).then(|| (*name).to_owned()));
        parts.extend((value.len() >= VALUE).then(|| (*value).to_owned()));
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// What stands behind the name `session` is one, up to the next part of the request.
fn hide_other_session(own: &str, parts: &[String]) -> String {
    const WORD: &str = "session";
    let is_part_of = |at: usize| {
        let longer = parts.iter().filter(|part| part.len() > WORD.len() && part.contains(WORD));
        longer
            .flat_map(|part| own.match_indices(part.as_str()))
            .any(|(start, part)| (start..start + part.len()).contains(&at))
    };
    let (mut out, mut rest) = (String::new(), 0);
    for (at, _) in own.match_indices(WORD).filter(|(at, _)| !is_part_of(*at)) {
        let behind = own.get(at + WORD.len()..).unwrap_or_default();
        let value = behind.trim_start_matches(['=', ':']);
        let start = own.len() - value.len();
        // The rest of a mask, or what was hidden already.
        if at < rest || value.starts_with(['<', '>', ',']) {
            continue;
        }
        let next = parts.iter().filter_map(|part| value.find(part.as_str())).min().unwrap_or(value.len());
        out += own.get(rest..start).unwrap_or_default();
        out += if next > 0 { OTHER_SESSION } else { "" };
        rest = start + next;
    }
    out + own.get(rest..).unwrap_or_default()
}

/// Whether there is anything but masks, spaces and separators.
fn is_telling(text: &str) -> bool {
    let rest = MASKS.iter().fold(text.to_owned(), |text, mask| text.replace(mask, ""));
    rest.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: Secrets<'_> = Secrets { secret: "s3cr3t+A", session: Some("s3ss10n/B") };

    #[test]
    fn secrets_and_sessions_in_every_spelling() {
        for (text, expected) in [
            ("", ""),
            ("a1b2", "a1b2"),
            ("s3cr3t+Aa1s3cr3t+A", "<secret>a1<secret>"),
            ("S3CR3T+Aa1s3cr3t+a", "<the secret, written otherwise>a1<the secret, written otherwise>"),
            ("中s3cr3t%2BA中", "中<the secret, written otherwise>中"),
            ("s3cr3t%2baS3SS10N%2fB", "<the secret, written otherwise><the session, written otherwise>"),
            ("sessions3ss10n/Bv2.0", "session<session>v2.0"),
        ] {
            assert_eq!(OURS.hide(text), expected, "{text}");
        }
        // Words of the masks themselves, and nothing at all.
        assert_eq!(Secrets { secret: "secret", session: Some("") }.hide("xsecretx"), "x<secret>x");
    }

    #[test]
    fn what_is_not_of_the_request_is_not_shown() {
        let params = [
            ("app_key", "12345678"),
            ("method", "taobao.session.check"),
            ("page_no", "2"),
            ("session", SESSION),
            ("v", "2.0"),
        ];
        let right = "<secret>app_key12345678methodtaobao.session.checkpage_no2session<session>v2.0{\"body\":1}<secret>";
        let hmac = "app_key12345678methodtaobao.session.checkpage_no2session<session>v2.0{\"body\":1}";
        let own = |own: &str| OURS.hide_own(own, &params, "{\"body\":1}", right);
        let middle = "app_key12345678methodtaobao.session.checkpage_no2session";
        for (text, expected) in [
            (right.replace("<secret>", "s3cr3t+A").replace("<session>", "s3ss10n/B"), right.to_owned()),
            // Another application's secret, before, behind, alone; what was changed between is shown.
            (
                right.replace("<secret>", "0th3r").replace("<session>", "s3ss10n/B").replace("no2", "no3"),
                right.replace("<secret>", OTHER_SECRET).replace("no2", "no3"),
            ),
            (format!("0th3r{middle}s3ss10n/Bv2.0"), format!("{OTHER_SECRET}{middle}<session>v2.0")),
            (format!("{middle}s3ss10n/Bv2.00th3r"), format!("{middle}<session>v2.0{OTHER_SECRET}")),
            ("0th3r".to_owned(), OTHER_SECRET.to_owned()),
            // Another session, in the middle, at the end, as a pair.
            (format!("{middle}0th3rv2.0"), format!("{middle}{OTHER_SESSION}v2.0")),
            (format!("{middle}0th3r"), format!("{middle}{OTHER_SESSION}")),
            ("v=2.0&session=0th3r&page_no=2".to_owned(), format!("v=2.0&session={OTHER_SESSION}page_no=2")),
            // A body that was changed, up to the change.
            (format!("{middle}s3ss10n/Bv2.0{{\"body\":2}}"), format!("{middle}<session>v2.0{{\"body\":{OTHER_SECRET}")),
            ("\n".to_owned(), "\n".to_owned()),
        ] {
            assert_eq!(own(&text), expected, "{text}");
        }
        let changed = hmac.replace("v2.0", "v3.0").replace("<session>", "s3ss10n/B");
        assert_eq!(
            OURS.hide_own(changed.trim_end_matches("{\"body\":1}"), &params, "", hmac),
            format!("{middle}<session>{OTHER}")
        );
    }
}
