//! The statements over PostgreSQL.

/// Opening, migrations, time.
pub(super) mod ground {
    use crate::sql::statements;

    statements! { "sql/ground.sql":
        IDENTITY = "identity";
        SERVER = "server";
        ROLE = "role";
        REPLICATED = "replicated";
        TIME = "time";
        BACKEND = "backend";
        LOOK = "look";
        NEWEST_TIME = "newest_time";
        BEGIN_READ = "begin_read";
        LIMIT_TIME = "limit_time";
        END_READ = "end_read";
        POSITION = "position";
        MARK_TIMELINE = "mark_timeline";
        SEEN = "seen";
        COVERS = "covers";
        HAS_MIGRATIONS = "has_migrations";
        MAKE_MIGRATIONS = "make_migrations";
        LOCK_SCHEMA = "lock_schema";
        WAIT_BRIEFLY = "wait_briefly";
        TAKE_ALONE = "take_alone";
        AT_WORK = "at_work";
        UNFINISHED = "unfinished";
        MIGRATIONS = "migrations";
        MIGRATED = "migrated";
        ADD_MONTHS = "add_months";
        IS_RANKED = "is_ranked";
        KEEP_OUT = "keep_out";
        RANK_TASKS = "rank_tasks";
        RANK_READY = "rank_ready";
        RANKED = "ranked";
    }
}

/// The tables of a public ClaudeBench.
pub(super) mod public {
    use crate::sql::statements;

    statements! { "sql/public.sql":
        BEGIN = "begin";
        HAS_TABLE = "has_table";
        TASKS = "tasks";
        ATTACHMENTS = "attachments";
        SUBTASKS = "subtasks";
        PROJECTS = "projects";
        SESSIONS = "sessions";
    }
}

/// Copying all of a store from here or to here.
pub(super) mod copy {
    use crate::sql::statements;

    statements! { "sql/copy.sql":
        ROWS = "rows";
        LOG_ROWS = "log_rows";
        BOUNDS = "bounds";
        HOLD = "hold";
        HELD = "held";
        LOG_END = "log_end";
        IS_USED = "is_used";
        HAS_ARCHIVED = "has_archived";
        IS_COPYING = "is_copying";
        COPYING = "copying";
        START = "start";
        SAVE_COPYING = "save_copying";
        END_COPYING = "end_copying";
        ADD_MONTH = "add_month";
        PUT = "put";
        PUT_LOG = "put_log";
        NAMES = "names";
        FINISH = "finish";
        ANALYZE = "analyze";
    }
}

/// What readers ask.
pub(super) mod read {
    use crate::sql::statements;

    statements! { "sql/read.sql":
        TASKS = "tasks";
        RESULT_SIZES = "result_sizes";
        RESULTS = "results";
        ATTACHMENT_KEYS = "attachment_keys";
        DEPENDS_ON = "depends_on";
        DEPENDENCIES = "dependencies";
        DEPENDENTS = "dependents";
        BLOCKED_BY = "blocked_by";
        AHEAD = "ahead";
        STATS = "stats";
        TOTALS = "totals";
        PROJECTS = "projects";
        ROLE_QUEUES = "role_queues";
        SERVERS = "servers";
        OLDEST_READY = "oldest_ready";
        OLDEST_READY_OF_PROJECT = "oldest_ready_of_project";
        ATTACHMENTS_OF = "attachments_of";
        COUNT_ATTACHMENTS = "count_attachments";
        ATTACHMENTS_NAMED = "attachments_named";
        EVENT_BOUNDS = "event_bounds";
        EVENTS_AFTER = "events_after";
        EVENTS_BEFORE = "events_before";
        SESSION_EVENTS_AFTER = "session_events_after";
        SESSION_EVENTS_BEFORE = "session_events_before";
        SESSION = "session";
        SESSIONS = "sessions";
        EVENTS_OF = "events_of";
        EVENTS_OF_BACKWARDS = "events_of_backwards";
        INSTANCES = "instances";
        OFFLINE_INSTANCES = "offline_instances";
        INSTANCE_IDS = "instance_ids";
        INSTANCES_HOLDING = "instances_holding";
        INSTANCES_NAMED = "instances_named";
        INSTANCES_HEARD = "instances_heard";
        CONFIG = "config";
        CONFIG_PAGE = "config_page";
        PAUSES = "pauses";
        KEYS = "keys";
        ENDED_LOGINS = "ended_logins";
        WORDS_TAIL = "words_tail";
        HEALTH = "health";
    }
}

