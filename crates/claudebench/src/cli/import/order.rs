//! In which order tasks are made, and what they wait for: pure.

use std::collections::{HashMap, HashSet};

use super::item::{End, Item, Left};

/// The most tasks that one waits for.
const MOST: usize = 1_000;

/// A task in its place: all that it waits for comes before it.
#[derive(Debug, PartialEq)]
pub(super) struct Placed {
    /// Its place in the source.
    pub(super) item: usize,
    /// The places in the source of those that it waits for.
    pub(super) waits_for: Vec<usize>,
}

/// Puts tasks in order. What cannot be said here is told: circles, tasks that are not there, and ended
/// tasks that would wait for others.
pub(super) fn ordered(items: &[Item], left: &mut Vec<Left>) -> Vec<Placed> {
    let places: HashMap<&str, usize> =
        items.iter().enumerate().map(|(place, item)| (item.id.as_str(), place)).collect();
    let mut edges: Vec<Vec<usize>> = vec![Vec::new(); items.len()];
    // What blocks is stronger than what belongs together.
    for of_parts in [false, true] {
        for (from, item) in items.iter().enumerate() {
            let names = if of_parts { &item.parts } else { &item.depends_on };
            for name in names {
                let Some(&to) = places.get(name.as_str()) else {
                    let why = format!("it waited for {name}, which does not come along");
                    left.push(Left::new(&item.id, why));
                    continue;
                };
                if edges[from].contains(&to) {
                    continue;
                }
                if let Some(why) = refusal(items, &edges, from, to, of_parts) {
                    left.push(Left::new(&item.id, why));
                } else {
                    edges[from].push(to);
                }
            }
        }
    }
    place(edges)
}

/// Why one cannot wait for another here.
fn refusal(
    items: &[Item],
    edges: &[Vec<usize>],
    from: usize,
    to: usize,
    of_parts: bool,
) -> Option<String> {
    let name = &items[to].id;
    let what = if of_parts { "its part " } else { "" };
    let is_done = matches!(items[to].end, End::Completed(_));
    if items[from].end != End::Open && !is_done {
        return Some(format!(
            "it is {} although it waited for {what}{name}; it does so no more",
            items[from].end.name()
        ));
    }
    if from == to || reaches(edges, to, from) {
        return Some(format!("it and {what}{name} wait for each other; it does not wait"));
    }
    (edges[from].len() >= MOST).then(|| format!("it waits for {MOST} others, and not for {name}"))
}

/// Whether one waits for another, by way of others.
fn reaches(edges: &[Vec<usize>], from: usize, to: usize) -> bool {
    let mut seen = HashSet::new();
    let mut next = vec![from];
    while let Some(at) = next.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            next.extend(&edges[at]);
        }
    }
    false
}

/// First those that wait for nothing; otherwise as they came.
fn place(edges: Vec<Vec<usize>>) -> Vec<Placed> {
    let mut waiting: Vec<usize> = edges.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); edges.len()];
    for (from, all) in edges.iter().enumerate() {
        for to in all {
            followers[*to].push(from);
        }
    }
    let mut ready: std::collections::BTreeSet<usize> =
        (0..edges.len()).filter(|place| waiting[*place] == 0).collect();
    let mut order = Vec::with_capacity(edges.len());
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for follower in &followers[next] {
            waiting[*follower] -= 1;
            if waiting[*follower] == 0 {
                ready.insert(*follower);
            }
        }
    }
    let mut edges = edges;
    order
        .into_iter()
        .map(|item| Placed { item, waits_for: std::mem::take(&mut edges[item]) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, depends_on: &[&str]) -> Item {
        let depends_on = depends_on.iter().map(|name| (*name).to_owned()).collect();
        Item { depends_on, ..Item::new(id, id) }
    }

    #[test]
    fn what_others_wait_for_comes_first() {
        let items = [item("a", &["c"]), item("b", &[]), item("c", &["b", "b"])];
        let mut left = Vec::new();
        let order = ordered(&items, &mut left);
        let order: Vec<_> =
            order.into_iter().map(|placed| (placed.item, placed.waits_for)).collect();
        assert_eq!(order, [(1, vec![]), (2, vec![1]), (0, vec![2])]);
        assert_eq!(left, []);
    }

    #[test]
    fn circles_are_opened_and_told() {
        let mut items = vec![item("a", &["b"]), item("b", &["a"]), item("c", &["c", "gone"])];
        // A part that is blocked by the whole is blocked.
        items.push(Item { parts: vec!["e".into()], ..item("d", &[]) });
        items.push(item("e", &["d"]));
        let mut left = Vec::new();
        assert_eq!(ordered(&items, &mut left).len(), 5);
        let told: Vec<&str> = left.iter().map(|left| left.id.as_str()).collect();
        assert_eq!(told, ["b", "c", "c", "d"], "{left:?}");
    }

    #[test]
    fn what_has_ended_waits_only_for_what_is_done() {
        let done = |item: Item| Item { end: End::Completed(None), ..item };
        let items = [done(item("a", &["b", "c"])), done(item("b", &[])), item("c", &[])];
        let mut left = Vec::new();
        let order = ordered(&items, &mut left);
        assert_eq!(order.iter().find(|placed| placed.item == 0).unwrap().waits_for, [1]);
        assert!(left[0].why.contains("although it waited for c"), "{left:?}");
    }
}
