//! A part of a text that is ours, between two marks. The first one holds a sum of what stands between
//! them, so that what somebody changed there is known.

/// Where the marks of a kind of text stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marks {
    before: &'static str,
    after: &'static str,
}

/// Of Markdown.
pub(super) const MARKDOWN: Marks = Marks { before: "<!-- ", after: " -->" };
/// Of lists of patterns.
pub(super) const LINES: Marks = Marks { before: "# ", after: "" };

/// How our part is in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found {
    /// It is not there.
    Missing,
    /// It is as it was written.
    Whole {
        /// Where it begins, with the line of its mark.
        start: usize,
        /// Where it ends, with the line of its mark.
        end: usize,
    },
    /// Somebody changed it.
    Changed {
        /// Where it begins.
        start: usize,
        /// Where it ends.
        end: usize,
    },
}

impl Marks {
    fn first(self) -> String {
        format!("{}claudebench:begin", self.before)
    }

    fn last(self) -> String {
        format!("{}claudebench:end{}", self.before, self.after)
    }

    /// The whole part, of lines that end alike.
    fn part(self, body: &str, newline: &str) -> String {
        let text =
            format!("{} {:08x}{}\n{body}{}\n", self.first(), sum(body), self.after, self.last());
        text.replace('\n', newline)
    }

    /// Looks for it.
    pub(super) fn find(self, text: &str) -> Result<Found, String> {
        let (mut at, mut begun, mut body) = (0, None, String::new());
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let bare = line.trim_end();
            if bare.trim_start_matches('\u{feff}').starts_with(&self.first()) {
                if begun.is_some() {
                    return Err(format!(
                        "line {number}: our part begins once more; mend that by hand"
                    ));
                }
                let said = bare.strip_suffix(self.after.trim_end()).unwrap_or(bare);
                let said = said.trim_end().rsplit(' ').next().unwrap_or_default().to_owned();
                begun = Some((at, number, said));
            } else if bare == self.last() {
                let Some((start, _, said)) = begun else {
                    return Err(format!(
                        "line {number}: our part ends and does not begin; mend that by hand"
                    ));
                };
                let end = at + line.len();
                let whole = said == format!("{:08x}", sum(&body));
                return Ok(if whole {
                    Found::Whole { start, end }
                } else {
                    Found::Changed { start, end }
                });
            } else if begun.is_some() {
                body.push_str(line.trim_end_matches(['\r', '\n']));
                body.push('\n');
            }
            at += line.len();
        }
        match begun {
            Some((_, number, _)) => {
                Err(format!("line {number}: our part begins and does not end; mend that by hand"))
            }
            None => Ok(Found::Missing),
        }
    }

    /// What stands between the marks, if nobody changed it.
    pub(super) fn body(self, text: &str) -> Result<Option<String>, String> {
        let Found::Whole { start, end } = self.find(text)? else { return Ok(None) };
        let lines: Vec<&str> = text[start..end].lines().collect();
        let inner = lines.get(1..lines.len().saturating_sub(1)).unwrap_or_default();
        Ok(Some(inner.iter().map(|line| format!("{line}\n")).collect()))
    }

    /// Whether somebody changed our part.
    pub(super) fn is_changed(self, text: &str) -> Result<bool, String> {
        Ok(matches!(self.find(text)?, Found::Changed { .. }))
    }

    /// The text with our part as it should be; the same text, if somebody changed that.
    pub(super) fn with(self, text: &str, body: &str) -> Result<String, String> {
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        Ok(match self.find(text)? {
            Found::Changed { .. } => text.to_owned(),
            Found::Whole { start, end } => {
                format!("{}{}{}", &text[..start], self.part(body, newline), &text[end..])
            }
            Found::Missing => {
                let ended = text.is_empty() || text.ends_with('\n');
                let gap = if ended { "" } else { newline };
                let apart = if text.is_empty() { "" } else { newline };
                format!("{text}{gap}{apart}{}", self.part(body, newline))
            }
        })
    }

    /// The text without our part; nothing, if somebody changed that and it is to be kept.
    pub(super) fn without(self, text: &str, changed_too: bool) -> Result<Option<String>, String> {
        let (start, end) = match self.find(text)? {
            Found::Missing => return Ok(Some(text.to_owned())),
            Found::Changed { .. } if !changed_too => return Ok(None),
            Found::Changed { start, end } | Found::Whole { start, end } => (start, end),
        };
        let before = &text[..start];
        // The line that keeps it apart.
        let before = ["\r\n", "\n"].iter().find_map(|newline| {
            let above = before.strip_suffix(newline)?;
            (above.ends_with('\n')).then_some(above)
        });
        Ok(Some(format!("{}{}", before.unwrap_or(&text[..start]), &text[end..])))
    }
}

/// FNV-1a.
fn sum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_part_comes_and_goes_and_the_rest_stays() {
        for text in ["", "# Mine\n", "a\r\nb\r\n", "\u{feff}x\n", "a\n\n"] {
            for marks in [MARKDOWN, LINES] {
                let with = marks.with(text, "one\ntwo\n").unwrap();
                assert_eq!(marks.with(&with, "one\ntwo\n").unwrap(), with, "twice is once");
                assert_eq!(marks.without(&with, false).unwrap().unwrap(), text, "{with:?}");
                let newer = marks.with(&with, "three\n").unwrap();
                assert!(newer.contains("three") && !newer.contains("two"), "{newer}");
                let around = format!("{newer}after\n");
                assert_eq!(
                    marks.without(&around, false).unwrap().unwrap(),
                    format!("{text}after\n")
                );
            }
        }
    }

    #[test]
    fn what_somebody_changed_there_is_kept() {
        let with = MARKDOWN.with("", "one\n").unwrap().replace("one", "mine");
        assert!(matches!(MARKDOWN.find(&with), Ok(Found::Changed { .. })));
        assert_eq!(MARKDOWN.with(&with, "two\n").unwrap(), with);
        assert_eq!(MARKDOWN.without(&with, false).unwrap(), None);
        assert_eq!(MARKDOWN.without(&with, true).unwrap(), Some(String::new()));
    }

    #[test]
    fn marks_that_do_not_fit_are_told_with_their_line() {
        let begin = "x\n# claudebench:begin 00000000\n";
        assert!(LINES.find(begin).unwrap_err().starts_with("line 2: "));
        assert!(LINES.find(&format!("{begin}{begin}")).unwrap_err().starts_with("line 4: "));
        assert!(LINES.find("# claudebench:end\n").unwrap_err().starts_with("line 1: "));
    }
}
