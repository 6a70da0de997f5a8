//! The variables, read one by one; a bad value is one clear line.
use std::fs;

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
    /// What may stand in a file instead, which the other variable names: the environment shows itself to every child process.
    pub(super) fn optional_or_in_file<T, E: ToString>(
        &self,
        name: &'static str,
        file_name: &'static str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Result<Option<T>> {
        let Some(path) = self.get(file_name) else { return self.optional(name, parse) };
        let bad = |why: String| BadConfig::new(file_name, why);
        if self.get(name).is_some() {
            return Err(bad(format!("is set beside {name}: unset one of them")));
        }
        let text = fs::read_to_string(&path);
        let text = text.map_err(|e| bad(format!("cannot be read from {path}: {e}")))?;
        match text.trim() {
            "" => Err(bad(format!("names {path}, which is empty"))),
            text => parse(text).map(Some).map_err(|why| bad(format!("in {path} {}", why.to_string()))),
        }
    }
}
