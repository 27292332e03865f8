//! Every request that has a sensitive parameter or a file, each of them marked, and what must be in them by the specs.

use topsdk_codegen::model::{Domain, Field, Method, Scalar, Type, TypeKind};
use topsdk_codegen::naming;
use topsdk_e2e::{Marked, methods};

use super::marks::Marks;
use crate::support::spec;

/// The requests. [`parameters`] and [`uploads`] say whether a mark is forgotten.
pub(super) fn all(marks: &mut Marks) -> Vec<Box<dyn Marked>> {
    methods().filter_map(|method| (method.marked)(marks)).collect()
}

/// `method parameter` of every sensitive parameter in the specs that can hold a mark, at any depth, in Rust's names.
pub(super) fn parameters() -> Vec<String> {
    let mut found = Vec::new();
    for domain in &spec().domains {
        for method in &domain.methods {
            walk(domain, method, &method.request, "", &mut Vec::new(), &mut found);
        }
    }
    found.sort();
    found
}

fn walk<'a>(
    domain: &'a Domain,
    method: &'a Method,
    fields: &'a [Field],
    path: &str,
    inside: &mut Vec<&'a str>,
    found: &mut Vec<String>,
) {
    for field in fields {
        let path = format!("{path}{}", naming::field(&field.name.value));
        if let Type::Scalar(scalar) = field.ty.value.innermost() {
            let can_be_marked = !matches!(scalar, Scalar::Bool | Scalar::Date);
            found.extend((field.sensitive.is_some() && can_be_marked).then(|| format!("{} {path}", method.name.value)));
        } else if let Type::Named(name) = field.ty.value.innermost()
            && let Some(TypeKind::Struct(fields)) = method.type_def(domain, name).map(|def| &def.kind)
            && !inside.contains(&name.as_str())
        {
            inside.push(name);
            walk(domain, method, fields, &format!("{path}."), inside, found);
            inside.pop();
        }
    }
}

/// The methods with a file parameter.
pub(super) fn uploads() -> Vec<&'static str> {
    let has_file = |method: &&Method| method.request.iter().any(|f| f.ty.value == Type::Scalar(Scalar::Bytes));
    spec().domains.iter().flat_map(|d| &d.methods).filter(has_file).map(|m| m.name.value.as_str()).collect()
}
