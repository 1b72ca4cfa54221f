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
        load(file, &[("CLAUDEBENCH_LIMITS_DEPTH", "9"), ("CLAUDEBENCH_URL", "x")]).unwrap();
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
    let said = mistake("[store]\nurl = \"postgres://x\"\n", &[]);
    assert!(said.contains("PostgreSQL is not in this version"), "{said}");
}
