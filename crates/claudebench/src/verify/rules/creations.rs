//! No acknowledged task is lost, and none is made twice.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::Findings;
use crate::verify::history::Create;
use crate::verify::report::Rule;
use crate::verify::source::Line;

pub(super) fn check(found: &mut Findings<'_>) {
    one_answer_a_key(found);
    if found.state.is_given() {
        lost(found);
        made_too_often(found);
    }
}

/// The same key answers with the same tasks.
fn one_answer_a_key(found: &mut Findings<'_>) {
    let mut answered: HashMap<&str, &Create> = HashMap::new();
    for create in found.history.creates.iter().filter(|create| create.when.ok()) {
        let Some(key) = create.key.as_deref() else { continue };
        let first = *answered.entry(key).or_insert(create);
        if first.made != create.made {
            let what = format!("the key `{key}` made different tasks");
            found.add(Rule::MadeTwice, what, [first.when.line, create.when.line]);
        }
    }
}

fn lost(found: &mut Findings<'_>) {
    let (history, state) = (found.history, found.state);
    for create in &history.creates {
        for (id, _) in &create.made {
            if found.may_be_deleted(*id) {
                continue;
            }
            let logged = found.events_of(*id).iter().any(|event| event.kind == "task.created");
            if !state.tasks.contains_key(id) {
                let what = format!("{id} was acknowledged, and is not there at the end");
                found.add(Rule::Lost, what, [create.when.line]);
            } else if !logged && state.is_whole() {
                let what = format!("{id} was acknowledged, and its making is not in the log");
                found.add(Rule::Lost, what, [create.when.line]);
            }
        }
    }
    let acknowledged: HashSet<_> =
        history.creates.iter().flat_map(|create| &create.made).map(|(id, _)| *id).collect();
    for (id, events) in found.logged() {
        let gone = !state.tasks.contains_key(&id) && !found.may_be_deleted(id);
        if gone && !acknowledged.contains(&id) {
            let what = format!("{id} is in the log, and not there at the end");
            found.add(Rule::Lost, what, events.iter().map(|event| event.line).take(1));
        }
    }
}

/// Of each text there are at most as many tasks as calls that may have made one; calls with the
/// same key count once.
fn made_too_often(found: &mut Findings<'_>) {
    let mut calls: BTreeMap<&str, Calls<'_>> = BTreeMap::new();
    for create in &found.history.creates {
        for (text, _) in &create.tasks {
            let calls = calls.entry(text).or_default();
            calls.lines.push(create.when.line);
            if create.when.possible() {
                let unit = match &create.key {
                    Some(key) => Unit::Key(key),
                    None => Unit::Call(create.when.line),
                };
                *calls.units.entry(unit).or_default().entry(create.when.line).or_default() += 1;
            }
        }
    }
    let mut made: HashMap<&str, Vec<Line>> = HashMap::new();
    for event in found.state.events.values().filter(|event| event.kind == "task.created") {
        if let Some(text) = &event.text {
            made.entry(text).or_default().push(event.line);
        }
    }
    for (text, mut calls) in calls {
        let Some(made) = made.get(text) else { continue };
        let most = calls.most();
        if made.len() > most {
            calls.lines.dedup();
            let what = format!(
                "`{text}` was made {} times by calls that may have made {most}",
                made.len()
            );
            found.add(Rule::MadeTwice, what, calls.lines.into_iter().chain(made.iter().copied()));
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
enum Unit<'a> {
    Key(&'a str),
    Call(Line),
}

#[derive(Default)]
struct Calls<'a> {
    lines: Vec<Line>,
    /// How often each call of each unit names the text.
    units: HashMap<Unit<'a>, HashMap<Line, usize>>,
}

impl Calls<'_> {
    fn most(&self) -> usize {
        self.units.values().map(|calls| calls.values().copied().max().unwrap_or(0)).sum()
    }
}
