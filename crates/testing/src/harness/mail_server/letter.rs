//! A letter as the mail server got it.
use super::decode::{base64, encoded_words, quoted_printable};
use std::time::SystemTime;

#[derive(Clone)]
pub struct ReceivedLetter {
    /// With its angle brackets.
    pub message_id: String,
    /// Of the envelope, as the recipient is: of several, with commas between.
    pub from: String,
    pub to: String,
    /// Decoded.
    pub subject: String,
    pub raw: String,
    /// When its last byte had come, or when the delay was over.
    pub at: SystemTime,
    /// Whether it was answered with 250.
    pub accepted: bool,
}

impl ReceivedLetter {
    pub(super) fn new(from: String, to: String, raw: Vec<u8>, accepted: bool) -> Self {
        let raw = String::from_utf8_lossy(&raw).into_owned();
        let header = |name: &str| header(&raw, name).unwrap_or_default();
        let (message_id, subject) = (header("Message-ID"), encoded_words(&header("Subject")));
        Self { message_id, from, to, subject, at: SystemTime::now(), accepted, raw }
    }

    /// Unfolded, not decoded.
    pub fn header(&self, name: &str) -> Option<String> {
        header(&self.raw, name)
    }

    /// Of its text, in their order.
    pub fn links(&self) -> Vec<String> {
        let is_link = |word: &&str| word.starts_with("http://") || word.starts_with("https://");
        self.text().split_whitespace().filter(is_link).map(str::to_owned).collect()
    }
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// Decoded, with LF at the ends of lines.
    fn part(&self, kind: &str) -> String {
        let content_type = self.header("Content-Type").expect("a Content-Type");
        let boundary = content_type.split("boundary=\"").nth(1).and_then(|rest| rest.split('"').next());
        let separator = format!("--{}", boundary.expect("a boundary"));
        let is_wanted =
            |part: &&str| header(part, "Content-Type").is_some_and(|found| found.starts_with(kind));
        let mut parts = self.raw.split(separator.as_str()).map(|part| part.trim_start_matches("\r\n"));
        let part = parts.find(is_wanted).unwrap_or_else(|| panic!("no {kind} in\n{}", self.raw));
        let (_, body) = part.split_once("\r\n\r\n").expect("a body");
        let body = body.strip_suffix("\r\n").unwrap_or(body);
        let bytes = match header(part, "Content-Transfer-Encoding").as_deref() {
            Some("base64") => base64(body),
            Some("quoted-printable") => quoted_printable(body),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
    }
}

/// Without its texts, which would bury the rest.
impl std::fmt::Debug for ReceivedLetter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let word = if self.accepted { "accepted" } else { "not accepted" };
        write!(f, "{} to {} ({word})", self.message_id, self.to)
    }
}

/// Of the lines before the first empty one.
fn header(message: &str, name: &str) -> Option<String> {
    let head = message.split("\r\n\r\n").next()?.replace("\r\n ", " ").replace("\r\n\t", " ");
    head.split("\r\n").find_map(|line| {
        let (own, value) = line.split_once(':')?;
        own.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found_and_decoded() {
        let raw = "Message-ID: <a@b>\r\nSubject: =?utf-8?b?0KLRgNC1?=\r\n =?utf-8?b?0LLQvtCz0LA=?= now\r\n\
            Content-Type: multipart/alternative;\r\n boundary=\"xyz\"\r\n\r\n\
            --xyz\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
            0J/RgNC4\r\n0LLQtdGC\r\n\
            --xyz\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            <p>=D0=9F=\r\n=D1=80\r\n</p>\r\n--xyz--\r\n";
        let letter = ReceivedLetter::new("c@d".into(), "e@f".into(), raw.into(), true);
        assert_eq!((letter.message_id.as_str(), letter.subject.as_str()), ("<a@b>", "Тревога now"));
        assert_eq!((letter.text().as_str(), letter.html().as_str()), ("Привет", "<p>Пр\n</p>"));
    }
}
