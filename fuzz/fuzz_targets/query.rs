//! Paths and queries of GET.

#![no_main]

use std::cell::RefCell;

use bed::Bed;

thread_local!(static BED: RefCell<Bed> = RefCell::default());

libfuzzer_sys::fuzz_target!(|target: &[u8]| {
    BED.with_borrow_mut(|bed| bed.get(target));
});
