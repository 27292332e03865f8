//! The program `top`, run as people run it: against the sandbox, over a socket.

#![allow(clippy::unwrap_used, reason = "these are tests")]

mod call;
mod catalogue;
mod config;
mod env;
mod output;
mod secrets;
mod signatures;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::APP_KEY;

/// A secret and a session that can be searched for in outputs.
const SECRET: &str = "5ecret-of-the-test";
const SESSION: &str = "5ession-of-the-test";

/// A sandbox, and a home folder of its own for each test.
struct Stage {
    // Kept, for the sandbox ends with it.
    _runtime: tokio::runtime::Runtime,
    _sandbox: Sandbox,
    url: String,
    home: tempfile::TempDir,
}

/// What a run of the program left behind.
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

/// A run that is being prepared.
struct Run<'a> {
    stage: &'a Stage,
    command: Command,
    stdin: String,
}

impl Stage {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let sandbox = runtime.block_on(Sandbox::builder().app(APP_KEY, SECRET).session(SESSION).start()).unwrap();
        let url = format!("{}/router/rest", sandbox.url());
        Self { _runtime: runtime, _sandbox: sandbox, url, home: tempfile::tempdir().unwrap() }
    }

    /// The program with these arguments, and nothing of this machine's surroundings but where the sandbox is.
    fn top(&self, arguments: &[&str]) -> Run<'_> {
        let run = self.bare(arguments);
        run.var("TOP_ENVIRONMENT", &self.url)
            .var("TOP_APP_KEY", APP_KEY)
            .var("TOP_APP_SECRET", SECRET)
            .var("TOP_SESSION", SESSION)
    }

    /// The same, without any variable.
    fn bare(&self, arguments: &[&str]) -> Run<'_> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_top"));
        command.args(arguments).env_clear().env("COLUMNS", "80").env("NO_PROXY", "*");
        let config = self.config();
        command.arg("--config").arg(config);
        Run { stage: self, command, stdin: String::new() }
    }

    fn config(&self) -> PathBuf {
        self.home.path().join("config.toml")
    }

    fn file(&self, name: &str, content: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The text without what differs from run to run: the socket, whose free port has five digits, the folder, ids of calls, times.
    fn settled(&self, text: &str) -> String {
        let home = self.home.path().to_str().unwrap();
        let text = text.replace(&self.url, "http://127.0.0.1:12345/router/rest").replace(home, "~");
        text.split_inclusive('\n').map(settled_line).collect()
    }
}

/// Ids of calls are twelve digits of base 16 behind a known word; times stand in columns of their own.
fn settled_line(line: &str) -> String {
    let mut line = line.to_owned();
    for label in [
        "request_id  ",
        "request_id     ",
        "request  ",
        "\"request_id\": \"",
        "time        ",
        "timestamp    ",
        "\"time\": \"",
    ] {
        if let Some((before, rest)) = line.split_once(label) {
            let value: String = rest.chars().take_while(|c| c.is_ascii_hexdigit() || "-: ".contains(*c)).collect();
            let value = value.trim_end();
            if value.len() >= 12 {
                line = format!("{before}{label}..{}", &rest[value.len()..]);
            }
        }
    }
    line
}

impl Run<'_> {
    fn var(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdin);
        self
    }

    fn run(mut self) -> Ran {
        let piped = self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        // The program may end without having read it.
        let _ = child.stdin.take().unwrap().write_all(self.stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| self.stage.settled(&String::from_utf8(bytes).unwrap());
        Ran { exit: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Both outputs and the exit code, as a terminal shows them.
    fn shown(self) -> String {
        let ran = self.run();
        format!("{}{}[exit {}]\n", ran.out, ran.err, ran.exit)
    }
}
