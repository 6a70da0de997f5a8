//! What the operator decides, from the environment and `.env`. A bad value is one clear line, before anything starts.
mod assistant;
mod env;
mod log;
mod mail;
mod ptsd;
mod secret;
mod values;
mod webhook;

use domain::{
    assistant::AssistantSettings,
    identity::{AccountPolicy, Password},
};
use env::{Env, Result};
use infra::{
    assistant::ModelSettings,
    crypto::KeyRing,
    mail::MailSettings,
    store::Location,
    webhook::{SigningSecret, WebhookSettings},
};
use ipnet::IpNet;
use std::{net::SocketAddr, num::NonZeroU32, path::Path, str::FromStr};
use values::{
    address, choice, count, count_or_none, host, list, network, origin, public_url, redis_url, within,
};
use web::{http::Rate, live::SocketLimits};

pub use env::BadConfig;
pub use log::{Log, LogFormat};
pub use ptsd::PtsdSettings;
use secret::SecretSetting;
pub use secret::{ENCRYPTION_KEYS, SECRET_KEY, Secret};

/// The development servers of every family's clients.
const DEVELOPMENT_ORIGINS: &str = "http://localhost:5173,http://127.0.0.1:5173,http://localhost:5174,\
    http://127.0.0.1:5174,http://localhost:3000,http://127.0.0.1:3000";

/// 64: mail servers give one client few connections, commonly ten to fifty.
const ALARM_MAIL_CONNECTIONS_MAX: NonZeroU32 = NonZeroU32::MIN.saturating_add(63);

#[derive(Debug, Clone)]
pub struct Config {
    pub database: Location,
    pub redis_url: Option<String>,
    pub listen: SocketAddr,
    /// `None` outside PostgreSQL: a secret beside the SQLite file, made at the first start.
    pub secret: Option<Secret>,
    /// Newest first; `None` as above.
    pub encryption_keys: Option<Vec<Secret>>,
    /// Where the keys are stored with which texts are sealed.
    pub keys_database: Location,
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
    pub mail: MailSettings,
    /// To the mail server, for alarms only: so many are handed over at the same time.
    pub alarm_mail_connections: NonZeroU32,
    /// `None`: alarms go by mail only.
    pub webhook: Option<WebhookSettings>,
    /// By which reports of bounces are signed. `None`: none are taken.
    pub mail_bounce_secret: Option<SigningSecret>,
    pub ptsd: PtsdSettings,
    /// `None`: the assistant has no model.
    pub model: Option<ModelSettings>,
    pub assistant: AssistantSettings,
}

/// How often one may try, by address and by account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    pub login_address: Rate,
    pub login_account: Rate,
    pub register_address: Rate,
    pub register_account: Rate,
    pub reset_address: Rate,
    pub reset_account: Rate,
}

impl Config {
    /// From the process's environment, after `.env` in the working folder has been added to it.
    ///
    /// # Errors
    /// [`BadConfig`], for the first value that is wrong.
    pub fn from_environment() -> Result<Self> {
        Self::from(&|name| std::env::var(name).ok())
    }

    /// The same without the operator's database, caches, secrets, mail server, webhook and model: for an application that is thrown
    /// away, and must write to nobody.
    ///
    /// # Errors
    /// [`BadConfig`], for the first other value that is wrong.
    pub fn for_throw_away() -> Result<Self> {
        Self::from(&|name| survives_throw_away(name).then(|| std::env::var(name).ok()).flatten())
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
        let ptsd = PtsdSettings::from(&env)?;
        Ok(Self {
            redis_url: env.optional("REDIS_URL", redis_url)?,
            listen,
            secret: secrets(&SECRET_KEY, &env, &database)?.map(|mut only| only.swap_remove(0)),
            encryption_keys: secrets(&ENCRYPTION_KEYS, &env, &database)?,
            keys_database: keys_database(&env, &database)?,
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
            mail: mail::mail(&env)?,
            alarm_mail_connections: env.parsed(
                "ALARM_MAIL_CONNECTIONS",
                "8",
                within(NonZeroU32::MIN..=ALARM_MAIL_CONNECTIONS_MAX),
            )?,
            webhook: webhook::webhook(&env)?,
            mail_bounce_secret: webhook::mail_bounce_secret(&env)?,
            model: assistant::model(&env)?,
            assistant: assistant::assistant(&env, ptsd.language)?,
            ptsd,
            database,
            public_url,
        })
    }

    /// With another database, whose keys are stored where they are by default.
    pub fn set_database(&mut self, database: Location) {
        self.keys_database = keys_beside(&database);
        self.database = database;
    }

