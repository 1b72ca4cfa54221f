//! Messages over a WebSocket.

#![no_main]

use std::cell::RefCell;

use bed::Bed;

thread_local!(static BED: RefCell<Bed> = RefCell::default());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    BED.with_borrow_mut(|bed| bed.say(&text));
});
