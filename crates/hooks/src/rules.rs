//! The rules in force: those that come with it, the tenant's, the repository's.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::error::{Fault, RuleError};
use crate::file::{self, RawRule};
use crate::rule::{Rule, UNREADABLE, switches_off};
use crate::verdict::{Layer, RuleRef};

/// More rules than anybody reads.
const MAX_RULES: usize = 500;

const DEFAULT: &str = include_str!("default.toml");

/// The rules in force. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    pub(crate) rules: Vec<Arc<Rule>>,
    layer: Option<Layer>,
}

impl Rules {
    /// No rules: all is allowed.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The rules that come with ClaudeBench.
    ///
    /// # Errors
    ///
    /// Never: a test holds that they are in order.
    pub fn builtin() -> Result<Self, RuleError> {
        let rules = Self::none().changed(Layer::Default, DEFAULT);
        rules.map_err(|fault| fault.at(DEFAULT, Layer::Default))
    }

    /// The text of the rules that come with ClaudeBench.
    #[must_use]
    pub fn builtin_text() -> &'static str {
        DEFAULT
    }

    /// These rules, changed by a file of a later layer: it adds rules, replaces others by name, and
    /// switches others off. Either all of it is in force, or it is refused.
    ///
    /// # Errors
    ///
    /// If the file is not in order: where, and why.
    pub fn with(&self, layer: Layer, text: &str) -> Result<Self, RuleError> {
        let changed = match layer {
            Layer::Default => Err(Fault::new(0..0, "the program's own rules are no file's")),
            _ => self.changed(layer, text),
        };
        changed.map_err(|fault| fault.at(text, layer))
    }

    /// The names of the rules, with the layer that each comes from.
    pub fn names(&self) -> impl Iterator<Item = &RuleRef> {
        self.rules.iter().map(|rule| &rule.rule)
    }

    fn changed(&self, layer: Layer, text: &str) -> Result<Self, Fault> {
        if self.layer.is_some_and(|last| last >= layer) {
            return Err(Fault::new(0..0, "layers come in order, each once"));
        }
        let mut rules = self.rules.clone();
        let mut seen = BTreeSet::new();
        for raw in file::read(text)? {
            let raw = raw.into_inner();
            let span = raw.name.span();
            let name = raw.name.get_ref().as_str();
            check_name(name).map_err(|why| Fault::new(span.clone(), why))?;
            if !seen.insert(name.to_owned()) {
                return Err(Fault::new(span, format!("there are two rules `{name}`")));
            }
            let place = rules.iter().position(|rule| rule.rule.name == name);
            if place.is_some_and(|at| rules[at].locked) {
                return Err(Fault::new(span, format!("`{name}` is locked by an earlier layer")));
            }
            put(&mut rules, place, &raw, layer)?;
        }
        if rules.len() > MAX_RULES {
            return Err(Fault::new(0..0, format!("there are more than {MAX_RULES} rules")));
        }
        Ok(Self { rules, layer: Some(layer) })
    }
}

/// Puts a rule into its place, or takes it away.
fn put(
    rules: &mut Vec<Arc<Rule>>,
    place: Option<usize>,
    raw: &RawRule,
    layer: Layer,
) -> Result<(), Fault> {
    if switches_off(raw) {
        let Some(at) = place else {
            let why = format!("there is no rule `{}` to switch off", raw.name.get_ref());
            return Err(Fault::new(raw.name.span(), why));
        };
        rules.remove(at);
        return Ok(());
    }
    // One that is switched off must be in order, too: it may be switched on again.
    let rule = Rule::new(raw, layer)?;
    for text in raw.exempts.iter().flat_map(|list| &list.0) {
        let Some(exempted) = rules.iter().find(|r| r.rule.name == *text.get_ref()) else {
            let why = format!("there is no rule `{}` before this one", text.get_ref());
            return Err(Fault::new(text.span(), why));
        };
        if exempted.locked && exempted.rule.layer < layer {
            let why = format!("`{}` is locked by an earlier layer", text.get_ref());
            return Err(Fault::new(text.span(), why));
        }
    }
    let on = raw.enabled.unwrap_or(true);
    match place {
        Some(at) if on => rules[at] = Arc::new(rule),
        Some(at) => {
            rules.remove(at);
        }
        None if on => rules.push(Arc::new(rule)),
        None => {}
    }
    Ok(())
}

fn check_name(name: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        return Err("a name has 1 to 64 letters, digits, `-`, `_` and `.`".to_owned());
    }
    if name == UNREADABLE {
        return Err(format!("the name `{UNREADABLE}` is taken"));
    }
    Ok(())
}
