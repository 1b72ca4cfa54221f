//! The params of a method as options of the command line, built from its schema.

use clap::{Arg, ArgAction, ArgMatches, Command};
use claudebench_services::Entry;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// Options that the whole program has: a param of such a name gets a longer one.
const TAKEN: &[&str] = &["url", "key-file", "config", "json", "timeout", "help", "version"];

/// What a method takes.
pub(super) struct Form {
    /// What it does.
    pub(super) about: String,
    pub(super) fields: Vec<Field>,
}

/// A param, and its option.
pub(super) struct Field {
    name: String,
    option: String,
    help: String,
    kind: Kind,
}

/// How a param is written on the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Kind {
    Text,
    Choice(Vec<String>),
    Number,
    Switch,
    List(Box<Kind>),
    Json,
}

impl Form {
    /// Reads the schema of a method's params.
    pub(super) fn of(entry: &Entry) -> Self {
        let mut generator = SchemaSettings::draft2020_12().into_generator();
        let (params, _) = (entry.schemas)(&mut generator);
        let definitions = generator.definitions().clone();
        let params = resolved(params.as_value(), &definitions);
        let about = params.get("description").and_then(Value::as_str).unwrap_or_default();
        let properties = params.get("properties").and_then(Value::as_object);
        let fields = properties.into_iter().flatten().map(|(name, schema)| {
            let option = kebab(name);
            let option =
                if TAKEN.contains(&option.as_str()) { format!("field-{option}") } else { option };
            let described = schema
                .get("description")
                .or_else(|| resolved(schema, &definitions).get("description"));
            let help = described.and_then(Value::as_str).unwrap_or_default();
            Field {
                name: name.clone(),
                option,
                help: help.replace('\n', " "),
                kind: kind(schema, &definitions),
            }
        });
        Self { about: about.to_owned(), fields: fields.collect() }
    }

    /// The command of a method.
    pub(super) fn command(&self, name: &'static str) -> Command {
        // The example in a description is for whoever writes JSON.
        let about = self.about.split("```").next().unwrap_or_default().trim().replace('\n', " ");
        let first = about.split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
        let example = self.about.split("```json").nth(1).and_then(|rest| rest.split("```").next());
        let mut command =
            Command::new(name).about(first.trim_end_matches('.').to_owned()).long_about(about).arg(
                Arg::new("JSON")
                    .help("The params as a JSON object; `-` reads them from standard input"),
            );
        if let Some(example) = example {
            let example = example.split_whitespace().collect::<Vec<_>>().join(" ");
            command =
                command.after_help(format!("Example:\n  claudebench call {name} '{example}'"));
        }
        for field in &self.fields {
            command = command.arg(field.arg());
        }
        command
    }

    /// What was given.
    pub(super) fn given(&self, matches: &ArgMatches) -> Result<Map<String, Value>, String> {
        let mut given = Map::new();
        for field in &self.fields {
            if let Some(values) = matches.get_many::<String>(&field.option) {
                let values: Vec<&str> = values.map(String::as_str).collect();
                let value = field.kind.value(&values);
                let value = value.map_err(|e| format!("--{}: {e}", field.option))?;
                given.insert(field.name.clone(), value);
            }
        }
        Ok(given)
    }
}

impl Field {
    fn arg(&self) -> Arg {
        let arg = Arg::new(self.option.clone()).long(self.option.clone()).help(self.help.clone());
        match &self.kind {
            Kind::Text => arg.value_name("TEXT"),
            Kind::Choice(choices) => arg.value_name("WORD").value_parser(
                choices.iter().map(clap::builder::PossibleValue::new).collect::<Vec<_>>(),
            ),
            Kind::Number => arg.value_name("N").allow_negative_numbers(true),
            Kind::Switch => arg
                .value_name("true|false")
                .num_args(0..=1)
                .require_equals(true)
                .default_missing_value("true"),
            Kind::List(_) => arg.value_name("VALUE").action(ArgAction::Append),
            Kind::Json => arg.value_name("JSON"),
        }
    }
}

impl Kind {
    fn value(&self, given: &[&str]) -> Result<Value, String> {
        let last = given.last().copied().unwrap_or_default();
        match self {
            Self::Text | Self::Choice(_) => Ok(last.into()),
            Self::Number => match serde_json::from_str(last) {
                Ok(value @ Value::Number(_)) => Ok(value),
                _ => Err(format!("expected a number, got `{last}`")),
            },
            Self::Switch => match last {
                "true" => Ok(true.into()),
                "false" => Ok(false.into()),
                other => Err(format!("expected true or false, got `{other}`")),
            },
            Self::List(kind) => given.iter().map(|value| kind.value(&[*value])).collect(),
            Self::Json => {
                serde_json::from_str(last).map_err(|e| format!("expected JSON, got `{last}`: {e}"))
            }
        }
    }
}

