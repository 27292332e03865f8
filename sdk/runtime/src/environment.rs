//! Where calls go.

use std::borrow::Cow;
use std::net::IpAddr;
use std::str::FromStr;

use crate::error::{ConfigError, Error};
use crate::generated::platform_tables::{OVERSEAS, PRODUCTION, SANDBOX};

/// A gateway. Keys, secrets and tokens of one are unknown to the others.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Environment {
    /// The real platform.
    Production,
    /// The real platform, entered from outside mainland China.
    Overseas,
    /// The platform's own sandbox.
    Sandbox,
    /// The gateway of this project, `cargo xtask sandbox`, on this machine at its default port 8399.
    Local,
    /// Any other gateway, by the URL of its REST router, such as `http://127.0.0.1:8400/router/rest`.
    Custom(String),
}

impl Environment {
    /// Any other gateway, by the URL of its REST router.
    #[must_use]
    pub fn custom(rest_url: impl Into<String>) -> Self {
        Self::Custom(rest_url.into())
    }

    /// The URL of the REST router.
    #[must_use]
    pub fn rest_url(&self) -> &str {
        match self {
            Self::Production => PRODUCTION.rest,
            Self::Overseas => OVERSEAS.rest,
            Self::Sandbox => SANDBOX.rest,
            Self::Local => "http://127.0.0.1:8399/router/rest",
            Self::Custom(url) => url,
        }
    }

    /// The URL of the batch router. Nothing is known of one beside a router whose path does not end in `/rest`.
    pub(crate) fn batch_url(&self) -> Option<Cow<'_, str>> {
        Some(match self {
            Self::Production => PRODUCTION.batch.into(),
            Self::Overseas => OVERSEAS.batch.into(),
            Self::Sandbox => SANDBOX.batch.into(),
            Self::Local => "http://127.0.0.1:8399/router/batch".into(),
            Self::Custom(url) => {
                let (path, query) = url.split_at(url.find(['?', '#']).unwrap_or(url.len()));
                [path.strip_suffix("/rest")?, "/batch", query].concat().into()
            }
        })
    }

    /// A word for messages.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Production => "production",
            Self::Overseas => "overseas",
            Self::Sandbox => "the platform's sandbox",
            Self::Local => "the local sandbox",
            Self::Custom(_) => "a custom gateway",
        }
    }

    /// Whether the gateway is on this machine: a sandbox, whose secrets are none.
    #[cfg(feature = "config")]
    pub(crate) fn is_here(&self) -> bool {
        is_this_machine(self.address().0)
    }

    /// Host and port of the gateway.
    pub(crate) fn address(&self) -> (&str, u16) {
        let (scheme, rest) = self.rest_url().split_once("://").unwrap_or(("", self.rest_url()));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (host, port) = match authority.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
            Some((v6, after)) => (v6, after.strip_prefix(':')),
            None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
        };
        let usual = if scheme == "http" { 80 } else { 443 };
        (host, port.and_then(|port| port.parse().ok()).unwrap_or(usual))
    }

    /// Refuses URLs that are none, and plain http to anything that may hold real data.
    pub(crate) fn check(&self, plain_http_allowed: bool) -> Result<(), ConfigError> {
        let url = self.rest_url();
        let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(ConfigError::new("the gateway URL holds a user name or password: leave them out"));
        }
        if authority.is_empty() || !matches!(scheme, "http" | "https") {
            return Err(ConfigError::new("the gateway URL must begin with https:// or http:// and name a host"));
        }
        let (host, _) = self.address();
        let harmless = is_this_machine(host) || host.ends_with(".tbsandbox.com");
        if scheme == "http" && !harmless && !plain_http_allowed {
            return Err(ConfigError::new(format!(
                "plain http to {host}: sessions and personal data would travel unprotected; use https, or say allow_plain_http(true)"
            )));
        }
        Ok(())
    }
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

impl FromStr for Environment {
    type Err = Error;

    /// `production`, `overseas`, `sandbox`, `local`, or the URL of a REST router.
    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(match text.trim() {
            "production" => Self::Production,
            "overseas" => Self::Overseas,
            "sandbox" => Self::Sandbox,
            "local" => Self::Local,
            url if url.contains("://") => Self::custom(url),
            _ => {
                let message =
                    "unknown environment: expected production, overseas, sandbox, local or the URL of a gateway";
                return Err(ConfigError::new(message).into());
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_go_beside_calls() {
        for (rest, batch) in [
            ("http://127.0.0.1:8399/router/rest", Some("http://127.0.0.1:8399/router/batch")),
            ("https://gw.example/top/router/rest?tenant=1", Some("https://gw.example/top/router/batch?tenant=1")),
            ("https://gw.example/", None),
            ("https://gw.example/interest", None),
        ] {
            assert_eq!(Environment::custom(rest).batch_url().as_deref(), batch, "{rest}");
        }
        for known in [Environment::Production, Environment::Overseas, Environment::Sandbox, Environment::Local] {
            let custom = Environment::custom(known.rest_url());
            assert_eq!(known.batch_url(), custom.batch_url(), "{}", known.name());
        }
    }

    #[test]
    fn plain_http_only_where_nothing_is_at_stake() {
        for (url, allowed) in [
            ("https://eco.taobao.com/router/rest", true),
            ("http://gw.api.taobao.com/router/rest", false),
            ("http://10.0.0.8:80/router/rest", false),
            ("http://127.0.0.1:8399/router/rest", true),
            ("http://[::1]:8399/router/rest", true),
            ("http://localhost/router/rest", true),
            ("http://gw.api.tbsandbox.com/router/rest", true),
            ("http://evil.example/?x=.tbsandbox.com", false),
            ("http://127.0.0.1@evil.example/", false),
            ("http://127.evil.example/", false),
            ("ftp://127.0.0.1/", false),
            ("https://", false),
            ("eco.taobao.com", false),
        ] {
            assert_eq!(Environment::custom(url).check(false).is_ok(), allowed, "{url}");
        }
        for (url, host, port) in [
            ("https://eco.taobao.com/router/rest", "eco.taobao.com", 443),
            ("http://10.0.0.8:81?x", "10.0.0.8", 81),
            ("http://[::1]:8399/router/rest", "::1", 8399),
            ("https://[::1]/", "::1", 443),
            ("http://localhost:nonsense/", "localhost", 80),
        ] {
            assert_eq!(Environment::custom(url).address(), (host, port), "{url}");
        }
        assert!(Environment::custom("http://gw.api.taobao.com/router/rest").check(true).is_ok());
        for known in [Environment::Production, Environment::Overseas, Environment::Sandbox, Environment::Local] {
            assert!(known.check(false).is_ok(), "{}", known.name());
        }
    }
}
