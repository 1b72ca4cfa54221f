//! `[redis]`: what several servers share.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use claudebench_coordination::redis::{ConnectionInfo, RedisOptions, Servers, server, signed_in};
use serde::Deserialize;

use super::layers::{ConfigError, Origin, Setting};
use super::{Config, has_password};

/// `[redis]`
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "each is described in default.toml")]
pub struct Redis {
    pub url: String,
    pub nodes: Vec<String>,
    pub sentinels: Vec<String>,
    pub master: String,
    pub clusters: Vec<String>,
    pub user: String,
    pub password_file: PathBuf,
    pub tls: bool,
    pub ca_file: PathBuf,
    pub persistent_url: String,
    pub connect_ms: u64,
    pub answer_ms: u64,
    pub replicas: bool,
    pub publish: bool,
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}

impl Config {
    /// How Redis is reached, each of several clusters; nothing if there is none.
    ///
    /// # Errors
    /// When a file that it needs cannot be used.
    pub fn redis(&self) -> Result<Vec<RedisOptions>, ConfigError> {
        let Redis { url, nodes, sentinels, master, clusters, .. } = &self.redis;
        let password = self.redis.password()?;
        let one = |key: &str, url: &str| self.redis.one(key, url, &password);
        let all = |key: &str, urls: &[String]| {
            urls.iter().map(|url| one(key, url)).collect::<Result<Vec<_>, _>>()
        };
        let servers = if !url.is_empty() {
            Servers::One(one("redis.url", url)?)
        } else if !nodes.is_empty() {
            Servers::Cluster(all("redis.nodes", nodes)?)
        } else if !sentinels.is_empty() {
            // Sentinels have passwords of their own, in their URLs.
            let sentinels = sentinels
                .iter()
                .map(|url| server(url).map_err(|what| ConfigError::new("redis.sentinels", what)));
            let scheme = if self.redis.tls { "rediss" } else { "redis" };
            let of_master = one("redis.master", &format!("{scheme}://localhost"))?;
            let sentinels = sentinels.collect::<Result<_, _>>()?;
            Servers::Sentinels { sentinels, master: master.clone(), of_master }
        } else {
            let each = clusters.iter().map(|text| self.redis.cluster(text, &password));
            return each.collect();
        };
        Ok(vec![self.redis.options(servers)?])
    }

    /// How the Redis is reached that keeps what it holds; `None` if there is none.
    ///
    /// # Errors
    /// As [`Self::redis`].
    pub fn persistent_redis(&self) -> Result<Option<RedisOptions>, ConfigError> {
        let url = &self.redis.persistent_url;
        if url.is_empty() {
            return Ok(None);
        }
        let one = self.redis.one("redis.persistent_url", url, &self.redis.password()?)?;
        let options = self.redis.options(Servers::One(one))?;
        Ok(Some(RedisOptions { replicas: false, ..options }))
    }
}

impl Redis {
    fn password(&self) -> Result<String, ConfigError> {
        let text = read("redis.password_file", &self.password_file)?;
        Ok(text.map(|text| text.trim().to_owned()).unwrap_or_default())
    }

    fn one(&self, key: &str, url: &str, password: &str) -> Result<ConnectionInfo, ConfigError> {
        let server = server(url).map_err(|what| ConfigError::new(key, what))?;
        Ok(signed_in(server, &self.user, password))
    }

    /// One of several clusters. With one URL it is a server alone.
    fn cluster(&self, text: &str, password: &str) -> Result<RedisOptions, ConfigError> {
        const KEY: &str = "redis.clusters";
        let (name, urls) = named(text).map_err(|what| ConfigError::new(KEY, what))?;
        let nodes = urls.iter().map(|url| self.one(KEY, url, password));
        let mut nodes = nodes.collect::<Result<Vec<_>, _>>()?;
        let servers = match nodes.len() {
            1 => Servers::One(nodes.remove(0)),
            _ => Servers::Cluster(nodes),
        };
        Ok(RedisOptions { name: name.to_owned(), ..self.options(servers)? })
    }

    fn options(&self, servers: Servers) -> Result<RedisOptions, ConfigError> {
        Ok(RedisOptions {
            name: String::new(),
            servers,
            connect: Duration::from_millis(self.connect_ms),
            answer: Duration::from_millis(self.answer_ms),
            authority: read("redis.ca_file", &self.ca_file)?.map(String::into_bytes),
            replicas: self.replicas,
        })
    }
}

fn read(key: &str, path: &Path) -> Result<Option<String>, ConfigError> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(path);
    let unread =
        |error| ConfigError::new(key, format!("{} cannot be read: {error}", path.display()));
    text.map(Some).map_err(unread)
}

/// Reads the setting `redis.url`, and the parts of lists of such.
pub(super) fn url(text: &str) -> Result<(), String> {
    if text.is_empty() { Ok(()) } else { server(text).map(drop) }
}

/// Reads a part of the setting `redis.clusters`.
pub(super) fn cluster(text: &str) -> Result<(), String> {
    named(text)?.1.into_iter().try_for_each(|url| server(url).map(drop))
}

