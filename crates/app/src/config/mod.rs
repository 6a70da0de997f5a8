//! What the operator decides, from the environment and `.env`. A bad value is one clear line, before anything starts.
mod secret;

use infra::store::Location;
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    path::Path,
    str::FromStr,
};
use web::{http::Rate, live::SocketLimits};

pub use secret::Secret;

/// The development servers of every family's clients.
const DEVELOPMENT_ORIGINS: &str = "http://localhost:5173,http://127.0.0.1:5173,http://localhost:5174,\
    http://127.0.0.1:5174,http://localhost:3000,http://127.0.0.1:3000";

#[derive(Debug, Clone)]
pub struct Config {
    pub database: Location,
    pub redis_url: Option<String>,
    pub listen: SocketAddr,
    /// `None` outside PostgreSQL: a secret beside the SQLite file, made at the first start.
    pub secret: Option<Secret>,
    pub allowed_hosts: Vec<String>,
    pub cors_origins: Vec<String>,
    pub public_url: Option<String>,
    pub trusted_proxies: Vec<IpNet>,
    pub rates: Option<Rates>,
    pub sockets: SocketLimits,
    pub metrics_listen: Option<SocketAddr>,
    pub log_level: tracing::Level,
    pub log_format: LogFormat,
}

/// How often one may try, by address and by account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub login_address: Rate,
    pub login_account: Rate,
    pub register_address: Rate,
    pub register_account: Rate,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    Pretty,
    Json,
}

/// Which variable, and what is wrong with it. Never its value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {why}")]
pub struct BadConfig {
    pub variable: &'static str,
    pub why: String,
}

impl BadConfig {
    fn new(variable: &'static str, why: impl ToString) -> Self {
        Self { variable, why: why.to_string() }
    }
}

type Result<T, E = BadConfig> = std::result::Result<T, E>;

impl Config {
    /// From the process's environment, after `.env` in the working folder has been added to it.
    ///
    /// # Errors
    /// [`BadConfig`], for the first value that is wrong.
    pub fn from_environment() -> Result<Self> {
        Self::from(&|name| std::env::var(name).ok())
    }

    /// The same without the operator's database, caches and secret: for an application that is thrown away.
    ///
    /// # Errors
    /// [`BadConfig`], for the first other value that is wrong.
    pub fn for_throw_away() -> Result<Self> {
        let kept = |name: &str| !matches!(name, "DATABASE_URL" | "REDIS_URL" | "SECRET_KEY");
        Self::from(&|name| kept(name).then(|| std::env::var(name).ok()).flatten())
    }

    /// # Errors
    /// [`BadConfig`], for the first value that is wrong.
    pub fn from(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let env = Env(variable);
        let database = env.parsed("DATABASE_URL", "sqlite://data/carebase.db", Location::parse)?;
        let public_url = env.optional("PUBLIC_URL", public_url)?;
        let hosts = env.parsed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", |raw| list(raw, host))?;
        Ok(Self {
            redis_url: env.optional("REDIS_URL", redis_url)?,
            listen: env.parsed("LISTEN", "127.0.0.1:8000", address)?,
            secret: match env.get("SECRET_KEY") {
                Some(raw) => Some(Secret::parse(&raw).map_err(|why| BadConfig::new("SECRET_KEY", why))?),
                None if database.sqlite_file().is_some() => None,
                None => return Err(BadConfig::new("SECRET_KEY", secret::REQUIRED)),
            },
            allowed_hosts: with_host_of(public_url.as_deref(), hosts),
            cors_origins: env.parsed("CORS_ALLOWED_ORIGINS", DEVELOPMENT_ORIGINS, |raw| list(raw, origin))?,
            trusted_proxies: env.parsed("TRUSTED_PROXIES", "", |raw| list(raw, network))?,
            rates: rates(&env)?,
            sockets: SocketLimits {
                per_account: env.parsed("SOCKETS_PER_ACCOUNT", "50", count)?,
                messages_per_second: env.parsed("SOCKET_MESSAGES_PER_SECOND", "20", count)?,
            },
            metrics_listen: env.optional("METRICS_LISTEN", address)?,
            log_level: env.parsed("LOG_LEVEL", "info", level)?,
            log_format: env.parsed("LOG_FORMAT", "pretty", format)?,
            database,
            public_url,
        })
    }

