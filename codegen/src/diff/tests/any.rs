//! Whatever is changed in the specs, the diff tells of it, and of nothing else.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;

use super::super::{Change, diff};
use crate::load::load_files;
use crate::model::{Field, Scalar, Sensitive, Spec, Type, TypeKind};

/// The real domain with the most shared types, and the platform.
static SPEC: LazyLock<Spec> = LazyLock::new(|| {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
    let read =
        |path: PathBuf| (path.strip_prefix(&specs).unwrap().to_path_buf(), std::fs::read_to_string(&path).unwrap());
    let trade = std::fs::read_dir(specs.join("trade")).unwrap().map(|entry| entry.unwrap().path());
    let loaded = load_files(trade.chain([specs.join("platform.yaml")]).map(read).collect());
    assert!(loaded.diagnostics.is_empty());
    loaded.spec
});

/// What is done to a field.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Edit {
    Remove,
    Rename,
    Type,
    Required,
    Limit,
    Doc,
    Sensitive,
    Deprecated,
    Default,
    AskAs,
}

const EDITS: [Edit; 10] = [
    Edit::Remove,
    Edit::Rename,
    Edit::Type,
    Edit::Required,
    Edit::Limit,
    Edit::Doc,
    Edit::Sensitive,
    Edit::Deprecated,
    Edit::Default,
    Edit::AskAs,
];

/// A list of fields with the heading and the place that its changes have.
type List<'a> = (String, String, &'a mut Vec<Field>);

fn lists(spec: &mut Spec) -> Vec<List<'_>> {
    let mut lists = Vec::new();
    for domain in &mut spec.domains {
        for def in &mut domain.types {
            if let TypeKind::Struct(fields) = &mut def.kind {
                lists.push((String::new(), def.name.value.clone(), fields));
            }
        }
        for method in &mut domain.methods {
            let name = &method.name.value;
            lists.push((name.clone(), "request".to_owned(), &mut method.request));
            lists.push((name.clone(), "response".to_owned(), &mut method.response));
            for def in &mut method.types {
                if let TypeKind::Struct(fields) = &mut def.kind {
                    lists.push((name.clone(), def.name.value.clone(), fields));
                }
            }
        }
    }
    lists.retain(|(_, _, fields)| !fields.is_empty());
    lists
}

/// Edits one field; the places that the diff has to name.
fn apply(fields: &mut Vec<Field>, at: Index, edit: Edit) -> Vec<String> {
    let at = at.index(fields.len());
    let field = &mut fields[at];
    let name = field.name.value.clone();
    match edit {
        Edit::Remove => {
            fields.remove(at);
        }
        Edit::Rename => {
            field.name.value = format!("{name}Renamed");
            return vec![name, field.name.value.clone()];
        }
        Edit::Type => {
            let other = Type::Scalar(Scalar::Bool);
            field.ty.value = if field.ty.value == other { Type::Scalar(Scalar::I64) } else { other };
        }
        Edit::Required => field.required = !field.required,
        Edit::Limit => field.limits.max = Some(field.limits.max.map_or(7, |max| max ^ 1)),
        Edit::Doc => field.doc = Some("Another sentence.".to_owned()),
        Edit::Sensitive => {
            let other = Some(Sensitive::Secret);
            field.sensitive = if field.sensitive == other { None } else { other };
        }
        Edit::Deprecated => field.deprecated = Some("Not any more.".to_owned()),
        Edit::Default => field.default = Some(serde_json::json!("another")),
        Edit::AskAs => {
            let name = field.ask_as.take().map(|at| at.value + "x");
            field.ask_as =
                Some(crate::model::At { value: name.unwrap_or_else(|| "asked".to_owned()), ..Default::default() });
        }
    }
    vec![name]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]

    #[test]
    fn every_edit_is_told(edits in prop::collection::vec((any::<Index>(), any::<Index>(), prop::sample::select(&EDITS)), 1..6)) {
        let mut edited = SPEC.clone();
        let mut touched: Vec<(String, String)> = Vec::new();
        for (list, field, edit) in edits {
            let mut lists = lists(&mut edited);
            let at = list.index(lists.len());
            let (method, place, fields) = &mut lists[at];
            // Two edits of one list could undo each other.
            if touched.iter().any(|(m, p)| m == method && p.split('.').next() == Some(place.as_str())) {
                continue;
            }
            touched.extend(apply(fields, field, edit).into_iter().map(|name| (method.clone(), format!("{place}.{name}"))));
        }
        let changes = diff(&SPEC, &edited).changes;
        for (method, place) in &touched {
            let told = |change: &Change| change.method == *method && change.place == *place && change.domain == "trade";
            prop_assert!(changes.iter().any(told), "{method} {place} is not among {changes:#?}");
        }
        // Selections and the order of arguments follow from fields; everything else is at a place that was touched.
        for change in &changes {
            let follows = ["selection-narrower", "selection-wider", "arguments-reordered", "list-key-changed"];
            let is_touched = touched.contains(&(change.method.clone(), change.place.clone()));
            let boxed = change.rule.id == "type-changed" && change.what.contains("boxed");
            prop_assert!(is_touched || boxed || follows.contains(&change.rule.id), "{change:#?} beside {touched:#?}");
        }
        prop_assert!(diff(&edited, &edited).changes.is_empty());
        // The other way round the same places are named.
        let back: Vec<_> = diff(&edited, &SPEC).changes.into_iter().map(|change| (change.method, change.place)).collect();
        for place in &touched {
            prop_assert!(back.contains(place), "{place:?} is not among {back:#?}");
        }
    }
}
