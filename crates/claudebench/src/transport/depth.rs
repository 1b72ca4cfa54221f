//! How deep JSON is nested, before anything is made of it.

/// Whether no array or object lies deeper than `max`.
#[must_use]
pub fn within(json: &[u8], max: usize) -> bool {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = json.get(at) {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                if depth > max {
                    return false;
                }
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => at = end_of_string(json, at),
            _ => {}
        }
        at += 1;
    }
    true
}

/// The place of the quote that ends the string that begins at `start`, or the end of the text.
fn end_of_string(json: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(byte) = json.get(at) {
        match byte {
            b'"' => return at,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    json.len()
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn only_brackets_outside_strings_count() {
        assert!(within(br#"{"a":[1,{"b":2}]}"#, 3));
        assert!(!within(br#"{"a":[1,{"b":2}]}"#, 2));
        assert!(within(br#"{"a":"[[[[\"[["}"#, 1));
        assert!(within(br#"{"a":"never closed [["#, 1));
        assert!(!within("[".repeat(65).as_bytes(), 64));
    }
}
