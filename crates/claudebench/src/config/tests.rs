//! Layers, and what is said about mistakes in them.

use super::*;

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Loaded, ConfigError> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("claudebench.toml");
    std::fs::write(&path, file).unwrap();
    let variables =
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Config::from_layers(Some(path), variables, Vec::new())
}

fn mistake(file: &str, variables: &[(&str, &str)]) -> String {
    load(file, variables).unwrap_err().to_string()
}

#[test]
fn the_defaults_are_a_configuration() {
    let loaded = Config::from_layers(None, Vec::new(), Vec::new()).unwrap();
    assert_eq!(loaded.config.listen, ["127.0.0.1:3000"]);
    assert!(loaded.settings.iter().all(|setting| setting.origin == Origin::Default));
}

#[test]
fn flags_lie_over_variables_over_the_file_over_defaults() {
    let file = "data = \"a\"\n[limits]\nbatch = 7\ndepth = 8\n";
    let loaded =
        load(file, &[("CLAUDEBENCH_LIMITS_DEPTH", "9"), ("CLAUDEBENCH_URL", "http://x")]).unwrap();
    assert_eq!((loaded.config.limits.batch, loaded.config.limits.depth), (7, 9));
    let origin = |key: &str| {
        let setting = loaded.settings.iter().find(|setting| setting.key == key);
        setting.map(|setting| setting.origin.to_string()).unwrap_or_default()
    };
    assert!(origin("limits.batch").ends_with("claudebench.toml:3"));
    assert_eq!(origin("limits.depth"), "CLAUDEBENCH_LIMITS_DEPTH");
    let flags = vec![("data", toml::Value::String("b".into()))];
    let loaded = Config::from_layers(None, Vec::new(), flags).unwrap();
    assert_eq!(loaded.config.data, Path::new("b"));
}