/// What a batch needs.
pub(super) mod load {
    use crate::sql::statements;

    statements! { "sql/load.sql":
        BEGIN = "begin";
        COMMIT = "commit";
        ROLLBACK = "rollback";
        DISCARD_PLANS = "discard_plans";
        BOUNDS = "bounds";
        BOUNDS_ALONE = "bounds_alone";
        LOCK_NAMES = "lock_names";
        LOCK_TASKS = "lock_tasks";
        TAKE_TASKS = "take_tasks";
        TASKS_THERE = "tasks_there";
        LOCK_LEASES = "lock_leases";
        TAKE_LEASES = "take_leases";
        LEASES_THERE = "leases_there";
        UNIQUE = "unique";
        KEPT = "kept";
        ATTACHMENTS = "attachments";
        DEPENDENTS = "dependents";
        TAKE_DEPENDENTS = "take_dependents";
        COUNT_DEPENDENTS = "count_dependents";
        DEPENDENCIES = "dependencies";
        LEASES_OF = "leases_of";
        LEASES_OF_THERE = "leases_of_there";
        PARKED_ON = "parked_on";
        DEAD = "dead";
        DUE_TASKS = "due_tasks";
        DUE_LEASES = "due_leases";
        NEXT_DUE = "next_due";
        FLOORS = "floors";
        TAKE_READY = "take_ready";
        LOOK = "look";
        INSTANCES = "instances";
        SESSIONS = "sessions";
        COUNT_SESSIONS = "count_sessions";
        COUNT_INSTANCES = "count_instances";
        CONFIG = "config";
        COUNT_CONFIG = "count_config";
        KEYS = "keys";
        COUNT_KEYS = "count_keys";
        ADD_TENANTS = "add_tenants";
        TENANTS = "tenants";
        DECISIONS = "decisions";
        VOTES = "votes";
        BATCHES = "batches";
        ALL_PAUSES = "all_pauses";
        NEWS = "news";
        NEWS_END = "news_end";
        LANES = "lanes";
        ALL_LANES = "all_lanes";
        FIRST_DUE = "first_due";
        NUMBERS = "numbers";
        TRANSACTION = "transaction";
        END_BACKEND = "end_backend";
        IS_AT_WORK = "is_at_work";
        COMMITTED = "committed";
        FLUSH_TASKS = "flush_tasks";
        FLUSH_SCHEDULED = "flush_scheduled";
        FLUSH_LEASES = "flush_leases";
        FLUSH_LABELS = "flush_labels";
        FLUSH_DEPENDENCIES = "flush_dependencies";
        FLUSH_ATTACHMENTS = "flush_attachments";
        FLUSH_UNIQUE = "flush_unique";
        FLUSH_WORDS = "flush_words";
        FLUSH_COUNTS = "flush_counts";
        FLUSH_COUNT_CHANGES = "flush_count_changes";
        FLUSH_IDEMPOTENCY = "flush_idempotency";
    }
}

/// What a batch has changed.
pub(super) mod save {
    use crate::sql::statements;

