//! The catalogue at run time: what is known about every method of the platform, whatever domains are compiled in.
//!
//! ```
//! use topsdk::catalog;
//! use topsdk::model::Effect;
//!
//! let method = catalog::get("taobao.trade.fullinfo.get").unwrap();
//! assert_eq!((method.domain().name(), method.effect()), ("trade", Effect::Read));
//! for parameter in method.parameters() {
//!     println!("{}: {}, {}", parameter.name(), parameter.ty(), parameter.doc().unwrap_or_default());
//! }
//!
//! let found = catalog::search("full trade", 5);
//! assert_eq!(found[0].method().name(), "taobao.trade.fullinfo.get");
//! ```
//!
//! Names and facts are the platform's; docs are this project's, in English, with the glossary's line, in English and Chinese,
//! for fields that nobody has described ([`Field::doc`], [`Field::term`]). A method that nobody has described has no
//! [`Method::summary`], and its effect is guessed from its name ([`Method::is_effect_guessed`]).
//!
//! The data lie in the program, deflated by domain. The first look-up reads the list of methods; what stands on a method is read
//! when it is first asked for, and kept. Nothing here fails: the data are part of the program, and tests compare all of
//! them with the specs.

mod field;
mod index;
mod method;
mod read;
mod search;
mod tree;
mod words;

pub use field::{EnumValue, Field, Kind, Shape, Type, TypeDef};
pub use index::{Domain, Term};
pub use method::{Method, Origin};
pub use search::{Hit, search};
pub use tree::{Node, Tree};

pub use crate::nearest::nearest;

use index::INDEX;

/// Every method, by name.
pub fn methods() -> impl ExactSizeIterator<Item = &'static Method> {
    INDEX.methods.iter()
}

/// The method with this wire name, such as `taobao.trade.get`.
#[must_use]
pub fn get(name: &str) -> Option<&'static Method> {
    let at = INDEX.methods.binary_search_by(|method| method.name().cmp(name)).ok()?;
    INDEX.methods.get(at)
}

/// The method whose name is nearest to one that is not there, if one is near enough to be what was meant.
#[must_use]
pub fn suggest(name: &str) -> Option<&'static Method> {
    get(nearest(name, methods().map(Method::name), 1).first()?)
}

/// Every domain, by name.
pub fn domains() -> impl ExactSizeIterator<Item = &'static Domain> {
    INDEX.domains.iter()
}

/// The domain with this name, which is that of its cargo feature.
#[must_use]
pub fn domain(name: &str) -> Option<&'static Domain> {
    domains().find(|domain| domain.name() == name)
}

/// What a field name means wherever it occurs, for the names in the glossary.
#[must_use]
pub fn term(name: &str) -> Option<&'static Term> {
    index::term(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_ups() {
        assert!(methods().len() > 5000 && domains().len() > 100);
        assert!(methods().is_sorted_by_key(Method::name) && domains().is_sorted_by_key(Domain::name));
        for method in methods() {
            assert_eq!(get(method.name()).map(Method::name), Some(method.name()));
        }
        for name in ["", "taobao.trade", "taobao.trade.get ", "Taobao.Trade.Get", "zzz"] {
            assert!(get(name).is_none(), "{name}");
        }
        assert_eq!(domain("trade").map(Domain::title), Some("Trades"));
        assert!(domain("").is_none());
        let of_domains: usize = domains().map(|domain| domain.methods().count()).sum();
        assert_eq!(of_domains, methods().len());
    }

    #[test]
    fn what_was_meant() {
        for (name, meant) in [
            ("taobao.trade.fullinfo.gte", Some("taobao.trade.fullinfo.get")),
            ("taobao.trade.fulinfo.get", Some("taobao.trade.fullinfo.get")),
            ("TAOBAO.TIME.GET", Some("taobao.time.get")),
            ("", None),
            ("something quite different", None),
        ] {
            assert_eq!(suggest(name).map(Method::name), meant, "{name}");
        }
    }

    #[test]
    fn the_glossary() {
        let term = term("tid").unwrap();
        assert!(term.en().ends_with('.') && term.zh().ends_with('。'));
        assert!(super::term("no_such_name").is_none());
    }
}
