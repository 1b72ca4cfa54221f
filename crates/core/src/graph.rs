//! Dependencies among tasks that are made together: no cycles.

use std::collections::HashMap;
use std::hash::Hash;

/// Finds a cycle among `edges` (from a node to what it depends on), as the nodes along it.
#[must_use]
pub fn cycle<N: Copy + Eq + Hash>(nodes: &[N], edges: &HashMap<N, Vec<N>>) -> Option<Vec<N>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Mark {
        Open,
        Done,
    }
    let mut marks: HashMap<N, Mark> = HashMap::new();
    for &start in nodes {
        if marks.contains_key(&start) {
            continue;
        }
        // Each entry: a node on the path and how many of its edges were followed.
        let mut path = vec![(start, 0_usize)];
        marks.insert(start, Mark::Open);
        while let Some((node, next)) = path.last_mut() {
            let target = edges.get(node).and_then(|targets| targets.get(*next)).copied();
            *next += 1;
            match target {
                None => {
                    marks.insert(*node, Mark::Done);
                    path.pop();
                }
                Some(target) => match marks.get(&target) {
                    Some(Mark::Done) => {}
                    Some(Mark::Open) => {
                        let from = path.iter().position(|(n, _)| *n == target).unwrap_or(0);
                        return Some(path[from..].iter().map(|(n, _)| *n).collect());
                    }
                    None => {
                        marks.insert(target, Mark::Open);
                        path.push((target, 0));
                    }
                },
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edges(pairs: &[(usize, usize)]) -> HashMap<usize, Vec<usize>> {
        let mut edges: HashMap<usize, Vec<usize>> = HashMap::new();
        for (from, to) in pairs {
            edges.entry(*from).or_default().push(*to);
        }
        edges
    }

    #[test]
    fn a_cycle_is_named_node_by_node() {
        let found = cycle(&[0, 1, 2, 3], &edges(&[(0, 1), (1, 2), (2, 3), (3, 1)])).unwrap();
        assert_eq!(found, [1, 2, 3]);
        assert_eq!(cycle(&[5], &edges(&[(5, 5)])), Some(vec![5]));
    }

    proptest::proptest! {
        #[test]
        fn edges_that_only_point_back_make_no_cycle(pairs in proptest::collection::vec((0_usize..60, 0_usize..60), 0..200)) {
            let back: Vec<_> = pairs.iter().filter(|(a, b)| b < a).copied().collect();
            let nodes: Vec<usize> = (0..60).collect();
            proptest::prop_assert_eq!(cycle(&nodes, &edges(&back)), None);
        }

        #[test]
        fn a_ring_is_always_found(n in 1_usize..40, extra in proptest::collection::vec((0_usize..40, 0_usize..40), 0..40)) {
            let mut pairs: Vec<_> = (0..n).map(|i| (i, (i + 1) % n)).collect();
            pairs.extend(extra);
            let nodes: Vec<usize> = (0..40).collect();
            let all = edges(&pairs);
            let found = cycle(&nodes, &all).expect("there is a ring");
            for (i, node) in found.iter().enumerate() {
                let next = found[(i + 1) % found.len()];
                proptest::prop_assert!(all[node].contains(&next));
            }
        }
    }
}
