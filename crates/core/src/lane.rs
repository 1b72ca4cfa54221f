//! Lanes: the ready tasks that any one worker may either all claim or not at all.
//!
//! Tasks with the same tenant, assignee, project, roles and tags share a lane. A claim picks the
//! lanes that match, then takes the best-ranked tasks among them, so that neither a filter nor a
//! pause ever walks over tasks.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::principal::TenantId;

/// What the tasks of a lane have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Lane {
    /// Whose tasks.
    pub tenant: TenantId,
    /// The one worker they are parked on, if any.
    pub assignee: Option<Arc<str>>,
    /// Their project.
    pub project: Option<Arc<str>>,
    /// Who may claim them: a worker with one of these roles; anybody if empty. Sorted.
    pub roles: Vec<Arc<str>>,
    /// Their tags. Sorted.
    pub tags: Vec<Arc<str>>,
}

/// What a claim asks for.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Wanted {
    /// Whose tasks.
    pub tenant: TenantId,
    /// Who claims.
    pub worker: Arc<str>,
    /// The roles it works in. Sorted.
    pub roles: Vec<Arc<str>>,
    /// Only this project.
    pub project: Option<Arc<str>>,
    /// Only tasks that carry all of these tags. Sorted.
    pub tags: Vec<Arc<str>>,
}

/// What a pause holds back.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PauseScope {
    /// Every task of the tenant.
    All,
    /// The tasks of a project.
    Project(String),
    /// Claims in a role: tasks that other roles may claim too go on there.
    Role(String),
    /// The tasks that carry a tag.
    Tag(String),
    /// Claims by a worker: it gets no more tasks, and others go on.
    Worker(String),
}

/// Why a lane is closed to a claim.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closed {
    /// Another tenant, assignee, project, or tags that are not asked for.
    NotWanted,
    /// The worker has none of the roles.
    NoRole,
    /// The pause at this place of the list holds it back.
    Paused(usize),
}

impl Lane {
    /// Whether a claim may take from this lane.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn open_to(&self, wanted: &Wanted, pauses: &[PauseScope]) -> Result<(), Closed> {
        let fits = self.tenant == wanted.tenant
            && self.assignee.as_ref().is_none_or(|a| *a == wanted.worker)
            && (wanted.project.is_none() || self.project == wanted.project)
            && wanted.tags.iter().all(|tag| self.tags.contains(tag));
        if !fits {
            return Err(Closed::NotWanted);
        }
        self.open_in(&wanted.roles, Some(&wanted.worker), pauses)
    }

    /// Whether anybody may claim from this lane that it is for: in all of its roles, by the worker
    /// that its tasks are parked on.
    ///
    /// # Errors
    /// The first pause against it.
    pub fn open_to_its_own(&self, pauses: &[PauseScope]) -> Result<(), Closed> {
        self.open_in(&self.roles, self.assignee.as_deref(), pauses)
    }

    /// The part of [`Lane::open_to`] that does not depend on what is asked for.
    fn open_in(
        &self,
        roles: &[Arc<str>],
        worker: Option<&str>,
        pauses: &[PauseScope],
    ) -> Result<(), Closed> {
        let mut shared: Vec<&Arc<str>> = roles.iter().filter(|r| self.roles.contains(r)).collect();
        if !self.roles.is_empty() && shared.is_empty() && self.assignee.is_none() {
            return Err(Closed::NoRole);
        }
        for (place, pause) in pauses.iter().enumerate() {
            let held = match pause {
                PauseScope::All => true,
                PauseScope::Project(name) => self.project.as_deref() == Some(name),
                PauseScope::Tag(name) => self.tags.iter().any(|tag| **tag == **name),
                PauseScope::Worker(name) => worker == Some(name),
                PauseScope::Role(name) => {
                    let had = !shared.is_empty();
                    shared.retain(|role| ***role != **name);
                    had && shared.is_empty()
                }
            };
            if held {
                return Err(Closed::Paused(place));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<Arc<str>> {
        names.iter().map(|n| Arc::from(*n)).collect()
    }

    fn lane(roles: &[&str], tags: &[&str]) -> Lane {
        Lane {
            tenant: TenantId::DEFAULT,
            assignee: None,
            project: Some("p".into()),
            roles: names(roles),
            tags: names(tags),
        }
    }

    fn wanted(roles: &[&str], tags: &[&str]) -> Wanted {
        Wanted {
            tenant: TenantId::DEFAULT,
            worker: "w".into(),
            roles: names(roles),
            project: None,
            tags: names(tags),
        }
    }

    #[test]
    fn roles_and_tags_decide() {
        assert_eq!(lane(&[], &[]).open_to(&wanted(&[], &[]), &[]), Ok(()));
        assert_eq!(lane(&["a"], &[]).open_to(&wanted(&["b"], &[]), &[]), Err(Closed::NoRole));
        assert_eq!(lane(&["a", "b"], &[]).open_to(&wanted(&["b"], &[]), &[]), Ok(()));
        assert_eq!(lane(&[], &["x"]).open_to(&wanted(&[], &["x"]), &[]), Ok(()));
        assert_eq!(lane(&[], &[]).open_to(&wanted(&[], &["x"]), &[]), Err(Closed::NotWanted));
    }

    #[test]
    fn a_lane_of_an_assignee_is_open_to_nobody_else() {
        let parked = Lane { assignee: Some("w".into()), ..lane(&["a"], &[]) };
        assert_eq!(parked.open_to(&wanted(&[], &[]), &[]), Ok(()));
        let other = Wanted { worker: "v".into(), ..wanted(&["a"], &[]) };
        assert_eq!(parked.open_to(&other, &[]), Err(Closed::NotWanted));
    }

    #[test]
    fn a_paused_role_stops_only_claims_in_that_role() {
        let pauses = [PauseScope::Role("a".into())];
        let open = |roles: &[&str]| lane(&["a", "b"], &[]).open_to(&wanted(roles, &[]), &pauses);
        assert_eq!(open(&["a"]), Err(Closed::Paused(0)));
        assert_eq!(open(&["a", "b"]), Ok(()));
        let tagged = lane(&[], &["x"]).open_to(&wanted(&[], &[]), &[PauseScope::Tag("x".into())]);
        assert_eq!(tagged, Err(Closed::Paused(0)));
    }

    #[test]
    fn a_paused_worker_gets_nothing_and_no_other_is_held_back() {
        let pauses = [PauseScope::Worker("w".into())];
        let other = Wanted { worker: "v".into(), ..wanted(&[], &[]) };
        let open = lane(&[], &[]);
        assert_eq!(open.open_to(&wanted(&[], &[]), &pauses), Err(Closed::Paused(0)));
        assert_eq!(open.open_to(&other, &pauses), Ok(()));
        assert_eq!(open.open_to_its_own(&pauses), Ok(()));
        let parked = Lane { assignee: Some("w".into()), ..open };
        assert_eq!(parked.open_to(&wanted(&[], &[]), &pauses), Err(Closed::Paused(0)));
        assert_eq!(parked.open_to_its_own(&pauses), Err(Closed::Paused(0)));
    }
}
