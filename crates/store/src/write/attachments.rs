//! Attachments of tasks.

use claudebench_core::event::{TaskAttachmentCreated, TaskAttachmentDeleted};
use claudebench_core::id::attachment_id;
use claudebench_core::{Millis, TaskId};

use super::rows::{NewAttachment, Rows};
use super::tx::{Done, Tx};
use crate::batch::Meta;
use crate::change::{DeleteAttachment, PutAttachment};
use crate::refusal::Refusal;
use crate::row::{Attachment, AttachmentBody};
use crate::task::Task;

/// The most attachments of one task, its result aside.
const MAX_PER_TASK: i64 = 1_000;

/// The key under which a result is kept.
pub(super) const RESULT: &str = "result";

impl<R: Rows> Tx<'_, R> {
    pub(super) fn put_attachment(
        &mut self,
        meta: &Meta,
        put: PutAttachment,
    ) -> Done<Attachment, R> {
        let mut task = self.task(meta.tenant, put.task)?;
        self.refuse_one_too_many(&task, &put.body.key)?;
        let written = self.write_attachment(meta, &mut task, put.body)?;
        let id = attachment_id(written.id);
        let fact = TaskAttachmentCreated {
            task_id: put.task,
            key: &written.body.key,
            r#type: written.body.kind.name(),
            attachment_id: &id,
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.rows.save(&task)?;
        Ok(written)
    }

    /// The bound is not for results: no completion is refused for what others attached.
    fn refuse_one_too_many(&mut self, task: &Task, key: &str) -> Done<(), R> {
        if task.row.attachment_count < MAX_PER_TASK || key == RESULT {
            return Ok(());
        }
        let id = task.row.id;
        let results = i64::from(self.rows.attachment(id, RESULT)?.is_some());
        let others = task.row.attachment_count - results;
        if others < MAX_PER_TASK || self.rows.attachment(id, key)?.is_some() {
            return Ok(());
        }
        let what = format!("A task has at most {MAX_PER_TASK} attachments; delete some first.");
        Err(Refusal::Limit { what }.into())
    }

    /// Writes an attachment, over one with the same key. The task still has to be saved, and its
    /// event written.
    pub(super) fn write_attachment(
        &mut self,
        meta: &Meta,
        task: &mut Task,
        body: AttachmentBody,
    ) -> Done<Attachment, R> {
        let found = match task.row.attachment_count {
            0 => None,
            _ => self.rows.attachment(task.row.id, &body.key)?,
        };
        let (id, created_at) = match found {
            Some(found) => found,
            None => (self.insert_attachment(meta, task.row.id, &body)?, self.now),
        };
        match found {
            Some((id, _)) => self.put_row(meta, task.row.id, id, created_at, &body)?,
            None => task.row.attachment_count += 1,
        }
        Ok(Attachment {
            id,
            task: task.row.id,
            body,
            created_by: meta.actor.to_string(),
            created_at,
            updated_at: self.now,
        })
    }

    /// Drops the result of a task that is to be done again: it told of the end that is forgotten.
    pub(super) fn drop_result(&mut self, meta: &Meta, task: &mut Task) -> Done<(), R> {
        if task.row.attachment_count == 0 {
            return Ok(());
        }
        match self.rows.attachment(task.row.id, RESULT)? {
            Some((id, _)) => self.take_away(meta, task, RESULT, id),
            None => Ok(()),
        }
    }

    /// Writes an attachment whose key the task does not have yet; answers its number.
    pub(super) fn insert_attachment(
        &mut self,
        meta: &Meta,
        task: TaskId,
        body: &AttachmentBody,
    ) -> Done<i64, R> {
        let id = self.rows.number()?;
        self.put_row(meta, task, id, self.now, body)?;
        Ok(id)
    }

    fn put_row(
        &mut self,
        meta: &Meta,
        task: TaskId,
        id: i64,
        created_at: Millis,
        body: &AttachmentBody,
    ) -> Done<(), R> {
        self.rows.put_attachment(&NewAttachment {
            id,
            tenant: meta.tenant,
            task,
            body,
            by: &meta.actor,
            created_at,
            at: self.now,
        })
    }

    pub(super) fn delete_attachment(
        &mut self,
        meta: &Meta,
        delete: &DeleteAttachment,
    ) -> Done<(i64, Millis), R> {
        let mut task = self.task(meta.tenant, delete.task)?;
        let Some((id, _)) = self.rows.attachment(delete.task, &delete.key)? else {
            let (what, name) = ("Attachment".to_owned(), delete.key.clone());
            return Err(Refusal::NotFound { what, name }.into());
        };
        self.take_away(meta, &mut task, &delete.key, id)?;
        self.rows.save(&task)?;
        Ok((id, self.now))
    }

    /// Deletes an attachment, with its event. The task still has to be saved.
    fn take_away(&mut self, meta: &Meta, task: &mut Task, key: &str, id: i64) -> Done<(), R> {
        self.rows.delete_attachment(task.row.id, key, id)?;
        task.row.attachment_count -= 1;
        let fact = TaskAttachmentDeleted {
            task_id: task.row.id,
            key,
            attachment_id: &attachment_id(id),
            life: std::marker::PhantomData,
        };
        self.task_event(meta, task, &fact)
    }
}
