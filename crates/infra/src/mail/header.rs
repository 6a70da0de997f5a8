//! What may stand in a header.
use domain::shared::text::turns_direction;

/// A subject's greatest length, in characters.
const SUBJECT_MAX: usize = 200;

/// Control characters, which could add a header, and bidirectional overrides, which reorder the text that a reader sees.
pub(super) fn is_harmful(c: char) -> bool {
    c.is_control() || turns_direction(c)
}

pub(super) fn subject(raw: &str) -> String {
    raw.chars().filter(|c| !is_harmful(*c)).take(SUBJECT_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_is_one_short_line_in_the_order_in_which_it_is_read() {
        for (raw, kept) in [
            ("Тревога: Sarah", "Тревога: Sarah"),
            ("a\r\nBcc: x@example.com", "aBcc: x@example.com"),
            ("a\0b\u{1b}c\u{85}d\u{7f}", "abcd"),
            ("a\u{202e}b\u{202a}\u{2066}c\u{2069}\u{200e}\u{200f}d", "abcd"),
            ("\r\n", ""),
        ] {
            assert_eq!(subject(raw), kept, "{raw:?}");
        }
        assert_eq!(subject(&"ж".repeat(10_000)), "ж".repeat(SUBJECT_MAX));
    }
}
