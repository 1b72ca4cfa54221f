//! Attachments of tasks.

use claudebench_core::Millis;
use claudebench_core::event::{TaskAttachmentCreated, TaskAttachmentDeleted};
use claudebench_core::id::attachment_id;
use rusqlite::{OptionalExtension, params};

use super::statements as sql;
use super::tx::{Done, Tx};
use crate::batch::Meta;
use crate::change::{DeleteAttachment, PutAttachment};
use crate::refusal::Refusal;
use crate::row::{Attachment, AttachmentBody, AttachmentKind};
use crate::sqlite::row::Task;

/// The most attachments of one task.
const MAX_PER_TASK: i64 = 1_000;

impl Tx<'_> {
    pub(super) fn put_attachment(&mut self, meta: &Meta, put: PutAttachment) -> Done<Attachment> {
        let mut task = self.task(meta.tenant, put.task)?;
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

    /// Writes an attachment, over one with the same key. The task still has to be saved.
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
        if found.is_none() && task.row.attachment_count >= MAX_PER_TASK {
            let what = format!("A task has at most {MAX_PER_TASK} attachments; delete some first.");
            return Err(Refusal::Limit { what }.into());
        }
        let (id, created_at) = found.unwrap_or_else(|| {
            self.memory.last_attachment += 1;
            (self.memory.last_attachment, self.now.0)
        });
        task.row.attachment_count += i64::from(found.is_none());
        let kind = (0_i64..).zip(AttachmentKind::ALL).find(|(_, kind)| *kind == body.kind);
        self.db.prepare_cached(sql::PUT_ATTACHMENT)?.execute(params![
            id,
            task.tenant.0,
            task.row.id.0,
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
        Ok(Attachment {
            id,
            task: task.row.id,
            body,
            created_by: meta.actor.to_string(),
            created_at: Millis(created_at),
            updated_at: self.now,
        })
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