type Definitions = Map<String, Value>;

/// What stands at the end of references.
fn resolved<'a>(schema: &'a Value, definitions: &'a Definitions) -> &'a Value {
    let named = schema.get("$ref").and_then(Value::as_str);
    let name = named.and_then(|path| path.rsplit('/').next());
    match name.and_then(|name| definitions.get(name)) {
        Some(found) => resolved(found, definitions),
        None => schema,
    }
}

fn kind(schema: &Value, definitions: &Definitions) -> Kind {
    let schema = resolved(schema, definitions);
    for several in ["anyOf", "oneOf"] {
        let Some(Value::Array(variants)) = schema.get(several) else { continue };
        let is_null = |variant: &&Value| variant.get("type").is_some_and(|kind| kind == "null");
        let variants: Vec<&Value> = variants.iter().filter(|v| !is_null(v)).collect();
        let words: Vec<String> =
            variants.iter().filter_map(|v| v.get("const")?.as_str().map(str::to_owned)).collect();
        return match variants.as_slice() {
            [one] => kind(one, definitions),
            _ if words.len() == variants.len() => Kind::Choice(words),
            _ => Kind::Json,
        };
    }
    if let Some(Value::Array(words)) = schema.get("enum") {
        let words: Option<Vec<String>> = words
            .iter()
            .filter(|word| !word.is_null())
            .map(|word| word.as_str().map(str::to_owned))
            .collect();
        return words.map_or(Kind::Json, Kind::Choice);
    }
    let name = match schema.get("type") {
        Some(Value::String(name)) => name.as_str(),
        Some(Value::Array(names)) => {
            let mut names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            match (names.next(), names.next()) {
                (Some(name), None) => name,
                _ => "",
            }
        }
        _ => "",
    };
    match name {
        "string" => Kind::Text,
        "integer" | "number" => Kind::Number,
        "boolean" => Kind::Switch,
        "array" => match schema.get("items").map(|items| kind(items, definitions)) {
            Some(item @ (Kind::Text | Kind::Choice(_) | Kind::Number)) => Kind::List(item.into()),
            _ => Kind::Json,
        },
        _ => Kind::Json,
    }
}

/// `maxTasks` as `max-tasks`.
fn kebab(name: &str) -> String {
    let mut text = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            text.push('-');
            text.push(c.to_ascii_lowercase());
        } else {
            text.push(if c == '_' { '-' } else { c });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(name: &str) -> Form {
        Form::of(claudebench_services::entry(name).unwrap())
    }

    fn kind_of(form: &Form, name: &str) -> Kind {
        form.fields.iter().find(|field| field.name == name).unwrap().kind.clone()
    }

    #[test]
    fn a_field_is_written_as_its_type_asks() {
        let create = form("task.create");
        assert_eq!(kind_of(&create, "text"), Kind::Text);
        assert_eq!(kind_of(&create, "priority"), Kind::Number);
        assert_eq!(kind_of(&create, "tags"), Kind::List(Kind::Text.into()));
        assert_eq!(kind_of(&create, "metadata"), Kind::Json);
        assert_eq!(kind_of(&create, "idempotencyKey"), Kind::Text);
        let choices = ["reject", "return", "replace"].map(str::to_owned).to_vec();
        assert_eq!(kind_of(&create, "onDuplicate"), Kind::Choice(choices));
        assert_eq!(kind_of(&form("task.retry"), "force"), Kind::Switch);
    }

    #[test]
    fn options_become_params() {
        let form = form("task.create");
        let command = form.command("task.create");
        let matches = command
            .try_get_matches_from([
                "call",
                "--text",
                "x",
                "--max-attempts",
                "3",
                "--tags",
                "a",
                "--tags",
                "b",
                "--metadata",
                "{\"a\":1}",
            ])
            .unwrap();
        assert_eq!(
            Value::Object(form.given(&matches).unwrap()),
            json!({"text": "x", "maxAttempts": 3, "tags": ["a", "b"], "metadata": {"a": 1}})
        );
        let matches =
            form.command("task.create").try_get_matches_from(["call", "--priority", "high"]);
        let error = form.given(&matches.unwrap()).unwrap_err();
        assert_eq!(error, "--priority: expected a number, got `high`");
    }

    #[test]
    fn a_switch_can_be_turned_off() {
        let form = form("task.retry");
        for (given, value) in [("--force", true), ("--force=false", false)] {
            let matches = form.command("task.retry").try_get_matches_from(["call", given]);
            assert_eq!(form.given(&matches.unwrap()).unwrap()["force"], value, "{given}");
        }
    }
}
