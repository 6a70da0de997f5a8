//! `carebase check`: what an operator should know before somebody else finds out.
use super::failure::{Done, Failure};
use crate::{cause::root, config::Config};
use infra::{bus, store};

pub(super) fn check(config: &Config) -> Done {
    say!("settings   good");
    let mut wrong = vec![];
    match store::check(&config.database) {
        Ok(worries) if worries.is_empty() => say!("database   good: {}", config.database),
        Ok(worries) => wrong.extend(worries),
        Err(e) => wrong.push(format!("database: {}", root(&e))),
    }
    match &config.secret {
        Some(_) => say!("secret     good: from SECRET_KEY"),
        None => match secret_file(config) {
            Ok(told) => say!("secret     good: {told}"),
            Err(why) => wrong.push(why),
        },
    }
    if let Some(url) = &config.redis_url {
        match bus::ping(url) {
            Ok(()) => say!("redis      good"),
            Err(e) => wrong.push(format!(
                "redis: {}; the house works without it; nodes hear of each other a second later",
                root(&e)
            )),
        }
    }
    if config.public_url.is_none() && !config.listen.ip().is_loopback() {
        wrong.push(
            "PUBLIC_URL is not set although LISTEN is open to others: links in answers would be wrong".into(),
        );
    }
    if wrong.is_empty() {
        return Ok(());
    }
    for what in &wrong {
        say!("wrong      {what}");
    }
    Err(Failure::new(format!("{} thing(s) to mend", wrong.len())))
}

/// Looks, and makes none: that is for the first start.
fn secret_file(config: &Config) -> Result<String, String> {
    let folder = config.database.sqlite_file().and_then(|file| file.parent());
    let path = folder.map(|folder| folder.join("secret.key")).unwrap_or_default();
    if !path.exists() {
        return Ok(format!("will be made at the first start, in {}", path.display()));
    }
    config.secret().map_err(|e| e.to_string())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).map_err(|e| e.to_string())?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(format!("secret: {} can be read by others: chmod 600 it", path.display()));
        }
    }
    Ok(path.display().to_string())
}
