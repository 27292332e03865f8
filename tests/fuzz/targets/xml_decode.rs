//! Answers in XML: never a panic, and what is decoded survives writing and reading.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topsdk::codec::Form;
use topsdk_fuzz::{decode, same, settles};

fuzz_target!(|body: &[u8]| {
    // The inputs mostly go past the first byte, which decides on the format.
    let body = [b"<", body].concat();
    if let Some(response) = decode(&body) {
        same(&response, Form::Json);
        settles(&response, Form::Xml);
    }
});
