//! Attachments of tasks.

use claudebench_core::event::{TaskAttachmentCreated, TaskAttachmentDeleted};
use claudebench_core::id::attachment_id;
use claudebench_core::{Millis, TaskId};
use rusqlite::{OptionalExtension, params};

use super::statements as sql;
use super::tx::{Done, Tx};
use crate::batch::Meta;
use crate::change::{DeleteAttachment, PutAttachment};
use crate::refusal::Refusal;
use crate::row::{Attachment, AttachmentBody, AttachmentKind};
use crate::sqlite::row::Task;

/// The most attachments of one task, its result aside.
const MAX_PER_TASK: i64 = 1_000;

/// The key under which a result is kept.
pub(super) const RESULT: &str = "result";

impl Tx<'_, '_> {
    pub(super) fn put_attachment(&mut self, meta: &Meta, put: PutAttachment) -> Done<Attachment> {
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
        self.save(&task)?;
        Ok(written)
    }

    /// The bound is not for results: no completion is refused for what others attached.
    fn refuse_one_too_many(&self, task: &Task, key: &str) -> Done<()> {
        if task.row.attachment_count < MAX_PER_TASK || key == RESULT {
            return Ok(());
        }
        let mut statement = self.db.prepare_cached(sql::ATTACHMENT_BY_KEY)?;
        let others = task.row.attachment_count
            - i64::from(statement.exists(params![task.row.id.0, RESULT])?);
        if others < MAX_PER_TASK || statement.exists(params![task.row.id.0, key])? {
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
    ) -> Done<Attachment> {
        let found: Option<(i64, i64)> = match task.row.attachment_count {
            0 => None,
            _ => self
                .db
                .prepare_cached(sql::ATTACHMENT_BY_KEY)?
                .query_row(params![task.row.id.0, body.key], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?,
        };
        let (id, created_at) = match found {
            Some(found) => found,
            None => (self.insert_attachment(meta, task.row.id, &body)?, self.now.0),
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
            created_at: Millis(created_at),
            updated_at: self.now,
        })
    }

    /// Writes an attachment whose key the task does not have yet; answers its number. That is the
    /// place of the event that tells of it, so that no number ever comes again.
    pub(super) fn insert_attachment(
        &self,
        meta: &Meta,
        task: TaskId,
        body: &AttachmentBody,
    ) -> Done<i64> {
        let id = self.next_event();
        self.put_row(meta, task, id, self.now.0, body)?;
        Ok(id)
    }

    fn put_row(
        &self,
        meta: &Meta,
        task: TaskId,
        id: i64,
        created_at: i64,
        body: &AttachmentBody,
    ) -> Done<()> {
        let kind = (0_i64..).zip(AttachmentKind::ALL).find(|(_, kind)| *kind == body.kind);
        self.db.prepare_cached(sql::PUT_ATTACHMENT)?.execute(params![
            id,
            meta.tenant.0,
            task.0,
            body.key,
            kind.map(|(number, _)| number),
            meta.actor,
            created_at,
            self.now.0,
            body.mime_type,
            body.size,
            body.url,
            body.value,
            body.content,
        ])?;
        Ok(())
    }

    pub(super) fn delete_attachment(
        &mut self,
        meta: &Meta,
        delete: &DeleteAttachment,
    ) -> Done<(i64, Millis)> {
        let mut task = self.task(meta.tenant, delete.task)?;
        let found: Option<i64> = self
            .db
            .prepare_cached(sql::ATTACHMENT_BY_KEY)?
            .query_row(params![task.row.id.0, delete.key], |row| row.get(0))
            .optional()?;
        let Some(id) = found else {
            let (what, name) = ("Attachment".to_owned(), delete.key.clone());
            return Err(Refusal::NotFound { what, name }.into());
        };
        self.db.prepare_cached(sql::DELETE_ATTACHMENT)?.execute([id])?;
        task.row.attachment_count -= 1;
        let fact = TaskAttachmentDeleted {
            task_id: delete.task,
            key: &delete.key,
            attachment_id: &attachment_id(id),
            life: std::marker::PhantomData,
        };
        self.task_event(meta, &mut task, &fact)?;
        self.save(&task)?;
        Ok((id, self.now))
    }
}
