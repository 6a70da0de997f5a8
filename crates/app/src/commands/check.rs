//! `carebase check`: what an operator should know before somebody else finds out.
use super::{
    failure::{Done, Failure},
    probe::{self, Port},
};
use crate::{
    cause::root,
    config::{BadConfig, Config, ENCRYPTION_KEYS, SECRET_KEY},
};
use domain::identity::AccountPolicy;
use infra::{
    bus,
    crypto::KeyStore,
    mail::{self, MailSettings},
    store,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};
use web::http::Hosts;

/// What is wrong ends with status 1; an advice does not.
#[derive(Default)]
struct Findings {
    wrong: Vec<String>,
    advice: Vec<String>,
}

/// One setting that holds secrets.
struct Secrets<'a> {
    what: &'a str,
    /// By the environment.
    given: bool,
    /// Where they are if they are not.
    file: Option<PathBuf>,
    /// If they are not there either.
    made_at_start: bool,
    usable: Result<(), BadConfig>,
}

pub(super) fn check(config: &Config) -> Done {
    say!("settings   good");
    let mut found = Findings::default();
    found.database(config);
    found.folder(config);
    found.secret(&Secrets {
        what: "secret",
        given: config.secret.is_some(),
        file: SECRET_KEY.beside(&config.database),
        made_at_start: true,
        usable: config.existing_secret().map(drop),
    });
    found.secret(&Secrets {
        what: "keys",
        given: config.encryption_keys.is_some(),
        file: ENCRYPTION_KEYS.beside(&config.database),
        made_at_start: !config.has_data_keys(),
        usable: config.existing_encryption_keys().map(drop),
    });
    found.key_store(config);
    found.redis(config);
    found.mail(config);
    tell_webhook(config);
    tell_assistant(config);
    found.port("LISTEN", config.listen, &probe::WORLD);
    if let Some(address) = config.metrics_listen {
        found.port("METRICS_LISTEN", address, &probe::METRICS);
    }
    found.public_url(config);
    found.passwords(config);
    found.tell()
}

impl Findings {
    fn database(&mut self, config: &Config) {
        let missing = config.database.sqlite_file().filter(|file| !file.exists());
        if let Some(file) = missing {
            let file = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            return say!("database   none yet at {}: the first start makes it", file.display());
        }
        match store::check(&config.database) {
            Ok(worries) if worries.is_empty() => say!("database   good: {}", config.database),
            Ok(worries) => self.wrong.extend(worries),
            Err(e) => self.wrong.push(format!("database: {}", root(&e))),
        }
    }

    /// SQLite writes beside its file, too. Of a folder that does not exist, the first start makes it: then its parent counts.
    fn folder(&mut self, config: &Config) {
        let Some(file) = config.database.sqlite_file() else { return };
        let folder = file.parent().unwrap_or(Path::new(""));
        #[cfg(unix)]
        if let Ok(metadata) = folder.metadata()
            && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
        {
            self.wrong.push(format!("folder: {} is open to others: chmod 700 it", folder.display()));
        }
        let existing = folder.ancestors().find(|ancestor| ancestor.is_dir()).unwrap_or(Path::new("."));
        match tempfile::tempfile_in(existing) {
            Ok(_unlinked) => say!("folder     good: {} can be written", existing.display()),
            Err(e) => self.wrong.push(format!(
                "folder: {} cannot be written ({e}): the user that runs carebase must own it",
                existing.display()
            )),
        }
    }

    fn secret(&mut self, Secrets { what, given, file, made_at_start, usable }: &Secrets<'_>) {
        let file = file.as_deref().filter(|_| !given);
        if let Some(file) = file.filter(|file| *made_at_start && !file.exists()) {
            return say!("{what:<10} good: will be made at the first start, in {}", file.display());
        }
        let usable = usable.as_ref().map_err(ToString::to_string);
        match (usable.and_then(|()| file.map_or(Ok(()), private)), file) {
            (Err(why), _) => self.wrong.push(format!("{what}: {why}")),
            (Ok(()), Some(file)) => say!("{what:<10} good: {}", file.display()),
            (Ok(()), None) => say!("{what:<10} good: from the settings"),
        }
    }

