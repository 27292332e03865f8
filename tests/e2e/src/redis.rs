//! A Redis of a test's own, to be killed and started again.

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

/// A server on a free port of this machine, without persistence. Dropping it ends it.
#[derive(Debug)]
pub struct Redis {
    port: u16,
    process: Child,
}

impl Redis {
    /// Starts the program that `TOPSDK_REDIS_SERVER` names, else the one on the path, and waits until it listens.
    ///
    /// # Errors
    ///
    /// There is no such program, or it does not start.
    pub fn start() -> io::Result<Self> {
        let attempt = || {
            let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
            Ok(Self { port, process: listen(&program(), port)? })
        };
        // Between the question and the start somebody else may take the port: then another one is tried.
        attempt().or_else(|error: io::Error| if error.kind() == io::ErrorKind::Other { attempt() } else { Err(error) })
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends it at once; all that it knew is lost.
    ///
    /// # Errors
    ///
    /// It cannot be ended.
    pub fn kill(&mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(|_| ())
    }

    /// Starts it again where it was.
    ///
    /// # Errors
    ///
    /// It does not start.
    pub fn restart(&mut self) -> io::Result<()> {
        self.process = listen(&program(), self.port)?;
        Ok(())
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.kill();
    }
}

/// The server's program.
fn program() -> OsString {
    std::env::var_os("TOPSDK_REDIS_SERVER").unwrap_or_else(|| "redis-server".into())
}

/// Starts the program and waits until it says that it listens.
fn listen(program: &OsStr, port: u16) -> io::Result<Child> {
    let told = |why: String| format!("{}: {why}", program.display());
    let mut process = Command::new(program)
        .args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|e| io::Error::new(e.kind(), told(format!("{e}; `cargo xtask test tests` installs a Redis"))))?;
    let mut said = String::new();
    let out = process.stdout.take().into_iter();
    for line in out.flat_map(|out| BufReader::new(out).lines().map_while(Result::ok)) {
        // What it writes later, nobody reads; it does not mind.
        if line.to_ascii_lowercase().contains("ready to accept connections") {
            return Ok(process);
        }
        said = line;
    }
    process.wait()?;
    Err(io::Error::other(told(format!("it ends instead of listening: {}", said.trim()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_no_redis_is_told() {
        let missing = listen("no-such-program-here".as_ref(), 1).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
        assert!(missing.to_string().starts_with("no-such-program-here: "), "{missing}");
        let other = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let said = listen(&other, 1).unwrap_err().to_string();
        assert!(said.contains(": it ends instead of listening: "), "{said}");
    }
}
