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
    let in_example =
        |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    assert_eq!(Log::from(&Env(&in_example)), Log::from(&Env(&|_| None)));
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
        ("SECRET_KEY_FILE", "/no/such/file"),
        ("SECRET_KEY_FILE", "/"),
        ("ENCRYPTION_KEYS", "0123456789abcdef0123456789abcdef, short"),
        ("ENCRYPTION_KEYS_FILE", "/no/such/file"),
        ("KEYS_DATABASE_URL", "keys.db"),
        ("ALLOWED_HOSTS", "https://a.example.com"),
        ("ALLOWED_HOSTS", "a.example.com:8000"),
        ("CORS_ALLOWED_ORIGINS", "*"),
        ("CORS_ALLOWED_ORIGINS", "https://*.example.com"),
        ("CORS_ALLOWED_ORIGINS", "https://a.example.com/path"),
        ("PUBLIC_URL", "care.example.com"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("RATE_LIMITS", "maybe"),
        ("RATE_LIMIT_LOGIN_PER_ACCOUNT", "many"),
        ("RATE_LIMIT_RESET_PER_ACCOUNT", "6/week"),
        ("REGISTRATION", "invited"),
        ("PASSWORD_MIN_LENGTH", "0"),
        ("PASSWORD_MIN_LENGTH", "129"),
        ("PASSWORD_MIN_STRENGTH", "5"),
        ("SOCKETS_PER_ACCOUNT", "0"),
        ("CONNECTIONS_PER_ADDRESS", "many"),
        ("SOCKET_MESSAGES_PER_SECOND", "many"),
        ("METRICS_LISTEN", "yes"),
        ("METRICS_LISTEN", "127.0.0.1:8000"),
        ("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend"),
        ("EMAIL_HOST", "smtp.example.com:587"),
        ("EMAIL_HOST", "smtp://smtp.example.com"),
        ("EMAIL_PORT", "0"),
        ("EMAIL_PORT", "65536"),
        ("EMAIL_USE_TLS", "maybe"),
        ("EMAIL_FROM", "care"),
        ("EMAIL_FROM", "care@example.com, other@example.com"),
        ("EMAIL_HOST_PASSWORD_FILE", "/no/such/file"),
        ("ALARM_WEBHOOK_URL", "http://alerts.example.com"),
        ("ALARM_WEBHOOK_SECRET", "short"),
        ("ALARM_WEBHOOK_SECRET_FILE", "/no/such/file"),
        ("MAIL_BOUNCE_SECRET", "short"),
        ("MAIL_BOUNCE_SECRET_FILE", "/no/such/file"),
        ("ALARM_MAIL_CONNECTIONS", "0"),
        ("ALARM_MAIL_CONNECTIONS", "65"),
    ] {
        assert_eq!(read(&[(name, value)]).unwrap_err().variable, name, "{value}");
        assert!(read(&[(name, "  ")]).is_ok(), "{name}");
    }
}

#[test]
fn the_log_has_settings_of_its_own() {
    let log = |name: &'static str, value: &'static str| {
        Log::from(&Env(&move |asked| (asked == name).then(|| value.to_owned())))
    };
    let standard = Log { level: tracing::Level::INFO, format: LogFormat::Pretty };
    assert_eq!(log("", ""), Ok(standard));
    assert_eq!(log("LOG_FORMAT", "json").unwrap().format, LogFormat::Json);
    for (name, value) in [("LOG_LEVEL", "loud"), ("LOG_FORMAT", "xml")] {
        assert_eq!(log(name, value).unwrap_err().variable, name, "{value}");
        assert_eq!(log(name, " "), Ok(standard));
    }
}

#[test]
fn the_secret_may_stand_in_a_file_but_not_in_two_places() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let good = "0123456789abcdef0123456789abcdef";
    std::fs::write(&file, format!("{good}\n")).unwrap();
    let by_file = ("SECRET_KEY_FILE", path);
    assert_eq!(read(&[by_file]).unwrap().secret, read(&[("SECRET_KEY", good)]).unwrap().secret);
    let both = read(&[by_file, ("SECRET_KEY", good)]).unwrap_err();
    assert_eq!(both.variable, "SECRET_KEY_FILE");
    std::fs::write(&file, "hunter2").unwrap();
    let bad = read(&[by_file]).unwrap_err();
    assert_eq!(bad.variable, "SECRET_KEY_FILE");
    assert!(!bad.to_string().contains("hunter2"), "{bad}");
}

#[test]
fn postgres_needs_a_secret_and_encryption_keys() {
    let (url, key) = (("DATABASE_URL", "postgres://db/care"), "0123456789abcdef0123456789abcdef");
    assert_eq!(read(&[url]).unwrap_err().variable, "SECRET_KEY");
    assert_eq!(read(&[url, ("SECRET_KEY", key)]).unwrap_err().variable, "ENCRYPTION_KEYS");
    assert!(read(&[url, ("SECRET_KEY", key), ("ENCRYPTION_KEYS", key)]).is_ok());
}

#[test]
fn keys_are_stored_apart_from_the_data() {
    let keys = |variables: &[(&str, &str)]| read(variables).map(|config| config.keys_database.to_string());
    let data = ("DATABASE_URL", "sqlite:///var/care/care.db");
    assert_eq!(keys(&[data]).unwrap(), "SQLite, /var/care/keys.db");
    let elsewhere = ("KEYS_DATABASE_URL", "sqlite:///secure/keys.db");
    assert_eq!(keys(&[data, elsewhere]).unwrap(), "SQLite, /secure/keys.db");
    for same in ["sqlite:///var/care/care.db", "sqlite:///var/care/keys.db"] {
        let refused = keys(&[("DATABASE_URL", same), ("KEYS_DATABASE_URL", same)]).unwrap_err();
        assert_eq!(refused.variable, "KEYS_DATABASE_URL");
    }
    assert!(keys(&[("DATABASE_URL", "sqlite://keys.db")]).is_err());
}

#[test]
fn what_is_thrown_away_writes_to_nobody() {
    for name in [
        "MAIL_DIR",
        "EMAIL_HOST",
        "EMAIL_HOST_PASSWORD",
        "EMAIL_FROM",
        "ALARM_WEBHOOK_URL",
        "ALARM_WEBHOOK_SECRET_FILE",
        "MAIL_BOUNCE_SECRET",
        "DATABASE_URL",
        "SECRET_KEY",
    ] {
        assert!(!survives_throw_away(name), "{name}");
    }
    assert!(survives_throw_away("LISTEN"));
}
