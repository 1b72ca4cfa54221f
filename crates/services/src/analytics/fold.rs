//! A part of the event log becomes what it adds to the figures: nothing but the events decides.

use std::collections::HashMap;
use std::sync::Arc;

use claudebench_core::event::Event;
use claudebench_core::figures::Span;
use claudebench_core::{Cursor, Millis, TenantId};
use claudebench_store::{Counted, Fold, Metric, MetricKey, WorkerKey, WorkerMetric};

use super::figures::{COMPLETED, FAILED, Fields, RETURNED, STARTED, WAITED, WORKED};

/// What events add to the figures, added up.
pub(super) struct Folding {
    counted: Counted,
    now: Millis,
    events: usize,
    at: Option<Millis>,
    parts: HashMap<Part, usize>,
    /// Which of them the last event was of: the next one mostly is, too.
    last: usize,
    metrics: Vec<Metrics>,
    /// In the order in which they came.
    workers: Vec<(WorkerKey, WorkerMetric)>,
    places: HashMap<(TenantId, Millis), HashMap<Arc<str>, usize>>,
}

/// What is added up first: the shortest span that is kept; the longer ones consist of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Part {
    tenant: TenantId,
    shortest: Span,
    start: Millis,
    /// Whether it is among what was counted before, and is counted again.
    again: bool,
}

impl Part {
    /// Whether an event is of this part, without a look at what else is kept: that is certain in the
    /// shortest span of all.
    fn surely_has(&self, event: &Event, again: bool) -> bool {
        let since = event.at.since(self.start);
        self.shortest == Span::Minute
            && (0..Span::Minute.ms()).contains(&since)
            && (self.tenant, self.again) == (event.tenant, again)
    }
}

/// The figures of one part, by name: there are few.
struct Metrics {
    of: Part,
    named: Vec<(&'static str, Metric)>,
}

impl Metrics {
    /// What an event says of its task, of a method, and of how long it took.
    fn add(&mut self, at: Millis, kind: &str, flow: Option<&'static str>, fields: &Fields<'_>) {
        if let Some(method) = fields.method(kind) {
            self.count(at, method, None);
        }
        if let Some(failure) = fields.failure(kind, flow) {
            self.count(at, failure, None);
        }
        let Some(flow) = flow else { return };
        self.count(at, flow, fields.priority.filter(|_| flow != RETURNED));
        // The first claim of a task has its first fence; later ones waited for something else.
        let waited = fields.waited.filter(|_| kind == "task.claimed" && fields.fence == Some(1));
        let worked = fields.worked.filter(|_| kind == "task.completed");
        for (name, ms) in [(WAITED, waited), (WORKED, worked)] {
            if let Some(ms) = ms {
                let ms = ms.max(0);
                self.count(at, name, Some(ms)).latencies.record(ms);
            }
        }
    }

