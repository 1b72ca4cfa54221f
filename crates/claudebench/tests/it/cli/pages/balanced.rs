//! What a page about a load balancer speaks of: three servers with the settings of the page, and an nginx.
//!
//! The page says on which machines they are; here all are on this one. The configuration of nginx is the
//! one that comes with ClaudeBench, with the addresses of the test, and its folder is not `/etc/nginx`.

use std::fs::{self, Permissions};
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use claudebench_testkit::nginx::Nginx;
use claudebench_testkit::postgres::Authority;
use tempfile::TempDir;

use super::super::program::program;
use super::super::server::Server;
use crate::server::processes::balanced::{NAME, configuration};

/// Where the page says that the servers are.
const SERVERS: [&str; 3] = ["10.0.0.1:3000", "10.0.0.2:3000", "10.0.0.3:3000"];

/// Where it says that nginx is.
const BALANCER: &str = "10.0.0.8";

/// And the other places that it names.
const REDIS: &str = "redis://10.0.0.9:6379";
const SECRET: &str = "/etc/claudebench/database.url";
const ETC: &str = "/etc/nginx";

pub(super) struct Balanced {
    work: PathBuf,
    /// They are started when a command speaks of them: before, the page makes a key for them.
    running: Option<Running>,
}

struct Running {
    servers: Vec<(Server, SocketAddr)>,
    nginx: Nginx,
    _authority: Authority,
}

/// Whether a page speaks of nginx.
pub(super) fn is_meant(page: &str) -> bool {
    page.lines().any(|line| line.starts_with("$ nginx "))
}

impl Balanced {
    /// Takes the settings of servers from a page.
    pub(super) fn new(page: &str, database: &str, redis: &str, work: &Path) -> Self {
        let secret = work.join("secret.url");
        fs::write(&secret, database).unwrap();
        fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
        let (_, block) = page.split_once("```toml\n").expect("settings of the servers");
        let (settings, _) = block.split_once("```").unwrap();
        let mut settings = settings.to_owned();
        for (shown, real) in [
            (SERVERS[0], "127.0.0.1:0"),
            (BALANCER, "127.0.0.1"),
            (REDIS, redis),
            (SECRET, secret.to_str().unwrap()),
        ] {
            assert!(settings.contains(shown), "{shown} is not in the settings");
            settings = settings.replace(shown, real);
        }
        fs::write(work.join("server.toml"), settings).unwrap();
        Self { work: work.to_owned(), running: None }
    }

    /// A command, with the places of this run.
    pub(super) fn command(&mut self, shown: &str) -> String {
        let named = [NAME, ETC, "nginx "].iter().chain(&SERVERS).any(|what| shown.contains(what));
        if !named {
            return shown.to_owned();
        }
        let work = &self.work;
        let running = self.running.get_or_insert_with(|| Running::start(work));
        let mut command = shown.replace(ETC, running.nginx.folder().to_str().unwrap());
        for (shown, (_, real)) in SERVERS.iter().zip(&running.servers) {
            command = command.replace(shown, &real.to_string());
        }
        command
    }

    /// What a command wrote, with the places of the page.
    pub(super) fn shown(&self, seen: &str) -> String {
        match &self.running {
            Some(running) => seen.replace(running.nginx.folder().to_str().unwrap(), ETC),
            None => seen.to_owned(),
        }
    }
}

impl Running {
    fn start(work: &Path) -> Self {
        let settings = work.join("server.toml");
        let args = ["--config", settings.to_str().unwrap(), "serve", "--json"];
        let servers: Vec<(Server, SocketAddr)> = SERVERS
            .iter()
            .map(|_| {
                let mut command = program(&args);
                // On the page they ask for keys, as others reach them.
                command.env("CLAUDEBENCH_AUTH_REQUIRED", "always");
                let server = Server::run_by(command, TempDir::new().unwrap());
                let address = server.url.strip_prefix("http://").unwrap().parse().unwrap();
                (server, address)
            })
            .collect();
        let authority = Authority::default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        // It keeps the port until the page has put its configuration there.
        let empty = |port| {
            format!(
                "server {{\nlisten 127.0.0.1:{port} ssl;\nlisten 127.0.0.1:{};\nreturn 444;\n\
                 ssl_certificate server.crt;\nssl_certificate_key server.key;\n}}\n",
                port + 1
            )
        };
        let nginx = runtime.block_on(Nginx::start(authority.sign(NAME), empty));
        let addresses: Vec<SocketAddr> = servers.iter().map(|(_, address)| *address).collect();
        let put = |path: &str, text: &str, mode: u32| {
            let path = work.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        };
        let ours = configuration(&addresses, nginx.port());
        put("deploy/nginx/claudebench.conf", &ours, 0o644);
        put("bin/nginx", &in_place_of_nginx(&nginx), 0o755);
        let curl = format!(
            "connect-to = \"{NAME}:443:127.0.0.1:{}\"\ncacert = \"{}\"\n",
            nginx.port(),
            authority.file().display()
        );
        put(".curlrc", &curl, 0o644);
        Self { servers, nginx, _authority: authority }
    }
}

/// The program `nginx` of the page. What is told to read anew still answers by its old configuration for a
/// moment, which nobody notices who types: so it returns when the workers of before have gone.
fn in_place_of_nginx(nginx: &Nginx) -> String {
    format!(
        "#!/bin/sh\n\
         master=$(cat {}/nginx.pid)\n\
         before=$(cat /proc/$master/task/$master/children)\n\
         {} \"$@\" || exit\n\
         test \"$2\" = reload || exit 0\n\
         for worker in $before; do while test -e /proc/$worker; do sleep 0.02; done; done\n",
        nginx.folder().display(),
        nginx.command()
    )
}
