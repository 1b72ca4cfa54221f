//! Words in texts: the same rule for the index and for what is not in it yet.

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

/// A search as an expression of the index: all words must be there, those with `*` as a beginning.
/// `None` when there is no word in it.
pub(super) fn expression(search: &str) -> Option<String> {
    let words: Vec<String> = search
        .split_whitespace()
        .flat_map(|part| {
            let open = part.ends_with('*');
            let words: Vec<String> = split(part).collect();
            let last = words.len().saturating_sub(1);
            words.into_iter().enumerate().map(move |(place, word)| {
                let star = if open && place == last { "*" } else { "" };
                format!("\"{word}\"{star}")
            })
        })
        .collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// The words of a text, as the index takes them.
pub(in crate::sqlite) fn indexed(text: &str) -> String {
    split(text).collect::<Vec<_>>().join(" ")
}

fn split(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// Whether a text answers such an expression.
fn matches(text: &str, expression: &str) -> bool {
    let found: Vec<String> = split(text).collect();
    expression.split(" AND ").all(|wanted| {
        let open = wanted.ends_with('*');
        let wanted = wanted.trim_end_matches('*').trim_matches('"');
        found.iter().any(|word| if open { word.starts_with(wanted) } else { word == wanted })
    })
}

/// Makes `words_match(text, expression)` known to a connection.
pub(in crate::sqlite) fn register(db: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    db.create_scalar_function("words_match", 2, flags, |call| {
        let text = call.get_raw(0).as_str()?;
        let expression = call.get_raw(1).as_str()?;
        Ok(matches(text, expression))
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
}
