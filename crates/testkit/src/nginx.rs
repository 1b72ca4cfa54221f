//! nginx, as a load balancer in front of servers of tests.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use crate::postgres::Certificate;
use crate::process::{Daemon, End, Launch, Place, aside};

/// An nginx. It ends when it is dropped.
pub struct Nginx {
    port: u16,
    daemon: Arc<Daemon>,
}

impl Nginx {
    /// Starts one with a configuration of what is within `http { }`, made for its port, and a certificate that lies
    /// beside it as `server.crt` and `server.key`. What is put into its `conf.d` counts when it is told to read anew.
    ///
    /// # Panics
    /// When nginx is missing, saying what to install, or does not start, with its log.
    pub async fn start(
        certificate: Certificate,
        configuration: impl Fn(u16) -> String + Send + 'static,
    ) -> Self {
        aside(move || {
            let place = Place::new();
            place.write("server.crt", certificate.chain());
            place.write("server.key", certificate.key());
            let more = place.path().join("conf.d");
            std::fs::create_dir(&more).expect("a folder for the server");
            place.give(&more);
            let folder = place.path().display().to_string();
            let args = ["-p", &folder, "-c", "nginx.conf", "-e", "stderr"].map(str::to_owned);
            let launch = Launch {
                program: program(),
                args: args.to_vec(),
                ready: "start worker process",
                end: End::Immediate,
                swept: None,
            };
            let (daemon, port) = Daemon::start(place, launch, |place, port| {
                let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
                    .map(|what| format!("{what}_temp_path {what};\n"))
                    .concat();
                let text = format!(
                    "daemon off;\nerror_log stderr notice;\npid nginx.pid;\nworker_processes 1;\n\
                     events {{ worker_connections 512; }}\nhttp {{\naccess_log off;\n{temporary}{}\n\
                     include conf.d/*.conf;\n}}\n",
                    configuration(port)
                );
                place.write("nginx.conf", &text);
            });
            Self { port, daemon: Arc::new(daemon) }
        })
        .await
    }

    /// What it wrote into its log last.
    #[must_use]
    pub fn log(&self) -> String {
        self.daemon.log()
    }

    /// Where its configuration lies, as in `/etc/nginx`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.daemon.place.path()
    }

    /// The program with what leads it there, as a shell reads it.
    #[must_use]
    pub fn command(&self) -> String {
        format!("{} -p {} -c nginx.conf -e stderr", program().display(), self.folder().display())
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Debian's, which is not on everybody's `PATH`, or else the one there.
fn program() -> PathBuf {
    let debian = Path::new("/usr/sbin/nginx");
    if debian.exists() {
        return debian.to_owned();
    }
    let found = Command::new("nginx").arg("-v").output();
    assert!(
        found.is_ok(),
        "this test needs nginx, which is neither in /usr/sbin nor on the PATH. Debian, Ubuntu: \
         apt-get install nginx-light (as root); `make test` does that by itself where it may"
    );
    PathBuf::from("nginx")
}
