//! Statements live in `.sql` files, each under a line `-- name: its_name`.

/// The statement of this name; a missing one does not compile.
#[allow(clippy::panic, reason = "evaluated by the compiler alone")]
pub(crate) const fn section(file: &'static str, name: &str) -> &'static str {
    let (text, name) = (file.as_bytes(), name.as_bytes());
    let mut line = 0;
    while line < text.len() {
        let mut end = line;
        while end < text.len() && text[end] != b'\n' {
            end += 1;
        }
        if is_heading(text, line, end, name) {
            return until_next_heading(file, end);
        }
        line = end + 1;
    }
    panic!("no statement of this name")
}

const HEADING: &[u8] = b"-- name: ";

const fn is_heading(text: &[u8], start: usize, end: usize, name: &[u8]) -> bool {
    if end - start != HEADING.len() + name.len() {
        return false;
    }
    let mut i = 0;
    while start + i < end {
        let wanted = if i < HEADING.len() { HEADING[i] } else { name[i - HEADING.len()] };
        if text[start + i] != wanted {
            return false;
        }
        i += 1;
    }
    true
}

const fn until_next_heading(file: &'static str, start: usize) -> &'static str {
    let text = file.as_bytes();
    let mut end = start;
    while end < text.len() {
        if text[end] == b'\n' && starts_heading(text, end + 1) {
            break;
        }
        end += 1;
    }
    let (_, rest) = file.split_at(start);
    let (body, _) = rest.split_at(end - start);
    body.trim_ascii()
}

const fn starts_heading(text: &[u8], at: usize) -> bool {
    let mut i = 0;
    while i < HEADING.len() {
        if at + i >= text.len() || text[at + i] != HEADING[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Names statements of a file as constants.
macro_rules! statements {
    ($file:literal: $($name:ident = $section:literal;)*) => {
        $(pub(crate) const $name: &str =
            $crate::sql::section(include_str!($file), $section);)*
        /// Each statement of the file, by name.
        #[allow(dead_code, reason = "some are looked up by their text alone")]
        pub(crate) const ALL: &[(&str, &str)] = &[$(($section, $name)),*];
    };
}
pub(crate) use statements;

#[cfg(test)]
mod tests {
    use super::section;

    const FILE: &str = "-- About.\n\n-- name: one\nSELECT 1;\n\n-- name: two\n-- why\nSELECT 2;\n";

    #[test]
    fn a_section_reaches_to_the_next_heading() {
        assert_eq!(section(FILE, "one"), "SELECT 1;");
        assert_eq!(section(FILE, "two"), "-- why\nSELECT 2;");
    }
}
