//! Configuration files.

#![no_main]

use std::sync::LazyLock;

use claudebench::config::Config;
use tempfile::NamedTempFile;

static FILE: LazyLock<NamedTempFile> =
    LazyLock::new(|| NamedTempFile::new_in("/dev/shm").or_else(|_| NamedTempFile::new()).unwrap());

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    std::fs::write(FILE.path(), text).unwrap();
    let read = Config::from_layers(Some(FILE.path().to_owned()), Vec::new(), Vec::new());
    if let Err(error) = read {
        assert!(!error.to_string().is_empty());
    }
});
