//! Parameters with their types: what is sent unnamed must name them.

use tokio_postgres::types::{ToSql, Type};

/// A parameter of a statement.
pub(super) type Param<'a> = (&'a (dyn ToSql + Sync), Type);

/// A Rust type that has one type in PostgreSQL.
pub(super) trait Typed: ToSql + Sync {
    const TYPE: Type;
}

impl Typed for i64 {
    const TYPE: Type = Type::INT8;
}

impl Typed for String {
    const TYPE: Type = Type::TEXT;
}

impl Typed for &str {
    const TYPE: Type = Type::TEXT;
}

/// A Rust type that arrays are made of.
pub(super) trait Element: ToSql + Sync {
    const ARRAY: Type;
}

macro_rules! elements {
    ($($element:ty: $array:ident;)*) => {$(
        impl Element for $element {
            const ARRAY: Type = Type::$array;
        }
    )*};
}

elements! {
    i64: INT8_ARRAY;
    f64: FLOAT8_ARRAY;
    bool: BOOL_ARRAY;
    String: TEXT_ARRAY;
    &str: TEXT_ARRAY;
    &[u8]: BYTEA_ARRAY;
}

impl<T: Element> Element for Option<T> {
    const ARRAY: Type = T::ARRAY;
}

impl<T: Element> Typed for Vec<T> {
    const TYPE: Type = T::ARRAY;
}

impl Typed for &[u8] {
    const TYPE: Type = Type::BYTEA;
}

impl Typed for bool {
    const TYPE: Type = Type::BOOL;
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: Type = T::TYPE;
}

pub(super) fn param<T: Typed>(value: &T) -> Param<'_> {
    (value, T::TYPE)
}

/// The parameters of a statement, in order.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        [$($crate::postgres::params::param(&$value)),*]
    };
}
pub(super) use params;
