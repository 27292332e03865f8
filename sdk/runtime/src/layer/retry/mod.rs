//! Trying again.

use crate::layer::{CallInfo, Next, Outcome};

/// Makes the attempts of a call.
pub(crate) async fn attempts(call: CallInfo<'_>) -> Outcome {
    let layers = &call.client.settings().layers;
    Next::around_attempt(layers).run_attempt(CallInfo { attempt: 1, ..call }).await
}

/// When and how often calls are tried again.
#[derive(Debug, Clone)]
pub struct Retry {}
