//! Where calls go: what may be saved of it, and what may be shown.

use topsdk::{Client, Credentials, Environment, MockTransport};

use crate::exit::Failure;

/// Refuses what a call would refuse, but for plain http, which each call may allow.
pub(super) fn check(environment: &str) -> Result<(), Failure> {
    let wrong = |why: topsdk::Error| Failure::usage(why.to_string());
    let environment: Environment = environment.parse().map_err(wrong)?;
    // The SDK looks at it when a client is made; this one calls nobody.
    let client = Client::builder(environment, Credentials::new("key", "secret")).transport(MockTransport::new());
    client.allow_plain_http(true).build().map(drop).map_err(wrong)
}

/// The environment without the user and password of a URL. Only somebody who edits the file can have written them: no call takes them.
pub(crate) fn shown(environment: &str) -> String {
    match environment.split_once("://") {
        // Up to the last one: a password may hold anything.
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((_, host)) => format!("{scheme}://<secret>@{host}"),
            None => environment.to_owned(),
        },
        None => environment.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_passwords_are_neither_saved_nor_shown() {
        for (environment, good, expected) in [
            ("production", true, "production"),
            ("https://gw.example/router/rest", true, "https://gw.example/router/rest"),
            ("http://gw.example/router/rest", true, "http://gw.example/router/rest"),
            ("https://me:pa55@gw.example/rest", false, "https://<secret>@gw.example/rest"),
            ("https://me:p@a5/5@gw.example/rest", false, "https://<secret>@gw.example/rest"),
            ("ftp://gw.example", false, "ftp://gw.example"),
            ("prod", false, "prod"),
        ] {
            assert_eq!((check(environment).is_ok(), shown(environment).as_str()), (good, expected), "{environment}");
        }
    }
}
