//! `hook.post_tool`.

use claudebench_core::event::{AlertToolErrors, HookPostTool};
use claudebench_core::{Error, Scope, Text};
use claudebench_store::Mark;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::pre_tool::timestamp;
use super::todo_write::{self, WentApart};
use crate::context::Context;
use crate::json::Json;
use crate::method::{Access, Method};
use crate::note::{Who, kept, note, raw, read, told};

/// An agent has used a tool: what it was called with and what it answered are kept, without secrets and cut.
/// Lists of todos become tasks.
///
/// ```json
/// {"tool": "Edit", "params": {"file_path": "a.rs"}, "result": {"ok": true}, "sessionId": "s-1"}
/// ```
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookPostTool")]
pub struct PostTool {
    /// The tool, such as `Bash`.
    pub tool: Text<1, 200>,
    /// What it was called with.
    #[serde(default)]
    pub params: Option<Json>,
    /// What it answered.
    #[serde(default)]
    pub result: Option<Json>,
    /// The session.
    #[serde(default)]
    pub session_id: Option<Text<0, 200>>,
    /// The instance; registered if it is not.
    #[serde(default)]
    pub instance_id: Option<Text<0, 200>>,
    /// When, in milliseconds since 1970; now if absent.
    #[serde(default)]
    pub timestamp: Option<f64>,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub execution_time: Option<f64>,
    /// Whether it succeeded; true if absent.
    #[serde(default)]
    pub success: Option<bool>,
    /// Whether this was kept while the server was away: nobody reads the answer any more. Tasks that went another
    /// way are told with the next prompt.
    #[serde(default)]
    pub late: bool,
}

/// It is kept.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "HookProcessed")]
pub struct Processed {
    /// What was made of it: true, or what is known of some tools.
    #[serde(default)]
    pub processed: Option<Json>,
    /// Todos whose tasks went another way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub apart: Vec<WentApart>,
}

impl Method for PostTool {
    const NAME: &'static str = "hook.post_tool";
    const ACCESS: Access = Access::Write(Scope::TasksWork);
    type Output = Processed;

    async fn call(self, cx: &Context) -> Result<Processed, Error> {
        let who = Who::new(self.session_id, self.instance_id);
        let (params, result) = (read(self.params.as_ref()), read(self.result.as_ref()));
        let success = self.success.unwrap_or(true);
        let has_error = !success
            || result.get("error").is_some_and(|error| !error.is_null())
            || result.get("failed").is_some_and(|failed| !failed.is_null());
        let processed = processed(&self.tool, &params, &result);
        let fact = HookPostTool {
            tool: &self.tool,
            params: &kept(&params)?,
            result: &kept(&result)?,
            session_id: who.session.as_deref(),
            instance_id: who.instance.as_deref(),
            timestamp: timestamp(cx, self.timestamp),
            execution_time: self.execution_time.filter(|ms| ms.is_finite()),
            success,
            has_error,
            processed: &raw(&processed)?,
            life: std::marker::PhantomData,
        };
        let mut facts = vec![told(&fact)?];
        if has_error {
            facts.extend(alert(cx, &self.tool)?);
        }
        let mut marks = vec![Mark::Tool(self.tool.to_string())];
        if let Some(write) = todo_write::of_tool(&self.tool, &params, &result).filter(|_| success) {
            let (autocreate, tells) = (todo_write::autocreates(cx).await?, !self.late);
            marks.push(Mark::Todos(claudebench_store::WriteTodos { autocreate, tells, ..write }));
        }
        let noted = note(cx, &who, marks, facts).await?;
        let apart = noted.apart.into_iter().map(WentApart::from).collect();
        Ok(Processed { processed: Some(Json::of(&processed)), apart })
    }
}

/// What is told when a tool fails too often.
fn alert(cx: &Context, tool: &str) -> Result<Option<claudebench_store::Told>, Error> {
    let failed = cx.shared.tool_errors.failed(cx.tenant(), tool, cx.now());
    let Some(error_count) = failed else { return Ok(None) };
    let message = format!("{tool} has failed {error_count} times within five minutes");
    let life = std::marker::PhantomData;
    told(&AlertToolErrors { tool, error_count, message: &message, life }).map(Some)
}

fn processed(tool: &str, params: &Value, result: &Value) -> Value {
    match tool {
        "file.write" => json!({"acknowledged": true, "path": params["path"]}),
        "task.create" if !result["id"].is_null() => {
            json!({"acknowledged": true, "taskId": result["id"]})
        }
        "api.call" => json!({"acknowledged": true, "status": result["status"], "cached": false}),
        _ => json!(true),
    }
}
