//! Every method that has a spec is answered, in every format, with what its spec declares.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests")]

#[path = "../common/mod.rs"]
mod common;
mod declared;
mod line;
mod request;
mod xml;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{params, sandbox, sign};
use declared::{Form, Walk};
use line::Line;
use serde_json::Value;
use topsdk_codegen::load::load;
use topsdk_codegen::model::{Domain, Method, Spec};

/// Connections that call at the same time.
const LINES: usize = 4;
/// Complaints that are shown.
const SHOWN: usize = 40;

const FORMS: [(Form, &str, &str); 3] =
    [(Form::Json, "json", "false"), (Form::Simplified, "json", "true"), (Form::Xml, "xml", "false")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_in_every_format() {
    let spec = Arc::new(load(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/specs"))).spec);
    let count = every_method(&spec).len();
    assert!(count > 5_000, "{count}");
    let sandbox = sandbox().await;
    let tasks: Vec<_> = (0..LINES).map(|nth| tokio::spawn(call_some(sandbox.url(), Arc::clone(&spec), nth))).collect();
    let (mut called, mut complaints) = (0, Vec::new());
    for task in tasks {
        let (methods, some) = task.await.unwrap();
        called += methods;
        complaints.extend(some);
    }
    complaints.sort();
    let shown = complaints.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(complaints.is_empty(), "{} complaints\n{shown}", complaints.len());
    assert_eq!(called, count);
}

/// Calls every so manyeth method, from the `nth` on: how many these are, and what is wrong with their answers.
async fn call_some(url: String, spec: Arc<Spec>, nth: usize) -> (usize, Vec<String>) {
    let mut line = Line::open(&url).await;
    let (mut count, mut complaints) = (0, Vec::new());
    for (domain, method) in every_method(&spec).into_iter().skip(nth).step_by(LINES) {
        let name = method.name.value.as_str();
        // A made answer needs no more than the types; the shop has its own mind about parameters together.
        let whole = method.example.is_none().then(|| (FORMS[0], request::whole(domain, method)));
        let required = FORMS.map(|form| (form, request::required(domain, method)));
        for ((form, format, simplify), request) in required.into_iter().chain(whole) {
            let mut params = params(name, &[("format", format), ("simplify", simplify)]);
            params.extend(request.params);
            let answer = line.call(&sign(params, None), &request.files).await;
            let wrong = match answer {
                Ok((200, text)) => judge(domain, method, form, &text),
                Ok((status, text)) => vec![format!("status {status}: {text}")],
                Err(why) => vec![why],
            };
            complaints.extend(wrong.into_iter().map(|why| format!("{name} in {form:?}: {why}")));
        }
        count += 1;
    }
    (count, complaints)
}

fn every_method(spec: &Spec) -> Vec<(&Domain, &Method)> {
    spec.domains.iter().flat_map(|d| d.methods.iter().map(move |m| (d, m))).collect()
}

/// What is wrong with an answer.
fn judge(domain: &Domain, method: &Method, form: Form, text: &str) -> Vec<String> {
    let root = match form {
        Form::Xml => xml::parse(text),
        Form::Json | Form::Simplified => serde_json::from_str::<Value>(text).map_err(|e| e.to_string()),
    };
    let root = match root {
        Ok(Value::Object(members)) => members,
        Ok(_) => return vec!["no object".to_owned()],
        Err(why) => return vec![format!("{why}: {text}")],
    };
    if let Some(error) = root.get("error_response") {
        return if may_refuse(method, error) { Vec::new() } else { vec![format!("refused: {error}")] };
    }
    let members = if form == Form::Simplified {
        root
    } else {
        let wrapper = method.name.value.strip_prefix("taobao.").unwrap_or(&method.name.value).replace('.', "_");
        match root.into_iter().collect::<Vec<_>>().as_slice() {
            [(name, Value::Object(members))] if *name == wrapper + "_response" => members.clone(),
            other => return vec![format!("not the one wrapper: {other:?}")],
        }
    };
    // Examples and the shop's own answers need not have every field; made answers do.
    let mut walk = Walk::new(domain, method, form, method.example.is_none());
    walk.root(&members);
    walk.complaints
}

/// The shop refuses made-up ids, and misses one of several optional parameters; nothing else may refuse what the spec allows.
fn may_refuse(method: &Method, error: &Value) -> bool {
    let text = |key: &str| error[key].as_str().map_or_else(|| error[key].to_string(), str::to_owned);
    let sub = text("sub_code");
    let optional: BTreeSet<_> = method.request.iter().filter(|f| !f.required).map(|f| f.name.value.as_str()).collect();
    let stateful = method.example.is_some();
    stateful && (text("code") == "15" || sub.rsplit_once(':').is_some_and(|(_, name)| optional.contains(name)))
}
