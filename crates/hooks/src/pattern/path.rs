//! Paths as rules see them: absolute and without detours, whatever way they were written.

use crate::shell::UNKNOWN;

/// A path without `.`, `..`, `//` and backslashes, absolute where the working folder is known.
pub(crate) fn normal(text: &str, cwd: Option<&str>, home: Option<&str>) -> String {
    let text = slashes(text);
    let home = home.map(slashes);
    if text == "~" || text.starts_with("~/") {
        let home = home.as_deref().unwrap_or("~");
        return clean(&format!("{home}{}", &text[1..]));
    }
    match cwd {
        Some(cwd) if !is_absolute(&text) => clean(&format!("{}/{text}", slashes(cwd))),
        _ => clean(&text),
    }
}

/// With `/` alone; `\` is a letter in a path of Unix.
fn slashes(text: &str) -> String {
    let windows = drive(text) || text.starts_with("\\\\") || !text.contains('/');
    if windows { text.replace('\\', "/") } else { text.to_owned() }
}

/// Does it begin with `C:`?
fn drive(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic()) && chars.next() == Some(':')
}

/// Does it say from the root, a drive or a home where it leads? What is unknown may.
fn is_absolute(text: &str) -> bool {
    text.starts_with(['/', UNKNOWN]) || drive(text)
}

fn clean(text: &str) -> String {
    let root = if text.starts_with('/') { "/" } else { "" };
    let mut parts: Vec<&str> = Vec::new();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => match parts.last() {
                Some(last) if *last != ".." && !last.contains(UNKNOWN) && *last != "~" => {
                    parts.pop();
                }
                None if root == "/" => {}
                // Nobody knows which folder that is.
                _ => parts.push(".."),
            },
            part => parts.push(part),
        }
    }
    if let Some(last) = parts.iter().rposition(|p| *p == "..") {
        return format!("{UNKNOWN}/{}", parts[last + 1..].join("/"));
    }
    let path = format!("{root}{}", parts.join("/"));
    // Windows reads `C:` and `C:/` alike here.
    if path.is_empty() { ".".to_owned() } else { path }
}

/// The forms in which a path is compared: as it is, from the working folder, from the home.
pub(crate) struct Forms {
    pub(crate) absolute: String,
    pub(crate) below_cwd: Option<String>,
    pub(crate) below_home: Option<String>,
}

impl Forms {
    pub(crate) fn new(text: &str, cwd: Option<&str>, home: Option<&str>) -> Self {
        let absolute = normal(text, cwd, home);
        let below = |base: &str| {
            let base = normal(base, None, None);
            let rest = absolute.strip_prefix(base.as_str())?;
            let rest = if base == "/" { Some(rest) } else { rest.strip_prefix('/') };
            if absolute == base { Some(".".to_owned()) } else { rest.map(str::to_owned) }
        };
        let below_cwd = match cwd {
            Some(cwd) => below(cwd),
            None => {
                (!is_absolute(&absolute) && !absolute.starts_with('~')).then(|| absolute.clone())
            }
        };
        let below_home = match home {
            _ if absolute == "~" || absolute.starts_with("~/") => Some(absolute.clone()),
            Some(home) => below(home).map(|r| if r == "." { "~".into() } else { format!("~/{r}") }),
            None => None,
        };
        Self { absolute, below_cwd, below_home }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn detours_are_taken_away() {
        let cwd = Some("/home/u/p");
        for (text, want) in [
            ("/usr/../etc/passwd", "/etc/passwd"),
            ("//etc//./passwd", "/etc/passwd"),
            ("/../..", "/"),
            ("a/./b", "/home/u/p/a/b"),
            ("../../../etc", "/etc"),
            ("~/x", "/home/u/x"),
            (r"C:\Windows\..\Windows\x", "C:/Windows/x"),
        ] {
            assert_eq!(normal(text, cwd, Some("/home/u")), want, "{text}");
        }
        assert_eq!(normal("../x", None, None), format!("{UNKNOWN}/x"));
        assert_eq!(normal("~/x", None, None), "~/x");
    }

    #[test]
    fn paths_are_seen_from_the_working_folder_and_the_home() {
        let forms = Forms::new("src/x", Some("/home/u/p"), Some("/home/u"));
        assert_eq!(forms.below_cwd.as_deref(), Some("src/x"));
        assert_eq!(forms.below_home.as_deref(), Some("~/p/src/x"));
        let forms = Forms::new("/etc/x", Some("/home/u/p"), Some("/home/u"));
        assert_eq!((forms.below_cwd, forms.below_home), (None, None));
        assert_eq!(Forms::new("/x/y", Some("/"), None).below_cwd.as_deref(), Some("x/y"));
    }
}
