//! Where a key lies among several, by rendezvous hashing: each name gets a weight for it, and the highest wins.
//! Who comes in takes from each of the others what it outweighs them for, and nothing else moves.

/// FNV-1a, 64 bits. It is the same in all versions, on all machines: servers that differ must agree.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A name, as it is weighed: names that look alike have nothing alike.
pub(super) fn seed(name: &str) -> u64 {
    mixed(hash(name))
}

/// What a name weighs for a key, by its seed and the key's hash.
pub(super) fn weight(seed: u64, key: u64) -> u64 {
    mixed(seed ^ key)
}

/// The finalizer of SplitMix64.
fn mixed(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// The heaviest and the one after it.
pub(super) fn best<'a, T, W: Ord>(
    first: &'a T,
    others: &'a [T],
    weight: impl Fn(&'a T) -> W,
) -> (&'a T, Option<&'a T>) {
    let (mut best, mut second) = ((weight(first), first), None::<(W, &T)>);
    for one in others {
        let mut next = (weight(one), one);
        if next.0 > best.0 {
            std::mem::swap(&mut next, &mut best);
        }
        if second.as_ref().is_none_or(|second| next.0 > second.0) {
            second = Some(next);
        }
    }
    (best.1, second.map(|(_, second)| second))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const KEYS: usize = 100_000;

    /// Where a key lies, and where it would without that one.
    fn two(names: &[String], key: u64) -> (&str, Option<&str>) {
        let (first, others) = names.split_first().unwrap();
        let (place, before) = best(first, others, |name| (weight(seed(name), key), &**name));
        (place, before.map(|before| &**before))
    }

    #[test]
    fn it_is_as_it_was_in_all_versions() {
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8, "as its authors say");
        assert_eq!(weight(seed("east"), hash("cb:a")), 0x0b47_79e4_6300_d262);
        let names = ["east", "west", "north"].map(str::to_owned);
        let places = ["cb:a", "cb:b", "cb:c", "cb:channels"].map(|key| two(&names, hash(key)));
        let before = ["north", "east", "west", "east"].map(Some);
        assert_eq!(places.map(|(place, _)| place), ["west", "west", "east", "north"]);
        assert_eq!(places.map(|(_, before)| before), before);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn who_comes_in_or_goes_moves_its_share_and_nothing_else(
            names in prop::collection::btree_set("[a-z][a-z0-9-]{0,8}", 2..=10),
            store in "[a-f0-9]{8}",
            added in any::<prop::sample::Index>(),
        ) {
            let with: Vec<String> = names.into_iter().collect();
            let added = added.get(&with).clone();
            let without: Vec<String> = with.iter().filter(|name| **name != added).cloned().collect();
            let turned: Vec<String> = with.iter().rev().cloned().collect();
            let mut moved = 0;
            for nth in 0..KEYS {
                let key = hash(&format!("cb:ratelimit:{store}:principal:{nth}"));
                let (old, _) = two(&without, key);
                let (new, before) = two(&with, key);
                prop_assert_eq!(new, two(&turned, key).0, "their order does not matter");
                if new == old {
                    continue;
                }
                prop_assert_eq!(new, &added, "only to the one that came in");
                prop_assert_eq!(before, Some(old), "and it is known from where");
                moved += 1;
            }
            let part = moved as f64 / KEYS as f64 * with.len() as f64;
            prop_assert!((0.9..=1.1).contains(&part), "{} of {}", moved, with.len());
            let all: BTreeSet<&str> = (0..1_000).map(|n| two(&with, hash(&n.to_string())).0).collect();
            prop_assert_eq!(all.len(), with.len());
        }
    }
}
