//! Everything that this process logs: spans, events and their fields by `tracing`, and records by `log`.
//!
//! Both know one collector for all threads, so the other tests' lines are here too.

use std::io;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

/// Starts to collect, at the finest level.
pub(super) fn start() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(|| Lines);
        tracing::subscriber::set_global_default(subscriber.finish()).unwrap();
        log::set_logger(&Records).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
    });
}

/// All lines so far.
pub(super) fn text() -> String {
    String::from_utf8_lossy(&lines()).into_owned()
}

fn lines() -> MutexGuard<'static, Vec<u8>> {
    LINES.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lines().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Records;

impl log::Log for Records {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {} {}\n", record.level(), record.target(), record.args());
        lines().extend_from_slice(line.as_bytes());
    }

    fn flush(&self) {}
}
