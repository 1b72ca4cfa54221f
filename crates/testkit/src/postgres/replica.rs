//! Replicas that stream from a server.

use std::sync::atomic::{AtomicU64, Ordering};

use super::programs::Programs;
use super::{Postgres, connect};
use crate::process::{Place, aside};
use crate::until;

impl Postgres {
    /// Starts a hot standby of this server, set up as this one is: a copy, which then follows by
    /// streaming from a slot of its own. It is a server like any other, but for what it refuses.
    /// Its `application_name` is the name of the slot, `replica_N`.
    ///
    /// # Panics
    /// When it does not start, with its log.
    pub async fn replica(&self) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(1);
        let name = format!("replica_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let (address, options) = (self.address.clone(), self.options.clone());
        aside(move || {
            let programs = Programs::find();
            let place = Place::new();
            let primary = format!(
                "host=127.0.0.1 port={} user=postgres password={} application_name={name}",
                address.port, address.password
            );
            let mut args: Vec<_> = ["-D", "data", "-d", &primary, "-S", &name, "-C", "-R"]
                .into_iter()
                .chain(["-X", "stream", "-c", "fast"])
                .map(str::to_owned)
                .collect();
            args.extend(options.sync());
            place.run(&programs.pg_basebackup, &args);
            Self::run(place, programs, options, address.password)
        })
        .await
    }

    /// Holds a replica back: it goes on receiving, but shows nothing newer. Returns when it has
    /// stopped.
    ///
    /// # Panics
    /// When this is no replica.
    pub async fn pause_replay(&self) {
        self.execute("SELECT pg_wal_replay_pause()").await;
        let client = connect(&self.url("postgres")).await.expect("the replica is there");
        until("the replica holds back", async || {
            let state = client.query_one("SELECT pg_get_wal_replay_pause_state()", &[]).await;
            state.expect("a replica").get::<_, &str>(0) == "paused"
        })
        .await;
    }

    /// Lets it follow again.
    ///
    /// # Panics
    /// When this is no replica.
    pub async fn resume_replay(&self) {
        self.execute("SELECT pg_wal_replay_resume()").await;
    }

    /// Waits until a replica shows all that its primary has written by now.
    ///
    /// # Panics
    /// When one of them is not there, or it takes too long.
    pub async fn catch_up(&self, primary: &Self) {
        let ours = connect(&self.url("postgres")).await.expect("the replica is there");
        let theirs = connect(&primary.url("postgres")).await.expect("the primary is there");
        let written = theirs.query_one("SELECT pg_current_wal_lsn()::text", &[]).await;
        let written: String = written.expect("a primary").get(0);
        until("the replica has caught up", async || {
            let replayed = "SELECT pg_last_wal_replay_lsn() >= $1::text::pg_lsn";
            let replayed = ours.query_one(replayed, &[&written]).await;
            replayed.expect("a replica").get(0)
        })
        .await;
    }

    /// Makes a replica a primary. Returns when it takes writes.
    ///
    /// # Panics
    /// When this is no replica, or it does not become one.
    pub async fn promote(&self) {
        let client = connect(&self.url("postgres")).await.expect("the replica is there");
        let promoted = client.query_one("SELECT pg_promote(true, 60)", &[]).await;
        assert!(promoted.expect("a replica").get::<_, bool>(0), "not promoted:\n{}", self.log());
    }
}
