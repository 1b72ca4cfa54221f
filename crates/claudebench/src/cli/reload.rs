//! `claudebench reload`.

use std::path::PathBuf;

use serde_json::json;

use super::Shared;
use super::failure::{Failure, Outcome};
use super::output::Out;
use crate::config::Overrides;
use crate::workers::PidFile;

/// Replace the processes of a server one by one, without refusing anybody
///
/// It is for a server of several processes (`claudebench serve --workers`) with the setting
/// `workers.pid_file`. The new ones read the configuration anew, and are of the program that is
/// there now. One that does not get ready ends it: the old ones go on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  claudebench reload
  claudebench reload --pid-file /run/claudebench.pid")]
pub(super) struct Reload {
    /// The file with the number of the server's process; by default, that of the configuration
    #[arg(long, value_name = "FILE")]
    pid_file: Option<PathBuf>,
}

impl Reload {
    pub(super) fn run(self, shared: &Shared, out: &mut Out) -> Outcome {
        let mut flags = Overrides::new();
        if let Some(file) = &self.pid_file {
            flags.push(("workers.pid_file", file.to_string_lossy().into_owned().into()));
        }
        let path = shared.load_for_server(flags)?.config.workers.pid_file;
        if path.as_os_str().is_empty() {
            return Err(Failure::Usage(
                "it is not known which server: give --pid-file, or set `workers.pid_file`".into(),
            ));
        }
        let told = PidFile::hang_up(&path).map_err(|error| {
            let what = format!("no server was told: {}: {error}", path.display());
            Failure::advise(what, "start it with `claudebench serve --workers` and this file")
        })?;
        if out.for_programs() {
            return out.json_line(&json!({ "pid": told }));
        }
        out.line(format!("Process {told} replaces its workers one by one."))
    }
}
