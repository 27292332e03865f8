//! `cargo xtask new`: a commented file to start a method from.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use topsdk_codegen::load::load;
use topsdk_codegen::skeleton::skeleton;
use topsdk_codegen::source::slashed;

/// Writes the skeleton of a method's spec; never over a file that is there.
pub(crate) fn run(method: &str, domain: Option<&str>) -> ExitCode {
    match write(&crate::specs(), method, domain) {
        Ok(path) => {
            println!("{path}");
            println!("fill it in, then run\n  cargo xtask check\n  cargo xtask gen");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// The path of the new file, from the repository's root.
fn write(specs: &Path, method: &str, domain: Option<&str>) -> Result<String, String> {
    let (path, text) = skeleton(method, domain, &load(specs).spec).map_err(|error| error.to_string())?;
    let shown = format!("specs/{}", slashed(&path));
    let file = OpenOptions::new().write(true).create_new(true).open(specs.join(&path));
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| format!("{shown}: {error}"))?;
    Ok(shown)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn writes_once() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("trade")).unwrap();
        fs::write(dir.path().join("trade/domain.yaml"), "domain: trade\n").unwrap();
        assert_eq!(write(dir.path(), "taobao.trade.get", None).unwrap(), "specs/trade/taobao.trade.get.yaml");
        let again = write(dir.path(), "taobao.trade.get", None).unwrap_err();
        assert!(again.contains("has a spec already"), "{again}");
        // A file that does not even load is left alone too.
        fs::write(dir.path().join("trade/taobao.trade.close.yaml"), "a: [").unwrap();
        assert!(write(dir.path(), "taobao.trade.close", None).is_err());
        assert_eq!(fs::read_to_string(dir.path().join("trade/taobao.trade.close.yaml")).unwrap(), "a: [");
    }
}
