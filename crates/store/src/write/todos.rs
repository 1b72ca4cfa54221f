//! Todos of agents become tasks, and follow them. A task that another has, or that ended elsewhere, is
//! left alone, and the session is told.

use claudebench_core::{Status, TaskId};
use serde_json::json;
use serde_json::value::to_raw_value;
use sha2::{Digest, Sha256};

use claudebench_core::event::HookTodoWrite;

use super::ends::End;
use super::rows::Rows;
use super::sessions::earlier;
use super::tx::{Done, Stop, Tx, fault};
use crate::batch::{Create, Meta, NewTask, OnDuplicate, Unique};
use crate::change::{Cancel, Update};
use crate::row::TaskRow;
use crate::session::{
    MAX_TODOS, Noted, SessionRow, Todo, TodoApart, TodoChange, TodoStatus, WriteTodos,
};
use crate::task::{NOBODY, Phase, Task};

/// Priorities of the tasks of todos.
const WAITING: i64 = 50;
const WORKED_ON: i64 = 75;
/// The longest text of a task, in characters.
const TEXT_CHARS: usize = 500;
/// How often the task of a todo may be tried: as often as of any other.
const ATTEMPTS: i64 = 3;

/// How the list changed.
#[derive(Default)]
struct Changes {
    added: i64,
    completed: i64,
    modified: i64,
}

