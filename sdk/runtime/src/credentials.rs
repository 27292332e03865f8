//! Who is calling: the application's key and secret, and users' tokens.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

use crate::error::{ConfigError, Error};

/// An application's key and secret, from the console of the platform. Keys are issued per environment.
#[derive(Clone)]
pub struct Credentials {
    app_key: String,
    secret: SecretString,
}

impl Credentials {
    /// From a key and a secret.
    #[must_use]
    pub fn new(app_key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { app_key: app_key.into(), secret: SecretString::from(secret.into()) }
    }

    /// From the environment variables `TOP_APP_KEY` and `TOP_APP_SECRET`.
    ///
    /// # Errors
    ///
    /// One of them is not set or empty.
    pub fn from_env() -> Result<Self, Error> {
        Ok(Self::new(required("TOP_APP_KEY")?, required("TOP_APP_SECRET")?))
    }

    /// The application's key. It is not a secret.
    #[must_use]
    pub fn app_key(&self) -> &str {
        &self.app_key
    }

    pub(crate) fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("app_key", &self.app_key)
            .field("secret", &format_args!("<secret>"))
            .finish()
    }
}

/// A user's token: the access token that the user's authorisation gave. The wire calls it `session`.
#[derive(Clone)]
pub struct Token(SecretString);

impl Token {
    /// From the environment variable `TOP_SESSION`, if it is set and not empty.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        optional("TOP_SESSION").map(Self::from)
    }

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl From<&str> for Token {
    fn from(token: &str) -> Self {
        Self(SecretString::from(token))
    }
}

impl From<String> for Token {
    fn from(token: String) -> Self {
        Self(SecretString::from(token))
    }
}

impl From<&Token> for Token {
    fn from(token: &Token) -> Self {
        token.clone()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(<secret>)")
    }
}

/// An environment variable that is set to something.
pub(crate) fn optional(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}

fn required(name: &'static str) -> Result<String, Error> {
    optional(name).ok_or_else(|| ConfigError::new(format!("the environment variable {name} is not set")).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_shown() {
        let credentials = Credentials::new("12345678", "s3cr3t");
        for shown in [format!("{credentials:?}"), format!("{credentials:#?}")] {
            assert!(shown.contains("12345678") && !shown.contains("s3cr3t"), "{shown}");
        }
        for token in [Token::from("s3ss10n"), Token::from("s3ss10n".to_owned()), Token::from(&Token::from("s3ss10n"))] {
            assert_eq!(format!("{token:?} {token:#?}"), "Token(<secret>) Token(<secret>)");
            assert_eq!(token.expose(), "s3ss10n");
        }
        assert_eq!((credentials.app_key(), credentials.secret()), ("12345678", "s3cr3t"));
    }

    #[test]
    fn a_missing_variable_is_named() {
        let error = required("TOP_NO_SUCH_VARIABLE").unwrap_err();
        assert_eq!(error.to_string(), "configuration: the environment variable TOP_NO_SUCH_VARIABLE is not set");
        assert_eq!(optional("TOP_NO_SUCH_VARIABLE"), None);
    }
}
