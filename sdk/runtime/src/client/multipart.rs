//! Multipart bodies, for calls with files, as the official client writes them.

use std::borrow::Cow;

use md5::{Digest, Md5};

use crate::model::Upload;

/// Content type and body: the text parts, then the files.
pub(crate) fn encode(text: &[(&str, &str)], files: &[(Cow<'_, str>, Cow<'_, Upload>)]) -> (String, Vec<u8>) {
    let boundary = boundary(text, files);
    let mut body = Vec::new();
    for (name, value) in text {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n", quoted(name));
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value.as_bytes());
        body.extend_from_slice(b"\r\n");
    }
    for (name, file) in files {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
            quoted(name),
            quoted(file.name()),
            quoted(file.content_type()),
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file.bytes());
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data;charset=UTF-8;boundary={boundary}"), body)
}

/// A boundary made from the parts, so that no randomness is needed: nobody can write a part that holds its own digest.
fn boundary(text: &[(&str, &str)], files: &[(Cow<'_, str>, Cow<'_, Upload>)]) -> String {
    let mut digest = Md5::new();
    for (name, value) in text {
        digest.update(name);
        digest.update(value);
    }
    for (_, file) in files {
        digest.update(file.bytes());
    }
    let digest = digest.finalize();
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("topsdk-{number:016x}")
}

/// What would end the quotes or the line becomes `_`.
fn quoted(text: &str) -> String {
    text.replace(['"', '\r', '\n', '\\'], "_")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A part: its header lines and its content.
    type Parsed = (Vec<String>, Vec<u8>);

    /// Takes a body apart by RFC 2046, strictly.
    fn parse(content_type: &str, body: &[u8]) -> Vec<Parsed> {
        let boundary = content_type.strip_prefix("multipart/form-data;charset=UTF-8;boundary=").unwrap();
        assert!(boundary.len() <= 70 && boundary.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{boundary}");
        let find = |text: &[u8], wanted: &[u8]| text.windows(wanted.len()).position(|window| window == wanted);
        let delimiter = format!("\r\n--{boundary}");
        let mut rest = &[b"\r\n", body].concat()[..];
        assert_eq!(find(rest, delimiter.as_bytes()), Some(0), "nothing stands before the first part");
        rest = &rest[delimiter.len()..];
        let mut parts = Vec::new();
        while rest != b"--\r\n" {
            rest = rest.strip_prefix(b"\r\n").expect("a line break after the delimiter");
            let end = find(rest, b"\r\n\r\n").expect("a blank line after the headers");
            let headers = std::str::from_utf8(&rest[..end]).unwrap().split("\r\n").map(str::to_owned).collect();
            rest = &rest[end + 4..];
            let end = find(rest, delimiter.as_bytes()).expect("the part ends");
            parts.push((headers, rest[..end].to_vec()));
            rest = &rest[end + delimiter.len()..];
        }
        parts
    }

    fn text_part(name: &str, value: &str) -> Parsed {
        (vec![format!("Content-Disposition: form-data; name=\"{name}\"")], value.as_bytes().to_vec())
    }

    fn file_part(name: &str, filename: &str, content_type: &str, bytes: &[u8]) -> Parsed {
        let disposition = format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"");
        (vec![disposition, format!("Content-Type: {content_type}")], bytes.to_vec())
    }

    #[test]
    fn parts() {
        let every_byte: Vec<u8> = (0..=255).collect();
        let picture = Upload::new("图.PNG", every_byte.clone());
        let empty = Upload::new("", []);
        let text = [("content", "已收到\r\n--x\r\n\r\ny"), ("tid", "1"), ("blank", "")];
        let (content_type, body) =
            encode(&text, &[("image".into(), Cow::Borrowed(&picture)), ("proof".into(), Cow::Borrowed(&empty))]);
        let expected = vec![
            text_part("content", "已收到\r\n--x\r\n\r\ny"),
            text_part("tid", "1"),
            text_part("blank", ""),
            file_part("image", "图.PNG", "image/png", &every_byte),
            file_part("proof", "", "application/octet-stream", b""),
        ];
        assert_eq!(parse(&content_type, &body), expected);
        assert_eq!(
            encode(&text, &[("image".into(), Cow::Borrowed(&picture)), ("proof".into(), Cow::Borrowed(&empty))]).1,
            body,
            "the same every time"
        );
    }

    #[test]
    fn names_cannot_break_out() {
        let file =
            Upload::new("a\"; filename=\"b.exe\r\nX: y\r\n\r\n\\", [1]).with_content_type("image/png\r\nX: \"y\"");
        let (content_type, body) = encode(&[("a\"b\r\nX: y", "v")], &[("i\nmage".into(), Cow::Borrowed(&file))]);
        let expected = vec![
            text_part("a_b__X: y", "v"),
            file_part("i_mage", "a_; filename=_b.exe__X: y_____", "image/png__X: _y_", &[1]),
        ];
        assert_eq!(parse(&content_type, &body), expected);
    }

    proptest! {
        #[test]
        fn any_content_is_taken_apart_again(text: Vec<(String, String)>, files: Vec<(String, String, Vec<u8>)>) {
            let text: Vec<_> = text.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let uploads: Vec<_> = files.iter().map(|(_, name, bytes)| Upload::new(name, bytes.as_slice())).collect();
            let named: Vec<_> = files.iter().zip(&uploads).map(|((name, ..), file)| (name.into(), Cow::Borrowed(file))).collect();
            let (content_type, body) = encode(&text, &named);
            let parts = parse(&content_type, &body);
            prop_assert_eq!(parts.len(), text.len() + files.len());
            let contents = text.iter().map(|(_, value)| value.as_bytes()).chain(uploads.iter().map(Upload::bytes));
            for ((headers, content), expected) in parts.iter().zip(contents) {
                prop_assert!(headers.len() <= 2, "{:?}", headers);
                prop_assert_eq!(content, expected);
            }
        }
    }
}
