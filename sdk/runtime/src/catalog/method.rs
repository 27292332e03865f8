//! One method: its facts are read with the list of methods, everything else when it is first asked for.

use std::fmt;
use std::sync::OnceLock;

use crate::catalog::index::{Domain, INDEX};
use crate::catalog::read::{Details, US};
use crate::catalog::{Field, Kind, Tree, TypeDef};
use crate::methods;
use crate::model::{Effect, MethodInfo, Session, SubCode};

/// A method of the platform.
pub struct Method {
    name: &'static str,
    /// Its domain's place in the list.
    domain: usize,
    /// Its place in the domain's body.
    place: (usize, usize),
    /// A letter a fact; see the generator.
    facts: &'static str,
    doc_id: Option<i64>,
    summary: &'static str,
    details: OnceLock<Box<Details>>,
}

/// Where the facts of a method come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// The platform's catalogue.
    Catalogue,
    /// Older public SDKs; it is gone from today's catalogue.
    Legacy,
    /// The article that describes this system; it was never in the catalogue.
    Article,
}

impl Method {
    pub(super) fn new(domain: usize, start: usize, record: &'static str) -> Self {
        let mut parts = record.split(US);
        let mut next = || parts.next().unwrap_or_default();
        Self {
            name: next(),
            domain,
            place: (start, next().parse().unwrap_or(start)),
            facts: next(),
            doc_id: next().parse().ok(),
            summary: next(),
            details: OnceLock::new(),
        }
    }

    pub(super) fn end(&self) -> usize {
        self.place.1
    }

