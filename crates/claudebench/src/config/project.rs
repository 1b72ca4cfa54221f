//! The personal file of a project, `.claudebench.toml`: which server the commands in its folders talk
//! to. A repository that somebody cloned may bring one, so it may set little.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::layers::{self, ConfigError, Origin, Setting};

/// Its name.
pub const PROJECT_FILE: &str = ".claudebench.toml";

/// The sections that it may have.
const SECTIONS: [&str; 2] = ["client.", "hook."];

/// Settings that are paths: from the folder of the file, wherever a command runs.
const PATHS: [&str; 2] = ["client.key_file", "hook.rules"];

/// The nearest file of a project, in a folder or above it: up to the root of its repository, or else up
/// to the home of the user. What lies further up belongs to somebody else.
pub(super) fn find(folder: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let last = folder
        .ancestors()
        .find(|above| above.join(".git").exists())
        .or_else(|| home.filter(|home| folder.starts_with(home)))
        .unwrap_or(folder);
    let within = folder.ancestors().take_while(|above| above.starts_with(last));
    let folders = within.map(Path::to_owned).chain(main_work_tree(last));
    folders.map(|folder| folder.join(PROJECT_FILE)).find(|file| file.is_file())
}

/// The main work tree of a repository, for one that was added to it: what git ignores
/// is in that one alone.
fn main_work_tree(root: &Path) -> Option<PathBuf> {
    let text = std::fs::read_to_string(root.join(".git")).ok()?;
    let own = root.join(text.strip_prefix("gitdir:")?.trim());
    let common = std::fs::read_to_string(own.join("commondir")).ok()?;
    let common = own.join(common.trim()).canonicalize().ok()?;
    common.parent().filter(|_| common.ends_with(".git")).map(Path::to_owned)
}

/// Lays it over what is set so far.
pub(super) fn lay(path: &Path, settings: &mut [Setting]) -> Result<(), ConfigError> {
    let text = layers::text_of(path)?;
    let own: Vec<String> =
        settings.iter().filter(|s| s.origin != Origin::Default).map(|s| s.key.clone()).collect();
    for (key, value, origin) in layers::read(path, &text)? {
        if !SECTIONS.iter().any(|section| key.starts_with(section)) {
            let what = "the file of a project holds [client] and [hook] alone; all else belongs into \
                        claudebench.toml";
            return Err(ConfigError::new(&key, what).at(origin));
        }
        // What somebody has set about hooks for all of a machine holds in every repository.
        if key.starts_with("hook.") && own.contains(&key) {
            continue;
        }
        let value = match &value {
            Value::String(path_of) if PATHS.contains(&key.as_str()) => within(path, path_of),
            _ => value,
        };
        layers::lay(&key, value, origin, settings)?;
    }
    Ok(())
}

/// A path from the folder of the file.
fn within(file: &Path, path: &str) -> Value {
    let folder = file.parent().unwrap_or(Path::new(""));
    if path.is_empty() {
        return path.into();
    }
    folder.join(path).to_string_lossy().into_owned().into()
}

/// Which server a text names that is the file of a project, and where the key lies; or what is wrong
/// with it.
///
/// # Errors
/// As [`super::Config::load`].
pub fn read_project(
    path: &Path,
    text: &str,
) -> Result<(Option<String>, Option<String>), ConfigError> {
    let mut settings = super::defaults()?;
    let mut found = (None, None);
    for (key, value, origin) in layers::read(path, text)? {
        if !SECTIONS.iter().any(|section| key.starts_with(section)) {
            return Err(ConfigError::new(&key, "is no setting of [client] or [hook]").at(origin));
        }
        layers::lay(&key, value.clone(), origin, &mut settings)?;
        match (key.as_str(), value) {
            ("client.url", Value::String(url)) => found.0 = Some(url),
            ("client.key_file", Value::String(file)) => found.1 = Some(file),
            _ => {}
        }
    }
    super::check::check(&settings)?;
    Ok(found)
}

/// The file of a project that names a server, and where its key lies.
#[must_use]
pub fn write_project(url: &str, key_file: Option<&str>) -> String {
    let mut client = Table::new();
    client.insert("url".into(), url.into());
    if let Some(file) = key_file {
        client.insert("key_file".into(), file.into());
    }
    let mut text = String::from(
        "# Yours alone: the ClaudeBench server of this project. See docs/configuration.md.\n[client]\n",
    );
    for name in ["url", "key_file"] {
        if let Some(value) = client.get(name) {
            text.push_str(&format!("{name} = {value}\n"));
        }
    }
    text
}
