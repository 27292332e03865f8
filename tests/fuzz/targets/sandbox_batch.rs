//! Batch bodies: never a panic, and items survive writing and reading.
#![no_main]

use libfuzzer_sys::fuzz_target;
use topsdk_sandbox::parse_batch;

const SEPARATOR: &str = "\r\n-S-\r\n";

fuzz_target!(|input: &str| {
    // The first line is the separator; an empty one stands for the default.
    let (separator, body) = input.split_once('\n').unwrap_or(("", input));
    let _ = parse_batch(separator, body);
    let separator = if separator.is_empty() { SEPARATOR } else { separator };
    if let Ok(batch) = parse_batch(separator, body) {
        let mut pieces: Vec<String> = Vec::new();
        if !batch.public.is_empty() {
            pieces.push(format!("#PUBLIC#{}", write(&batch.public)));
        }
        pieces.extend(batch.items.iter().map(|item| if item.is_empty() { "N".into() } else { write(item) }));
        assert_eq!(parse_batch(SEPARATOR, &pieces.join(SEPARATOR)), Ok(batch));
    }
});

fn write(pairs: &[(String, String)]) -> String {
    let percent = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    pairs.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value))).collect::<Vec<_>>().join("&")
}
