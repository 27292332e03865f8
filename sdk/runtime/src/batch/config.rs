//! What can be set, and what is wrong with it.

use std::time::Duration;

use crate::error::{ConfigError, ConfigProblem};

/// The longest time that calls may be kept for others to join them.
const LONGEST_WINDOW: Duration = Duration::from_secs(1);

/// How [batches](super::Batch) of a client travel.
///
/// ```
/// use topsdk::batch::Batches;
/// use topsdk::{Client, Credentials, Environment, MockTransport};
///
/// let client = Client::builder(Environment::Production, Credentials::new("12345678", "secret"))
///     .transport(MockTransport::new())
///     .batches(Batches::new().at_most(10).at_once(2))
///     .build()?;
/// # Ok::<(), topsdk::Error>(())
/// ```
///
/// With the feature `serde` the same comes from a configuration file: `at_most = 10`, `at_once = 2`, `window = "5ms"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Batches {
    pub(crate) at_most: usize,
    pub(crate) at_once: usize,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(crate) window: Duration,
}

impl Batches {
    /// The defaults: 20 calls a request, 4 requests at once, a window of 5 ms.
    #[must_use]
    pub fn new() -> Self {
        Self { at_most: 20, at_once: 4, window: Duration::from_millis(5) }
    }

    /// Most calls of one request to the platform: a batch of more is split. 20 by default, the most that the platform is known to
    /// take.
    #[must_use]
    pub fn at_most(mut self, calls: usize) -> Self {
        self.at_most = calls;
        self
    }

    /// How many full requests of one batch may be under way at once. 4 by default.
    #[must_use]
    pub fn at_once(mut self, requests: usize) -> Self {
        self.at_once = requests;
        self
    }

    /// How long calls that are ready wait for those of their batch that are not, because they wait for their rate limit or between two
    /// attempts. 5 ms by default, 1 s at most, and never more than half of the time that any of them has.
    #[must_use]
    pub fn window(mut self, time: Duration) -> Self {
        self.window = time;
        self
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let problems = [
            check("batch.at_most", self.at_most, "calls a request"),
            check("batch.at_once", self.at_once, "requests at once"),
            check_window("batch.window", self.window),
        ];
        ConfigError::none_of(problems.into_iter().flatten().collect())
    }
}

impl Default for Batches {
    fn default() -> Self {
        Self::new()
    }
}

/// How concurrent single calls of a client are gathered into batches, where
/// [`ClientBuilder::coalesce`](crate::ClientBuilder::coalesce) says so.
///
/// A call waits for a short time for others that are made meanwhile; they all go as one request to the platform. A call that nobody
/// joins goes as always. So each call may take longer by the window, and the platform sees fewer requests.
///
/// With the feature `serde` the same comes from a configuration file: `at_most = 20`, `window = "2ms"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub struct Coalesce {
    pub(crate) at_most: usize,
    #[cfg_attr(feature = "serde", serde(deserialize_with = "crate::human::read::time"))]
    pub(crate) window: Duration,
}

impl Coalesce {
    /// The defaults: a window of 2 ms, 20 calls at most.
    #[must_use]
    pub fn new() -> Self {
        Self { at_most: 20, window: Duration::from_millis(2) }
    }

    /// Most calls of one request to the platform; so many go at once, without waiting any longer. 20 by default, the most that the
    /// platform is known to take.
    #[must_use]
    pub fn at_most(mut self, calls: usize) -> Self {
        self.at_most = calls;
        self
    }

    /// How long the first call waits for others. 2 ms by default, 1 s at most, and never more than half of the time that any of them
    /// has.
    #[must_use]
    pub fn window(mut self, time: Duration) -> Self {
        self.window = time;
        self
    }

    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let problems =
            [check("coalesce.at_most", self.at_most, "calls a request"), check_window("coalesce.window", self.window)];
        ConfigError::none_of(problems.into_iter().flatten().collect())
    }
}

impl Default for Coalesce {
    fn default() -> Self {
        Self::new()
    }
}

fn check(key: &str, number: usize, what: &str) -> Option<ConfigProblem> {
    (number == 0).then(|| ConfigProblem::new(key, format!("with 0 {what} nothing would be sent; give 1 or more")))
}

fn check_window(key: &str, window: Duration) -> Option<ConfigProblem> {
    (window > LONGEST_WINDOW)
        .then(|| ConfigProblem::new(key, format!("{window:?} is too long to keep calls back; give 1s at most")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nonsense_is_refused_by_its_key() {
        assert!(Batches::new().check().is_ok() && Coalesce::new().check().is_ok());
        let long = Duration::from_secs(2);
        for (refused, key) in [
            (Batches::new().at_most(0).check(), "batch.at_most: with 0 calls"),
            (Batches::new().at_once(0).check(), "batch.at_once: with 0 requests"),
            (Batches::new().window(long).check(), "batch.window: 2s is too long"),
            (Coalesce::new().at_most(0).check(), "coalesce.at_most: with 0 calls"),
            (Coalesce::new().window(long).check(), "coalesce.window: 2s is too long"),
        ] {
            let error = refused.unwrap_err().to_string();
            assert!(error.contains(key), "{error}");
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn settings_from_a_file() {
        let read = |text: &str| serde_json::from_str::<Batches>(text).map_err(|error| error.to_string());
        let expected = Batches::new().at_most(7).window(Duration::from_millis(15));
        assert_eq!(read(r#"{"at_most":7,"window":"15ms"}"#), Ok(expected));
        assert_eq!(serde_json::from_str::<Coalesce>("{}").unwrap(), Coalesce::new());
        for (text, why) in [
            (r#"{"at_most":-1}"#, "-1"),
            (r#"{"atmost":1}"#, "unknown field `atmost`"),
            (r#"{"window":"soon"}"#, "expected a time such as"),
            (r#"{"window":"-1s"}"#, "expected a time such as"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
