//! `system.discover`.

use std::sync::LazyLock;

use claudebench_core::bounded::Name;
use claudebench_core::{Error, Scope};
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Entry, Method};

/// Lists the methods, with what each takes and answers.
///
/// ```json
/// {"domain": "queue"}
/// ```
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", default)]
#[schemars(rename = "SystemDiscover")]
pub struct Discover {
    /// Only methods of this domain, such as `task`.
    pub domain: Option<Name>,
}

/// The methods.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "SystemDiscovered")]
pub struct Discovered {
    /// The methods.
    pub methods: Vec<MethodFacts>,
}

/// A method.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MethodFacts")]
pub struct MethodFacts {
    /// `domain.action`.
    pub name: String,
    /// What it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The JSON Schema of its params.
    #[serde(default)]
    pub input_schema: Option<Json>,
    /// The JSON Schema of its answer.
    #[serde(default)]
    pub output_schema: Option<Json>,
    /// What a call needs.
    pub metadata: MethodMetadata,
}

/// What a call needs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "MethodMetadata")]
pub struct MethodMetadata {
    /// Whether it changes something.
    pub persist: bool,
    /// The scope that the caller must have.
    pub roles: Vec<Scope>,
}

impl Method for Discover {
    const NAME: &'static str = "system.discover";
    const ACCESS: Access = Access::Read(Scope::SystemRead);
    type Output = Discovered;

    async fn call(self, _: &Context) -> Result<Discovered, Error> {
        let fits = |facts: &&(&'static str, MethodFacts)| {
            self.domain.as_ref().is_none_or(|domain| **domain == *facts.0)
        };
        let methods = all().iter().filter(fits).map(|(_, facts)| facts.clone()).collect();
        Ok(Discovered { methods })
    }
}

/// Every method under its domain; made once.
fn all() -> &'static [(&'static str, MethodFacts)] {
    static ALL: LazyLock<Vec<(&'static str, MethodFacts)>> = LazyLock::new(|| {
        crate::registry::methods().map(|entry| (entry.domain(), facts(entry))).collect()
    });
    &ALL
}

fn facts(entry: &Entry) -> MethodFacts {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let (input, output) = (entry.schemas)(&mut settings.into_generator());
    MethodFacts {
        name: entry.name.to_owned(),
        description: input.get("description").and_then(Value::as_str).map(str::to_owned),
        input_schema: Some(Json::of(&input)),
        output_schema: Some(Json::of(&output)),
        metadata: MethodMetadata {
            persist: entry.access.takes_key(),
            roles: vec![entry.access.scope()],
        },
    }
}
