//! What changes in a text, as a unified diff.

/// Lines before and after each change that are shown, too.
const CONTEXT: usize = 3;
/// Two texts that differ in more than this are shown as one that goes and one that comes: the product
/// of their lines.
const LARGEST: usize = 4_000_000;

/// A line of a diff.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Line<'a> {
    /// It stays.
    Same(&'a str),
    /// It goes.
    Gone(&'a str),
    /// It comes.
    New(&'a str),
}

/// The lines of a unified diff, without the names of the files.
pub(super) fn unified(before: &str, after: &str) -> Vec<String> {
    let lines = lines(before, after);
    let changed: Vec<usize> =
        (0..lines.len()).filter(|at| !matches!(lines[*at], Line::Same(_))).collect();
    let mut written = Vec::new();
    let mut rest = changed.as_slice();
    while let Some(first) = rest.first() {
        // Changes that are near each other share a part.
        let near = rest.windows(2).take_while(|two| two[1] - two[0] <= 2 * CONTEXT).count();
        let last = rest.get(near).unwrap_or(first);
        let (start, end) = (first.saturating_sub(CONTEXT), (last + CONTEXT + 1).min(lines.len()));
        written.push(heading(&lines, start, end));
        for line in &lines[start..end] {
            let (mark, text) = match line {
                Line::Same(text) => (' ', text),
                Line::Gone(text) => ('-', text),
                Line::New(text) => ('+', text),
            };
            written.push(format!("{mark}{}", text.trim_end_matches(['\n', '\r'])));
            if !text.ends_with('\n') {
                written.push("\\ No newline at end of file".into());
            }
        }
        rest = rest.get(near + 1..).unwrap_or_default();
    }
    written
}

/// Which lines of both texts a part has.
fn heading(lines: &[Line<'_>], start: usize, end: usize) -> String {
    let count = |part: &[Line<'_>], is_other: fn(&Line<'_>) -> bool| {
        part.iter().filter(|line| !is_other(line)).count()
    };
    let side = |is_other: fn(&Line<'_>) -> bool| {
        let (before, within) =
            (count(&lines[..start], is_other), count(&lines[start..end], is_other));
        format!("{},{within}", if within == 0 { before } else { before + 1 })
    };
    let old = side(|line| matches!(line, Line::New(_)));
    format!("@@ -{old} +{} @@", side(|line| matches!(line, Line::Gone(_))))
}

/// All lines of both texts.
fn lines<'a>(before: &'a str, after: &'a str) -> Vec<Line<'a>> {
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - head;
    let tail =
        old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (old_mid, new_mid) = (&old[head..old.len() - tail], &new[head..new.len() - tail]);
    let mut lines: Vec<Line<'a>> = old[..head].iter().map(|line| Line::Same(line)).collect();
    if old_mid.len().saturating_mul(new_mid.len()) > LARGEST {
        lines.extend(old_mid.iter().map(|line| Line::Gone(line)));
        lines.extend(new_mid.iter().map(|line| Line::New(line)));
    } else {
        middle(old_mid, new_mid, &mut lines);
    }
    lines.extend(old[old.len() - tail..].iter().map(|line| Line::Same(line)));
    lines
}

/// By the longest common subsequence.
fn middle<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for (i, gone) in old.iter().enumerate().rev() {
        for (j, come) in new.iter().enumerate().rev() {
            longest[i * width + j] = if gone == come {
                longest[(i + 1) * width + j + 1] + 1
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while let (Some(gone), Some(come)) = (old.get(i), new.get(j)) {
        if gone == come {
            lines.push(Line::Same(gone));
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            lines.push(Line::Gone(gone));
            i += 1;
        } else {
            lines.push(Line::New(come));
            j += 1;
        }
    }
    lines.extend(old[i..].iter().map(|line| Line::Gone(line)));
    lines.extend(new[j..].iter().map(|line| Line::New(line)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_change_is_shown_with_what_is_around_it() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n";
        let after = "1\ntwo\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12";
        let expected = [
            "@@ -1,5 +1,5 @@",
            " 1",
            "-2",
            "+two",
            " 3",
            " 4",
            " 5",
            "@@ -9,4 +9,4 @@",
            " 9",
            " 10",
            " 11",
            "-12",
            "+12",
            "\\ No newline at end of file",
        ];
        assert_eq!(unified(before, after), expected);
        assert_eq!(unified("", "a\n"), ["@@ -0,0 +1,1 @@", "+a"]);
        assert_eq!(unified("a\n", ""), ["@@ -1,1 +0,0 @@", "-a"]);
        assert_eq!(unified("a\n", "a\n"), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn both_texts_can_be_read_from_the_lines(before in "([ab]\n){0,9}", after in "([ab]\n){0,9}c?") {
            let lines = lines(&before, &after);
            let old: String = lines.iter().filter_map(|l| match l {
                Line::Same(t) | Line::Gone(t) => Some(*t),
                Line::New(_) => None,
            }).collect();
            let new: String = lines.iter().filter_map(|l| match l {
                Line::Same(t) | Line::New(t) => Some(*t),
                Line::Gone(_) => None,
            }).collect();
            prop_assert_eq!((old, new), (before, after));
        }
    }
}
