//! From a JSON value to a plain one, with the tolerance of the old servers: numbers pass as text, "7" and 7.0 as 7,
//! "yes" as true. What the value then means is judged by the domain's `parse`.
use chrono::NaiveDate;
use domain::shared::FieldError;
use serde_json::{Number, Value};

/// As the old servers' language calls it: clients show these messages.
pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(n) if n.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

pub(super) fn as_text(value: &Value) -> Result<String, FieldError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        _ => Err(FieldError::NotText),
    }
}

/// Text, or a number written out.
pub fn text<T>(parse: impl Fn(&str) -> Result<T, FieldError>) -> impl Fn(&Value) -> Result<T, FieldError> {
    move |value| parse(&as_text(value)?)
}

/// One of a few words; whatever else was sent is quoted in the refusal.
pub fn choice<T>(parse: impl Fn(&str) -> Result<T, FieldError>) -> impl Fn(&Value) -> Result<T, FieldError> {
    move |value| match value {
        Value::String(word) => parse(word),
        Value::Bool(true) => parse("True"),
        Value::Bool(false) => parse("False"),
        other => parse(&other.to_string()),
    }
}

/// A whole number of 64 bits: 7, "7", 7.0 and "7.0".
pub fn integer<T>(parse: impl Fn(i64) -> Result<T, FieldError>) -> impl Fn(&Value) -> Result<T, FieldError> {
    move |value| {
        let number = match value {
            Value::Number(number) => whole(number),
            Value::String(digits) => whole_text(digits.trim()),
            _ => None,
        };
        parse(number.ok_or(FieldError::NotInteger)?)
    }
}

fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| number.is_f64().then(|| whole_text(&number.to_string())).flatten())
}

fn whole_text(text: &str) -> Option<i64> {
    let (digits, fraction) = text.split_once('.').unwrap_or((text, ""));
    fraction.chars().all(|c| c == '0').then(|| digits.parse().ok()).flatten()
}

/// The words of HTML forms and of Python, beside JSON's own.
pub(super) const TRUE: [&str; 6] = ["t", "y", "yes", "true", "on", "1"];
pub(super) const FALSE: [&str; 6] = ["f", "n", "no", "false", "off", "0"];

pub fn boolean(value: &Value) -> Result<bool, FieldError> {
    let word = match value {
        Value::Bool(flag) => return Ok(*flag),
        Value::Number(number) => number.to_string(),
        Value::String(word) => word.trim().to_ascii_lowercase(),
        _ => return Err(FieldError::NotBoolean),
    };
    match word.as_str() {
        "1.0" => Ok(true),
        "0.0" => Ok(false),
        word if TRUE.contains(&word) => Ok(true),
        word if FALSE.contains(&word) => Ok(false),
        _ => Err(FieldError::NotBoolean),
    }
}

/// `YYYY-MM-DD`, where month and day may lack their leading zero.
pub fn date<T>(
    parse: impl Fn(NaiveDate) -> Result<T, FieldError>,
) -> impl Fn(&Value) -> Result<T, FieldError> {
    move |value| {
        let day = value.as_str().and_then(day).ok_or(FieldError::NotDate)?;
        parse(day)
    }
}

fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-').map(|part| {
        let digits = (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        digits.then_some(part)
    });
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year = year.parse().ok().filter(|year| *year > 0)?;
    NaiveDate::from_ymd_opt(year, month.parse().ok()?, day.parse().ok()?)
}