    /// The secret, read or made beside the SQLite file when the environment gave none.
    ///
    /// # Errors
    /// [`BadConfig`] when the file cannot be read or written, or holds no good secret.
    pub fn secret(&self) -> Result<Secret> {
        match &self.secret {
            Some(secret) => Ok(secret.clone()),
            None => SECRET_KEY.kept_or_made(&self.database).map(|mut only| only.swap_remove(0)),
        }
    }

    /// The secret of a server that ran already: none is made.
    ///
    /// # Errors
    /// [`BadConfig`] when there is none, or no good one.
    pub fn existing_secret(&self) -> Result<Secret> {
        match &self.secret {
            Some(secret) => Ok(secret.clone()),
            None => SECRET_KEY.kept(&self.database).map(|mut only| only.swap_remove(0)),
        }
    }

    /// As [`secret`](Self::secret), but none is made beside data keys that another one has encrypted.
    ///
    /// # Errors
    /// As there.
    pub fn encryption_keys(&self) -> Result<KeyRing> {
        match &self.encryption_keys {
            Some(keys) => ring(keys),
            None if self.has_data_keys() => self.existing_encryption_keys(),
            None => ring(&ENCRYPTION_KEYS.kept_or_made(&self.database)?),
        }
    }

    /// In an SQLite file.
    pub fn has_data_keys(&self) -> bool {
        self.keys_database.sqlite_file().is_some_and(Path::exists)
    }

    /// As [`existing_secret`](Self::existing_secret).
    ///
    /// # Errors
    /// As there.
    pub fn existing_encryption_keys(&self) -> Result<KeyRing> {
        match &self.encryption_keys {
            Some(keys) => ring(keys),
            None => ring(&ENCRYPTION_KEYS.kept(&self.database)?),
        }
    }
}

fn survives_throw_away(name: &str) -> bool {
    let dropped = [
        "DATABASE_URL",
        "KEYS_DATABASE_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "SECRET_KEY_FILE",
        "ENCRYPTION_KEYS",
        "ENCRYPTION_KEYS_FILE",
        "MAIL_DIR",
    ];
    let families = ["EMAIL_", "ALARM_WEBHOOK_", "MAIL_BOUNCE_", "ASSISTANT_"];
    !dropped.contains(&name) && !families.iter().any(|family| name.starts_with(family))
}

fn ring(keys: &[Secret]) -> Result<KeyRing> {
    let why = |why| BadConfig::new(ENCRYPTION_KEYS.variable, why);
    KeyRing::new(keys.iter().map(Secret::as_bytes)).map_err(why)
}

fn secrets(setting: &SecretSetting, env: &Env<'_>, database: &Location) -> Result<Option<Vec<Secret>>> {
    match setting.given(env)? {
        None if database.sqlite_file().is_none() => Err(setting.required()),
        given => Ok(given),
    }
}

fn keys_database(env: &Env<'_>, database: &Location) -> Result<Location> {
    let given = env.optional("KEYS_DATABASE_URL", Location::parse)?;
    let keys = given.unwrap_or_else(|| keys_beside(database));
    if keys == *database && database.sqlite_file().is_some() {
        return Err(BadConfig::new("KEYS_DATABASE_URL", "must be another file than DATABASE_URL"));
    }
    Ok(keys)
}

/// A file beside that of SQLite; on PostgreSQL a schema beside that of the data.
fn keys_beside(database: &Location) -> Location {
    match database {
        Location::Postgres(url) => Location::Postgres(url.clone()),
        Location::Sqlite(path) => Location::Sqlite(path.with_file_name("keys.db")),
    }
}

fn rates(env: &Env<'_>) -> Result<Option<Rates>> {
    let rates = Rates {
        login_address: env.parsed("RATE_LIMIT_LOGIN_PER_ADDRESS", "600/m", Rate::from_str)?,
        login_account: env.parsed("RATE_LIMIT_LOGIN_PER_ACCOUNT", "60/m", Rate::from_str)?,
        register_address: env.parsed("RATE_LIMIT_REGISTER_PER_ADDRESS", "1000/h", Rate::from_str)?,
        register_account: env.parsed("RATE_LIMIT_REGISTER_PER_ACCOUNT", "100/h", Rate::from_str)?,
        reset_address: env.parsed("RATE_LIMIT_RESET_PER_ADDRESS", "120/h", Rate::from_str)?,
        reset_account: env.parsed("RATE_LIMIT_RESET_PER_ACCOUNT", "6/h", Rate::from_str)?,
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