/// Its name, and the URLs of its nodes. What is wrong is told without them: they may hold a password.
fn named(text: &str) -> Result<(&str, Vec<&str>), String> {
    /// It goes into the labels of metrics.
    const LONGEST: usize = 64;
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let split = text.split_once('=').map(|(name, urls)| (name.trim(), urls));
    let named =
        split.filter(|(name, _)| (1..=LONGEST).contains(&name.len()) && name.chars().all(fits));
    let parts = named.map(|(name, urls)| (name, urls.split_whitespace().collect::<Vec<_>>()));
    parts.filter(|(_, urls)| !urls.is_empty()).ok_or_else(|| {
        "expected NAME=URL, or NAME=URL URL .. for nodes of one cluster; a name has letters, digits, `.`, `-` \
         and `_`, at most 64"
            .to_owned()
    })
}

/// What the settings of Redis say together.
pub(super) fn check(settings: &[Setting]) -> Result<(), ConfigError> {
    let find = |key: &str| settings.iter().find(|setting| setting.key == key);
    let is_there = |key: &str| {
        find(key).is_some_and(|setting| match &setting.value {
            toml::Value::String(text) => !text.is_empty(),
            toml::Value::Array(all) => !all.is_empty(),
            _ => false,
        })
    };
    let wrong = |key: &str, what: &str| match find(key) {
        Some(setting) => Err(ConfigError::new(key, what).at(setting.origin.clone())),
        None => Ok(()),
    };
    let ways = ["redis.url", "redis.nodes", "redis.sentinels", "redis.clusters"];
    let ways = ways.map(|key| (key, is_there(key)));
    if let [_, (key, _), ..] = *ways.iter().filter(|(_, there)| *there).collect::<Vec<_>>() {
        return wrong(
            key,
            "there are several of `url`, `nodes`, `sentinels` and `clusters`: leave one of them",
        );
    }
    if let Some(name) = find("redis.clusters").and_then(|all| repeated(&all.value)) {
        let what = format!("`{name}` is the name of two: data are placed by their names");
        return wrong("redis.clusters", &what);
    }
    let is_on = |key: &str| find(key).and_then(|setting| setting.value.as_bool()).unwrap_or(false);
    if is_on("redis.tls") && !is_there("redis.sentinels") {
        let what =
            "this is about the master that sentinels name; elsewhere write rediss:// in the URL";
        return wrong("redis.tls", what);
    }
    if is_on("redis.replicas") && !is_there("redis.nodes") && !is_there("redis.clusters") {
        let what = "only the replicas of a cluster (`nodes`, `clusters`) are asked";
        return wrong("redis.replicas", what);
    }
    if is_there("redis.sentinels") != is_there("redis.master") {
        let what = "`sentinels` and the name that they have for the `master` go together";
        let key = if is_there("redis.master") { "redis.master" } else { "redis.sentinels" };
        return wrong(key, what);
    }
    if is_there("redis.persistent_url") && !ways.iter().any(|(_, there)| *there) {
        let what = "it stands behind the one that servers share: name that, too";
        return wrong("redis.persistent_url", what);
    }
    let flag = find("redis.url").filter(|url| matches!(url.origin, Origin::Flag(_)));
    if flag.and_then(|url| url.value.as_str()).is_some_and(has_password) {
        return wrong(
            "redis.url",
            "other users of this machine see the options of a program: give a URL with a password in \
             CLAUDEBENCH_REDIS_URL, or the password in the file that `redis.password_file` names",
        );
    }
    Ok(())
}

/// A name that two clusters have.
fn repeated(all: &toml::Value) -> Option<&str> {
    let mut seen = BTreeSet::new();
    let texts = all.as_array()?.iter().filter_map(toml::Value::as_str);
    let mut names = texts.filter_map(|text| named(text).ok()).map(|(name, _)| name);
    names.find(|name| !seen.insert(*name))
}

#[cfg(test)]
mod tests {
    use super::super::database::shown;
    use super::*;