    fn count(&mut self, at: Millis, name: &'static str, value: Option<i64>) -> &mut Metric {
        let found = self.named.iter().position(|(known, _)| *known == name);
        let place = found.unwrap_or_else(|| {
            self.named.push((name, Metric::default()));
            self.named.len() - 1
        });
        let metric = &mut self.named[place].1;
        metric.record(at, value);
        metric
    }
}

impl Folding {
    /// Nothing, after what was counted. `now` says which spans are kept.
    pub(super) fn new(counted: &Counted, now: Millis) -> Self {
        Self {
            counted: counted.clone(),
            now,
            events: 0,
            at: None,
            parts: HashMap::new(),
            last: 0,
            metrics: Vec::new(),
            workers: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// How many events were added.
    pub(super) const fn events(&self) -> usize {
        self.events
    }

    /// How many figures they add to.
    pub(super) fn figures(&self) -> usize {
        let metrics: usize = self.metrics.iter().map(|part| part.named.len()).sum();
        Span::ALL.len() * metrics + self.workers.len()
    }

    /// What was counted before them.
    pub(super) const fn counted(&self) -> &Counted {
        &self.counted
    }

    /// All of it, which is what the log says up to this place.
    pub(super) fn end(self, upto: Cursor) -> Fold {
        let mut names: HashMap<&'static str, Arc<str>> = HashMap::new();
        let mut metrics: HashMap<MetricKey, Metric> = HashMap::new();
        for part in &self.metrics {
            let Part { tenant, shortest, start, again } = part.of;
            let place = if again { self.counted.redo_upto } else { Cursor(i64::MAX) };
            for (name, metric) in &part.named {
                let name = names.entry(name).or_insert_with(|| (*name).into());
                for span in Span::ALL.into_iter().filter(|span| *span >= shortest) {
                    let start = span.start(start);
                    if self.counted.wants(place, start) {
                        let key = MetricKey { tenant, span, name: name.clone(), start };
                        metrics.entry(key).or_default().add(metric);
                    }
                }
            }
        }
        Fold {
            generation: self.counted.generation,
            after: self.counted.upto,
            upto,
            at: self.at,
            lost: None,
            metrics: metrics.into_iter().collect(),
            workers: self.workers,
        }
    }

    /// Adds what an event says. Only those of tasks say something.
    pub(super) fn add(&mut self, event: &Event) {
        if !event.kind.starts_with("task.") {
            return;
        }
        self.events += 1;
        self.at = Some(event.at);
        let fields = Fields::of(event);
        let (kind, flow) = (&*event.kind, fields.flow(&event.kind));
        if let Some(part) = self.part(event) {
            part.add(event.at, kind, flow, &fields);
        }
        let Some(flow) = flow else { return };
        // Who sets a task going or ends it by hand is no worker.
        if kind != "task.updated"
            && let Some(worker) = fields.worker()
        {
            self.worker(event, worker, flow, &fields);
        }
    }

    /// Where an event counts, if spans are kept that it lies in.
    fn part(&mut self, event: &Event) -> Option<&mut Metrics> {
        let again = event.cursor <= self.counted.redo_upto;
        let last = self.metrics.get(self.last);
        if !last.is_some_and(|last| last.of.surely_has(event, again)) {
            let is_kept = |span: &Span| span.start(event.at) >= span.oldest(self.now);
            let shortest = Span::ALL.into_iter().find(is_kept)?;
            let start = shortest.start(event.at);
            let of = Part { tenant: event.tenant, shortest, start, again };
            self.last = *self.parts.entry(of).or_insert_with(|| {
                self.metrics.push(Metrics { of, named: Vec::new() });
                self.metrics.len() - 1
            });
        }
        self.metrics.get_mut(self.last)
    }

    fn worker(&mut self, event: &Event, worker: &str, flow: &str, fields: &Fields<'_>) {
        let day = Span::Day.start(event.at);
        if day < Span::Day.oldest(self.now) || !self.counted.wants(event.cursor, day) {
            return;
        }
        let known = self.places.entry((event.tenant, day)).or_default();
        let place = known.get(worker).copied().unwrap_or_else(|| {
            let worker: Arc<str> = worker.into();
            let place = self.workers.len();
            known.insert(worker.clone(), place);
            let key = WorkerKey { tenant: event.tenant, day, worker };
            self.workers.push((key, WorkerMetric::default()));
            place
        });
        let ends = matches!(flow, COMPLETED | FAILED);
        let lost = fields.by_time() && matches!(flow, RETURNED | FAILED);
        let worked = fields.worked.filter(|_| ends);
        let one = WorkerMetric {
            started: i64::from(flow == STARTED),
            completed: i64::from(flow == COMPLETED),
            failed: i64::from(flow == FAILED),
            returned: i64::from(flow == RETURNED && !lost),
            lost: i64::from(lost),
            worked: i64::from(worked.is_some()),
            worked_ms: worked.unwrap_or(0).max(0),
            first: event.at,
            last: event.at,
        };
        self.workers[place].1.add(&one);
    }
}

#[cfg(test)]
mod tests {
    use claudebench_core::TaskId;
    use claudebench_core::event::Text;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Millis = Millis(1_763_913_600_007);

    fn event(place: i64, at: Millis, kind: &str, payload: &Value) -> Arc<Event> {
        Arc::new(Event {
            cursor: Cursor(place),
            tenant: TenantId::DEFAULT,
            kind: kind.into(),
            at,
            task: Some(TaskId(7)),
            version: Some(3),
            attempt: Some(1),
            project: None,
            actor: "local".into(),
            traceparent: None,
            session: None,
            payload: serde_json::value::to_raw_value(payload).unwrap(),
            text: Text::default(),
        })
    }

    fn fold(counted: &Counted, events: &[Arc<Event>], upto: Cursor) -> Fold {
        let mut folding = Folding::new(counted, NOW);
        events.iter().for_each(|event| folding.add(event));
        folding.end(upto)
    }

    fn day<'f>(fold: &'f Fold, name: &str) -> Option<&'f Metric> {
        let is = |key: &MetricKey| key.span == Span::Day && *key.name == *name;
        fold.metrics.iter().find(|(key, _)| is(key)).map(|(_, metric)| metric)
    }

    #[test]
    fn events_of_earlier_versions_count_without_what_they_do_not_say() {
        let claimed = json!({"taskId": "t-7", "workerId": "w", "fence": 1, "attempt": 1});
        let completed = json!({"id": "t-7", "status": "completed", "completedBy": "w", "fence": 1});
        let by_hand =
            json!({"id": "t-7", "status": "completed", "priority": 4, "changes": ["status"]});
        let events = [
            event(1, NOW, "task.claimed", &claimed),
            event(2, NOW, "task.completed", &completed),
            event(3, NOW, "task.updated", &by_hand),
            event(4, NOW, "task.cancelled", &json!({"taskId": "t-7", "reason": "a \"b\""})),
            event(5, NOW, "task.created", &json!([])),
        ];
        let fold = fold(&Counted::default(), &events, Cursor(9));
        for (name, count) in [(STARTED, 1), (COMPLETED, 1), ("cancelled", 1), ("created", 1)] {
            let metric = day(&fold, name).unwrap();
            assert_eq!((metric.count, metric.valued), (count, 0), "{name}");
        }
        assert_eq!((day(&fold, WAITED), day(&fold, WORKED)), (None, None));
        assert_eq!((fold.upto, fold.at), (Cursor(9), Some(NOW)));
        let did = &fold.workers[0].1;
        assert_eq!((fold.workers.len(), did.started, did.completed, did.worked), (1, 1, 1, 0));
    }

    #[test]
    fn what_is_not_kept_or_has_its_figures_is_not_counted() {
        let created = json!({"id": "t-7", "priority": 5});
        let old = NOW.plus(-3 * Span::Day.ms());
        let events =
            [event(5, old, "task.created", &created), event(6, NOW, "task.created", &created)];
        let spans = |counted: &Counted| {
            let fold = fold(counted, &events, Cursor(6));
            let of = |span| fold.metrics.iter().filter(|(key, _)| key.span == span).count();
            Span::ALL.map(of)
        };
        // The name of what happened, and that of the method.
        assert_eq!(spans(&Counted::default()), [2, 4, 4]);
        let since = Span::Hour.start(NOW);
        let redo = Counted { redo_upto: Cursor(6), since, ..Counted::default() };
        assert_eq!(spans(&redo), [2, 2, 0]);
        assert_eq!(spans(&Counted { redo_upto: Cursor(5), ..redo }), [2, 2, 2]);
    }
}