    /// The secret, read or made beside the SQLite file when the environment gave none.
    ///
    /// # Errors
    /// [`BadConfig`] when the file cannot be read or written, or holds no good secret.
    pub fn secret(&self) -> Result<Secret> {
        match (&self.secret, self.database.sqlite_file()) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, Some(file)) => {
                self.database.prepare().map_err(|e| BadConfig::new("DATABASE_URL", e))?;
                Secret::beside(file.parent().unwrap_or(Path::new("")))
                    .map_err(|why| BadConfig::new("SECRET_KEY", why))
            }
            (None, None) => Err(BadConfig::new("SECRET_KEY", secret::REQUIRED)),
        }
    }
}

/// The variables, of which a blank one counts as missing: that is how compose files leave things out.
struct Env<'a>(&'a dyn Fn(&str) -> Option<String>);

impl Env<'_> {
    fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|raw| raw.trim().to_owned()).filter(|raw| !raw.is_empty())
    }
    fn parsed<T, E: ToString>(
        &self,
        name: &'static str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T> {
        let raw = self.get(name).unwrap_or_else(|| default.to_owned());
        parse(&raw).map_err(|why| BadConfig::new(name, why.to_string()))
    }
    fn optional<T, E: ToString>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        self.get(name).map(|raw| parse(&raw).map_err(|why| BadConfig::new(name, why.to_string()))).transpose()
    }
}

fn rates(env: &Env<'_>) -> Result<Option<Rates>> {
    let rates = Rates {
        login_address: env.parsed("RATE_LIMIT_LOGIN_PER_ADDRESS", "600/m", Rate::from_str)?,
        login_account: env.parsed("RATE_LIMIT_LOGIN_PER_ACCOUNT", "60/m", Rate::from_str)?,
        register_address: env.parsed("RATE_LIMIT_REGISTER_PER_ADDRESS", "1000/h", Rate::from_str)?,
        register_account: env.parsed("RATE_LIMIT_REGISTER_PER_ACCOUNT", "100/h", Rate::from_str)?,
    };
    let on = env.parsed("RATE_LIMITS", "on", |raw| match raw {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err("must be on or off"),
    })?;
    Ok(on.then_some(rates))
}

fn count(raw: &str) -> Result<NonZeroU32, &'static str> {
    raw.parse().map_err(|_why| "must be a whole number from 1")
}

fn list<T>(raw: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    raw.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse).collect()
}

fn address(raw: &str) -> Result<SocketAddr, &'static str> {
    raw.parse().map_err(|_why| "must be an address and a port, such as 127.0.0.1:8000 or [::]:8000")
}

fn host(raw: &str) -> Result<String, String> {
    let bracketed = raw.strip_prefix('[').is_some_and(|rest| rest.ends_with(']'));
    if raw.contains(['/', ' ']) || (raw.contains(':') && !bracketed) {
        return Err(format!("holds {raw:?}: write host names without scheme, port or path"));
    }
    Ok(raw.to_owned())
}

/// Exact origins only: a wildcard would let every page on the web act for whoever has a token at hand.
fn origin(raw: &str) -> Result<String, String> {
    let rest = raw.strip_prefix("http://").or_else(|| raw.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']) => {
            Ok(raw.to_owned())
        }
        _ => Err(format!("holds {raw:?}: write exact origins such as https://app.example.com")),
    }
}

fn network(raw: &str) -> Result<IpNet, String> {
    let single = || raw.parse::<IpAddr>().map(IpNet::from);
    raw.parse()
        .or_else(|_| single())
        .map_err(|_why| format!("holds {raw:?}: write addresses or networks such as 10.0.0.0/8"))
}

fn public_url(raw: &str) -> Result<String, String> {
    let trimmed = raw.trim_end_matches('/');
    origin(trimmed).map_err(|_why| {
        "must be the scheme and host that clients use, such as https://care.example.com".into()
    })
}

fn redis_url(raw: &str) -> Result<String, String> {
    infra::bus::check_redis_url(raw)?;
    Ok(raw.to_owned())
}

