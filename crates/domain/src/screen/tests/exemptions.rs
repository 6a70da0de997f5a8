//! When a match is none.
use super::{
    super::{ExemptionText, UnlessText},
    *,
};

fn check(own: UnlessText, texts: &[(&str, bool)]) {
    let book = book(RuleText { own, ..rule(&["@want ..1 @die"]) });
    for (text, is_found) in texts {
        assert_eq!(finds(&book, text), *is_found, "{text}");
    }
}

#[test]
fn a_negated_wish_is_no_danger() {
    check(
        UnlessText { before: strings(&["@not ..1"]), ..UnlessText::default() },
        &[
            ("I don't want to die", false),
            ("i dont really want to die", false),
            ("я не хочу умереть", false),
            ("I dont know why i want to die", true),
            ("Dont, I want to die", true),
            ("не знаю, но хочу умереть", true),
            ("I want to die", true),
        ],
    );
}

#[test]
fn what_follows_in_the_clause_can_exempt() {
    check(
        UnlessText { after: strings(&["..1 laughing"]), ..UnlessText::default() },
        &[
            ("I want to die laughing", false),
            ("I want to die from laughing", false),
            ("I want to die, laughing", true),
            ("I want to die", true),
        ],
    );
}

#[test]
fn the_clause_the_sentence_and_the_message_can_exempt() {
    let clause = UnlessText { clause: strings(&["joke"]), ..UnlessText::default() };
    check(clause, &[("as a joke I want to die", false), ("A joke, I want to die", true)]);
    let sentence = UnlessText { sentence: strings(&["joke"]), ..UnlessText::default() };
    check(sentence, &[("A joke, I want to die", false), ("A joke. I want to die", true)]);
    let message = UnlessText { message: strings(&["joke"]), ..UnlessText::default() };
    check(message, &[("A joke. I want to die", false), ("I want to die", true)]);
}

#[test]
fn a_closed_quotation_can_exempt() {
    check(
        UnlessText { quoted: true, ..UnlessText::default() },
        &[
            ("He sings \"I want to die\" often", false),
            ("Он поёт «хочу умереть»", false),
            ("“I want to die”, a song", false),
            ("\"Hold on\", they say. I want to die", true),
            ("\"I want to die", true),
        ],
    );
}

#[test]
fn an_exemption_with_a_name_can_lower_the_level_and_can_be_lifted() {
    let mut book = book(RuleText { unless: strings(&["past"]), ..rule(&["@want ..1 @die"]) });
    let past = ExemptionText {
        unless: UnlessText { sentence: strings(&["ago"]), ..UnlessText::default() },
        except: strings(&["again"]),
        becomes: Level::Worry,
        kind: Some("past".into()),
    };
    book.exemptions.insert("past".into(), past);
    let screen = screen(&book);
    for (text, level, kind) in [
        ("A year ago I want to die", Level::Worry, "past"),
        ("A year ago I want to die. Now again", Level::Danger, "test"),
        ("I want to die", Level::Danger, "test"),
        ("A year ago I want to die. Now, I want to die", Level::Danger, "test"),
    ] {
        let found = screen.of_message(text);
        assert_eq!((found.level, found.kind), (level, Some(kind)), "{text}");
    }
}

#[test]
fn no_rule_sees_the_words_of_a_harmless_expression() {
    let mut book = book(rule(&["@want ..3 @die"]));
    book.harmless = strings(&["die of laughter", "die cast"]);
    for (text, is_found) in [
        ("I want to die of laughter", false),
        ("i want a die cast", false),
        ("I want to die. I could die of laughter", true),
    ] {
        assert_eq!(finds(&book, text), is_found, "{text}");
    }
}
