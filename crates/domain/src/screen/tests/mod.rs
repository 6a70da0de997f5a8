//! Tests of the parts together, by small rule books.
use super::{Level, RuleBook, RuleError, RuleText, Rules, Screen};

mod exemptions;
mod patterns;
mod spelling;

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn rule(matches: &[&str]) -> RuleText {
    RuleText { level: Level::Danger, kind: "test".into(), matches: strings(matches), ..RuleText::default() }
}

fn book(rule: RuleText) -> RuleBook {
    let words = [("want", ["want*", "хочу"]), ("die", ["die", "умере*"]), ("not", ["dont", "не"])];
    let words = words.map(|(name, words)| (name.to_owned(), strings(&words)));
    RuleBook { words: words.into(), rules: vec![rule], ..RuleBook::default() }
}

fn screen(book: &RuleBook) -> Screen {
    Screen::new(vec![Rules::compile(book).unwrap()], vec![], vec![])
}

fn finds(book: &RuleBook, text: &str) -> bool {
    screen(book).of_message(text).level == Level::Danger
}

fn error(book: &RuleBook) -> RuleError {
    Rules::compile(book).err().unwrap()
}

#[test]
fn texts_of_any_shape_are_screened() {
    let screen = screen(&book(rule(&["@want ..20 @die", "*diedie*"])));
    let endless =
        ["die ", "want ", "а", "d i e ", "\"", "want, die. ", "\u{301}", "🙂", "1", "'_", "ё\u{308}", "die"];
    for text in
        endless.map(|piece| piece.repeat(16_384)).iter().map(String::as_str).chain(["", " ", ".", "'"])
    {
        let _ = screen.of_message(text);
    }
}

#[test]
fn the_most_serious_rule_decides() {
    let mut book = book(rule(&["@want @die"]));
    book.rules.insert(0, RuleText { level: Level::Worry, kind: "worry".into(), ..rule(&["@die"]) });
    let screen = screen(&book);
    assert_eq!(screen.of_message("i want die").kind, Some("test"));
    assert_eq!(screen.of_message("die").kind, Some("worry"));
    assert_eq!(screen.of_message("tea").kind, None);
}

#[test]
fn answers_have_rules_of_their_own() {
    let answers = Rules::compile(&book(rule(&["take # mg"]))).unwrap();
    let screen = Screen::new(vec![], vec![], vec![answers]);
    assert_eq!(screen.of_answer("Take 500mg of it").level, Level::Danger);
    assert_eq!(screen.of_message("Take 500mg of it").level, Level::None);
}
