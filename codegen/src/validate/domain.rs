//! Names of domains and methods, and where their files lie.

use std::collections::HashMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostics::{
    bad_crate_name, bad_domain_name, bad_method_name, duplicate_method, implied_field, method_file_mismatch,
    reserved_parameter, unknown_tier,
};
use crate::model::{Domain, Tier};
use crate::naming;

pub(super) fn check(domain: &Domain, tiers: Option<&[Tier]>, out: &mut Vec<Diagnostic>) {
    let name = &domain.name;
    let legal = naming::domain(&name.value);
    if !name.value.is_empty() && legal != name.value {
        out.push(bad_domain_name::new(name.span, &name.value, &legal));
    }
    if let Some(name) = &domain.crate_name {
        if domain.core {
            out.push(bad_crate_name::of_core(name.span));
        } else if !is_crate_name(&name.value) {
            out.push(bad_crate_name::new(name.span, &name.value));
        }
    }
    let tier = &domain.tier;
    if let Some(tiers) = tiers.filter(|_| !tier.value.is_empty()) {
        let tiers: Vec<&str> = tiers.iter().map(|tier| tier.name.value.as_str()).collect();
        if !tiers.contains(&tier.value.as_str()) {
            out.push(unknown_tier::new(tier.span, &tier.value, &tiers));
        }
    }
    for method in &domain.methods {
        let name = &method.name;
        let file = method.file.file_name().map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        if !is_method_name(&name.value) {
            out.push(bad_method_name::new(name.span, &name.value));
        } else if file != format!("{}.yaml", name.value) {
            out.push(method_file_mismatch::new(name.span, &name.value, &file));
        }
        out.extend(method.request.iter().filter_map(|f| reserved_parameter::check(f.name.span, &f.name.value)));
        for field in method.response.iter().filter(|field| field.name.value == "request_id") {
            out.push(implied_field::new(field.name.span));
        }
    }
}

/// Methods that two files declare.
pub(crate) fn duplicates(domains: &[Domain], out: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<&str, String> = HashMap::new();
    for method in domains.iter().flat_map(|domain| &domain.methods) {
        let file = crate::source::slashed(&method.file);
        match seen.get(method.name.value.as_str()) {
            Some(first) => out.push(duplicate_method::new(method.name.span, &method.name.value, first)),
            None => {
                seen.insert(&method.name.value, file);
            }
        }
    }
}

/// Whether `topsdk-<name>` can be the crate of a domain.
fn is_crate_name(name: &str) -> bool {
    const TAKEN: [&str; 5] = ["codegen", "e2e", "macros", "runtime", "sandbox"];
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && !TAKEN.contains(&name)
}

/// Whether this can be a method: two or more parts of letters, digits, `_` and `-`, a small letter first. Two dozen methods
/// of the platform have capitals: `taobao.miniapp.userInfo.get`.
pub(crate) fn is_method_name(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.contains('.') && name.split('.').all(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn method_names() {
        let table = [
            ("taobao.trade.get", true),
            ("alibaba.aliqin.fc.sms.num.send", true),
            ("taobao.wlb.waybill.i.get", true),
            ("cainiao.x_y.2d-get", true),
            ("slb.aliyuncs.com.SetLoadBalancerName.2013-02-21", true),
            ("taobao", false),
            ("Taobao.trade.get", false),
            ("taobao..get", false),
            ("taobao.trade.get.", false),
            ("taobao.trade get", false),
            ("../x.y", false),
            ("", false),
        ];
        for (name, expected) in table {
            assert_eq!(is_method_name(name), expected, "{name}");
        }
    }
}
