//! Rules of pages: the same over every store.

use std::collections::HashSet;
use std::sync::Arc;

use claudebench_core::Cursor;
use claudebench_core::Status;
use claudebench_core::event::{answers, scope};

use crate::read::{
    EventQuery, InstanceHolding, InstanceQuery, OrderBy, PAGE_BYTES, ProjectPage, TaskQuery, Which,
};
use crate::row::{InstanceRow, Stats, TaskRow, TaskWithExtras};
use crate::store::StoreError;
use crate::words;

/// Where no count is kept, totals are counted to here, and so many tasks are looked at for it.
pub(crate) const COUNTED: i64 = 10_000;
/// How many events one page looks at, whatever the filters leave of them.
pub(crate) const LOOKED_AT: i64 = 10_000;
/// A quick page walks over no more tasks than this to its offset.
const REACH: i64 = 10_000;

/// Whether an index has the page in order, so that it is read without a walk over tasks that are
/// not shown.
pub(crate) fn is_quick(query: &TaskQuery) -> bool {
    let sources = [
        query.assigned_to.is_some(),
        query.tag.is_some(),
        query.role.is_some(),
        query.parent.is_some(),
    ];
    let of_kind = query.status.is_some() || query.dead.is_some() || query.project.is_some();
    query.order_by == OrderBy::CreatedAt
        && query.search.is_none()
        && query.priority.is_none()
        && query.offset <= REACH
        && match sources.iter().filter(|given| **given).count() {
            0 => true,
            1 => !of_kind,
            _ => false,
        }
}

/// Whether no task can be both.
pub(crate) fn contradicts(query: &TaskQuery) -> bool {
    match (query.dead, query.status) {
        (Some(true), Some(status)) => status != Status::Failed,
        (Some(false), Some(status)) => status == Status::Failed,
        _ => false,
    }
}

/// A search as an expression of words.
pub(crate) fn words(search: &str) -> Result<String, StoreError> {
    words::expression(search).ok_or_else(|| StoreError::BadQuery {
        field: "search",
        what: "expected at least one word of letters or digits".into(),
    })
}

/// What a page is ordered by, of one task.
#[derive(Clone, Debug)]
pub(crate) enum PlaceValue {
    Number(i64),
    Text(String),
}

/// Where a task stands in a list: the value that it is ordered by, and the id.
pub(crate) type Place = (PlaceValue, i64);

/// Where a page ended that shows so many of the tasks that were found.
pub(crate) fn cursor(found: &[Place], shown: usize) -> Option<String> {
    let (value, id) = found.get(shown.checked_sub(1)?)?;
    let value: serde_json::Value = match value {
        PlaceValue::Number(number) => (*number).into(),
        PlaceValue::Text(text) => (&**text).into(),
    };
    Some(serde_json::Value::Array(vec![value, (*id).into()]).to_string())
}

/// Where the page before ended.
pub(crate) fn position(query: &TaskQuery, text: &str) -> Result<Place, StoreError> {
    let bad = || StoreError::BadQuery {
        field: "after",
        what: "expected the `nextCursor` of a page with the same filters and order".into(),
    };
    let (value, id): (serde_json::Value, i64) = serde_json::from_str(text).map_err(|_| bad())?;
    let value = match (value, query.order_by) {
        (serde_json::Value::String(text), OrderBy::AssignedTo) => PlaceValue::Text(text),
        (serde_json::Value::Number(number), by) if by != OrderBy::AssignedTo => {
            PlaceValue::Number(number.as_i64().ok_or_else(bad)?)
        }
        _ => return Err(bad()),
    };
    Ok((value, id))
}

/// About how many bytes a task has when it is sent, its result aside.
pub(crate) fn bytes(task: &TaskWithExtras) -> usize {
    let keys = task.attachment_keys.iter().map(|key| written(key)).sum::<usize>();
    row_bytes(&task.task) + keys
}

/// The same without its attachments.
pub(crate) fn row_bytes(row: &TaskRow) -> usize {
    /// The names of the fields, numbers and times.
    const FRAME: usize = 900;
    let optional = [
        &row.assigned_to,
        &row.completed_by,
        &row.error,
        &row.reason,
        &row.unique_key,
        &row.note,
        &row.traceparent,
    ];
    // Sent as they are.
    let json = [&row.metadata, &row.checkpoint, &row.backoff];
    FRAME
        + written(&row.text)
        + written(&row.created_by)
        + optional.into_iter().flatten().map(|text| written(text)).sum::<usize>()
        + json.into_iter().flatten().map(String::len).sum::<usize>()
        + row.roles.iter().chain(&row.tags).map(|name| written(name)).sum::<usize>()
        + row.project.as_deref().map_or(0, written)
}

/// How long a text is as JSON.
fn written(text: &str) -> usize {
    let wide = |byte| match byte {
        0..0x20 => 6,
        b'"' | b'\\' => 2,
        _ => 1,
    };
    text.bytes().map(wide).sum::<usize>() + 3
}

