//! The specs, ready for look-ups by method.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use topsdk_codegen::model::{Domain, EnumDef, Field, Method, Spec, TypeDef, TypeKind};

/// The spec files this crate was built with: path below `specs/`, text.
static FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/specs.rs"));

/// Loaded once, shared by every sandbox of the process.
static EMBEDDED: LazyLock<Arc<Catalogue>> = LazyLock::new(|| {
    let files = FILES.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
    Arc::new(Catalogue::new(topsdk_codegen::load::load_files(files).spec))
});

/// Every method that the gateway answers.
#[derive(Debug)]
pub(crate) struct Catalogue {
    spec: Spec,
    /// Method name to its places in the spec.
    index: HashMap<String, (usize, usize)>,
}

impl Catalogue {
    /// The specs of this build.
    pub(crate) fn embedded() -> Arc<Self> {
        Arc::clone(&EMBEDDED)
    }

    /// Indexes a spec.
    pub(crate) fn new(spec: Spec) -> Self {
        let index = spec
            .domains
            .iter()
            .enumerate()
            .flat_map(|(d, domain)| {
                domain.methods.iter().enumerate().map(move |(m, method)| (method.name.value.clone(), (d, m)))
            })
            .collect();
        Self { spec, index }
    }

    /// The method with this wire name.
    pub(crate) fn method(&self, name: &str) -> Option<Api<'_>> {
        let (d, m) = self.index.get(name)?;
        let domain = self.spec.domains.get(*d)?;
        Some(Api { domain, method: domain.methods.get(*m)? })
    }

    /// How many methods there are.
    pub(crate) fn len(&self) -> usize {
        self.index.len()
    }

    /// The platform's short name of an error code.
    pub(crate) fn error_name(&self, code: i64) -> &str {
        let known = self.spec.platform.errors.iter().find(|e| (e.first.value..=e.last).contains(&code));
        known.map_or("Unknown Error", |e| e.name.as_str())
    }
}

/// One method and where its types are declared.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Api<'a> {
    /// The domain, for shared types.
    pub(crate) domain: &'a Domain,
    /// The method.
    pub(crate) method: &'a Method,
}

impl<'a> Api<'a> {
    /// Wire name.
    pub(crate) fn name(self) -> &'a str {
        &self.method.name.value
    }

    /// A declared type.
    pub(crate) fn type_def(self, name: &str) -> Option<&'a TypeDef> {
        self.method.type_def(self.domain, name)
    }

    /// The fields of a declared structure.
    pub(crate) fn fields(self, name: &str) -> Option<&'a [Field]> {
        match &self.type_def(name)?.kind {
            TypeKind::Struct(fields) => Some(fields),
            TypeKind::Enum(_) => None,
        }
    }

    /// A declared enum.
    pub(crate) fn enumeration(self, name: &str) -> Option<&'a EnumDef> {
        match &self.type_def(name)?.kind {
            TypeKind::Enum(def) => Some(def),
            TypeKind::Struct(_) => None,
        }
    }
}