    statements! { "sql/save.sql":
        DROP_KEPT = "drop_kept";
        KEEP = "keep";
        DROP_UNIQUE = "drop_unique";
        ADD_UNIQUE = "add_unique";
        INSERT_TASKS = "insert_tasks";
        MOVE_TASKS = "move_tasks";
        CHANGE_TASKS = "change_tasks";
        ERASE_TASKS = "erase_tasks";
        ERASE_LABELS = "erase_labels";
        ERASE_ATTACHMENTS = "erase_attachments";
        ERASE_DEPENDENCIES = "erase_dependencies";
        INSERT_LABELS = "insert_labels";
        DELETE_ATTACHMENTS = "delete_attachments";
        PUT_ATTACHMENTS = "put_attachments";
        DROP_DEPENDENCIES = "drop_dependencies";
        PUT_DEPENDENCIES = "put_dependencies";
        LEAVE_READY = "leave_ready";
        ENTER_READY = "enter_ready";
        UNSCHEDULE = "unschedule";
        SCHEDULE = "schedule";
        END_LEASES = "end_leases";
        INSERT_LEASES = "insert_leases";
        CHANGE_LEASES = "change_leases";
        LOOKED_AT_LEASES = "looked_at_leases";
        PUT_INSTANCES = "put_instances";
        PUT_SESSIONS = "put_sessions";
        END_PAUSES = "end_pauses";
        PUT_PAUSES = "put_pauses";
        SET_CONFIG = "set_config";
        REVOKE_KEYS = "revoke_keys";
        ADD_KEY = "add_key";
        END_LOGINS = "end_logins";
        PUT_VOTES = "put_votes";
        DECIDE = "decide";
        TAKE_BATCHES = "take_batches";
        NUMBER_LANES = "number_lanes";
        PLACE = "place";
    }
}

/// What one server does for all.
pub(super) mod keeping {
    use crate::sql::statements;

    statements! { "sql/keeping.sql":
        DUE_CHORES = "due_chores";
        TAKE_TURN = "take_turn";
        CHORE_DONE = "chore_done";
        SHARE_STRUCTURE = "share_structure";
        OWN_STRUCTURE = "own_structure";
        WAIT_AT_MOST = "wait_at_most";
        MARK = "mark";
        MOVE_MARK = "move_mark";
        NEXT_EVENTS = "next_events";
        NUMBER_EVENTS = "number_events";
        CHANGED_TASKS = "changed_tasks";
        TEXTS = "texts";
        LEARN_WORDS = "learn_words";
        FORGET_WORDS = "forget_words";
        LEARN_GROUPS = "learn_groups";
        ROLL_UP = "roll_up";
        NEWEST_EVENT = "newest_event";
        EVENTS_KEPT = "events_kept";
        OLDEST_MONTH = "oldest_month";
        LAST_OF_MONTH = "last_of_month";
        DROP_MONTH = "drop_month";
        FORGET_MONTH = "forget_month";
        OLDEST_EVENTS = "oldest_events";
        DROP_EVENTS = "drop_events";
        OLD_NEWS = "old_news";
        DROP_NEWS = "drop_news";
        DROP_IDEMPOTENCY = "drop_idempotency";
        DROP_INSTANCES = "drop_instances";
        DROP_VOTES = "drop_votes";
        DROP_DECISIONS = "drop_decisions";
        DROP_ENDED_LOGINS = "drop_ended_logins";
        DROP_SESSIONS = "drop_sessions";
        DROP_BATCHES = "drop_batches";
        DROP_SERVERS = "drop_servers";
        LOOK_AT_LANES = "look_at_lanes";
        HAS_OLD_LANES = "has_old_lanes";
        DROP_LANES = "drop_lanes";
        TELL_OF_LANES = "tell_of_lanes";
        DEAD_ROWS = "dead_rows";
        OLDEST_TRANSACTION = "oldest_transaction";
        BEHIND = "behind";
    }
}

/// The archive.
pub(super) mod archive {
    use crate::sql::statements;