impl<R: Rows> Tx<'_, R> {
    pub(super) fn write_todos(
        &mut self,
        meta: &Meta,
        session: &mut SessionRow,
        write: WriteTodos,
        lease_ms: i64,
        noted: &mut Noted,
    ) -> Done<(), R> {
        let before = std::mem::take(&mut session.state.todos);
        let (list, changes) = merged(session, before.clone(), &write);
        // What will be looked at is asked for at once.
        for id in list.iter().filter_map(|todo| todo.task) {
            let done = self.rows.task(meta.tenant, id);
            self.answer(done)?;
        }
        self.complete_so_far(())?;
        let mut todos = Vec::with_capacity(list.len());
        for mut todo in list {
            let was = before.iter().find(|old| same(old, &todo)).cloned();
            let done = self.follow(
                meta,
                session,
                &mut todo,
                was.as_ref(),
                (lease_ms, write.autocreate),
                noted,
            );
            self.answer(done)?;
            if todo.status != TodoStatus::Deleted {
                todos.push(todo);
            }
        }
        self.complete_so_far(())?;
        session.state.todos = todos;
        if write.tells {
            noted.apart.extend(self.gone_apart(meta, session)?);
        }
        self.todos_event(meta, session, &changes)
    }

    /// A todo and its task become one again.
    fn follow(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        todo: &mut Todo,
        was: Option<&Todo>,
        (lease_ms, autocreate): (i64, bool),
        noted: &mut Noted,
    ) -> Done<(), R> {
        let changed = was.is_none_or(|was| was.status != todo.status);
        let open = matches!(todo.status, TodoStatus::Pending | TodoStatus::InProgress);
        let anew = was.is_none_or(|was| was.status == TodoStatus::Completed);
        if open && anew && self.has_ended(meta, todo.task)? {
            todo.task = None;
        }
        if todo.task.is_none() {
            if !autocreate || !open {
                return Ok(());
            }
            let made = self.whole(|tx| tx.task_for(meta, session, todo));
            todo.task = match made {
                Ok(made) => Some(made),
                Err(Stop::Refused(_)) => return Ok(()),
                Err(stop) => return Err(stop),
            };
        } else if let Some(was) = was.filter(|was| was.content != todo.content) {
            self.reword(meta, todo, &was.content)?;
        }
        let Some(id) = todo.task.filter(|_| changed) else { return Ok(()) };
        let Some(task) = self.rows.task(meta.tenant, id)? else { return Ok(()) };
        let done = self.whole(|tx| match todo.status {
            TodoStatus::InProgress => tx.take_up(meta, session, todo, task, lease_ms, noted),
            TodoStatus::Completed => tx.finish(meta, session, todo, task),
            TodoStatus::Pending => tx.give_up(meta, session, todo, task),
            TodoStatus::Deleted => tx.drop_todo(meta, session, task),
        });
        match done {
            // Its task does not follow: the session is told with the others that went apart.
            Err(Stop::Refused(_)) => Ok(()),
            done => done,
        }
    }

    /// Whether a task is over, or gone.
    fn has_ended(&mut self, meta: &Meta, id: Option<TaskId>) -> Done<bool, R> {
        let Some(id) = id else { return Ok(false) };
        let task = self.rows.task(meta.tenant, id)?;
        Ok(task.is_none_or(|task| task.row.status.is_final()))
    }

    /// The task of a new todo: one that waits for somebody to do the same, or a new one.
    fn task_for(&mut self, meta: &Meta, session: &SessionRow, todo: &Todo) -> Done<TaskId, R> {
        let key = unique_key(&todo.content);
        let alike = self.rows.live_with_key(meta.tenant, &key)?;
        if let Some(alike) = &alike
            && alike.row.status == Status::Pending
        {
            return Ok(alike.row.id);
        }
        let text: String = todo.content.chars().take(TEXT_CHARS).collect();
        let whole = (text.len() < todo.content.len()).then_some(&todo.content);
        let metadata = json!({
            "source": "todo_write",
            "activeForm": todo.active_form,
            "sessionId": session.id,
            "content": whole,
        });
        let new = NewTask {
            text,
            priority: if todo.status == TodoStatus::InProgress { WORKED_ON } else { WAITING },
            metadata: Some(metadata.to_string()),
            // One that somebody else works on keeps its key: this session does its own.
            unique: alike.is_none().then_some(Unique { key, on_duplicate: OnDuplicate::Return }),
            max_attempts: ATTEMPTS,
            ..NewTask::default()
        };
        let made = self.create(meta, Create { tasks: vec![new] })?;
        made.first().map(|made| made.id).ok_or_else(|| fault::<R>("no task was made"))
    }

    /// The agent calls the same todo by another text.
    fn reword(&mut self, meta: &Meta, todo: &Todo, before: &str) -> Done<(), R> {
        let Some(id) = todo.task else { return Ok(()) };
        let Some(task) = self.rows.task(meta.tenant, id)? else { return Ok(()) };
        let old: String = before.chars().take(TEXT_CHARS).collect();
        if task.row.status.is_final() || task.row.text != old {
            return Ok(());
        }
        let text = Some(todo.content.chars().take(TEXT_CHARS).collect());
        self.update(meta, id, Update { text, ..Update::default() })?;
        Ok(())
    }

    /// The agent begins with it: the task is leased to its instance.
    fn take_up(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        todo: &mut Todo,
        mut task: Task,
        lease_ms: i64,
        noted: &mut Noted,
    ) -> Done<(), R> {
        let id = task.row.id;
        let parked_elsewhere =
            task.row.assigned_to.as_deref().is_some_and(|who| *who != *session.instance);
        if let Some(held) = self.rows.lease(id)? {
            if held.worker == session.instance {
                todo.fence = Some(held.fence);
            }
            return Ok(());
        }
        if task.phase != Phase::Ready || parked_elsewhere {
            return Ok(());
        }
        if task.row.priority < WORKED_ON {
            self.update(meta, id, Update { priority: Some(WORKED_ON), ..Update::default() })?;
            task = self.task(meta.tenant, id)?;
        }
        let lease = self.lease(meta, &mut task, &session.instance, Some(lease_ms))?;
        todo.fence = Some(lease.fence);
        noted.leased_until = earlier(noted.leased_until, lease.expires_at);
        Ok(())
    }

    /// The agent is done with it.
    fn finish(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        todo: &Todo,
        task: Task,
    ) -> Done<(), R> {
        let row = &task.row;
        if row.status.is_final() || self.is_called_off(row.id)? {
            return Ok(());
        }
        let instance = &session.instance;
        if let Some(held) = self.rows.lease(row.id)? {
            let ours = held.worker == *instance && todo.fence.is_none_or(|f| f == held.fence);
            if !ours && &*held.worker != NOBODY {
                return Ok(());
            }
        } else if row.assigned_to.as_deref().is_some_and(|who| *who != **instance) {
            return Ok(());
        }
        self.refuse_blocked(&task)?;
        let result = json!({"completedBy": &**instance, "completedAt": self.now}).to_string();
        self.complete(meta, task, Some(instance), None, Some(result))?;
        Ok(())
    }

    /// The agent does not work on it any more.
    fn give_up(
        &mut self,
        meta: &Meta,
        session: &SessionRow,
        todo: &mut Todo,
        task: Task,
    ) -> Done<(), R> {
        todo.fence = None;
        if task.row.status != Status::InProgress || !self.holds(session, &task)? {
            return Ok(());
        }
        let id = task.row.id;
        let end = End::Released { reason: Some("todo_give_up".into()), delay_ms: None };
        self.end(meta, task, Some(&session.instance), None, end)?;
        self.update(meta, id, Update { priority: Some(WAITING), ..Update::default() })?;
        Ok(())
    }

    /// The agent will not do it. What others wait for, or work on, stays, and what another session wants done.
    fn drop_todo(&mut self, meta: &Meta, session: &SessionRow, task: Task) -> Done<(), R> {
        let (id, status) = (task.row.id, task.row.status);
        let others = match self.rows.lease(id)? {
            Some(held) => held.worker != session.instance,
            None => task.row.assigned_to.as_deref().is_some_and(|who| *who != *session.instance),
        };
        if status.is_final() || others || task.has_dependents {
            return Ok(());
        }
        let (held, reason) = (self.is_held(id)?, Some("todo_deleted".to_owned()));
        if !is_of(session, &task.row) {
            if held {
                let end = End::Released { reason, delay_ms: None };
                self.end(meta, task, Some(&session.instance), None, end)?;
            }
            return Ok(());
        }
        if held {
            self.end(meta, task, Some(&session.instance), None, End::Cancelled { reason })?;
        } else {
            self.cancel(meta, Cancel { task: id, reason, grace_ms: 0, dependents: None })?;
        }
        Ok(())
    }

    /// The tasks that a session holds by its todos go back; says how many those are.
    pub(super) fn give_todos_back(&mut self, meta: &Meta, session: &SessionRow) -> Done<i64, R> {
        let mut count = 0;
        for todo in &session.state.todos {
            let Some((id, fence)) = todo.task.zip(todo.fence) else { continue };
            let held = self.rows.lease(id)?;
            let is_ours =
                held.is_some_and(|held| held.worker == session.instance && held.fence == fence);
            if !is_ours || self.is_called_off(id)? {
                continue;
            }
            let task = self.task(meta.tenant, id)?;
            let end = End::Released { reason: Some("session_ended".into()), delay_ms: None };
            self.end(meta, task, Some(&session.instance), None, end)?;
            count += 1;
        }
        Ok(count)
    }

    fn holds(&mut self, session: &SessionRow, task: &Task) -> Done<bool, R> {
        Ok(self.rows.lease(task.row.id)?.is_some_and(|held| held.worker == session.instance))
    }

    /// Todos that are not done, and whose tasks went another way since the session was told.
    pub(super) fn gone_apart(
        &mut self,
        meta: &Meta,
        session: &mut SessionRow,
    ) -> Done<Vec<TodoApart>, R> {
        let instance = session.instance.clone();
        let mut apart = Vec::new();
        for todo in &mut session.state.todos {
            let Some(id) = todo.task else { continue };
            let found = self.rows.task(meta.tenant, id);
            let Some(Ok(Some(task))) = self.answer(found)? else { continue };
            let row = &task.row;
            let holder = row.completed_by.clone().or_else(|| row.assigned_to.clone());
            let elsewhere = holder.as_deref().is_some_and(|who| *who != *instance);
            let is_apart = match (todo.status, row.status) {
                (TodoStatus::Completed, status) => status != Status::Completed,
                (_, Status::Completed | Status::Failed | Status::Cancelled) => true,
                (TodoStatus::InProgress, Status::Pending) => true,
                (_, status) => status == Status::InProgress && elsewhere,
            };
            let told = is_apart.then_some(row.status);
            if told.is_some() && todo.told != told {
                let (content, status) = (todo.content.clone(), row.status);
                apart.push(TodoApart { content, task: id, status, by: holder });
            }
            todo.told = told;
        }
        self.complete_so_far(())?;
        Ok(apart)
    }

    fn todos_event(&mut self, meta: &Meta, session: &SessionRow, changes: &Changes) -> Done<(), R> {
        let todos = &session.state.todos;
        let of = |status| todos.iter().filter(|todo| todo.status == status).count();
        let (total, completed) = (todos.len(), of(TodoStatus::Completed));
        let rate = (completed * 100).checked_div(total).unwrap_or(0);
        let stats = json!({
            "total": total,
            "pending": of(TodoStatus::Pending),
            "in_progress": of(TodoStatus::InProgress),
            "completed": completed,
            "completionRate": rate,
        });
        let changes = json!({
            "added": changes.added,
            "completed": changes.completed,
            "modified": changes.modified,
        });
        let todos: Vec<_> = todos.iter().map(shown).collect();
        let fact = HookTodoWrite {
            todos: &to_raw_value(&todos).map_err(fault::<R>)?,
            stats: &to_raw_value(&stats).map_err(fault::<R>)?,
            changes: &to_raw_value(&changes).map_err(fault::<R>)?,
            session_id: &session.id,
            instance_id: &session.instance,
            timestamp: self.now.0,
            life: std::marker::PhantomData,
        };
        self.event(meta, &fact)
    }
}

