//! Rows without their backend, and the one form in which both are compared.

use std::fmt::Write as _;
use std::sync::Arc;

use claudebench_core::TenantId;
use claudebench_core::lane::Lane;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::tables::Table;

/// What a column of a row holds.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<String>),
}

/// A row, its columns as the table has them.
pub(crate) type Record = Vec<Value>;

impl Value {
    pub(crate) fn int(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn real(&self) -> Option<f64> {
        match self {
            Self::Real(number) => Some(*number),
            _ => None,
        }
    }

    pub(crate) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn list(&self) -> Option<&[String]> {
        match self {
            Self::List(names) => Some(names),
            _ => None,
        }
    }

    /// About how much memory it takes beside its place.
    fn size(&self) -> usize {
        match self {
            Self::Null | Self::Int(_) | Self::Real(_) => 0,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
            Self::List(names) => names.iter().map(|name| name.len() + 24).sum(),
        }
    }

    /// Adds it to a checksum, so that no two values look the same.
    fn hash(&self, into: &mut Sha256) {
        fn part(into: &mut Sha256, tag: u8, bytes: &[u8]) {
            into.update([tag]);
            into.update((bytes.len() as u64).to_be_bytes());
            into.update(bytes);
        }
        match self {
            Self::Null => part(into, 0, &[]),
            Self::Int(number) => part(into, 1, &number.to_be_bytes()),
            Self::Real(number) => part(into, 2, &number.to_bits().to_be_bytes()),
            Self::Text(text) => part(into, 3, text.as_bytes()),
            Self::Bytes(bytes) => part(into, 4, bytes),
            Self::List(names) => {
                part(into, 5, &(names.len() as u64).to_be_bytes());
                names.iter().for_each(|name| part(into, 3, name.as_bytes()));
            }
        }
    }
}

/// About how much memory a row takes.
pub(crate) fn size(record: &Record) -> usize {
    size_of::<Value>() * record.len() + record.iter().map(Value::size).sum::<usize>()
}

/// The key of a row, as a text that [`key_of`] reads.
pub(crate) fn key_text(table: &Table, record: &Record) -> String {
    let part = |value: &Value| match value {
        Value::Int(number) => Json::from(*number),
        Value::Text(text) => Json::from(text.as_str()),
        // No key has others.
        _ => Json::Null,
    };
    Json::Array(record[..table.key].iter().map(part).collect()).to_string()
}

/// The key that a text says; none if it says nothing.
pub(crate) fn key_of(text: &str) -> Option<Vec<Value>> {
    let parts: Vec<Json> = serde_json::from_str(text).ok()?;
    let part = |json| match json {
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text)),
        _ => None,
    };
    parts.into_iter().map(part).collect()
}

/// A list of names, as a JSON text.
pub(crate) fn names_text(names: &[String]) -> String {
    Json::from(names).to_string()
}

/// The lane of a task that waits.
pub(crate) fn lane(table: &Table, task: &Record) -> Option<Lane> {
    let column = |name| task.get(table.place(name)).unwrap_or(&Value::Null);
    let names = |name| {
        let names = column(name).list().unwrap_or_default();
        names.iter().map(|name| Arc::from(&**name)).collect()
    };
    column("phase").int().filter(|phase| *phase != 0)?;
    Some(Lane {
        tenant: TenantId(column("tenant").int().unwrap_or(0)),
        assignee: column("assigned_to").text().map(Arc::from),
        project: column("project").text().map(Arc::from),
        roles: names("roles"),
        tags: names("tags"),
    })
}

/// The rows of a table, in the order of its key: how many, and what they are.
#[derive(Default)]
pub(crate) struct Sum {
    pub(crate) rows: u64,
    whole: Sha256,
    part: Sha256,
    in_part: usize,
    /// The end of each part, and its checksum.
    parts: Vec<(String, [u8; 32])>,
    last: String,
}

/// So many rows are told apart when two sums differ.
const PART: usize = 500;

impl Sum {
    pub(crate) fn add(&mut self, table: &Table, record: &Record) {
        let mut one = Sha256::new();
        record.iter().for_each(|value| value.hash(&mut one));
        let one = one.finalize();
        self.whole.update(one);
        self.part.update(one);
        self.rows += 1;
        self.in_part += 1;
        self.last = key_text(table, record);
        if self.in_part == PART {
            self.end_part();
        }
    }

    fn end_part(&mut self) {
        if self.in_part > 0 {
            let sum = std::mem::take(&mut self.part).finalize().into();
            self.parts.push((self.last.clone(), sum));
            self.in_part = 0;
        }
    }

    /// The checksum of all rows.
    pub(crate) fn checksum(&self) -> String {
        let mut text = String::new();
        for byte in self.whole.clone().finalize() {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// Where two begin to differ: behind one key, and up to another. Nothing if they are the same.
    pub(crate) fn differs_from(&mut self, other: &mut Self) -> Option<(String, String)> {
        self.end_part();
        other.end_part();
        let same = self.parts.iter().zip(&other.parts).take_while(|(a, b)| a == b).count();
        if same == self.parts.len() && same == other.parts.len() {
            return None;
        }
        let begin = "the beginning".to_owned();
        let after = if same == 0 { begin } else { self.parts[same - 1].0.clone() };
        let ends = [self.parts.get(same), other.parts.get(same)];
        let upto = ends.into_iter().flatten().map(|(end, _)| end.clone()).next();
        Some((after, upto.unwrap_or_else(|| "the end".into())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::copy::tables::TABLES;

    fn config(rows: std::ops::Range<i64>, changed: Option<i64>) -> Sum {
        let table = TABLES.iter().find(|table| table.name == "config").unwrap();
        let mut sum = Sum::default();
        for n in rows {
            let value = if changed == Some(n) { "2" } else { "1" };
            let text = |text: &str| Value::Text(text.into());
            sum.add(table, &vec![Value::Int(n), text("k\"é"), text(value), Value::Int(7)]);
        }
        sum
    }

    #[test]
    fn where_two_tables_differ_is_told() {
        let differ = |mut a: Sum, mut b: Sum| a.differs_from(&mut b);
        assert_eq!(differ(config(0..1_700, None), config(0..1_700, None)), None);
        let found = differ(config(0..1_700, None), config(0..1_700, Some(700))).unwrap();
        assert_eq!(found, ("[499,\"k\\\"é\"]".into(), "[999,\"k\\\"é\"]".into()));
        let cut = differ(config(0..1_000, None), config(0..500, None)).unwrap();
        assert_eq!(cut, ("[499,\"k\\\"é\"]".into(), "[999,\"k\\\"é\"]".into()));
        assert!(differ(config(0..3, None), config(1..4, None)).is_some());
        assert_ne!(config(0..3, None).checksum(), config(0..3, Some(1)).checksum());
    }

    #[test]
    fn a_key_is_read_as_it_was_written() {
        let table = Table { name: "x", key: 2, columns: &[], seeded: false };
        let record = vec![Value::Int(i64::MAX), Value::Text("a\"\u{1}é".into()), Value::Null];
        assert_eq!(key_of(&key_text(&table, &record)).unwrap(), record[..2]);
        assert_eq!(key_of(""), None);
    }
}
