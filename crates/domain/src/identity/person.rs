//! The person behind an account, as other people see them.
use super::Roles;
use crate::shared::{AccountId, FieldError, text::short_text};
use chrono::NaiveDate;

/// Everything that a client shows of a person. Never the password. `S` as in [`Lend`](crate::shared::Lend).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person<S = String> {
    pub id: AccountId,
    pub username: S,
    pub email: S,
    pub first_name: S,
    pub father_name: S,
    pub last_name: S,
    pub sex: Option<Sex>,
    pub date_of_birth: Option<NaiveDate>,
    pub phone_number: S,
    pub roles: Roles,
}

impl<S> Person<S> {
    pub fn map_texts<T>(self, text: impl Fn(S) -> T) -> Person<T> {
        Person {
            id: self.id,
            username: text(self.username),
            email: text(self.email),
            first_name: text(self.first_name),
            father_name: text(self.father_name),
            last_name: text(self.last_name),
            sex: self.sex,
            date_of_birth: self.date_of_birth,
            phone_number: text(self.phone_number),
            roles: self.roles,
        }
    }
}

impl<S: Default> Person<S> {
    /// Without address, birthday, sex and telephone: as those see them who have no right to more.
    #[must_use]
    pub fn redacted(self) -> Self {
        Self { email: S::default(), sex: None, date_of_birth: None, phone_number: S::default(), ..self }
    }
}

impl Person {
    /// First and last name; empty when neither was given.
    pub fn full_name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name).trim().to_owned()
    }
}

/// As the clients offer it. `Undisclosed` is an explicit blank; a person who was never asked has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sex {
    Male,
    Female,
    Undisclosed,
}

impl Sex {
    pub const ALL: [Self; 3] = [Self::Male, Self::Female, Self::Undisclosed];

    /// `M`, `F` or the empty text.
    ///
    /// # Errors
    /// [`FieldError::NotAChoice`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        let known = Self::ALL.into_iter().find(|sex| sex.as_str() == raw);
        known.ok_or_else(|| FieldError::NotAChoice(raw.to_owned()))
    }
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Male => "M",
            Self::Female => "F",
            Self::Undisclosed => "",
        }
    }
}

short_text!(/// A first or a last name, at most 150 characters.
    GivenName, 150);
short_text!(/// A patronymic, at most 20 characters.
    FatherName, 20);
short_text!(/// A telephone number as its owner writes it, at most 15 characters.
    Phone, 15);

/// From 1900-01-01 to today.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BirthDate(NaiveDate);

impl BirthDate {
    pub const EARLIEST: NaiveDate = match NaiveDate::from_ymd_opt(1900, 1, 1) {
        Some(day) => day,
        None => NaiveDate::MIN,
    };

    /// `today` is asked of the clock at each call: the old server froze it when it started.
    ///
    /// # Errors
    /// [`FieldError::Before`], [`FieldError::After`].
    pub fn parse(day: NaiveDate, today: NaiveDate) -> Result<Self, FieldError> {
        if day < Self::EARLIEST {
            Err(FieldError::Before(Self::EARLIEST))
        } else if day > today {
            Err(FieldError::After(today))
        } else {
            Ok(Self(day))
        }
    }
    pub fn get(self) -> NaiveDate {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_birthday_lies_between_1900_and_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2025-07-21");
        assert_eq!(BirthDate::EARLIEST, day("1900-01-01"));
        for (birth, expected) in [
            ("1900-01-01", Ok(())),
            ("2025-07-21", Ok(())),
            ("1899-12-31", Err(FieldError::Before(day("1900-01-01")))),
            ("2025-07-22", Err(FieldError::After(today))),
        ] {
            assert_eq!(BirthDate::parse(day(birth), today).map(drop), expected, "{birth}");
        }
    }

    #[test]
    fn a_nameless_person_has_an_empty_full_name() {
        let person = |first: &str, last: &str| Person {
            id: AccountId::new(1),
            username: "sarah".into(),
            email: "sarah@example.com".into(),
            first_name: first.into(),
            father_name: String::new(),
            last_name: last.into(),
            sex: None,
            date_of_birth: None,
            phone_number: String::new(),
            roles: Roles::PATIENT,
        };
        assert_eq!(person("Sarah", "Connor").full_name(), "Sarah Connor");
        assert_eq!(person("", "Connor").full_name(), "Connor");
        assert_eq!(person("", "").full_name(), "");
    }
}
