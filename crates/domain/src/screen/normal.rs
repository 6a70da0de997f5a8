//! One spelling for texts that look the same.
use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::decompose_canonical, char::is_combining_mark, is_nfkc_quick,
};

/// NFKC, lower case, without accents and invisible characters; `ё` is `е`, and `й` stays.
pub(super) fn normal(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut out = String::with_capacity(text.len());
    // Most texts are in NFKC already.
    match is_nfkc_quick(text.chars()) {
        IsNormalized::Yes => text.chars().for_each(|c| push_lower(&mut out, c)),
        IsNormalized::No | IsNormalized::Maybe => text.nfkc().for_each(|c| push_lower(&mut out, c)),
    }
    out
}

fn push_lower(out: &mut String, c: char) {
    match c {
        'a'..='z' | 'а'..='я' | ' ' => out.push(c),
        _ => c.to_lowercase().filter(|&c| !is_invisible(c)).for_each(|c| push_base(out, c)),
    }
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | '′' | '\u{2bb}' | '\u{201b}')
}

/// The usual letters first: of others the tables of Unicode tell, which takes ten times as long.
pub(super) fn is_letter(c: char) -> bool {
    matches!(c, 'a'..='z' | 'а'..='я') || c.is_alphabetic()
}

fn push_base(out: &mut String, c: char) {
    match c {
        'a'..='z' | 'а'..='я' | ' ' => out.push(c),
        'ё' => out.push('е'),
        _ => decompose_canonical(c, |part| {
            if !is_combining_mark(part) {
                out.push(part);
            }
        }),
    }
}

/// Characters without a width: they only hide words from rules.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
