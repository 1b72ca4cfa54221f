//! A rule, checked and ready to judge.

use crate::error::Fault;
use crate::file::{RawModify, RawRule, RawUnknown, Texts};
use crate::pattern::{Expression, List, Of};
use crate::verdict::{Action, Layer, RuleRef, Severity};
use crate::when::{Kind, When};

/// A rule.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(crate) rule: RuleRef,
    pub(crate) tools: List,
    /// One of these must hold; none holds always.
    pub(crate) when: Vec<When>,
    pub(crate) kind: Kind,
    pub(crate) action: Action,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    pub(crate) asks_if_unknown: bool,
    pub(crate) exempts: Vec<String>,
    pub(crate) locked: bool,
    pub(crate) modify: Option<Modify>,
}

/// How a rule changes the input.
#[derive(Clone, Debug)]
pub(crate) enum Modify {
    /// Takes these away from before commands.
    Strip(Vec<String>),
    /// Replaces what is found in a field.
    Replace { field: String, pattern: Expression, with: String },
}

/// The name of what is no rule: a command that cannot be read.
pub(crate) const UNREADABLE: &str = "unreadable";

impl Rule {
    pub(crate) fn new(raw: &RawRule, layer: Layer) -> Result<Self, Fault> {
        let span = raw.name.span();
        let missing = |key| Fault::new(span.clone(), format!("the rule has no `{key}`"));
        let tools = raw.tools.as_ref().ok_or_else(|| missing("tools"))?;
        let action = raw.action.as_ref().ok_or_else(|| missing("action"))?;
        let when = raw.when.0.iter().map(|raw| When::new(raw, 0, layer));
        let mut when = when.collect::<Result<Vec<_>, _>>()?;
        let mut kinds = Vec::new();
        when.iter().for_each(|when| when.kinds(&mut kinds));
        let kind = match (kinds.contains(&Kind::Commands), kinds.contains(&Kind::Paths)) {
            (true, true) => {
                let why = "conditions on commands and on `path` need a rule each";
                return Err(Fault::new(span, why));
            }
            (true, false) => Kind::Commands,
            (false, true) => Kind::Paths,
            (false, false) => Kind::Call,
        };
        if when.iter().any(When::is_empty) {
            when.clear();
        }
        let exempts = texts(raw.exempts.as_ref());
        let action_span = action.span();
        let action = *action.get_ref();
        if !exempts.is_empty() && action != Action::Allow {
            return Err(Fault::new(action_span, "only a rule that allows may exempt"));
        }
        let modify = match &raw.modify {
            Some(raw) if action == Action::Modify => {
                Some(modify(raw.get_ref(), raw.span(), layer)?)
            }
            None if action == Action::Modify => return Err(missing("modify")),
            Some(raw) => return Err(Fault::new(raw.span(), "the action is not \"modify\"")),
            None => None,
        };
        let strips = matches!(modify, Some(Modify::Strip(_)));
        if strips && kind != Kind::Commands {
            return Err(Fault::new(span, "`strip` needs a condition on commands"));
        }
        let asks_if_unknown = match raw.if_unknown {
            Some(choice) => choice == RawUnknown::Ask,
            None => action == Action::Deny,
        };
        Ok(Self {
            rule: RuleRef { name: raw.name.get_ref().clone(), layer },
            tools: List::new(tools, Of::Text, layer)?,
            when,
            kind,
            action,
            severity: raw.severity.unwrap_or_default(),
            message: raw.message.clone().unwrap_or_else(|| raw.name.get_ref().replace('-', " ")),
            asks_if_unknown: asks_if_unknown && matches!(action, Action::Deny | Action::Ask),
            exempts,
            locked: raw.locked,
            modify,
        })
    }
}

/// Is this an entry that switches a rule off, and nothing else?
pub(crate) fn switches_off(raw: &RawRule) -> bool {
    raw.enabled == Some(false)
        && raw.tools.is_none()
        && raw.action.is_none()
        && raw.when.0.is_empty()
}

fn texts(list: Option<&Texts>) -> Vec<String> {
    list.iter().flat_map(|list| &list.0).map(|text| text.get_ref().clone()).collect()
}

fn modify(raw: &RawModify, span: std::ops::Range<usize>, layer: Layer) -> Result<Modify, Fault> {
    match (&raw.strip, &raw.replace) {
        (Some(strip), None) => Ok(Modify::Strip(texts(Some(strip)))),
        (None, Some(replace)) => {
            let pattern = Expression::new(replace.pattern.get_ref(), layer)
                .map_err(|why| Fault::new(replace.pattern.span(), why))?;
            let (field, with) = (replace.field.clone(), replace.with.clone());
            Ok(Modify::Replace { field, pattern, with })
        }
        _ => Err(Fault::new(span, "expected either `strip` or `replace`")),
    }
}
