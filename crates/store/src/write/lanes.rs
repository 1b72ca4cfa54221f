//! No tenant takes all lanes.

use std::collections::HashSet;

use claudebench_core::TenantId;
use claudebench_core::lane::Lane;

use super::rows::Rows;
use super::tx::{Done, Tx};
use crate::refusal::Refusal;
use crate::task::Task;

impl<R: Rows> Tx<'_, R> {
    /// Refuses a task that is to be pending and was not, or on another worker, if it is the first
    /// of its lane and the tenant may not have one more. What comes back is not refused for that.
    pub(super) fn refuse_new_lane(&mut self, task: &Task, assignee: Option<&str>) -> Done<(), R> {
        let lane = Lane { assignee: assignee.map(Into::into), ..task.lane() };
        self.refuse_new_lanes(task.tenant, &HashSet::from([lane]))
    }

    /// Refuses a call that needs more lanes than the tenant may have.
    pub(super) fn refuse_new_lanes(
        &mut self,
        tenant: TenantId,
        wanted: &HashSet<Lane>,
    ) -> Done<(), R> {
        if self.rows.lanes().has_room(tenant, wanted) {
            return Ok(());
        }
        self.rows.look_again(tenant, self.now)?;
        if self.rows.lanes().has_room(tenant, wanted) {
            return Ok(());
        }
        if self.rows.lanes().has_room_but_for_others(tenant, wanted) {
            self.rows.look_at_others(tenant, self.now)?;
        }
        let lanes = self.rows.lanes();
        if lanes.has_room(tenant, wanted) {
            return Ok(());
        }
        let (more, has, may) =
            (lanes.missing(wanted), lanes.count_of(tenant), lanes.share_of(tenant));
        let what = format!(
            "Pending tasks may have {may} combinations of project, roles, tags and assignee; they \
             have {has}, and this needs {more} more. Use fewer, or put what is unique to a task \
             into its metadata."
        );
        Err(Refusal::Limit { what }.into())
    }
}
