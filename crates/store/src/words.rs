//! Words in texts: one rule for the index, for what is not in it yet, and for what is asked.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A search as an expression of the index: all words must be there, those with `*` as a beginning.
/// `None` when there is no word in it.
pub(crate) fn expression(search: &str) -> Option<String> {
    let words: Vec<String> = asked(search)
        .map(|(word, open)| format!("\"{word}\"{}", if open { "*" } else { "" }))
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// The words of a search, and of which only the beginning was given.
pub(crate) fn asked(search: &str) -> impl Iterator<Item = (String, bool)> {
    search.split_whitespace().flat_map(|part| {
        let open = part.ends_with('*');
        let words = split(part);
        let last = words.len().saturating_sub(1);
        words.into_iter().enumerate().map(move |(place, word)| (word, open && place == last))
    })
}

/// The words of a text as the index takes them: it splits at the blanks and changes nothing.
pub(crate) fn indexed(text: &str) -> String {
    split(text).join(" ")
}

/// The words of a text, each in one form however it was typed: composed, and in small letters.
fn split(text: &str) -> Vec<String> {
    if text.is_ascii() {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        return words.filter(|word| !word.is_empty()).map(str::to_ascii_lowercase).collect();
    }
    // Composed again afterwards: some small letters come in parts.
    let folded: String = text.nfc().flat_map(char::to_lowercase).map(sigma).nfc().collect();
    folded
        .split(|c: char| !c.is_alphanumeric() && !is_combining_mark(c))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The one letter with two small forms: which one is typed depends on what follows it.
fn sigma(c: char) -> char {
    if c == 'ς' { 'σ' } else { c }
}

/// Whether a text answers such an expression.
pub(crate) fn matches(text: &str, expression: &str) -> bool {
    let found = split(text);
    expression.split(" AND ").all(|wanted| {
        let open = wanted.ends_with('*');
        let wanted = wanted.trim_end_matches('*').trim_matches('"');
        found.iter().any(|word| if open { word.starts_with(wanted) } else { word == wanted })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_is_words_and_beginnings() {
        assert_eq!(expression("Fix login-p*").as_deref(), Some("\"fix\" AND \"login\" AND \"p\"*"));
        assert_eq!(expression(" \"* - "), None);
    }

    #[test]
    fn all_words_must_be_there() {
        let wanted = expression("fix log*").unwrap();
        assert!(matches("Fix the Login page", &wanted));
        assert!(!matches("Fixed the login page", &wanted));
        assert!(!matches("Fix the page", &wanted));
    }

    #[test]
    fn a_word_has_one_form_however_it_is_typed() {
        assert_eq!(split("Cafe\u{301} CAFÉ"), ["café", "café"]);
        assert_eq!(split("İstanbul i\u{307}stanbul"), ["i\u{307}stanbul", "i\u{307}stanbul"]);
        assert_eq!(split("ΟΔΟΣ οδος"), ["οδοσ", "οδοσ"]);
        assert_eq!(indexed("Größe: 3×4 – हिन्दी"), "größe 3 4 हिन्दी");
    }
}
