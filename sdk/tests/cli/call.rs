//! `top call`.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use expect_test::{Expect, expect};
use serde_json::{Value, json};
use topsdk_sandbox::fixtures::PAID_TRADE;

use crate::Stage;

fn check(arguments: &[&str], expected: &Expect) {
    expected.assert_eq(&Stage::new().top(arguments).shown());
}

#[test]
fn answers_for_people() {
    check(
        &["call", "taobao.time.get"],
        &expect![[r#"
        time        ..
        request_id  ..
        [exit 0]
    "#]],
    );
    let fields = "fields=tid,status,payment";
    check(
        &["call", "trades.sold.get", fields, "page_size=2"],
        &expect![[r#"
        total_results  40
        trades.trade  (2)
          tid                  status                  payment
          2600000000000001000  WAIT_SELLER_SEND_GOODS  196.00
          2600000000000001010  WAIT_BUYER_PAY          156.00
        request_id  ..
        [exit 0]
    "#]],
    );
}

#[test]
fn refusals_read_like_help() {
    check(
        &["call", "taobao.trade.fullinfo.get", "fields=tid", "tid=1"],
        &expect![[r#"
            error: the platform refused taobao.trade.fullinfo.get: code 15, Remote Service
                   Error

              said     isv.trade-not-exist: The seller has no such trade.
              means    There is no such trade, or it is too old to be kept online (about
                       three months).
              fix      Check the tid and the seller's session.
              retry    no: the same call fails again
              request  .. (tell it to the platform's support)

            try: top explain isv.trade-not-exist
                 top show taobao.trade.fullinfo.get
            [exit 1]
        "#]],
    );
    check(
        &["call", "taobao.trade.fulinfo.get", "tid=1"],
        &expect![[r#"
        error: the platform refused taobao.trade.fulinfo.get: code 22, Invalid Method

          said     The sandbox has no spec of this method.
          means    The gateway knows no API of this name, or has withdrawn it.
          fix      Correct the spelling of method; look for the successor if the API was
                   retired.
          who      you, the developer of the application
          retry    no: the same call fails again
          request  .. (tell it to the platform's support)

        try: top show taobao.trade.fullinfo.get
        [exit 1]
    "#]],
    );
}

#[test]
fn local_checks_send_nothing() {
    check(
        &["call", "taobao.trade.memo.update", "memo=x"],
        &expect![[r#"
        error: taobao.trade.memo.update: parameter `tid` is required

          sent  nothing
          hint  If the platform takes more than the catalogue knows, say --no-check.

        try: top show taobao.trade.memo.update
        [exit 2]
    "#]],
    );
    check(
        &["call", "taobao.trade.memo.update", "tdi=1"],
        &expect![[r#"
            error: taobao.trade.memo.update: parameter `tdi` is not one that the method has
                   (did you mean `tid`?)

              sent  nothing
              hint  If the platform takes more than the catalogue knows, say --no-check.

            try: top show taobao.trade.memo.update
            [exit 2]
        "#]],
    );
    check(
        &["call", "taobao.trade.memo.update", "tid"],
        &expect![[r#"
        error: a parameter is not of the form NAME=VALUE

          hint  put quotes around a value with spaces: 'memo=two words'
        [exit 2]
    "#]],
    );
    check(
        &["call", "taobao.trade.memo.update", "tid=1", "session=x"],
        &expect![[r#"
            error: a session is a secret: on the command line, others on this machine can
                   read it

              fix  Keep it in a profile, in TOP_SESSION, or in a file for --session-file;
                   `-` reads standard input.

            try: top env set work --session
            [exit 2]
        "#]],
    );
    check(
        &["call", "taobao.trade.memo.update", "tid=1", "tid=2"],
        &expect![[r#"
            error: parameter `tid` is given twice
            [exit 2]
        "#]],
    );
    check(
        &["call", "taobao.picture.upload", "--file", "img=@no-such-file.png"],
        &expect![[r#"
            error: img: the file no-such-file.png cannot be read: No such file or directory
                   (os error 2)
            [exit 2]
        "#]],
    );
}

#[test]
fn remedies_are_options_of_this_program() {
    check(
        &["call", "taobao.picture.upload", "img=x", "picture_category_id=0", "image_input_title=a"],
        &expect![[r#"
            error: taobao.picture.upload: parameter `img` is a file, not text

              sent  nothing
              fix   Send the file: --file img=@PATH

            try: top show taobao.picture.upload
            [exit 2]
        "#]],
    );
    check(
        &["call", "taobao.trade.memo.update", "tid=1", "colour=x"],
        &expect![[r#"
            error: taobao.trade.memo.update: parameter `colour` is not one that the method
                   has

              sent  nothing
              hint  If the platform takes more than the catalogue knows, say --no-check.

            try: top show taobao.trade.memo.update
            [exit 2]
        "#]],
    );
    let stage = Stage::new();
    let file = format!("tid=@{}", stage.file("tid.txt", "1"));
    expect![[r#"
        error: taobao.trade.memo.update: parameter `tid` is text, not a file

          sent  nothing
          fix   Send text: tid=TEXT, or --from tid=@PATH

        try: top show taobao.trade.memo.update
        [exit 2]
    "#]]
    .assert_eq(&stage.top(&["call", "taobao.trade.memo.update", "--file", &file]).shown());
}

#[test]
fn without_the_catalogues_checks() {
    let stage = Stage::new();
    let ran = stage.top(&["call", "taobao.trade.memo.update", "tid=x", "--no-check"]).run();
    assert_eq!((ran.exit, ran.out.as_str()), (1, ""));
    assert!(ran.err.contains("the platform refused"), "{}", ran.err);
}

#[test]
fn who_calls() {
    let stage = Stage::new();
    expect![[r#"
        error: there is no app key

          why  no option, no variable and no profile tells it
          fix  Make a profile, or set TOP_APP_KEY and TOP_APP_SECRET. Without an app of
               your own, use the sandbox of this project: --environment local.

        try: top env set work --environment production --app-key KEY --secret
             top env show
        [exit 2]
    "#]]
    .assert_eq(&stage.bare(&["call", "taobao.time.get"]).shown());
    expect![[r#"
        error: the platform refused taobao.time.get: code 25, Invalid Signature

          said     No known mistake gives this sign: most likely the secret is wrong for
                   this app key, or a value was changed after signing.
          means    The gateway computed another signature than the one sent.
          fix      Check that key and secret belong together and that all parameters
                   sent are signed raw, sorted by name, as UTF-8.
          hint     This SDK signs by the platform's rule, so the likely cause is a
                   secret that does not belong to app key 12345678 on a custom gateway.
          who      you, the developer of the application
          retry    no: the same call fails again
          request  .. (tell it to the platform's support)

        try: top env show
             top env set work --secret
        [exit 1]
    "#]]
    .assert_eq(&stage.top(&["call", "taobao.time.get"]).var("TOP_APP_SECRET", "other").shown());
    let tid = format!("tid={PAID_TRADE}");
    let call = ["call", "taobao.trade.memo.update", &tid, "memo=x"];
    expect![[r#"
        error: the platform refused taobao.trade.memo.update: code 27, Invalid Session

          said     invalid-sessionkey: No such session; it may have been revoked.
          means    The session is malformed, unknown or expired.
          fix      Refresh the token or have the user authorise again.
          session  from variable TOP_SESSION
          who      the user of the session, such as the seller
          retry    no: the same call fails again
          request  .. (tell it to the platform's support)

        try: top env set work --session
             top env show
        [exit 1]
    "#]]
    .assert_eq(&stage.top(&call).var("TOP_SESSION", "other").shown());
    expect![[r#"
        error: taobao.trade.memo.update acts for a user: it needs a session

          sent  nothing
          fix   Keep the user's token in a profile, in TOP_SESSION, or in a file for
                --session-file.

        try: top env set work --session
             top env show
        [exit 2]
    "#]]
    .assert_eq(&stage.top(&call).var("TOP_SESSION", "").shown());
    // The secret and the session from standard input, one line each.
    let given = [&call[..], &["--secret-file", "-", "--session-file", "-"]].concat();
    let ran =
        stage.top(&given).var("TOP_APP_SECRET", "").stdin(&format!("{}\n{}\n", crate::SECRET, crate::SESSION)).run();
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
}

#[test]
fn nobody_answers() {
    let stage = Stage::new();
    let ran = stage.top(&["call", "taobao.time.get", "--environment", "http://127.0.0.1:1/router/rest"]).run();
    assert_eq!((ran.exit, ran.out.as_str()), (3, ""));
    assert!(ran.err.contains("cannot connect") && ran.err.contains("sent     nothing"), "{}", ran.err);
    let ran = stage.top(&["call", "taobao.time.get", "-e", "http://shop.example/router/rest"]).run();
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("plain http to shop.example"), "{}", ran.err);
    let words = ran.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("use https, or say --allow-plain-http"), "{words}");
    let ran = stage.top(&["call", "taobao.time.get", "-e", "prod"]).run();
    assert_eq!(ran.exit, 2);
    assert!(ran.err.contains("unknown environment"), "{}", ran.err);
}

#[test]
fn an_answer_that_is_none() {
    // A proxy that answers for the gateway.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/router/rest", listener.local_addr().unwrap());
    thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).unwrap();
            socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 26\r\n\r\n<html>Please log in</html>").unwrap();
        }
    });
    let stage = Stage::new();
    let ran = stage.top(&["call", "taobao.time.get", "-e", &url]).run();
    assert_eq!((ran.exit, ran.out.as_str()), (4, ""));
    assert!(ran.err.contains("a web page") && ran.err.contains("--output raw"), "{}", ran.err);
    // To see what came, a write would be done again; and what is there already need not be asked for.
    for call in [
        &["call", "taobao.trade.memo.update", "tid=1", "memo=x", "-e", &url][..],
        &["call", "taobao.unheard.of", "-e", &url],
        &["call", "taobao.time.get", "-e", &url, "-o", "raw"],
    ] {
        let ran = stage.top(call).run();
        assert_eq!(ran.exit, 4, "{call:?}");
        let told = ran.err.contains("Before a write is repeated, look whether") && !ran.err.contains("--output raw");
        assert!(told, "{call:?} {}", ran.err);
    }
}

#[test]
fn dry_runs() {
    let stage = Stage::new();
    let file = stage.file("a.png", "PNG");
    let (file, tid) = (format!("img=@{file}"), format!("tid={PAID_TRADE}"));
    check(
        &["call", "taobao.trade.memo.update", &tid, "memo=secret words", "--dry-run"],
        &expect![[r#"
            POST http://127.0.0.1:12345/router/rest
            as application/x-www-form-urlencoded

            Query
              method       taobao.trade.memo.update
              app_key      12345678
              timestamp    ..
              v            2.0
              format       json
              sign_method  hmac-sha256
              partner_id   topsdk-rust-0.1.0

            Body
              tid      2600000000000001000
              memo     <text>
              session  <session>
              sign     <sign>

            nothing was sent
            [exit 0]
        "#]],
    );
    let upload =
        ["call", "taobao.picture.upload", "--file", &file, "picture_category_id=0", "image_input_title=a", "--dry-run"];
    expect![[r#"
        POST http://127.0.0.1:12345/router/rest
        as multipart/form-data

        Query
          method       taobao.picture.upload
          app_key      12345678
          timestamp    ..
          v            2.0
          format       json
          sign_method  hmac-sha256
          partner_id   topsdk-rust-0.1.0

        Body
          picture_category_id  0
          image_input_title    a
          session              <session>
          sign                 <sign>

        Files
          img  a.png, image/png, 3 bytes

        nothing was sent
        [exit 0]
    "#]]
    .assert_eq(&stage.top(&upload).shown());
    // Names of fields tell nothing of anybody, though what they name may.
    let fields = stage.top(&["call", "trades.sold.get", "fields=tid,receiver_name", "--dry-run", "-o", "raw"]).run();
    assert!(fields.out.contains("\nfields=tid,receiver_name\n"), "{}", fields.out);
}

#[test]
fn files_and_texts_from_files() {
    let stage = Stage::new();
    let memo = stage.file("memo.txt", "two\nlines");
    let (tid, memo) = (format!("tid={PAID_TRADE}"), format!("memo=@{memo}"));
    let ran = stage.top(&["call", "taobao.trade.memo.update", &tid, "--from", &memo]).run();
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    let get = stage.top(&["call", "taobao.trade.fullinfo.get", &tid, "fields=seller_memo", "-o", "json"]).run();
    let answer: Value = serde_json::from_str(&get.out).unwrap();
    assert_eq!(answer["trade"]["seller_memo"], "two\nlines");

    let image = stage.file("a.png", "PNG");
    let image = format!("img=@{image}");
    let ran = stage
        .top(&["call", "taobao.picture.upload", "--file", &image, "picture_category_id=0", "image_input_title=a"])
        .run();
    assert_eq!((ran.exit, ran.err.as_str()), (0, ""));
    // Who forgets --file is told.
    let ran = stage.top(&["call", "taobao.picture.upload", &image, "picture_category_id=0", "--dry-run"]).run();
    assert!(ran.err.contains("to send the file, say --file img=@PATH"), "{}", ran.err);
    for (method, told) in [
        ("taobao.trade.memo.update", "; to send the file's text, say --from memo=@PATH\n"),
        ("taobao.unheard.of", "say --from memo=@PATH, and the file itself, --file memo=@PATH\n"),
    ] {
        let ran = stage.top(&["call", method, "tid=1", &memo, "--dry-run"]).run();
        let words = ran.err.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
        assert!(words.contains(told), "{words}");
    }
}

/// The second reader would get nothing, and its parameter would be sent empty or not at all.
#[test]
fn standard_input_is_read_once() {
    let stage = Stage::new();
    let tid = format!("tid={PAID_TRADE}");
    for more in [&["--from", "memo=-", "--from", "flag=@-"][..], &["--from", "memo=@-", "--body", "-"]] {
        let call = [&["call", "taobao.trade.memo.update", &tid, "--dry-run"], more].concat();
        let ran = stage.top(&call).stdin("1").run();
        assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{more:?}");
        assert!(ran.err.contains("error: standard input can be read once only\n"), "{}", ran.err);
    }
    // Lines with secrets come one after another, and before all the rest.
    let call = ["call", "taobao.trade.memo.update", &tid, "--from", "memo=-", "--secret-file", "-"];
    let ran = stage.top(&call).stdin("x\ny\n").run();
    assert!(ran.exit == 2 && ran.err.contains("once only"), "{}", ran.err);
    let verify = ["verify", "method=taobao.time.get", "--text", "-", "--secret-file", "-"];
    let ran = stage.top(&verify).stdin("s3cr3t\ns3cr3tmethodtaobao.time.gets3cr3t\n").run();
    assert!(ran.out.contains("Your text is the same.") || ran.out.contains("They differ"), "{} {}", ran.out, ran.err);
}

#[test]
fn forms_of_output() {
    let stage = Stage::new();
    let call = |form: &str| stage.top(&["call", "taobao.time.get", "--output", form]).run();
    let json: Value = serde_json::from_str(&call("json").out).unwrap();
    assert!(json["time"].is_string());
    assert!(call("yaml").out.starts_with("time: "));
    assert!(call("raw").out.starts_with("{\"time_get_response\":{\"time\":\""));
    let xml = stage.top(&["call", "taobao.time.get", "--output", "raw", "--xml"]).run();
    assert!(xml.out.starts_with("<?xml"), "{}", xml.out);

    // A refusal in each form: data for programs, the bytes that came, and the same exit code.
    let refused =
        |form: &str| stage.top(&["call", "taobao.trade.fullinfo.get", "fields=tid", "tid=1", "-o", form]).run();
    let told: Value = serde_json::from_str(&refused("json").err).unwrap();
    assert_eq!(told["error"]["sub_code"], "isv.trade-not-exist");
    assert_eq!(
        (&told["error"]["code"], &told["error"]["retry_class"], &told["error"]["exit"]),
        (&json!(15), &json!("never"), &json!(1))
    );
    let raw = refused("raw");
    assert!(raw.out.starts_with("{\"error_response\""), "{}", raw.out);
    assert!(["table", "json", "yaml", "raw"].iter().all(|form| refused(form).exit == 1));
}
