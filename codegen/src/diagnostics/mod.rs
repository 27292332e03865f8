//! One file per diagnostic: why it is wrong, what it says, how to mend it, its tests.

pub mod bad_cache;
pub mod bad_crate_name;
pub mod bad_domain_name;
pub mod bad_error_entry;
pub mod bad_limit;
pub mod bad_method_name;
pub mod bad_paging;
pub mod bad_selection;
pub mod bad_split;
pub mod bad_type_name;
pub mod bad_url;
pub mod bytes_in_response;
pub mod default_mismatch;
pub mod default_sign_method;
pub mod doc_full_stop;
pub mod domain_mismatch;
pub mod duplicate_enum_value;
pub mod duplicate_key;
pub mod duplicate_method;
pub mod duplicate_type;
pub mod empty_enum;
pub mod enum_value_needs_name;
pub mod example_mismatch;
pub mod example_missing;
pub mod fields_outside_request;
pub mod fields_type_mismatch;
pub mod implied_field;
pub mod list_of_list;
pub mod method_file_mismatch;
pub mod missing_doc;
pub mod missing_file;
pub mod missing_key;
pub mod request_only_key;
pub mod reserved_parameter;
pub mod rust_name_clash;
pub mod stray_file;
#[cfg(test)]
pub(crate) mod testing;
pub mod unknown_key;
pub mod unknown_paging_name;
pub mod unknown_tier;
pub mod unknown_type;
pub mod unknown_value;
pub mod unreadable_file;
pub mod unused_type;
pub mod wrong_kind;
pub mod yaml_syntax;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn each_has_an_explanation_its_name_as_id_and_tests() {
        let mut seen = 0;
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/diagnostics")).unwrap() {
            let path = entry.unwrap().path();
            let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
            if ["mod", "testing"].contains(&stem.as_str()) {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.starts_with("//! "), "{stem}: no explanation");
            assert!(
                text.contains(&format!("pub const ID: &str = \"{}\";", stem.replace('_', "-"))),
                "{stem}: another id"
            );
            assert!(text.contains("#[test]"), "{stem}: no tests");
            seen += 1;
        }
        assert!(seen > 30, "{seen}");
    }
}
