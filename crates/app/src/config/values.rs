//! How each value is read, and what is said of a bad one.
use ipnet::IpNet;
use std::{
    net::{IpAddr, SocketAddr},
    num::NonZeroU32,
    ops::RangeInclusive,
    str::FromStr,
};

/// One of two words.
pub(super) fn choice<'a, T: Copy>(words: &'a [(&'a str, T); 2]) -> impl Fn(&str) -> Result<T, String> + 'a {
    move |raw| {
        let found = words.iter().find(|(word, _)| *word == raw);
        found.map(|(_, value)| *value).ok_or_else(|| format!("must be {} or {}", words[0].0, words[1].0))
    }
}

/// A whole number of this range.
pub(super) fn within<T: FromStr + PartialOrd + std::fmt::Display>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> {
    move |raw| match raw.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(format!("must be a whole number from {} to {}", range.start(), range.end())),
    }
}

pub(super) fn count(raw: &str) -> Result<NonZeroU32, &'static str> {
    raw.parse().map_err(|_why| "must be a whole number from 1")
}

/// 0 turns the limit off.
pub(super) fn count_or_none(raw: &str) -> Result<Option<NonZeroU32>, &'static str> {
    raw.parse().map(NonZeroU32::new).map_err(|_why| "must be a whole number; 0 turns the limit off")
}

pub(super) fn list<T>(raw: &str, parse: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    raw.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse).collect()
}

pub(super) fn address(raw: &str) -> Result<SocketAddr, &'static str> {
    raw.parse().map_err(|_why| "must be an address and a port, such as 127.0.0.1:8000 or [::]:8000")
}

pub(super) fn host(raw: &str) -> Result<String, String> {
    let bracketed = raw.strip_prefix('[').is_some_and(|rest| rest.ends_with(']'));
    if raw.contains(['/', ' ']) || (raw.contains(':') && !bracketed) {
        return Err(format!("holds {raw:?}: write host names without scheme, port or path"));
    }
    Ok(raw.to_owned())
}

/// Exact origins only: a wildcard would let every page on the web act for a user whose token it has.
pub(super) fn origin(raw: &str) -> Result<String, String> {
    let rest = raw.strip_prefix("http://").or_else(|| raw.strip_prefix("https://"));
    match rest {
        Some(host) if !host.is_empty() && !host.contains(['/', '*', '?', '#', '@', ' ']) => {
            Ok(raw.to_owned())
        }
        _ => Err(format!("holds {raw:?}: write exact origins such as https://app.example.com")),
    }
}

/// A mail server's, without its port; the brackets of an IPv6 address are left out.
pub(super) fn mail_host(raw: &str) -> Result<String, &'static str> {
    let bare = raw.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(raw);
    let is_address = bare.parse::<IpAddr>().is_ok();
    if bare.is_empty() || bare.contains(['/', ' ', '@', '[', ']']) || (bare.contains(':') && !is_address) {
        return Err("must be a host name or an address, without scheme and port (that is EMAIL_PORT)");
    }
    Ok(bare.to_owned())
}

/// In the words of every framework.
pub(super) fn on_or_off(raw: &str) -> Result<bool, &'static str> {
    match raw.to_ascii_lowercase().as_str() {
        "true" | "1" | "on" | "yes" => Ok(true),
        "false" | "0" | "off" | "no" => Ok(false),
        _ => Err("must be true or false"),
    }
}

pub(super) fn network(raw: &str) -> Result<IpNet, String> {
    let single = || raw.parse::<IpAddr>().map(IpNet::from);
    raw.parse()
        .or_else(|_| single())
        .map_err(|_why| format!("holds {raw:?}: write addresses or networks such as 10.0.0.0/8"))
}

pub(super) fn public_url(raw: &str) -> Result<String, String> {
    let trimmed = raw.trim_end_matches('/');
    origin(trimmed).map_err(|_why| {
        "must be the scheme and host that clients use, such as https://care.example.com".into()
    })
}

pub(super) fn redis_url(raw: &str) -> Result<String, String> {
    infra::bus::check_redis_url(raw)?;
    Ok(raw.to_owned())
}

pub(super) fn level(raw: &str) -> Result<tracing::Level, &'static str> {
    raw.parse().map_err(|_why| "must be error, warn, info, debug or trace")
}
