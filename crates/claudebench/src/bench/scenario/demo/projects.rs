//! The projects of the demonstration, and what is to be done in them.

/// A project.
#[derive(Debug)]
pub(super) struct Project {
    pub(super) name: &'static str,
    /// The folder that its workers work in.
    pub(super) folder: &'static str,
    pub(super) epics: [Epic; 3],
}

/// A piece of work that is planned first and then done in parts.
#[derive(Debug)]
pub(super) struct Epic {
    pub(super) text: &'static str,
    pub(super) tag: &'static str,
    pub(super) priority: u8,
    pub(super) parts: &'static [Part],
}

/// A part of it.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) key: &'static str,
    pub(super) text: &'static str,
    pub(super) role: &'static str,
    /// About how long it takes.
    pub(super) seconds: u32,
    /// The parts that must be done before; none waits for the plan alone.
    pub(super) after: &'static [&'static str],
}

const fn part(
    key: &'static str,
    role: &'static str,
    seconds: u32,
    after: &'static [&'static str],
    text: &'static str,
) -> Part {
    Part { key, text, role, seconds, after }
}

/// A task whose attempts all fail.
pub(super) const DOOMED: &str = "Sync invoices from the legacy SOAP service";
/// What goes wrong with it.
pub(super) const DOOM: &str =
    "connect ETIMEDOUT 10.20.0.14:8443: the legacy service does not answer";

/// The three projects.
pub(super) const PROJECTS: [Project; 3] = [
    Project {
        name: "shop",
        folder: "/srv/shop",
        epics: [
            // A diamond.
            Epic {
                text: "Let customers pay with saved cards",
                tag: "checkout",
                priority: 80,
                parts: &[
                    part(
                        "api",
                        "backend",
                        34,
                        &[],
                        "Add POST /payment-methods with tokenized cards",
                    ),
                    part("ui", "frontend", 41, &["api"], "Show saved cards on the checkout page"),
                    part(
                        "form",
                        "frontend",
                        28,
                        &["api"],
                        "Validate card expiry in the payment form",
                    ),
                    part(
                        "e2e",
                        "tester",
                        46,
                        &["ui", "form"],
                        "Run the checkout end to end with 3-D Secure",
                    ),
                    part(
                        "review",
                        "reviewer",
                        18,
                        &["e2e"],
                        "Review the saved-cards change for PCI scope",
                    ),
                ],
            },
            // Fan-out, and in again.
            Epic {
                text: "Speed up the product list",
                tag: "performance",
                priority: 60,
                parts: &[
                    part(
                        "index",
                        "backend",
                        22,
                        &[],
                        "Add an index on products (category_id, price)",
                    ),
                    part("cache", "backend", 30, &[], "Cache category facets for five minutes"),
                    part("images", "frontend", 26, &[], "Serve product images as AVIF with srcset"),
                    part(
                        "virtual",
                        "frontend",
                        38,
                        &[],
                        "Virtualize the product grid above 200 items",
                    ),
                    part(
                        "load",
                        "tester",
                        52,
                        &["index", "cache", "images", "virtual"],
                        "Load-test /products at 400 requests a second",
                    ),
                    part("notes", "docs", 14, &["load"], "Write up the before and after figures"),
                ],
            },
            // A chain.
            Epic {
                text: "Fix wrong totals with mixed VAT rates",
                tag: "bug",
                priority: 92,
                parts: &[
                    part("repro", "tester", 12, &[], "Reproduce the 0.01 EUR difference in a test"),
                    part(
                        "fix",
                        "backend",
                        25,
                        &["repro"],
                        "Round VAT per line instead of per order",
                    ),
                    part(
                        "review",
                        "reviewer",
                        12,
                        &["fix"],
                        "Review the rounding against the tax guide",
                    ),
                    part("release", "docs", 8, &["review"], "Note the fix in the release notes"),
                ],
            },
        ],
    },
    Project {
        name: "ledger",
        folder: "/srv/ledger",
        epics: [
            Epic {
                text: "Move nightly exports to Parquet",
                tag: "exports",
                priority: 55,
                parts: &[
                    part(
                        "writer",
                        "backend",
                        44,
                        &[],
                        "Write postings as Parquet, partitioned by month",
                    ),
                    part(
                        "schema",
                        "docs",
                        16,
                        &[],
                        "Describe the Parquet schema for the data team",
                    ),
                    part(
                        "compare",
                        "tester",
                        36,
                        &["writer"],
                        "Compare a month of CSV and Parquet row by row",
                    ),
                    part(
                        "switch",
                        "backend",
                        15,
                        &["compare", "schema"],
                        "Switch the nightly job to the Parquet writer",
                    ),
                ],
            },
            Epic {
                text: "Make journal entries immutable",
                tag: "audit",
                priority: 75,
                parts: &[
                    part(
                        "trigger",
                        "backend",
                        28,
                        &[],
                        "Refuse UPDATE and DELETE on journal_entries",
                    ),
                    part("reverse", "backend", 33, &[], "Add reversing entries to the posting API"),
                    part(
                        "screen",
                        "frontend",
                        31,
                        &["reverse"],
                        "Replace the edit button with a reversal dialog",
                    ),
                    part(
                        "audit",
                        "reviewer",
                        24,
                        &["trigger", "reverse", "screen"],
                        "Check the change against the audit checklist",
                    ),
                ],
            },
            Epic {
                text: "Close the month in under a minute",
                tag: "performance",
                priority: 65,
                parts: &[
                    part(
                        "profile",
                        "backend",
                        19,
                        &[],
                        "Profile the month-end close on last year's data",
                    ),
                    part("batch", "backend", 47, &["profile"], "Post accruals in batches of 5,000"),
                    part(
                        "bench",
                        "tester",
                        29,
                        &["batch"],
                        "Measure the close with 12 tenants at once",
                    ),
                ],
            },
        ],
    },
    Project {
        name: "atlas",
        folder: "/srv/atlas",
        epics: [
            Epic {
                text: "Offline maps for the field app",
                tag: "offline",
                priority: 70,
                parts: &[
                    part("tiles", "backend", 39, &[], "Pack map tiles of a region into one file"),
                    part(
                        "download",
                        "frontend",
                        43,
                        &["tiles"],
                        "Download a region with resume and progress",
                    ),
                    part(
                        "evict",
                        "frontend",
                        21,
                        &["tiles"],
                        "Evict the least used regions above 2 GB",
                    ),
                    part(
                        "device",
                        "tester",
                        55,
                        &["download", "evict"],
                        "Test flight mode on three devices",
                    ),
                    part("help", "docs", 17, &["download"], "Write the help page for offline maps"),
                ],
            },
            Epic {
                text: "Search that forgives typing errors",
                tag: "search",
                priority: 58,
                parts: &[
                    part("trigram", "backend", 32, &[], "Index place names by trigrams"),
                    part("rank", "backend", 27, &["trigram"], "Rank by distance and similarity"),
                    part(
                        "ui",
                        "frontend",
                        24,
                        &["trigram"],
                        "Highlight what was matched in suggestions",
                    ),
                    part("corpus", "tester", 34, &["rank", "ui"], "Score 500 misspelled queries"),
                    part(
                        "review",
                        "reviewer",
                        15,
                        &["corpus"],
                        "Review ranking weights and their tests",
                    ),
                ],
            },
            Epic {
                text: "Upgrade to the new map renderer",
                tag: "dependencies",
                priority: 45,
                parts: &[
                    part(
                        "bump",
                        "frontend",
                        18,
                        &[],
                        "Upgrade the renderer to 5.2 and fix the types",
                    ),
                    part(
                        "layers",
                        "frontend",
                        36,
                        &["bump"],
                        "Port custom layers to the new style spec",
                    ),
                    part(
                        "shots",
                        "tester",
                        30,
                        &["layers"],
                        "Compare 60 screenshots with the old renderer",
                    ),
                    part("guide", "docs", 13, &["layers"], "Update the guide on custom layers"),
                ],
            },
        ],
    },
];

