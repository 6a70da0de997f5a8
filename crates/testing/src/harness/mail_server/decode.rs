//! The encodings of mail, as far as our letters use them.

/// Of a header: the words between `=?utf-8?` and `?=`. A space between two of them is no part of the text.
pub(super) fn encoded_words(value: &str) -> String {
    let (mut text, mut after_encoded) = (String::new(), false);
    for word in value.split(' ') {
        let decoded = encoded_word(word);
        let no_space = text.is_empty() || (after_encoded && decoded.is_some());
        if !no_space {
            text.push(' ');
        }
        after_encoded = decoded.is_some();
        text.push_str(decoded.as_deref().unwrap_or(word));
    }
    text
}

fn encoded_word(word: &str) -> Option<String> {
    let inside = word.strip_prefix("=?")?.strip_suffix("?=")?;
    let mut pieces = inside.splitn(3, '?').skip(1);
    let bytes = match (pieces.next()?, pieces.next()?) {
        ("b" | "B", text) => base64(text),
        ("q" | "Q", text) => quoted_printable(&text.replace('_', " ")),
        _ => return None,
    };
    String::from_utf8(bytes).ok()
}

pub(super) fn base64(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (vec![], 0_u32, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
        }
    }
    bytes
}

pub(super) fn quoted_printable(text: &str) -> Vec<u8> {
    let joined = text.replace("=\r\n", "");
    let mut pieces = joined.split('=');
    let mut bytes = pieces.next().unwrap_or_default().as_bytes().to_vec();
    for piece in pieces {
        let (code, rest) = piece.split_at(2);
        bytes.push(u8::from_str_radix(code, 16).expect("two hexadecimal digits"));
        bytes.extend_from_slice(rest.as_bytes());
    }
    bytes
}
