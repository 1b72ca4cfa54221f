//! What is in force, as people may see it.

use toml::Value;

use super::Loaded;
use super::database::shown;
use super::layers::{Origin, Setting};

/// A setting in force; nothing of it is secret any more.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its name, such as `limits.batch`.
    pub key: String,
    /// Its value, with `***` for what is secret.
    pub value: Value,
    /// Whether something of the value is hidden.
    pub hidden: bool,
    /// Where it comes from.
    pub origin: Origin,
}

impl Shown {
    /// One of which nothing may be seen.
    pub(crate) fn hidden(key: &str, origin: Origin) -> Self {
        Self { key: key.to_owned(), value: "***".into(), hidden: true, origin }
    }

    pub(super) fn of(setting: &Setting) -> Self {
        let value = shown(setting);
        let hidden = value != setting.value;
        Self { key: setting.key.clone(), value, hidden, origin: setting.origin.clone() }
    }
}

impl Loaded {
    /// Every setting as people may see it, in the order of the defaults' file.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown> {
        self.config.in_force.to_vec()
    }
}
