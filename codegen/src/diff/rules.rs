//! The kinds of change. What each means for users, and why it is classed so, stands in `docs/compatibility.md`.

use std::fmt;

/// How much a change asks of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Words and facts that nothing acts on.
    Patch,
    /// Something new, or something that acts differently where nobody could rely on it.
    Minor,
    /// Code stops compiling, or calls that went through are refused or mean something else.
    Breaking,
}

impl Class {
    /// As it is written: `breaking`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Breaking => "breaking",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One kind of change.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Stable kebab-case name.
    pub id: &'static str,
    /// How it is classed.
    pub class: Class,
    /// What a reviewer has to make sure of, though the class is harmless; empty where there is nothing.
    pub careful: &'static str,
}

macro_rules! rules {
    ($($name:ident $id:literal $class:ident $($careful:literal)?;)*) => {
        $(pub(super) static $name: &Rule = &Rule { id: $id, class: Class::$class, careful: concat!($($careful)?) };)*

        /// Every kind of change, in the order of `docs/compatibility.md`.
        pub const RULES: &[&Rule] = &[$($name),*];
    };
}

rules! {
    DOMAIN_REMOVED "domain-removed" Breaking;
    DOMAIN_NOT_DEFAULT "domain-not-default" Breaking;
    DOMAIN_ADDED "domain-added" Minor;
    DOMAIN_DEFAULT "domain-default" Minor;
    DOMAIN_TIER "domain-tier" Minor;
    DOMAIN_CRATE "domain-crate" Patch;

    METHOD_REMOVED "method-removed" Breaking;
    METHOD_MOVED "method-moved" Breaking;
    ARGUMENTS_REORDERED "arguments-reordered" Breaking;
    SESSION_REQUIRED "session-required" Breaking;
    ERRORS_APPEARED "errors-appeared" Breaking;
    ERRORS_GONE "errors-gone" Breaking;
    SPLIT_GONE "split-gone" Breaking;
    METHOD_ADDED "method-added" Minor;
    SPLIT_ADDED "split-added" Minor;
    CACHE_CHANGED "cache-changed" Minor "a client with a cache gives older or newer answers than before";
    SESSION_OPTIONAL "session-optional" Minor;
    SESSION_NONE "session-none" Minor "the client's own session is not sent any more";
    EFFECT_STRICTER "effect-stricter" Minor;
    EFFECT_LOOSER "effect-looser" Minor "the call may now be repeated or answered from a cache by itself";
    PAGING_REMOVED "paging-removed" Breaking;
    PAGING_ITEMS "paging-items" Breaking;
    PAGING_FIRST "paging-first" Breaking;
    PAGING_ADDED "paging-added" Minor;
    PAGING_CHANGED "paging-changed" Minor "cursors that were saved may be refused";

    PARAMETER_REMOVED "parameter-removed" Breaking;
    PARAMETER_ADDED_REQUIRED "parameter-added-required" Breaking;
    PARAMETER_REQUIRED "parameter-required" Breaking;
    PARAMETER_OPTIONAL "parameter-optional" Breaking;
    PARAMETER_ADDED "parameter-added" Minor;

    FIELD_REMOVED "field-removed" Breaking;
    FIELD_ADDED_REQUIRED "field-added-required" Breaking;
    FIELD_REQUIRED "field-required" Breaking;
    FIELD_ADDED "field-added" Minor;
    FIELD_OPTIONAL "field-optional" Minor;

    TYPE_CHANGED "type-changed" Breaking;
    WIRE_NAME_CHANGED "wire-name-changed" Breaking;
    LIMIT_TIGHTER "limit-tighter" Breaking;
    ASK_NAME_CHANGED "ask-name-changed" Breaking;
    SELECTION_NARROWER "selection-narrower" Breaking;
    LIMIT_LOOSER "limit-looser" Minor;
    ASK_NAME_ADDED "ask-name-added" Minor;
    SELECTION_WIDER "selection-wider" Minor;
    SENSITIVE_ADDED "sensitive-added" Minor;
    SENSITIVE_REMOVED "sensitive-removed" Minor "the value now shows in Debug, logs and errors";
    SENSITIVE_CHANGED "sensitive-changed" Patch;
    CHECK_UNUSED "check-unused" Patch;
    DEFAULT_CHANGED "default-changed" Patch;
    FILLED_CHANGED "filled-changed" Patch;

    TYPE_REMOVED "type-removed" Breaking;
    TYPE_RENAMED "type-renamed" Breaking;
    TYPE_MOVED "type-moved" Breaking;
    TYPE_KIND_CHANGED "type-kind-changed" Breaking;
    LIST_KEY_CHANGED "list-key-changed" Breaking;
    TYPE_ADDED "type-added" Minor;

    VALUE_REMOVED "value-removed" Breaking;
    VALUE_RENAMED "value-renamed" Breaking;
    VALUE_WIRE_CHANGED "value-wire-changed" Breaking;
    VALUE_FORM_CHANGED "value-form-changed" Breaking;
    VALUE_ADDED "value-added" Minor;

    SUB_CODE_REMOVED "sub-code-removed" Breaking;
    SUB_CODE_RENAMED "sub-code-renamed" Breaking;
    SUB_CODE_ADDED "sub-code-added" Minor;
    RETRY_CHANGED "retry-changed" Minor;

    ENVIRONMENT_REMOVED "environment-removed" Breaking;
    ENVIRONMENT_ADDED "environment-added" Minor;
    ENVIRONMENT_URL "environment-url" Minor "calls go to another address";
    CODE_REMOVED "code-removed" Minor;
    CODE_ADDED "code-added" Minor;
    TIER_CHANGED "tier-changed" Minor;
    PLATFORM_FACT "platform-fact" Patch;

    DEPRECATED "deprecated" Minor;
    DEPRECATION_CHANGED "deprecation-changed" Patch;
    DOC_CHANGED "doc-changed" Patch;
    EXAMPLE_CHANGED "example-changed" Patch;
}
