//! Refusals: whatever stands in `error_response`, the error speaks, and never of a secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topsdk::Error;
use topsdk_fuzz::{METHOD, client, now, speak};

fuzz_target!(|content: &[u8]| {
    for (start, end) in [("{\"error_response\":", "}"), ("<error_response>", "</error_response>")] {
        let body = [start.as_bytes(), content, end.as_bytes()].concat();
        match now(client(&body).untyped(METHOD)) {
            // The content may close the wrapper and go on with something else.
            Ok(_) => {}
            Err(error @ (Error::Gateway(_) | Error::Decode(_))) => speak(&error),
            Err(other) => panic!("{other}"),
        }
    }
});
