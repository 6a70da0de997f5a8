//! Whom somebody in a crisis can call.

/// A number that answers day and night.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrisisLine {
    pub number: String,
    /// Who answers, in either language.
    pub russian: String,
    pub english: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrisisCountry {
    /// ISO 3166-1, two letters.
    pub code: String,
    /// In lower case, as people write where they are: the country's names and those of its large cities.
    pub names: Vec<String>,
    pub lines: Vec<CrisisLine>,
}

/// Every number that we vouch for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrisisLines {
    pub countries: Vec<CrisisCountry>,
    /// Where no country is known.
    pub elsewhere: Vec<CrisisLine>,
}

impl CrisisLines {
    /// Of the country that `location` names, a free text; else of the one with the code `otherwise`.
    pub fn at(&self, location: &str, otherwise: &str) -> &[CrisisLine] {
        let words = words(location);
        let named = self.countries.iter().find(|country| {
            country.code.len() == 2 && words.trim() == country.code.to_lowercase()
                || country.names.iter().any(|name| words.contains(&format!(" {name} ")))
        });
        let country = named.or_else(|| self.country(otherwise));
        country.map_or(&self.elsewhere, |country| &country.lines)
    }

    /// Of this code, in either case.
    pub fn country(&self, code: &str) -> Option<&CrisisCountry> {
        self.countries.iter().find(|country| country.code.eq_ignore_ascii_case(code))
    }
}

/// In lower case, with one space around each.
fn words(text: &str) -> String {
    let lower = text.to_lowercase().replace('ё', "е");
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + word + " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> CrisisLines {
        let line = |number: &str| {
            vec![CrisisLine { number: number.into(), russian: String::new(), english: String::new() }]
        };
        let country = |code: &str, names: &[&str], number| CrisisCountry {
            code: code.into(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            lines: line(number),
        };
        CrisisLines {
            countries: vec![
                country("US", &["united states", "new york", "сша"], "988"),
                country("DE", &["germany", "berlin", "германия"], "116 123"),
                country("FR", &["france"], "112"),
            ],
            elsewhere: line("112"),
        }
    }

    #[test]
    fn a_location_that_names_a_country_or_a_city_decides_else_the_operator() {
        for (location, otherwise, number) in [
            ("New York, NY", "DE", "988"),
            ("Соединённые Штаты, США", "", "988"),
            ("us", "", "988"),
            ("Berlin-Mitte", "US", "116 123"),
            ("Fleeing from us", "", "112"),
            ("Germanyish", "", "112"),
            ("France", "US", "112"),
            ("Atlantis", "de", "116 123"),
            ("", "DE", "116 123"),
            ("", "ZZ", "112"),
            ("", "", "112"),
        ] {
            assert_eq!(lines().at(location, otherwise)[0].number, number, "{location}, {otherwise}");
        }
    }
}
