//! What is besides tasks: attachments, kept answers, instances, pauses, configuration, keys,
//! ended logins, votes and batches.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use claudebench_core::lane::PauseScope;
use claudebench_core::{Millis, TaskId, TenantId};

use super::{Missing, Name, SheetRows, Table};
use crate::batch::IdempotencyKey;
use crate::change::{Pause, ProcessBatch, Register, Vote};
use crate::memory::Pauses;
use crate::row::{AttachmentBody, InstanceRow, KeyRow, PauseRow};
use crate::session::SessionRow;
use crate::write::{Base, Done, NewAttachment, SessionRows, SharedRows, Stop};

/// An attachment: what is known of it, and what is to be written.
pub(in crate::postgres) struct Attached {
    pub(in crate::postgres) id: i64,
    pub(in crate::postgres) created_at: Millis,
    pub(in crate::postgres) new: Option<Body>,
}

/// What an attachment holds, and by whom and when that was written.
pub(in crate::postgres) struct Body {
    pub(in crate::postgres) tenant: TenantId,
    pub(in crate::postgres) body: AttachmentBody,
    pub(in crate::postgres) by: String,
    pub(in crate::postgres) at: Millis,
}

/// An answer that is kept under an idempotency key.
pub(in crate::postgres) struct Kept {
    pub(in crate::postgres) fingerprint: [u8; 32],
    pub(in crate::postgres) outcome: String,
    pub(in crate::postgres) expires_at: Millis,
}

/// A name of a tenant's.
pub(in crate::postgres) type Text = (TenantId, String);

/// The rows besides tasks that a batch is about.
#[derive(Default)]
pub(in crate::postgres) struct Shared {
    pub(in crate::postgres) attachments: Table<(TaskId, String), Attached>,
    pub(in crate::postgres) kept: Table<Text, Kept>,
    pub(in crate::postgres) instances: Table<Name, InstanceRow>,
    pub(in crate::postgres) sessions: Table<Name, SessionRow>,
    /// By the text of the scope.
    pub(in crate::postgres) pauses: Table<Text, PauseRow>,
    pub(in crate::postgres) config: Table<Text, (String, Millis)>,
    pub(in crate::postgres) keys: Table<String, KeyRow>,
    pub(in crate::postgres) tenants: HashMap<String, TenantId>,
    pub(in crate::postgres) wants_tenants: HashSet<String>,
    pub(in crate::postgres) ended_logins: Table<(TenantId, Arc<str>), Millis>,
    pub(in crate::postgres) decisions: Table<Text, (String, i64, Millis)>,
    /// Who voted for what.
    pub(in crate::postgres) votes: Table<Text, BTreeMap<String, String>>,
    pub(in crate::postgres) cast: BTreeMap<(TenantId, String, String), (String, Millis)>,
    pub(in crate::postgres) batches: Table<Text, (String, i64, Millis)>,
    pub(in crate::postgres) numbers: HashMap<Numbered, i64>,
    pub(in crate::postgres) wants_numbers: HashSet<Numbered>,
}

/// Rows that are counted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(in crate::postgres) enum Numbered {
    Instances(TenantId),
    Sessions(TenantId),
    Config(TenantId),
    Keys,
}

impl Shared {
    pub(super) fn again(&mut self) {
        self.attachments.again();
        self.kept.again();
        self.instances.again();
        self.sessions.again();
        self.pauses.again();
        self.config.again();
        self.keys.again();
        self.ended_logins.again();
        self.decisions.again();
        self.votes.again();
        self.cast.clear();
        self.batches.again();
    }

    pub(super) fn is_changed(&self) -> bool {
        self.writes_of().any(|(changed, _)| changed)
    }

    pub(super) fn writes(&self) -> u64 {
        self.writes_of().map(|(_, writes)| writes).sum()
    }

