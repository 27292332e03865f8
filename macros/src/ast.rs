//! A typed view over the input.

use proc_macro2::Ident;
use syn::ext::IdentExt as _;
use syn::{Attribute, Data, DeriveInput, LitStr, Type, Visibility};

use crate::attr::{self, FieldAttrs, RequestAttrs};
use crate::errors::Errors;
use crate::ty::{FieldType, Holder};
use crate::valid;

/// The input of `Model`.
pub(crate) struct Model<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) fields: Vec<Field<'a>>,
}

/// The input of `Request`.
pub(crate) struct Request<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) vis: &'a Visibility,
    pub(crate) attrs: RequestAttrs,
    pub(crate) fields: Vec<Field<'a>>,
}

/// A named field.
pub(crate) struct Field<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) parts: FieldType<'a>,
    pub(crate) attrs: FieldAttrs,
    /// Name on the wire.
    pub(crate) wire: String,
    pub(crate) docs: Vec<&'a Attribute>,
    pub(crate) deprecated: Option<&'a Attribute>,
}

/// The input of `OpenEnum`.
pub(crate) struct OpenEnum<'a> {
    pub(crate) ident: &'a Ident,
    /// Whether the values are numbers on the wire.
    pub(crate) integer: bool,
    pub(crate) variants: Vec<Variant<'a>>,
    /// The variant that keeps unlisted values.
    pub(crate) other: &'a Ident,
}

/// A variant with a value.
pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) value: LitStr,
}

impl<'a> Model<'a> {
    /// Reads what can be read and reports the rest; `None` if the item has not the form of a record.
    pub(crate) fn read(input: &'a DeriveInput, errors: &mut Errors) -> Option<Self> {
        attr::model(&input.attrs, errors);
        let fields = fields(input, "Model", errors)?;
        let model = Self { ident: &input.ident, fields };
        valid::fields(&model.fields, errors);
        Some(model)
    }
}

impl<'a> Request<'a> {
    /// Reads what can be read and reports the rest; `None` if the item has not the form of a record.
    pub(crate) fn read(input: &'a DeriveInput, errors: &mut Errors) -> Option<Self> {
        let fields = fields(input, "Request", errors)?;
        let attrs = attr::request(&input.attrs, errors);
        let request = Self { ident: &input.ident, vis: &input.vis, attrs, fields };
        valid::request(&request, errors);
        valid::fields(&request.fields, errors);
        Some(request)
    }
}

impl<'a> OpenEnum<'a> {
    /// Reads an enum; `None` after reporting what is wrong.
    pub(crate) fn read(input: &'a DeriveInput, errors: &mut Errors) -> Option<Self> {
        let integer = attr::open_enum(&input.attrs, errors);
        let (listed, other) = valid::open_enum(input, errors)?;
        let mut variants = Vec::with_capacity(listed.len());
        for variant in listed {
            let read = attr::variant(&variant.attrs, errors);
            if let Some(value) = valid::value(variant, read, integer, errors) {
                variants.push(Variant { ident: &variant.ident, value });
            }
        }
        valid::distinct(variants.iter().map(|v| (v.value.value(), &v.value)), "value of another variant", errors);
        errors.is_empty().then_some(Self { ident: &input.ident, integer, variants, other })
    }
}

impl Field<'_> {
    /// The longest list, where the field is one and has a limit.
    pub(crate) fn max_items(&self) -> Option<i64> {
        let limit = self.attrs.limits.iter().find(|limit| limit.key == "max_items");
        limit.filter(|_| self.parts.holder == Holder::List).map(|limit| limit.value)
    }

    /// Whether a call must have it.
    pub(crate) fn required(&self) -> bool {
        self.parts.holder == Holder::Bare || (self.parts.holder == Holder::List && self.attrs.required.is_some())
    }
}

fn fields<'a>(input: &'a DeriveInput, derive: &str, errors: &mut Errors) -> Option<Vec<Field<'a>>> {
    let named = valid::record(input, derive, errors)?;
    let read = |field: &'a syn::Field| {
        let ident = field.ident.as_ref()?;
        let attrs = attr::field(&field.attrs, derive == "Request", errors);
        let wire = attrs.name.as_ref().map_or_else(|| ident.unraw().to_string(), LitStr::value);
        Some(Field {
            ident,
            ty: &field.ty,
            parts: FieldType::read(&field.ty),
            attrs,
            wire,
            docs: field.attrs.iter().filter(|a| a.path().is_ident("doc")).collect(),
            deprecated: deprecated(&field.attrs),
        })
    };
    Some(named.named.iter().filter_map(read).collect())
}

fn deprecated(attrs: &[Attribute]) -> Option<&Attribute> {
    attrs.iter().find(|a| a.path().is_ident("deprecated"))
}

/// Whether the item or a part of it is deprecated.
pub(crate) fn any_deprecated(input: &DeriveInput) -> bool {
    let part = match &input.data {
        Data::Struct(data) => data.fields.iter().any(|f| deprecated(&f.attrs).is_some()),
        Data::Enum(data) => data.variants.iter().any(|v| deprecated(&v.attrs).is_some()),
        Data::Union(_) => false,
    };
    part || deprecated(&input.attrs).is_some()
}
