//! Kills: of what serves one connection, and what becomes of a server with a standby then.

use rustix::process::{Pid, Signal, kill_process};

use super::{Postgres, connect};
use crate::until;

/// The backends of a user's connections, one drawn by a number.
const ONE: &str = "SELECT pid FROM pg_stat_activity \
    WHERE application_name = $1 AND backend_type = 'client backend' \
    ORDER BY pid OFFSET $2 % greatest(1, (SELECT count(*) FROM pg_stat_activity \
        WHERE application_name = $1 AND backend_type = 'client backend')) LIMIT 1";

impl Postgres {
    /// Draws one of the backends that serve a program by this name.
    async fn backend(&self, program: &str, draw: u32) -> Option<i32> {
        let client = connect(&self.url("postgres")).await.ok()?;
        let found = client.query_opt(ONE, &[&program, &i64::from(draw)]).await.ok()??;
        found.try_get(0).ok()
    }

    /// Ends one of the backends that serve a program, in order, if the server is there and has one.
    pub async fn end_backend(&self, program: &str, draw: u32) -> bool {
        let Some(pid) = self.backend(program, draw).await else { return false };
        let Ok(client) = connect(&self.url("postgres")).await else { return false };
        let ended = client.query_one("SELECT pg_terminate_backend($1)", &[&pid]).await;
        ended.is_ok_and(|ended| ended.get(0))
    }

    /// Kills one (SIGKILL): the server ends all others then, and recovers by itself.
    pub async fn kill_backend(&self, program: &str, draw: u32) -> bool {
        let pid = self.backend(program, draw).await.and_then(Pid::from_raw);
        pid.is_some_and(|pid| kill_process(pid, Signal::KILL).is_ok())
    }

    /// From now on commits wait until a standby has them, too. Returns when one has all so far.
    ///
    /// # Panics
    /// When none is there.
    pub async fn synchronous(&self) {
        self.set("synchronous_standby_names", "*").await;
        self.has_synchronous_standby().await;
    }

    /// Waits until commits have a standby to wait for.
    ///
    /// # Panics
    /// When none comes.
    pub async fn has_synchronous_standby(&self) {
        until("a standby has all of it", async || {
            let state = "SELECT count(*) FROM pg_stat_replication \
                WHERE sync_state = 'sync' AND state = 'streaming'";
            let Ok(client) = connect(&self.url("postgres")).await else { return false };
            client.query_one(state, &[]).await.is_ok_and(|found| found.get::<_, i64>(0) > 0)
        })
        .await;
    }
}
