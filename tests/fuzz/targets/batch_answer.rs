//! The answer to a batch, whatever it is: each call gets one result, its own piece or an error that speaks, and never of a secret.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topsdk::Error;
use topsdk_fuzz::{METHOD, answered, eventually, speak};

fuzz_target!(|content: &[u8]| {
    let (calls, body) = content.split_first().map_or((2, content), |(first, rest)| (usize::from(first % 5), rest));
    let client = answered(body);
    let results = eventually(client.batch_of((0..calls).map(|_| client.untyped(METHOD))));
    assert_eq!(results.len(), calls);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(matches!(error, Error::Gateway(_) | Error::Decode(_)), "{error}");
        speak(&error);
    }
});
