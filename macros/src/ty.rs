//! What can be told of a type from how it is written.

use proc_macro2::Ident;
use syn::{GenericArgument, PathArguments, PathSegment, Type};

/// A field's type, taken apart.
pub(crate) struct FieldType<'a> {
    /// What stands around the value.
    pub(crate) holder: Holder,
    /// The value's type, without `Option` or `Vec`.
    pub(crate) inner: &'a Type,
    /// What the value is.
    pub(crate) kind: Kind<'a>,
}

/// What stands around a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nothing.
    Bare,
    /// `Option<T>`.
    Optional,
    /// `Vec<T>`.
    List,
}

/// The types that the platform's scalars have in Rust, by their usual names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    Text,
    Integer,
    Float,
    Bool,
    Money,
    Decimal,
    Date,
    Json,
    Upload,
    Fields,
    /// `Option` or `Vec` where none may be.
    Nested(&'a Ident),
    /// A number of Rust that the platform does not have.
    OtherNumber(&'a Ident),
    /// A structure, an enum or something unusual.
    Named(&'a Ident),
    /// Not a path.
    Unknown,
}

impl<'a> FieldType<'a> {
    /// Takes a type apart.
    pub(crate) fn read(ty: &'a Type) -> Self {
        let holder = match last(ty) {
            Some(segment) if segment.ident == "Option" => Holder::Optional,
            Some(segment) if segment.ident == "Vec" => Holder::List,
            _ => Holder::Bare,
        };
        let inner = if holder == Holder::Bare { ty } else { argument(ty).unwrap_or(ty) };
        Self { holder, inner, kind: kind(inner) }
    }

    /// Whether this may be a field's type; if not, it is reported.
    pub(crate) fn is_possible(&self) -> bool {
        !matches!(self.kind, Kind::Nested(_) | Kind::OtherNumber(_))
    }
}

fn kind(ty: &Type) -> Kind<'_> {
    let Some(segment) = last(ty) else {
        return Kind::Unknown;
    };
    match segment.ident.to_string().as_str() {
        "String" => Kind::Text,
        "i64" => Kind::Integer,
        "f64" => Kind::Float,
        "bool" => Kind::Bool,
        "Money" => Kind::Money,
        "Decimal" => Kind::Decimal,
        "DateTime" => Kind::Date,
        "Json" => Kind::Json,
        "Upload" => Kind::Upload,
        "Fields" => Kind::Fields,
        "Option" | "Vec" => Kind::Nested(&segment.ident),
        "i8" | "i16" | "i32" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "f32" => {
            Kind::OtherNumber(&segment.ident)
        }
        "Box" => argument(ty).map_or(Kind::Unknown, kind),
        _ => Kind::Named(&segment.ident),
    }
}

impl Kind<'_> {
    /// Key of a list's elements in an answer, by the platform's rule; empty if the type has no name.
    pub(crate) fn element_key(self) -> String {
        match self {
            Self::Text | Self::Upload => "string".to_owned(),
            Self::Integer | Self::Float | Self::Decimal => "number".to_owned(),
            Self::Bool => "boolean".to_owned(),
            Self::Money => "price".to_owned(),
            Self::Date => "date".to_owned(),
            Self::Json => "json".to_owned(),
            Self::Fields => underscore("Fields"),
            Self::Nested(ident) | Self::OtherNumber(ident) | Self::Named(ident) => underscore(&ident.to_string()),
            Self::Unknown => String::new(),
        }
    }
}

/// The official client's rule: every upper-case letter but the first character gets `_` before it, then all is lower-cased.
fn underscore(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 4);
    for (i, c) in name.chars().enumerate() {
        if c.is_ascii_uppercase() && i > 0 {
            key.push('_');
        }
        key.push(c.to_ascii_lowercase());
    }
    key
}

/// The last segment of a path, through the invisible groups that `macro_rules` puts around a type.
fn last(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last(&group.elem),
        Type::Paren(paren) => last(&paren.elem),
        _ => None,
    }
}

/// `T` of `Option<T>`, `Vec<T>` or `Box<T>`.
fn argument(ty: &Type) -> Option<&Type> {
    match &last(ty)?.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|a| match a {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn element_keys_follow_the_platform() {
        for (ty, key) in [
            ("Vec<String>", "string"),
            ("Vec<i64>", "number"),
            ("Vec<f64>", "number"),
            ("Vec<rust_decimal::Decimal>", "number"),
            ("Vec<bool>", "boolean"),
            ("Vec<Money>", "price"),
            ("std::vec::Vec<DateTime>", "date"),
            ("Vec<Json>", "json"),
            ("Vec<Trade>", "trade"),
            ("Vec<super::SkuDTO>", "sku_d_t_o"),
            ("Vec<OAPIFormDataReqVO>", "o_a_p_i_form_data_req_v_o"),
            ("Vec<B2BTicketInfo>", "b2_b_ticket_info"),
            ("Vec<Box<NTbkItem>>", "n_tbk_item"),
            ("Vec<(i64, i64)>", ""),
        ] {
            let ty: Type = syn::parse_str(ty).unwrap();
            assert_eq!(FieldType::read(&ty).kind.element_key(), key);
        }
    }
}
