//! The specs folder on the disk: read whole, replaced whole.
//!
//! An import builds the new folder beside the old one, then swaps the two by renaming. Killed before the swap, the old specs are
//! as they were; killed inside it, they lie whole under the name that [`recover`] puts back.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::{ImportError, Result};
use super::plan::{Files, Plan};

/// Links that are followed, as many as Linux follows.
const MAX_LINKS: usize = 40;

/// The folder that a path names, behind links: an import puts another folder in its place, and the link must stay a link. The folder
/// itself need not be there, as after a swap that was killed.
///
/// # Errors
///
/// Links in a circle.
pub fn real(specs: &Path) -> Result<PathBuf> {
    let mut path = specs.to_path_buf();
    for _ in 0..MAX_LINKS {
        if let Ok(real) = fs::canonicalize(&path) {
            return Ok(real);
        }
        match fs::read_link(&path) {
            Ok(target) => path = path.parent().unwrap_or(Path::new("")).join(target),
            Err(_) => return Ok(path),
        }
    }
    Err(ImportError::of_file(specs.display().to_string(), "links that lead in a circle"))
}

/// All texts below a folder. What is hidden, and what [`text`] finds to be no spec, is left out: it stays where it is.
///
/// # Errors
///
/// A folder or file that cannot be read, a spec that is not UTF-8.
pub fn read(specs: &Path) -> Result<Files> {
    let mut files = Files::new();
    for path in list(specs).map_err(|error| failed(specs, &error))? {
        let name = slashed(&path);
        if name.split('/').any(|part| part.starts_with('.')) {
            continue;
        }
        let bytes = fs::read(specs.join(&path)).map_err(|error| failed(&specs.join(&path), &error))?;
        if let Some(text) = text(&slashed(&specs.join(&path)), bytes)? {
            files.insert(name, text);
        }
    }
    Ok(files)
}

/// The text of a file in the specs folder; nothing for bytes that are no spec, such as a picture's.
///
/// # Errors
///
/// A `.yaml` or `.lock` file that is not UTF-8. Without it, its method would look as if nobody had described it.
pub fn text(path: &str, bytes: Vec<u8>) -> Result<Option<String>> {
    let is_spec = Path::new(path).extension().is_some_and(|extension| extension == "yaml" || extension == "lock");
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Some(text)),
        Err(error) if is_spec => Err(ImportError::of_file(path, format!("not UTF-8: {}", error.utf8_error()))),
        Err(_) => Ok(None),
    }
}

/// Held while an import may touch the specs, and given up when it is dropped.
#[derive(Debug)]
pub struct Held(File);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing is not enough where a process that was started meanwhile holds the same file for a moment.
        let _ = self.0.unlock();
    }
}

/// Keeps other imports of the same folder away: two at once would remove each other's half-built folder. The file that is locked
/// stays, because removing it would let a third import lock a new file while the second has the old one open.
///
/// # Errors
///
/// Another import of the folder is running, or the disk refuses.
pub fn lock(specs: &Path) -> Result<Held> {
    let path = beside(specs, "lock");
    let opened = File::options().write(true).create(true).truncate(false).open(&path);
    let file = opened.map_err(|error| failed(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Held(file)),
        Err(TryLockError::WouldBlock) => {
            let message = format!("another import of {} is running", specs.display());
            Err(ImportError::of_file(path.display().to_string(), message))
        }
        Err(TryLockError::Error(error)) => Err(failed(&path, &error)),
    }
}

/// Builds the folder that a plan asks for, beside the old one, and returns its path. The old one is not touched.
///
/// # Errors
///
/// A path that leads out of the folder, and what the disk refuses.
pub fn stage(specs: &Path, plan: &Plan) -> Result<PathBuf> {
    for path in plan.write.keys().chain(&plan.remove) {
        if !is_inside(path) {
            return Err(ImportError::of_file(path, "the path leads out of the specs folder"));
        }
    }
    let staged = beside(specs, "import");
    let built = remove(&staged).and_then(|()| build(specs, &staged, plan));
    if let Err(error) = built {
        let _ = remove(&staged);
        return Err(failed(&staged, &error));
    }
    Ok(staged)
}

/// Puts a folder that [`stage`] built in the place of the old one. The only step that touches the specs. Tells what to warn of: an
/// old folder that could not be removed.
///
/// # Errors
///
/// What the disk refuses; the old folder is back in its place then.
pub fn swap(specs: &Path, staged: &Path) -> Result<Option<String>> {
    let old = beside(specs, "before-import");
    fs::rename(specs, &old).map_err(|error| failed(specs, &error))?;
    if let Err(error) = fs::rename(staged, specs) {
        let _ = fs::rename(&old, specs);
        return Err(failed(staged, &error));
    }
    Ok(discard(&old).map(|left| format!("the specs are written; {left}")))
}

