//! Rules of pages: the same over every store.

use claudebench_core::Cursor;
use claudebench_core::Status;
use claudebench_core::event::{answers, scope};

use crate::read::{EventQuery, OrderBy, PAGE_BYTES, TaskQuery};
use crate::row::{TaskRow, TaskWithExtras};
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

/// What a page was ordered by, of its last task.
#[derive(Clone, Debug)]
pub(crate) enum PlaceValue {
    Number(i64),
    Text(String),
}

/// Where a page ended: the value it is ordered by, and the id.
pub(crate) fn cursor(query: &TaskQuery, last: &TaskWithExtras) -> String {
    let task = &last.task;
    let value = match query.order_by {
        OrderBy::CreatedAt => task.id.0.into(),
        OrderBy::UpdatedAt => task.updated_at.0.into(),
        OrderBy::Priority => task.priority.into(),
        OrderBy::Status => (task.status as i64).into(),
        OrderBy::AssignedTo => task.assigned_to.clone().unwrap_or_default().into(),
    };
    serde_json::Value::Array(vec![value, task.id.0.into()]).to_string()
}

/// Where the page before ended.
pub(crate) fn position(query: &TaskQuery, text: &str) -> Result<(PlaceValue, i64), StoreError> {
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
