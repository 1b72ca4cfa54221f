//! Several servers behind a real nginx, with the configuration that comes with ClaudeBench.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use claudebench_testkit::nginx::Nginx;
use claudebench_testkit::postgres::{Authority, Database};
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};

use super::super::ws::Socket;
use super::super::{Answer, send_to};
use super::{Process, database, until};

pub(crate) const NAME: &str = "bench.example";

/// The configuration with the addresses of a test; TLS on the port, and without it on the next.
pub(crate) fn configuration(servers: &[SocketAddr], port: u16) -> String {
    let mut text = include_str!("../../../../../../deploy/nginx/claudebench.conf").to_owned();
    let mut set = |from: &str, to: String| {
        assert!(text.contains(from), "{from} is not in the configuration");
        text = text.replace(from, &to);
    };
    for (nth, server) in (1..).zip(servers) {
        set(&format!("10.0.0.{nth}:3000"), server.to_string());
    }
    set("listen 443 ssl;", format!("listen 127.0.0.1:{port} ssl;\nlisten 127.0.0.1:{};", port + 1));
    set("/etc/ssl/claudebench.crt", "server.crt".into());
    set("/etc/ssl/claudebench.key", "server.key".into());
    text
}

struct Balanced {
    servers: Vec<Process>,
    nginx: Nginx,
    authority: Authority,
    database: Arc<Database>,
}

const SETTINGS: [(&str, &str); 4] = [
    ("CLAUDEBENCH_HOSTS", NAME),
    ("CLAUDEBENCH_PROXIES", "127.0.0.1"),
    ("CLAUDEBENCH_STOP_DRAIN_MS", "2000"),
    // Where clients are seen.
    ("CLAUDEBENCH_LOG_LEVEL", "info,claudebench=debug"),
];

impl Balanced {
    async fn start() -> Self {
        Self::with(configuration).await
    }

    async fn with(configuration: impl Fn(&[SocketAddr], u16) -> String + Send + 'static) -> Self {
        let database = database().await;
        let mut servers = Vec::new();
        for _ in 0..3 {
            servers.push(Process::start_with(&database, &[], &SETTINGS).await);
        }
        let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
        let authority = Authority::default();
        let nginx = Nginx::start(authority.sign(NAME), move |port| configuration(&addresses, port));
        Self { servers, nginx: nginx.await, authority, database }
    }

