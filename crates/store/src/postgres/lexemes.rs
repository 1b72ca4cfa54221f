//! Words as the index over PostgreSQL has them.

use claudebench_core::TenantId;

use crate::words;

/// A lexeme of PostgreSQL's has 2,046 bytes at most.
const LONGEST: usize = 2_000;

/// A word, under its tenant: so the search of one walks over no words of another. A very long one is
/// cut, in the index as in a search.
pub(super) fn lexeme(tenant: TenantId, word: &str) -> String {
    let end = word.floor_char_boundary(LONGEST);
    format!("{}:{}", tenant.0, &word[..end])
}

/// The words of a text, with blanks between; no word has one.
pub(super) fn lexemes(tenant: TenantId, text: &str) -> String {
    let words = words::indexed(text);
    let all = words.split(' ').filter(|word| !word.is_empty()).map(|word| lexeme(tenant, word));
    all.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_under_their_tenant_and_fit() {
        assert_eq!(lexemes(TenantId(7), "Fix: GRÖẞE"), "7:fix 7:größe");
        assert_eq!(lexemes(TenantId(7), " - "), "");
        let long = lexeme(TenantId(i64::MIN), &"क".repeat(1_000));
        assert!((2_000..2_046).contains(&long.len()), "{}", long.len());
    }
}
