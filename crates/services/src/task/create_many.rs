//! `task.create_many`.

use std::collections::HashMap;

use claudebench_core::bounded::{List, Name};
use claudebench_core::{Code, Error, Scope, TaskId};
use claudebench_store::{self as store, Dependency};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::new::{Created, at_place, new_task};
use crate::context::Context;
use crate::method::{Access, Method};

/// Makes up to 1,000 tasks: all of them, or none if one is refused. They may depend on each other,
/// by the `key` that each has in this call.
///
/// ```json
/// {"tasks": [{"key": "build", "text": "Build the site"},
///            {"key": "check", "text": "Check the links", "dependsOn": ["build"]}]}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TaskCreateMany")]
pub struct CreateMany {
    /// The tasks.
    pub tasks: List<NewTask, 1_000>,
}

new_task! {
    /// One of many new tasks.
    NewTask {
        /// A name for it in this call, for `dependsOn` of the others.
        key: Option<Name>,
        /// The tasks that must be completed before: ids, or keys of other tasks of this call.
        depends_on: Option<List<Name, 1_000>>,
    }
}

/// The tasks that were made.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "TasksCreated")]
pub struct CreatedMany {
    /// The tasks, in the order of the call.
    pub tasks: Vec<Created>,
    /// How many.
    pub count: usize,
}

impl Method for CreateMany {
    const NAME: &'static str = "task.create_many";
    const ACCESS: Access = Access::Write(Scope::TasksWrite);
    type Output = CreatedMany;

    async fn call(self, cx: &Context) -> Result<CreatedMany, Error> {
        let given = self.tasks.into_vec();
        if given.is_empty() {
            return Err(Error::invalid(&["tasks"], "expected 1 to 1000 tasks, got none"));
        }
        let keys: Vec<Option<String>> =
            given.iter().map(|task| task.key.as_ref().map(ToString::to_string)).collect();
        let places = places(&keys)?;
        let mut tasks = Vec::with_capacity(given.len());
        let mut told = Vec::with_capacity(given.len());
        for (place, mut task) in given.into_iter().enumerate() {
            let at_place = |error| at_place(error, "tasks", place);
            let depends_on = task.depends_on.take().unwrap_or_default();
            let depends_on = dependencies(&depends_on, &places).map_err(at_place)?;
            let task = task.plan(&cx.shared.limits, depends_on).map_err(at_place)?;
            told.push((task.text.clone(), task.priority));
            tasks.push(task);
        }
        let made = cx.commit(store::Create { tasks }).await;
        let made = made.map_err(|error| named(error, &keys))?;
        let tasks: Vec<Created> = made
            .into_iter()
            .zip(told)
            .zip(keys)
            .map(|((made, (text, priority)), key)| Created {
                key,
                ..Created::of(text, priority, made)
            })
            .collect();
        Ok(CreatedMany { count: tasks.len(), tasks })
    }
}

/// The place of each key.
fn places(keys: &[Option<String>]) -> Result<HashMap<&str, usize>, Error> {
    let mut places = HashMap::new();
    for (place, key) in keys.iter().enumerate() {
        let Some(key) = key else { continue };
        if let Some(first) = places.insert(key.as_str(), place) {
            let message = format!("the key `{key}` stands at place {first} already");
            return Err(at_place(Error::invalid(&["key"], message), "tasks", place));
        }
    }
    Ok(places)
}

/// The error of a circle with the keys of its tasks: each has one, by which another depends on it.
fn named(error: Error, keys: &[Option<String>]) -> Error {
    if error.code != Code::DependencyCycle {
        return error;
    }
    let places = error.details.get("cycle").cloned().unwrap_or_default();
    let places: Vec<usize> = serde_json::from_value(places).unwrap_or_default();
    let along: Option<Vec<&str>> =
        places.iter().map(|place| keys.get(*place).and_then(Option::as_deref)).collect();
    match along.filter(|along| !along.is_empty()) {
        Some(along) => {
            let message =
                format!("The tasks {} depend on each other in a circle.", along.join(", "));
            Error::new(error.code, message).with("cycle", along).with("places", places)
        }
        None => error,
    }
}

/// What a task depends on: keys first, then ids.
fn dependencies(names: &[Name], places: &HashMap<&str, usize>) -> Result<Vec<Dependency>, Error> {
    let read = |name: &Name| match places.get(&**name) {
        Some(place) => Ok(Dependency::Place(*place)),
        None => name.parse::<TaskId>().map(Dependency::Task).map_err(|_| {
            let message = format!("expected a task's id or a key of this call, got `{name}`");
            Error::invalid(&["dependsOn"], message)
        }),
    };
    names.iter().map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_stands_before_an_id_and_comes_once() {
        let keys = [Some("t-5".to_owned()), None, Some("b".to_owned())];
        let places = places(&keys).unwrap();
        let names = ["t-5", "t-6", "b"].map(|name| Name::new(name).unwrap());
        let found = dependencies(&names, &places).unwrap();
        let expected = [Dependency::Place(0), Dependency::Task(TaskId(6)), Dependency::Place(2)];
        assert_eq!(found, expected);
        let error = dependencies(&[Name::new("c").unwrap()], &places).unwrap_err();
        assert_eq!(
            error.to_string(),
            "dependsOn: expected a task's id or a key of this call, got `c`"
        );
        let twice = [Some("b".to_owned()), Some("b".to_owned())];
        let error = super::places(&twice).unwrap_err();
        assert_eq!(error.to_string(), "tasks.1.key: the key `b` stands at place 0 already");
    }
}
