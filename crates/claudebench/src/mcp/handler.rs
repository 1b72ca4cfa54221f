//! What a client asks, and what it is told.

use std::sync::Arc;
use std::time::Duration;

use claudebench_core::{Code, Error};
use rmcp::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, CancelTaskParams,
    CancelledNotificationParam, CompleteRequestParams, CompleteResult, ContentBlock,
    CreateTaskResult, ErrorData, Extensions, GetPromptRequestParams, GetPromptResponse,
    GetTaskParams, GetTaskResult, Implementation, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
    ProgressNotificationParam, ProtocolVersion, ReadResourceRequestParams, ReadResourceResponse,
    Reference, ServerCapabilities, ServerConfig, SubscribeRequestParams, SubscriptionFilter,
    UnsubscribeRequestParams,
};
use rmcp::service::{NotificationContext, RequestContext, RoleServer, SubscriptionContext};
use serde_json::Value;

use super::backend::{Backend, ask};
use super::cancelled::Cancelled;
use super::claims::{self, Begun, GivenBack};
use super::tools::{self, NoTool, Toolsets};
use super::watch::{self, Watched};
use super::{prompts, resources};
use crate::transport::answer;

/// How often a call that waits says that it still does, to whoever wants to know.
const PROGRESS: Duration = Duration::from_secs(5);

/// What an agent is told when it connects.
const INSTRUCTIONS: &str = "ClaudeBench coordinates tasks between agents. Register once with \
    system__register, then task__claim (waitMs waits for work), task__heartbeat while you work, and \
    task__complete or task__fail with the fence of your lease. A refused fence means that the task \
    is no longer yours: stop working on it.";

/// One client's conversation with a server.
pub struct Handler<B: Backend> {
    backend: B,
    calls: Cancelled<GivenBack<B>>,
    /// What it has subscribed to, before the protocol of 2026-07-28.
    watched: Arc<Watched>,
}

impl<B: Backend> Handler<B> {
    /// A conversation.
    pub fn new(backend: B) -> Self {
        Self { backend, calls: Cancelled::new(), watched: Arc::default() }
    }

    fn toolsets(&self, message: &Extensions) -> Result<Toolsets, ErrorData> {
        self.backend.toolsets(message).map_err(protocol_error)
    }

    async fn called(
        &self,
        request: CallToolRequestParams,
        context: &RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let sets = self.toolsets(&context.extensions)?;
        let method = tools::method(&request.name, sets).map_err(|none| {
            let name = claudebench_core::id::clip(&request.name);
            let message = match none {
                NoTool::Unknown => format!("Unknown tool: {name}"),
                NoTool::Hidden(set) => format!(
                    "{name} is in the set of tools `{set}`, which was not asked for: name it in \
                     `--toolset`, or as `toolset` in the query of the URL"
                ),
            };
            ErrorData::invalid_params(message, None)
        })?;
        let params = request.arguments.unwrap_or_default();
        let by_task = context.client_capabilities().is_some_and(|client| client.supports_tasks());
        if let Some(wait) = claims::wait_of(method.name, &params) {
            return Ok(self.claimed(params, wait, by_task, context).await);
        }
        Ok(result(ask(&self.backend, &context.extensions, method.name, &params).await).into())
    }

    /// A claim that waits, as a task of the protocol if the client knows those.
    async fn claimed(
        &self,
        params: JsonObject,
        wait: i64,
        by_task: bool,
        context: &RequestContext<RoleServer>,
    ) -> CallToolResponse {
        if !by_task {
            return result(claims::wait(&self.backend, &self.calls, context, params, wait).await)
                .into();
        }
        match claims::begin(&self.backend, &context.extensions, params, wait).await {
            Ok(Begun::Waits(task)) => CallToolResponse::Task(CreateTaskResult::new(task)),
            Ok(Begun::Done(done)) => done.into(),
            Err(error) => result(Err(error)).into(),
        }
    }
}

impl<B: Backend> Drop for Handler<B> {
    fn drop(&mut self) {
        self.watched.end();
    }
}

/// Does something, and says now and then that it is still at it.
async fn with_progress<T>(
    context: &RequestContext<RoleServer>,
    work: impl Future<Output = T>,
) -> T {
    let mut work = std::pin::pin!(work);
    let Some(token) = context.meta.get_progress_token() else { return work.await };
    let mut waited = Duration::ZERO;
    loop {
        if let Ok(done) = tokio::time::timeout(PROGRESS, &mut work).await {
            return done;
        }
        waited += PROGRESS;
        let seconds = waited.as_secs_f64();
        let told = ProgressNotificationParam::new(token.clone(), seconds)
            .with_message(format!("waiting for {seconds} s"));
        // A client that has gone away cancels the call itself.
        let _ = context.peer.notify_progress(told).await;
    }
}

