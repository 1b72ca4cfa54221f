//! What workers make: reports, figures, changes, a picture.

use serde_json::{Value, json};

use super::chance::Chance;
use super::work::Task;

/// A chart of 48 by 24 pixels.
const CHART: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAADAAAAAYAgMAAADBk5ZPAAAACVBMVEX19vhPbvcuoGe9KHoVAAAAMUlEQVR42mNgIBVo4eCsQOGswMphDEDhhGDlMAYgcwIDsXJYHZA5ro7YOayu1OQgAwDxHjESOEy9JAAAAABJRU5ErkJggg==";
/// How many bytes that is.
const CHART_BYTES: u64 = 127;

/// Whether who works in a role changes code.
pub(super) fn is_code(role: &str) -> bool {
    matches!(role, "frontend" | "backend")
}

/// What is attached to a task before it is completed.
pub(super) fn by(role: &str, task: &Task, chance: &mut Chance) -> Vec<Value> {
    let id = &task.id;
    match role {
        _ if is_code(role) => vec![json!({
            "taskId": id, "key": "change", "type": "text", "mimeType": "text/x-diff",
            "content": diff(role, chance),
        })],
        "tester" => {
            let (passed, failed) = (180 + chance.below(60), chance.below(3));
            let report = json!({
                "suite": task.text, "passed": passed, "failed": failed, "skipped": chance.below(5),
                "durationMs": 8_000 + chance.below(60_000),
                "slowest": [
                    {"name": "checkout::three_d_secure", "ms": 2_400 + chance.below(900)},
                    {"name": "exports::month_of_csv", "ms": 1_100 + chance.below(900)},
                ],
            });
            vec![
                json!({ "taskId": id, "key": "report", "type": "json", "value": report }),
                json!({
                    "taskId": id, "key": "trend", "type": "binary", "mimeType": "image/png",
                    "url": CHART, "size": CHART_BYTES,
                }),
            ]
        }
        _ => vec![json!({
            "taskId": id, "key": if role == "reviewer" { "review" } else { "draft" },
            "type": "markdown", "content": report(role, task, chance),
        })],
    }
}

/// What a completed task says of itself.
pub(super) fn result(role: &str, task: &Task, chance: &mut Chance) -> Value {
    match role {
        "tester" => json!({ "summary": "All scenarios pass", "flaky": chance.below(3) }),
        "reviewer" => {
            json!({ "summary": "Approved", "comments": chance.below(6), "blocking": 0 })
        }
        _ => json!({
            "summary": format!("{}: done", task.text),
            "filesChanged": 1 + chance.below(7),
            "tests": { "passed": 200 + chance.below(40), "failed": 0 },
        }),
    }
}

const FORM: [&str; 7] = [
    " export function PaymentForm({ methods, onPay }: Props) {",
    "-  const [selected, setSelected] = useState<string>();",
    "+  const usable = methods.filter((method) => !isExpired(method));",
    "+  const [selected, setSelected] = useState(usable[0]?.id);",
    "   return (",
    "     <form onSubmit={(event) => onPay(event, selected)}>",
    "       <CardList cards={methods} selected={selected} onSelect={setSelected} />",
];
const TOTAL: [&str; 7] = [
    " pub fn total(lines: &[Line]) -> Money {",
    "-    lines.iter().map(|line| line.net * line.vat).sum::<Money>().rounded()",
    "+    // Each line is rounded by itself, as the invoice shows it.",
    "+    lines.iter().map(|line| (line.net * line.vat).rounded()).sum()",
    " }",
    " ",
    " #[cfg(test)]",
];

/// A unified diff.
pub(super) fn diff(role: &str, chance: &mut Chance) -> String {
    let line = 10 + chance.below(180);
    let (old, new) = (chance.hex(7), chance.hex(7));
    let (file, body) = (file(role), if role == "frontend" { FORM } else { TOTAL });
    format!(
        "diff --git a/{file} b/{file}\nindex {old}..{new} 100644\n--- a/{file}\n+++ b/{file}\n\
         @@ -{line},5 +{line},6 @@\n{}\n",
        body.join("\n")
    )
}

/// The file that such a change is in.
pub(super) fn file(role: &str) -> &'static str {
    if role == "frontend" { "src/checkout/PaymentForm.tsx" } else { "crates/posting/src/total.rs" }
}

fn report(role: &str, task: &Task, chance: &mut Chance) -> String {
    let minutes = 3 + chance.below(25);
    let (title, text) = (&task.text, &["Reads well", "Names could be clearer", "Well tested"]);
    match role {
        "reviewer" => format!(
            "# Review: {title}\n\n**Approved** after {minutes} minutes.\n\n| Where | What |\n|---|---|\n\
             | `total.rs` | {} |\n| `PaymentForm.tsx` | {} |\n\n- [x] edge cases\n- [x] migrations\n\
             - [ ] follow-up: a metric for rounding differences\n",
            chance.one_of(text),
            chance.one_of(text)
        ),
        _ => format!(
            "# {title}\n\nWhat changed, for whom, and what to do.\n\n1. Update to the next release.\n\
             2. Nothing else: settings stay as they are.\n\n```sh\nnpm run release -- --dry-run\n```\n\n\
             > Took {minutes} minutes to write.\n"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn task() -> Task {
        let task = json!({"id": "t-1", "text": "a", "attempt": 1, "lease": {"fence": 1}});
        serde_json::from_value(task).unwrap()
    }

    #[test]
    fn a_diff_has_as_many_lines_as_it_says() {
        for role in ["frontend", "backend"] {
            let diff = diff(role, &mut Chance::new(1, 0));
            let hunk: Vec<&str> =
                diff.lines().skip_while(|line| !line.starts_with("@@")).skip(1).collect();
            let count = |other: char| hunk.iter().filter(|line| !line.starts_with(other)).count();
            assert_eq!((count('+'), count('-')), (5, 6), "{diff}");
            assert!(hunk.iter().all(|line| line.starts_with([' ', '+', '-'])), "{diff}");
        }
    }

    #[test]
    fn every_role_leaves_something() {
        for role in ["frontend", "backend", "tester", "reviewer", "docs"] {
            let made = by(role, &task(), &mut Chance::new(1, 0));
            assert!(made.iter().all(|made| made["taskId"] == "t-1"), "{role}");
            assert!(!made.is_empty() && result(role, &task(), &mut Chance::new(1, 0)).is_object());
        }
    }
}
