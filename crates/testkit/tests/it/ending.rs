//! Servers end when they are told to, and with the tests, however those end.

use std::io::{BufRead, BufReader, Read};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use claudebench_testkit::postgres::{End, Options, PgBouncer, Postgres, connect};
use claudebench_testkit::until;
use tempfile::TempDir;

use super::postgres::ask;
use super::processes::{alive, below};

#[tokio::test]
async fn a_committed_row_is_there_after_every_kind_of_end() {
    let server = Postgres::start(Options::durable()).await;
    let client = connect(&server.url("postgres")).await.unwrap();
    client.batch_execute("CREATE TABLE t (id int)").await.unwrap();
    let mut rows = 0;
    for end in [End::Kill, End::Immediate, End::Fast, End::Kill] {
        let client = connect(&server.url("postgres")).await.unwrap();
        client.batch_execute("INSERT INTO t VALUES (1)").await.unwrap();
        rows += 1;
        let backend = client.query_one("SELECT pg_backend_pid()", &[]).await.unwrap().get(0);
        // One that is at work does not look up when its server is gone.
        let busy = client.batch_execute(
            "DO $$ BEGIN LOOP PERFORM count(*) FROM generate_series(1, 100000); END LOOP; END $$",
        );
        let (busy, ()) = tokio::join!(busy, async {
            let watcher = connect(&server.url("postgres")).await.unwrap();
            let state = format!("SELECT state FROM pg_stat_activity WHERE pid = {backend}");
            until("it is at work", async || ask(&watcher, &state).await == "active").await;
            assert!(alive(backend));
            server.stop(end).await;
        });
        assert!(busy.is_err());
        assert!(!alive(backend), "{end:?}");
        assert!(connect(&server.url("postgres")).await.is_err(), "{end:?}");
        server.restart().await;
        let client = connect(&server.url("postgres")).await.unwrap();
        assert_eq!(ask(&client, "SELECT count(*)::text FROM t").await, rows.to_string());
    }
}

#[tokio::test]
async fn a_start_that_went_wrong_can_be_tried_again() {
    let server = Arc::new(Postgres::start(Options::fast()).await);
    server.stop(End::Fast).await;
    let somebody = TcpListener::bind(("127.0.0.1", server.port())).unwrap();
    let trying = server.clone();
    let tried = tokio::spawn(async move { trying.restart().await }).await;
    let why = tried.unwrap_err().into_panic();
    let why = why.downcast_ref::<String>().unwrap();
    assert!(why.contains("Address already in use"), "{why}");
    drop(somebody);
    server.restart().await;
    connect(&server.url("postgres")).await.unwrap();
}

#[tokio::test]
async fn nothing_is_left_of_a_dropped_server() {
    let server = Postgres::start(Options::fast()).await;
    let replica = server.replica().await;
    let bouncer = PgBouncer::before(&server, 2).await;
    let client = connect(&bouncer.url("postgres")).await.unwrap();
    client.batch_execute("SELECT 1").await.unwrap();
    let admin = connect(&server.url("postgres")).await.unwrap();
    let mut places = Vec::new();
    for server in [&server, &replica] {
        let client = connect(&server.url("postgres")).await.unwrap();
        let data = ask(&client, "SHOW data_directory").await;
        places.push(Path::new(&data).parent().unwrap().to_owned());
    }
    let pooled = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = 'postgres'";
    assert!(ask(&admin, pooled).await.parse::<u32>().unwrap() >= 2);
    assert!(places.iter().all(|place| below(place).len() >= 5));

    let ports = [server.port(), replica.port()];
    drop((bouncer, replica, server));
    for place in places {
        assert_eq!(below(&place), [""; 0]);
        assert!(!place.exists());
    }
    assert!(ports.iter().all(|port| TcpStream::connect(("127.0.0.1", *port)).is_err()));
}

#[tokio::test]
async fn nothing_is_left_of_a_killed_server() {
    let server = Postgres::start(Options::fast()).await;
    let client = connect(&server.url("postgres")).await.unwrap();
    let data = ask(&client, "SHOW data_directory").await;
    // The last but one line of this file: key and number of a piece of shared memory.
    let lock = std::fs::read_to_string(Path::new(&data).join("postmaster.pid")).unwrap();
    let number = lock.lines().nth(6).and_then(|line| line.split_whitespace().nth(1)).unwrap();
    let is_there = || {
        let all = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
        all.lines().any(|line| line.split_whitespace().nth(1) == Some(number))
    };
    assert!(is_there());
    server.stop(End::Kill).await;
    // A server that is killed cannot help it.
    assert!(is_there());
    drop(server);
    assert!(!is_there());
    assert!(!Path::new(&data).exists());
}

/// Tests in a process of their own, with all their servers below a folder.
struct Others {
    process: Child,
    folder: TempDir,
}

impl Others {
    /// Returns when their servers run.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // The servers may run under another account, which deletes its own here.
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o1777)).unwrap();
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(["ending::the_other_process", "--exact", "--ignored", "--nocapture"])
            .env("TMPDIR", folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stdout.take().unwrap());
        assert!(said.lines().any(|line| line.unwrap().ends_with(READY)), "they did not start");
        Self { process, folder }
    }

    /// How many processes their servers are.
    fn servers(&self) -> usize {
        below(self.folder.path()).len()
    }

    async fn leave_nothing(self) {
        until("all servers have gone", async || self.servers() == 0).await;
        let left = || std::fs::read_dir(self.folder.path()).unwrap().count();
        until("all folders have gone", async || left() == 0).await;
    }
}

const READY: &str = "the servers run";

#[tokio::test]
async fn servers_end_with_tests_that_are_killed() {
    let mut others = Others::start();
    assert!(others.servers() > 15, "{}", others.servers());
    others.process.kill().unwrap();
    others.process.wait().unwrap();
    others.leave_nothing().await;
}

#[tokio::test]
async fn servers_end_with_tests_that_panic() {
    let mut others = Others::start();
    assert!(others.servers() > 15, "{}", others.servers());
    drop(others.process.stdin.take());
    assert!(!others.process.wait().unwrap().success());
    others.leave_nothing().await;
}

/// Has servers of every kind, and panics when its input ends.
#[tokio::test]
#[ignore = "a process of the tests above"]
async fn the_other_process() {
    let shared = Postgres::shared().await;
    let own = Postgres::start(Options::fast()).await;
    let _replica = own.replica().await;
    let bouncer = PgBouncer::before(shared, 2).await;
    let client = connect(&bouncer.url("postgres")).await.unwrap();
    client.batch_execute("SELECT 1").await.unwrap();
    println!("{READY}");
    let _ = std::io::stdin().read(&mut [0; 1]);
    panic!("as a test does that fails");
}
