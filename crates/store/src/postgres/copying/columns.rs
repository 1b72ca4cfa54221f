//! How columns are read and written, by what they hold.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};

use crate::copy::tables::{Column, Kind};
use crate::copy::value::{Value, names_text};
use crate::postgres::sql::copy as sql;

pub(super) fn places(count: usize) -> Vec<String> {
    (1..=count).map(|place| format!("${place}")).collect()
}

/// How a column is read.
pub(super) fn selected(column: &Column) -> String {
    let name = column.name;
    match column.kind {
        Kind::Int => format!("{name}::bigint"),
        Kind::Bool => format!("{name}::integer::bigint"),
        Kind::Real | Kind::Text | Kind::Bytes | Kind::List => name.to_owned(),
    }
}

/// How rows are ordered by a column: texts by their bytes, as elsewhere.
pub(super) fn ordered(column: &Column) -> String {
    match column.kind {
        Kind::Text => format!("{} COLLATE \"C\"", column.name),
        _ => column.name.to_owned(),
    }
}

/// How a column is written.
pub(super) fn inserted(column: &Column) -> String {
    match column.kind {
        Kind::List => sql::NAMES.replace("{column}", column.name),
        _ => format!("x.{}", column.name),
    }
}

fn sent_as(kind: Kind) -> &'static str {
    match kind {
        Kind::Int => "bigint",
        Kind::Bool => "boolean",
        Kind::Real => "float8",
        Kind::Text | Kind::List => "text",
        Kind::Bytes => "bytea",
    }
}

/// The arrays that one statement is sent for these columns.
pub(super) fn typed(columns: &[Column]) -> String {
    let all = places(columns.len()).into_iter().zip(columns);
    let all = all.map(|(place, column)| format!("{place}::{}[]", sent_as(column.kind)));
    all.collect::<Vec<_>>().join(", ")
}

/// A part of a key, as a parameter.
pub(super) fn part(value: Value) -> (Box<dyn ToSql + Sync>, Type) {
    match value {
        Value::Int(number) => (Box::new(number), Type::INT8),
        Value::Text(text) => (Box::new(text), Type::TEXT),
        _ => (Box::new(None::<i64>), Type::INT8),
    }
}

/// The values of a column, as one parameter.
pub(super) fn array<'v>(
    kind: Kind,
    values: impl Iterator<Item = &'v Value>,
) -> (Box<dyn ToSql + Sync + Send + 'v>, Type) {
    match kind {
        Kind::Int => (all(values, Value::int), Type::INT8_ARRAY),
        Kind::Bool => (all(values, |value| Some(value.int()? != 0)), Type::BOOL_ARRAY),
        Kind::Real => (all(values, Value::real), Type::FLOAT8_ARRAY),
        Kind::Text => (all(values, Value::text), Type::TEXT_ARRAY),
        Kind::Bytes => (all(values, Value::bytes), Type::BYTEA_ARRAY),
        Kind::List => (all(values, |value| value.list().map(names_text)), Type::TEXT_ARRAY),
    }
}

fn all<'v, T: ToSql + Sync + Send + 'v>(
    values: impl Iterator<Item = &'v Value>,
    of: impl Fn(&'v Value) -> Option<T>,
) -> Box<dyn ToSql + Sync + Send + 'v> {
    Box::new(values.map(of).collect::<Vec<Option<T>>>())
}

/// What a column of a row holds.
pub(super) fn value(row: &Row, place: usize, kind: Kind) -> Result<Value, Error> {
    let value = match kind {
        Kind::Int | Kind::Bool => row.try_get::<_, Option<i64>>(place)?.map(Value::Int),
        Kind::Real => row.try_get::<_, Option<f64>>(place)?.map(Value::Real),
        Kind::Text => row.try_get::<_, Option<String>>(place)?.map(Value::Text),
        Kind::Bytes => row.try_get::<_, Option<Vec<u8>>>(place)?.map(Value::Bytes),
        Kind::List => row.try_get::<_, Option<Vec<String>>>(place)?.map(Value::List),
    };
    Ok(value.unwrap_or(Value::Null))
}
