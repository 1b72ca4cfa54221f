//! The prompts of the public protocol.

use claudebench_core::Error;
use rmcp::model::{
    ArgumentInfo, CompletionInfo, GetPromptResult, JsonObject, Prompt, PromptArgument,
    PromptMessage, Role,
};
use serde_json::Value;

/// A prompt: its name, what it is for, its arguments with whether they must be there, and its text.
struct Written {
    name: &'static str,
    description: &'static str,
    arguments: &'static [(&'static str, &'static str, bool)],
    text: &'static str,
}

const PROMPTS: &[Written] = &[
    Written {
        name: "decompose-task",
        description: "Splits a task into parts that specialists can work on at once.",
        arguments: &[
            ("task", "What is to be done.", true),
            ("priority", "Its priority, 0 to 100.", false),
            ("constraints", "What must hold, as a JSON array of texts.", false),
        ],
        text: "Split the task below into parts that agents can work on independently.\n\n\
               - Each part has one clear result, fits one specialist (frontend, backend, testing, docs, \
               ...), and says what is done when it is done.\n\
               - A part depends on another only if it cannot begin before that one has ended; there are \
               no circles.\n\
               - Look at system__discover for who is there. Then make all parts with one call of \
               task__create_many: `text`, `roles`, `priority`, `key`, and `dependsOn` with the keys of \
               other parts.\n",
    },
    Written {
        name: "resolve-conflict",
        description: "Chooses between solutions of several agents, or puts them together.",
        arguments: &[
            ("projectType", "What kind of project it is.", true),
            ("requirements", "What must hold, as JSON.", true),
            ("solutions", "The solutions, as JSON.", true),
            ("constraints", "What else must hold, as JSON.", false),
        ],
        text: "Several agents have solved the same thing in different ways. Compare the solutions below \
               with the requirements, one by one. Choose one, or say exactly which parts of which are \
               put together, and give the reasons. Name what would break with each of the others.\n",
    },
    Written {
        name: "synthesize-progress",
        description: "Puts the results of the parts of a task together.",
        arguments: &[
            ("parentTask", "The task that was split.", true),
            ("completedSubtasks", "The parts that are done, with their results, as JSON.", true),
        ],
        text: "Put the results of the parts below together to a result of the whole task. Say what is \
               done, what is missing, where the parts do not fit each other, and what the next steps are, \
               in their order. Claim nothing that the results do not show.\n",
    },
];

/// All prompts.
pub(super) fn listed() -> Vec<Prompt> {
    let prompt = |prompt: &Written| {
        let arguments = prompt.arguments.iter().map(|(name, text, required)| {
            PromptArgument::new(*name).with_description(*text).with_required(*required)
        });
        Prompt::new(prompt.name, Some(prompt.description), Some(arguments.collect()))
    };
    PROMPTS.iter().map(prompt).collect()
}

fn named(name: &str) -> Result<&'static Written, Error> {
    PROMPTS.iter().find(|prompt| prompt.name == name).ok_or_else(|| {
        let name = claudebench_core::id::clip(name);
        Error::invalid(&["name"], format!("there is no prompt `{name}`; prompts/list names them"))
    })
}

/// What an argument of a prompt may go on with: nothing is known of them, they are texts.
pub(super) fn completed(name: &str, argument: &ArgumentInfo) -> Result<CompletionInfo, Error> {
    let prompt = named(name)?;
    if !prompt.arguments.iter().any(|(name, ..)| *name == argument.name) {
        let name = claudebench_core::id::clip(&argument.name);
        return Err(Error::invalid(&["argument"], format!("the prompt has no `{name}`")));
    }
    Ok(CompletionInfo::default())
}

/// A prompt with its arguments.
pub(super) fn written(name: &str, arguments: &JsonObject) -> Result<GetPromptResult, Error> {
    let prompt = named(name)?;
    let mut text = prompt.text.to_owned();
    for (name, _, required) in prompt.arguments {
        let given = match arguments.get(*name) {
            Some(Value::String(given)) if !given.is_empty() => given,
            None | Some(Value::Null | Value::String(_)) if !required => continue,
            None | Some(Value::Null | Value::String(_)) => {
                return Err(Error::invalid(&["arguments", name], "required but missing"));
            }
            Some(_) => return Err(Error::invalid(&["arguments", name], "expected a text")),
        };
        text.push_str(&format!("\n## {name}\n\n{given}\n"));
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(prompt.description))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn written_with(name: &str, arguments: Value) -> Result<String, Error> {
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        written(name, &arguments).map(|prompt| serde_json::to_string(&prompt).unwrap())
    }

    #[test]
    fn a_prompt_has_its_arguments_in_it() {
        let text = written_with("decompose-task", json!({ "task": "build it" })).unwrap();
        assert!(text.contains("## task") && text.contains("build it"), "{text}");
        assert!(!text.contains("## constraints"), "{text}");
    }

    #[test]
    fn what_is_missing_or_no_text_is_refused() {
        for (name, arguments, path) in [
            ("decompose-task", json!({}), "task"),
            ("decompose-task", json!({ "task": "" }), "task"),
            ("decompose-task", json!({ "task": "a", "priority": 7 }), "priority"),
            ("nothing", json!({}), "name"),
        ] {
            let error = written_with(name, arguments).unwrap_err();
            assert!(error.details["issues"].to_string().contains(path), "{error}");
        }
    }
}