    fn loaded(flags: &[(&'static str, toml::Value)]) -> Result<Config, String> {
        let loaded = Config::from_layers(None, Vec::new(), flags.to_vec());
        loaded.map(|loaded| loaded.config).map_err(|error| error.to_string())
    }

    fn list(urls: &[&str]) -> toml::Value {
        toml::Value::Array(urls.iter().map(|url| (*url).into()).collect())
    }

    #[test]
    fn one_server_a_cluster_or_sentinels() {
        assert!(loaded(&[]).unwrap().redis().unwrap().is_empty());
        let one = loaded(&[("redis.url", "rediss://cache".into())]).unwrap().redis().unwrap();
        assert!(matches!(one[0].servers, Servers::One(_)));
        let nodes = list(&["redis://a", "redis://b"]);
        let cluster = loaded(&[("redis.nodes", nodes.clone())]).unwrap().redis().unwrap();
        assert!(matches!(&cluster[0].servers, Servers::Cluster(nodes) if nodes.len() == 2));
        let watched = [("redis.sentinels", nodes.clone()), ("redis.master", "main".into())];
        let watched = loaded(&watched).unwrap().redis().unwrap();
        assert!(matches!(watched[0].servers, Servers::Sentinels { .. }));
        let both = loaded(&[("redis.url", "redis://a".into()), ("redis.nodes", nodes.clone())]);
        assert!(both.unwrap_err().contains("several of"));
        let tls = loaded(&[("redis.url", "redis://a".into()), ("redis.tls", true.into())]);
        assert!(tls.unwrap_err().contains("rediss://"));
        assert!(loaded(&[("redis.replicas", true.into())]).unwrap_err().contains("cluster"));
        assert!(loaded(&[("redis.sentinels", nodes)]).unwrap_err().contains("go together"));
        assert!(loaded(&[("redis.nodes", list(&["http://a"]))]).unwrap_err().contains("redis://"));
    }

    #[test]
    fn several_clusters_have_names() {
        let clusters = |all: &[&str]| loaded(&[("redis.clusters", list(all))]);
        let all = ["east=redis://a1 redis://u:own@a2", " west = rediss://:a%20word@b "];
        let whole = Config::from_layers(None, Vec::new(), vec![("redis.clusters", list(&all))]);
        let whole = whole.unwrap();
        let found = whole.config.redis().unwrap();
        let names: Vec<&str> = found.iter().map(|options| &*options.name).collect();
        assert_eq!(names, ["east", "west"]);
        assert!(matches!(&found[0].servers, Servers::Cluster(nodes) if nodes.len() == 2));
        assert!(matches!(found[1].servers, Servers::One(_)));
        let setting = whole.settings.iter().find(|setting| setting.key == "redis.clusters");
        let seen = shown(setting.unwrap()).to_string();
        assert!(
            seen.contains("east=redis://a1 redis://u:***@a2") && !seen.contains("word"),
            "{seen}"
        );
        assert!(!format!("{:?}", whole.config).contains("own@"));
        let variable = ("CLAUDEBENCH_REDIS_CLUSTERS", "a=redis://a redis://b,c=redis://c");
        let variables = vec![(variable.0.to_owned(), variable.1.to_owned())];
        let found = Config::from_layers(None, variables, Vec::new()).unwrap().config.redis();
        assert_eq!(found.unwrap().len(), 2);
        for bad in ["redis://:word@a", "=redis://:word@a", "a=", "a b=redis://:word@a"] {
            let error = clusters(&[bad]).unwrap_err();
            assert!(error.contains("NAME=URL") && !error.contains("word"), "{error}");
        }
        let error = clusters(&["a=redis://:wo rd@a"]).unwrap_err();
        assert!(error.contains("redis://HOST") && !error.contains("wo "), "{error}");
        assert!(clusters(&["a=redis://a", "a=redis://b"]).unwrap_err().contains("two"));
        let both = [("redis.url", "redis://a".into()), ("redis.clusters", list(&["a=redis://a"]))];
        assert!(loaded(&both).unwrap_err().contains("several of"));
        let replicas = [("redis.replicas", true.into()), ("redis.clusters", list(&all))];
        assert!(loaded(&replicas).is_ok());
        let nested = vec![toml::Value::Array(vec!["a=redis://:word@a".into()])];
        let error = loaded(&[("redis.clusters", toml::Value::Array(nested))]).unwrap_err();
        assert!(error.contains("expected texts") && !error.contains("word"), "{error}");
    }

    #[test]
    fn one_that_persists_stands_behind_the_other() {
        let one = ("redis.persistent_url", "redis://:a-word@kept".into());
        assert!(loaded(std::slice::from_ref(&one)).unwrap_err().contains("name that, too"));
        let config = loaded(&[("redis.url", "redis://a".into()), one]).unwrap();
        assert!(matches!(config.persistent_redis().unwrap().unwrap().servers, Servers::One(_)));
        assert!(!format!("{config:?}").contains("a-word"));
    }

    #[test]
    fn passwords_come_from_files_and_are_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("password");
        let file = path.to_str().unwrap();
        let flags = [
            ("redis.nodes", list(&["redis://a", "redis://:own@b"])),
            ("redis.password_file", file.into()),
        ];
        let config = loaded(&flags).unwrap();
        assert!(config.redis().is_err_and(|error| error.to_string().contains("cannot be read")));
        std::fs::write(&path, "a-secret\n").unwrap();
        let Servers::Cluster(nodes) = config.redis().unwrap().remove(0).servers else {
            panic!("a cluster")
        };
        let of = |nth: usize| nodes[nth].redis_settings().password().map(str::to_owned);
        assert_eq!((of(0), of(1)), (Some("a-secret".into()), Some("own".into())));
        assert!(!format!("{config:?}").contains("own@b"));
        let refused = loaded(&[("redis.url", "redis://:word@a".into())]).unwrap_err();
        assert!(refused.contains("password_file") && !refused.contains("word@"), "{refused}");
    }
}
