//! Why a rule file is refused, and where in it.

use std::ops::Range;

use crate::verdict::Layer;

/// Why a rule file is refused. No rule of it is in force.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("rules of the {}, line {line}, column {column}: {reason}", layer.name())]
pub struct RuleError {
    /// The layer of the file.
    pub layer: Layer,
    /// Counted from 1.
    pub line: usize,
    /// In characters, counted from 1.
    pub column: usize,
    /// What is wrong, and what would be right.
    pub reason: String,
}

/// The same, by its place in the text.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) span: Range<usize>,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn new(span: Range<usize>, reason: impl Into<String>) -> Self {
        Self { span, reason: reason.into() }
    }

    pub(crate) fn at(self, text: &str, layer: Layer) -> RuleError {
        let before = text.get(..self.span.start).unwrap_or(text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        RuleError { layer, line, column, reason: self.reason }
    }
}
