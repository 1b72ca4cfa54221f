//! Lists of patterns: names, words, paths and regular expressions.

mod expression;
mod glob;
mod path;

use crate::error::Fault;
use crate::file::Texts;
use crate::shell::{Place, UNKNOWN};
use crate::verdict::Layer;

pub(crate) use expression::Expression;
pub(crate) use glob::Fit;
use glob::Glob;
use path::Forms;
pub(crate) use path::normal;

/// What a list of patterns is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    /// Names and plain texts.
    Text,
    /// Words of a command: those that begin like a path are compared as paths.
    Word,
    /// Paths.
    Path,
}

/// From where a pattern for paths leads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum From {
    Root,
    Cwd,
    Home,
}

#[derive(Clone, Debug)]
enum Pattern {
    Text(Glob),
    Path(Glob, From),
    Regex(Expression),
}

/// Patterns of which one must fit, and those that must not (`!`).
#[derive(Clone, Debug)]
pub(crate) struct List {
    wanted: Vec<Pattern>,
    barred: Vec<Pattern>,
}

/// A text to compare, and the same as a path.
pub(crate) struct Candidate {
    pub(crate) text: String,
    forms: Option<Forms>,
}

impl Candidate {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), forms: None }
    }

    /// A path, written in this folder if it is another one than the call's.
    pub(crate) fn path(text: &str, folder: Option<&str>, place: Place<'_>) -> Self {
        let absolute = normal(text, folder.or(place.cwd), place.home);
        Self { text: text.to_owned(), forms: Some(Forms::new(&absolute, place.cwd, place.home)) }
    }
}

impl List {
    pub(crate) fn new(texts: &Texts, of: Of, layer: Layer) -> Result<Self, Fault> {
        let (mut wanted, mut barred) = (Vec::new(), Vec::new());
        for text in &texts.0 {
            let (list, plain) = match text.get_ref().strip_prefix('!') {
                Some(plain) => (&mut barred, plain),
                None => (&mut wanted, text.get_ref().as_str()),
            };
            let pattern = Pattern::new(plain, of, layer);
            list.push(pattern.map_err(|why| Fault::new(text.span(), why))?);
        }
        Ok(Self { wanted, barred })
    }

    /// Does one of its patterns look at paths?
    pub(crate) fn has_paths(&self) -> bool {
        self.wanted.iter().chain(&self.barred).any(|p| matches!(p, Pattern::Path(..)))
    }

    pub(crate) fn fit(&self, candidate: &Candidate) -> Fit {
        let best = |list: &[Pattern]| list.iter().map(|p| p.fit(candidate)).max();
        let wanted = best(&self.wanted).unwrap_or(Fit::Yes);
        match best(&self.barred) {
            Some(Fit::Yes) => Fit::No,
            Some(Fit::Maybe) => wanted.min(Fit::Maybe),
            _ => wanted,
        }
    }
}

impl Pattern {
    fn new(text: &str, of: Of, layer: Layer) -> Result<Self, String> {
        if let Some(text) = text.strip_prefix("re:") {
            return Expression::new(text, layer).map(Self::Regex);
        }
        if text.is_empty() {
            return Err("a pattern must not be empty".to_owned());
        }
        let drive = is_drive(text);
        let looks = drive || ["/", "~", "./", "**/"].iter().any(|start| text.starts_with(start));
        if of == Of::Text || (of == Of::Word && !looks) {
            return Glob::new(text, false).map(Self::Text);
        }
        if text.split('/').any(|part| part == "..") {
            return Err("paths are compared without `..`: say where it leads".to_owned());
        }
        let (from, rest) = match text {
            _ if text.starts_with('~') => (From::Home, text),
            _ if drive || text.starts_with('/') || text.starts_with("**") => (From::Root, text),
            _ => (From::Cwd, text.strip_prefix("./").unwrap_or(text)),
        };
        let rest = if drive { rest.replace('\\', "/") } else { rest.to_owned() };
        let rest = rest.strip_suffix('/').filter(|r| !r.is_empty()).unwrap_or(&rest);
        Ok(Self::Path(Glob::new(rest, true)?, from))
    }

    fn fit(&self, candidate: &Candidate) -> Fit {
        match self {
            Self::Text(glob) => glob.fit(&candidate.text),
            Self::Path(glob, from) => {
                let Some(forms) = &candidate.forms else { return Fit::No };
                let form = match from {
                    From::Root => Some(&forms.absolute),
                    From::Cwd => forms.below_cwd.as_ref(),
                    From::Home => forms.below_home.as_ref(),
                };
                // Where nothing is known of the beginning, it may lead anywhere.
                let lost = forms.absolute.starts_with(UNKNOWN);
                match form {
                    Some(form) => glob.fit(form),
                    None => {
                        if lost {
                            Fit::Maybe
                        } else {
                            Fit::No
                        }
                    }
                }
            }
            Self::Regex(expression) => match expression.regex().is_match(&candidate.text) {
                true => Fit::Yes,
                false if candidate.text.contains(UNKNOWN) => Fit::Maybe,
                false => Fit::No,
            },
        }
    }
}

/// Does it begin with `C:` or, for any of them, `[a-z]:` or `?:`?
fn is_drive(text: &str) -> bool {
    text.split_once(':').is_some_and(|(drive, rest)| {
        let one = drive.chars().count() == 1 || (drive.starts_with('[') && drive.ends_with(']'));
        one && rest.starts_with(['/', '\\'])
    })
}
