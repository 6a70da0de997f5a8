//! What the operator decides, from the environment and `.env`. A bad value is one clear line, before anything starts.
mod env;
mod log;
mod secret;
mod values;

use domain::identity::{AccountPolicy, Password};
use env::{Env, Result};
use infra::store::Location;
use ipnet::IpNet;
use std::{net::SocketAddr, num::NonZeroU32, path::Path, str::FromStr};
use values::{
    address, choice, count, count_or_none, host, list, network, origin, public_url, redis_url, within,
};
use web::{http::Rate, live::SocketLimits};

pub use env::BadConfig;
pub use log::{Log, LogFormat};
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
    /// `None`: no limit.
    pub connections_per_address: Option<NonZeroU32>,
    pub rates: Option<Rates>,
    pub accounts: AccountPolicy,
    pub sockets: SocketLimits,
    pub metrics_listen: Option<SocketAddr>,
}

/// How often one may try, by address and by account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub login_address: Rate,
    pub login_account: Rate,
    pub register_address: Rate,
    pub register_account: Rate,
}

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
        let kept =
            |name: &str| !matches!(name, "DATABASE_URL" | "REDIS_URL" | "SECRET_KEY" | "SECRET_KEY_FILE");
        Self::from(&|name| kept(name).then(|| std::env::var(name).ok()).flatten())
    }

    /// # Errors
    /// [`BadConfig`], for the first value that is wrong.
    pub fn from(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let env = Env(variable);
        let database = env.parsed("DATABASE_URL", "sqlite://data/carebase.db", Location::parse)?;
        let public_url = env.optional("PUBLIC_URL", public_url)?;
        let listen = env.parsed("LISTEN", "127.0.0.1:8000", address)?;
        let metrics_listen = env.optional("METRICS_LISTEN", address)?;
        if metrics_listen == Some(listen) {
            return Err(BadConfig::new("METRICS_LISTEN", "must be another address than LISTEN"));
        }
        let hosts = env.parsed("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]", |raw| list(raw, host))?;
        Ok(Self {
            redis_url: env.optional("REDIS_URL", redis_url)?,
            listen,
            secret: match given_secret(&env)? {
                None if database.sqlite_file().is_none() => {
                    return Err(BadConfig::new("SECRET_KEY", secret::REQUIRED));
                }
                secret => secret,
            },
            allowed_hosts: with_host_of(public_url.as_deref(), hosts),
            cors_origins: env.parsed("CORS_ALLOWED_ORIGINS", DEVELOPMENT_ORIGINS, |raw| list(raw, origin))?,
            trusted_proxies: env.parsed("TRUSTED_PROXIES", "", |raw| list(raw, network))?,
            connections_per_address: env.parsed("CONNECTIONS_PER_ADDRESS", "1024", count_or_none)?,
            rates: rates(&env)?,
            accounts: accounts(&env)?,
            sockets: SocketLimits {
                per_account: env.parsed("SOCKETS_PER_ACCOUNT", "50", count)?,
                messages_per_second: env.parsed("SOCKET_MESSAGES_PER_SECOND", "20", count)?,
            },
            metrics_listen,
            database,
            public_url,
        })
    }

    /// The secret of a server that ran already: given by the environment, or beside the SQLite file.
    ///
    /// # Errors
    /// [`BadConfig`] when there is none, or no good one.
    pub fn existing_secret(&self) -> Result<Secret> {
        let missing = || BadConfig::new("SECRET_KEY", secret::NOT_THERE);
        match (&self.secret, self.database.sqlite_file()) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, file) => {
                let folder = file.and_then(Path::parent).ok_or_else(missing)?;
                let found = Secret::read_beside(folder).map_err(|why| BadConfig::new("SECRET_KEY", why))?;
                found.ok_or_else(missing)
            }
        }
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

/// The environment shows itself to every child process, and in listings: the file does not.
fn given_secret(env: &Env<'_>) -> Result<Option<Secret>> {
    let in_file = env.get("SECRET_KEY_FILE");
    match (env.get("SECRET_KEY"), in_file) {
        (Some(_), Some(_)) => {
            Err(BadConfig::new("SECRET_KEY_FILE", "is set beside SECRET_KEY: unset one of them"))
        }
        (Some(raw), None) => Secret::parse(&raw).map(Some).map_err(|why| BadConfig::new("SECRET_KEY", why)),
        (None, Some(path)) => match Secret::read(Path::new(&path)) {
            Ok(Some(secret)) => Ok(Some(secret)),
            Ok(None) => Err(BadConfig::new("SECRET_KEY_FILE", format!("names {path}, which does not exist"))),
            Err(why) => Err(BadConfig::new("SECRET_KEY_FILE", why)),
        },
        (None, None) => Ok(None),
    }
}

fn rates(env: &Env<'_>) -> Result<Option<Rates>> {
    let rates = Rates {
        login_address: env.parsed("RATE_LIMIT_LOGIN_PER_ADDRESS", "600/m", Rate::from_str)?,
        login_account: env.parsed("RATE_LIMIT_LOGIN_PER_ACCOUNT", "60/m", Rate::from_str)?,
        register_address: env.parsed("RATE_LIMIT_REGISTER_PER_ADDRESS", "1000/h", Rate::from_str)?,
        register_account: env.parsed("RATE_LIMIT_REGISTER_PER_ACCOUNT", "100/h", Rate::from_str)?,
    };
    let on = env.parsed("RATE_LIMITS", "on", choice(&[("on", true), ("off", false)]))?;
    Ok(on.then_some(rates))
}

fn accounts(env: &Env<'_>) -> Result<AccountPolicy> {
    let AccountPolicy { password_min_length: length, password_min_strength: strength, .. } =
        AccountPolicy::DEFAULT;
    Ok(AccountPolicy {
        registration_open: env.parsed(
            "REGISTRATION",
            "open",
            choice(&[("open", true), ("closed", false)]),
        )?,
        password_min_length: env.parsed(
            "PASSWORD_MIN_LENGTH",
            &length.to_string(),
            within(1..=Password::MAX),
        )?,
        password_min_strength: env.parsed("PASSWORD_MIN_STRENGTH", &strength.to_string(), within(0..=4))?,
    })
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
mod tests;
