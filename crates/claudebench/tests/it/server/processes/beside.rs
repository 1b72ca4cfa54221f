//! A server goes on while a later version brings the database up to date and serves beside it.

use std::path::Path;

use claudebench_store::postgres::{MIGRATIONS, Migration, PostgresOptions, bring_up_to_date};
use claudebench_testkit::postgres::later;
use serde_json::json;

use super::crowd::Crowd;
use super::{Process, database, program, program_of};

/// What this version knows, and what one to come will add.
fn grown(further: Vec<Migration>) -> &'static [Migration] {
    Box::leak([MIGRATIONS, &further].concat().into_boxed_slice())
}

/// Work from its making to its end, over the other server.
async fn works(server: &Process) {
    server.call("system.register", json!({ "id": "other", "roles": ["worker"] })).await;
    for _ in 0..20 {
        let task = json!({ "text": "elsewhere", "project": "other" });
        let made = server.call("task.create", task).await;
        let claim = json!({ "workerId": "other", "project": "other" });
        let claimed = server.call("task.claim", claim).await;
        assert_eq!(claimed["tasks"][0]["id"], made["id"], "{claimed}");
        let done = json!({ "taskId": made["id"], "fence": claimed["tasks"][0]["lease"]["fence"] });
        server.call("task.complete", done).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_notices_that_the_schema_grows_and_one_that_cannot_be_used_is_refused_by_name() {
    let database = database().await;
    let older = Process::start(&database, &[]).await;
    let mut crowd = Crowd::gather(older.address).await;
    crowd.goes_on().await;
    let options = PostgresOptions::new(database.url());
    let further = later();
    let count = further.len();
    let done = bring_up_to_date(&options, grown(further)).await.unwrap();
    assert_eq!(done.len(), count);
    assert!(done.iter().all(|step| step.beside == Some(true)), "{done:?}");
    assert!(crowd.is_well(), "somebody noticed: {}", older.log());
    crowd.goes_on().await;
    let newer = Process::start(&database, &[]).await;
    works(&newer).await;
    works(&older).await;
    crowd.goes_on().await;
    assert!(!older.log().contains("ERROR"), "{}", older.log());
    crowd.leave().await;

    // A step that takes something away.
    let mut further = later();
    let version = further.last().unwrap().version + 1;
    further.push(Migration { version, name: "less", needs: version, text: "" });
    let done = bring_up_to_date(&options, grown(further)).await.unwrap();
    assert_eq!(done.last().unwrap().beside, Some(false));
    let (mut command, folder) = program(&database.url(), &[]);
    let mut child = command.spawn().unwrap();
    // It would stop with it.
    let _stdin = child.stdin.take();
    let ended = tokio::task::spawn_blocking(move || child.wait()).await.unwrap().unwrap();
    let said = std::fs::read_to_string(folder.path().join("log")).unwrap();
    assert_eq!(ended.code(), Some(1), "{said}");
    let found = format!("made by a newer ClaudeBench (format {version},");
    assert!(said.contains(&found), "{said}");
}

/// Run by `make beside`, which names the program of the release before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the program of the release before"]
async fn the_release_before_goes_on_beside_this_one() {
    let path = std::env::args().skip(1).find(|argument| argument.starts_with('/'));
    let path = path.expect("the path of its program, as an argument: make beside PREVIOUS=/path");
    let database = database().await;
    let (command, folder) = program_of(Path::new(&path), &database.url(), &[]);
    let older = Process::begun(&database, command, folder).await;
    let mut crowd = Crowd::gather(older.address).await;
    crowd.goes_on().await;
    let newer = Process::start(&database, &[]).await;
    for server in [&newer, &older, &newer] {
        works(server).await;
        crowd.goes_on().await;
    }
    assert!(!older.log().contains("ERROR"), "{}", older.log());
    crowd.leave().await;
}
