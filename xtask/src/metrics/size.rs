//! How much there is: specs, and lines of generated code.

use std::collections::BTreeMap;

use topsdk_codegen::emit;
use topsdk_codegen::model::{Spec, TypeDef, TypeKind};

use super::cost::middle;
use super::table::{Row, Unit};

/// Counts of specs and of generated lines.
pub(super) fn rows(spec: &Spec) -> Result<Vec<Row>, String> {
    let methods = || spec.domains.iter().flat_map(|domain| &domain.methods);
    let types = || spec.domains.iter().flat_map(|d| d.types.iter().chain(d.methods.iter().flat_map(|m| &m.types)));
    let parameters: usize = methods().map(|method| method.request.len()).sum();
    let fields: usize =
        methods().map(|method| method.response.len()).sum::<usize>() + types().map(members).sum::<usize>();

    let mut generated = emit::emit(spec).map_err(|e| e.to_string())?;
    // Manifests and lists are no code.
    generated.retain(|path, _| path.ends_with(".rs"));
    let samples = emit::samples(spec).map_err(|e| e.to_string())?;
    let lines = method_lines(&generated);
    let largest = generated.values().chain(samples.values()).map(|text| text.lines().count()).max();

    let catalogue: usize = emit::catalog(spec).values().map(Vec::len).sum();

    let count = |what, number: usize| Row::new(what, number as f64, Unit::Count);
    let line = |what, number: usize| Row::new(what, number as f64, Unit::Lines);
    Ok(vec![
        count("specs: domains", spec.domains.len()),
        count("specs: methods", methods().count()),
        count("specs: parameters", parameters),
        count("specs: response fields and those of types", fields),
        line("generated code", generated.values().map(|text| text.lines().count()).sum()),
        line("generated file of a method, median", middle(lines.clone()).unwrap_or_default()).between(40.0, 120.0),
        line("generated file of a method, largest", lines.into_iter().max().unwrap_or_default()),
        line("generated file of any kind, largest", largest.unwrap_or_default()).at_most(1500.0),
        Row::new("catalogue in a program", catalogue as f64 / 1000.0, Unit::Kilobytes).at_most(2000.0),
    ])
}

/// Fields of a structure; an enum has none.
fn members(ty: &TypeDef) -> usize {
    match &ty.kind {
        TypeKind::Struct(fields) => fields.len(),
        TypeKind::Enum(_) => 0,
    }
}

/// Lines of each method's own file: `<method>.rs`.
fn method_lines(files: &BTreeMap<String, String>) -> Vec<usize> {
    const OTHERS: [&str; 5] = ["lib.rs", "mod.rs", "platform_errors.rs", "platform_tables.rs", "types.rs"];
    let own = |path: &str| {
        path.rsplit_once('/').is_some_and(|(folder, file)| !OTHERS.contains(&file) && !folder.ends_with("/types"))
    };
    files.iter().filter(|(path, _)| own(path)).map(|(_, text)| text.lines().count()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_methods_count() {
        let paths = [
            "src/generated/mod.rs",
            "runtime/src/generated/platform_tables.rs",
            "src/generated/trade/mod.rs",
            "src/generated/trade/types.rs",
            "src/generated/item/types/a.rs",
            "src/generated/trade/trade_get.rs",
            "domains/travel/src/lib.rs",
            "domains/travel/src/bus/bus_line_get.rs",
        ];
        let files = paths.iter().enumerate().map(|(at, path)| ((*path).to_owned(), "x\n".repeat(at))).collect();
        assert_eq!(method_lines(&files), [7, 5]);
    }
}
