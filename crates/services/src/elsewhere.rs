//! What other servers over the same store hear of instances, as far as this one must know it.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_coordination::{Presence, Present, Seen};
use claudebench_core::Millis;
use claudebench_core::event::Event;
use claudebench_store::{HeardRow, StoreError};
use serde::Deserialize;

use crate::context::{Limits, Shared};
use crate::task::ready::Ready;

/// The most instances that are asked for at a time.
const CHUNK: usize = 500;

/// What other servers tell of instances: they come and go, and what they get may be short.
pub fn notice(presence: &Presence, ready: &Ready, limits: &Limits, events: &[Arc<Event>]) {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Claimed {
        worker_id: String,
        expires_at: Millis,
    }
    #[derive(Deserialize)]
    struct Instance {
        id: Arc<str>,
        #[serde(default)]
        roles: Vec<Arc<str>>,
    }
    for event in events {
        let (tenant, text) = (event.tenant, event.payload.get());
        if &*event.kind == "task.claimed" {
            let claimed = serde_json::from_str::<Claimed>(text).ok();
            let brief = |one: &Claimed| one.expires_at.since(event.at) < limits.brief_lease_ms();
            if let Some(claimed) = claimed.filter(brief) {
                presence.holds_briefly(tenant, &claimed.worker_id);
            }
        } else if event.kind.starts_with("instance.")
            && let Ok(Instance { id, roles }) = serde_json::from_str(text)
        {
            match &*event.kind {
                "instance.registered" => {
                    let (id, roles) = (id.clone(), roles.into());
                    presence.hear(Present { tenant, id, roles, seen_at: event.at });
                }
                "instance.unregistered" | "instance.failed" => presence.leave(tenant, &id),
                _ => {}
            }
            ready.look_again(tenant, &id);
        }
    }
}

impl Shared {
    /// What other servers know of instances that this one has not heard of, and which of these are
    /// registered no more. Nothing, where there are no other servers.
    ///
    /// # Errors
    /// A store that cannot be read.
    pub async fn ask_around(&self, unheard: &[Seen]) -> Result<(), StoreError> {
        for some in unheard.chunks(CHUNK) {
            let named = some.iter().map(|(tenant, id, _)| (*tenant, id.clone())).collect();
            let Some(rows) = self.store.heard_elsewhere(named) else { return Ok(()) };
            let mut missing: HashMap<_, _> =
                some.iter().map(|seen| ((seen.0, seen.1.clone()), seen)).collect();
            for HeardRow { tenant, id, roles, seen_at } in rows.await? {
                missing.remove(&(tenant, id.clone()));
                self.presence.hear(Present { tenant, id, roles: roles.into(), seen_at });
            }
            missing.values().for_each(|gone| self.presence.is_gone(gone));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::event::Text;
    use claudebench_core::{Cursor, TenantId};
    use serde_json::value::RawValue;

    use super::*;

    fn event(kind: &str, payload: &str) -> Arc<Event> {
        Arc::new(Event {
            cursor: Cursor(1),
            tenant: TenantId::DEFAULT,
            kind: kind.into(),
            at: Millis(1_000),
            task: None,
            version: None,
            attempt: None,
            project: None,
            actor: "somebody".into(),
            traceparent: None,
            session: None,
            payload: RawValue::from_string(payload.into()).unwrap(),
            text: Text::default(),
        })
    }

    #[test]
    fn instances_come_and_go_as_other_servers_tell() {
        let (presence, ready) = (Presence::default(), Ready::new(1));
        let (tenant, limits) = (TenantId::DEFAULT, Limits::default());
        let told = |kind: &str, payload: &str| {
            notice(&presence, &ready, &limits, &[event(kind, payload)]);
        };
        told(
            "instance.registered",
            r#"{"id":"w","roles":["a"],"becameLeader":true,"timestamp":1}"#,
        );
        assert_eq!(presence.seen(tenant, "w"), Some(Millis(1_000)));
        assert_eq!(presence.roles(tenant, "w").as_deref(), Some(&["a".into()][..]));
        presence.found(tenant, "w", false);
        let claimed = |end| {
            format!(r#"{{"taskId":"t-7","workerId":"w","fence":1,"attempt":1,"expiresAt":{end}}}"#)
        };
        told("task.claimed", &claimed(400_000));
        presence.works(tenant, "w", Millis(2_000));
        assert!(presence.hurried().is_empty(), "its lease is long");
        told("task.claimed", &claimed(3_000));
        presence.works(tenant, "w", Millis(2_000));
        assert_eq!(presence.hurried().len(), 1, "its lease would be over before the next look");
        told("instance.failed", r#"{"id":"w","lastSeen":1,"tasksReassigned":0}"#);
        assert_eq!(presence.count(), 0);
    }
}
