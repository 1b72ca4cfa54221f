//! A master with a replica, and three sentinels that watch them.

use std::sync::Arc;

use super::{Options, Redis, command, program};
use crate::process::{Daemon, End, Launch, Place, aside};
use crate::until;

/// By which name the sentinels know the master.
pub const MASTER: &str = "main";

/// A master with a replica, and the sentinels. They end when this is dropped.
pub struct Sentinels {
    /// The servers: the one that is the master at first, and its replica.
    pub servers: [Redis; 2],
    sentinels: Vec<(Arc<Daemon>, u16)>,
}

impl Sentinels {
    /// Starts them. Returns when each sentinel knows the replica and the others.
    ///
    /// # Panics
    /// As [`Redis::start`], or when they do not find each other.
    pub async fn start(options: Options) -> Self {
        let master = Redis::start(options.clone()).await;
        let port = master.port();
        let replica = options.clone().with("replicaof", &format!("127.0.0.1 {port}"));
        let servers = [master, Redis::start(replica).await];
        let mut sentinels = Vec::new();
        for _ in 0..3 {
            let mut text = format!(
                "bind 127.0.0.1\nsentinel monitor {MASTER} 127.0.0.1 {port} 2\n\
                 sentinel down-after-milliseconds {MASTER} 1000\n\
                 sentinel failover-timeout {MASTER} 3000\n"
            );
            if let Some(password) = &options.password {
                text.push_str(&format!("sentinel auth-pass {MASTER} {password}\n"));
            }
            sentinels.push(aside(move || sentinel(&text)).await);
        }
        let this = Self { servers, sentinels };
        until("each sentinel knows the others and the replica", async || {
            for url in this.urls() {
                let Ok(client) = ::redis::Client::open(url) else { return false };
                let asked = client.get_multiplexed_async_connection().await;
                let Ok(mut connection) = asked else { return false };
                let line = command(&format!("SENTINEL MASTER {MASTER}"));
                let said: Result<std::collections::HashMap<String, String>, _> =
                    line.query_async(&mut connection).await;
                let knows = |name: &str, count: &str| {
                    said.as_ref().is_ok_and(|said| said.get(name).is_some_and(|n| n == count))
                };
                if !knows("num-other-sentinels", "2") || !knows("num-slaves", "1") {
                    return false;
                }
            }
            true
        })
        .await;
        this
    }

    /// Where the sentinels are found.
    #[must_use]
    pub fn urls(&self) -> Vec<String> {
        self.sentinels.iter().map(|(_, port)| format!("redis://127.0.0.1:{port}")).collect()
    }
}

fn sentinel(text: &str) -> (Arc<Daemon>, u16) {
    let launch = Launch {
        program: program("redis-sentinel"),
        args: vec!["sentinel.conf".to_owned()],
        ready: "+monitor master",
        end: End::Kill,
        swept: None,
    };
    let (daemon, port) = Daemon::start(Place::new(), launch, |place, port| {
        place.write("sentinel.conf", &format!("port {port}\n{text}"));
    });
    (Arc::new(daemon), port)
}
