//! One method, both sides at once.

use serde_json::Value;

use crate::model::{Domain, Field, Method, Scalar, Type, TypeDef, TypeKind};

use super::{Audit, Difference};

/// Compares one method.
pub(super) fn method(domain: &Domain, method: &Method, told: &Value, structs: &[Vec<Value>], audit: &mut Audit) {
    let mut walk = Walk { domain, method, structs, audit, request: true, open: Vec::new() };
    if let (Some(told), Some(here)) = (told["id"].as_i64(), method.doc_id)
        && told != here
    {
        walk.differs("id", "", format!("page {told} in the metadata, {here} in the spec"));
    }
    let fields: Vec<&Field> = method.request.iter().collect();
    walk.members(list(&told["requestParams"]), &fields, "request", false);
    walk.request = false;
    let fields: Vec<&Field> = method.response.iter().collect();
    walk.members(list(&told["responseParams"]), &fields, "response", false);
}

struct Walk<'a> {
    domain: &'a Domain,
    method: &'a Method,
    structs: &'a [Vec<Value>],
    audit: &'a mut Audit,
    request: bool,
    /// Declared types around.
    open: Vec<&'a TypeDef>,
}

impl<'a> Walk<'a> {
    /// `shared`: the fields are those of a type that other methods use too.
    fn members(&mut self, told: &'a [Value], fields: &[&'a Field], path: &str, shared: bool) {
        for param in told {
            let name = param["name"].as_str().unwrap_or_default();
            let path = format!("{path}.{name}");
            self.audit.parameters += 1;
            match fields.iter().find(|field| field.name.value == name) {
                Some(field) => self.param(param, field, &path),
                None => self.differs("missing", &path, "in the metadata, not in the spec".to_owned()),
            }
        }
        let is_told = |field: &Field| told.iter().any(|param| param["name"] == field.name.value.as_str());
        for field in fields.iter().filter(|field| !is_told(field)) {
            let path = format!("{path}.{}", field.name.value);
            let open = |def: &TypeDef, around: &[&TypeDef]| around.iter().any(|open| std::ptr::eq(*open, def));
            let leads_back = self.named(&field.ty.value).is_some_and(|def| open(def, &self.open));
            let is_inside_itself = self.open.split_last().is_some_and(|(last, around)| open(last, around));
            let again = leads_back || is_inside_itself;
            let kind = match (again, shared) {
                (true, _) => "recursion",
                (false, true) => "extra-in-shared-type",
                (false, false) => "extra",
            };
            self.differs(kind, &path, "in the spec, not in the metadata".to_owned());
        }
    }

    fn param(&mut self, told: &'a Value, field: &'a Field, path: &str) {
        let text: String = told["type"].as_str().unwrap_or_default().split_whitespace().collect();
        let (base, depth) = match text.as_str() {
            "byte[]" => ("byte[]", 0),
            "byte[][]" => ("byte[]", 1),
            text => {
                let base = text.trim_end_matches("[]");
                (base, (text.len() - base.len()) / 2)
            }
        };
        let members = match list(&told["subParams"]) {
            [] => {
                let place = told["struct"].as_u64().and_then(|place| usize::try_from(place).ok());
                place.and_then(|place| self.structs.get(place)).map_or(&[][..], Vec::as_slice)
            }
            members => members,
        };
        self.required(told, field, path);
        self.limits(told, field, path);

        let ty = &field.ty.value;
        let is_list = matches!(ty, Type::List(_));
        // A comma list may be typed as what it is.
        let joined = base == "String" && depth == 0 && (is_list || matches!(ty, Type::Fields(_)));
        let (element, listed) = (ty.element(), depth > 0);
        if is_list != listed && !joined && !(matches!(ty, Type::Fields(_)) && base == "String") {
            self.differs("list", path, format!("{text:?} in the metadata, {ty} in the spec"));
        }
        if members.is_empty() {
            if !self.holds(element, base, listed) {
                let kind = match base {
                    "" => "no-type",
                    _ if is_builtin(base) => "type",
                    _ => "unknown-structure",
                };
                self.differs(kind, path, format!("{text:?} in the metadata, {ty} in the spec"));
            }
            return;
        }
        let Some(def) = self.named(ty) else {
            return self.differs("type", path, format!("the structure {base} in the metadata, {ty} in the spec"));
        };
        let TypeKind::Struct(fields) = &def.kind else {
            return self.differs("type", path, format!("the structure {base} in the metadata, an enum in the spec"));
        };
        if def.wire != base {
            self.differs("type-name", path, format!("{base} in the metadata, {} in the spec", def.wire));
        }
        // Structures by name lead back to themselves; those that are written out end.
        if list(&told["subParams"]).is_empty() && self.open.iter().any(|open| std::ptr::eq(*open, def)) {
            return;
        }
        let chosen: Vec<&Field> = fields
            .iter()
            .filter(|inner| {
                let named =
                    |names: &[crate::model::At<String>]| names.iter().any(|name| name.value == inner.name.value);
                (field.only.is_empty() || named(&field.only)) && !named(&field.except)
            })
            .collect();
        let shared = self.domain.types.iter().any(|shared| std::ptr::eq(shared, def));
        self.open.push(def);
        self.members(members, &chosen, path, shared);
        self.open.pop();
    }

    fn required(&mut self, told: &Value, field: &Field, path: &str) {
        let told = told["required"].as_bool().unwrap_or(false);
        if told != field.required {
            let kind = if self.request { "required" } else { "required-response" };
            self.differs(kind, path, format!("required: {told} in the metadata, {} in the spec", field.required));
        }
    }

    fn limits(&mut self, told: &Value, field: &Field, path: &str) {
        let limits = &field.limits;
        let count = |value: Option<u64>| value.and_then(|value| i64::try_from(value).ok());
        let all = [
            ("maxLength", count(limits.max_length.or(limits.max_bytes))),
            ("maxListSize", count(limits.max_items)),
            ("minValue", limits.min),
            ("maxValue", limits.max),
        ];
        for (key, here) in all {
            let told = told[key].as_i64();
            if told != here
                && (told.is_some() || self.method.source.as_ref().is_some_and(|source| source.body.is_some()))
            {
                let shown = |value: Option<i64>| value.map_or("none".to_owned(), |value| value.to_string());
                let message =
                    format!("{key} {} in the metadata, {} in the spec ({})", shown(told), shown(here), field.ty.value);
                let number = matches!(field.ty.value, Type::Scalar(Scalar::I64 | Scalar::F64 | Scalar::Decimal));
                let kind = if key == "maxLength" && number { "length-of-number" } else { "limit" };
                self.differs(kind, path, message);
            }
        }
    }

    /// Whether a type of the spec holds what a built-in type of the metadata does.
    fn holds(&self, ty: &Type, base: &str, listed: bool) -> bool {
        let declared = self.named(ty).map(|def| &def.kind);
        let scalar = match ty {
            Type::Scalar(scalar) => Some(*scalar),
            _ => None,
        };
        let is_enum = matches!(declared, Some(TypeKind::Enum(_)));
        match base {
            "String" => {
                scalar.is_some_and(|scalar| scalar != Scalar::Bytes) || is_enum || matches!(ty, Type::Fields(_))
            }
            "Number" => matches!(scalar, Some(Scalar::I64 | Scalar::F64 | Scalar::Decimal | Scalar::Money)) || is_enum,
            "BigDecimal" => matches!(scalar, Some(Scalar::Decimal | Scalar::Money)),
            "Price" => matches!(scalar, Some(Scalar::Money | Scalar::Decimal)),
            "Boolean" => scalar == Some(Scalar::Bool),
            "Date" => scalar == Some(Scalar::Date),
            "Json" => scalar == Some(Scalar::Json),
            "byte" => scalar == Some(Scalar::I64),
            "byte[]" => {
                scalar
                    == Some(if self.request && self.open.is_empty() && !listed {
                        Scalar::Bytes
                    } else {
                        Scalar::String
                    })
            }
            _ => false,
        }
    }

    fn named(&self, ty: &Type) -> Option<&'a TypeDef> {
        match ty.element() {
            Type::Named(name) => self.method.type_def(self.domain, name),
            _ => None,
        }
    }

    fn differs(&mut self, kind: &'static str, path: &str, message: String) {
        let (method, path) = (self.method.name.value.clone(), path.to_owned());
        self.audit.differences.insert(Difference { kind, method, path, message });
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn is_builtin(name: &str) -> bool {
    ["String", "Number", "Boolean", "Date", "Json", "BigDecimal", "Price", "byte", "byte[]"].contains(&name)
}
