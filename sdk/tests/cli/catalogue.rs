//! `top list`, `top show` and `top explain`.

use expect_test::expect;
use serde_json::Value;

use crate::Stage;

#[test]
fn methods_by_words() {
    let stage = Stage::new();
    let found = stage.bare(&["list", "memo", "trade", "--limit", "2"]).shown();
    expect![[r#"
        METHOD                    SUMMARY
        taobao.trade.memo.add     Adds a memo to a trade that has none yet.
        taobao.trade.memo.update  Replaces the seller's memo and flag of one trade.

        3 methods fit too, less well: --limit 5
        [exit 0]
    "#]]
    .assert_eq(&found);
    let ran = stage.bare(&["list", "退款", "--output", "raw"]).run();
    assert!(ran.exit == 0 && ran.out.starts_with("taobao.refund.get\n"), "{}", ran.out);
    let ran = stage.bare(&["list", "memo", "--domain", "trade", "--output", "json"]).run();
    let methods: Value = serde_json::from_str(&ran.out).unwrap();
    assert!(methods.as_array().unwrap().iter().all(|method| method["domain"] == "trade"), "{}", ran.out);
    // Elsewhere methods fit both words; in this domain none does, and one of them finds something all the same.
    let ran = stage.bare(&["list", "memo", "waybill", "--domain", "trade", "--output", "raw"]).run();
    assert!(ran.exit == 0 && ran.out.contains("taobao.trade.memo.update\n"), "{}", ran.out);
    let ran = stage.bare(&["list", "xyzzyx", "--domain", "trade"]).run();
    assert!(ran.exit == 5 && ran.err.starts_with("error: no method of domain trade fits `xyzzyx`\n"), "{}", ran.err);
}

#[test]
fn domains_and_all_methods() {
    let stage = Stage::new();
    let domains = stage.bare(&["list"]).run();
    assert!(domains.out.contains("\ntrade "), "{}", domains.out);
    let names = |arguments: &[&str]| stage.bare(arguments).run().out.lines().count();
    assert!(names(&["list", "--all", "--output", "raw"]) > 5000);
    let all = names(&["list", "--domain", "trade", "--output", "raw"]);
    assert!((20..100).contains(&all));
    // A limit holds for a domain too, and tells how many there are.
    assert_eq!(names(&["list", "--domain", "trade", "--limit", "3", "--output", "raw"]), 3);
    let ran = stage.bare(&["list", "--domain", "trade", "--limit", "3"]).run();
    assert!(ran.out.ends_with(&format!("\n\n{} more: --limit {all}\n", all - 3)), "{}", ran.out);
    assert_eq!(names(&["list", "get", "--output", "raw"]), 20);
}

#[test]
fn nothing_is_found() {
    let stage = Stage::new();
    expect![[r#"
        error: no method fits `xyzzyx`

          hint  fewer words find more; parts of names and Chinese words do too

        try: top list
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["list", "xyzzyx"]).shown());
    expect![[r#"
        error: there is no domain `trad`

          near  trade

        try: top list
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["list", "--domain", "trad"]).shown());
    expect![[r#"
        error: there is no method `taobao.trade.memo.updat` in the catalogue

          near  taobao.trade.memo.update, taobao.alitrip.travel.trade.memo.update,
                taobao.fenxiao.order.remark.update

        try: top show taobao.trade.memo.update
             top list WORDS ..
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["show", "taobao.trade.memo.updat"]).shown());
    expect![[r#"
        isv.completely.unheard:of  not known by itself; one of isv.*
          means  The request breaks a rule of the business; the rest of the code and
                 sub_msg tell which.
          fix    Correct the request; repeating it unchanged fails again.
          who    you, the developer of the application
          retry  no: the same call fails again
        [exit 0]
    "#]]
    .assert_eq(&stage.bare(&["explain", "isv.completely.unheard:of"]).shown());
    expect![[r#"
        error: the code `Invalid session` is not known

          near  27

        try: top explain 27
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["explain", "Invalid session"]).shown());
    expect![[r#"
        error: the code `100000` is not known

          codes      numbers, such as 27
          sub codes  begin with isv. (mend the call), isp. (the platform),
                     accesscontrol. and others
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["explain", "100000"]).shown());
}

#[test]
fn all_about_a_method() {
    let stage = Stage::new();
    expect![[r#"
        taobao.trade.memo.update
        Replaces the seller's memo and flag of one trade.

        Creates the memo when the trade has none yet, so there is no need for
        taobao.trade.memo.add. An absent or empty `memo` leaves the old text as it is;
        only `reset` removes it.

          domain   trade: Trades; cargo feature `trade`, on by default
          session  required: it acts for a user
          effect   write that may be repeated: the same call again ends in the same
                   state
          page     https://open.taobao.com/api.htm?docId=49&docType=2

        Parameters
          tid*   i64        Trade id.
          memo   string     The new text, 1000 bytes at most. Empty or absent: the old
                            text stays. Sensitive: text.
          flag   TradeFlag  Colour of the flag beside the memo. Known values: 0 (Grey,
                            which stands for no flag), 1 (Red), 2 (Yellow), 3 (Green), 4
                            (Blue), 5 (Pink; some places call it purple). Default: 0.
          reset  bool       True removes the old text, whatever `memo` says. Use with
                            care.
          * required

        Answer
          trade       Trade  The trade that was changed.
            tid       i64    Trade id. A trade with a single line has the same number as
                             that line's oid.
            modified  date   Last change of any kind; incremental queries follow this
                             clock.

        Sub codes of its own
          isv.missing-parameter       `tid` is absent. Send it. Retry: never.
          isv.invalid-parameter       The memo is too long, the flag is not 0 to 5, or
                                      `tid` is not a trade id. Correct the parameter
                                      told after the colon. Retry: never.
          isv.trade-not-exist         There is no such trade. Check the tid and the
                                      seller's session. Retry: never.
          isv.invalid-permission      The session's user is not the seller of the trade.
                                      Use the session of the seller who made the sale.
                                      Retry: never.
          isp.trade-service-unavailable
                                      The trade system is down. Try again later. Retry:
                                      backoff.
          isp.remote-service-timeout  The trade system did not answer in time. Send the
                                      same memo again; that does no harm. Retry:
                                      backoff.

        Cargo.toml
          topsdk = "0.1"

        Rust
          use topsdk::trade::TradeMemoUpdate;
          use topsdk::Client;

          async fn call(client: &Client, session: &str) -> Result<(), topsdk::Error> {
              let request = TradeMemoUpdate::new(1);
              let reply = client.call(request).with_session(session).await?;
              println!("{reply:?}");
              Ok(())
          }

        Command line
          top call taobao.trade.memo.update tid=..
        [exit 0]
    "#]]
    .assert_eq(&stage.bare(&["show", "trade.memo.update"]).shown());
    let chinese = stage.bare(&["show", "taobao.trade.memo.update", "--lang", "zh"]).run();
    assert!(chinese.out.contains("tid*   i64        淘宝"), "{}", chinese.out);
    // One that nobody has described.
    expect![[r#"
        taobao.alitrip.travel.trade.memo.add
        Nobody has described this method yet; the official page has.

          domain   travel_trade: Holiday trades; cargo feature `travel_trade`, off by
                   default
          session  not known; one is sent if there is one
          effect   write: each call changes something (guessed from the name)
          page     https://open.taobao.com/api.htm?docId=25972&docType=2

        Parameters
          tid*   i64     Taobao trade id, as a rule of the main order.
          memo*  string  Memo text kept with the record.
          flag   i64     Marker; in Qimen responses success or failure.
          * required

        Answer
          memo_add   MemoCreate
            created  date        Creation time of the object, or time of the operation.
            tid      i64         Taobao trade id, as a rule of the main order.

        Cargo.toml
          topsdk = { version = "0.1", features = ["travel_trade"] }

        Rust
          use topsdk::travel_trade::AlitripTravelTradeMemoAdd;
          use topsdk::Client;

          async fn call(client: &Client) -> Result<(), topsdk::Error> {
              let request = AlitripTravelTradeMemoAdd::new(1, "..");
              let reply = client.call(request).await?;
              println!("{reply:?}");
              Ok(())
          }

        Command line
          top call taobao.alitrip.travel.trade.memo.add tid=.. memo=..
        [exit 0]
    "#]]
    .assert_eq(&stage.bare(&["show", "taobao.alitrip.travel.trade.memo.add"]).shown());
}

#[test]
fn the_answer_to_a_depth() {
    let stage = Stage::new();
    let ran = stage.bare(&["show", "taobao.trade.fullinfo.get", "--depth", "1"]).run();
    assert!(ran.out.contains("\nAnswer\n  trade  Trade  The trade.\n"), "{}", ran.out);
    assert!(ran.out.contains("more inside them: raise --depth"), "{}", ran.out);
    // As data too; of what is sent, everything is always told.
    let fields = |method: &str, part: &str, depth: &str| {
        let ran = stage.bare(&["show", method, "--depth", depth, "-o", "json"]).run();
        let told: Value = serde_json::from_str(&ran.out).unwrap();
        told[part].as_array().unwrap().len()
    };
    let (request, answer) = ("taobao.trades.sold.query", "taobao.trade.fullinfo.get");
    assert_eq!(fields(request, "parameters", "1"), fields(request, "parameters", "9"));
    assert!(fields(answer, "answer", "1") < fields(answer, "answer", "9"));
}

#[test]
fn a_method_as_data() {
    let stage = Stage::new();
    let ran = stage.bare(&["show", "taobao.trade.memo.update", "--output", "json"]).run();
    let method: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(method["request_type"], "trade::TradeMemoUpdate");
    assert_eq!((&method["session"], &method["effect"]), (&"required".into(), &"idempotent".into()));
    let names: Vec<&Value> = method["parameters"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    assert_eq!(names, ["tid", "memo", "flag", "reset"]);
    assert_eq!(method["parameters"][0]["required"], true);
    assert!(
        method["errors"].as_array().unwrap().iter().all(|error| error.get("who").is_some()),
        "{}",
        method["errors"]
    );
    let code = stage.bare(&["show", "taobao.time.get", "--output", "raw"]).run();
    assert!(code.out.starts_with("use topsdk::platform::TimeGet;\n"), "{}", code.out);
}

#[test]
fn codes() {
    let stage = Stage::new();
    expect![[r#"
        27  Invalid Session
          means  The session is unknown, expired or withdrawn, or was issued to another
                 app or environment.
          fix    Refresh the token if the app may, else have the user authorise again;
                 then repeat the call.
          who    the user of the session, such as the seller
          retry  no: the same call fails again
        [exit 0]
    "#]]
    .assert_eq(&stage.bare(&["explain", "27"]).shown());
    expect![[r#"
        isp.top-remote-connection-timeout
          means    The time service did not answer the gateway in time.
          fix      Repeat after a short pause, and subtract only the round trip of the
                   call that succeeded.
          retry    yes, waiting longer each time
          methods  taobao.time.get
        [exit 0]
    "#]]
    .assert_eq(&stage.bare(&["explain", "isp.top-remote-connection-timeout", "-m", "taobao.time.get"]).shown());
    expect![[r#"
        isv.trade-not-exits  not known by itself; one of isv.*
          means  The request breaks a rule of the business; the rest of the code and
                 sub_msg tell which.
          fix    Correct the request; repeating it unchanged fails again.
          who    you, the developer of the application
          retry  no: the same call fails again

        Did you mean isv.trade-not-exist, isv.appkey-not-exists, isv.item-not-exist?
        [exit 0]
    "#]]
    .assert_eq(&stage.bare(&["explain", "isv.trade-not-exits"]).shown());
    let own = stage.bare(&["explain", "isv.trade-not-exist", "--output", "json"]).run();
    let own: Value = serde_json::from_str(&own.out).unwrap();
    let meanings = own["meanings"].as_array().unwrap();
    assert!(meanings.len() > 1 && meanings.iter().any(|m| !m["methods"].as_array().unwrap().is_empty()), "{own}");
}

#[test]
fn codes_in_any_case_and_of_one_method() {
    let stage = Stage::new();
    let told = |arguments: &[&str]| {
        let ran = stage.bare(&[&["explain", "-o", "json"], arguments].concat()).run();
        assert_eq!(ran.exit, 0, "{arguments:?} {}", ran.err);
        serde_json::from_str::<Value>(&ran.out).unwrap()["meanings"].as_array().unwrap().clone()
    };
    // Codes that the platform writes with capitals, however they are typed.
    let method = "taobao.item.catprops.modification.get";
    for code in ["isv.item.invalid-categoryId", "ISV.item.invalid-categoryid"] {
        assert_eq!(told(&[code, "-m", method])[0]["methods"][0], method, "{code}");
        assert!(told(&[code]).iter().any(|meaning| meaning["methods"][0] == method), "{code}");
    }
    // Without an entry of the method's own, the platform's alone, and none of other methods.
    let all = told(&["isv.trade-not-exist"]);
    assert!(all.iter().any(|meaning| !meaning["methods"].as_array().unwrap().is_empty()), "{all:?}");
    let one = told(&["ISV.TRADE-NOT-EXIST", "--method", "taobao.time.get"]);
    assert_eq!(one.len(), 1, "{one:?}");
    assert!(one[0]["methods"].as_array().unwrap().is_empty(), "{one:?}");
    // Numbers may be sub codes, of one method or of all.
    for arguments in [&["20005"][..], &["20005", "-m", "taobao.top.secret.get"]] {
        assert!(
            told(arguments).iter().any(|meaning| meaning["methods"][0] == "taobao.top.secret.get"),
            "{arguments:?}"
        );
    }
    assert_eq!(told(&["27", "-m", "taobao.top.secret.get"])[0]["title"], "Invalid Session");
    let other = told(&["20005", "-m", "taobao.time.get"]);
    assert!(other.len() == 1 && other[0]["methods"].as_array().unwrap().is_empty(), "{other:?}");
    assert_eq!(stage.bare(&["explain", "20006", "-m", "taobao.time.get"]).run().exit, 5);
}
