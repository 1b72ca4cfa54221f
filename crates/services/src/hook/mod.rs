//! Hooks of agents: what they are about to do is judged, what they did is kept, and their todos
//! become tasks.

mod agent_stop;
mod errors;
mod event;
mod notification;
mod post_tool;
mod pre_compact;
mod pre_tool;
mod rules;
mod todo_write;
mod user_prompt;

pub use agent_stop::{AgentStop, Stopped};
pub use errors::ToolErrors;
pub use event::{HookEvent, Recorded, of_unknown};
pub use notification::{Notification, Received};
pub use post_tool::{PostTool, Processed};
pub use pre_compact::{Compacting, PreCompact};
pub use pre_tool::{Decision, Judged, PreTool};
pub use rules::{HookRules, RULES_KEY};
pub use todo_write::{TodoItem, TodoState, TodoWrite, TodosWritten, WentApart};
pub use user_prompt::{Prompted, UserPrompt};

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] = &[
    Entry::of::<PreTool>(),
    Entry::of::<PostTool>(),
    Entry::of::<UserPrompt>(),
    Entry::of::<TodoWrite>(),
    Entry::of::<AgentStop>(),
    Entry::of::<Notification>(),
    Entry::of::<PreCompact>(),
    Entry::of::<HookEvent>(),
];
