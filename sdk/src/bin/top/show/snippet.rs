//! Code that calls a method, ready to be pasted.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use topsdk::catalog::{Field, Kind, Method, Shape};
use topsdk::model::Session;

/// The dependency, with the domain's feature where it is not on by default.
pub(super) fn manifest(method: &Method) -> String {
    let version = concat!(env!("CARGO_PKG_VERSION_MAJOR"), ".", env!("CARGO_PKG_VERSION_MINOR"));
    match method.domain().is_core() {
        true => format!("topsdk = \"{version}\""),
        false => format!("topsdk = {{ version = \"{version}\", features = [\"{}\"] }}", method.domain().name()),
    }
}

/// The request's type, such as `trade::TradeGet`.
pub(super) fn path(method: &Method) -> String {
    format!("{}::{}", method.domain().name(), request_type(method))
}

/// A function that makes the call.
pub(super) fn rust(method: &'static Method) -> String {
    let required = || method.parameters().iter().filter(|field| field.is_required());
    let arguments: Vec<String> = required().map(|field| argument(method, field)).collect();
    let session = match method.session() {
        Session::Required => ".with_session(session)",
        _ => "",
    };
    let mut imports = vec!["Client"];
    for (name, word) in [
        ("DateTime", "DateTime"),
        ("Decimal", "Decimal"),
        ("Fields", "Fields"),
        ("Money", "Money"),
        ("Upload", "Upload"),
    ] {
        if arguments.iter().any(|argument| argument.contains(word)) {
            imports.push(name);
        }
    }
    let imports = match imports.as_slice() {
        [one] => (*one).to_owned(),
        all => format!("{{{}}}", all.join(", ")),
    };
    let request = request_type(method);
    let arguments = match arguments.iter().map(String::len).sum::<usize>() {
        0..=60 => arguments.join(", "),
        _ => format!("\n        {},\n    ", arguments.join(",\n        ")),
    };
    // A date is read and a file opened: other errors than the SDK's own.
    let (import, error) = match arguments.contains(")?") {
        true => ("use std::error::Error;\n\n", "Box<dyn Error>"),
        false => ("", "topsdk::Error"),
    };
    let parameter = if session.is_empty() { "" } else { ", session: &str" };
    format!(
        "{import}use topsdk::{};\nuse topsdk::{imports};\n\n\
         async fn call(client: &Client{parameter}) -> Result<(), {error}> {{\n    \
         let request = {request}::new({arguments});\n    \
         let reply = client.call(request){session}.await?;\n    \
         println!(\"{{reply:?}}\");\n    \
         Ok(())\n}}\n",
        path(method)
    )
}

/// The call by this program.
pub(super) fn command(method: &'static Method) -> String {
    let required = method.parameters().iter().filter(|field| field.is_required());
    let words = required.map(|field| match field.ty().kind() {
        Kind::Bytes => format!(" --file {}=@PATH", field.name()),
        _ => format!(" {}=..", field.name()),
    });
    format!("top call {}{}", method.name(), words.collect::<String>())
}

/// The Rust type of the request.
fn request_type(method: &Method) -> String {
    camel(stem(method))
}

/// What the names of a method's types and module are made from.
fn stem(method: &Method) -> &'static str {
    method.name().strip_prefix("taobao.").unwrap_or(method.name())
}

/// A type's name by the generator's rule.
fn camel(name: &str) -> String {
    let words: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    words.to_upper_camel_case()
}

/// A value of the right type for a required parameter.
fn argument(method: &'static Method, field: &Field) -> String {
    let one = match field.ty().kind() {
        Kind::String => "\"..\"".to_owned(),
        Kind::I64 => "1".to_owned(),
        Kind::F64 => "1.0".to_owned(),
        Kind::Bool => "true".to_owned(),
        Kind::Money => "Money::from_fen(100)".to_owned(),
        Kind::Decimal => "Decimal::ONE".to_owned(),
        Kind::Date => "\"2026-01-05 10:00:00\".parse::<DateTime>()?".to_owned(),
        Kind::Json => "\"{}\"".to_owned(),
        Kind::Bytes => format!("Upload::open(\"{}\")?", field.name()),
        Kind::Fields(_) => "Fields::all()".to_owned(),
        _ => match method.type_of(field).map(|def| def.shape()) {
            Some(Shape::Enum { values, .. }) => {
                let value = values.first().map_or("..", |value| value.wire());
                format!("\"{value}\"{}", if field.ty().is_list() { "" } else { ".into()" })
            }
            _ => structure(method, field),
        },
    };
    if field.ty().is_list() { format!("[{one}]") } else { one }
}

/// An empty structure, by the path of its type: a method's own types are in its module.
fn structure(method: &'static Method, field: &Field) -> String {
    let Kind::Named(name) = field.ty().kind() else { return "Default::default()".to_owned() };
    let own = method.types().iter().any(|def| def.name() == name);
    let module = if own { format!("{}::", stem(method).to_snake_case()) } else { String::new() };
    format!("topsdk::{}::{module}{}::default()", method.domain().name(), camel(name))
}

#[cfg(test)]
mod tests {
    use topsdk::catalog;

    use super::*;

    /// The generator's own list of methods and request types.
    const METHODS: &str = include_str!("../../../../../docs/methods.md");

    #[test]
    fn requests_are_named_as_the_generator_names_them() {
        let rows = METHODS.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix("` |")?.split_once(" | `"));
        let rows: Vec<(&str, &str)> = rows.collect();
        assert!(rows.len() > 5000);
        for (name, expected) in rows {
            assert_eq!(path(catalog::get(name).unwrap()), expected, "{name}");
        }
    }
}
