//! Method files.

use std::path::Path;

use crate::diagnostics::example_missing;
use crate::model::{At, CacheRule, Effect, Guess, Method, Origin, Session, Source, Span};
use crate::yaml::Node;

use super::domain::Defaults;
use super::reader::{Cx, Keys};
use super::{errors, example, field, paging, types};

/// The words of `session`.
pub(super) const SESSION: [(&str, Session); 3] =
    [("required", Session::Required), ("optional", Session::Optional), ("none", Session::None)];
const EFFECT: [(&str, Effect); 3] =
    [("read", Effect::Read), ("idempotent", Effect::Idempotent), ("write", Effect::Write)];
const ORIGIN: [(&str, Origin); 3] =
    [("catalogue", Origin::Catalogue), ("legacy", Origin::Legacy), ("article", Origin::Article)];
const GUESSED: [(&str, Guess); 3] = [("effect", Guess::Effect), ("session", Guess::Session), ("paging", Guess::Paging)];
/// The words of `from`.
const FORMATS: [(&str, &str); 2] = [("doc-center", "doc-center"), ("api-metadata", "api-metadata")];

/// A method; `None` when the file is no map at all. A method without a name is taken to be what the file is named after.
pub(super) fn read(cx: &mut Cx<'_>, node: &Node, path: &Path, defaults: &Defaults) -> Option<Method> {
    let mut keys = Keys::open(cx, node, "the method")?;
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let start = Span { file: cx.file, start: 0, end: 0 };
    let name = keys
        .need(cx, "method", &stem)
        .and_then(|node| Some(At { value: cx.text(node, "method")?, span: cx.span(node) }))
        .unwrap_or(At { value: stem, span: start });
    let doc_id = keys.take(cx, "doc_id").and_then(|node| cx.int(node, "doc_id"));
    let source = keys.take(cx, "source").and_then(|node| read_source(cx, node));
    let guessed = keys.take(cx, "guessed").map(|node| read_guessed(cx, node)).unwrap_or_default();
    // What the import wrote waits for a person to describe it.
    let imported = source.as_ref().is_some_and(|source| source.body.is_some());
    let summary = if imported {
        keys.take(cx, "summary").and_then(|node| cx.sentence(node, "summary")).unwrap_or_default()
    } else {
        keys.doc(cx, "summary")
    };
    let description = keys.take(cx, "description").and_then(|node| cx.text(node, "description"));
    let origin = keys.take(cx, "origin").and_then(|node| cx.choice(node, "origin", &ORIGIN)).unwrap_or_default();
    // The domain's default is what most of its methods need. Where nobody has confirmed it, a client must not refuse a call.
    let usual = if guessed.contains(&Guess::Session) { Session::Optional } else { defaults.session };
    let session = keys.take(cx, "session").and_then(|node| cx.choice(node, "session", &SESSION)).unwrap_or(usual);
    let effect =
        keys.need(cx, "effect", "read").and_then(|node| cx.choice(node, "effect", &EFFECT)).unwrap_or_default();
    // Nor may it repeat a write that only by its name looks as if repeating did no harm.
    let effect = if guessed.contains(&Guess::Effect) && effect == Effect::Idempotent { Effect::Write } else { effect };
    let deprecated = keys.take(cx, "deprecated").and_then(|node| cx.sentence(node, "deprecated"));
    let split =
        keys.take(cx, "split").and_then(|node| Some(At { value: cx.text(node, "split")?, span: cx.span(node) }));
    let cache = keys.take(cx, "cache").and_then(|node| read_cache(cx, node));
    let invalidates = keys.take(cx, "invalidates").map(|node| read_tags(cx, node, "invalidates")).unwrap_or_default();
    let paging = keys.take(cx, "paging").and_then(|node| paging::read(cx, node));
    let request = keys.take_any("request").map(|node| field::read_all(cx, node, "`request`")).unwrap_or_default();
    let response = keys.take_any("response").map(|node| field::read_all(cx, node, "`response`")).unwrap_or_default();
    let types = keys.take_any("types").map(|node| types::read_all(cx, node)).unwrap_or_default();
    let errors = keys.take_any("errors").map(|node| errors::read_all(cx, node, "`errors`", false)).unwrap_or_default();
    let example = match keys.take_any("example") {
        Some(node) if node.noun() != "nothing" => example::read(cx, node),
        _ if imported => None,
        _ => {
            cx.report(example_missing::new(keys.key_span("example").unwrap_or(name.span)));
            None
        }
    };
    keys.close(cx);
    let file = path.to_path_buf();
    Some(Method {
        file,
        name,
        doc_id: doc_id.or(source.as_ref().and_then(|source| source.id)),
        source,
        guessed,
        summary,
        description,
        origin,
        session,
        effect,
        deprecated,
        split,
        cache,
        invalidates,
        paging,
        request,
        response,
        types,
        errors,
        example,
    })
}

