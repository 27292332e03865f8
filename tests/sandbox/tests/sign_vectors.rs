//! The signatures that the official client computes.

use std::collections::BTreeMap;

use serde_json::Value;
use topsdk_sandbox::sign::{SignMethod, signed_text};

#[test]
fn every_vector() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../../vectors/sign.json")).unwrap();
    assert_eq!(cases.len(), 21);
    for case in cases {
        let name = case["name"].as_str().unwrap();
        let params: BTreeMap<String, String> = serde_json::from_value(case["params"].clone()).unwrap();
        let text = signed_text(&params, case["body"].as_str());
        let secret = case["secret"].as_str().unwrap().as_bytes();
        for method in [SignMethod::Md5, SignMethod::Hmac, SignMethod::HmacSha256] {
            assert_eq!(
                method.sign(secret, text.as_bytes(), ""),
                case[method.as_str()].as_str().unwrap(),
                "{name} {}",
                method.as_str()
            );
        }
    }
}
