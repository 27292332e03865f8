//! The file with the profiles: TOML, readable by its owner alone, comments kept.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use secrecy::{ExposeSecret as _, SecretString};
use toml_edit::{DocumentMut, Item, Table, value};
use topsdk::catalog::nearest;

use crate::exit::{Exit, Failure};

/// The settings of a profile.
pub(crate) const SETTINGS: [&str; 4] = ["environment", "app_key", "app_secret", "session"];

/// Names one profile as the default.
const DEFAULT: &str = "default";
/// Holds the profiles, each a table.
const PROFILES: &str = "profiles";

/// All profiles, as their file has them.
pub(crate) struct Profiles {
    path: PathBuf,
    document: DocumentMut,
}

/// One profile.
#[derive(Debug, Clone, Default)]
pub(crate) struct Profile {
    pub(crate) name: String,
    pub(crate) environment: Option<String>,
    pub(crate) app_key: Option<String>,
    pub(crate) app_secret: Option<SecretString>,
    pub(crate) session: Option<SecretString>,
}

impl Profiles {
    /// Reads the given file, or the one in the configuration folder of this system. A file that is not there has no profiles.
    pub(crate) fn load(config: Option<&Path>) -> Result<Self, Failure> {
        let path = match config {
            Some(path) => path.to_owned(),
            None => usual_path()?,
        };
        let text = match fs::read_to_string(&path) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => String::new(),
            other => other.map_err(|why| Failure::usage(format!("{} cannot be read: {why}", path.display())))?,
        };
        let document = text.parse::<DocumentMut>().map_err(|why| {
            // The error's own text shows the line, which may hold a secret.
            let line =
                why.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
            Failure::usage(format!("{}, line {line}: this is not TOML", path.display())).fact("why", why.message())
        })?;
        let profiles = Self { path, document };
        profiles.check()?;
        Ok(profiles)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The names, in the order of the file.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.document
            .get(PROFILES)
            .and_then(Item::as_table_like)
            .into_iter()
            .flat_map(|t| t.iter().map(|(n, _)| n))
            .collect()
    }

    /// The name of the default profile.
    pub(crate) fn default(&self) -> Option<&str> {
        self.document.get(DEFAULT).and_then(Item::as_str)
    }

    /// The profile of this name.
    pub(crate) fn get(&self, name: &str) -> Result<Profile, Failure> {
        let table = self.document.get(PROFILES).and_then(|all| all.get(name)).and_then(Item::as_table_like);
        let table = table.ok_or_else(|| self.unknown(name))?;
        let text =
            |key: &str| table.get(key).and_then(Item::as_str).filter(|text| !text.trim().is_empty()).map(str::to_owned);
        Ok(Profile {
            name: name.to_owned(),
            environment: text("environment"),
            app_key: text("app_key"),
            app_secret: text("app_secret").map(SecretString::from),
            session: text("session").map(SecretString::from),
        })
    }

    /// Puts what is given into a profile, which is made if it is not there. The first profile becomes the default.
    pub(crate) fn put(&mut self, profile: &Profile, unset: &[String]) -> Result<(), Failure> {
        let first = self.names().is_empty() && self.default().is_none();
        let all = self.document.entry(PROFILES).or_insert_with(|| Item::Table(implicit()));
        let all = all.as_table_like_mut().ok_or_else(|| Failure::usage("`profiles` is not a table"))?;
        let table = all.entry(&profile.name).or_insert_with(|| Item::Table(Table::new()));
        let table = table.as_table_like_mut().ok_or_else(|| Failure::usage("the profile is not a table"))?;
        let secret = |secret: &Option<SecretString>| secret.as_ref().map(|s| s.expose_secret().to_owned());
        let settings = [
            profile.environment.clone(),
            profile.app_key.clone(),
            secret(&profile.app_secret),
            secret(&profile.session),
        ];
        for (key, text) in SETTINGS.into_iter().zip(settings) {
            match text {
                Some(text) => {
                    table.insert(key, value(text));
                }
                None if unset.iter().any(|unset| unset == key) => {
                    table.remove(key);
                }
                None => {}
            }
        }
        if first {
            self.document.insert(DEFAULT, value(&profile.name));
        }
        self.save()
    }

    /// Makes a profile the default.
    pub(crate) fn make_default(&mut self, name: &str) -> Result<(), Failure> {
        self.get(name)?;
        self.document.insert(DEFAULT, value(name));
        self.save()
    }

    /// Forgets a profile.
    pub(crate) fn remove(&mut self, name: &str) -> Result<(), Failure> {
        self.get(name)?;
        if let Some(all) = self.document.get_mut(PROFILES).and_then(Item::as_table_like_mut) {
            all.remove(name);
        }
        if self.default() == Some(name) {
            self.document.remove(DEFAULT);
        }
        self.save()
    }

    /// What to say if others than the owner can read secrets in the file.
    #[cfg(unix)]
    pub(crate) fn exposed(&self) -> Option<String> {
        use std::os::unix::fs::PermissionsExt as _;

        let mode = fs::metadata(&self.path).ok()?.permissions().mode() & 0o777;
        let mut profiles = self.names().into_iter().filter_map(|name| self.get(name).ok());
        let any = profiles.any(|profile| profile.app_secret.is_some() || profile.session.is_some());
        (any && mode & 0o077 != 0).then(|| {
            let path = self.path.display();
            format!("{path} holds secrets and others can read it (mode {mode:03o}); protect it: chmod 600 {path}")
        })
    }

    /// What to say if others than the owner can read secrets in the file: folders of users are their own on this system.
    #[cfg(not(unix))]
    pub(crate) fn exposed(&self) -> Option<String> {
        None
    }

    /// Nobody of this name.
    fn unknown(&self, name: &str) -> Failure {
        let names = self.names();
        let mut failure = Failure::new(Exit::NotFound, format!("there is no profile `{name}`"));
        failure = match nearest(name, names.iter().copied(), 1).first() {
            Some(near) => failure.fact("hint", format!("did you mean `{near}`?")),
            None if names.is_empty() => failure.fact("hint", "there are none yet"),
            None => failure.fact("hint", format!("there are: {}", names.join(", "))),
        };
        failure
            .attempt("top env list")
            .attempt(format!("top env set {name} --environment production --app-key KEY --secret"))
    }

    /// A setting that is misspelt would be missing without a word.
    fn check(&self) -> Result<(), Failure> {
        let wrong = |what: String| Failure::usage(format!("{}: {what}", self.path.display()));
        if let Some((key, _)) = self.document.iter().find(|(key, _)| ![DEFAULT, PROFILES].contains(key)) {
            return Err(wrong(format!("unknown key `{key}`")).fact("hint", "profiles are tables named [profiles.NAME]"));
        }
        for name in self.names() {
            let table = self.document.get(PROFILES).and_then(|all| all.get(name)).and_then(Item::as_table_like);
            let table = table.ok_or_else(|| wrong(format!("profile `{name}` is not a table")))?;
            for (key, item) in table.iter() {
                if !SETTINGS.contains(&key) {
                    let near = nearest(key, SETTINGS, 1)
                        .first()
                        .map_or(String::new(), |near| format!("; did you mean `{near}`?"));
                    return Err(wrong(format!("profile `{name}`: unknown setting `{key}`{near}"))
                        .fact("hint", format!("settings are {}", SETTINGS.join(", "))));
                }
                if !item.is_str() {
                    return Err(wrong(format!("profile `{name}`: `{key}` is not text; put quotes around it")));
                }
            }
        }
        Ok(())
    }

    /// Writes the file beside itself, for its owner alone, then moves it into place. Where a link leads to the file, the link stays.
    fn save(&self) -> Result<(), Failure> {
        let write = || {
            let path = match fs::canonicalize(&self.path) {
                Err(why) if why.kind() == io::ErrorKind::NotFound => self.path.clone(),
                other => other?,
            };
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let mut beside = path.clone().into_os_string();
            beside.push(format!(".{}", std::process::id()));
            let written = private(Path::new(&beside))
                .and_then(|mut file| file.write_all(self.document.to_string().as_bytes()))
                .and_then(|()| fs::rename(&beside, &path));
            if written.is_err() {
                // It may never have been made.
                let _ = fs::remove_file(&beside);
            }
            written
        };
        write().map_err(|why| Failure::usage(format!("{} cannot be written: {why}", self.path.display())))
    }
}

