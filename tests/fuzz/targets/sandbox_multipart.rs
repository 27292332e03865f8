//! Multipart bodies: never a panic, and parts survive writing and reading.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topsdk_sandbox::{Part, parse_multipart};

fuzz_target!(|input: &[u8]| {
    // The first line is the boundary.
    let at = input.iter().position(|b| *b == b'\n').unwrap_or(input.len());
    let boundary = String::from_utf8_lossy(&input[..at]);
    let body = input.get(at + 1..).unwrap_or_default();
    if let Ok(parts) = parse_multipart(&boundary, body)
        && !parts.is_empty()
    {
        assert_eq!(parse_multipart(&boundary, &write(&boundary, &parts)).as_ref(), Ok(&parts));
    }
});

/// The same parts, names spelt so that they may hold anything.
fn write(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        body.extend(format!("--{boundary}\r\n").bytes());
        body.extend(format!("Content-Disposition: form-data; name*=UTF-8''{}", percent(&part.name)).bytes());
        if let Some(name) = &part.filename {
            body.extend(format!("; filename*=UTF-8''{}", percent(name)).bytes());
        }
        if let Some(kind) = &part.content_type {
            body.extend(format!("\r\nContent-Type: {kind}").bytes());
        }
        body.extend(b"\r\n\r\n");
        body.extend(&part.data);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{boundary}--\r\n").bytes());
    body
}

fn percent(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}
