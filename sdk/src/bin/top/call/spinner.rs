//! A sign of life while a call takes long.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a call may take before there is a spinner.
const PATIENCE: Duration = Duration::from_millis(400);

/// How often it turns.
const TURN: Duration = Duration::from_millis(100);

pub(crate) struct Spinner;

impl Spinner {
    /// Awaits a call; one that is slow gets a spinner on standard error, if that is a terminal.
    pub(crate) async fn during<T>(method: &str, call: impl Future<Output = T>) -> T {
        let mut call = pin!(call);
        if let Ok(done) = tokio::time::timeout(PATIENCE, &mut call).await {
            return done;
        }
        // It draws only on terminals.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(format!("waiting for {method}"));
        bar.enable_steady_tick(TURN);
        let done = call.await;
        bar.finish_and_clear();
        done
    }
}
