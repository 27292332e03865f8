//! Look-ups by method, in the specs of this build or in those a program brings.

use std::collections::HashMap;
use std::sync::Arc;

use topsdk_codegen::model::{Domain, EnumDef, Field, Method, Platform, Spec, TypeDef, TypeKind};

use crate::embedded;

/// Every method that the gateway answers.
#[derive(Debug)]
pub(crate) enum Catalogue {
    /// The specs this crate was built with.
    Embedded,
    /// Others.
    Given {
        /// All of them.
        spec: Box<Spec>,
        /// Method name to its places in the spec.
        index: HashMap<String, (usize, usize)>,
    },
}

impl Catalogue {
    /// The specs of this build.
    pub(crate) fn embedded() -> Arc<Self> {
        Arc::new(Self::Embedded)
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
        Self::Given { spec: Box::new(spec), index }
    }

    /// The method with this wire name.
    pub(crate) fn method(&self, name: &str) -> Option<Api<'_>> {
        let (domain, method) = match self {
            Self::Embedded => embedded::method(name)?,
            Self::Given { spec, index } => {
                let (d, m) = index.get(name)?;
                let domain = spec.domains.get(*d)?;
                (domain, domain.methods.get(*m)?)
            }
        };
        Some(Api { domain, method })
    }

    /// How many methods there are.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Embedded => embedded::len(),
            Self::Given { index, .. } => index.len(),
        }
    }

    /// The platform's short name of an error code.
    pub(crate) fn error_name(&self, code: i64) -> &str {
        let known = self.platform().errors.iter().find(|e| (e.first.value..=e.last).contains(&code));
        known.map_or("Unknown Error", |e| e.name.as_str())
    }

    fn platform(&self) -> &Platform {
        match self {
            Self::Embedded => embedded::platform(),
            Self::Given { spec, .. } => &spec.platform,
        }
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
