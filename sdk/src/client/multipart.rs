//! Multipart bodies, for calls with files (PROTOCOL §1.6).

use std::borrow::Cow;

use md5::{Digest, Md5};

use crate::model::Upload;

/// Content type and body: the text parts, then the files.
pub(crate) fn encode(text: &[(&str, &str)], files: &[(Cow<'_, str>, &Upload)]) -> (String, Vec<u8>) {
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
fn boundary(text: &[(&str, &str)], files: &[(Cow<'_, str>, &Upload)]) -> String {
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
