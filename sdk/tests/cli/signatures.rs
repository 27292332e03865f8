//! `top sign` and `top verify`.

use expect_test::expect;
use serde_json::Value;
use topsdk::SignMethod;
use topsdk_sandbox::fixtures::APP_KEY;

use crate::{SECRET, SESSION, Stage};

const TIME: &str = "timestamp=2026-01-05 10:00:00";

fn request() -> Vec<String> {
    let session = format!("session={SESSION}");
    ["method=taobao.time.get", "app_key=12345678", TIME, "v=2.0", "sign_method=md5", &session]
        .map(str::to_owned)
        .to_vec()
}

fn with<'a>(command: &'a str, request: &'a [String], more: &[&'a str]) -> Vec<&'a str> {
    [command].into_iter().chain(request.iter().map(String::as_str)).chain(more.iter().copied()).collect()
}

#[test]
fn a_signature_and_its_text() {
    let (stage, request) = (Stage::new(), request());
    expect![[r#"
        sign  7DD3BA47F79277646223ED2230CE0BDD

        The text that is signed
          <secret>app_key12345678methodtaobao.time.getsession<session>sign_methodmd5time
          stamp2026-01-05 10:00:00v2.0<secret>

        How
          method  md5: MD5 over secret, text, secret
          secret  variable TOP_APP_SECRET
          blank   memo left out; leave out of the request too
        [exit 0]
    "#]]
    .assert_eq(&stage.top(&with("sign", &request, &["memo="])).shown());
    let raw = stage.top(&with("sign", &request, &["--output", "raw"])).run();
    let pairs = request.iter().map(|pair| pair.split_once('=').unwrap());
    assert_eq!(raw.out.trim(), topsdk::sign::sign(SignMethod::Md5, SECRET, pairs, None));
    // The same, from a request as it was sent.
    let sent = format!(
        "method=taobao.time.get&app_key=12345678&timestamp=2026-01-05+10%3A00%3A00&v=2.0&sign_method=md5&session={SESSION}"
    );
    let sent = stage.top(&["sign", "--request", "-", "--output", "raw"]).stdin(&sent).run();
    assert_eq!(sent.out, raw.out);
    expect![[r#"
        error: sign_method=sha1 is not one of hmac-sha256, hmac, md5 and article
        [exit 2]
    "#]]
    .assert_eq(&stage.top(&["sign", "method=taobao.time.get", "sign_method=sha1"]).shown());
    expect![[r#"
        error: there are no parameters

          fix  Give them as NAME=VALUE, or a request as it was sent with --request.

        try: top sign --help
        [exit 2]
    "#]]
    .assert_eq(&stage.top(&["sign"]).shown());
}

#[test]
fn a_right_signature() {
    let (stage, request) = (Stage::new(), request());
    let sign = stage.top(&with("sign", &request, &["--output", "raw"])).run().out;
    expect![[r#"
        right     signature  7DD3BA47F79277646223ED2230CE0BDD

        The text that is signed
          <secret>app_key12345678methodtaobao.time.getsession<session>sign_methodmd5time
          stamp2026-01-05 10:00:00v2.0<secret>

        How
          method  md5: MD5 over secret, text, secret
          secret  variable TOP_APP_SECRET
        [exit 0]
    "#]]
    .assert_eq(&stage.top(&with("verify", &request, &["--sign", sign.trim()])).shown());
}

#[test]
fn wrong_signatures_and_why() {
    let (stage, request) = (Stage::new(), request());
    let sorted = topsdk::sign::sorted(request.iter().map(|pair| pair.split_once('=').unwrap()));
    let text: String = sorted.iter().flat_map(|(name, value)| [*name, *value]).collect();
    // MD5 over secret and text, the secret missing at the end: as the digest of a text under an empty secret.
    let wrong = topsdk::sign::sign(SignMethod::Md5, "", [], Some(&format!("{SECRET}{text}")));
    expect![[r#"
        wrong     signature  0CBCA25AB23BD6C8229A7563A76F503E
        expected  signature  7DD3BA47F79277646223ED2230CE0BDD

        Likely cause
          It was signed as MD5 over secret, text; md5 is MD5 over secret, text, secret.

        The text that is signed
          <secret>app_key12345678methodtaobao.time.getsession<session>sign_methodmd5time
          stamp2026-01-05 10:00:00v2.0<secret>

        They differ from character 107 of the text above
          right  …p2026-01-05 10:00:00v2.0<secret>
          yours  …p2026-01-05 10:00:00v2.0
                                          ^

        How
          method  md5: MD5 over secret, text, secret
          secret  variable TOP_APP_SECRET
        error: the signature is wrong
        [exit 1]
    "#]]
    .assert_eq(&stage.top(&with("verify", &request, &["--sign", &wrong])).shown());
    expect![[r#"
        wrong     signature  00
        expected  signature  7DD3BA47F79277646223ED2230CE0BDD

        Likely cause
          No known mistake gives this signature: most likely the secret is of another
          application or environment, or a value was changed after signing.

        The text that is signed
          <secret>app_key12345678methodtaobao.time.getsession<session>sign_methodmd5time
          stamp2026-01-05 10:00:00v2.0<secret>

        How
          method  md5: MD5 over secret, text, secret
          secret  variable TOP_APP_SECRET
        error: the signature is wrong

        try: top env show
        [exit 1]
    "#]]
    .assert_eq(&stage.top(&with("verify", &request, &["--sign", "00"])).shown());
    let own = format!("{SECRET}{}{SECRET}", text.replace("sign_methodmd5", ""));
    expect![[r#"
        The text that is signed
          <secret>app_key12345678methodtaobao.time.getsession<session>sign_methodmd5time
          stamp2026-01-05 10:00:00v2.0<secret>

        They differ from character 61 of the text above
          right  …time.getsession<session>sign_methodmd5timestamp2026-01…
          yours  …time.getsession<session>timestamp2026-01-05 10:00:00v2…
                                          ^

        How
          method  md5: MD5 over secret, text, secret
          secret  variable TOP_APP_SECRET
        error: the texts differ

        try: top env show
        [exit 1]
    "#]]
    .assert_eq(&stage.top(&with("verify", &request, &["--text", &own])).shown());
    let json = stage.top(&with("verify", &request, &["--sign", &wrong, "--output", "json"])).run();
    assert_eq!(json.exit, 1);
    let told: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!((&told["right"], &told["received"]), (&false.into(), &wrong.into()));
    expect![[r#"
        error: there is no signature to check

          fix  Give the parameter sign, --sign HEX, or the text that your code signed
               with --text.

        try: top sign NAME=VALUE ..  (to make a signature)
        [exit 2]
    "#]]
    .assert_eq(&stage.top(&with("verify", &request, &[])).shown());
}

#[test]
fn a_request_of_another_application() {
    let stage = Stage::new();
    let ran = stage.top(&["verify", "method=taobao.time.get", "app_key=87654321", "--sign", "00"]).run();
    assert_eq!(ran.exit, 1);
    assert!(ran.out.contains(&format!("is of app 87654321, but the secret goes with app {APP_KEY}")), "{}", ran.out);
}

#[test]
fn white_space_around_a_signature() {
    let (stage, request) = (Stage::new(), request());
    for sign in ["7DD3BA47F79277646223ED2230CE0BDD\n", " 7DD3BA47F79277646223ED2230CE0BDD"] {
        let ran = stage.top(&with("verify", &request, &["--sign", sign])).run();
        assert_eq!(ran.exit, 1);
        assert!(
            ran.out.contains("Likely cause\n  White space stands around the signature; take it off.\n"),
            "{}",
            ran.out
        );
    }
}
