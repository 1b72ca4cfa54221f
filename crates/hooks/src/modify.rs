//! Makes the new input that a rule declares.

use std::ops::Range;

use serde_json::Value;

use crate::call::ToolCall;
use crate::judge::text_at;
use crate::rule::Modify;
use crate::shell::Script;

/// The longest text that a change may make.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The input after all changes, each with the commands that its rule matched. `None` if one cannot
/// be done as its rule says.
pub(crate) fn modified(
    call: &ToolCall<'_>,
    script: Option<&Script>,
    changes: &[(&Modify, &[usize])],
) -> Option<Value> {
    let mut input = call.input.clone();
    let mut cuts = Vec::new();
    for (change, matched) in changes {
        if let Modify::Strip(names) = change {
            cuts.extend(wrappers(script?, names, matched)?);
        }
    }
    if !cuts.is_empty() {
        let text = text_at(&mut input, call.command_field())?;
        *text = without(text, &mut cuts);
    }
    for (change, _) in changes {
        if let Modify::Replace { field, pattern, with } = change {
            let text = text_at(&mut input, Some(field))?;
            let found = pattern.regex();
            // Each match makes the text longer by the replacement at most.
            let most = text.len() + (found.find_iter(text).count() + 1) * (with.len() + 1);
            if most > MAX_BYTES || with.contains('$') && text.len() > MAX_BYTES / 64 {
                return None;
            }
            *text = found.replace_all(text, with.as_str()).into_owned();
        }
    }
    Some(input)
}

/// Is there anything that this would change?
pub(crate) fn applies(how: &Modify, input: &Value) -> bool {
    match how {
        Modify::Strip(_) => true,
        Modify::Replace { field, pattern, .. } => {
            let text = input.get(field).and_then(Value::as_str);
            text.is_some_and(|text| pattern.regex().is_match(text))
        }
    }
}

/// Where the wrappers of these commands stand; `None` if one is out of reach, in a script within.
fn wrappers(script: &Script, names: &[String], matched: &[usize]) -> Option<Vec<Range<usize>>> {
    let mut cuts = Vec::new();
    for command in matched.iter().filter_map(|at| script.commands.get(*at)) {
        let named = command.through.iter().filter(|w| names.contains(&w.name));
        for wrapper in named {
            cuts.push(wrapper.span.clone()?);
        }
    }
    Some(cuts)
}

/// A text without some of its characters.
fn without(text: &str, cuts: &mut Vec<Range<usize>>) -> String {
    cuts.sort_unstable_by_key(|cut| cut.start);
    cuts.dedup();
    let kept = |at: &usize| !cuts.iter().any(|cut| cut.contains(at));
    text.chars().enumerate().filter(|(at, _)| kept(at)).map(|(_, c)| c).collect()
}