fn level(raw: &str) -> Result<tracing::Level, &'static str> {
    raw.parse().map_err(|_why| "must be error, warn, info, debug or trace")
}

fn format(raw: &str) -> Result<LogFormat, &'static str> {
    match raw {
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be pretty or json"),
    }
}

fn with_host_of(public_url: Option<&str>, mut hosts: Vec<String>) -> Vec<String> {
    let authority = public_url.and_then(|url| url.split_once("://")).map(|(_, authority)| authority);
    if let Some(authority) = authority {
        let end = authority.rfind(']').map_or_else(|| authority.find(':'), |end| Some(end + 1));
        hosts.push(authority.get(..end.unwrap_or(authority.len())).unwrap_or(authority).to_owned());
    }
    hosts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config> {
        Config::from(&|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_is_a_whole_configuration() {
        let config = read(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
        assert_eq!(config.database, Location::Sqlite("data/carebase.db".into()));
        assert!(config.rates.is_some() && config.redis_url.is_none() && config.secret.is_none());
        for origin in ["http://localhost:5173", "http://127.0.0.1:5174", "http://localhost:3000"] {
            assert!(config.cors_origins.iter().any(|known| known == origin), "{origin}");
        }
    }

    #[test]
    fn the_example_file_holds_the_defaults() {
        let example = include_str!("../../../../deploy/env.example");
        let set: Vec<_> = example
            .lines()
            .filter_map(|line| line.split_once('='))
            .filter(|(name, _)| !name.contains('#'))
            .collect();
        assert!(set.len() > 15, "{set:?}");
        assert_eq!(format!("{:?}", read(&set).unwrap()), format!("{:?}", read(&[]).unwrap()));
    }

    #[test]
    fn a_bad_value_is_named_and_a_blank_one_is_missing() {
        for (name, value) in [
            ("DATABASE_URL", "mysql://h/d"),
            ("DATABASE_URL", "sqlite://"),
            ("REDIS_URL", "localhost:6379"),
            ("REDIS_URL", "rediss://localhost:6379"),
            ("REDIS_URL", "redis://:::x"),
            ("LISTEN", "8000"),
            ("LISTEN", "localhost:8000"),
            ("SECRET_KEY", "short"),
            ("SECRET_KEY", "your-secret-key-here-change-in-production"),
            ("ALLOWED_HOSTS", "https://a.example.com"),
            ("ALLOWED_HOSTS", "a.example.com:8000"),
            ("CORS_ALLOWED_ORIGINS", "*"),
            ("CORS_ALLOWED_ORIGINS", "https://*.example.com"),
            ("CORS_ALLOWED_ORIGINS", "https://a.example.com/path"),
            ("PUBLIC_URL", "care.example.com"),
            ("TRUSTED_PROXIES", "10.0.0.0/99"),
            ("RATE_LIMITS", "maybe"),
            ("RATE_LIMIT_LOGIN_PER_ACCOUNT", "many"),
            ("SOCKETS_PER_ACCOUNT", "0"),
            ("SOCKET_MESSAGES_PER_SECOND", "many"),
            ("METRICS_LISTEN", "yes"),
            ("LOG_LEVEL", "loud"),
            ("LOG_FORMAT", "xml"),
        ] {
            assert_eq!(read(&[(name, value)]).unwrap_err().variable, name, "{value}");
            assert!(read(&[(name, "  ")]).is_ok(), "{name}");
        }
    }

    #[test]
    fn postgres_needs_a_secret_of_its_own() {
        let url = ("DATABASE_URL", "postgres://db/care");
        assert_eq!(read(&[url]).unwrap_err().variable, "SECRET_KEY");
        assert!(read(&[url, ("SECRET_KEY", "0123456789abcdef0123456789abcdef")]).is_ok());
    }

    #[test]
    fn the_public_host_is_an_allowed_host() {
        let config = read(&[("PUBLIC_URL", "https://care.example.com:8443/")]).unwrap();
        assert!(config.allowed_hosts.contains(&"care.example.com".to_owned()), "{:?}", config.allowed_hosts);
        assert_eq!(config.public_url.as_deref(), Some("https://care.example.com:8443"));
    }
}
