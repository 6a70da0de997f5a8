//! The server's one secret, from which tokens are derived.
use rand::Rng;
use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write},
    path::Path,
};

pub(super) const REQUIRED: &str = "is required with PostgreSQL: at least 32 bytes, the same on every node; make one with: openssl rand -hex 32";

pub(super) const NOT_THERE: &str =
    "is not set, and no secret.key is beside the database: run this with the server's settings";

/// Bytes.
const MIN: usize = 32;
const FILE: &str = "secret.key";

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

    /// The secret in this folder; `None` when there is none.
    pub(super) fn read_beside(folder: &Path) -> Result<Option<Self>, String> {
        Self::read(&folder.join(FILE))
    }

    /// The secret in this file; `None` when there is no such file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, String> {
        match fs::read_to_string(path) {
            Ok(text) => {
                Self::parse(text.trim()).map(Some).map_err(|why| format!("in {} {why}", path.display()))
            }
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(format!("cannot be read from {}: {e}", path.display())),
        }
    }

    /// The secret in this folder, which must exist; made there, for its owner's eyes only, when there is none.
    pub(super) fn beside(folder: &Path) -> Result<Self, String> {
        let path = folder.join(FILE);
        let told = |e: std::io::Error| format!("cannot be kept in {}: {e}", path.display());
        if !path.exists() {
            make(folder, &path).map_err(told)?;
        }
        Self::read_beside(folder)?.ok_or_else(|| told(ErrorKind::NotFound.into()))
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

fn owner_only(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Whole or not at all, and on the disk before anything is derived from it: tokens must survive a power cut. Of several
/// processes that start at once, the first one's secret is everybody's.
fn make(folder: &Path, path: &Path) -> std::io::Result<()> {
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
            File::open(if folder.as_os_str().is_empty() { Path::new(".") } else { folder })?.sync_all()
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
        let first = Secret::beside(folder.path()).unwrap();
        assert_eq!(Secret::beside(folder.path()).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(FILE)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(folder.path().join(FILE), "short").unwrap();
        assert!(Secret::beside(folder.path()).is_err());
        assert!(!format!("{first:?}").contains(std::str::from_utf8(first.as_bytes()).unwrap()));
    }
}
