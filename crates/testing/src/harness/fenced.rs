//! Code in documents, which must work as it stands there.

/// The one fenced block of this language that holds these words.
///
/// # Panics
/// When there is none, or another one.
pub fn fenced_block<'a>(document: &'a str, language: &str, words: &str) -> &'a str {
    let begin = format!("```{language}\n");
    let blocks = document.split(begin.as_str()).skip(1).filter_map(|rest| rest.split("```").next());
    let found: Vec<_> = blocks.filter(|block| block.contains(words)).collect();
    match found.as_slice() {
        [block] => block,
        other => panic!("{} blocks of {language} hold {words:?}", other.len()),
    }
}
