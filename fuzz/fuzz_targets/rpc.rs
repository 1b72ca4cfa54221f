//! The bodies of `POST /rpc`.

#![no_main]

use std::cell::RefCell;

use bed::Bed;

thread_local!(static BED: RefCell<Bed> = RefCell::default());

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    BED.with_borrow_mut(|bed| bed.post("/rpc", body));
});
