//! A letter as it travels.
use super::header;
use domain::outbox::{Failure, Letter};
use lettre::{
    Address,
    message::{
        Mailbox, Message as Built, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

/// ASCII throughout: there is no mail server that does not take it.
pub(super) struct Message {
    pub from: Address,
    pub to: Address,
    pub bytes: Vec<u8>,
}

impl Message {
    /// # Errors
    /// Why no mail server would take it.
    pub(super) fn new(from: &Mailbox, message_id: &str, letter: &Letter) -> Result<Self, Failure> {
        let to = recipient(letter.to.as_str()).ok_or(Failure::Address)?;
        let mut builder = Built::builder()
            .from(from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(header::subject(&letter.subject))
            .raw_header(exactly("Message-ID", message_id)?)
            // Out-of-office replies to a letter of ours help nobody.
            .raw_header(exactly("Auto-Submitted", "auto-generated")?);
        if let Some(url) = letter.unsubscribe.as_deref().filter(|url| is_plain(url)) {
            // RFC 8058: mail programs show a button, and send this form when it is pressed.
            builder = builder
                .raw_header(exactly("List-Unsubscribe", &format!("<{url}>"))?)
                .raw_header(exactly("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")?);
        }
        let built = builder
            .multipart(MultiPart::alternative_plain_html(lines(&letter.text), lines(&letter.html)))
            .map_err(|_why| Failure::Letter)?;
        Ok(Self { from: from.email.clone(), to, bytes: built.formatted() })
    }
}

/// The domain as mail servers know it. A mailbox's name outside ASCII has no such form: few servers take one.
fn recipient(raw: &str) -> Option<Address> {
    let (user, domain) = raw.rsplit_once('@')?;
    let domain = idna::domain_to_ascii(domain).ok()?;
    Address::new(user, domain).ok().filter(|address| AsRef::<str>::as_ref(address).is_ascii())
}

/// Neither folded nor encoded.
fn exactly(name: &'static str, value: &str) -> Result<HeaderValue, Failure> {
    if value.is_empty() || !value.chars().all(|c| c.is_ascii_graphic()) {
        return Err(Failure::Letter);
    }
    let name = HeaderName::new_from_ascii_str(name);
    Ok(HeaderValue::dangerous_new_pre_encoded(name, value.to_owned(), value.to_owned()))
}

/// One that can stand in a header. Without it the letter still has the link in its text.
fn is_plain(url: &str) -> bool {
    url.len() < 900 && url.chars().all(|c| c.is_ascii_graphic() && !"<>,".contains(c))
}

/// A line break is one character; the library makes CR LF of it. A CR alone, or a NUL, has no place in a letter.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::settings::sender;
    use domain::identity::Email;

    const ID: &str = "<0197a1b2.alarm@carebase>";

    fn letter(to: &str, subject: &str) -> Letter {
        let (text, html) = ("Привет,\nSarah.\n.\r\n".into(), "<p>Привет</p>".into());
        Letter { to: Email::parse(to).unwrap(), subject: subject.into(), text, html, unsubscribe: None }
    }

    fn sent(from: &str, letter: &Letter) -> String {
        let message = Message::new(&sender(from).unwrap(), ID, letter).unwrap_or_else(|_| panic!("refused"));
        String::from_utf8(message.bytes).unwrap()
    }

    /// The names of the headers before the first empty line.
    fn headers(message: &str) -> Vec<&str> {
        let (head, _) = message.split_once("\r\n\r\n").unwrap();
        let starts = head.split("\r\n").filter(|line| !line.starts_with(' '));
        starts.map(|line| line.split_once(':').unwrap().0).collect()
    }

    #[test]
    fn nothing_that_a_letter_holds_becomes_a_header() {
        let expected =
            headers(&sent("Carebase <care@example.com>", &letter("sarah@example.com", "Hello"))).join(" ");
        for subject in [
            "a\r\nBcc: x@example.com",
            "a\nBcc: x@example.com\n\nbody",
            "a\rBcc: x@example.com",
            "a\0b",
            "",
            " ",
            &"ж".repeat(10_000),
            &"a".repeat(10_000),
            &"a ".repeat(5_000),
            "=?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5jb20=?=",
            "a\u{202e}b\u{2028}c\u{85}d",
            "Тревога: \u{1f6a8} Сара",
        ] {
            let message = sent("Carebase <care@example.com>", &letter("sarah@example.com", subject));
            assert_eq!(headers(&message).join(" "), expected, "{subject:?}\n{message}");
            assert!(message.is_ascii(), "{subject:?}");
            assert!(message.lines().all(|line| line.len() <= 998), "{subject:?}");
        }
    }

    #[test]
    fn a_letter_says_what_it_is_and_whom_it_is_from() {
        let message = sent("Забота <care@example.com>", &letter("sarah@example.com", "Hello"));
        for line in [
            "To: sarah@example.com",
            "Subject: Hello",
            &format!("Message-ID: {ID}"),
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
        ] {
            assert!(message.split("\r\n").any(|own| own == line), "{line}\n{message}");
        }
        assert!(message.contains("<care@example.com>") && message.contains("\r\nDate: "), "{message}");
        assert!(message.contains("multipart/alternative"), "{message}");
    }

    #[test]
    fn a_letter_says_where_to_unsubscribe_and_nothing_else_becomes_a_header() {
        let with = |url: &str| {
            let unsubscribe = Some(url.to_owned());
            sent("care@example.com", &Letter { unsubscribe, ..letter("sarah@example.com", "Hello") })
        };
        let message = with("https://care.example.com/unsubscribe/0123");
        for line in [
            "List-Unsubscribe: <https://care.example.com/unsubscribe/0123>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ] {
            assert!(message.split("\r\n").any(|own| own == line), "{line}\n{message}");
        }
        let without = headers(&sent("care@example.com", &letter("sarah@example.com", "Hello"))).join(" ");
        let long = format!("https://{}", "a".repeat(900));
        for url in
            ["https://x\r\nBcc: y@example.com", "https://x>, <mailto:y@z", "https://пример.рф", "a b", &long]
        {
            assert_eq!(headers(&with(url)).join(" "), without, "{url}");
        }
    }

    #[test]
    fn domains_are_written_in_ascii_and_other_names_are_refused() {
        let to = |raw: &str| recipient(raw).map(|address| address.to_string());
        assert_eq!(to("sarah@example.com").as_deref(), Some("sarah@example.com"));
        assert_eq!(to("sarah@пример.рф").as_deref(), Some("sarah@xn--e1afmkfd.xn--p1ai"));
        for bad in
            ["сара@example.com", "sa\u{202e}rah@example.com", "sarah", "a\r\nRCPT TO:<x@y.zz>@example.com"]
        {
            assert_eq!(to(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn an_id_that_would_end_its_line_makes_no_letter() {
        let from = sender("care@example.com").unwrap();
        for bad in ["", "<a@b>\r\nBcc: x@example.com", "<a b>", "<ж@b>"] {
            let refused = Message::new(&from, bad, &letter("sarah@example.com", "Hello")).err();
            assert_eq!(refused, Some(Failure::Letter), "{bad:?}");
        }
    }
}
