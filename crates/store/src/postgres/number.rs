//! Numbers for lanes that have none yet.

use std::collections::HashMap;

use claudebench_core::lane::Lane;

use super::asks::{Asks, Link, values};
use super::picture::Picture;
use super::sql::save as sql;
use super::writer::Undone;
use crate::memory::LaneId;
use crate::row::names_text;
use crate::store::StoreError;

/// What tells a lane from all others.
pub(super) fn lane_name(lane: &Lane) -> Result<String, StoreError> {
    let name = (lane.tenant.0, &lane.assignee, &lane.project, &lane.roles, &lane.tags);
    serde_json::to_string(&name).map_err(|e| StoreError::Fault { what: e.to_string() })
}

/// Gives new lanes their numbers.
pub(super) async fn number_lanes(
    client: &Link,
    picture: &Picture,
) -> Result<HashMap<LaneId, LaneId>, Undone> {
    let new = picture.lanes.unnumbered();
    let mut numbers = HashMap::with_capacity(new.len());
    let mut open: HashMap<String, LaneId> = HashMap::new();
    for (id, lane) in &new {
        open.insert(lane_name(lane).map_err(Undone::Not)?, *id);
    }
    // A lane that another transaction has made in between is found by the second look.
    for _ in 0..2 {
        if open.is_empty() {
            break;
        }
        let lanes: HashMap<LaneId, _> = new.iter().map(|(id, lane)| (*id, lane)).collect();
        let (mut names, mut tenants) = (Vec::new(), Vec::new());
        let (mut assignees, mut projects) = (Vec::new(), Vec::new());
        let (mut roles, mut tags): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for (name, id) in &open {
            let Some(lane) = lanes.get(id) else { continue };
            names.push(name.clone());
            tenants.push(lane.tenant.0);
            assignees.push(lane.assignee.as_deref());
            projects.push(lane.project.as_deref());
            roles.push(names_text(&lane.roles).unwrap_or_else(|| "[]".into()));
            tags.push(names_text(&lane.tags).unwrap_or_else(|| "[]".into()));
        }
        let mut asks: Asks<'_, Vec<(String, LaneId)>> = Asks::new();
        let values = values![names, tenants, assignees, projects, roles, tags];
        asks.ask(sql::NUMBER_LANES, values, |found, rows| {
            for row in rows {
                found.push((row.try_get(0)?, row.try_get::<_, i32>(1)?.into()));
            }
            Ok(())
        });
        let mut found = Vec::new();
        asks.run(client, &mut found).await?;
        for (name, number) in found {
            numbers.extend(open.remove(&name).map(|id| (id, number)));
        }
    }
    if open.is_empty() { Ok(numbers) } else { Err(Undone::Again(Vec::new())) }
}
