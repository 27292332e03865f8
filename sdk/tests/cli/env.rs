//! `top env`: profiles, and which value wins.

use std::fs;

use expect_test::expect;

use crate::Stage;

#[test]
fn a_profile_from_first_to_last() {
    let stage = Stage::new();
    let mut session = stage.bare(&["env", "list"]).shown();
    let set = ["env", "set", "work", "--environment", &stage.url, "--app-key", "12345678", "--secret", "--session"];
    let secrets = format!("{}\n{}\n", crate::SECRET, crate::SESSION);
    session += &stage.bare(&set).stdin(&secrets).shown();
    session += &stage.bare(&["env", "set", "other", "--environment", "sandbox"]).shown();
    session += &stage.bare(&["env", "list"]).shown();
    session += &stage.bare(&["env", "show"]).shown();
    session += &stage.bare(&["call", "taobao.time.get"]).shown();
    session += &stage.bare(&["env", "use", "other"]).shown();
    session += &stage.bare(&["env", "show"]).shown();
    session += &stage.bare(&["env", "show", "--profile", "work"]).var("TOP_APP_KEY", "1").shown();
    session += &stage.bare(&["env", "set", "work", "--unset", "session"]).shown();
    session += &stage.bare(&["env", "remove", "other"]).shown();
    session += &stage.bare(&["env", "list"]).shown();
    expect![[r#"
        There are no profiles yet. Make one:
          top env set work --environment production --app-key KEY --secret
        [exit 0]
        ok profile work is saved in ~/config.toml
        [exit 0]
        ok profile other is saved in ~/config.toml
        [exit 0]
        PROFILE  DEFAULT  APP KEY   SECRET  SESSION  ENVIRONMENT
        work     yes      12345678  set     set      http://127.0.0.1:12345/router/rest
        other             -         -       -        sandbox
        [exit 0]
          environment  http://127.0.0.1:12345/router/rest
                                 profile work, the default
          app_key      12345678  profile work, the default
          app_secret   <secret>  profile work, the default
          session      <secret>  profile work, the default

          gateway   http://127.0.0.1:12345/router/rest
          profiles  ~/config.toml
        [exit 0]
        time        ..
        request_id  ..
        [exit 0]
        ok profile other is the default
        [exit 0]
          environment  sandbox  profile other, the default
          app_key      -        nothing was said
          app_secret   -        nothing was said
          session      -        nothing was said

          gateway   https://gw.api.tbsandbox.com/router/rest
          profiles  ~/config.toml
        [exit 0]
          environment  http://127.0.0.1:12345/router/rest
                                 profile work, by --profile
          app_key      12345678  profile work, by --profile
          app_secret   <secret>  profile work, by --profile
          session      <secret>  profile work, by --profile

          gateway   http://127.0.0.1:12345/router/rest
          profiles  ~/config.toml
        [exit 0]
        ok profile work is saved in ~/config.toml
        [exit 0]
        ok profile other is forgotten
        [exit 0]
        PROFILE  DEFAULT  APP KEY   SECRET  SESSION  ENVIRONMENT
        work              12345678  set     -        http://127.0.0.1:12345/router/rest
        [exit 0]
    "#]]
    .assert_eq(&session);
}

#[test]
fn which_value_wins_is_shown() {
    let stage = Stage::new();
    stage.bare(&["env", "set", "work", "--app-key", "1", "--secret"]).stdin("s\n").run();
    let shown = stage.bare(&["env", "show", "--app-key", "3"]).var("TOP_APP_KEY", "2").var("TOP_SESSION", "t").shown();
    expect![[r#"
          environment  production  nothing was said
          app_key      3           option --app-key; hides variable TOP_APP_KEY and
                                   profile work, the default
          app_secret   <secret>    profile work, the default
          session      <secret>    variable TOP_SESSION

          gateway   https://eco.taobao.com/router/rest
          profiles  ~/config.toml

        warning: the app key comes from option --app-key and the app secret from profile
                 work, the default; do they belong together?
        [exit 0]
    "#]]
    .assert_eq(&shown);
}

#[test]
fn mistakes() {
    let stage = Stage::new();
    expect![[r#"
        error: there is no profile `wrk`

          hint  there are none yet

        try: top env list
             top env set wrk --environment production --app-key KEY --secret
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["env", "use", "wrk"]).shown());
    expect![[r#"
        error: there is no setting `sesion`; did you mean `session`?

          settings  environment, app_key, app_secret, session
        [exit 2]
    "#]]
    .assert_eq(&stage.bare(&["env", "set", "work", "--unset", "sesion"]).shown());
    expect![[r#"
        error: configuration: unknown environment: expected production, overseas,
               sandbox, local or the URL of a gateway
        [exit 2]
    "#]]
    .assert_eq(&stage.bare(&["env", "set", "work", "--environment", "prod"]).shown());
    expect![[r#"
        error: standard input has no line with the secret
        [exit 2]
    "#]]
    .assert_eq(&stage.bare(&["env", "set", "work", "--secret"]).shown());
    fs::write(stage.config(), "default = \"gone\"\n").unwrap();
    expect![[r#"
        error: there is no profile `gone`

          hint  there are none yet

        try: top env list
             top env set gone --environment production --app-key KEY --secret
             top env use NAME
        [exit 5]
    "#]]
    .assert_eq(&stage.bare(&["call", "taobao.time.get"]).shown());
    fs::write(stage.config(), "[profiles.work]\nsecret = \"5ecret-of-the-test\"\n").unwrap();
    expect![[r#"
        error: ~/config.toml: profile `work`: unknown setting `secret`

          hint  settings are environment, app_key, app_secret, session
        [exit 2]
    "#]]
    .assert_eq(&stage.bare(&["env", "list"]).shown());
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let stage = Stage::new();
    stage.bare(&["env", "set", "work", "--app-key", "1", "--secret"]).stdin("s\n").run();
    assert_eq!(fs::metadata(stage.config()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(stage.bare(&["env", "list"]).run().err, "");
    fs::set_permissions(stage.config(), fs::Permissions::from_mode(0o644)).unwrap();
    let warned = stage.bare(&["env", "list"]).run();
    assert_eq!(warned.exit, 0);
    let words: Vec<&str> = warned.err.split_whitespace().collect();
    assert!(words.join(" ").contains("others can read it (mode 644)"), "{}", warned.err);
}

#[cfg(unix)]
#[test]
fn a_file_behind_a_link() {
    let stage = Stage::new();
    let file = stage.home.path().join("dotfiles").join("top.toml");
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, "[profiles.a]\napp_key = \"1\"\n").unwrap();
    std::os::unix::fs::symlink("dotfiles/top.toml", stage.config()).unwrap();
    assert_eq!(stage.bare(&["env", "use", "a"]).shown(), "ok profile a is the default\n[exit 0]\n");
    assert!(fs::symlink_metadata(stage.config()).unwrap().is_symlink());
    assert!(fs::read_to_string(&file).unwrap().starts_with("default = \"a\"\n"));
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
}
