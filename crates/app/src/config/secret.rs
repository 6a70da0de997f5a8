//! The server's secrets: the one from which tokens are derived, and the keys that encrypt data keys.
use super::env::{BadConfig, Env};
use infra::store::Location;
use rand::Rng;
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Bytes.
const MIN: usize = 32;

/// A setting that holds secrets: itself, or a file that it names. Where it is not set, they are beside the SQLite file.
pub struct SecretSetting {
    pub variable: &'static str,
    /// The environment shows itself to every child process, and in listings: a file does not.
    file_variable: &'static str,
    /// Beside the SQLite file.
    pub file: &'static str,
    /// Several, between commas or on lines of their own.
    several: bool,
}

pub const SECRET_KEY: SecretSetting = SecretSetting {
    variable: "SECRET_KEY",
    file_variable: "SECRET_KEY_FILE",
    file: "secret.key",
    several: false,
};

pub const ENCRYPTION_KEYS: SecretSetting = SecretSetting {
    variable: "ENCRYPTION_KEYS",
    file_variable: "ENCRYPTION_KEYS_FILE",
    file: "encryption.keys",
    several: true,
};

/// What people copy from a manual and forget to change.
const SAMPLES: &[&str] = &[
    "your-secret-key",
    "your_secret_key",
    "change-me",
    "changeme",
    "change-in-production",
    "django-insecure",
    "strong-secret-key",
    "example-secret",
];

#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// # Errors
    /// What is wrong with it.
    pub fn parse(raw: &str) -> Result<Self, String> {
        let lower = raw.to_ascii_lowercase();
        if SAMPLES.iter().any(|sample| lower.contains(sample)) {
            return Err(
                "is a sample from a manual, known to everybody: make one with: openssl rand -hex 32".into()
            );
        }
        if raw.len() < MIN {
            return Err(format!(
                "has {} bytes; at least {MIN} are needed: make one with: openssl rand -hex 32",
                raw.len()
            ));
        }
        let first = raw.chars().next();
        if raw.chars().all(|c| Some(c) == first) {
            return Err("repeats one character: make one with: openssl rand -hex 32".into());
        }
        Ok(Self(raw.as_bytes().to_vec()))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret([redacted])")
    }
}

impl SecretSetting {
    /// What the environment gives; `None` when it is not set.
    ///
    /// # Errors
    /// [`BadConfig`] when it is no secret, or set twice.
    pub(super) fn given(&self, env: &Env<'_>) -> Result<Option<Vec<Secret>>, BadConfig> {
        let bad = |variable, why: String| BadConfig { variable, why };
        match (env.get(self.variable), env.get(self.file_variable)) {
            (Some(_), Some(_)) => {
                let why = format!("is set beside {}: unset one of them", self.variable);
                Err(bad(self.file_variable, why))
            }
            (Some(raw), None) => self.parse(&raw).map(Some).map_err(|why| bad(self.variable, why)),
            (None, Some(path)) => match self.read(Path::new(&path)) {
                Ok(None) => Err(bad(self.file_variable, format!("names {path}, which does not exist"))),
                found => found.map_err(|why| bad(self.file_variable, why)),
            },
            (None, None) => Ok(None),
        }
    }

    /// On every node of PostgreSQL they must be the same, so that none is made.
    pub(super) fn required(&self) -> BadConfig {
        let why = "is required with PostgreSQL: at least 32 bytes, the same on every node; make one with: openssl rand -hex 32";
        BadConfig::new(self.variable, why)
    }

    /// Those beside the SQLite file, made there for their owner's eyes only when there are none.
    ///
    /// # Errors
    /// [`BadConfig`] when they can be neither read nor made.
    pub(super) fn kept_or_made(&self, database: &Location) -> Result<Vec<Secret>, BadConfig> {
        let path = self.beside(database).ok_or_else(|| self.required())?;
        database.prepare().map_err(|e| BadConfig::new("DATABASE_URL", e))?;
        if !path.exists() {
            make(&path).map_err(|e| self.bad(format!("cannot be kept in {}: {e}", path.display())))?;
        }
        self.kept(database)
    }

