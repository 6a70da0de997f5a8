//! Spellings that do not hide a word, and misspellings.
use super::{super::language_of, *};
use crate::shared::Language;

#[test]
fn disguised_words_are_found() {
    for (pattern, texts) in [
        (
            "хочу умереть",
            &[
                "ХОЧУ УМЕРЕТЬ",
                "xочу умepeть",
                "хочуууу умерееееть",
                "хо\u{200b}чу умере\u{301}ть",
                "х-о-ч-у у.м.е.р.е.т.ь",
                "х о ч у  у м е р е т ь",
                "хочу, у м е р е т ь",
                "хочу_ умереть",
            ][..],
        ),
        (
            "i dont care",
            &[
                "I don't care",
                "i don’t care",
                "i don`t caaare",
                "i ｄｏｎｔ care",
                "i dont с\u{430}re",
                "i do_nt care",
            ],
        ),
        ("еще мой", &["Ещё мой", "еще\u{308} мои\u{306}"]),
        ("good", &["goooood", "g o o d", "g.o.o.d", "g_o_o_d"]),
        ("и я в порядке", &["и я в порядке"]),
        ("tell him", &["tell.him", "tell/him", "tell 🙂 him"]),
        ("*хочуумереть*", &["янехочуумеретьсейчас", "х о ч у у м е р е т ь"]),
    ] {
        for text in texts {
            assert!(finds(&book(rule(&[pattern])), text), "{pattern}: {text}");
        }
    }
}

#[test]
fn long_words_are_found_misspelt_and_marks_decide_for_others() {
    for (pattern, text, is_found) in [
        ("hopeless", "hopeles", true),
        ("hopeless", "hopelss", true),
        ("hopeless", "hopls", false),
        ("hopeless!", "hopeles", false),
        ("sufferi*", "sufering", true),
        ("sufferi*!", "sufering", false),
        ("alone", "alonne", false),
        ("alone~", "alonne", true),
    ] {
        assert_eq!(finds(&book(rule(&[pattern])), text), is_found, "{pattern}: {text}");
    }
}

#[test]
fn a_correct_word_is_no_misspelling() {
    let mut book = book(rule(&["farther"]));
    assert!(finds(&book, "farthe"));
    assert!(finds(&book, "further"));
    book.correct = strings(&["further"]);
    assert!(!finds(&book, "Further"));
    book.correct.clear();
    book.words.insert("known".into(), strings(&["furth*"]));
    assert!(!finds(&book, "further"));
}

#[test]
fn the_language_is_that_of_most_letters() {
    for (text, language) in [
        ("Привет, doc", Language::Russian),
        ("Hello, это I am", Language::English),
        ("12", Language::English),
    ] {
        assert_eq!(language_of(text, Language::English), language, "{text}");
    }
}
