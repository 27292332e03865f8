//! Which names a structure may have, best first, and which are still free.

use std::collections::HashSet;

use heck::ToUpperCamelCase;

use crate::naming;

use super::write;

/// Names that are taken, as Rust sees them.
#[derive(Debug, Clone, Default)]
pub struct Taken(HashSet<String>);

impl Taken {
    /// Takes a type's name.
    pub fn add(&mut self, name: &str) {
        self.0.insert(naming::ty(name));
    }

    /// Takes what is generated for a method.
    pub fn add_method(&mut self, method: &str) {
        let rust = naming::method_type(method);
        self.0.extend(["", "Response", "Error"].map(|suffix| format!("{rust}{suffix}")));
    }

    /// Takes what others have taken.
    pub fn extend(&mut self, others: &Taken) {
        self.0.extend(others.0.iter().cloned());
    }

    /// Whether the name may still be given.
    #[must_use]
    pub fn is_free(&self, name: &str) -> bool {
        !self.0.contains(&naming::ty(name))
    }

    /// Takes and returns the first free of some names; when none is, the last with a number.
    pub fn choose(&mut self, candidates: &[String]) -> String {
        let free = candidates.iter().find(|name| self.is_free(name)).cloned();
        let last = candidates.last().map_or("Part", String::as_str);
        let name = free.unwrap_or_else(|| {
            let numbered = (2..).map(|number| format!("{last}{number}")).find(|name| self.is_free(name));
            // The numbers do not run out.
            numbered.unwrap_or_default()
        });
        self.add(&name);
        name
    }
}

/// The official name, made legal where it is not.
#[must_use]
pub fn plain(wire: &str) -> String {
    let legal = wire.starts_with(|c: char| c.is_ascii_uppercase())
        && wire.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if legal { guarded(wire) } else { guarded(&camel(wire)) }
}

/// Names for a type of one method. `path` leads to it, such as `response.result.orders`; `alone`: no other structure of the
/// method has this official name.
#[must_use]
pub fn own(wire: &str, alone: bool, method: &str, path: &str) -> Vec<String> {
    let plain = plain(wire);
    let parts: Vec<String> = path.split('.').skip(1).map(camel).collect();
    let mut names = Vec::new();
    if alone || parts.len() < 2 {
        names.push(plain.clone());
    }
    // Named by the path, from the nearest part outwards: OrderResult, TradeOrderResult.
    let around = parts.split_last().map_or(&parts[..], |(_, around)| around);
    for from in (0..around.len()).rev() {
        names.push(joined(&around[from..].concat(), &plain));
    }
    if let Some(field) = parts.last() {
        names.push(joined(field, &plain));
    }
    names.push(joined(&tail(&segments(method)), &plain));
    finished(names, plain)
}

/// Names for a type that several methods share. `usual`: most structures of this official name in the domain have this shape.
#[must_use]
pub fn shared(wire: &str, usual: bool, methods: &[&str], path: &str) -> Vec<String> {
    let plain = plain(wire);
    let mut names = Vec::new();
    if usual {
        names.push(plain.clone());
    }
    let split: Vec<Vec<&str>> = methods.iter().map(|method| segments(method)).collect();
    let first = split.first().map_or(&[][..], Vec::as_slice);
    let common = (0..first.len()).take_while(|&i| split.iter().all(|parts| parts.get(i) == first.get(i))).count();
    // The first part alone is the vendor, which tells nothing.
    if common > 1 {
        names.push(joined(&tail(&first[..common]), &plain));
    }
    let parts: Vec<String> = path.split('.').skip(1).map(camel).collect();
    if let [.., around, _] = &parts[..] {
        names.push(joined(around, &plain));
    }
    names.push(joined(&tail(first), &plain));
    finished(names, plain)
}

/// Short ones only, each once; the last is what numbers are put to.
fn finished(names: Vec<String>, plain: String) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        if name.len() <= MAX_NAME && !kept.contains(&name) {
            kept.push(name);
        }
    }
    kept.push(plain);
    kept
}

/// Longest name worth giving.
const MAX_NAME: usize = 60;

/// A method's parts without vendor prefix and verbs that all share.
fn segments(method: &str) -> Vec<&str> {
    naming::method_stem(method).split('.').collect()
}

/// The last two parts.
fn tail(parts: &[&str]) -> String {
    parts[parts.len().saturating_sub(2)..].iter().map(|part| camel(part)).collect()
}

/// `Order` and `Result` to `OrderResult`; `OrderResult` and `Result` stay as they are.
fn joined(before: &str, name: &str) -> String {
    if before.ends_with(name) { guarded(before) } else { guarded(&format!("{before}{name}")) }
}

/// Types begin with a letter, and are no word that YAML reads as something else than text.
fn guarded(name: &str) -> String {
    let fine = name.starts_with(|c: char| c.is_ascii_uppercase()) && !write::is_yaml_word(name);
    if fine { name.to_owned() } else { format!("Type{name}") }
}

fn camel(text: &str) -> String {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    ascii.to_upper_camel_case()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names() {
        // (official name, alone, path, first choices)
        let table: [(&str, bool, &str, &[&str]); 6] = [
            ("Order", true, "response.result.orders", &["Order", "ResultOrder", "OrdersOrder"]),
            ("Result", false, "response.order.result", &["OrderResult", "Result"]),
            ("Result", false, "response.result", &["Result", "TradeGetResult"]),
            ("null", true, "request.list", &["TypeNull", "ListTypeNull"]),
            ("3d-Model", true, "request.model", &["Type3dModel"]),
            ("Data", false, "response.a.b.c", &["BData", "ABData", "CData"]),
        ];
        for (wire, alone, path, expected) in table {
            let names = own(wire, alone, "taobao.trade.get", path);
            let found: Vec<&str> = names.iter().map(String::as_str).take(expected.len()).collect();
            assert_eq!(found, expected, "{wire} at {path}: {names:?}");
        }
    }

    #[test]
    fn shared_names() {
        let methods = ["alibaba.wdk.item.query", "alibaba.wdk.item.sku.query"];
        assert_eq!(shared("Result", true, &methods, "response.result")[0], "Result");
        assert_eq!(shared("Result", false, &methods, "response.result")[0], "WdkItemResult");
        let methods = ["alibaba.a.get", "tmall.b.get"];
        assert_eq!(shared("Result", false, &methods, "response.model.data")[0], "ModelResult");
    }

    #[test]
    fn the_first_free_name_else_a_number() {
        let mut taken = Taken::default();
        taken.add_method("taobao.trade.get");
        let name = |taken: &mut Taken| taken.choose(&["TradeGetResponse".to_owned(), "SkuDTO".to_owned()]);
        assert_eq!(name(&mut taken), "SkuDTO");
        // SkuDto would be the same in Rust.
        assert!(!taken.is_free("SkuDto"));
        assert_eq!(name(&mut taken), "SkuDTO2");
        assert_eq!(name(&mut taken), "SkuDTO3");
    }
}
