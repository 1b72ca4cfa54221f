//! The statements of the readers.

use crate::sqlite::sql::statements;

statements! { "../sql/read.sql":
    TASK = "task";
    RESULT = "result";
    RESULT_BYTES = "result_bytes";
    RESULT_LEFT_OUT = "result_left_out";
    ATTACHMENT_KEYS = "attachment_keys";
    DEPENDS_ON = "depends_on";
    DEPENDENCIES = "dependencies";
    DEPENDENTS = "dependents";
    BLOCKED_BY = "blocked_by";
    STATS = "stats";
    TOTALS = "totals";
    PROJECTS = "projects";
    ROLE_QUEUES = "role_queues";
    OLDEST_READY = "oldest_ready";
    ATTACHMENTS_OF = "attachments_of";
    COUNT_ATTACHMENTS = "count_attachments";
    ATTACHMENT_NAMED = "attachment_named";
    EVENTS_AFTER = "events_after";
    EVENTS_BEFORE = "events_before";
    SESSION_EVENTS_AFTER = "session_events_after";
    SESSION_EVENTS_BEFORE = "session_events_before";
    SESSION = "session";
    SESSIONS = "sessions";
    EVENT = "event";
    EVENT_LINK = "event_link";
    EVENT_BOUNDS = "event_bounds";
    LAST_EVENT_OF = "last_event_of";
    INSTANCES = "instances";
    OFFLINE_INSTANCES = "offline_instances";
    INSTANCE_IDS = "instance_ids";
    HOLDERS = "holders";
    INSTANCE = "instance";
    CONFIG = "config";
    CONFIG_PAGE = "config_page";
    PAUSES = "pauses";
    KEYS = "keys";
    ENDED_LOGINS = "ended_logins";
    READY_LANES = "ready_lanes";
    AHEAD_IN_LANE = "ahead_in_lane";
}

/// Parts that lists are put together from; none is a statement of its own.
pub(super) mod parts {
    use crate::sqlite::sql::section;

    const FILE: &str = include_str!("../sql/read.sql");

    macro_rules! parts {
        ($($name:ident = $section:literal;)*) => {
            $(pub(in crate::sqlite) const $name: &str = section(FILE, $section);)*
        };
    }

    parts! {
        REACH_ASC = "reach_asc";
        REACH_DESC = "reach_desc";
        BLOCK_REACH_ASC = "block_reach_asc";
        BLOCK_REACH_DESC = "block_reach_desc";
        UNION_ALL = "union_all";
        QUICK_ASC = "quick_asc";
        QUICK_DESC = "quick_desc";
        BLOCK_QUICK_ASC = "block_quick_asc";
        BLOCK_QUICK_DESC = "block_quick_desc";
        KINDS_OF_TENANT = "kinds_of_tenant";
        KINDS_OF_PROJECT = "kinds_of_project";
        KIND_READY = "kind_ready";
        KIND_SCHEDULED = "kind_scheduled";
        KIND_BLOCKED = "kind_blocked";
        KIND_IN_PROGRESS = "kind_in_progress";
        KIND_COMPLETED = "kind_completed";
        KIND_FAILED = "kind_failed";
        KIND_CANCELLED = "kind_cancelled";
        OF_ASSIGNEE = "of_assignee";
        OF_TAG = "of_tag";
        OF_ROLE = "of_role";
        OF_PARENT = "of_parent";
        OF_WORDS = "of_words";
        BY_STATUS = "by_status";
        BY_NOT_FAILED = "by_not_failed";
        BY_ASSIGNEE = "by_assignee";
        BY_PRIORITY = "by_priority";
        BY_PROJECT = "by_project";
        BY_TAG = "by_tag";
        BY_ROLE = "by_role";
        BY_PARENT = "by_parent";
        BY_WORDS = "by_words";
        SORTED = "sorted";
        WALK = "walk";
        INDEXED = "indexed";
        AMONG_BEGIN = "among_begin";
        AMONG_END = "among_end";
        AFTER_ASC = "after_asc";
        AFTER_DESC = "after_desc";
        SORT_CREATED = "sort_created";
        SORT_UPDATED = "sort_updated";
        SORT_PRIORITY = "sort_priority";
        SORT_STATUS = "sort_status";
        SORT_ASSIGNEE = "sort_assignee";
        SORT_QUEUE = "sort_queue";
        PAGE = "page";
        COUNT_BEGIN = "count_begin";
        COUNT_END = "count_end";
        COUNT_ASSIGNED = "count_assigned";
        LOOK_BEGIN = "look_begin";
        LOOK_AMONG = "look_among";
        LOOK_END = "look_end";
    }
}