    /// Where it listens without TLS.
    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.nginx.port() + 1))
    }

    /// What somebody hears over TLS, who knows nginx by its certificate.
    async fn over_tls(&self, request: String) -> String {
        let mut client = Command::new("openssl")
            .args(["s_client", "-quiet", "-verify_return_error", "-servername", NAME])
            .args(["-verify_hostname", NAME, "-CAfile", self.authority.file().to_str().unwrap()])
            .arg("-connect")
            .arg(format!("127.0.0.1:{}", self.nginx.port()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(client.stdin.as_mut().unwrap(), request.as_bytes()).unwrap();
        let output = tokio::task::spawn_blocking(move || client.wait_with_output().unwrap());
        String::from_utf8(output.await.unwrap().stdout).unwrap()
    }

    /// What all servers have logged.
    fn logs(&self) -> String {
        self.servers.iter().map(Process::log).collect()
    }
}

async fn send(
    address: SocketAddr,
    verb: &str,
    path: &str,
    key: Option<&str>,
    body: &Value,
) -> Answer {
    let mut headers = vec![("Host", NAME), ("Content-Type", "application/json")];
    headers.extend(key.map(|key| ("Idempotency-Key", key)));
    send_to(address, verb, path, &headers, body.to_string().as_bytes()).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_that_die_and_stop_cost_no_call_that_may_be_repeated() {
    let balanced = Balanced::start().await;
    let address = balanced.address();
    let (going, made) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU32::new(0)));
    let callers = (0..6).map(|caller| {
        let (going, made) = (going.clone(), made.clone());
        tokio::spawn(async move {
            let mut number = 0;
            while going.load(Ordering::Relaxed) {
                let (key, task) = (format!("{caller}-{number}"), json!({ "text": "once" }));
                let answer = send(address, "POST", "/task/create", Some(&key), &task).await;
                assert_eq!(answer.status, 200, "{}\n{}", answer.head, answer.json());
                let read = send(address, "GET", "/api/tasks?limit=1", None, &json!({})).await;
                assert_eq!(read.status, 200, "{}\n{}", read.head, read.json());
                made.fetch_add(1, Ordering::Relaxed);
                number += 1;
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    let more = async |count: u32| {
        let before = made.load(Ordering::Relaxed);
        until("calls go on", async || {
            let failed = callers.iter().any(tokio::task::JoinHandle::is_finished);
            failed || made.load(Ordering::Relaxed) > before + count
        })
        .await;
    };
    more(30).await;
    let Balanced { mut servers, nginx, authority: _authority, database } = balanced;
    servers.remove(0).kill();
    more(60).await;
    servers[0].signal(Signal::TERM);
    more(60).await;
    servers[0].ended().await;
    more(60).await;
    going.store(false, Ordering::Relaxed);
    for caller in callers {
        let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
        assert!(caller.await.is_ok(), "{addresses:?} {}\n{}", servers[1].log(), nginx.log());
    }
    let stats = servers[1].call("task.stats", json!({})).await;
    assert_eq!(stats["total"], made.load(Ordering::Relaxed), "each once");
    drop(database);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sockets_streams_and_waiting_claims_go_through_and_go_on_elsewhere() {
    let mut balanced = Balanced::start().await;
    let address = balanced.address();
    let open = async |since: Option<&str>| {
        let mut socket = Socket::at(address, &[("host", NAME)]).await;
        let mut wanted = json!({ "action": "subscribe", "events": ["task.created"] });
        if let Some(since) = since {
            wanted["since"] = json!(since);
        }
        socket.say(wanted).await;
        socket.hear_until(|said| said["type"] == "subscribed").await;
        socket
    };
    let make = async |text: &str| {
        let answer =
            send(address, "POST", "/task/create", Some(text), &json!({ "text": text })).await;
        assert_eq!(answer.status, 200, "{}", answer.json());
    };
    let mut socket = open(None).await;
    make("first").await;
    let first = socket.hear_until(|said| said["type"] == "event").await;
    let cursor = first["id"].as_str().unwrap().to_owned();
    // Whichever of the two serves it, it has to go on at another one.
    let backup = balanced.servers.pop().unwrap();
    for server in balanced.servers.drain(..) {
        server.kill();
    }
    make("second").await;
    drop(socket);
    let mut socket = open(Some(&cursor)).await;
    make("third").await;
    for text in ["second", "third"] {
        let event = socket.hear_until(|said| said["type"] == "event").await;
        assert_eq!(event["data"]["payload"]["text"], text, "nothing is missed: {event}");
    }

    let register = json!({ "id": "w", "roles": [] });
    assert_eq!(send(address, "POST", "/system/register", Some("w"), &register).await.status, 200);
    for _ in 0..3 {
        backup.call("task.claim", json!({ "workerId": "w" })).await;
    }
    let claim = json!({ "workerId": "w", "waitMs": 20_000 });
    let waiting =
        tokio::spawn(
            async move { send(address, "POST", "/task/claim", None, &claim).await.json() },
        );
    let in_flight = async || {
        let text = send_to(backup.address, "GET", "/metrics", &[], b"").await.body;
        String::from_utf8(text).unwrap().contains("claudebench_http_requests_in_flight 2\n")
    };
    until("it waits", in_flight).await;
    make("fourth").await;
    assert_eq!(waiting.await.unwrap()["data"]["task"]["text"], "fourth");
}

#[tokio::test]
async fn a_call_that_may_have_been_done_is_not_made_again() {
    let (asked, mut listeners) = (Arc::new(AtomicU32::new(0)), Vec::new());
    for _ in 0..3 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listeners.push(listener.local_addr().unwrap());
        let asked = asked.clone();
        // Takes a request, and dies.
        tokio::spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let mut some = [0; 4_096];
                if tokio::io::AsyncReadExt::read(&mut client, &mut some).await.is_ok_and(|n| n > 0)
                {
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
    }
    let authority = Authority::default();
    let configuration =
        move |port| configuration(&listeners, port).replace("max_fails=2", "max_fails=0");
    let nginx = Nginx::start(authority.sign(NAME), configuration).await;
    let address = SocketAddr::from(([127, 0, 0, 1], nginx.port() + 1));
    for verb in ["POST", "PUT", "PATCH", "DELETE"] {
        for (key, most) in [(None, 1), (Some("key"), 3)] {
            asked.store(0, Ordering::Relaxed);
            let answer = send(address, verb, "/api/tasks/t-1", key, &json!({})).await;
            let times = asked.load(Ordering::Relaxed);
            assert_eq!(answer.status, 502, "{verb}");
            assert!(
                times == 1 || (1..=most).contains(&times),
                "{verb} with {key:?}: {times} times"
            );
            assert!(key.is_none() || times > 1, "{verb} with a key was asked {times} times");
        }
    }
}

#[tokio::test]
async fn over_tls_nginx_says_who_it_is_and_how_its_client_came() {
    let balanced = Balanced::start().await;
    let get = |path: &str, header: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{header}\r\n")
    };
    let said = balanced.over_tls(get("/readyz", "")).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("ready"), "{said}");
    // The page of somebody between is no page of ours, whatever the client says of its way.
    for (scheme, status) in [("https", 200), ("http", 403)] {
        let header = format!("Origin: {scheme}://{NAME}\r\nX-Forwarded-Proto: http\r\n");
        let said = balanced.over_tls(get("/api/tasks", &header)).await;
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{scheme}: {said}");
    }
}

/// A connection from an address of the loopback.
async fn connect_from(source: [u8; 4], address: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((source, 0))).unwrap();
    socket.connect(address).await.unwrap()
}

/// Asks from there for the tasks; the head of the answer.
async fn tasks_from(source: [u8; 4], address: SocketAddr, header: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = connect_from(source, address).await;
    let request =
        format!("GET /api/tasks HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn servers_know_the_client_whatever_it_says_of_itself() {
    let balanced = Balanced::start().await;
    let address = balanced.address();
    let invented = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-For: 203.0.113.8\r\n\
                    Forwarded: for=203.0.113.7\r\nX-Real-IP: 203.0.113.6\r\n";
    let said = tasks_from([127, 0, 0, 2], address, invented).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let seen = r#""client":"127.0.0.2""#;
    until("it is in a log", async || balanced.logs().contains(seen)).await;

    let stream = connect_from([127, 0, 0, 3], address).await;
    let headers = [("host", NAME), ("x-forwarded-for", "203.0.113.9")];
    let socket = Socket::over(stream, &headers).await;
    let mut addresses = Vec::new();
    for server in &balanced.servers {
        let stats = send_to(server.address, "GET", "/ws/stats", &[], b"").await.json();
        let clients = stats["clients"].as_array().unwrap().iter();
        addresses.extend(clients.map(|client| client["metadata"]["address"].clone()));
    }
    assert_eq!(addresses, ["127.0.0.3"]);
    drop(socket);
    assert!(!balanced.logs().contains("203.0.113."), "{}", balanced.logs());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_chain_of_proxies_those_that_are_believed_are_passed_over() {
    // nginx adds whom it sees to what it was told, as one behind another proxy does.
    let balanced = Balanced::with(|servers, port| {
        let (from, to) =
            ("X-Forwarded-For $remote_addr", "X-Forwarded-For $proxy_add_x_forwarded_for");
        let text = configuration(servers, port);
        assert!(text.contains(from));
        text.replace(from, to)
    })
    .await;
    let address = balanced.address();
    let header = "X-Forwarded-For: 127.0.0.1, 203.0.113.9\r\n";
    // One proxy asks for another machine, which needs a key.
    let said = tasks_from([127, 0, 0, 1], address, header).await;
    assert!(said.starts_with("HTTP/1.1 401") && said.contains("from 203.0.113.9"), "{said}");
    // Who is none cannot invent anybody.
    let said = tasks_from([127, 0, 0, 2], address, header).await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    let seen = r#""client":"127.0.0.2""#;
    until("it is in a log", async || balanced.logs().contains(seen)).await;
}
