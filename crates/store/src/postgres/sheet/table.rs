//! Rows by their key: as they were loaded, and as a pass has left them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::Missing;

/// Rows of one table. What is not loaded is wanted; what a pass writes lies over what was loaded.
pub(in crate::postgres) struct Table<K, V> {
    loaded: HashMap<K, Option<V>>,
    now: BTreeMap<K, Option<V>>,
    wants: BTreeSet<K>,
    /// How often a row was written, over all passes.
    written: u64,
}

impl<K, V> Default for Table<K, V> {
    fn default() -> Self {
        Self { loaded: HashMap::new(), now: BTreeMap::new(), wants: BTreeSet::new(), written: 0 }
    }
}

impl<K: Clone + Hash + Ord, V> Table<K, V> {
    /// The row as it is now, if there is one.
    pub(in crate::postgres) fn get(&mut self, key: &K) -> Result<Option<&V>, Missing> {
        match self.now.get(key).or_else(|| self.loaded.get(key)) {
            Some(row) => Ok(row.as_ref()),
            None => {
                self.wants.insert(key.clone());
                Err(Missing)
            }
        }
    }

    /// The row as it is now, as far as that is known.
    pub(in crate::postgres) fn known(&self, key: &K) -> Option<&V> {
        self.now.get(key).or_else(|| self.loaded.get(key)).and_then(Option::as_ref)
    }

    /// The row as it was loaded.
    pub(in crate::postgres) fn before(&self, key: &K) -> Option<&V> {
        self.loaded.get(key).and_then(Option::as_ref)
    }

    /// Whether the row, or that there is none, is known.
    pub(in crate::postgres) fn is_known(&self, key: &K) -> bool {
        self.now.contains_key(key) || self.loaded.contains_key(key)
    }

    /// Whether this pass has written it.
    pub(in crate::postgres) fn is_written(&self, key: &K) -> bool {
        self.now.contains_key(key)
    }

    /// Writes a row; `None` deletes it.
    pub(in crate::postgres) fn put(&mut self, key: K, row: Option<V>) {
        self.written += 1;
        self.now.insert(key, row);
    }

    /// Rows with such keys are gone, whatever was loaded or written.
    pub(in crate::postgres) fn forget(&mut self, gone: impl Fn(&K) -> bool) {
        let keys = self.now.keys().chain(self.loaded.keys()).filter(|key| gone(key)).cloned();
        for key in keys.collect::<Vec<_>>() {
            self.put(key, None);
        }
    }

    /// It is going to be needed.
    pub(in crate::postgres) fn want(&mut self, key: K) {
        if !self.loaded.contains_key(&key) {
            self.wants.insert(key);
        }
    }

    /// What was wanted and is to be loaded now.
    pub(in crate::postgres) fn wanted(&mut self) -> Vec<K> {
        std::mem::take(&mut self.wants).into_iter().collect()
    }

    /// Of what was asked for there is nothing but what follows.
    pub(in crate::postgres) fn asked(&mut self, keys: impl IntoIterator<Item = K>) {
        for key in keys {
            self.loaded.entry(key).or_insert(None);
        }
    }

    /// A row that was found.
    pub(in crate::postgres) fn found(&mut self, key: K, row: V) {
        self.loaded.insert(key, Some(row));
    }

    /// The next pass begins.
    pub(in crate::postgres) fn again(&mut self) {
        self.now.clear();
    }

    /// What this pass has written, in order: what was there before, as far as that is known, and
    /// what is there now.
    pub(in crate::postgres) fn changes(
        &self,
    ) -> impl Iterator<Item = (&K, Option<&V>, Option<&V>)> + Clone {
        self.now.iter().map(|(key, row)| (key, self.before(key), row.as_ref()))
    }

    /// The rows that this pass has written and that are there.
    pub(in crate::postgres) fn written_rows(&self) -> impl Iterator<Item = &V> {
        self.now.values().filter_map(Option::as_ref)
    }

    /// Whether this pass has written anything.
    pub(in crate::postgres) fn is_changed(&self) -> bool {
        !self.now.is_empty()
    }

    /// Whether something is wanted.
    pub(in crate::postgres) fn is_wanting(&self) -> bool {
        !self.wants.is_empty()
    }

    /// How often a row was written.
    pub(in crate::postgres) fn writes(&self) -> u64 {
        self.written
    }
}