/// Whether a task was made for a todo of this session, and not for one of another that it shares.
fn is_of(session: &SessionRow, row: &TaskRow) -> bool {
    let metadata = row.metadata.as_deref().map(serde_json::from_str::<serde_json::Value>);
    let made_for = metadata.and_then(Result::ok);
    made_for
        .as_ref()
        .and_then(|metadata| metadata["sessionId"].as_str())
        .is_none_or(|made_for| made_for == &*session.id)
}

fn shown(todo: &Todo) -> serde_json::Value {
    json!({
        "content": todo.content,
        "status": todo.status,
        "activeForm": todo.active_form,
        "taskId": todo.task,
    })
}

/// Whether two are the same todo: by the agent's id where there is one, else by what is to be done.
fn same(a: &Todo, b: &Todo) -> bool {
    match (&a.key, &b.key) {
        (None, None) => a.content == b.content,
        (a, b) => a == b,
    }
}

/// The list as it is now: what was there before with what is said of it.
fn merged(session: &mut SessionRow, before: Vec<Todo>, write: &WriteTodos) -> (Vec<Todo>, Changes) {
    let mut changes = Changes::default();
    let mut list: Vec<Todo> = Vec::new();
    let mut rest = before;
    for said in &write.todos {
        let place = rest.iter().position(|old| is_about(said, old));
        // Twice in one list: the first counts.
        if place.is_none() && list.iter().any(|todo| is_about(said, todo)) {
            continue;
        }
        match place.map(|place| rest.remove(place)) {
            Some(old) => {
                let new = with(old.clone(), said);
                let done = new.status == TodoStatus::Completed && old.status != new.status;
                changes.completed += i64::from(done);
                changes.modified += i64::from(!done && new != old);
                list.push(new);
            }
            None => {
                let Some(content) = said.content.clone() else { continue };
                let task = session.state.past_task(&content).filter(|_| said.key.is_none());
                let status = said.status.unwrap_or(TodoStatus::Pending);
                changes.added += 1;
                changes.completed += i64::from(status == TodoStatus::Completed);
                list.push(Todo {
                    key: said.key.clone(),
                    content,
                    active_form: said.active_form.clone(),
                    status,
                    task,
                    fence: None,
                    told: None,
                });
            }
        }
    }
    // Those with ids of their own are no part of a list that is written as a whole.
    let (kept, gone): (Vec<Todo>, Vec<Todo>) =
        rest.into_iter().partition(|old| !write.whole || old.key.is_some());
    session.state.leave(gone);
    list.splice(0..0, kept);
    // What is done makes room first.
    while list.len() > MAX_TODOS {
        let done = list.iter().position(|todo| todo.status == TodoStatus::Completed).unwrap_or(0);
        session.state.leave([list.remove(done)]);
    }
    (list, changes)
}

fn is_about(said: &TodoChange, todo: &Todo) -> bool {
    match &said.key {
        Some(_) => said.key == todo.key,
        None => todo.key.is_none() && said.content.as_ref() == Some(&todo.content),
    }
}

fn with(old: Todo, said: &TodoChange) -> Todo {
    Todo {
        content: said.content.clone().unwrap_or(old.content),
        active_form: said.active_form.clone().or(old.active_form),
        status: said.status.unwrap_or(old.status),
        ..old
    }
}

/// The key that todos with the same content share while one of them waits.
fn unique_key(content: &str) -> String {
    use std::fmt::Write as _;

    let digest = Sha256::digest(content.as_bytes());
    digest.iter().fold("todo_write:".to_owned(), |mut key, byte| {
        // Writing into a string cannot fail.
        let _ = write!(key, "{byte:02x}");
        key
    })
}