/// Nothing was told yet that a place after the end could follow: whoever asks means another log.
pub(crate) fn beyond(after: Option<Cursor>, newest: i64) -> StoreError {
    let cursor = after.unwrap_or_default();
    let what = format!("the cursor {cursor} is beyond the end of the log at {newest}");
    StoreError::BadQuery { field: "after", what }
}

/// Whether a query asks for events of a type, and may see them.
pub(crate) fn asks_for(query: &EventQuery, kind: &str) -> bool {
    let asked = query.kinds.is_empty() || query.kinds.iter().any(|p| answers(kind, p));
    asked && query.scopes.allow(scope(kind))
}

/// How many events, one at least, a page has room for.
pub(crate) fn fitting(chosen: &[(i64, usize)]) -> usize {
    let mut size = 0;
    let fits = chosen.iter().take_while(|(_, bytes)| {
        let room = size < PAGE_BYTES;
        size += bytes;
        room
    });
    fits.count()
}

pub(crate) fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What a page still takes: so many rows, and about [`PAGE_BYTES`].
pub(crate) struct Room {
    rows: usize,
    bytes: usize,
    empty: bool,
}

impl Room {
    pub(crate) fn of(rows: usize) -> Self {
        Self { rows, bytes: PAGE_BYTES, empty: true }
    }

    /// Whether the next row, of so many bytes, is on the page. The first is, however large.
    pub(crate) fn takes(&mut self, bytes: usize) -> bool {
        if self.rows == 0 || (bytes > self.bytes && !self.empty) {
            return false;
        }
        self.rows -= 1;
        self.bytes = self.bytes.saturating_sub(bytes);
        self.empty = false;
        true
    }
}

impl InstanceQuery {
    /// The named that may be on the page.
    pub(crate) fn by_name(&self) -> Vec<Arc<str>> {
        let after = self.after.as_deref().unwrap_or("");
        match &self.which {
            Which::Named(ids) => ids.iter().filter(|id| ***id > *after).cloned().collect(),
            Which::All | Which::Others(_) => Vec::new(),
        }
    }

    /// How many ids have to be looked for to fill the page, and to know whether there are more. None
    /// when they are named.
    pub(crate) fn to_look_for(&self) -> Option<i64> {
        let besides = match &self.which {
            Which::All => 0,
            Which::Named(_) => return None,
            Which::Others(ids) => ids.len(),
        };
        Some(count(self.limit + 1 + besides))
    }

    /// Takes those out of the ids that were found which are not asked for.
    pub(crate) fn without_others(&self, found: &mut Vec<Arc<str>>) {
        if let Which::Others(ids) = &self.which {
            let ids: HashSet<&str> = ids.iter().map(|id| &**id).collect();
            found.retain(|id| !ids.contains(&**id));
        }
    }
}

/// About how many bytes an instance has when it is sent.
pub(crate) fn instance_bytes(row: &InstanceRow) -> usize {
    row.metadata.as_ref().map_or(0, String::len)
        + row.roles.iter().map(|role| role.len()).sum::<usize>()
}

impl InstanceHolding {
    /// An instance of whose tasks so many were found, by who may have stopped before the last.
    pub(crate) fn of(row: InstanceRow, found: i64, stopped: bool) -> Self {
        let leases_capped = stopped || found > Self::COUNTED;
        Self { row, leases: found.min(Self::COUNTED), leases_capped }
    }
}

/// Puts a page of projects together. Those whose tasks have all gone are passed over; so that many of
/// them do not hold a read up, a page may end at one.
pub(crate) struct Projects {
    page: ProjectPage,
    limit: usize,
    looked_at: i64,
    last: Option<String>,
}

impl Projects {
    pub(crate) fn of(limit: usize) -> Self {
        Self { page: ProjectPage::default(), limit, looked_at: 0, last: None }
    }

    /// The next project by name; false when the page ends before it.
    pub(crate) fn add(&mut self, name: String, stats: Stats) -> bool {
        let shown = stats.total() > 0;
        if self.looked_at >= LOOKED_AT || (shown && self.page.projects.len() >= self.limit) {
            self.page.next = self.last.take();
            return false;
        }
        self.looked_at += 1;
        self.last = Some(name.clone());
        if shown {
            self.page.projects.push((name, stats));
        }
        true
    }

    pub(crate) fn page(self) -> ProjectPage {
        self.page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_projects_ends_before_what_it_has_no_place_for() {
        let some = Stats { by_status: [1, 0, 0, 0, 0], ..Stats::default() };
        let mut projects = Projects::of(2);
        for (name, stats) in [("a", some), ("b", Stats::default()), ("c", some)] {
            assert!(projects.add(name.into(), stats));
        }
        assert!(projects.add("d".into(), Stats::default()), "nothing to be shown");
        assert!(!projects.add("e".into(), some));
        let page = projects.page();
        assert_eq!(page.projects, [("a".into(), some), ("c".into(), some)]);
        assert_eq!(page.next.as_deref(), Some("d"));

        let mut gone = Projects::of(2);
        for n in 0..LOOKED_AT {
            assert!(gone.add(format!("{n:05}"), Stats::default()));
        }
        assert!(!gone.add("x".into(), Stats::default()));
        assert_eq!(gone.page(), ProjectPage { projects: vec![], next: Some("09999".into()) });
    }
}
