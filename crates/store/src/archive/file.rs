//! What stands in a file: a line that says what it is, then a line for each row. It is named after its
//! contents, so that what is written twice is written over itself.

use std::io::{self, BufRead as _};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// The format of the lines.
const FORMAT: u32 = 1;

/// What a file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// Ended tasks with what belongs to them.
    Tasks = 0,
    /// A part of the log.
    Events = 1,
}

/// A row as JSON, with the id of its task; an event with its place.
pub(crate) type Keyed = (i64, String);

/// The rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lines {
    pub(crate) tasks: Vec<Keyed>,
    pub(crate) attachments: Vec<Keyed>,
    pub(crate) dependencies: Vec<Keyed>,
    pub(crate) events: Vec<Keyed>,
}

/// A file that is not written yet.
#[derive(Debug)]
pub(crate) struct Packed {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    pub(crate) digest: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Heading {
    claudebench_archive: u32,
    /// The version of the schema that the rows are of.
    schema: i64,
    first: i64,
    last: i64,
    tasks: usize,
    attachments: usize,
    dependencies: usize,
    events: usize,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    task: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    attachment: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    dependency: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    event: Option<&'a RawValue>,
}

/// What says of which task a row is.
#[derive(Deserialize)]
struct Of {
    #[serde(default)]
    id: i64,
    #[serde(default)]
    seq: i64,
    #[serde(default)]
    task: Option<i64>,
}

/// Lines as a file; they are in order, and of one month.
pub(crate) fn pack(lines: &Lines, month: &str, schema: i64) -> io::Result<Packed> {
    let kind = if lines.events.is_empty() { "tasks" } else { "events" };
    let ends = || lines.tasks.iter().chain(&lines.events).map(|(id, _)| *id);
    let heading = Heading {
        claudebench_archive: FORMAT,
        schema,
        first: ends().next().unwrap_or(0),
        last: ends().next_back().unwrap_or(0),
        tasks: lines.tasks.len(),
        attachments: lines.attachments.len(),
        dependencies: lines.dependencies.len(),
        events: lines.events.len(),
    };
    let mut text = serde_json::to_vec(&heading)?;
    text.push(b'\n');
    let mut put = |line: Line<'_>| -> io::Result<()> {
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
        Ok(())
    };
    for (_, row) in &lines.tasks {
        put(Line { task: Some(raw(row)?), ..Line::default() })?;
    }
    for (_, row) in &lines.attachments {
        put(Line { attachment: Some(raw(row)?), ..Line::default() })?;
    }
    for (_, row) in &lines.dependencies {
        put(Line { dependency: Some(raw(row)?), ..Line::default() })?;
    }
    for (_, row) in &lines.events {
        put(Line { event: Some(raw(row)?), ..Line::default() })?;
    }
    let bytes = zstd::encode_all(&*text, zstd::DEFAULT_COMPRESSION_LEVEL)?;
    let digest = Sha256::digest(&bytes).to_vec();
    let hex: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let name = format!("{kind}-{month}-{}-{hex}.jsonl.zst", heading.first);
    Ok(Packed { name, bytes, digest })
}

fn raw(text: &str) -> io::Result<&RawValue> {
    Ok(serde_json::from_str(text)?)
}

/// What a file holds of one task, or of all. Nothing of it is believed before its digest is right.
pub(crate) fn unpack(
    bytes: &[u8],
    digest: &[u8],
    only: Option<i64>,
) -> Result<Lines, Box<dyn std::error::Error + Send + Sync>> {
    if Sha256::digest(bytes)[..] != *digest {
        return Err("it is not what was written: its SHA-256 is another".into());
    }
    let mut reader = io::BufReader::new(zstd::Decoder::new(bytes)?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let heading: Heading = serde_json::from_str(&line)?;
    if heading.claudebench_archive != FORMAT {
        let found = heading.claudebench_archive;
        return Err(format!("it is of format {found}, and this program knows {FORMAT}").into());
    }
    let mut lines = Lines::default();
    let mut seen = [0; 4];
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            break;
        }
        let row: Line<'_> = serde_json::from_str(&line)?;
        let kinds = [row.task, row.attachment, row.dependency, row.event];
        let to =
            [&mut lines.tasks, &mut lines.attachments, &mut lines.dependencies, &mut lines.events];
        for (at, (row, to)) in kinds.into_iter().zip(to).enumerate() {
            let Some(row) = row else { continue };
            seen[at] += 1;
            let of: Of = serde_json::from_str(row.get())?;
            let task = if at == 0 { Some(of.id) } else { of.task };
            if only.is_none() || only == task {
                let key = if at == 3 { of.seq } else { task.unwrap_or(0) };
                to.push((key, row.get().to_owned()));
            }
        }
    }
    let Heading { tasks, attachments, dependencies, events, .. } = heading;
    if seen != [tasks, attachments, dependencies, events] {
        return Err("it holds not as many rows as it says".into());
    }
    Ok(lines)
}