/// What is done at its time, with the role that does it.
pub(super) const SCHEDULED: [(&str, &str); 4] = [
    ("Rotate the signing keys of staging", "backend"),
    ("Refresh the fixture database from last night's backup", "tester"),
    ("Publish the weekly dependency report", "docs"),
    ("Re-run the flaky tests of the week", "tester"),
];

/// Why something is called off.
pub(super) const CALLED_OFF: [&str; 3] = [
    "superseded by a simpler fix",
    "the customer withdrew the request",
    "moved to the next sprint",
];

/// What goes wrong, by reason and text.
pub(super) const FAILURES: [(&str, &str); 6] = [
    (
        "error",
        "3 of 214 tests failed: cart_totals::mixed_vat, cart_totals::rounding, checkout::retry",
    ),
    ("timeout", "the test run took longer than 10 minutes"),
    ("unavailable", "registry.npmjs.org answers 503"),
    ("rate_limited", "the model allows no more calls for 20 seconds"),
    ("crashed", "the worker process ended with signal 9 (out of memory)"),
    (
        "error",
        "error[E0502]: cannot borrow `entries` as mutable because it is also borrowed as immutable",
    ),
];

/// What a worker says that it is at, by role.
pub(super) fn notes(role: &str) -> &'static [&'static str] {
    match role {
        "frontend" => &[
            "reading the component and its stories",
            "sketching the states in Storybook",
            "writing the component",
            "checking keyboard and screen reader use",
            "updating the snapshots",
        ],
        "backend" => &[
            "reading the module and its tests",
            "writing a failing test",
            "implementing the change",
            "running the integration tests",
            "measuring queries with EXPLAIN",
        ],
        "tester" => &[
            "setting up fixtures",
            "running the suite",
            "looking at two failures",
            "running the failed ones again",
            "collecting the report",
        ],
        "reviewer" => {
            &["reading the diff", "checking edge cases", "running the branch", "writing comments"]
        }
        _ => &["collecting what changed", "writing a draft", "checking examples", "proofreading"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_waits_for_parts_before_it() {
        for epic in PROJECTS.iter().flat_map(|project| &project.epics) {
            for (place, part) in epic.parts.iter().enumerate() {
                assert!((5..=60).contains(&part.seconds), "{}", part.text);
                for on in part.after {
                    let known = epic.parts[..place].iter().any(|before| before.key == *on);
                    assert!(known, "{}: {} waits for {on}", epic.text, part.key);
                }
            }
        }
    }
}
