//! A folder of a server's own, and the account that the server runs under.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::watched::{End, Watched};

/// What would lead PostgreSQL's programs elsewhere, if somebody has it set.
const MISLEADING: &[&str] = &[
    "PGAPPNAME",
    "PGDATA",
    "PGDATABASE",
    "PGHOST",
    "PGHOSTADDR",
    "PGOPTIONS",
    "PGPASSFILE",
    "PGPASSWORD",
    "PGPORT",
    "PGSERVICE",
    "PGSSLMODE",
    "PGUSER",
];

/// A user of this machine.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

/// A temporary folder that belongs to the account of the server. It goes with the value.
pub(crate) struct Place {
    folder: TempDir,
    account: Option<Account>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let account = account();
        let folder = tempfile::Builder::new().prefix("cb").tempdir().expect("a temporary folder");
        give(folder.path(), account);
        Self { folder, account }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file that the server alone may read.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::write(&path, text).expect("a file for the server");
        fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("its permissions");
        give(&path, self.account);
    }

    /// Gives the server a folder.
    pub(crate) fn give(&self, folder: &Path) {
        give(folder, self.account);
    }

    /// Adds to a file of the server.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let file = OpenOptions::new().append(true).open(self.path().join(name));
        file.and_then(|mut file| file.write_all(text.as_bytes())).expect("a file of the server");
    }

    /// A program under the account, in the folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        if let Some(account) = self.account {
            command.uid(account.user).gid(account.group);
        }
        for name in MISLEADING {
            command.env_remove(name);
        }
        command.env("LC_ALL", "C").current_dir(self.path());
        command
    }

    /// Runs a program to its end, which must be a good one.
    pub(crate) fn run(&self, program: &Path, args: &[String]) {
        let tool = Watched::start(self, End::Kill, program, args, None);
        if let Err(log) = tool.and_then(Watched::finish) {
            panic!("{} {} went wrong:\n{log}", program.display(), args.join(" "));
        }
    }
}

fn give(path: &Path, account: Option<Account>) {
    if let Some(Account { user, group }) = account {
        chown(path, Some(user), Some(group)).expect("root may give files away");
    }
}

/// Neither PostgreSQL nor PgBouncer runs as root, so servers get another account there.
fn account() -> Option<Account> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let id = |what: &str, name: &str| {
        let said = Command::new("id").args([what, name]).output().ok()?;
        String::from_utf8(said.stdout).ok()?.trim().parse().ok()
    };
    let found = ["postgres", "nobody"]
        .into_iter()
        .find_map(|name| Some(Account { user: id("-u", name)?, group: id("-g", name)? }));
    Some(found.expect("PostgreSQL does not run as root, and there is no user `postgres`"))
}
