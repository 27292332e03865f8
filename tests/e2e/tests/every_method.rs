//! Every method, called with its typed sample request over a real socket.

use topsdk::{Format, SignMethod};
use topsdk_e2e::methods;
use topsdk_sandbox::Sandbox;

use crate::support::{builder, spec};

/// Methods that make sense only after another one.
const AFTER: &[(&str, &str)] = &[("taobao.logistics.online.confirm", "taobao.logistics.online.send")];

/// Refusals that cannot be avoided, by method and sub code: no example can hold a token that is given out at run time.
const REFUSED: &[(&str, &str)] = &[("taobao.top.auth.token.refresh", "isv.invalid-parameter:refresh_token")];

#[test]
fn every_spec_has_a_sample() {
    let specs = spec().domains.iter().flat_map(|domain| &domain.methods).map(|method| method.name.value.as_str());
    let samples: Vec<_> = methods().map(|method| method.name).collect();
    assert_eq!(specs.collect::<Vec<_>>(), samples);
    assert!(samples.len() >= 83, "{}", samples.len());
}

#[tokio::test]
async fn every_form_and_signature() {
    let sandbox = Sandbox::builder().article_sign(true).start().await.unwrap();
    let forms = [(Format::Json, false), (Format::Json, true), (Format::Xml, false)];
    let signatures = [SignMethod::HmacSha256, SignMethod::Hmac, SignMethod::Md5, SignMethod::Article];
    // Each form with the default signature, and each other signature with one of the forms.
    let settings =
        forms.into_iter().map(|form| (form, signatures[0])).chain(signatures[1..].iter().map(|s| (forms[0], *s)));
    let mut wrong = Vec::new();
    for ((format, simplify), signature) in settings {
        let client = builder(&sandbox).format(format).simplify(simplify).sign_method(signature).build().unwrap();
        for method in methods() {
            sandbox.reset();
            let what = format!("{} {} {simplify} {signature}", method.name, format.as_str());
            if let Some((_, first)) = AFTER.iter().find(|(name, _)| *name == method.name) {
                (topsdk_e2e::method(first).unwrap().call)(&client).await.unwrap();
            }
            match (method.call)(&client).await {
                Ok(answer) => {
                    if !answer.drift.is_empty() || !answer.unknown.is_empty() {
                        wrong.push(format!("{what}: drift {:?}, unknown {:?}", answer.drift, answer.unknown));
                    }
                    if answer.request_id.is_none() {
                        wrong.push(format!("{what}: no request id"));
                    }
                }
                Err(error) if REFUSED.contains(&(method.name, error.sub_code().unwrap_or_default())) => {}
                Err(error) => wrong.push(format!("{what}: {error}")),
            }
            let record = sandbox.requests().pop().unwrap();
            if !record.notes.is_empty() {
                wrong.push(format!("{what}: {:?}", record.notes));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Two fields may be asked for by one name. All methods that select fields are described, so this goes over the whole catalogue.
#[test]
fn fields_are_asked_for_once() {
    let mut selections = 0;
    for method in methods() {
        let request = (method.request)();
        for select in request.shape().fields.iter().filter_map(|field| field.select) {
            let names = select.names();
            let mut once = names.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), names.len(), "{}: {names:?}", method.name);
            assert!(!names.is_empty(), "{}: Fields::all() asks for nothing", method.name);
            selections += 1;
        }
    }
    assert!(selections >= 40, "{selections}");
}
