//! `domain.yaml`.

use crate::diagnostics::domain_mismatch;
use crate::model::{At, Domain, Session};
use crate::yaml::Node;

use super::method::SESSION;
use super::reader::{Cx, Keys};

/// What a domain says for methods that do not say it themselves.
#[derive(Debug, Default)]
pub(super) struct Defaults {
    pub(super) session: Session,
}

/// A domain without its types and methods, and what it says for them. Its name is the folder's, whatever the file says.
pub(super) fn read(cx: &mut Cx<'_>, node: &Node, folder: &str) -> Option<(Domain, Defaults)> {
    let mut keys = Keys::open(cx, node, "domain.yaml")?;
    let name = At { value: folder.to_owned(), span: keys.span() };
    let name = match text(cx, &mut keys, "domain", folder) {
        Some(written) => {
            // Methods of one's own may lie in no folder.
            if !folder.is_empty() && written.value != folder {
                cx.report(domain_mismatch::new(written.span, &written.value, folder));
            }
            At { span: written.span, ..name }
        }
        None => name,
    };
    let title = text(cx, &mut keys, "title", "Trades").map(|title| title.value).unwrap_or_default();
    let title_zh = text(cx, &mut keys, "title_zh", "交易").map(|title| title.value).unwrap_or_default();
    let doc = keys.doc(cx, "doc");
    let core = keys.take(cx, "core").and_then(|node| cx.bool(node, "core")).unwrap_or(false);
    let crate_name =
        keys.take(cx, "crate").and_then(|node| Some(At { value: cx.text(node, "crate")?, span: cx.span(node) }));
    let tier = text(cx, &mut keys, "tier", "basic").unwrap_or_default();
    let session = keys.take(cx, "session").and_then(|node| cx.choice(node, "session", &SESSION));
    keys.close(cx);
    let defaults = Defaults { session: session.unwrap_or_default() };
    Some((Domain { name, title, title_zh, doc, core, crate_name, tier, ..Domain::default() }, defaults))
}

fn text(cx: &mut Cx<'_>, keys: &mut Keys<'_>, key: &'static str, sample: &str) -> Option<At<String>> {
    let node = keys.need(cx, key, sample)?;
    Some(At { value: cx.text(node, key)?, span: cx.span(node) })
}

/// A file to start from.
pub(super) fn sample(name: &str) -> String {
    format!(
        "domain: {name}\ntitle: ..\ntitle_zh: ..\ndoc: One sentence on what the domain covers.\ntier: basic\nsession: required"
    )
}
