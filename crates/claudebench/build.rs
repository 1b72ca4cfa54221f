//! Packs the built dashboard, `web/dist/files`, into two files that `transport/web.rs` includes: all bytes one after
//! the other, and a table of what lies where. Nothing of the checkout is named in them. Where the dashboard is not
//! built, the table is empty, and the server says how to build it.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

#[allow(
    clippy::disallowed_methods,
    reason = "cargo tells a build script by its environment where to write"
)]
fn main() -> Result<(), Box<dyn Error>> {
    // Of the folder around it, as that is there in any case: what is not there would be looked at with each build.
    let folder = Path::new("../../web/dist");
    println!("cargo::rerun-if-changed={}", folder.display());
    println!("cargo::rerun-if-changed=build.rs");
    let root = folder.join("files");
    let mut found = Vec::new();
    if root.is_dir() {
        walk(&root, &mut found)?;
    }
    found.sort();
    let (mut bytes, mut table) = (Vec::new(), String::from("&[\n"));
    for file in &found {
        let name = file.strip_prefix(&root)?.to_str().ok_or("a file's name is no text")?;
        if name.ends_with(".br") || name.ends_with(".gz") {
            continue;
        }
        let plain = fs::read(file)?;
        let mut hasher = DefaultHasher::new();
        plain.hash(&mut hasher);
        write!(table, "    File {{ path: {name:?}, tag: \"\\\"{:016x}\\\"\", ", hasher.finish())?;
        write!(table, "plain: {}, ", put(&mut bytes, &plain))?;
        for (field, end) in [("br", "br"), ("gz", "gz")] {
            let packed = PathBuf::from(format!("{}.{end}", file.display()));
            if packed.is_file() {
                write!(table, "{field}: Some({}), ", put(&mut bytes, &fs::read(&packed)?))?;
            } else {
                write!(table, "{field}: None, ")?;
            }
        }
        table.push_str("},\n");
    }
    table.push_str("]\n");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    fs::write(out.join("web.bin"), bytes)?;
    fs::write(out.join("web.rs"), table)?;
    Ok(())
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { walk(&path, found)? } else { found.push(path) }
    }
    Ok(())
}

/// Adds a file's bytes; answers where they lie.
fn put(bytes: &mut Vec<u8>, more: &[u8]) -> String {
    let begin = bytes.len();
    bytes.extend_from_slice(more);
    format!("({begin}, {})", bytes.len())
}