impl Lines {
    /// The tasks that the file answers for.
    pub(crate) fn of(&self) -> Vec<i64> {
        let task = |row: &str| serde_json::from_str::<Of>(row).ok().and_then(|of| of.task);
        let told = self.events.iter().filter_map(|(_, row)| task(row));
        let mut all: Vec<i64> = self.tasks.iter().map(|(id, _)| *id).chain(told).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Less, but for what is of some tasks, in order.
    pub(crate) fn only(mut self, tasks: &[i64]) -> Self {
        for rows in [&mut self.tasks, &mut self.attachments, &mut self.dependencies] {
            rows.retain(|(task, _)| tasks.binary_search(task).is_ok());
        }
        self
    }
}

/// Rows as a JSON list.
pub(crate) fn list<'a>(rows: impl Iterator<Item = &'a Keyed>) -> String {
    let rows: Vec<&str> = rows.map(|(_, row)| row.as_str()).collect();
    format!("[{}]", rows.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Lines {
        let task = |id: i64| (id, format!(r#"{{"id":{id},"text":"a\nb ä"}}"#));
        Lines {
            tasks: vec![task(7), task(9)],
            attachments: vec![(9, r#"{"task":9,"key":"k","id":3}"#.into())],
            ..Lines::default()
        }
    }

    #[test]
    fn a_file_gives_back_what_was_put_into_it_and_its_name_says_what_that_is() {
        let packed = pack(&lines(), "2026_08", 2).unwrap();
        assert!(packed.name.starts_with("tasks-2026_08-7-"), "{}", packed.name);
        assert_eq!(pack(&lines(), "2026_08", 2).unwrap().name, packed.name);
        assert_eq!(unpack(&packed.bytes, &packed.digest, None).unwrap(), lines());
        let one = unpack(&packed.bytes, &packed.digest, Some(9)).unwrap();
        assert_eq!((one.tasks.len(), one.attachments.len()), (1, 1));
        assert_eq!(lines().of(), [7, 9]);
        assert_eq!(lines().only(&[7]).attachments, []);
    }

    #[test]
    fn a_file_that_was_changed_or_cut_is_refused() {
        let packed = pack(&lines(), "2026_08", 2).unwrap();
        let mut changed = packed.bytes.clone();
        *changed.last_mut().unwrap() ^= 1;
        for bytes in [&changed[..], &packed.bytes[..packed.bytes.len() - 1], &[]] {
            let error = unpack(bytes, &packed.digest, None).unwrap_err().to_string();
            assert!(error.contains("SHA-256"), "{error}");
        }
    }

    #[test]
    fn a_file_of_another_format_or_with_rows_missing_is_refused() {
        let refused = |text: &str| {
            let bytes = zstd::encode_all(text.as_bytes(), 0).unwrap();
            let digest = Sha256::digest(&bytes).to_vec();
            unpack(&bytes, &digest, None).unwrap_err().to_string()
        };
        let heading = |format: u32| {
            format!(
                r#"{{"claudebench_archive":{format},"schema":2,"first":1,"last":1,"tasks":1,"attachments":0,"dependencies":0,"events":0}}"#
            )
        };
        assert!(refused(&heading(2)).contains("format 2"));
        assert!(refused(&heading(1)).contains("as many rows"));
        assert!(!refused("").is_empty());
    }
}
