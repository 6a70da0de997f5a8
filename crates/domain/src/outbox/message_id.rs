//! By which name mail servers know a letter.

/// With its angle brackets, as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// Ours are shorter.
    const MAX: usize = 300;

    /// With the angle brackets or without: programs that read bounces leave them out as often as not.
    pub fn parse(raw: &str) -> Option<Self> {
        let bare = raw.trim();
        let bare = bare.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(bare);
        let is_plain = bare.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'<' && byte != b'>');
        (is_plain && bare.contains('@') && bare.len() <= Self::MAX).then(|| Self(format!("<{bare}>")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_with_its_brackets_and_without() {
        for good in ["<a.b@care>", "a.b@care", " <a.b@care>\n"] {
            assert_eq!(MessageId::parse(good).unwrap().as_str(), "<a.b@care>", "{good:?}");
        }
        for bad in ["", "<>", "a", "<a@b", "a@b>", "a@b c@d", "a@b\0", "<a@b><c@d>", "ж@b", &"a@".repeat(200)]
        {
            assert_eq!(MessageId::parse(bad), None, "{bad:?}");
        }
    }
}
