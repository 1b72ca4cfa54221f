//! Ranges of time: which spans they are made of, and what is known of them.

use std::collections::BTreeMap;

use claudebench_core::figures::Span;
use claudebench_core::{Error, Millis};
use claudebench_store::{Counted, Metric, MetricQuery};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::{Context, store_error};

/// How far back it goes unless something else is asked for.
const USUAL_MS: i64 = 24 * 3_600_000;
/// Up to this long a range is shown minute by minute, hour by hour.
const IN_MINUTES_MS: i64 = 3 * 3_600_000;
const IN_HOURS_MS: i64 = 8 * 24 * 3_600_000;

/// A range of whole spans.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Range {
    pub(super) from: Millis,
    pub(super) to: Millis,
    pub(super) span: Span,
}

impl Range {
    /// The range that was asked for, made longer to whole spans.
    pub(super) fn of(
        (from, to): (Option<Millis>, Option<Millis>),
        span: Option<Span>,
        now: Millis,
    ) -> Result<Self, Error> {
        // What happens now is in it.
        let to = to.unwrap_or(now.plus(1));
        let from = from.unwrap_or_else(|| to.plus(-USUAL_MS));
        if from >= to {
            return Err(Error::invalid(
                &["from"],
                format!("`from` ({from}) must be before `to` ({to})"),
            ));
        }
        let span = span.unwrap_or_else(|| {
            let fits = |span: Span, longest| {
                to.since(from) <= longest && span.start(from) >= span.oldest(now)
            };
            if fits(Span::Minute, IN_MINUTES_MS) {
                Span::Minute
            } else if fits(Span::Hour, IN_HOURS_MS) {
                Span::Hour
            } else {
                Span::Day
            }
        });
        let range = Self { from: span.start(from), to: span.start(to.plus(span.ms() - 1)), span };
        range.keep(now)
    }

    /// Refuses what is not kept any more, and what would be more than that.
    fn keep(self, now: Millis) -> Result<Self, Error> {
        let (name, kept) = (self.span.name(), self.span.kept());
        let oldest = self.span.oldest(now);
        if self.from < oldest {
            let longer = if self.span == Span::Day { "" } else { "; ask for a longer `bucket`" };
            let message = format!("figures by {name} are kept from {oldest} on{longer}");
            return Err(Error::invalid(&["from"], message));
        }
        if self.to.since(self.from) / self.span.ms() > kept {
            let message = format!("a range has at most {kept} buckets of a {name}");
            return Err(Error::invalid(&["to"], message));
        }
        Ok(self)
    }

    /// The figures of these names, by where their span begins.
    pub(super) async fn read(
        self,
        cx: &Context,
        names: &[&'static str],
    ) -> Result<BTreeMap<Millis, Found>, Error> {
        let query = MetricQuery {
            tenant: cx.tenant(),
            span: self.span,
            from: self.from,
            to: self.to,
            names: names.to_vec(),
        };
        let rows = cx.shared.store.metrics(query).await.map_err(store_error)?;
        let mut found: BTreeMap<Millis, Found> = BTreeMap::new();
        for row in rows {
            let name = names.iter().find(|name| ***name == *row.name);
            let Some(name) = name else { continue };
            found.entry(row.start).or_default().0.entry(name).or_default().add(&row.metric);
        }
        Ok(found)
    }
}

/// Figures by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Found(BTreeMap<&'static str, Metric>);

impl Found {
    /// The figures of a whole range.
    pub(super) fn total(all: &BTreeMap<Millis, Self>) -> Self {
        let mut total = Self::default();
        for (name, metric) in all.values().flat_map(|found| &found.0) {
            total.0.entry(name).or_default().add(metric);
        }
        total
    }

    /// Those of one name; none are zero.
    pub(super) fn of(&self, name: &str) -> Metric {
        self.0.get(name).cloned().unwrap_or_default()
    }

    pub(super) fn count(&self, name: &str) -> i64 {
        self.0.get(name).map_or(0, |metric| metric.count)
    }
}

/// What an answer covers, and what is missing.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "AnalyticsRange")]
pub struct Told {
    /// Where the range begins: that of a bucket, so not later than was asked for.
    pub from: Millis,
    /// Where it ends: not earlier than was asked for.
    pub to: Millis,
    /// How long a bucket is.
    pub bucket: Span,
    /// When the newest event happened that was counted: one of the last second or two may not have
    /// been yet. Absent before there was any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_up_to: Option<Millis>,
    /// The figures are being counted anew: what they lack will be there again.
    pub rebuilding: bool,
    /// Times within the range whose events were past their retention before they were counted:
    /// they are missing for good.
    pub lost: Vec<Lost>,
}

/// A time whose events were not counted.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AnalyticsLost")]
pub struct Lost {
    /// After this.
    pub from: Millis,
    /// Before this.
    pub to: Millis,
}

impl Told {
    pub(super) async fn of(cx: &Context, range: Range) -> Result<Self, Error> {
        let counted: Counted = cx.shared.store.counted().await.map_err(store_error)?;
        let Range { from, to, span } = range;
        let within = counted.gaps.iter().filter(|gap| gap.from < to && gap.to >= from);
        Ok(Self {
            from,
            to,
            bucket: span,
            counted_up_to: Some(counted.at).filter(|at| at.0 > 0),
            rebuilding: counted.rebuilding(),
            lost: within.map(|gap| Lost { from: gap.from, to: gap.to }).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_763_913_661_007);

    fn hours(n: i64) -> Option<Millis> {
        Some(NOW.plus(-n * 3_600_000))
    }

    fn range(
        from: Option<Millis>,
        to: Option<Millis>,
        span: Option<Span>,
    ) -> (String, String, Span) {
        let Range { from, to, span } = Range::of((from, to), span, NOW).unwrap();
        (from.to_string()[5..19].into(), to.to_string()[5..19].into(), span)
    }

    #[test]
    fn a_range_is_made_of_whole_spans() {
        let is = |from: &str, to: &str, span| (from.to_owned(), to.to_owned(), span);
        let day = range(None, None, None);
        assert_eq!(day, is("11-22T16:00:00", "11-23T17:00:00", Span::Hour));
        let now = range(hours(1), None, None);
        assert_eq!(now, is("11-23T15:01:00", "11-23T16:02:00", Span::Minute));
        let then = range(hours(31), hours(30), None);
        assert_eq!(then, is("11-22T09:00:00", "11-22T11:00:00", Span::Hour));
        let long = range(hours(24 * 90), None, None);
        assert_eq!(long, is("08-25T00:00:00", "11-24T00:00:00", Span::Day));
        let whole =
            range(Some(Span::Day.start(NOW)), Some(Span::Day.start(NOW).plus(1)), Some(Span::Day));
        assert_eq!(whole, is("11-23T00:00:00", "11-24T00:00:00", Span::Day));
    }

    #[test]
    fn what_is_not_kept_or_too_much_is_refused() {
        let refused = |from, to, span| Range::of((from, to), span, NOW).unwrap_err().message;
        assert!(refused(Some(NOW), Some(NOW), None).contains("must be before"));
        let old = refused(hours(26), None, Some(Span::Minute));
        assert!(old.contains("by minute are kept") && old.contains("longer `bucket`"), "{old}");
        assert!(!refused(Some(Millis(0)), None, None).contains("longer"));
        let long = refused(hours(1), Some(NOW.plus(i64::MAX / 2)), Some(Span::Day));
        assert!(long.contains("at most 3660"), "{long}");
    }
}
