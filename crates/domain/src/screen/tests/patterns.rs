//! What patterns match, and what is told of wrong ones.
use super::{super::Scope, *};

fn check(pattern: &str, texts: &[(&str, bool)]) {
    let book = book(rule(&[pattern]));
    for (text, is_found) in texts {
        assert_eq!(finds(&book, text), *is_found, "{pattern}: {text}");
    }
}

#[test]
fn a_gap_skips_up_to_so_many_words_of_a_sentence() {
    check(
        "@want ..2 @die",
        &[
            ("wanting die", true),
            ("i want, well, to die", true),
            ("i want now and then die", false),
            ("I want. Die", false),
            ("die want", false),
        ],
    );
}

#[test]
fn alternatives_may_be_phrases_and_options_may_lack() {
    check(
        "a? (@want|would like to)? die (now|at once)",
        &[
            ("die now", true),
            ("a want die now", true),
            ("I would like to die at once", true),
            ("die at", false),
            ("a die", false),
        ],
    );
}

#[test]
fn the_edges_of_a_clause_can_be_asked_for() {
    check(
        "^ farewell $",
        &[("Farewell", true), ("So, farewell, homework", true), ("farewell homework", false)],
    );
    check("хочу $", &[("хочу", true), ("хочу, да", true), ("хочу чаю", false)]);
}

#[test]
fn a_rule_may_look_within_a_clause_or_a_message() {
    let found = |within, text| finds(&book(RuleText { within, ..rule(&["@want ..3 @die"]) }), text);
    assert!(!found(Scope::Clause, "want, die"));
    assert!(!found(Scope::Clause, "I want but die"));
    assert!(found(Scope::Sentence, "want, die"));
    assert!(!found(Scope::Sentence, "Want. Die"));
    assert!(found(Scope::Message, "Want. Die"));
}

#[test]
fn a_rule_may_need_something_else_in_the_sentence_or_the_message() {
    let sentence = book(RuleText { with_sentence: strings(&["now"]), ..rule(&["@die"]) });
    let message = book(RuleText { with_message: strings(&["now"]), ..rule(&["@die"]) });
    for (text, in_sentence, in_message) in
        [("Now, die", true, true), ("Die. Now", false, true), ("die", false, false)]
    {
        assert_eq!((finds(&sentence, text), finds(&message, text)), (in_sentence, in_message), "{text}");
    }
}

#[test]
fn a_wrong_pattern_is_told_with_its_text() {
    for (pattern, told) in [
        ("@nobody", "`@nobody`: there is no list `@nobody`"),
        ("", "``: a pattern needs a word that is not optional"),
        ("a?", "`a?`: a pattern needs a word that is not optional"),
        ("a (|b)", "`a (|b)`: a pattern needs a word that is not optional"),
        ("(a", "`(a`: `(` without a `)`"),
        ("a)", "`a)`: `)` without a `(`"),
        ("a ..x b", "`a ..x b`: a gap is `..1` to `..20`"),
        ("a ..99 b", "`a ..99 b`: a gap is `..1` to `..20`"),
        ("..2 a", "`..2 a`: a gap needs a word on both sides"),
        ("a ..2", "`a ..2`: a gap needs a word on both sides"),
        ("a-b", "`a-b`: `a-b` is no single word (a hyphen separates words)"),
        ("a~", "`a~`: `~` needs 4 letters"),
        ("*", "`*`: `` is no single word (a hyphen separates words)"),
    ] {
        assert_eq!(error(&book(rule(&[pattern]))).to_string(), told);
    }
}

#[test]
fn a_wrong_rule_or_list_is_told_with_its_name() {
    assert_eq!(error(&book(rule(&[]))), RuleError::NothingToMatch("test".into()));
    let unknown = RuleText { unless: strings(&["x"]), ..rule(&["a"]) };
    assert_eq!(
        error(&book(unknown)),
        RuleError::UnknownExemption { rule: "test".into(), exemption: "x".into() }
    );
    let mut circle = book(rule(&["a"]));
    circle.words.insert("a".into(), strings(&["@b"]));
    circle.words.insert("b".into(), strings(&["(c|@a)"]));
    assert_eq!(error(&circle), RuleError::ListInItself("a".into()));
    let mut empty = book(rule(&["a"]));
    empty.words.insert("a".into(), Vec::new());
    assert_eq!(error(&empty), RuleError::EmptyPattern("@a".into()));
}