/// The id of another object. What is no id, and what is too large to be one, is told apart: the one has a wrong type, the
/// other does not exist.
pub fn reference<T>(find: impl Fn(i64) -> Result<T, FieldError>) -> impl Fn(&Value) -> Result<T, FieldError> {
    move |value| {
        let written = match value {
            Value::Number(number) if !number.is_f64() => number.to_string(),
            Value::String(text) if text.is_empty() => return Err(FieldError::Null),
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => match whole(number) {
                Some(id) => id.to_string(),
                None if number.as_f64().is_some_and(|f| f.abs() >= 9.2e18) => number.to_string(),
                None => return Err(FieldError::NotAReference("float")),
            },
            other => return Err(FieldError::NotAReference(type_name(other))),
        };
        let unsigned = written.strip_prefix(['-', '+']).unwrap_or(&written);
        match written.parse() {
            Ok(id) => find(id),
            Err(_) if !unsigned.is_empty() && unsigned.bytes().all(|b| b.is_ascii_digit()) => {
                Err(FieldError::UnknownReference(written))
            }
            Err(_) if value.is_number() => Err(FieldError::UnknownReference(written)),
            Err(_) => Err(FieldError::NotAReference("str")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn integers_are_read_as_the_old_servers_did() {
        for (value, expected) in [
            (json!(7), Ok(7)),
            (json!("7"), Ok(7)),
            (json!(7.0), Ok(7)),
            (json!("7.0"), Ok(7)),
            (json!(" 7 "), Ok(7)),
            (json!(-3), Ok(-3)),
            (json!(3.5), Err(FieldError::NotInteger)),
            (json!("3.5"), Err(FieldError::NotInteger)),
            (json!(true), Err(FieldError::NotInteger)),
            (json!("seven"), Err(FieldError::NotInteger)),
            (json!(""), Err(FieldError::NotInteger)),
            (json!(1e300), Err(FieldError::NotInteger)),
            (json!(18_446_744_073_709_551_615_u64), Err(FieldError::NotInteger)),
            (json!(null), Err(FieldError::NotInteger)),
            (json!([7]), Err(FieldError::NotInteger)),
        ] {
            assert_eq!(integer(Ok)(&value), expected, "{value}");
        }
    }

    #[test]
    fn booleans_are_words_too() {
        for value in [json!(true), json!("YES"), json!("on"), json!(1), json!("t")] {
            assert_eq!(boolean(&value), Ok(true), "{value}");
        }
        for value in [json!(false), json!("No"), json!("off"), json!(0), json!("f")] {
            assert_eq!(boolean(&value), Ok(false), "{value}");
        }
        for value in [json!("maybe"), json!(2), json!(""), json!([]), json!({})] {
            assert_eq!(boolean(&value), Err(FieldError::NotBoolean), "{value}");
        }
    }

    #[test]
    fn dates_may_lack_leading_zeros_and_must_exist() {
        let read = |value: &Value| date(|day| Ok(day.to_string()))(value);
        assert_eq!(read(&json!("2000-7-1")), Ok("2000-07-01".into()));
        for value in [
            json!("2000-02-30"),
            json!(""),
            json!(20000701),
            json!("2000-07-01T00:00"),
            json!("1-1-1"),
            json!("0000-01-01"),
            json!("2000-1-1-1"),
            json!("2000-+7-1"),
        ] {
            assert_eq!(read(&value), Err(FieldError::NotDate), "{value}");
        }
    }

    #[test]
    fn references_tell_a_wrong_type_from_an_absent_object() {
        let find = |id: i64| if id == 7 { Ok(id) } else { Err(FieldError::UnknownReference(id.to_string())) };
        let unknown = |text: &str| Err(FieldError::UnknownReference(text.into()));
        for (value, expected) in [
            (json!(7), Ok(7)),
            (json!("7"), Ok(7)),
            (json!(7.0), Ok(7)),
            (json!(70), unknown("70")),
            (json!(-1), unknown("-1")),
            (json!(18_446_744_073_709_551_615_u64), unknown("18446744073709551615")),
            (json!("99999999999999999999"), unknown("99999999999999999999")),
            (json!("arm"), Err(FieldError::NotAReference("str"))),
            (json!(""), Err(FieldError::Null)),
            (json!(true), Err(FieldError::NotAReference("bool"))),
            (json!([7]), Err(FieldError::NotAReference("list"))),
            (json!({"id": 7}), Err(FieldError::NotAReference("dict"))),
            (json!(7.5), Err(FieldError::NotAReference("float"))),
        ] {
            assert_eq!(reference(find)(&value), expected, "{value}");
        }
    }
}
