//! What is besides tasks.

use std::sync::Arc;

use claudebench_core::{Millis, TenantId};

use super::super::asks::{Asks, values};
use super::super::columns::columns;
use super::super::sheet::{Kept, Shared, Sheet, Text};
use super::super::sql::save as sql;
use super::Saved;
use crate::row::{InstanceRow, KeyRow, PauseRow, names_text};
use crate::session::SessionRow;

columns! {
    Answers of answer: (&'a Text, &'a Kept);
    tenant: i64 = answer.0.0.0;
    key: &'a str = &answer.0.1;
    fingerprint: &'a [u8] = &answer.1.fingerprint;
    outcome: &'a str = &answer.1.outcome;
    expires_at: i64 = answer.1.expires_at.0;
}

columns! {
    Instances of row: &'a InstanceRow;
    tenant: i64 = row.tenant.0;
    id: &'a str = &row.id;
    roles: Option<String> = names_text(&row.roles);
    metadata: Option<&'a str> = row.metadata.as_deref();
    online: bool = row.online;
    registered_at: i64 = row.registered_at.0;
    seen_at: i64 = row.seen_at.0;
}

columns! {
    Sessions of row: &'a SessionRow;
    tenant: i64 = row.tenant.0;
    id: &'a str = &row.id;
    instance: &'a str = &row.instance;
    started_at: i64 = row.started_at.0;
    seen_at: i64 = row.seen_at.0;
    ended_at: Option<i64> = row.ended_at.map(|at| at.0);
    events: i64 = row.events;
    // What is made of texts, numbers and lists of them can always be written.
    state: String = serde_json::to_string(&row.state).unwrap_or_default();
}

columns! {
    Pauses of pause: (&'a Text, &'a PauseRow);
    tenant: i64 = pause.0.0.0;
    scope: &'a str = &pause.0.1;
    reason: Option<&'a str> = pause.1.reason.as_deref();
    until: Option<i64> = pause.1.until.map(|at| at.0);
    paused_at: i64 = pause.1.paused_at.0;
    paused_by: &'a str = &pause.1.paused_by;
}

columns! {
    EndedLogins of ended: (&'a (TenantId, Arc<str>), &'a Millis);
    tenant: i64 = ended.0.0.0;
    login: &'a str = &ended.0.1;
    at: i64 = ended.1.0;
}

columns! {
    Votes of vote: (&'a (TenantId, String, String), &'a (String, Millis));
    tenant: i64 = vote.0.0.0;
    decision: &'a str = &vote.0.1;
    instance: &'a str = &vote.0.2;
    value: &'a str = &vote.1.0;
    at: i64 = vote.1.1.0;
}

columns! {
    /// What was decided, or who has a batch.
    Said of said: (&'a Text, &'a (String, i64, Millis));
    tenant: i64 = said.0.0.0;
    name: &'a str = &said.0.1;
    value: &'a str = &said.1.0;
    number: i64 = said.1.1;
    at: i64 = said.1.2.0;
}

pub(super) fn save<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet) {
    kept(asks, &sheet.shared);
    unique(asks, sheet);
    instances(asks, &sheet.shared);
    sessions(asks, &sheet.shared);
    pauses(asks, &sheet.shared);
    config(asks, &sheet.shared);
    keys(asks, &sheet.shared);
    ended_logins(asks, &sheet.shared);
    votes(asks, &sheet.shared);
}

/// Keys as two arrays.
fn apart<'a>(keys: impl Iterator<Item = &'a Text>) -> (Vec<i64>, Vec<&'a str>) {
    keys.map(|(tenant, text): &Text| (tenant.0, &**text)).unzip()
}

/// An answer that somebody else has kept since fails here, and the batch is done anew.
fn kept<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let old = shared.kept.changes().filter_map(|(key, before, _)| Some((key, before?)));
    let (keys, ends): (Vec<&Text>, Vec<i64>) =
        old.map(|(key, old)| (key, old.expires_at.0)).unzip();
    if !keys.is_empty() {
        let (tenants, keys) = apart(keys.into_iter());
        asks.tell(sql::DROP_KEPT, values![tenants, keys, ends]);
    }
    let mut answers = Answers::default();
    let mut any = false;
    for (key, _, now) in shared.kept.changes() {
        if let Some(kept) = now {
            any = true;
            answers.push((key, kept));
        }
    }
    if any {
        asks.tell(sql::KEEP, answers.values());
    }
}