/// Puts the old folder back if a swap was killed half-way, and removes what a killed import left. Tells what people should know.
///
/// # Errors
///
/// The old folder cannot be put back.
pub fn recover(specs: &Path) -> Result<Vec<String>> {
    let mut told = Vec::new();
    let old = beside(specs, "before-import");
    if old.exists() && specs.exists() {
        told.push(match discard(&old) {
            None => "what an earlier import left behind is removed; its specs are in place".to_owned(),
            Some(left) => format!("the specs of an earlier import are in place; {left}"),
        });
    } else if old.exists() {
        fs::rename(&old, specs).map_err(|error| failed(&old, &error))?;
        told.push("an import was killed before; the specs are back as they were".to_owned());
    }
    told.extend(discard(&beside(specs, "import")));
    Ok(told)
}

/// Removes a folder that nobody needs any more. Where the disk refuses, it gets out of the way of later imports, and the answer says
/// where it lies and why.
fn discard(folder: &Path) -> Option<String> {
    let error = remove(folder).err()?;
    let free = (1..1000).map(|number| numbered(folder, number)).find(|path| !path.exists());
    let left = free.filter(|path| fs::rename(folder, path).is_ok()).unwrap_or_else(|| folder.to_path_buf());
    Some(format!("{} could not be removed: {error}", left.display()))
}

/// `.specs.before-import.1`
fn numbered(folder: &Path, number: u32) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(format!(".{number}"));
    name.into()
}

/// A folder beside the specs: `.specs.import`.
fn beside(specs: &Path, what: &str) -> PathBuf {
    let name = specs.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    specs.with_file_name(format!(".{name}.{what}"))
}

fn build(specs: &Path, staged: &Path, plan: &Plan) -> io::Result<()> {
    fs::create_dir_all(staged)?;
    let mut folders = BTreeMap::new();
    let mut parent = |path: &Path| match path.parent() {
        Some(folder) if folders.insert(folder.to_path_buf(), ()).is_none() => fs::create_dir_all(staged.join(folder)),
        _ => Ok(()),
    };
    for path in list(specs)? {
        let name = slashed(&path);
        if plan.write.contains_key(&name) || plan.remove.contains(&name) {
            continue;
        }
        parent(&path)?;
        let (from, to) = (specs.join(&path), staged.join(&path));
        // A file that stays is the same file; where the disk knows no links, a copy.
        if fs::hard_link(&from, &to).is_err() {
            fs::copy(&from, &to)?;
        }
    }
    for (path, text) in &plan.write {
        parent(Path::new(path))?;
        fs::write(staged.join(path), text)?;
    }
    Ok(())
}

