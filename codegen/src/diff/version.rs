//! Which version a change asks for, by Cargo's rules.

use std::fmt;
use std::str::FromStr;

use super::{Class, Diff};

/// A released version: `0.1.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second number.
    pub minor: u64,
    /// Third number.
    pub patch: u64,
}

impl Version {
    /// The lowest version that may follow this one with changes of this class. Cargo takes two versions for compatible when their
    /// first number that is not zero is the same; what stands before it cannot tell minor from patch.
    #[must_use]
    pub fn after(self, class: Class) -> Self {
        let Self { major, minor, patch } = self;
        match (class, major, minor) {
            (Class::Breaking, 0, 0) => Self { patch: patch + 1, ..self },
            (Class::Breaking, 0, _) | (Class::Minor, 1.., _) => Self { minor: minor + 1, patch: 0, ..self },
            (Class::Breaking, 1.., _) => Self { major: major + 1, minor: 0, patch: 0 },
            _ => Self { patch: patch + 1, ..self },
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// Text that is no `major.minor.patch`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    /// Marks of pre-releases and builds are left out.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        let mut parts = numbers.split('.').map(str::parse);
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Ok(major)), Some(Ok(minor)), Some(Ok(patch)), None) => Ok(Self { major, minor, patch }),
            _ => Err(NotAVersion),
        }
    }
}

/// What the changes ask of the next version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The version of the old state.
    pub from: Version,
    /// The version that the new state carries already.
    pub to: Version,
    /// The lowest version that fits; none where nothing changed.
    pub next: Option<Version>,
    /// In a sentence.
    pub sentence: String,
}

impl Verdict {
    /// Judges the changes between two states of these versions.
    #[must_use]
    pub fn of(diff: &Diff, from: Version, to: Version) -> Self {
        let Some(class) = diff.class() else {
            return Self {
                from,
                to,
                next: None,
                sentence: "nothing that users see has changed: no new version".to_owned(),
            };
        };
        let next = from.after(class);
        let because = match (class, diff.count(class)) {
            (Class::Breaking, 1) => "1 change is breaking".to_owned(),
            (Class::Breaking, count) => format!("{count} changes are breaking"),
            (Class::Minor, 1) => "1 change is minor and none is breaking".to_owned(),
            (Class::Minor, count) => format!("{count} changes are minor and none is breaking"),
            (Class::Patch, _) => "nothing changed but words and facts that nothing acts on".to_owned(),
        };
        let sentence = if to >= next {
            format!("version {to} suffices (it was {from}; {next} or higher is asked for), because {because}")
        } else {
            format!("next version: {next} (now {to}), because {because}")
        };
        Self { from, to, next: Some(next), sentence }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_follow_by_cargos_rules() {
        for (from, breaking, minor, patch) in [
            ("0.0.3", "0.0.4", "0.0.4", "0.0.4"),
            ("0.1.0", "0.2.0", "0.1.1", "0.1.1"),
            ("0.9.9", "0.10.0", "0.9.10", "0.9.10"),
            ("1.2.3", "2.0.0", "1.3.0", "1.2.4"),
            ("2.0.0-rc.1", "3.0.0", "2.1.0", "2.0.1"),
        ] {
            let from: Version = from.parse().unwrap();
            let after = [Class::Breaking, Class::Minor, Class::Patch].map(|class| from.after(class).to_string());
            assert_eq!(after, [breaking, minor, patch], "{from}");
        }
        for text in ["", "1", "1.2", "1.2.3.4", "a.b.c", "1.2.-3", "99999999999999999999.0.0"] {
            assert_eq!(text.parse::<Version>(), Err(NotAVersion), "{text}");
        }
    }
}
