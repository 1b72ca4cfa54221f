//! The events of a task are numbered 1 to n without gaps, in the order of the log.

use super::Findings;
use crate::verify::report::Rule;

pub(super) fn check(found: &mut Findings<'_>) {
    for (first, second) in &found.state.clashes {
        let what = "two events stand at one place of the log".to_owned();
        found.add(Rule::Gap, what, [*first, *second]);
    }
    let whole = found.state.is_whole();
    for (task, events) in found.logged() {
        let versioned = events.iter().filter_map(|event| Some((event, event.version?)));
        let mut last: Option<(i64, _)> = None;
        for (event, version) in versioned {
            let expected = match last {
                Some((last, _)) => last + 1,
                None if whole => 1,
                None => version,
            };
            if version != expected {
                let what = format!("{task}: version {version} stands where {expected} should");
                let before = last.map(|(_, line)| line);
                found.add(Rule::Gap, what, before.into_iter().chain([event.line]));
            }
            last = Some((version, event.line));
        }
        let at_end = found.state.tasks.get(&task).and_then(|t| Some((t.line, t.version?)));
        if let (Some((last, event)), Some((line, version))) = (last, at_end)
            && last != version
        {
            let what = format!("{task} is at version {version}, and its last event at {last}");
            found.add(Rule::Gap, what, [event, line]);
        }
    }
}