    fn writes_of(&self) -> impl Iterator<Item = (bool, u64)> {
        [
            (self.attachments.is_changed(), self.attachments.writes()),
            (self.kept.is_changed(), self.kept.writes()),
            (self.instances.is_changed(), self.instances.writes()),
            (self.sessions.is_changed(), self.sessions.writes()),
            (self.pauses.is_changed(), self.pauses.writes()),
            (self.config.is_changed(), self.config.writes()),
            (self.keys.is_changed(), self.keys.writes()),
            (self.ended_logins.is_changed(), self.ended_logins.writes()),
            (self.decisions.is_changed(), self.decisions.writes()),
            (self.votes.is_changed(), self.votes.writes()),
            (self.batches.is_changed(), self.batches.writes()),
        ]
        .into_iter()
    }

    fn number(&mut self, of: Numbered) -> Result<i64, Missing> {
        self.numbers.get(&of).copied().ok_or_else(|| {
            self.wants_numbers.insert(of);
            Missing
        })
    }
}

/// How many more rows there are than before.
fn more<'t, K: 't, V: 't>(
    changes: impl Iterator<Item = (&'t K, Option<&'t V>, Option<&'t V>)>,
    of: impl Fn(&K) -> bool,
) -> i64 {
    let changes = changes.filter(|(key, ..)| of(key));
    changes.map(|(_, before, now)| i64::from(now.is_some()) - i64::from(before.is_some())).sum()
}

/// A scope as its row has it.
pub(in crate::postgres) fn scope_text(scope: &PauseScope) -> Result<String, serde_json::Error> {
    serde_json::to_string(scope)
}

fn scoped<R: Base>(scope: &PauseScope) -> Result<String, Stop<R::Error>> {
    scope_text(scope).map_err(|error| Stop::Failed(R::fault(error.into())))
}

