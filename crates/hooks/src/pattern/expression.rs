//! Regular expressions of rules.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::verdict::Layer;

/// The most memory of a regular expression.
const MAX_REGEX: usize = 1 << 20;

/// A regular expression: found anywhere, whatever the case, in linear time.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    text: String,
    compiled: OnceLock<Regex>,
}

impl Expression {
    /// One of a rule of this layer. It must be in order, except that the program's own, which a test
    /// holds in order, are first compiled when they are needed: a hook is a process of its own, and
    /// most calls need none of them.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(crate) fn new(text: &str, layer: Layer) -> Result<Self, String> {
        let compiled = OnceLock::new();
        if layer != Layer::Default {
            let _ = compiled.set(compile(text)?);
        }
        Ok(Self { text: text.to_owned(), compiled })
    }

    #[allow(clippy::expect_used, reason = "a test compiles them all")]
    pub(crate) fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            compile(&self.text).expect("a test compiles each expression of the program's own rules")
        })
    }
}

fn compile(text: &str) -> Result<Regex, String> {
    RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(MAX_REGEX)
        .nest_limit(50)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
            error => {
                // The last line says what is wrong, those before draw where.
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default().trim();
                format!("not a regular expression: {}", last.trim_start_matches("error: "))
            }
        })
}
