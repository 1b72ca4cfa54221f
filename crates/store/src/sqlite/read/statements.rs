//! The statements of the readers.

use crate::sqlite::sql::statements;

statements! { "../sql/read.sql":
    TASK = "task";
    RESULT = "result";
    ATTACHMENT_KEYS = "attachment_keys";
    DEPENDS_ON = "depends_on";
    BLOCKED_BY = "blocked_by";
    STATS = "stats";
    TOTALS = "totals";
    OLDEST_READY = "oldest_ready";
    ATTACHMENTS_OF = "attachments_of";
    COUNT_ATTACHMENTS = "count_attachments";
    ATTACHMENT_NAMED = "attachment_named";
    EVENTS_AFTER = "events_after";
    EVENTS_BEFORE = "events_before";
    EVENT = "event";
    EVENT_BOUNDS = "event_bounds";
    LAST_EVENT_OF = "last_event_of";
    INSTANCES = "instances";
    CONFIG = "config";
    PAUSES = "pauses";
    KEYS = "keys";
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
        LIST = "list";
        COUNT = "count";
        OF_TENANT = "of_tenant";
        OF_TENANT_IN_ORDER = "of_tenant_in_order";
        NEWEST = "newest";
        BY_STATUS = "by_status";
        NOT_DEAD = "not_dead";
        BY_ASSIGNEE = "by_assignee";
        BY_PRIORITY = "by_priority";
        BY_PROJECT = "by_project";
        BY_TAG = "by_tag";
        BY_ROLE = "by_role";
        BY_PARENT = "by_parent";
        BY_WORDS = "by_words";
        AFTER_ASC = "after_asc";
        AFTER_DESC = "after_desc";
        SORT_CREATED = "sort_created";
        SORT_UPDATED = "sort_updated";
        SORT_PRIORITY = "sort_priority";
        SORT_STATUS = "sort_status";
        SORT_ASSIGNEE = "sort_assignee";
        PAGE = "page";
        COUNT_END = "count_end";
    }
}