    /// Wire name, such as `taobao.trade.get`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The domain: its name is that of the cargo feature that brings the typed request.
    #[must_use]
    pub fn domain(&self) -> &'static Domain {
        // The two lists are made together.
        &INDEX.domains[self.domain]
    }

    /// Number of its page on the platform's documentation centre.
    #[must_use]
    pub fn doc_id(&self) -> Option<i64> {
        self.doc_id
    }

    /// Its page on the platform's documentation centre.
    #[must_use]
    pub fn page_url(&self) -> Option<String> {
        self.doc_id.map(|id| format!("https://open.taobao.com/api.htm?docId={id}&docType=2"))
    }

    /// What calling it twice does.
    #[must_use]
    pub fn effect(&self) -> Effect {
        match self.facts.get(1..2) {
            Some("r") => Effect::Read,
            Some("i") => Effect::Idempotent,
            _ => Effect::Write,
        }
    }

    /// Whether a user's token is needed.
    #[must_use]
    pub fn session(&self) -> Session {
        match self.facts.get(..1) {
            Some("R") => Session::Required,
            Some("N") => Session::None,
            _ => Session::Optional,
        }
    }

    /// Where its facts come from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        match self.facts.get(2..3) {
            Some("l") => Origin::Legacy,
            Some("a") => Origin::Article,
            _ => Origin::Catalogue,
        }
    }

    /// Whether [`effect`](Self::effect) was only guessed, from the verbs in the name.
    #[must_use]
    pub fn is_effect_guessed(&self) -> bool {
        self.facts.contains('E')
    }

    /// Whether the need of a session is not known; [`session`](Self::session) is then [`Session::Optional`].
    #[must_use]
    pub fn is_session_guessed(&self) -> bool {
        self.facts.contains('S')
    }

    /// Whether no person has confirmed [`paging`](Self::paging).
    #[must_use]
    pub fn is_paging_guessed(&self) -> bool {
        self.facts.contains('P')
    }

    /// Whether it should not be used any more; [`deprecated`](Self::deprecated) has the reason.
    #[must_use]
    pub fn is_deprecated(&self) -> bool {
        self.facts.contains('D')
    }

    /// What it does, one sentence in English; none where nobody has described the method.
    #[must_use]
    pub fn summary(&self) -> Option<&'static str> {
        Some(self.summary).filter(|summary| !summary.is_empty())
    }

    /// More paragraphs, in Markdown.
    #[must_use]
    pub fn description(&'static self) -> Option<&'static str> {
        self.details().description
    }

    /// Why it should not be used any more, and what to use instead.
    #[must_use]
    pub fn deprecated(&'static self) -> Option<&'static str> {
        self.details().deprecated
    }

    /// How its answers make one list, in the words of a spec, such as `page page_no, size page_size, total total_results, items trades`.
    #[must_use]
    pub fn paging(&'static self) -> Option<&'static str> {
        self.details().rules[0]
    }

    /// The parameter by whose list one call may be made as several.
    #[must_use]
    pub fn split(&'static self) -> Option<&'static str> {
        self.details().rules[1]
    }

    /// For how long a client with a cache keeps an answer, and its tags, such as `60 s, item:num_iid`.
    #[must_use]
    pub fn cache(&'static self) -> Option<&'static str> {
        self.details().rules[2]
    }

    /// The tags of the answers that it makes old, with blanks between.
    #[must_use]
    pub fn invalidates(&'static self) -> Option<&'static str> {
        self.details().rules[3]
    }

    /// Its parameters, without those that every call has.
    #[must_use]
    pub fn parameters(&'static self) -> &'static [Field] {
        &self.details().parameters
    }

    /// The parameter with this wire name.
    #[must_use]
    pub fn parameter(&'static self, name: &str) -> Option<&'static Field> {
        self.parameters().iter().find(|field| field.name() == name)
    }

    /// The fields of its answer.
    #[must_use]
    pub fn response(&'static self) -> &'static [Field] {
        &self.details().response
    }

    /// The types that are its own; others are [`Domain::types`].
    #[must_use]
    pub fn types(&'static self) -> &'static [TypeDef] {
        &self.details().types
    }

    /// A type by the name that its fields use: its own, else one that the domain's methods share.
    #[must_use]
    pub fn type_def(&'static self, name: &str) -> Option<&'static TypeDef> {
        let own = self.types().iter().find(|def| def.name() == name);
        own.or_else(|| self.domain().types().iter().find(|def| def.name() == name))
    }

    /// The declaration of a field's type, or of its elements'; none for built-in types.
    #[must_use]
    pub fn type_of(&'static self, field: &Field) -> Option<&'static TypeDef> {
        match field.ty().kind() {
            Kind::Named(name) | Kind::Fields(name) => self.type_def(name),
            _ => None,
        }
    }

    /// Its parameters with everything inside them, depth first.
    #[must_use]
    pub fn parameter_tree(&'static self) -> Tree {
        Tree::new(self, self.parameters())
    }

    /// Its answer's fields with everything inside them, depth first. Of a shared type only what this method fills is shown.
    #[must_use]
    pub fn response_tree(&'static self) -> Tree {
        Tree::new(self, self.response())
    }

    /// Its own sub codes. Those that any method may answer are told by
    /// [`explain_sub_code`](crate::error::explain_sub_code).
    #[must_use]
    pub fn errors(&'static self) -> &'static [SubCode] {
        &self.details().errors
    }

    /// The facts that a call goes by, as a typed request has them.
    pub(crate) fn info(&'static self) -> &'static MethodInfo {
        let info = || {
            let info = MethodInfo::new(self.name).session(self.session()).effect(self.effect());
            let info = info.tier(self.domain().tier()).errors(self.errors());
            MethodInfo { cache: methods::cache_rule(self.name), ..info.invalidates(methods::invalidates(self.name)) }
        };
        self.details().info.get_or_init(info)
    }

    fn details(&'static self) -> &'static Details {
        let (start, end) = self.place;
        self.details.get_or_init(|| Box::new(Details::read(self.domain().text(start, end))))
    }
}

impl fmt::Debug for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Method").field("name", &self.name).finish_non_exhaustive()
    }
}
