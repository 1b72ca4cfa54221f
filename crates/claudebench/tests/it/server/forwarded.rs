//! Who is taken for the client of a request: whoever connects, or whoever a believed proxy names.

use claudebench_core::Scope;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::ws::Socket;
use super::{Answer, Server};

async fn believing(proxies: &[&str]) -> Server {
    let proxies: Vec<toml::Value> = proxies.iter().map(|text| (*text).into()).collect();
    Server::with(&[("proxies", toml::Value::Array(proxies))], TempDir::new().unwrap()).await
}

/// A key that may do all.
async fn key(server: &Server) -> String {
    let made = json!({ "name": "all", "scopes": Scope::ALL.map(|scope| scope.name()) });
    server.call("key.create", made).await["key"].as_str().unwrap().to_owned()
}

const UPGRADE: [(&str, &str); 4] = [
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Version", "13"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
];

/// Every way in which something is asked, each with what else it needs.
async fn every_way(server: &Server, headers: &[(&str, &str)]) -> Vec<Answer> {
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "system.health", "params": {} });
    let call = call.to_string();
    let accepts = ("Accept", "application/json, text/event-stream");
    let with = |more: &[(&'static str, &'static str)]| {
        let mut all: Vec<(&str, &str)> = headers.to_vec();
        all.extend(more.iter().copied());
        all
    };
    vec![
        server.send("POST", "/system/health", headers, b"{}").await,
        server.send("GET", "/api/tasks", headers, b"").await,
        server.send("POST", "/rpc", headers, call.as_bytes()).await,
        server.send("POST", "/mcp", &with(&[accepts]), call.as_bytes()).await,
        server.send("GET", "/ws", &with(&UPGRADE), b"").await,
        server.send("GET", "/events", headers, b"").await,
        server.send("GET", "/ws/stats", headers, b"").await,
        server.send("GET", "/metrics", headers, b"").await,
        server.send("GET", "/auth/session", headers, b"").await,
    ]
}

/// Refused on every way, each with what is said.
async fn refused(server: &Server, headers: &[(&str, &str)], status: u16, said: &str) {
    for (nth, answer) in every_way(server, headers).await.into_iter().enumerate() {
        let text = String::from_utf8_lossy(&answer.body).into_owned();
        // JSON-RPC says so within.
        let expected = if nth == 2 { 200 } else { status };
        assert_eq!(answer.status, expected, "{nth} {headers:?}: {text}");
        assert!(text.contains(said), "{nth} {headers:?}: {text}");
    }
    for open in ["/healthz", "/readyz"] {
        assert_eq!(server.send("GET", open, headers, b"").await.status, 200, "{open}");
    }
}

#[tokio::test]
async fn who_comes_through_a_proxy_is_nobody_at_this_machine() {
    let server = Server::start().await;
    let key = key(&server).await;
    for header in ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"] {
        for value in ["203.0.113.5", "127.0.0.1"] {
            let said = format!("the header {header} tells of a proxy");
            refused(&server, &[(header, value)], 401, &said).await;
        }
    }
    let through = [("X-Forwarded-For", "127.0.0.1"), ("X-API-Key", key.as_str())];
    let answer = server.send("POST", "/system/health", &through, b"{}").await;
    assert_eq!(answer.status, 200, "with a key anybody may come");
    assert_eq!(server.send("POST", "/system/health", &[], b"{}").await.status, 200);
}

#[tokio::test]
async fn who_is_elsewhere_by_the_word_of_a_proxy_needs_a_key() {
    let server = believing(&["127.0.0.1"]).await;
    let key = key(&server).await;
    let said = "you come from 203.0.113.5, and only this machine needs none";
    for value in ["203.0.113.5", "127.0.0.1, 203.0.113.5", "::1,nonsense,203.0.113.5:4711"] {
        refused(&server, &[("X-Forwarded-For", value)], 401, said).await;
    }
    let twice = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-For", "203.0.113.5")];
    refused(&server, &twice, 401, said).await;
    refused(&server, &[("X-Forwarded-Proto", "https")], 401, "does not say for whom").await;
    refused(&server, &[("X-Forwarded-For", "nobody")], 400, "`nobody` where an address").await;
    let proto = [("X-Forwarded-For", "127.0.0.1"), ("X-Forwarded-Proto", "gopher")];
    refused(&server, &proto, 400, "X-Forwarded-Proto with `gopher`").await;

    let health = async |headers: &[(&str, &str)]| {
        server.send("POST", "/system/health", headers, b"{}").await.status
    };
    assert_eq!(health(&[("X-Forwarded-For", "127.0.0.1")]).await, 200, "at this machine");
    assert_eq!(health(&[]).await, 200, "nobody stands between");
    let own = format!("https://{}", server.address);
    let page = own.replace("https", "http");
    for (scheme, origin, status) in
        [("https", &own, 200), ("https", &page, 403), ("http", &page, 200), ("http", &own, 200)]
    {
        let headers = [
            ("X-Forwarded-For", "203.0.113.5"),
            ("X-API-Key", key.as_str()),
            ("X-Forwarded-Proto", scheme),
            ("Origin", origin.as_str()),
        ];
        assert_eq!(health(&headers).await, status, "{scheme} {origin}");
    }
}

