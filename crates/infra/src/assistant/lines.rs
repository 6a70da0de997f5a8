//! Crisis lines: data of `seeds/crisis/lines.toml`, embedded in the binary.
use domain::{
    assistant::{CrisisCountry, CrisisLine, CrisisLines},
    shared::StoreError,
};
use serde::Deserialize;

const LINES: &str = include_str!("../../../../seeds/crisis/lines.toml");

/// # Errors
/// [`StoreError::Failed`] when the file names a line that it does not have: a test looks.
pub fn load_lines() -> Result<CrisisLines, StoreError> {
    let file: LinesFile = toml::from_str(LINES).map_err(StoreError::failed)?;
    let countries = file.country.iter().map(|country| {
        Ok(CrisisCountry {
            code: country.code.clone(),
            names: country.names.clone(),
            lines: file.lines(&country.lines)?,
        })
    });
    Ok(CrisisLines {
        countries: countries.collect::<Result<_, StoreError>>()?,
        elsewhere: file.lines(&file.elsewhere.lines)?,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinesFile {
    line: Vec<LineRow>,
    elsewhere: LinesOf,
    country: Vec<CountryRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineRow {
    number: String,
    russian: String,
    english: String,
    /// For those who read the file.
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LinesOf {
    lines: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CountryRow {
    code: String,
    names: Vec<String>,
    lines: Vec<String>,
}

impl LinesFile {
    fn lines(&self, numbers: &[String]) -> Result<Vec<CrisisLine>, StoreError> {
        numbers.iter().map(|number| self.line(number)).collect()
    }

    fn line(&self, number: &str) -> Result<CrisisLine, StoreError> {
        let unknown = || StoreError::failed(format!("seeds/crisis/lines.toml has no line {number}"));
        let row = self.line.iter().find(|row| row.number == number).ok_or_else(unknown)?;
        Ok(CrisisLine {
            number: row.number.clone(),
            russian: row.russian.clone(),
            english: row.english.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn numbers(location: &str, otherwise: &str) -> Vec<String> {
        let lines = load_lines().unwrap();
        lines.at(location, otherwise).iter().map(|line| line.number.clone()).collect()
    }

    #[test]
    fn the_lines_of_a_place_are_named_and_112_where_none_is_vouched_for() {
        for (location, otherwise, expected) in [
            ("Москва", "US", &["112"][..]),
            ("г. Санкт-Петербург, Невский", "", &["112"]),
            ("Brooklyn, New York", "RU", &["988"]),
            ("Toronto", "", &["988"]),
            ("London", "", &["112", "116 123"]),
            ("Köln, Deutschland", "", &["112", "116 123"]),
            ("Paris", "US", &["112"]),
            ("somewhere", "GB", &["112", "116 123"]),
            ("", "", &["112"]),
        ] {
            assert_eq!(numbers(location, otherwise), expected, "{location}, {otherwise}");
        }
    }

    #[test]
    fn no_two_countries_share_a_name_and_names_are_written_as_they_are_looked_for() {
        let (lines, mut names) = (load_lines().unwrap(), BTreeSet::new());
        for country in &lines.countries {
            assert!(country.code.len() == 2 && !country.lines.is_empty(), "{}", country.code);
            for name in &country.names {
                let plain = name.chars().all(|c| c.is_alphanumeric() && c != 'ё' || c == ' ');
                assert!(plain && *name == name.to_lowercase(), "{name}");
                assert!(names.insert(name), "{name}");
            }
        }
    }
}
