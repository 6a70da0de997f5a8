//! The variables, read one by one; a bad value is one clear line.

/// Which variable, and what is wrong with it. Never its value: it may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{variable} {why}")]
pub struct BadConfig {
    pub variable: &'static str,
    pub why: String,
}

impl BadConfig {
    pub(super) fn new(variable: &'static str, why: impl ToString) -> Self {
        Self { variable, why: why.to_string() }
    }
}

pub(super) type Result<T, E = BadConfig> = std::result::Result<T, E>;

/// The variables, of which a blank one counts as missing: that is how compose files leave things out.
pub(super) struct Env<'a>(pub(super) &'a dyn Fn(&str) -> Option<String>);

impl Env<'_> {
    pub(super) fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).map(|raw| raw.trim().to_owned()).filter(|raw| !raw.is_empty())
    }
    pub(super) fn parsed<T, E: ToString>(
        &self,
        name: &'static str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<T> {
        let raw = self.get(name).unwrap_or_else(|| default.to_owned());
        parse(&raw).map_err(|why| BadConfig::new(name, why.to_string()))
    }
    pub(super) fn optional<T, E: ToString>(
        &self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        self.get(name).map(|raw| parse(&raw).map_err(|why| BadConfig::new(name, why.to_string()))).transpose()
    }
}
