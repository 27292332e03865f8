//! What labels may hold: a bounded number of values, none of them text of users, and no secret.

use std::borrow::Cow;

use crate::error::{Error, GatewayError};
use crate::layer::CallInfo;
use crate::model::SubCode;

/// In place of whatever is not known, as OpenTelemetry spells it.
pub(crate) const OTHER: &str = "_OTHER";

/// The method: of a typed call, or of a call by name that names one of the platform's methods.
pub(crate) fn method(call: CallInfo<'_>) -> &'static str {
    let listed = || crate::methods::listed(call.method()).unwrap_or(OTHER);
    // Several ask, and to search the list takes longer than all that they do with it.
    call.info().map_or_else(|| *call.exchange.label.get_or_init(listed), |info| info.name)
}

/// The phase in which a call failed.
pub(crate) fn phase(error: &Error) -> &'static str {
    match error {
        Error::Config(_) => "config",
        Error::Invalid(_) => "invalid",
        Error::Limited(_) => "limited",
        Error::Transport(_) => "transport",
        Error::Timeout(_) => "timeout",
        Error::Gateway(_) => "gateway",
        Error::Decode(_) => "decode",
        Error::Page(_) => "page",
    }
}

/// The code of a refusal, or the range that explains it.
pub(super) fn code(refusal: &GatewayError) -> Cow<'static, str> {
    match crate::error::explain(refusal.code()) {
        Some(known) if known.first == known.last => known.first.to_string().into(),
        Some(known) => format!("{}-{}", known.first, known.last).into(),
        None => OTHER.into(),
    }
}

/// The sub code as the method's spec or the platform's table has it: in full, or its family with a `*`.
pub(super) fn sub_code(refusal: &GatewayError, of_the_method: &'static [SubCode]) -> &'static str {
    let Some(sub_code) = refusal.sub_code() else { return "" };
    let known = crate::error::find(of_the_method, sub_code).or_else(|| crate::error::explain_sub_code(sub_code));
    known.map_or(OTHER, |known| known.code)
}
