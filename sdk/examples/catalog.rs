//! Finds methods by words, or tells about one, without a network:
//! `cargo run -p topsdk --features catalog --example catalog -- trade memo`.

use topsdk::catalog::{self, Method, Tree};

fn main() {
    let words = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    match catalog::get(&words) {
        Some(method) => show(method),
        None if words.is_empty() => println!("{} methods; give some words, or a name", catalog::methods().len()),
        None => find(&words),
    }
}

fn find(words: &str) {
    for hit in catalog::search(words, 10) {
        let method = hit.method();
        println!("{:<45} {:<10} {}", method.name(), method.domain().name(), method.summary().unwrap_or_default());
    }
}

fn show(method: &'static Method) {
    println!("{}: {}", method.name(), method.summary().unwrap_or("nobody has described it yet"));
    println!("feature {}, {:?}, session {:?}", method.domain().name(), method.effect(), method.session());
    tree("Parameters", method.parameter_tree());
    tree("Answer", method.response_tree());
    for error in method.errors() {
        println!("{}: {} {}", error.code, error.remedy.means, error.remedy.fix);
    }
    println!("{}", method.page_url().unwrap_or_default());
}

fn tree(title: &str, nodes: Tree) {
    println!("\n{title}");
    for node in nodes {
        let field = node.field;
        let need = if field.is_required() { ", required" } else { "" };
        let chinese = field.term().map(|term| term.zh()).unwrap_or_default();
        let indent = "  ".repeat(node.depth + 1);
        println!("{indent}{}: {}{need}. {} {chinese}", field.name(), field.ty(), field.doc().unwrap_or_default());
    }
}