/// Where the facts were imported from.
fn read_source(cx: &mut Cx<'_>, node: &Node) -> Option<Source> {
    let mut keys = Keys::open(cx, node, "`source`")?;
    let from = keys.need(cx, "from", "doc-center").and_then(|node| cx.choice(node, "from", &FORMATS));
    let id = keys.take(cx, "id").and_then(|node| cx.int(node, "id"));
    let group = keys.take(cx, "group").and_then(|node| cx.text(node, "group"));
    let hash = keys.need(cx, "hash", "..").and_then(|node| cx.text(node, "hash"));
    let body = keys.take(cx, "body").and_then(|node| cx.text(node, "body"));
    keys.close(cx);
    Some(Source { from: from?.to_owned(), id, group, hash: hash?, body })
}

fn read_cache(cx: &mut Cx<'_>, node: &Node) -> Option<CacheRule> {
    let mut keys = Keys::open(cx, node, "`cache`")?;
    let ttl = keys.need(cx, "ttl", "60");
    let ttl = ttl.and_then(|node| Some(At { value: cx.int(node, "ttl")?, span: cx.span(node) }));
    let tags = keys.take(cx, "tags").map(|node| read_tags(cx, node, "tags")).unwrap_or_default();
    keys.close(cx);
    Some(CacheRule { ttl: ttl?, tags })
}

/// The tags of a cached answer.
pub(super) fn read_tags(cx: &mut Cx<'_>, node: &Node, key: &str) -> Vec<At<String>> {
    let mut tags = Vec::new();
    for item in cx.items(node, key) {
        tags.extend(cx.text(item, key).map(|value| At { value, span: cx.span(item) }));
    }
    tags
}

fn read_guessed(cx: &mut Cx<'_>, node: &Node) -> Vec<Guess> {
    let mut guessed = Vec::new();
    for item in cx.items(node, "guessed") {
        guessed.extend(cx.choice(item, "guessed", &GUESSED));
    }
    guessed
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::load::load_files;
    use crate::model::{Effect, Session};

    /// What nobody has confirmed is taken as what does least harm.
    #[test]
    fn guesses_are_read_with_care() {
        let table = [
            ("[]", "read", Effect::Read, Session::Required),
            ("[]", "idempotent", Effect::Idempotent, Session::Required),
            ("[effect]", "read", Effect::Read, Session::Required),
            ("[effect]", "idempotent", Effect::Write, Session::Required),
            ("[effect]", "write", Effect::Write, Session::Required),
            ("[session]", "idempotent", Effect::Idempotent, Session::Optional),
        ];
        for (guessed, written, effect, session) in table {
            let text = format!("method: taobao.trade.get\nguessed: {guessed}\neffect: {written}\n");
            let domain = "domain: trade\nsession: required\n";
            let files = [("trade/domain.yaml", domain), ("trade/taobao.trade.get.yaml", &text)];
            let files = files.map(|(path, text)| (PathBuf::from(path), text.to_owned()));
            let method = &load_files(files.into()).spec.domains[0].methods[0];
            assert_eq!((method.effect, method.session), (effect, session), "{guessed} {written}");
        }
    }
}
