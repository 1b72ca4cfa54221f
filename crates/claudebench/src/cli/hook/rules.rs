//! Which rules are in force.

use std::path::{Path, PathBuf};

use claudebench_hooks::{Layer, Rules};

use crate::config::Config;

/// Where the rules of a repository lie, from its root.
pub(super) const OF_REPOSITORY: &str = ".claudebench/rules.toml";

/// The largest file that is read.
const FILE_BYTES: u64 = 1 << 20;

/// The rules in force, and what is wrong with those that are not.
pub(super) struct Found {
    pub(super) rules: Rules,
    pub(super) problem: Option<String>,
}

/// The rules that come with the program, then those of the configuration, then those of the
/// repository. A file that is not in order is left out, as a whole, and told of: the others hold.
pub(super) fn load(
    config: Option<&Config>,
    repository: Option<&Path>,
    folder: Option<&Path>,
) -> Found {
    let mut found = match Rules::builtin() {
        Ok(rules) => Found { rules, problem: None },
        Err(error) => Found { rules: Rules::none(), problem: Some(error.to_string()) },
    };
    if let Some(config) = config.filter(|config| !config.hook.rules.as_os_str().is_empty()) {
        found.add(Layer::Server, &config.hook.rules);
    }
    if let Some(path) = repository.map(Path::to_owned).or_else(|| of_repository(folder)) {
        found.add(Layer::Repository, &path);
    }
    found
}

impl Found {
    fn add(&mut self, layer: Layer, path: &Path) {
        let read = read(path).and_then(|text| {
            let rules = self.rules.with(layer, &text);
            rules.map_err(|error| format!("{}: {error}", path.display()))
        });
        match read {
            Ok(rules) => self.rules = rules,
            Err(problem) => self.tell(format!("{problem}; none of its rules is in force")),
        }
    }

    fn tell(&mut self, problem: String) {
        self.problem = Some(match self.problem.take() {
            Some(others) => format!("{others}\n{problem}"),
            None => problem,
        });
    }
}

/// The nearest file of rules, in the folder or above it.
fn of_repository(folder: Option<&Path>) -> Option<PathBuf> {
    let here = match folder {
        Some(folder) => folder.to_owned(),
        None => std::env::current_dir().ok()?,
    };
    here.ancestors().map(|above| above.join(OF_REPOSITORY)).find(|path| path.is_file())
}

fn read(path: &Path) -> Result<String, String> {
    let cannot = |e: std::io::Error| format!("rules cannot be read: {}: {e}", path.display());
    if std::fs::metadata(path).map_err(cannot)?.len() > FILE_BYTES {
        return Err(format!("{} is longer than {FILE_BYTES} bytes", path.display()));
    }
    std::fs::read_to_string(path).map_err(cannot)
}