fn is_inside(path: &str) -> bool {
    !path.is_empty()
        && !path.contains('\\')
        && Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
        && !path.contains(':')
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// All files below a folder, relative to it.
fn list(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut todo = vec![PathBuf::new()];
    while let Some(inner) = todo.pop() {
        for entry in fs::read_dir(folder.join(&inner))? {
            let entry = entry?;
            let path = inner.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                todo.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn slashed(path: &Path) -> String {
    crate::source::slashed(path)
}

fn failed(path: &Path, error: &io::Error) -> ImportError {
    ImportError::of_file(path.display().to_string(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(dir: &Path) -> PathBuf {
        let specs = dir.join("specs");
        fs::create_dir_all(specs.join("trade")).unwrap();
        fs::write(specs.join("trade/a.yaml"), "old a").unwrap();
        fs::write(specs.join("trade/b.yaml"), "old b").unwrap();
        fs::write(specs.join(".hidden"), [0xff]).unwrap();
        specs
    }

    fn plan() -> Plan {
        let write = [("trade/a.yaml", "new a"), ("item/c.yaml", "new c")];
        let write = write.map(|(path, text)| (path.to_owned(), text.to_owned())).into();
        Plan { write, remove: ["trade/b.yaml".to_owned()].into(), ..Plan::default() }
    }

    fn texts(specs: &Path) -> Vec<(String, String)> {
        read(specs).unwrap().into_iter().collect()
    }

    #[test]
    fn only_the_swap_touches_the_specs() {
        let dir = tempfile::tempdir().unwrap();
        let specs = specs(dir.path());
        let old = texts(&specs);
        let staged = stage(&specs, &plan()).unwrap();
        assert_eq!(texts(&specs), old);
        // Killed here, the next import clears up.
        assert!(recover(&specs).unwrap().is_empty());
        assert!(!staged.exists());
        assert_eq!(texts(&specs), old);

        let staged = stage(&specs, &plan()).unwrap();
        assert_eq!(swap(&specs, &staged).unwrap(), None);
        let new = [("item/c.yaml", "new c"), ("trade/a.yaml", "new a")];
        assert_eq!(texts(&specs), new.map(|(path, text)| (path.to_owned(), text.to_owned())));
        assert_eq!(fs::read(specs.join(".hidden")).unwrap(), [0xff]);
        let left: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["specs"]);
    }

    #[test]
    fn a_spec_that_is_not_utf_8_is_an_error_other_bytes_are_not() {
        let dir = tempfile::tempdir().unwrap();
        let specs = specs(dir.path());
        for (path, refused) in [
            ("trade/photo.jpg", false),
            ("trade/.a.yaml.swp", false),
            ("trade/.a.yaml", false),
            ("trade/a.yaml", true),
            ("trade/names.lock", true),
        ] {
            let before = fs::read(specs.join(path)).ok();
            fs::write(specs.join(path), b"doc: \xff").unwrap();
            let read = read(&specs);
            assert_eq!(read.is_err(), refused, "{path}: {read:?}");
            if let Err(error) = read {
                assert!(error.file.ends_with(path) && error.message.starts_with("not UTF-8"), "{error}");
            }
            match before {
                Some(bytes) => fs::write(specs.join(path), bytes).unwrap(),
                None => fs::remove_file(specs.join(path)).unwrap(),
            }
        }
    }

    #[test]
    fn killed_inside_the_swap() {
        let dir = tempfile::tempdir().unwrap();
        let specs = specs(dir.path());
        let old = texts(&specs);
        // The first of the two renames has happened.
        fs::rename(&specs, beside(&specs, "before-import")).unwrap();
        assert_eq!(recover(&specs).unwrap(), ["an import was killed before; the specs are back as they were"]);
        assert_eq!(texts(&specs), old);
        // Both have happened, the old folder is still there.
        fs::create_dir(beside(&specs, "before-import")).unwrap();
        let removed = "what an earlier import left behind is removed; its specs are in place";
        assert_eq!(recover(&specs).unwrap(), [removed]);
        assert_eq!(texts(&specs), old);
        assert!(!beside(&specs, "before-import").exists());
        assert!(recover(&specs).unwrap().is_empty());
    }

    /// A file stands for a folder that cannot be removed: that fails for every user.
    #[test]
    fn what_cannot_be_removed_blocks_no_import() {
        let dir = tempfile::tempdir().unwrap();
        let specs = specs(dir.path());
        for (number, what) in [(1, "before-import"), (2, "before-import"), (1, "import"), (2, "import")] {
            fs::write(beside(&specs, what), "").unwrap();
            let told = recover(&specs).unwrap().concat();
            let left = numbered(&beside(&specs, what), number);
            assert!(told.contains(&format!("{} could not be removed: ", left.display())), "{told}");
            assert!(left.exists() && !beside(&specs, what).exists());
        }
        let staged = stage(&specs, &plan()).unwrap();
        assert_eq!(swap(&specs, &staged).unwrap(), None);
    }

    /// Only the superuser may remove what lies in a read-only folder.
    #[cfg(unix)]
    #[test]
    fn read_only_folders_are_replaced_and_the_next_import_works() {
        use std::os::unix::fs::PermissionsExt;

        for inner in ["", "trade"] {
            let dir = tempfile::tempdir().unwrap();
            let specs = specs(dir.path());
            fs::set_permissions(specs.join(inner), fs::Permissions::from_mode(0o555)).unwrap();
            let staged = stage(&specs, &plan()).unwrap();
            let warning = swap(&specs, &staged).unwrap();
            let left = numbered(&beside(&specs, "before-import"), 1);
            if let Some(warning) = warning {
                let expected = format!("the specs are written; {} could not be removed: ", left.display());
                assert!(warning.starts_with(&expected), "{warning}");
                fs::set_permissions(left.join(inner), fs::Permissions::from_mode(0o755)).unwrap();
            }
            assert_eq!(read(&specs).unwrap()["trade/a.yaml"], "new a");
            assert!(recover(&specs).unwrap().is_empty());
            let staged = stage(&specs, &Plan::default()).unwrap();
            assert_eq!(swap(&specs, &staged).unwrap(), None);
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_specs_stays_a_link() {
        use std::os::unix::fs::symlink;

        let dir = tempfile::tempdir().unwrap();
        let dir = fs::canonicalize(dir.path()).unwrap();
        let specs = specs(&dir);
        let link = dir.join("elsewhere/link");
        fs::create_dir(dir.join("elsewhere")).unwrap();
        symlink("../specs", &link).unwrap();
        assert_eq!(real(&link).unwrap(), specs);
        assert_eq!(real(&specs.join(".")).unwrap(), specs);
        // Killed inside the swap, the link leads nowhere.
        fs::rename(&specs, beside(&specs, "before-import")).unwrap();
        assert_eq!(recover(&real(&link).unwrap()).unwrap().len(), 1);
        assert_eq!(texts(&link), texts(&specs));

        symlink("circle", dir.join("circle")).unwrap();
        assert_eq!(real(&dir.join("circle")).unwrap_err().message, "links that lead in a circle");
        assert_eq!(real(&dir.join("new")).unwrap(), dir.join("new"));
    }

    #[test]
    fn paths_that_lead_out_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let specs = specs(dir.path());
        let old = texts(&specs);
        for path in ["../x.yaml", "trade/../../x.yaml", "/x.yaml", "c:/x.yaml", "a\\..\\x.yaml", ""] {
            let plan = Plan { write: [(path.to_owned(), String::new())].into(), ..Plan::default() };
            assert!(stage(&specs, &plan).is_err(), "{path}");
            let plan = Plan { remove: [path.to_owned()].into(), ..Plan::default() };
            assert!(stage(&specs, &plan).is_err(), "{path}");
        }
        assert_eq!(texts(&specs), old);
        assert!(!dir.path().join("x.yaml").exists());
    }
}
