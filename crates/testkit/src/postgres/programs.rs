//! Where the programs of PostgreSQL and PgBouncer lie.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Where Debian has a folder for each version.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The version that is taken if there are several.
const TRIED: u32 = 15;

/// The oldest that ClaudeBench works with.
const OLDEST: u32 = 14;

/// The programs of one version of PostgreSQL.
pub(super) struct Programs {
    pub(super) initdb: PathBuf,
    pub(super) postgres: PathBuf,
    pub(super) pg_basebackup: PathBuf,
}

impl Programs {
    /// Debian's, or else those on the `PATH`. Panics when there are none.
    pub(super) fn find() -> Self {
        let folder = debian().or_else(on_path);
        let folder = folder.unwrap_or_else(|| {
            panic!(
                "this test needs PostgreSQL {OLDEST} or newer, which is neither in {DEBIAN} nor on \
                 the PATH. Debian, Ubuntu: apt-get install postgresql (as root); `make test` does \
                 that by itself where it may"
            )
        });
        Self {
            initdb: folder.join("initdb"),
            postgres: folder.join("postgres"),
            pg_basebackup: folder.join("pg_basebackup"),
        }
    }
}

fn debian() -> Option<PathBuf> {
    let versions = std::fs::read_dir(DEBIAN).ok()?.flatten();
    let versions = versions.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let folder = |version: u32| PathBuf::from(format!("{DEBIAN}/{version}/bin"));
    let there = |version: &u32| *version >= OLDEST && folder(*version).join("postgres").exists();
    let best = versions.filter(there).max_by_key(|version| (*version == TRIED, *version))?;
    Some(folder(best))
}

/// An empty folder: what is named without one is looked for on the `PATH`.
fn on_path() -> Option<PathBuf> {
    let version = Command::new("postgres").arg("--version").output().ok()?;
    let version = String::from_utf8(version.stdout).ok()?;
    let number = version.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty())?;
    (number.parse::<u32>().ok()? >= OLDEST).then(PathBuf::new)
}

/// PgBouncer: Debian's, which is not on everybody's `PATH`, or else the one there.
pub(super) fn pgbouncer() -> PathBuf {
    let debian = Path::new("/usr/sbin/pgbouncer");
    if debian.exists() {
        return debian.to_owned();
    }
    let found = Command::new("pgbouncer").arg("--version").output();
    assert!(
        found.is_ok(),
        "this test needs PgBouncer, which is neither in /usr/sbin nor on the PATH. Debian, Ubuntu: \
         apt-get install pgbouncer (as root); `make test` does that by itself where it may"
    );
    PathBuf::from("pgbouncer")
}
