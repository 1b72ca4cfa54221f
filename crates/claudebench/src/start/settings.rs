//! The configuration in force, for who asks the server.

use std::sync::Arc;

use claudebench_services::json::Json;
use claudebench_services::system::{SettingFound, SettingOrigin};

use crate::config::{Config, Origin, Shown};

/// What `claudebench config show` would show of this server.
pub(super) fn in_force(config: &Config) -> Arc<[SettingFound]> {
    config.in_force.iter().map(found).collect()
}

fn found(setting: &Shown) -> SettingFound {
    let origin = match setting.origin {
        Origin::Default => SettingOrigin::Default,
        Origin::File(..) => SettingOrigin::File,
        Origin::Variable(_) => SettingOrigin::Environment,
        Origin::Flag(_) => SettingOrigin::CommandLine,
    };
    let is_set = setting.origin != Origin::Default;
    SettingFound {
        name: setting.key.clone(),
        value: Json::of(&setting.value),
        hidden: setting.hidden,
        origin,
        place: is_set.then(|| setting.origin.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_setting_is_shown_with_its_origin_and_no_secret() {
        let file = tempfile::Builder::new().suffix(".toml").tempfile().unwrap();
        std::fs::write(file.path(), "[limits]\nbatch = 50\n").unwrap();
        let url = "postgres://bench:hunter2@db/bench";
        let variables = vec![("CLAUDEBENCH_STORE_URL".to_owned(), url.to_owned())];
        let flags = vec![("data", "elsewhere".into())];
        let loaded = Config::from_layers(Some(file.path().to_owned()), variables, flags).unwrap();
        let all = in_force(&loaded.config);
        assert_eq!(all.len(), loaded.settings.len());
        let text = serde_json::to_string(&*all).unwrap();
        assert!(!text.contains("hunter2") && !format!("{:?}", loaded.config).contains("hunter2"));
        let of = |name: &str| json!(all.iter().find(|setting| setting.name == name).unwrap());
        let place = format!("{}:2", file.path().display());
        for (name, value, hidden, origin, place) in [
            ("limits.batch", json!(50), false, "file", json!(place)),
            (
                "store.url",
                json!("postgres://bench:***@db/bench"),
                true,
                "environment",
                json!("CLAUDEBENCH_STORE_URL"),
            ),
            ("data", json!("elsewhere"), false, "command_line", json!("--data")),
            ("store.pooler", json!(false), false, "default", json!(null)),
        ] {
            let found = of(name);
            assert_eq!((&found["value"], &found["hidden"]), (&value, &json!(hidden)), "{name}");
            assert_eq!((&found["origin"], &found["place"]), (&json!(origin), &place), "{name}");
        }
    }
}
