//! What the tests share: specs, a sandbox, clients.

pub(crate) mod net;
pub(crate) mod redis;
pub(crate) mod values;
pub(crate) mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use topsdk::layer::Retry;
use topsdk::{Client, ClientBuilder, Credentials, Environment, MockTransport};
use topsdk_codegen::load::load;
use topsdk_codegen::model::Spec;
use topsdk_sandbox::Sandbox;
use topsdk_sandbox::fixtures::{APP_KEY, APP_SECRET, SESSION};

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The specs that people have described. What the import brought has no example, and so no typed sample; the sandbox's own
/// tests call all of it.
pub(crate) fn spec() -> &'static Spec {
    static SPEC: LazyLock<Spec> = LazyLock::new(|| {
        let mut spec = load(&root().join("specs")).spec;
        spec.domains.iter_mut().for_each(|domain| domain.methods.retain(|method| method.example.is_some()));
        spec.domains.retain(|domain| !domain.methods.is_empty());
        spec
    });
    &SPEC
}

/// A sandbox on a free port.
pub(crate) async fn sandbox() -> Sandbox {
    Sandbox::builder().start().await.unwrap()
}

/// A client of that sandbox, with its key, secret and session.
pub(crate) fn builder(sandbox: &Sandbox) -> ClientBuilder {
    let environment = Environment::custom(sandbox.rest_url());
    Client::builder(environment, Credentials::new(APP_KEY, APP_SECRET)).session(SESSION)
}

/// The same for tests of what a single attempt ends with.
pub(crate) fn single(sandbox: &Sandbox) -> ClientBuilder {
    builder(sandbox).retry(Retry::off())
}

/// The same with the other settings left as they are.
pub(crate) fn client(sandbox: &Sandbox) -> Client {
    builder(sandbox).build().unwrap()
}

/// A client without a network, that tries each call once.
pub(crate) fn offline(mock: &Arc<MockTransport>) -> ClientBuilder {
    let builder = Client::builder(Environment::Production, Credentials::new("12345678", "s3cr3t"));
    builder.session("s3ss10n").transport(Arc::clone(mock)).retry(Retry::off())
}
