//! Where the database is. The backend is chosen by the URL's scheme, once: a PostgreSQL that is down must never become a
//! new SQLite file.
use std::path::{Path, PathBuf};

#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A libpq connection URL. It may hold a password.
    Postgres(String),
    Sqlite(PathBuf),
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLocation {
    #[error("must start with sqlite:// or postgres://")]
    Scheme,
    #[error("names no file: write sqlite://data/carebase.db, or sqlite:///var/lib/carebase/carebase.db")]
    NoFile,
}

impl Location {
    /// # Errors
    /// [`BadLocation`].
    pub fn parse(url: &str) -> Result<Self, BadLocation> {
        match url.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres(url.to_owned())),
            Some(("sqlite", "" | ":memory:")) => Err(BadLocation::NoFile),
            Some(("sqlite", path)) if path.ends_with('/') => Err(BadLocation::NoFile),
            Some(("sqlite", path)) => Ok(Self::Sqlite(PathBuf::from(path))),
            _ => Err(BadLocation::Scheme),
        }
    }

    /// Makes the folder of an SQLite file, for its owner only: what is kept in it is health data and a secret.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn prepare(&self) -> std::io::Result<()> {
        let Some(folder) = self.sqlite_file().and_then(Path::parent).filter(|f| !f.as_os_str().is_empty())
        else {
            return Ok(());
        };
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.recursive(true).create(folder)
    }

    pub fn sqlite_file(&self) -> Option<&Path> {
        match self {
            Self::Postgres(_) => None,
            Self::Sqlite(path) => Some(path),
        }
    }

    /// A PostgreSQL URL with limits on how long a dead server can hold us, where the operator set none. Seconds, except
    /// `tcp_user_timeout`, which is in milliseconds.
    pub(super) fn with_limits(url: &str) -> String {
        let limits = [
            ("connect_timeout", "2"),
            ("keepalives_idle", "10"),
            ("keepalives_interval", "3"),
            ("keepalives_count", "3"),
            ("tcp_user_timeout", "5000"),
            ("application_name", "carebase"),
        ];
        limits.iter().fold(url.to_owned(), |url, (key, value)| {
            if url.contains(&format!("{key}=")) {
                return url;
            }
            let joint = if url.contains('?') { '&' } else { '?' };
            format!("{url}{joint}{key}={value}")
        })
    }
}

/// For logs and banners: never the password.
impl std::fmt::Display for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "SQLite, {}", path.display()),
            Self::Postgres(url) => {
                let place = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = place.split('?').next().unwrap_or_default();
                write!(f, "PostgreSQL, {}", place.rsplit('@').next().unwrap_or_default())
            }
        }
    }
}

impl std::fmt::Debug for Location {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_backend_and_nothing_else_is_a_database() {
        assert_eq!(Location::parse("sqlite://data/c.db"), Ok(Location::Sqlite("data/c.db".into())));
        assert_eq!(Location::parse("sqlite:///var/c.db"), Ok(Location::Sqlite("/var/c.db".into())));
        assert!(matches!(Location::parse("postgresql://h/d"), Ok(Location::Postgres(_))));
        for url in ["", "data/c.db", "mysql://h/d", "dbname=oops", "postgres:/h"] {
            assert_eq!(Location::parse(url), Err(BadLocation::Scheme), "{url}");
        }
        for url in ["sqlite://", "sqlite://:memory:", "sqlite:///var/"] {
            assert_eq!(Location::parse(url), Err(BadLocation::NoFile), "{url}");
        }
    }

    #[test]
    fn a_location_is_told_without_its_password() {
        let told = format!("{:?}", Location::parse("postgres://care:secret@db:5432/care?sslmode=x").unwrap());
        assert_eq!(told, "PostgreSQL, db:5432/care");
    }

    #[test]
    fn limits_leave_what_the_operator_set() {
        let url = Location::with_limits("postgres://h/d?connect_timeout=9");
        assert!(url.contains("connect_timeout=9&") && !url.contains("connect_timeout=2"), "{url}");
    }
}