/// A new file that only its owner can read.
fn private(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// A table without a header of its own, for there is one above each profile.
fn implicit() -> Table {
    let mut table = Table::new();
    table.set_implicit(true);
    table
}

fn usual_path() -> Result<PathBuf, Failure> {
    let strategy = etcetera::base_strategy::choose_native_strategy().map_err(|_| {
        Failure::usage("your home folder is not known").fact("fix", "Name the file with the profiles: --config FILE.")
    })?;
    Ok(strategy.config_dir().join("topsdk").join("config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn profiles(text: &str) -> (tempfile::TempDir, Result<Profiles, Failure>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(&path, text).unwrap();
        let loaded = Profiles::load(Some(&path));
        (folder, loaded)
    }

    #[test]
    fn changes_keep_comments_and_order() {
        let (_folder, loaded) =
            profiles("# mine\ndefault = \"a\"\n\n[profiles.a] # first\napp_key = \"1\"\nsession = \"s\"\n");
        let mut all = loaded.unwrap();
        let b = Profile {
            name: "b".into(),
            app_key: Some("2".into()),
            app_secret: Some("x\"y".into()),
            ..Profile::default()
        };
        all.put(&b, &[]).unwrap();
        all.put(
            &Profile { name: "a".into(), environment: Some("local".into()), ..Profile::default() },
            &["session".into()],
        )
        .unwrap();
        let text = fs::read_to_string(all.path()).unwrap();
        let expected = "# mine\ndefault = \"a\"\n\n[profiles.a] # first\napp_key = \"1\"\nenvironment = \"local\"\n\n\
             [profiles.b]\napp_key = \"2\"\napp_secret = 'x\"y'\n";
        assert_eq!(text, expected);
        all.remove("a").unwrap();
        assert_eq!((all.names(), all.default()), (vec!["b"], None));
        all.make_default("b").unwrap();
        assert_eq!(Profiles::load(Some(all.path())).unwrap().default(), Some("b"));
    }

    #[test]
    fn the_first_profile_is_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("config.toml");
        let mut all = Profiles::load(Some(&path)).unwrap();
        all.put(&Profile { name: "my shop".into(), app_key: Some("1".into()), ..Profile::default() }, &[]).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "default = \"my shop\"\n\n[profiles.\"my shop\"]\napp_key = \"1\"\n"
        );
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let (_folder, loaded) = profiles("[profiles.a]\napp_secret = \"s\"\n");
        let mut all = loaded.unwrap();
        fs::set_permissions(all.path(), fs::Permissions::from_mode(0o644)).unwrap();
        assert!(all.exposed().unwrap().contains("mode 644"));
        all.put(&Profile { name: "a".into(), app_key: Some("1".into()), ..Profile::default() }, &[]).unwrap();
        assert_eq!(fs::metadata(all.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(all.exposed(), None);
    }

    #[test]
    fn mistakes_are_told_without_the_secret() {
        for (text, expected) in [
            ("[profiles.a]\napp_secret = \"s3cr3t\n", "line 2: this is not TOML"),
            ("[profiles.a]\nappsecret = \"s3cr3t\"\n", "unknown setting `appsecret`; did you mean `app_secret`?"),
            ("[profiles.a]\napp_key = 12345678\n", "`app_key` is not text; put quotes around it"),
            ("[profile.a]\napp_key = \"s3cr3t\"\n", "unknown key `profile`"),
            ("[profiles]\na = \"s3cr3t\"\n", "profile `a` is not a table"),
        ] {
            let told = profiles(text).1.err().unwrap();
            assert!(told.what.contains(expected), "{}", told.what);
            assert!(!format!("{told:?}").contains("s3cr3t"), "{told:?}");
        }
    }
}