impl SharedRows for SheetRows<'_> {
    fn attachment(&mut self, task: TaskId, key: &str) -> Done<Option<(i64, Millis)>, Self> {
        let found = self.sheet.shared.attachments.get(&(task, key.to_owned()))?;
        Ok(found.map(|found| (found.id, found.created_at)))
    }

    fn put_attachment(&mut self, new: &NewAttachment<'_>) -> Done<(), Self> {
        let body =
            Body { tenant: new.tenant, body: new.body.clone(), by: new.by.to_owned(), at: new.at };
        let row = Attached { id: new.id, created_at: new.created_at, new: Some(body) };
        self.sheet.shared.attachments.put((new.task, new.body.key.clone()), Some(row));
        Ok(())
    }

    fn delete_attachment(&mut self, task: TaskId, key: &str, _: i64) -> Done<(), Self> {
        self.sheet.shared.attachments.put((task, key.to_owned()), None);
        Ok(())
    }

    fn kept(
        &mut self,
        tenant: TenantId,
        key: &str,
        now: Millis,
    ) -> Done<Option<([u8; 32], String)>, Self> {
        let kept = self.sheet.shared.kept.get(&(tenant, key.to_owned()))?;
        let kept = kept.filter(|kept| kept.expires_at > now);
        Ok(kept.map(|kept| (kept.fingerprint, kept.outcome.clone())))
    }

    fn keep(
        &mut self,
        tenant: TenantId,
        key: &IdempotencyKey,
        answer: &str,
        until: Millis,
    ) -> Done<(), Self> {
        let (fingerprint, outcome) = (key.fingerprint, answer.to_owned());
        let kept = Kept { fingerprint, outcome, expires_at: until };
        self.sheet.shared.kept.put((tenant, key.key.clone()), Some(kept));
        Ok(())
    }

    fn online(&mut self, tenant: TenantId, instance: &str) -> Done<Option<bool>, Self> {
        let found = self.sheet.shared.instances.get(&(tenant, instance.into()))?;
        Ok(found.map(|instance| instance.online))
    }

    fn count_instances(&mut self, tenant: TenantId) -> Done<i64, Self> {
        let shared = &mut self.sheet.shared;
        let known = shared.number(Numbered::Instances(tenant))?;
        Ok(known + more(shared.instances.changes(), |(of, _)| *of == tenant))
    }

    fn register(
        &mut self,
        tenant: TenantId,
        register: &Register,
        now: Millis,
    ) -> Done<InstanceRow, Self> {
        let row = InstanceRow {
            tenant,
            id: register.id.clone(),
            roles: register.roles.clone(),
            metadata: register.metadata.clone(),
            online: true,
            registered_at: now,
            seen_at: now,
        };
        self.sheet.shared.instances.put((tenant, register.id.clone()), Some(row.clone()));
        Ok(row)
    }

    fn is_registered(&mut self, tenant: TenantId, register: &Register) -> Done<bool, Self> {
        let found = self.sheet.shared.instances.get(&(tenant, register.id.clone()))?;
        Ok(found.is_some_and(|row| {
            row.online && row.roles == register.roles && row.metadata == register.metadata
        }))
    }

    fn take_offline(
        &mut self,
        tenant: TenantId,
        instance: &str,
        seen: Millis,
        now: Millis,
    ) -> Done<bool, Self> {
        let key: Name = (tenant, instance.into());
        let found = self.sheet.shared.instances.get(&key)?.cloned();
        let silent = |row: &InstanceRow| row.online && (row.seen_at <= seen || row.seen_at > now);
        let Some(row) = found.filter(silent) else { return Ok(false) };
        self.sheet.shared.instances.put(key, Some(InstanceRow { online: false, ..row }));
        Ok(true)
    }

    fn stamp(&mut self, tenant: TenantId, instance: &str, seen: Millis) -> Done<(), Self> {
        let key: Name = (tenant, instance.into());
        let found = self.sheet.shared.instances.get(&key)?.cloned();
        if let Some(row) = found.filter(|row| row.seen_at < seen) {
            self.sheet.shared.instances.put(key, Some(InstanceRow { seen_at: seen, ..row }));
        }
        Ok(())
    }

    fn pauses(&mut self) -> &Pauses {
        self.pauses.as_ref().unwrap_or(&self.picture.pauses)
    }

    fn put_pause(
        &mut self,
        tenant: TenantId,
        pause: &Pause,
        until: Option<Millis>,
        by: &str,
        now: Millis,
    ) -> Done<(), Self> {
        let row = PauseRow {
            scope: pause.scope.clone(),
            reason: pause.reason.clone(),
            until,
            paused_at: now,
            paused_by: by.to_owned(),
        };
        self.know_pauses()?;
        self.own_pauses().put(tenant, pause.scope.clone(), until);
        self.sheet.shared.pauses.put((tenant, scoped::<Self>(&pause.scope)?), Some(row));
        Ok(())
    }

    fn end_pause(&mut self, tenant: TenantId, scope: &PauseScope) -> Done<bool, Self> {
        self.know_pauses()?;
        let ended = self.pauses().has(tenant, scope);
        if ended {
            self.own_pauses().remove(tenant, scope);
            self.sheet.shared.pauses.put((tenant, scoped::<Self>(scope)?), None);
        }
        Ok(ended)
    }

    fn count_config(&mut self, tenant: TenantId, besides: &str) -> Done<i64, Self> {
        let shared = &mut self.sheet.shared;
        let known = shared.number(Numbered::Config(tenant))?;
        let is_there = shared.config.get(&(tenant, besides.to_owned()))?.is_some();
        let new = more(shared.config.changes(), |(of, _)| *of == tenant);
        Ok(known + new - i64::from(is_there))
    }

    fn set_config(
        &mut self,
        tenant: TenantId,
        key: &str,
        value: &str,
        now: Millis,
    ) -> Done<(), Self> {
        let row = Some((value.to_owned(), now));
        self.sheet.shared.config.put((tenant, key.to_owned()), row);
        Ok(())
    }

    fn count_keys(&mut self) -> Done<i64, Self> {
        let shared = &mut self.sheet.shared;
        Ok(shared.number(Numbered::Keys)? + more(shared.keys.changes(), |_| true))
    }

    fn tenant(&mut self, name: &str) -> Done<TenantId, Self> {
        let shared = &mut self.sheet.shared;
        shared.tenants.get(name).copied().ok_or_else(|| {
            shared.wants_tenants.insert(name.to_owned());
            Stop::Missing
        })
    }

    fn add_key(&mut self, key: &KeyRow) -> Done<(), Self> {
        self.sheet.shared.keys.put(key.id.clone(), Some(key.clone()));
        Ok(())
    }

    fn revoke_key(&mut self, id: &str, only: Option<TenantId>) -> Done<bool, Self> {
        let found = self.sheet.shared.keys.get(&id.to_owned())?;
        let may = found.is_some_and(|key| only.is_none_or(|tenant| key.tenant == tenant));
        if may {
            self.sheet.shared.keys.put(id.to_owned(), None);
        }
        Ok(may)
    }

    fn end_login(&mut self, tenant: TenantId, login: &Arc<str>, now: Millis) -> Done<(), Self> {
        self.sheet.shared.ended_logins.put((tenant, login.clone()), Some(now));
        Ok(())
    }

    fn decision(&mut self, tenant: TenantId, decision: &str) -> Done<Option<(String, i64)>, Self> {
        let found = self.sheet.shared.decisions.get(&(tenant, decision.to_owned()))?;
        Ok(found.map(|(value, votes, _)| (value.clone(), *votes)))
    }

    fn put_vote(&mut self, tenant: TenantId, vote: &Vote, now: Millis) -> Done<(), Self> {
        let key: Text = (tenant, vote.decision.clone());
        let shared = &mut self.sheet.shared;
        let mut votes = shared.votes.get(&key)?.cloned().unwrap_or_default();
        votes.insert(vote.instance.clone(), vote.value.clone());
        shared.votes.put(key, Some(votes));
        let cast = (tenant, vote.decision.clone(), vote.instance.clone());
        shared.cast.insert(cast, (vote.value.clone(), now));
        Ok(())
    }

    fn tally(&mut self, tenant: TenantId, decision: &str) -> Done<(String, i64), Self> {
        let votes = self.sheet.shared.votes.get(&(tenant, decision.to_owned()))?;
        let mut of: BTreeMap<&str, i64> = BTreeMap::new();
        for value in votes.into_iter().flat_map(BTreeMap::values) {
            *of.entry(value).or_default() += 1;
        }
        // The first by its text among those with the most.
        let best = of.into_iter().rev().max_by_key(|(_, votes)| *votes);
        Ok(best.map_or_else(Default::default, |(value, votes)| (value.to_owned(), votes)))
    }

    fn decide(
        &mut self,
        tenant: TenantId,
        decision: &str,
        value: &str,
        votes: i64,
        now: Millis,
    ) -> Done<(), Self> {
        let row = Some((value.to_owned(), votes, now));
        self.sheet.shared.decisions.put((tenant, decision.to_owned()), row);
        Ok(())
    }

    fn batch(&mut self, tenant: TenantId, id: &str) -> Done<Option<(String, i64)>, Self> {
        let found = self.sheet.shared.batches.get(&(tenant, id.to_owned()))?;
        Ok(found.map(|(processor, items, _)| (processor.clone(), *items)))
    }

    fn take_batch(
        &mut self,
        tenant: TenantId,
        batch: &ProcessBatch,
        now: Millis,
    ) -> Done<(), Self> {
        let row = Some((batch.instance.clone(), batch.items, now));
        self.sheet.shared.batches.put((tenant, batch.batch.clone()), row);
        Ok(())
    }
}

impl SessionRows for SheetRows<'_> {
    fn session(&mut self, tenant: TenantId, id: &Arc<str>) -> Done<Option<SessionRow>, Self> {
        Ok(self.sheet.shared.sessions.get(&(tenant, id.clone()))?.cloned())
    }

    fn put_session(&mut self, row: SessionRow) -> Done<(), Self> {
        self.sheet.shared.sessions.put((row.tenant, row.id.clone()), Some(row));
        Ok(())
    }

    fn count_sessions(&mut self, tenant: TenantId) -> Done<i64, Self> {
        let shared = &mut self.sheet.shared;
        let known = shared.number(Numbered::Sessions(tenant))?;
        Ok(known + more(shared.sessions.changes(), |(of, _)| *of == tenant))
    }
}

impl SheetRows<'_> {
    /// Pauses change only under a lock of theirs.
    fn know_pauses(&mut self) -> Result<(), Missing> {
        if self.sheet.knows_pauses {
            return Ok(());
        }
        self.sheet.wants_pauses = true;
        Err(Missing)
    }

    /// The pauses of this pass.
    fn own_pauses(&mut self) -> &mut Pauses {
        self.pauses.get_or_insert_with(|| self.picture.pauses.clone())
    }
}
