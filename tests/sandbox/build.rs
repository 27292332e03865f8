//! Embeds the specs, so that the binary stands alone: one compressed text a domain, and tables of where its files lie in it.
//! Nothing is parsed here; the gateway reads a method's file when the method is first called. `specs` is a link to the
//! folder of the workspace; a published package holds the files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use flate2::Compression;
use flate2::write::DeflateEncoder;

fn main() -> io::Result<()> {
    let root = Path::new("specs");
    println!("cargo::rerun-if-changed={}", root.display());
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or(io::ErrorKind::NotFound)?;

    let mut folders = Vec::new();
    let mut methods = Vec::new();
    for (index, dir) in list(root)?.iter().filter(|path| path.is_dir()).enumerate() {
        let name = stem(dir);
        let (mut text, mut head) = (String::new(), [0; 2]);
        for (end, file) in head.iter_mut().zip(["domain.yaml", "types.yaml"]) {
            let path = dir.join(file);
            if path.exists() {
                text += &fs::read_to_string(path)?;
            }
            *end = text.len();
        }
        for file in list(dir)?.iter().filter(|path| path.extension().is_some_and(|e| e == "yaml")) {
            let method = stem(file);
            if !matches!(method.as_str(), "domain" | "types") {
                let start = text.len();
                text += &fs::read_to_string(file)?;
                methods.push((method, index, start..text.len()));
            }
        }
        let mut packed = DeflateEncoder::new(Vec::new(), Compression::default());
        packed.write_all(text.as_bytes())?;
        fs::write(out.join(format!("{name}.deflate")), packed.finish()?)?;
        let bytes = format!("include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.deflate\"))");
        folders.push(format!("Folder::new({name:?}, {head:?}, {bytes})"));
    }
    // By name, so that a method is found by bisection.
    methods.sort_by(|a, b| a.0.cmp(&b.0));
    let methods: Vec<_> =
        methods.iter().map(|(name, folder, at)| format!("Entry::new({name:?}, {folder}, {at:?})")).collect();
    fs::write(out.join("specs.rs"), table("FOLDERS", "Folder", &folders) + &table("METHODS", "Entry", &methods))
}

/// A static array.
fn table(name: &str, ty: &str, rows: &[String]) -> String {
    format!("static {name}: [{ty}; {}] = [\n    {},\n];\n", rows.len(), rows.join(",\n    "))
}

/// What lies in a folder, by name.
fn list(dir: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(dir)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// A file's name without its extension `yaml`, or a folder's name.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".yaml").unwrap_or(&name).to_owned()
}
