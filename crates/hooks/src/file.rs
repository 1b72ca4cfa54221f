//! A rule file as it is written, with the place of each text in it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use toml::Spanned;

use crate::error::Fault;
use crate::verdict::{Action, Severity};

/// The longest file.
const MAX_BYTES: usize = 256 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    hook: Hook,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct Hook {
    #[serde(default)]
    rule: Vec<Spanned<RawRule>>,
}

/// `[[hook.rule]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawRule {
    pub(crate) name: Spanned<String>,
    pub(crate) tools: Option<Texts>,
    #[serde(default)]
    pub(crate) when: Many<RawWhen>,
    pub(crate) action: Option<Spanned<Action>>,
    pub(crate) severity: Option<Severity>,
    pub(crate) message: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) if_unknown: Option<RawUnknown>,
    pub(crate) exempts: Option<Texts>,
    #[serde(default)]
    pub(crate) locked: bool,
    pub(crate) modify: Option<Spanned<RawModify>>,
}

/// What a rule does where it may match.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum RawUnknown {
    Ask,
    Pass,
}

/// `modify = { .. }`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawModify {
    pub(crate) strip: Option<Texts>,
    pub(crate) replace: Option<RawReplace>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawReplace {
    pub(crate) field: String,
    pub(crate) pattern: Spanned<String>,
    pub(crate) with: String,
}

/// `when = { .. }`
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawWhen {
    pub(crate) command: Option<Texts>,
    pub(crate) flags_all: Option<Texts>,
    pub(crate) flags_any: Option<Texts>,
    pub(crate) arguments: Option<Texts>,
    pub(crate) last_argument: Option<Texts>,
    pub(crate) only_arguments: Option<Texts>,
    pub(crate) through: Option<Texts>,
    pub(crate) writes_to: Option<Texts>,
    pub(crate) pipes_into: Option<Texts>,
    pub(crate) stdin: Option<Texts>,
    pub(crate) unknown: Option<Texts>,
    pub(crate) path: Option<Texts>,
    #[serde(default)]
    pub(crate) input: BTreeMap<String, Texts>,
    pub(crate) larger_than: Option<u64>,
    #[serde(default)]
    pub(crate) all: Many<RawWhen>,
    #[serde(default)]
    pub(crate) not: Many<RawWhen>,
}

/// The rules of a file.
pub(crate) fn read(text: &str) -> Result<Vec<Spanned<RawRule>>, Fault> {
    if text.len() > MAX_BYTES {
        return Err(Fault::new(0..0, format!("the file is longer than {} KiB", MAX_BYTES / 1024)));
    }
    toml::from_str::<File>(text).map(|file| file.hook.rule).map_err(|error| {
        let reason = error.message().lines().collect::<Vec<_>>().join("; ");
        Fault::new(error.span().unwrap_or(0..0), reason)
    })
}

/// A text, or a list of texts.
pub(crate) struct Texts(pub(crate) Vec<Spanned<String>>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let whole = Spanned::<OneOrMore>::deserialize(deserializer)?;
        let span = whole.span();
        match whole.into_inner() {
            OneOrMore::One(text) => Ok(Self(vec![Spanned::new(span, text)])),
            OneOrMore::More(texts) if texts.is_empty() => {
                Err(D::Error::custom("an empty list matches nothing: leave the key away"))
            }
            OneOrMore::More(texts) => Ok(Self(texts)),
        }
    }
}

enum OneOrMore {
    One(String),
    More(Vec<Spanned<String>>),
}

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OneOrMoreTexts)
    }
}

struct OneOrMoreTexts;

impl<'de> Visitor<'de> for OneOrMoreTexts {
    type Value = OneOrMore;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a list of texts")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OneOrMore, E> {
        Ok(OneOrMore::One(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<OneOrMore, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(OneOrMore::More)
    }
}

/// A table, or a list of tables.
pub(crate) struct Many<T>(pub(crate) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Many<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ManyTables(std::marker::PhantomData)).map(Self)
    }
}

struct ManyTables<T>(std::marker::PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ManyTables<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a table of conditions or a list of such tables")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
        Ok(vec![T::deserialize(MapAccessDeserializer::new(map))?])
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(list))
    }
}
