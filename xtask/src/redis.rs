//! A Redis for the tests: a program that is found, or installed where that is possible, and a server that ends with the tests.

use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// Names the program, for tests that start and stop servers of their own.
const PROGRAM: &str = "TOPSDK_REDIS_SERVER";

/// Names the address of a server that all tests share: each takes a prefix of its own for its keys.
const URL: &str = "TOPSDK_REDIS_URL";

/// A server on a free port of this machine, with a temporary folder. Dropping it ends it.
pub(crate) struct Redis {
    process: Child,
    program: PathBuf,
    port: u16,
    _folder: TempDir,
}

impl Redis {
    /// Starts a server and waits until it answers.
    pub(crate) fn start() -> Result<Self, String> {
        let program = program()?;
        let folder = tempfile::tempdir().map_err(|e| format!("no temporary folder: {e}"))?;
        // Between the question and the start somebody else may take the port: then another one is tried.
        let mut last = String::new();
        for _ in 0..3 {
            let port = free_port().map_err(|e| format!("no free port: {e}"))?;
            match listen(&program, folder.path(), port) {
                Ok(process) => return Ok(Self { process, program, port, _folder: folder }),
                Err(why) => last = why,
            }
        }
        Err(last)
    }

    /// Environment variables that tell the tests where the server and its program are.
    pub(crate) fn envs(&self) -> [(&'static str, String); 2] {
        let url = format!("redis://127.0.0.1:{}/", self.port);
        [(PROGRAM, self.program.to_string_lossy().into_owned()), (URL, url)]
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The server's program: the one that the environment names, else one on the path, else one that is installed now.
fn program() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os(PROGRAM) {
        let named = PathBuf::from(named);
        return if named.is_file() { Ok(named) } else { Err(format!("{PROGRAM}: {} is no file", named.display())) };
    }
    if let Some(found) = found() {
        return Ok(found);
    }
    eprintln!("installing redis-server");
    let install = "apt-get update -qq && apt-get install -qq -y --no-install-recommends redis-server";
    let installed = Command::new("sh").args(["-c", install]).stdin(Stdio::null()).stdout(Stdio::null()).output();
    installed.ok().filter(|output| output.status.success()).and_then(|_| found()).ok_or_else(|| {
        format!("there is no redis-server, and it cannot be installed here: install it, or name it in {PROGRAM}")
    })
}

fn found() -> Option<PathBuf> {
    on_path(&format!("redis-server{}", env::consts::EXE_SUFFIX))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts the program and waits until it says that it listens.
fn listen(program: &Path, folder: &Path, port: u16) -> Result<Child, String> {
    let mut process = Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir"])
        .arg(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| format!("{} does not start: {e}", program.display()))?;
    let mut said = String::new();
    if let Some(out) = process.stdout.take() {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            // What it writes later, nobody reads; it does not mind.
            if line.to_ascii_lowercase().contains("ready to accept connections") {
                return Ok(process);
            }
            said = line;
        }
    }
    let _ = process.kill();
    let _ = process.wait();
    Err(format!("{} does not start: {}", program.display(), said.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_no_redis_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let why = listen(Path::new("no-such-program-here"), folder.path(), 1).unwrap_err();
        assert!(why.starts_with("no-such-program-here does not start: "), "{why}");
        let cargo = crate::cargo::program();
        assert!(listen(Path::new(&cargo), folder.path(), 1).unwrap_err().contains("does not start: "));
        assert_eq!(on_path("no-such-program-here"), None);
    }

    #[test]
    fn it_answers_and_ends() {
        use std::io::{Read as _, Write as _};
        use std::net::TcpStream;

        // To install it is what somebody asks for who runs all tests by the command, not who runs these.
        if env::var_os(PROGRAM).is_none() && found().is_none() {
            assert!(env::var_os("CI").is_none(), "there is no redis-server");
            eprintln!("not tested: there is no redis-server");
            return;
        }
        let redis = Redis::start().unwrap();
        let address = ("127.0.0.1", redis.port);
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"PING\r\n").unwrap();
        let mut answer = [0; 7];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"+PONG\r\n");
        let [(_, program), (_, url)] = redis.envs();
        assert!(Path::new(&program).is_file() && url.contains(&redis.port.to_string()));
        drop(redis);
        assert!(TcpStream::connect(address).is_err());
    }
}