    /// Those beside the SQLite file.
    ///
    /// # Errors
    /// [`BadConfig`] when there are none, or none that can be used.
    pub(super) fn kept(&self, database: &Location) -> Result<Vec<Secret>, BadConfig> {
        let found = self.beside(database).map(|path| self.read(&path)).transpose();
        found.map_err(|why| self.bad(why))?.flatten().ok_or_else(|| {
            self.bad(format!(
                "is not set, and no {} is beside the database: run this with the server's settings",
                self.file
            ))
        })
    }

    /// `None` for PostgreSQL.
    pub fn beside(&self, database: &Location) -> Option<PathBuf> {
        database.sqlite_file().map(|file| file.with_file_name(self.file))
    }

    fn bad(&self, why: String) -> BadConfig {
        BadConfig { variable: self.variable, why }
    }

    /// `None` when there is no such file.
    fn read(&self, path: &Path) -> Result<Option<Vec<Secret>>, String> {
        match fs::read_to_string(path) {
            Ok(text) => self.parse(&text).map(Some).map_err(|why| format!("in {} {why}", path.display())),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(format!("cannot be read from {}: {e}", path.display())),
        }
    }

    fn parse(&self, text: &str) -> Result<Vec<Secret>, String> {
        if !self.several {
            return Ok(vec![Secret::parse(text.trim())?]);
        }
        let keys = text.split([',', '\n']).map(str::trim).filter(|key| !key.is_empty());
        let keys = keys.map(Secret::parse).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() {
            Err("holds no key: make one with: openssl rand -hex 32".into())
        } else {
            Ok(keys)
        }
    }
}

fn owner_only(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whole or not at all, and on the disk before it is used: tokens and texts must survive a power cut. Of several processes that
/// start at once, the first one's secret is everybody's.
fn make(path: &Path) -> std::io::Result<()> {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let draft = path.with_extension(format!("{}.tmp", std::process::id()));
    let mut file = owner_only(&draft)?;
    file.write_all(format!("{text}\n").as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match linked {
        Err(e) if e.kind() != ErrorKind::AlreadyExists => Err(e),
        Ok(()) | Err(_) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
            File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_sample_and_lazy_secrets_are_refused() {
        for raw in [
            "short",
            "your-secret-key-here-change-in-production",
            "django-insecure-0123456789abcdef0123456789",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        ] {
            assert!(Secret::parse(raw).is_err(), "{raw}");
        }
        assert!(Secret::parse("0123456789abcdef0123456789abcdef").is_ok());
    }

    #[test]
    fn a_secret_is_made_once_and_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let database = Location::Sqlite(folder.path().join("carebase.db"));
        for setting in [SECRET_KEY, ENCRYPTION_KEYS] {
            assert!(setting.kept(&database).unwrap_err().to_string().contains(setting.file));
            let first = setting.kept_or_made(&database).unwrap();
            assert_eq!(setting.kept_or_made(&database).unwrap(), first);
            assert_eq!(setting.kept(&database).unwrap(), first);
            let path = setting.beside(&database).unwrap();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o777, 0o600);
            }
            fs::write(&path, "short").unwrap();
            assert!(setting.kept_or_made(&database).is_err());
            assert!(!format!("{first:?}").contains(std::str::from_utf8(first[0].as_bytes()).unwrap()));
        }
    }

    #[test]
    fn a_secret_is_one_and_keys_are_several() {
        let [one, other] = ["0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"];
        let both = format!("{one},{other}");
        assert_eq!(SECRET_KEY.parse(&both), Ok(vec![Secret::parse(&both).unwrap()]));
        let keys = [one, other].map(|key| Secret::parse(key).unwrap()).to_vec();
        for text in [both, format!("{one}\n{other}\n"), format!(" {one} , {other},\n\n")] {
            assert_eq!(ENCRYPTION_KEYS.parse(&text).as_ref(), Ok(&keys), "{text}");
        }
        for bad in ["", " , ", &format!("{one},short"), &format!("{one},{}", "a".repeat(40))] {
            assert!(ENCRYPTION_KEYS.parse(bad).is_err(), "{bad}");
        }
    }
}
