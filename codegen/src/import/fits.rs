//! Whether a type that a person chose holds what metadata tells, perhaps better.

use crate::model::{Field, Scalar, Type, TypeDef, TypeKind};

/// Whether a field of this type can hold a built-in type of the metadata. A better type of the same family does: an enum or
/// `i64` for a text, `money` or `decimal` for a number, a structure for JSON. `kind` finds declared types.
#[must_use]
pub fn scalar<'a>(ty: &Type, fact: Scalar, list: bool, find: &dyn Fn(&str) -> Option<&'a TypeDef>) -> bool {
    // A text of words joined by commas is what a list of them is on the wire.
    let joined = fact == Scalar::String && !list;
    let element = match ty {
        Type::Fields(_) => return fact == Scalar::String,
        Type::List(element) if list || joined => element,
        Type::List(_) => return false,
        _ if list => return false,
        other => other,
    };
    let declared = match element {
        Type::Named(name) => find(name),
        _ => None,
    };
    match (element, declared.map(|def| &def.kind)) {
        (Type::Scalar(chosen), _) => family(*chosen, fact),
        (_, Some(TypeKind::Enum(_))) => matches!(fact, Scalar::String | Scalar::I64 | Scalar::Bool),
        (_, Some(TypeKind::Struct(_))) => fact == Scalar::Json || (fact == Scalar::String && !list),
        _ => false,
    }
}

fn family(chosen: Scalar, fact: Scalar) -> bool {
    use Scalar::{Bool, Bytes, Date, Decimal, F64, I64, Json, Money, String};
    match fact {
        String => !matches!(chosen, Bytes),
        I64 | F64 | Decimal => matches!(chosen, I64 | F64 | Decimal | Money),
        Money => matches!(chosen, Money | Decimal | String),
        Json => matches!(chosen, Json | String),
        Bool | Date | Bytes => chosen == fact,
    }
}

/// The field of a structure by name, if `only` and `except` of the use let it through.
#[must_use]
pub fn member<'a>(def: &'a TypeDef, usage: Option<&Field>, name: &str) -> Option<&'a Field> {
    let TypeKind::Struct(fields) = &def.kind else { return None };
    if let Some(usage) = usage {
        let named = |list: &[crate::model::At<String>]| list.iter().any(|listed| listed.value == name);
        if (!usage.only.is_empty() && !named(&usage.only)) || named(&usage.except) {
            return None;
        }
    }
    fields.iter().find(|field| field.name.value == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{At, EnumDef, EnumValue};

    #[test]
    fn families() {
        let value = EnumValue { wire: At::default(), name: None, doc: None };
        let declared = |kind| TypeDef { name: At::default(), wire: String::new(), doc: None, kind };
        let status = declared(TypeKind::Enum(EnumDef { integer: false, values: vec![value] }));
        let order = declared(TypeKind::Struct(Vec::new()));
        let find = |name: &str| match name {
            "Status" => Some(&status),
            "Order" => Some(&order),
            _ => None,
        };
        // (chosen, fact, list, fits)
        let table = [
            ("string", Scalar::String, false, true),
            ("i64", Scalar::String, false, true),
            ("date", Scalar::String, false, true),
            ("Status", Scalar::String, false, true),
            ("fields(Order)", Scalar::String, false, true),
            ("i64[]", Scalar::String, false, true),
            ("Status[]", Scalar::String, true, true),
            ("string", Scalar::String, true, false),
            ("string", Scalar::I64, false, false),
            ("money", Scalar::I64, false, true),
            ("Status", Scalar::I64, false, true),
            ("i64[]", Scalar::I64, false, false),
            ("Order", Scalar::Json, false, true),
            ("Order", Scalar::I64, false, false),
            ("Nowhere", Scalar::String, false, false),
            ("bytes", Scalar::String, false, false),
            ("bool", Scalar::Date, false, false),
        ];
        for (chosen, fact, list, expected) in table {
            let ty = crate::load::parse_type(chosen);
            assert_eq!(scalar(&ty, fact, list, &find), expected, "{chosen} for {fact:?}, list: {list}");
        }
    }
}
