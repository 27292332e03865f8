//! Answers in JSON: never a panic, and what is decoded survives writing and reading.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topsdk::codec::Form;
use topsdk_fuzz::{decode, same, settles};

fuzz_target!(|body: &[u8]| {
    if let Some(response) = decode(body) {
        same(&response, Form::Json);
        same(&response, Form::Simplified);
        settles(&response, Form::Xml);
    }
});
