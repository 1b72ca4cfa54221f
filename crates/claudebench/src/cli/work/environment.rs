//! What the command of a task finds in its environment.

use claudebench_services::task::Task;

use super::fleet::Workshop;

/// The longest value, in bytes: a system takes 128 KiB of one, and a few MB of all.
const LONGEST: usize = 32 << 10;

/// The variables of one attempt. All of the task is on standard input; here is what a script wants at
/// hand.
pub(super) fn of(shop: &Workshop, task: &Task, fence: i64) -> Vec<(String, String)> {
    let list = |names: &[std::sync::Arc<str>]| names.join(",");
    let mut all = shop.environment.clone();
    let mut set = |name: &str, value: String| {
        all.push((format!("CLAUDEBENCH_{name}"), clean(value)));
    };
    set("TASK_ID", task.id.to_string());
    set("TASK_TEXT", task.text.clone());
    set("TASK_PRIORITY", task.priority.to_string());
    set("TASK_PROJECT", task.project.as_deref().unwrap_or_default().to_owned());
    set("TASK_TAGS", list(&task.tags));
    set("TASK_ROLES", list(&task.roles));
    set("TASK_PARENT_ID", task.parent_id.map(|id| id.to_string()).unwrap_or_default());
    set("FENCE", fence.to_string());
    set("ATTEMPT", task.attempt.to_string());
    set("MAX_ATTEMPTS", task.max_attempts.to_string());
    set("WORKER_ID", shop.link.worker.clone());
    if let Some(trace) = &task.traceparent {
        all.push(("TRACEPARENT".into(), clean(trace.clone())));
    }
    all
}

/// A value as a system takes it: without the character that ends one, and not too long.
fn clean(value: String) -> String {
    let mut value = value.replace('\0', "\u{fffd}");
    if value.len() > LONGEST {
        value.truncate(value.floor_char_boundary(LONGEST));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_bounds() {
        assert_eq!(clean("a\0b".into()), "a\u{fffd}b");
        let long = clean("é".repeat(LONGEST));
        assert!(long.len() <= LONGEST && long.chars().all(|c| c == 'é'));
    }
}
