//! TLS to a real server: what each `sslmode` takes, and what it says no to.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use claudebench_testkit::postgres::{Authority, Options, Postgres};

use super::PostgresOptions;
use crate::postgres::connect::connect;

const IN_USE: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

/// Whether a connection by a URL is safe, or why there is none.
async fn safe(url: &str) -> Result<bool, String> {
    let options = PostgresOptions { connect_ms: 2_000, ..PostgresOptions::new(url) };
    let target = options.config().map_err(|error| error.to_string())?;
    let client = connect(&target).await.map_err(|error| error.to_string())?;
    Ok(client.query_one(IN_USE, &[]).await.unwrap().get(0))
}

#[tokio::test]
async fn a_server_must_prove_what_the_url_asks_for() {
    let (ours, other) = (Authority::default(), Authority::default());
    let server = Postgres::start(Options::fast().with_tls(ours.sign("localhost"))).await;
    let by_number = server.url("postgres");
    let by_name = by_number.replace("127.0.0.1", "localhost");
    let signed_by = |who: &Authority| format!("&sslrootcert={}", who.file().display());

    assert_eq!(safe(&by_number).await, Ok(true), "the default takes what there is");
    assert_eq!(safe(&format!("{by_number}?sslmode=disable")).await, Ok(false));
    assert_eq!(safe(&format!("{by_number}?sslmode=require")).await, Ok(true));

    let full = format!("{by_name}?sslmode=verify-full{}", signed_by(&ours));
    assert_eq!(safe(&full).await, Ok(true));
    let wrong_name = format!("{by_number}?sslmode=verify-full{}", signed_by(&ours));
    let said = safe(&wrong_name).await.unwrap_err();
    assert!(said.contains("127.0.0.1") && said.contains("sslmode=verify-ca"), "{said}");
    let chain = format!("{by_number}?sslmode=verify-ca{}", signed_by(&ours));
    assert_eq!(safe(&chain).await, Ok(true));

    for mode in ["require", "verify-ca", "verify-full"] {
        let foreign = format!("{by_name}?sslmode={mode}{}", signed_by(&other));
        let said = safe(&foreign).await.unwrap_err();
        assert!(said.contains("nobody who is trusted: name who signed"), "{mode}: {said}");
    }
    let unnamed = safe(&format!("{by_name}?sslmode=verify-full")).await.unwrap_err();
    // By those whom this machine trusts, or it trusts nobody.
    assert!(unnamed.contains("sslrootcert"), "{unnamed}");

    // Reads and what calls them off go the same way.
    let store = super::open(PostgresOptions::new(&*full)).await;
    let snapshot = store.quick.snapshot().await.unwrap();
    let found = snapshot.query(IN_USE, &[]).await;
    let found: bool = snapshot.end(found).unwrap()[0].get(0);
    assert!(found);
}

#[tokio::test]
async fn a_server_may_ask_for_our_certificate() {
    let (ours, other) = (Authority::default(), Authority::default());
    let options = Options::fast().with_tls(ours.sign("localhost")).with_clients_of(&ours);
    let server = Postgres::start(options).await;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str, mode: u32| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        path.display().to_string()
    };
    let by = |certificate: &str, key: &str| {
        let url = server.url("postgres");
        format!("{url}?sslmode=require&sslcert={certificate}&sslkey={key}")
    };
    let own = ours.sign("postgres");
    let (certificate, key) = (write("crt", own.chain(), 0o644), write("key", own.key(), 0o600));
    assert_eq!(safe(&by(&certificate, &key)).await, Ok(true));
    let none = format!("{}?sslmode=require", server.url("postgres"));
    assert!(safe(&none).await.is_err(), "a password is not enough");

    let open = write("open", own.key(), 0o644);
    let said = safe(&by(&certificate, &open)).await.unwrap_err();
    assert!(said.contains("`sslkey`") && said.contains("chmod 600"), "{said}");
    let said = safe(&by(&certificate, &write("no-key", own.chain(), 0o600))).await.unwrap_err();
    assert!(said.contains("`sslkey`") && said.contains("no private key"), "{said}");
    let said = safe(&by("/no/such", &key)).await.unwrap_err();
    assert!(said.contains("`sslcert`, /no/such"), "{said}");
    let foreign = other.sign("postgres");
    let strange = write("strange", foreign.key(), 0o600);
    let said = safe(&by(&certificate, &strange)).await.unwrap_err();
    assert!(said.contains("is `sslkey` its key?"), "{said}");
    let foreign = write("foreign", foreign.chain(), 0o644);
    assert!(safe(&by(&foreign, &strange)).await.is_err(), "signed by nobody whom it trusts");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_it_is_asked_for() {
    let server = Postgres::shared().await;
    assert_eq!(safe(&server.url("postgres")).await, Ok(false));
    let said = safe(&format!("{}?sslmode=require", server.url("postgres"))).await.unwrap_err();
    assert!(said.contains("does not support TLS") && said.contains("turn `ssl` on"), "{said}");
}