/// An answer as a tool's result.
pub(super) fn result(answer: Result<Value, Error>) -> CallToolResult {
    match answer {
        Ok(value) => CallToolResult::structured(value),
        Err(error) => {
            // No structured content: it would have to be an answer.
            let details = answer::object(&error);
            let text = format!("{} ({})\n{details}", error.message, error.code.name());
            CallToolResult::error(vec![ContentBlock::text(text)])
        }
    }
}

/// What is wrong with a message, not with what it asks for.
pub(super) fn protocol_error(error: Error) -> ErrorData {
    let details = Some(answer::object(&error));
    match error.code {
        Code::NotFound => ErrorData::resource_not_found(error.message, details),
        Code::InvalidParams => ErrorData::invalid_params(error.message, details),
        Code::Internal => ErrorData::internal_error(error.message, details),
        code => {
            ErrorData::new(rmcp::model::ErrorCode(answer::rpc_code(code)), error.message, details)
        }
    }
}

impl<B: Backend> ServerHandler for Handler<B> {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder()
            .enable_tools()
            .enable_prompts()
            .enable_resources()
            .enable_resources_list_changed()
            .enable_resources_subscribe()
            .enable_completions()
            .enable_tasks()
            .build();
        let program = Implementation::new("claudebench-mcp", env!("CARGO_PKG_VERSION"))
            .with_title("ClaudeBench");
        ServerConfig::new(capabilities)
            .with_protocol_version(ProtocolVersion::LATEST)
            .with_server_info(program)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let sets = self.toolsets(&context.extensions)?;
        Ok(ListToolsResult::with_all_items(tools::listed(sets)))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let cancelled = || Err(ErrorData::internal_error("the call was cancelled", None));
        tokio::select! {
            // What is cancelled before it came is not begun.
            biased;
            // What a claim got meanwhile goes back when the call is dropped.
            () = context.ct.cancelled() => cancelled(),
            () = self.calls.of(&context.id) => cancelled(),
            done = with_progress(&context, self.called(request, &context)) => done,
        }
    }

    async fn on_cancelled(
        &self,
        cancelled: CancelledNotificationParam,
        _: NotificationContext<RoleServer>,
    ) {
        if let Some(given) = cancelled.request_id.and_then(|call| self.calls.cancel(call)) {
            given.now();
        }
    }

    async fn get_task(
        &self,
        request: GetTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetTaskResult, ErrorData> {
        let looked = claims::look(&self.backend, &context.extensions, &request.task_id).await;
        looked.map(GetTaskResult::new).map_err(protocol_error)
    }

    async fn cancel_task(
        &self,
        request: CancelTaskParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        let cancelled = claims::cancel(&self.backend, &context.extensions, &request.task_id).await;
        cancelled.map_err(protocol_error)
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(ListPromptsResult::with_all_items(prompts::listed()))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let arguments = request.arguments.unwrap_or_default();
        prompts::written(&request.name, &arguments).map(Into::into).map_err(protocol_error)
    }

    async fn complete(
        &self,
        request: CompleteRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CompleteResult, ErrorData> {
        let (message, argument) = (&context.extensions, &request.argument);
        let completed = match &request.r#ref {
            Reference::Resource(of) => {
                resources::completed(&self.backend, message, &of.uri, argument).await
            }
            Reference::Prompt(of) => prompts::completed(&of.name, argument),
            _ => Err(Error::invalid(&["ref"], "expected a resource or a prompt")),
        };
        completed.map(CompleteResult::new).map_err(protocol_error)
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        Ok(ListResourcesResult::with_all_items(resources::listed()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(ListResourceTemplatesResult::with_all_items(resources::templates()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let found = resources::read(&self.backend, &context.extensions, &request.uri).await;
        found.map(Into::into).map_err(protocol_error)
    }

    fn accepted_subscription_filter(
        &self,
        requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(watch::accepted(requested))
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let changes = self.backend.changes(&context.request_context().extensions).await;
        watch::listen(&context, changes.map_err(protocol_error)?).await;
        Ok(())
    }

    async fn subscribe(
        &self,
        request: SubscribeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        resources::check(&request.uri).map_err(protocol_error)?;
        // First what can be refused, so that nothing is watched that nobody tells of.
        let changes = if self.watched.is_told() {
            None
        } else {
            Some(self.backend.changes(&context.extensions).await.map_err(protocol_error)?)
        };
        self.watched.add(request.uri).map_err(protocol_error)?;
        if let Some(changes) = changes {
            watch::tell(&self.watched, context.peer, changes);
        }
        Ok(())
    }

    async fn unsubscribe(
        &self,
        request: UnsubscribeRequestParams,
        _: RequestContext<RoleServer>,
    ) -> Result<(), ErrorData> {
        self.watched.remove(&request.uri);
        Ok(())
    }
}
