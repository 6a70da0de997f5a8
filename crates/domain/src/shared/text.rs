//! Text from outside: trimmed, bounded, and free of characters that a store or a screen chokes on.
use super::FieldError;

/// One line, such as a name. May be blank.
///
/// # Errors
/// [`FieldError::NulCharacter`], [`FieldError::ControlCharacter`], [`FieldError::TooLong`].
pub fn line(raw: &str, max: usize) -> Result<String, FieldError> {
    bounded(raw, max, |_| false)
}

/// Text of several lines. May be blank.
///
/// # Errors
/// As [`line()`], except that line breaks and tabs are allowed.
pub fn prose(raw: &str, max: usize) -> Result<String, FieldError> {
    bounded(raw, max, |c| matches!(c, '\n' | '\r' | '\t'))
}

/// # Errors
/// [`FieldError::Blank`].
pub fn not_blank(text: String) -> Result<String, FieldError> {
    if text.is_empty() { Err(FieldError::Blank) } else { Ok(text) }
}

/// Whether it turns the direction of what follows, so that a name rewrites the sentence around it.
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// For the eyes of somebody else than its writer.
pub fn without_directions(text: &str) -> String {
    text.chars().filter(|c| !turns_direction(*c)).collect()
}

/// A free text, such as a description or a note: at most 20,000 characters; may be blank.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose(String);

impl Prose {
    pub const MAX: usize = 20_000;

    /// # Errors
    /// As [`prose`].
    pub fn parse(raw: &str) -> Result<Self, FieldError> {
        prose(raw, Self::MAX).map(Self)
    }
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Declares a text of one line and at most `$max` characters; it may be blank unless declared `not_blank`.
macro_rules! short_text {
    ($(#[$doc:meta])* $name:ident, $max:literal) => {
        $crate::shared::text::short_text!(@type [#[derive(Default)] $(#[$doc])*] $name, $max, Ok);
    };
    ($(#[$doc:meta])* $name:ident, $max:literal, not_blank) => {
        $crate::shared::text::short_text!(@type [$(#[$doc])*] $name, $max, $crate::shared::text::not_blank);
    };
    (@type [$(#[$doc:meta])*] $name:ident, $max:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);
        impl $name {
            pub const MAX: usize = $max;
            /// # Errors
            /// As [`text::line()`](crate::shared::text::line()) and, unless it may be blank,
            /// [`FieldError::Blank`](crate::shared::FieldError::Blank).
            pub fn parse(raw: &str) -> Result<Self, $crate::shared::FieldError> {
                $crate::shared::text::line(raw, Self::MAX).and_then($check).map(Self)
            }
            pub fn as_str(&self) -> &str { &self.0 }
        }
    };
}
pub(crate) use short_text;

fn bounded(raw: &str, max: usize, allowed: impl Fn(char) -> bool) -> Result<String, FieldError> {
    let text = raw.trim();
    // NUL first: PostgreSQL refuses to store it, SQLite would cut the text there.
    if text.contains('\0') {
        return Err(FieldError::NulCharacter);
    }
    if text.chars().any(|c| c.is_control() && !allowed(c)) {
        return Err(FieldError::ControlCharacter);
    }
    if text.chars().count() > max {
        return Err(FieldError::TooLong(max));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_and_bounded_in_characters_not_bytes() {
        assert_eq!(line("  Сара ", 4), Ok("Сара".into()));
        assert_eq!(line("Сараа", 4), Err(FieldError::TooLong(4)));
        assert_eq!(line(" \u{3000} ", 4), Ok(String::new()));
    }

    #[test]
    fn nul_and_control_characters_are_refused_but_prose_may_have_lines() {
        assert_eq!(line("a\0b", 9), Err(FieldError::NulCharacter));
        assert_eq!(line("a\nb", 9), Err(FieldError::ControlCharacter));
        assert_eq!(prose("a\r\n\tb", 9), Ok("a\r\n\tb".into()));
        assert_eq!(prose("a\u{1b}[2Jb", 9), Err(FieldError::ControlCharacter));
    }

    #[allow(dead_code, unreachable_pub, reason = "as a module declares them, with more than this test needs")]
    mod declared {
        short_text!(Nickname, 4);
        short_text!(Title, 4, not_blank);
    }
    use declared::{Nickname, Title};

    #[test]
    fn a_short_text_may_be_blank_unless_it_is_declared_otherwise() {
        assert_eq!(Nickname::parse(" ").as_ref(), Ok(&Nickname::default()));
        assert_eq!(Title::parse(" "), Err(FieldError::Blank));
        assert_eq!(Title::parse(" Сара ").map(|title| title.as_str().to_owned()), Ok("Сара".into()));
        assert_eq!(Nickname::parse("Сараа"), Err(FieldError::TooLong(Nickname::MAX)));
        assert_eq!(Title::parse("a\nb"), Err(FieldError::ControlCharacter));
    }

    #[test]
    fn field_errors_come_in_the_order_of_the_fields() {
        let mut field_errors = crate::shared::FieldErrors::one("email", FieldError::Blank);
        field_errors.add("username", FieldError::Taken);
        assert_eq!(field_errors.ordered(&["username", "email"]).0[0].0, "username");
    }
}
