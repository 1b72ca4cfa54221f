//! Structured logs: one line an event, text on a terminal, JSON elsewhere.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, Log, LogFormat};

/// Sets up the log of this process, on standard error. A second call changes nothing.
///
/// # Errors
/// A filter that cannot be read.
pub fn start(log: &Log) -> Result<(), ConfigError> {
    let filter = EnvFilter::builder()
        .parse(&log.level)
        .map_err(|e| ConfigError::new("log.level", e.to_string()))?;
    let filter = without_chatter(filter, &log.level);
    let terminal = std::io::stderr().is_terminal();
    let text = match log.format {
        LogFormat::Auto => terminal,
        LogFormat::Text => true,
        LogFormat::Json => false,
    };
    // A log that cannot be written, as its disk is full, would be told of on standard error: that
    // is the log itself, and it would end the thread that logs.
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .log_internal_errors(false);
    // Only a second start in one process fails, as in tests: the first one's settings stay.
    let _ = if text {
        lines.with_ansi(terminal).with_target(false).try_init()
    } else {
        lines.json().flatten_event(true).try_init()
    };
    Ok(())
}

/// The library of MCP tells of each message, of who sent it, and of each error that a client makes, with
/// what the client wrote: calls are logged where they are carried out.
fn without_chatter(filter: EnvFilter, level: &str) -> EnvFilter {
    match "rmcp=off".parse() {
        Ok(quiet) if !level.contains("rmcp") => filter.add_directive(quiet),
        _ => filter,
    }
}
