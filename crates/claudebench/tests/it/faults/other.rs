//! Two servers on one data directory.

use serde_json::json;

use super::{ask, create, missing, refused, start};

#[tokio::test]
async fn a_second_server_is_refused_and_the_first_goes_on() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let mut first = start(&data).await.unwrap();
    let target = first.target();
    let made = create(&target, 20, 10).await;
    for _ in 0..2 {
        let said = refused(&data).await;
        assert!(said.contains("another server uses the data directory"), "{said}");
    }
    assert_eq!(missing(&target, &made).await, Vec::<String>::new());
    ask(&target, "task.create", json!({"text": "goes on"})).await.unwrap();
    // A lock dies with its process: nothing is left to be cleaned up.
    first.kill().unwrap();
    let second = start(&data).await.unwrap();
    assert_eq!(missing(&second.target(), &made).await, Vec::<String>::new());
}
