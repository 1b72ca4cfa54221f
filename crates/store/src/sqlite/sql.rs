//! Statements of the embedded store, as those of any store.

pub(super) use crate::sql::{section, statements};

/// The figures of dashboards: of the writer and of the readers.
pub(super) mod metrics {
    use super::statements;

    statements! { "sql/metrics.sql":
        COUNTED = "counted";
        PUT_COUNTED = "put_counted";
        METRIC = "metric";
        PUT_METRIC = "put_metric";
        WORKER_METRIC = "worker_metric";
        PUT_WORKER_METRIC = "put_worker_metric";
        CLEAR_METRICS = "clear_metrics";
        CLEAR_WORKER_METRICS = "clear_worker_metrics";
        DROP_METRICS = "drop_metrics";
        DROP_WORKER_METRICS = "drop_worker_metrics";
        METRICS = "metrics";
        TOP_WORKERS = "top_workers";
        ALL_WORKERS = "all_workers";
    }
}