#[test]
fn mistakes_are_named_with_their_place() {
    let said = mistake("[limits]\nbacth = 7\n", &[]);
    assert!(
        said.ends_with(
            "claudebench.toml:2: limits.bacth: there is no such setting; is `limits.batch` meant?"
        ),
        "{said}"
    );
    let said = mistake("\n[limits]\nbatch = \"many\"\n", &[]);
    assert!(said.contains(":3: limits.batch: expected integer, got string"), "{said}");
    let said = mistake("x = [", &[]);
    assert!(said.contains("claudebench.toml:1: "), "{said}");
    let said = mistake("", &[("CLAUDEBENCH_LIMITS_BATCH", "x")]);
    assert_eq!(said, "CLAUDEBENCH_LIMITS_BATCH: limits.batch: expected an integer, got `x`");
    let said = mistake("[auth]\nrequired = \"never\"\n", &[]);
    assert!(said.contains("auth.required"), "{said}");
    let said = mistake("[store]\nurl = \"postgres://u:secret@x\"\n", &[]);
    assert!(said.contains(":2: store.url: ") && said.contains("names no database"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    let said = mistake("[store]\nurl = [[\"postgres://u:secret@x\"]]\n", &[]);
    assert!(said.contains(":2: store.url: expected string") && !said.contains("secret"), "{said}");
    let said = mistake("", &[("CLAUDEBENCH_STORE_POOLER", "maybe")]);
    assert!(said.ends_with("store.pooler: expected true or false, got `maybe`"), "{said}");
}

#[test]
fn a_name_that_resembles_none_gets_no_suggestion() {
    for far in ["x = 1\n", "port = 1\n", "[a]\nb = 1\n"] {
        let said = mistake(far, &[]);
        assert!(
            said.ends_with("there is no such setting; `claudebench config show` lists all"),
            "{said}"
        );
    }
}

#[test]
fn every_number_has_bounds_and_its_default_is_within() {
    let loaded = Config::from_layers(None, Vec::new(), Vec::new()).unwrap();
    let numbers = loaded.settings.iter().filter(|setting| setting.value.is_integer());
    let numbers: Vec<&str> = numbers.map(|setting| setting.key.as_str()).collect();
    let mut bounds: Vec<&str> = check::BOUNDS.iter().map(|(key, _)| *key).collect();
    bounds.sort_unstable();
    assert_eq!(numbers, bounds);
}

#[test]
fn what_a_server_cannot_use_is_named_with_its_place() {
    for (setting, what) in [
        ("listen = [\"foo\"]", "listen: expected HOST:PORT or unix:PATH, got `foo`"),
        (
            "listen = \"127.0.0.1:99999\"",
            "listen: `99999` in `127.0.0.1:99999` is no port: expected 0 to 65535",
        ),
        (
            "listen = \":3999\"",
            "listen: `:3999` names no host: 127.0.0.1:3999 is for this machine alone",
        ),
        ("listen = \"a b:1\"", "listen: `a b` in `a b:1` is no host"),
        ("listen = [7]", "listen: expected texts, got integer `7`"),
        ("listen = []", "listen: expected at least one address"),
        ("data = \"\"", "data: expected the path of a directory"),
        ("hosts = [\"http://a:80\"]", "hosts: expected a name alone"),
        ("origins = [\"board.example.org\"]", "origins: expected a scheme, a host and no path"),
        ("proxies = [\"10.0.0.1/8\"]", "proxies: `10.0.0.1/8` begins at 10.0.0.0: write"),
        ("proxies = [\"nginx\"]", "proxies: expected an address such as 10.0.0.9, a range"),
        (
            "log.level = \"=====garbage\"",
            "log.level: expected off, error, warn, info, debug, trace",
        ),
        ("log.level = \"loud\"", "log.level: expected off, error, warn, info, debug, trace"),
        ("log.format = \"xml\"", "log.format: unknown variant `xml`"),
        ("client.url = \"ftp://x\"", "client.url: `ftp://x` is no address"),
        ("limits.request_ms = 0", "limits.request_ms: expected 1 to 86400000, got 0"),
        ("limits.header_ms = 0", "limits.header_ms: expected 1 to 86400000, got 0"),
        ("limits.batch = -1", "limits.batch: expected 1 to 10000, got -1"),
        ("tasks.aging_step_ms = -5", "tasks.aging_step_ms: expected 0 to"),
        ("stop.grace_ms = 12345678901234567", "stop.grace_ms: expected 0 to 86400000"),
    ] {
        let said = mistake(setting, &[]);
        assert!(said.contains(&format!("claudebench.toml:1: {what}")), "{said}");
    }
    let long = format!("unix:/{}", "x".repeat(107));
    let said = mistake("", &[("CLAUDEBENCH_LISTEN", &long)]);
    assert!(
        said.starts_with("CLAUDEBENCH_LISTEN: listen: the path of a socket has at most 107 bytes"),
        "{said}"
    );
    let said = mistake("", &[("CLAUDEBENCH_URL", "http://ada:hunter2@bench:3000")]);
    assert!(
        said.starts_with("CLAUDEBENCH_URL: client.url: ") && !said.contains("hunter2"),
        "{said}"
    );
}

#[test]
fn what_a_server_can_use_is_right() {
    for setting in [
        "listen = [\"[::1]:0\", \"bench.example:80\", \"unix:/run/s\"]",
        "hosts = [\"board.example\", \"::1\", \"10.0.0.1\"]",
        "origins = [\"https://board.example.org\", \"http://localhost:8080\"]",
        "proxies = [\"10.0.0.9\", \"10.0.0.0/8\", \"fd00::/8\", \"::1\", \"unix:\"]",
        "log.level = \"info,claudebench=debug,hyper::proto=off\"",
        "log.level = \"OFF\"",
        "client.url = \"unix:/run/s\"",
        "stop.grace_ms = 0",
    ] {
        load(setting, &[]).unwrap();
    }
}

#[test]
fn a_password_comes_from_the_environment_or_a_file_and_from_no_flag() {
    let url = "postgres://ada:secret@db/tasks";
    let loaded = load("", &[("CLAUDEBENCH_STORE_URL", url)]).unwrap();
    assert!(loaded.config.database().unwrap().is_some());
    assert!(!format!("{:?}", loaded.config).contains("secret"));
    let flag = |url: &str| {
        let said = Config::from_layers(None, Vec::new(), vec![("store.url", url.into())]);
        said.map(drop).map_err(|error| error.to_string())
    };
    flag("postgres://ada@db/tasks").unwrap();
    let said = flag(url).unwrap_err();
    assert!(said.starts_with("--store: store.url: other users") && !said.contains("secret"));
    let both = "[store]\nurl = \"postgres://db/tasks\"\nurl_file = \"x\"\n";
    let said = mistake(both, &[]);
    assert!(said.contains(":2: store.url: `store.url_file` names a database, too"), "{said}");
}

#[test]
fn the_short_variables_of_the_command_line_are_settings() {
    let variables = [
        ("CLAUDEBENCH_CLIENT_URL", "http://long"),
        ("CLAUDEBENCH_URL", "http://short"),
        ("CLAUDEBENCH_KEY_FILE", ""),
    ];
    let loaded = load("client.key_file = \"key\"\n", &variables).unwrap();
    assert_eq!(loaded.config.client.url, "http://short");
    assert_eq!(loaded.config.client.key_file, Path::new("key"));
    let flags = vec![("client.url", toml::Value::from("http://flag"))];
    let loaded = Config::from_layers(None, Vec::new(), flags).unwrap();
    let url = loaded.settings.iter().find(|setting| setting.key == "client.url").unwrap();
    assert_eq!(url.origin.to_string(), "--url");
}

#[test]
fn several_processes_need_what_they_can_share() {
    let said = mistake("[workers]\ncount = 2\n", &[]);
    assert!(said.contains(":2: workers.count: ") && said.contains("[store] url"), "{said}");
    let database = "[store]\nurl = \"postgres://u@h/d\"\n[workers]\n";
    let good = |rest: &str| load(&format!("{database}{rest}"), &[]).is_ok();
    assert!(good("count = 4\nmax_requests = 9\nlisten = \"127.0.0.1:9400\"\n"));
    assert!(!good("count = 1\nmax_requests = 9\n"));
    assert!(!good("count = 4\nlisten = \"127.0.0.1:65533\"\n"));
    assert!(!good("count = 4\nlisten = \"unix:/s\"\n"));
    let config = load(&format!("{database}count = 3\n"), &[]).unwrap().config;
    let readers = config.database().unwrap().unwrap().readers;
    assert_eq!(readers, 30 / 3 - 6, "each has its share");
}