    /// Of a database that is there and up to date, with keys that can be used: of any other was told.
    fn key_store(&mut self, config: &Config) {
        let (Ok(installation), Ok(ring)) =
            (store::existing(&config.database), config.existing_encryption_keys())
        else {
            return;
        };
        match KeyStore::open_existing(&config.keys_database, &installation, &ring) {
            Ok(_) => say!("data keys  good: {}", config.keys_database),
            Err(e) => self.wrong.push(format!("data keys: {}", root(&e))),
        }
        if let Some(Err(why)) = config.keys_database.sqlite_file().map(private) {
            self.wrong.push(format!("data keys: {why}"));
        }
    }

    fn redis(&mut self, config: &Config) {
        let Some(url) = &config.redis_url else { return };
        match bus::ping(url) {
            Ok(()) => say!("redis      good"),
            Err(e) => self.wrong.push(format!(
                "redis: {}; the server works without it, but nodes hear of each other a second later",
                root(&e)
            )),
        }
    }

    /// A server is asked to let us in, and given no letter.
    fn mail(&mut self, config: &Config) {
        match &config.mail {
            MailSettings::None => self.advice.push(mail::NO_MAIL_SERVER.into()),
            MailSettings::Folder { dir, .. } if tempfile::tempfile_in(existing_part(dir)).is_err() => {
                self.wrong.push(format!("MAIL_DIR: {} cannot be written", dir.display()));
            }
            MailSettings::Folder { .. } => say!("mail       good: {}", config.mail),
            MailSettings::Server(server) => {
                if server.exposes_password() {
                    self.advice.push(mail::EXPOSED_PASSWORD.into());
                }
                match actix_web::rt::System::new().block_on(mail::check(server)) {
                    Ok(()) => say!("mail       good: {server} lets us in"),
                    Err(why) => self.wrong.push(format!("mail: {why}")),
                }
            }
        }
    }

    fn port(&mut self, setting: &str, address: SocketAddr, service: &probe::Service) {
        match probe::look(address, service) {
            Port::Free => say!("port       good: {address} ({setting}) is free"),
            Port::Ours => say!("port       good: carebase answers at {address} ({setting})"),
            Port::Refused(why) => {
                self.wrong
                    .push(format!("{setting}: cannot listen on {address}: {why}; choose another address"));
            }
        }
    }

    fn public_url(&mut self, config: &Config) {
        let sends_letters = !matches!(config.mail, MailSettings::None);
        if config.public_url.is_none()
            && sends_letters
            && !Hosts::new(config.allowed_hosts.clone()).are_named()
        {
            self.wrong.push(
                "PUBLIC_URL is not set, and ALLOWED_HOSTS names no host: no letter can hold a link, so none resets a password"
                    .into(),
            );
        }
        if config.public_url.is_none() && !config.listen.ip().is_loopback() {
            self.wrong.push(
                "PUBLIC_URL is not set although LISTEN is open to others: links in answers would be wrong"
                    .into(),
            );
        }
    }

    fn passwords(&mut self, config: &Config) {
        let (least, advised) = (config.accounts.password_min_strength, AccountPolicy::STRENGTH_ADVISED);
        if least < advised {
            self.advice.push(format!(
                "PASSWORD_MIN_STRENGTH is {least}: {advised} refuses new passwords that are guessed soon"
            ));
        }
    }

    fn tell(self) -> Done {
        for what in &self.advice {
            say!("advice     {what}");
        }
        for what in &self.wrong {
            say!("wrong      {what}");
        }
        match self.wrong.len() {
            0 => Ok(()),
            count => Err(Failure::new(format!("{count} thing(s) to mend"))),
        }
    }
}

/// A receiver is not asked: it might wake somebody.
fn tell_webhook(config: &Config) {
    match &config.webhook {
        Some(webhook) => say!("webhook    configured: alarms are also posted to {webhook}"),
        None => say!("webhook    none: alarms go by mail only"),
    }
}

/// A model is not asked: that may cost money.
fn tell_assistant(config: &Config) {
    match &config.model {
        Some(model) => say!("assistant  configured: {model}"),
        None => say!("assistant  none: only messages that tell of danger are answered"),
    }
}

/// A secret that others can read is none.
fn private(file: &Path) -> Result<(), String> {
    #[cfg(unix)]
    if let Ok(metadata) = file.metadata()
        && std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o077 != 0
    {
        return Err(format!("{} can be read by others: chmod 600 it", file.display()));
    }
    Ok(())
}

/// Where a folder is, or would be made.
fn existing_part(folder: &Path) -> &Path {
    folder.ancestors().find(|part| part.exists()).unwrap_or(Path::new("."))
}