    statements! { "sql/archive.sql":
        LIMITS = "limits";
        TRY_TURN = "try_turn";
        WAIT_TURN = "wait_turn";
        CUTOFF = "cutoff";
        ENDED_TASKS = "ended_tasks";
        DUE_BY_MONTH = "due_by_month";
        TASK_LINES = "task_lines";
        ATTACHMENT_LINES = "attachment_lines";
        DEPENDENCY_LINES = "dependency_lines";
        HOLD_ENDED = "hold_ended";
        COUNT_WAITING = "count_waiting";
        TAKE_LABELS = "take_labels";
        FORGET_RESTORED = "forget_restored";
        COUNT = "count";
        RECORD = "record";
        OLD_MONTHS = "old_months";
        DROP_EMPTY_MONTH = "drop_empty_month";
        LOG_SIZES = "log_sizes";
        LOG_LINES = "log_lines";
        NOT_DROPPED_YET = "not_dropped_yet";
        LIST = "list";
        OF_TASK = "of_task";
        OF_TASKS = "of_tasks";
        OF_MONTH = "of_month";
        ANSWERS_FOR = "answers_for";
        ONE = "one";
        FIRST_OF_LOG = "first_of_log";
        ARCHIVED_TASK = "archived_task";
        ARCHIVED_ATTACHMENTS = "archived_attachments";
        ARCHIVED_EVENTS = "archived_events";
        MAKE_MONTH = "make_month";
        WHICH_ARE_HERE = "which_are_here";
        PUT_ROWS = "put_rows";
        PUT_LABELS = "put_labels";
        NOTE_RESTORED = "note_restored";
        ANSWERS_NO_MORE = "answers_no_more";
    }
}

/// What other servers have committed.
pub(super) mod follow {
    use crate::sql::statements;

    statements! { "sql/follow.sql":
        LISTEN = "listen";
        EVENTS = "events";
        HERE = "here";
        HISTORY = "history";
        ROOM = "room";
        NEWEST_UPTO = "newest_upto";
        READY = "ready";
    }
}

/// The figures of dashboards.
pub(super) mod metrics {
    use crate::sql::statements;

    statements! { "sql/metrics.sql":
        COUNTED = "counted";
        METRICS = "metrics";
        TOP_WORKERS = "top_workers";
        ALL_WORKERS = "all_workers";
        LOCK_COUNTED = "lock_counted";
        PUT_COUNTED = "put_counted";
        METRICS_NAMED = "metrics_named";
        WORKERS_NAMED = "workers_named";
        PUT_METRICS = "put_metrics";
        PUT_WORKERS = "put_workers";
        CLEAR_METRICS = "clear_metrics";
        DROP_METRICS = "drop_metrics";
        DROP_WORKERS = "drop_workers";
    }
}

/// Parts that statements are put together from; none is one of its own.
pub(super) mod list {
    use crate::sql::section;

    const FILE: &str = include_str!("sql/list.sql");

    macro_rules! parts {
        ($($name:ident = $section:literal;)*) => {
            $(pub(in crate::postgres) const $name: &str = section(FILE, $section);)*
        };
    }

    parts! {
        EXPLAIN = "explain";
        REACH_ASC = "reach_asc";
        REACH_DESC = "reach_desc";
        UNION_ALL = "union_all";
        QUICK_BEGIN = "quick_begin";
        QUICK_ASC = "quick_asc";
        QUICK_DESC = "quick_desc";
        KINDS_OF_TENANT = "kinds_of_tenant";
        KINDS_OF_PROJECT = "kinds_of_project";
        KIND_READY = "kind_ready";
        KIND_SCHEDULED = "kind_scheduled";
        KIND_BLOCKED = "kind_blocked";
        KIND_IN_PROGRESS = "kind_in_progress";
        KIND_COMPLETED = "kind_completed";
        KIND_FAILED = "kind_failed";
        KIND_CANCELLED = "kind_cancelled";
        OF_TENANT = "of_tenant";
        OF_STATUS = "of_status";
        OF_ASSIGNEE = "of_assignee";
        OF_PROJECT = "of_project";
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
        LOOK_BEGIN = "look_begin";
        LOOK_AMONG = "look_among";
        LOOK_END = "look_end";
    }
}