#[tokio::test]
async fn a_cookie_is_for_tls_alone_where_a_believed_proxy_saw_some() {
    for (proxies, scheme, is_secure) in
        [("127.0.0.1", "https", true), ("127.0.0.1", "http", false), ("10.0.0.9", "https", false)]
    {
        let server = believing(&[proxies]).await;
        let login = json!({ "key": key(&server).await }).to_string();
        let headers = [("X-Forwarded-For", "203.0.113.5"), ("X-Forwarded-Proto", scheme)];
        let answer = server.send("POST", "/auth/login", &headers, login.as_bytes()).await;
        let cookie = answer.header("set-cookie").unwrap();
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{proxies} {scheme}: {cookie}");
        // The session does what the key does, wherever its browser is.
        let (cookie, _) = cookie.split_once(';').unwrap();
        let headers = [headers[0], headers[1], ("Cookie", cookie)];
        let answer = server.send("GET", "/auth/session", &headers, b"").await;
        assert_eq!(answer.status, 200, "{}", answer.json());
        let cookie = answer.header("set-cookie").unwrap();
        assert_eq!(cookie.ends_with("; Secure"), is_secure, "{cookie}");
        let wrong = server.send("POST", "/auth/login", &headers, br#"{"key":"cb_1_2"}"#).await;
        assert_eq!(wrong.status, 401, "{}", wrong.json());
    }
}

#[tokio::test]
async fn the_address_of_a_socket_is_that_of_its_client() {
    for (proxies, address) in [(&["127.0.0.1"][..], "203.0.113.5"), (&["10.0.0.9"], "127.0.0.1")] {
        let server = believing(proxies).await;
        let key = key(&server).await;
        let headers = [("x-forwarded-for", "198.51.100.1, 203.0.113.5"), ("x-api-key", &key)];
        let socket = Socket::open_with(&server, &headers).await;
        let stats = server.send("GET", "/ws/stats", &[], b"").await.json();
        assert_eq!(stats["clients"][0]["metadata"]["address"], address, "{stats}");
        drop(socket);
    }
    let data = TempDir::new().unwrap();
    let path = data.path().join("s");
    let listen = [path.display()].map(|path| toml::Value::from(format!("unix:{path}")));
    let loopback = toml::Value::from("127.0.0.1:0");
    let listen = toml::Value::Array([loopback].into_iter().chain(listen).collect());
    let proxies = toml::Value::Array(vec!["unix:".into()]);
    let server = Server::with(&[("listen", listen), ("proxies", proxies)], data).await;
    let ask = async |header: &str| {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::UnixStream::connect(&path).await.unwrap();
        let head = format!(
            "GET /api/tasks HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        said
    };
    assert!(ask("").await.starts_with("HTTP/1.1 200"));
    assert!(ask("X-Forwarded-For: ::1\r\n").await.starts_with("HTTP/1.1 200"));
    let said = ask("X-Forwarded-For: 203.0.113.5\r\n").await;
    assert!(said.starts_with("HTTP/1.1 401") && said.contains("203.0.113.5"), "{said}");
    let answer = server.send("GET", "/api/tasks", &[("X-Forwarded-For", "::1")], b"").await;
    let error: Value = answer.json();
    assert_eq!((answer.status, &error["error"]["code"]), (401, &json!("unauthorized")));
}

#[tokio::test]
async fn who_logs_out_of_a_server_alone_is_out_and_the_server_goes_on() {
    let server = believing(&[]).await;
    let login = json!({ "key": key(&server).await }).to_string();
    let answer = server.send("POST", "/auth/login", &[], login.as_bytes()).await;
    let cookie = answer.header("set-cookie").unwrap();
    let token = answer.json()["csrfToken"].as_str().unwrap().to_owned();
    let headers = [("Cookie", cookie.split_once(';').unwrap().0), ("X-CSRF-Token", &*token)];
    let mut socket = Socket::open_with(&server, &headers[..1]).await;
    let out = server.send("POST", "/auth/logout", &headers, b"").await;
    assert_eq!(out.status, 204, "{}", out.head);
    let end = socket.hear_until(|said| said["closed"].is_i64()).await;
    assert_eq!(end["reason"], "the session is over");
    let who = server.send("GET", "/auth/session", &headers, b"").await;
    assert_eq!(
        (who.status, &who.json()["session"]),
        (200, &json!(false)),
        "nobody but this machine"
    );
    server.call("task.create", json!({ "text": "it still writes" })).await;
}
