//! Answers that are lost on the way: what was claimed is worked on, what was told is told once.

use claudebench_testkit::proxy::{Fault, Proxy};
use serde_json::json;

use super::*;

/// A worker whose way to the server goes through a proxy.
async fn behind(server: &Server, args: &[&str]) -> (Proxy, Worker) {
    let proxy = Proxy::before(port(server)).await;
    let url = format!("http://127.0.0.1:{}", proxy.port());
    (proxy, Worker::start(&url, args))
}

/// Nothing of what the server has answered came, and the connections are gone; then all is well.
fn lose_answers(server: &Server, worker: &Worker, proxy: &Proxy) {
    // Nobody listens there.
    proxy.lead_to(9);
    worker.says("it is tried again");
    proxy.lead_to(port(server));
    proxy.set(Fault::None);
}

fn port(server: &Server) -> u16 {
    server.url.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_claim_whose_answer_was_lost_is_repeated_and_gets_the_same_task() {
    let server = Server::start();
    let (proxy, mut worker) = behind(&server, &["--exec", "echo done", "--once"]).await;
    worker.says("\"ready\"");
    // What it asks arrives, whether it has asked by now or not.
    proxy.set(Fault::Mute);
    let id = add(&server, "x", &[]);
    becomes(&server, &id, "in_progress");
    lose_answers(&server, &worker, &proxy);
    assert_eq!(worker.code(), Some(0), "{}", worker.log());
    let shown = show(&server, &id);
    assert_eq!((&shown["status"], &shown["attempt"]), (&json!("completed"), &json!(1)));
    assert_eq!((&shown["losses"], count(&server, &id, "task.claimed")), (&json!(0), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_whose_answer_was_lost_is_repeated_and_counts_once() {
    let server = Server::start();
    let command = r#"touch "$DIR/begun"; while [ ! -e "$DIR/go" ]; do sleep 0.02; done; echo 42"#;
    let (proxy, mut worker) = behind(&server, &["--exec", command, "--once"]).await;
    let id = add(&server, "x", &[]);
    worker.sees("begun");
    proxy.set(Fault::Mute);
    fs::write(worker.path("go"), "").unwrap();
    becomes(&server, &id, "completed");
    lose_answers(&server, &worker, &proxy);
    assert_eq!(worker.code(), Some(0), "{}", worker.log());
    assert_eq!(show(&server, &id)["result"], 42);
    assert_eq!(count(&server, &id, "task.completed"), 1);
}
