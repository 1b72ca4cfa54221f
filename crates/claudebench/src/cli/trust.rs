//! Which API key goes to which server, where a file that came with a repository may have a say.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Stdio};

use claudebench_services::key::Presented;

use super::failure::{Failure, Outcome};
use super::standby;
use crate::client::Address;
use crate::config::{Client, Origin};

/// A key of somebody's own goes to no other machine that the file of a project alone names: a
/// repository may bring that file.
pub(super) fn key_from_elsewhere(client: &Client, key: &str) -> Outcome {
    let Some(origin) = &client.url_of_project else { return Ok(()) };
    let address: Address = client.url.parse()?;
    if standby::listen_address(&address).is_some() {
        return Ok(());
    }
    let what = format!(
        "{origin} names the server {address}, and the API key comes from {key}: it is not sent to another \
         machine that the file of a project alone names"
    );
    let next = "if you know that server, choose it yourself (--url, CLAUDEBENCH_URL), or name a file with \
                a key of it there: key_file";
    Err(Failure::advise(what, next))
}

/// A file of a project that names a server on another machine, and a key for it, must be its reader's own:
/// one that came with a repository could name the place where keys are commonly kept.
pub(super) fn server_and_key_of_project(client: &Client) -> Outcome {
    let Some(Origin::File(file, _)) = &client.url_of_project else { return Ok(()) };
    let address: Address = client.url.parse()?;
    if standby::listen_address(&address).is_some() {
        return Ok(());
    }
    let why = if std::fs::metadata(file).is_ok_and(|found| found.mode() & 0o077 != 0) {
        "others may read it"
    } else if is_tracked(file) {
        "it is in git"
    } else {
        return Ok(());
    };
    let what = format!(
        "{} names the server {address} and a key for it, and may have come with the repository: {why}; the \
         key is not sent",
        file.display()
    );
    let next =
        "if it is yours: chmod 600 .claudebench.toml, and take it out of git (git rm --cached)";
    Err(Failure::advise(what, next))
}

/// Whether git has a file. It came by a clone, then; without git it did not.
fn is_tracked(file: &Path) -> bool {
    let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else { return false };
    let mut git = Command::new("git");
    // What a repository sets is not run here.
    git.args(["-c", "core.fsmonitor=false", "-C"]).arg(folder);
    git.args(["ls-files", "--error-unmatch", "--"]).arg(name);
    let asked = git.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

/// What the file of a project calls a key is one: any other file stays where it is.
pub(super) fn key_of_project(path: &Path, key: &str) -> Outcome {
    if Presented::read(key).is_some() {
        return Ok(());
    }
    let what = format!(
        "the file of the project says that the API key lies in {}, which holds none: it is not sent",
        path.display()
    );
    Err(Failure::advise(
        what,
        "name a file that holds a key alone, as `claudebench key create` shows it",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn client(url: &str, of_project: bool) -> Client {
        let mut client = Config::from_layers(None, Vec::new(), Vec::new()).unwrap().config.client;
        client.url = url.into();
        client.url_of_project =
            of_project.then(|| Origin::File("/p/.claudebench.toml".into(), Some(2)));
        client
    }

    #[test]
    fn a_key_stays_on_this_machine_unless_its_owner_chose_the_server() {
        for local in ["http://127.0.0.1:3000", "http://localhost:1", "http://[::1]:9", "unix:/s"] {
            key_from_elsewhere(&client(local, true), "K").unwrap();
        }
        for far in ["http://bench.example:3000", "http://10.0.0.1", "http://127.0.0.1:3000/far"] {
            key_from_elsewhere(&client(far, false), "K").unwrap();
            let said = key_from_elsewhere(&client(far, true), "K").unwrap_err().message().unwrap();
            assert!(said.starts_with("/p/.claudebench.toml:2 names the server"), "{said}");
        }
    }

    #[test]
    fn only_a_key_is_a_key() {
        let key = format!("cb_{}_{}", "0".repeat(16), "a".repeat(64));
        key_of_project(Path::new("k"), &key).unwrap();
        for other in ["", "hunter2", "-----BEGIN OPENSSH PRIVATE KEY-----", &format!("{key}\nmore")]
        {
            assert!(key_of_project(Path::new("k"), other).is_err(), "{other}");
        }
    }
}