/// So does a unique key that somebody else has taken since.
fn unique<'a>(asks: &mut Asks<'a, Saved>, sheet: &'a Sheet) {
    let changes = sheet.unique.changes().filter(|(_, before, now)| before != now);
    let freed = changes.clone().filter_map(|(key, before, _)| Some((key, before?.0)));
    let (keys, tasks): (Vec<&Text>, Vec<i64>) = freed.unzip();
    if !keys.is_empty() {
        let (tenants, keys) = apart(keys.into_iter());
        asks.tell(sql::DROP_UNIQUE, values![tenants, keys, tasks]);
    }
    let live = changes.filter_map(|(key, _, now)| now.map(|task| (key, task.0)));
    let (keys, tasks): (Vec<&Text>, Vec<i64>) = live.unzip();
    if !tasks.is_empty() {
        let (tenants, keys) = apart(keys.into_iter());
        asks.tell(sql::ADD_UNIQUE, values![tenants, keys, tasks]);
    }
}

fn instances<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let (mut instances, mut any) = (Instances::default(), false);
    for row in shared.instances.written_rows() {
        any = true;
        instances.push(row);
    }
    if any {
        asks.tell(sql::PUT_INSTANCES, instances.values());
    }
}

fn sessions<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let (mut sessions, mut any) = (Sessions::default(), false);
    for row in shared.sessions.written_rows() {
        any = true;
        sessions.push(row);
    }
    if any {
        asks.tell(sql::PUT_SESSIONS, sessions.values());
    }
}

fn pauses<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let ended = shared.pauses.changes().filter(|(_, _, now)| now.is_none());
    let (tenants, scopes) = apart(ended.map(|(key, ..)| key));
    if !scopes.is_empty() {
        asks.tell(sql::END_PAUSES, values![tenants, scopes]);
    }
    let (mut pauses, mut any) = (Pauses::default(), false);
    for (key, _, now) in shared.pauses.changes() {
        if let Some(pause) = now {
            any = true;
            pauses.push((key, pause));
        }
    }
    if any {
        asks.tell(sql::PUT_PAUSES, pauses.values());
    }
}

fn config<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let set: Vec<_> = shared
        .config
        .changes()
        .filter_map(|(key, _, now)| now.map(|(value, at)| (key, (&**value, at.0))))
        .collect();
    if set.is_empty() {
        return;
    }
    let (keys, set): (Vec<&Text>, Vec<(&str, i64)>) = set.into_iter().unzip();
    let (values, times): (Vec<&str>, Vec<i64>) = set.into_iter().unzip();
    let (tenants, keys) = apart(keys.into_iter());
    asks.tell(sql::SET_CONFIG, values![tenants, keys, values, times]);
}

fn keys<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let revoked = shared.keys.changes().filter(|(_, _, now)| now.is_none());
    let revoked: Vec<&str> = revoked.map(|(id, ..)| &**id).collect();
    if !revoked.is_empty() {
        asks.tell(sql::REVOKE_KEYS, values![revoked]);
    }
    for KeyRow { id, tenant, name, hash, scopes, created_at, expires_at, .. } in
        shared.keys.written_rows()
    {
        let scopes: Vec<&str> = scopes.iter().map(|scope| &**scope).collect();
        let expires_at = expires_at.map(|at| at.0);
        asks.tell(
            sql::ADD_KEY,
            values![&**id, tenant.0, &**name, &hash[..], scopes, created_at.0, expires_at],
        );
    }
}

fn ended_logins<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    let (mut ended, mut any) = (EndedLogins::default(), false);
    for (login, _, now) in shared.ended_logins.changes() {
        if let Some(at) = now {
            any = true;
            ended.push((login, at));
        }
    }
    if any {
        asks.tell(sql::END_LOGINS, ended.values());
    }
}

fn votes<'a>(asks: &mut Asks<'a, Saved>, shared: &'a Shared) {
    if !shared.cast.is_empty() {
        let mut votes = Votes::default();
        shared.cast.iter().for_each(|vote| votes.push(vote));
        asks.tell(sql::PUT_VOTES, votes.values());
    }
    for (text, table) in [(sql::DECIDE, &shared.decisions), (sql::TAKE_BATCHES, &shared.batches)] {
        if table.is_changed() {
            let mut said = Said::default();
            table
                .changes()
                .filter_map(|(key, _, now)| Some((key, now?)))
                .for_each(|row| said.push(row));
            asks.tell(text, said.values());
        }
    }
}
