//! Tasks are made: all of a call or none.

use std::collections::{HashMap, HashSet};

use claudebench_core::event::TaskCreated;
use claudebench_core::lane::Lane;
use claudebench_core::rank::rank;
use claudebench_core::{Status, TaskId, graph};

use super::rows::Rows;
use super::tx::{Done, Stop, Tx, fault};
use crate::TaskRow;
use crate::batch::{Create, Created, Dependency, Meta, NewTask, OnDuplicate};
use crate::refusal::Refusal;
use crate::task::{Phase, Task};

/// How many tasks are looked at to find a circle.
const MAX_WALK: usize = 10_000;

/// What is known of a new task before anything is written.
struct Planned {
    /// The live task with its unique key, and what to do about it.
    duplicate: Option<(Task, OnDuplicate)>,
    /// What it depends on, and whether that is completed already.
    depends_on: Vec<(TaskId, bool)>,
}

impl<R: Rows> Tx<'_, R> {
    pub(super) fn create(&mut self, meta: &Meta, create: Create) -> Done<Vec<Created>, R> {
        let ids = self.rows.ids(create.tasks.len(), self.now)?;
        let plans = self.plan(meta, &create.tasks, &ids)?;
        let depended_on: HashSet<TaskId> =
            plans.iter().flat_map(|plan| &plan.depends_on).map(|(on, _)| *on).collect();
        let mut made = Vec::with_capacity(ids.len());
        for ((task, plan), id) in create.tasks.into_iter().zip(plans).zip(ids) {
            made.push(self.make(meta, id, task, plan)?);
        }
        // Last: a task may depend on one that comes after it in the call.
        for on in depended_on {
            self.rows.mark_depended_on(on)?;
        }
        Ok(made)
    }

    /// Checks everything that could refuse the call, so that nothing is half done.
    fn plan(&mut self, meta: &Meta, tasks: &[NewTask], ids: &[TaskId]) -> Done<Vec<Planned>, R> {
        refuse_cycles(tasks)?;
        let mut keys = HashSet::new();
        let mut lanes = HashSet::new();
        let mut plans = Vec::with_capacity(tasks.len());
        for task in tasks {
            if let Some(parent) = task.parent {
                self.task(meta.tenant, parent)?;
            }
            let mut depends_on = Vec::with_capacity(task.depends_on.len());
            for dependency in &task.depends_on {
                depends_on.push(match *dependency {
                    Dependency::Place(place) => (ids[place], false),
                    Dependency::Task(id) => {
                        let status = self.task(meta.tenant, id)?.row.status;
                        (id, status == Status::Completed)
                    }
                });
            }
            depends_on.sort_unstable();
            depends_on.dedup();
            let duplicate = self.duplicate(meta, task, &mut keys)?;
            if !matches!(duplicate, Some((_, OnDuplicate::Return))) {
                let lane = Lane {
                    tenant: meta.tenant,
                    assignee: None,
                    project: task.project.clone(),
                    roles: task.roles.clone(),
                    tags: task.tags.clone(),
                };
                lanes.insert(lane);
            }
            plans.push(Planned { duplicate, depends_on });
        }
        self.refuse_new_lanes(meta.tenant, &lanes)?;
        self.redirect(&mut plans, ids)?;
        self.refuse_crowds(&plans, ids)?;
        Ok(plans)
    }

    /// A task that lives already keeps its own dependencies: others of the call may not count on
    /// those of the one that was not made. What waits for a replaced one waits for the new one.
    fn redirect(&mut self, plans: &mut [Planned], ids: &[TaskId]) -> Done<(), R> {
        let mut instead: HashMap<TaskId, TaskId> = HashMap::new();
        let mut replacing = false;
        for (plan, id) in plans.iter().zip(ids) {
            match &plan.duplicate {
                Some((live, OnDuplicate::Return)) => instead.insert(*id, live.row.id),
                Some((live, _)) => {
                    replacing = true;
                    instead.insert(live.row.id, *id)
                }
                None => None,
            };
        }
        if instead.is_empty() {
            return Ok(());
        }
        for plan in plans.iter_mut() {
            for (on, _) in &mut plan.depends_on {
                *on = instead.get(on).copied().unwrap_or(*on);
            }
            plan.depends_on.sort_unstable();
            plan.depends_on.dedup();
        }
        if replacing { self.refuse_circles(plans, ids, &instead) } else { Ok(()) }
    }

    /// A new task may depend on one that waits for the task it replaces.
    fn refuse_circles(
        &mut self,
        plans: &[Planned],
        ids: &[TaskId],
        instead: &HashMap<TaskId, TaskId>,
    ) -> Done<(), R> {
        let made: HashMap<TaskId, &Planned> = ids.iter().copied().zip(plans).collect();
        let mut edges: HashMap<TaskId, Vec<TaskId>> = HashMap::new();
        let mut open: Vec<TaskId> = ids.to_vec();
        while let Some(task) = open.pop() {
            if edges.contains_key(&task) {
                continue;
            }
            let on: Vec<TaskId> = match made.get(&task) {
                Some(plan) => {
                    plan.depends_on.iter().filter(|(_, done)| !done).map(|(on, _)| *on).collect()
                }
                None => {
                    let on = self.rows.open_dependencies(task)?.into_iter();
                    on.map(|on| instead.get(&on).copied().unwrap_or(on)).collect()
                }
            };
            open.extend_from_slice(&on);
            edges.insert(task, on);
            if edges.len() > MAX_WALK {
                let what = format!(
                    "More than {MAX_WALK} tasks come before the one that would replace another; \
                     cancel the other one instead, and make this one under its key."
                );
                return Err(Refusal::Limit { what }.into());
            }
        }
        match graph::cycle(ids, &edges) {
            Some(along) => {
                let place = |task: &TaskId| ids.iter().position(|id| id == task);
                Err(Refusal::Cycle(along.iter().filter_map(place).collect()).into())
            }
            None => Ok(()),
        }
    }

    /// As many as may be wait for a task, and no more.
    fn refuse_crowds(&mut self, plans: &[Planned], ids: &[TaskId]) -> Done<(), R> {
        // What waits for a replaced task will wait for the new one, too.
        let mut replaced: HashMap<TaskId, TaskId> = HashMap::new();
        for (plan, id) in plans.iter().zip(ids) {
            if let Some((live, OnDuplicate::Replace)) = &plan.duplicate {
                replaced.insert(*id, live.row.id);
            }
        }
        let mut more: HashMap<TaskId, usize> = HashMap::new();
        for (on, done) in plans.iter().flat_map(|plan| &plan.depends_on) {
            *more.entry(*on).or_default() += usize::from(!done);
        }
        more.into_iter().try_for_each(|(on, more)| {
            self.refuse_crowd(replaced.get(&on).copied().unwrap_or(on), more)
        })
    }

    fn duplicate<'k>(
        &mut self,
        meta: &Meta,
        task: &'k NewTask,
        seen: &mut HashSet<&'k str>,
    ) -> Done<Option<(Task, OnDuplicate)>, R> {
        let Some(unique) = &task.unique else { return Ok(None) };
        if !seen.insert(&unique.key) {
            let what = format!("The unique key `{}` comes twice in one call.", unique.key);
            return Err(Refusal::Invalid { what }.into());
        }
        let Some(live) = self.rows.live_with_key(meta.tenant, &unique.key)? else {
            return Ok(None);
        };
        let working = live.row.status == Status::InProgress;
        match unique.on_duplicate {
            OnDuplicate::Reject => Err(Stop::Refused(Refusal::DuplicateUniqueKey {
                key: unique.key.clone(),
                task: live.row.id,
            })),
            OnDuplicate::Replace if working => Err(Stop::Refused(Refusal::DuplicateUniqueKey {
                key: unique.key.clone(),
                task: live.row.id,
            })),
            then => Ok(Some((live, then))),
        }
    }

    fn make(&mut self, meta: &Meta, id: TaskId, new: NewTask, plan: Planned) -> Done<Created, R> {
        let mut replaced = None;
        match plan.duplicate {
            Some((live, OnDuplicate::Return)) => {
                return Ok(Created {
                    id: live.row.id,
                    created_at: live.row.created_at,
                    existing: Some(Box::new(live.row)),
                });
            }
            Some((live, _)) => {
                // Read again: what it waits for may have been replaced just now.
                let live = self.task(meta.tenant, live.row.id)?;
                replaced = Some(live.row.id);
                self.cancel_now(meta, live, Some("replaced"))?;
            }
            None => {}
        }
        let mut task = self.new_task(meta, id, new)?;
        for (on, done) in &plan.depends_on {
            self.rows.add_dependency(meta.tenant, id, *on, *done)?;
            task.row.open_dependencies += i64::from(!done);
        }
        self.insert(meta, &mut task)?;
        if let Some(old) = replaced {
            self.hand_dependents(meta, old, id)?;
        }
        Ok(Created { id, created_at: self.now, existing: None })
    }

    fn new_task(&self, meta: &Meta, id: TaskId, new: NewTask) -> Done<Task, R> {
        let backoff = new.backoff.map(|backoff| serde_json::to_string(&backoff));
        let backoff = backoff.transpose().map_err(fault::<R>)?;
        let run_at = new.run_at.or(new.delay_ms.map(|ms| self.now.plus(ms)));
        let row = TaskRow {
            id,
            text: new.text,
            status: Status::Pending,
            priority: new.priority,
            metadata: new.metadata,
            assigned_to: None,
            assigned_at: None,
            completed_by: None,
            error: None,
            reason: None,
            created_at: self.now,
            updated_at: self.now,
            started_at: None,
            completed_at: None,
            run_at: run_at.filter(|at| *at > self.now),
            version: 0,
            fence: 0,
            attempt: 0,
            losses: 0,
            max_attempts: new.max_attempts,
            lease_ms: new.lease_ms,
            deadline_ms: new.deadline_ms,
            backoff,
            open_dependencies: 0,
            parent: new.parent,
            project: new.project,
            roles: new.roles,
            tags: new.tags,
            unique_key: new.unique.map(|unique| unique.key),
            progress: None,
            note: None,
            checkpoint: None,
            cancel_requested_at: None,
            dead: false,
            attachment_count: 0,
            created_by: meta.actor.to_string(),
            traceparent: meta.traceparent.as_deref().map(str::to_owned),
        };
        let rank = rank(row.priority, self.now.0, self.rules.aging);
        Ok(Task {
            row,
            tenant: meta.tenant,
            phase: Phase::None,
            lane: None,
            rank,
            last_event: 0,
            has_dependents: false,
            settled: 0,
            held: None,
        })
    }

    fn insert(&mut self, meta: &Meta, task: &mut Task) -> Done<(), R> {
        self.enqueue(task);
        let text = std::mem::take(&mut task.row.text);
        let fact = TaskCreated {
            id: task.row.id,
            text: &text,
            status: Status::Pending,
            priority: task.row.priority,
            created_at: self.now,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)?;
        task.row.text = text;
        self.rows.insert(task)
    }
}

/// Refuses places that do not exist and tasks that wait for each other.
fn refuse_cycles(tasks: &[NewTask]) -> Result<(), Refusal> {
    let mut edges: HashMap<usize, Vec<usize>> = HashMap::new();
    for (place, task) in tasks.iter().enumerate() {
        for dependency in &task.depends_on {
            if let Dependency::Place(on) = *dependency {
                if on >= tasks.len() {
                    let what = format!("There is no task at place {on} of the call.");
                    return Err(Refusal::Invalid { what });
                }
                edges.entry(place).or_default().push(on);
            }
        }
    }
    if edges.is_empty() {
        return Ok(());
    }
    let places: Vec<usize> = (0..tasks.len()).collect();
    match graph::cycle(&places, &edges) {
        Some(along) => Err(Refusal::Cycle(along)),
        None => Ok(()),
    }
}
