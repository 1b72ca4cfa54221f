//! Calls that their client has cancelled. Over HTTP, a call and what cancels it are messages of their
//! own: the second can come before the first, and when the first has just been answered.

use std::collections::VecDeque;

use rmcp::model::RequestId;
use tokio::sync::watch;

/// Of so many calls it is known that they are cancelled.
const CANCELLED: usize = 64;
/// So many answers can be undone.
const ANSWERED: usize = 16;

/// What a conversation's client has cancelled, and what it was answered and can still cancel.
pub(super) struct Cancelled<T> {
    state: watch::Sender<State<T>>,
}

struct State<T> {
    cancelled: VecDeque<RequestId>,
    answered: VecDeque<(RequestId, T)>,
}

impl<T> Cancelled<T> {
    pub(super) fn new() -> Self {
        let (cancelled, answered) = (VecDeque::new(), VecDeque::new());
        Self { state: watch::Sender::new(State { cancelled, answered }) }
    }

    /// Cancels a call, whether it is there or not. Says what is to be undone if it has been answered.
    pub(super) fn cancel(&self, call: RequestId) -> Option<T> {
        let mut undone = None;
        self.state.send_modify(|state| {
            let answered = state.answered.iter().position(|(id, _)| *id == call);
            undone = answered.and_then(|at| state.answered.remove(at)).map(|(_, answer)| answer);
            if state.cancelled.len() == CANCELLED {
                state.cancelled.pop_front();
            }
            state.cancelled.push_back(call);
        });
        undone
    }

    /// Waits until a call is cancelled.
    pub(super) async fn of(&self, call: &RequestId) {
        let mut state = self.state.subscribe();
        let told = state.wait_for(|state| state.cancelled.contains(call)).await;
        debug_assert!(told.is_ok(), "the sender is borrowed");
    }

    /// A call is answered, and this is how to undo it. Gives that back if the call is cancelled already.
    pub(super) fn answered(&self, call: &RequestId, undo: T) -> Option<T> {
        let mut undo = Some(undo);
        let mut oldest = None;
        self.state.send_if_modified(|state| {
            if !state.cancelled.contains(call) {
                if state.answered.len() == ANSWERED {
                    oldest = state.answered.pop_front();
                }
                state.answered.extend(undo.take().map(|undo| (call.clone(), undo)));
            }
            false
        });
        undo
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_cancellation_counts_whenever_it_comes() {
        let calls = Cancelled::new();
        let [first, second, third] = [1, 2, 3].map(RequestId::Number);
        assert_eq!(calls.cancel(first.clone()), None);
        calls.of(&first).await;
        assert_eq!(calls.answered(&first, "first"), Some("first"), "it is cancelled already");
        assert_eq!(calls.answered(&second, "second"), None);
        assert_eq!(calls.answered(&third, "third"), None);
        assert_eq!(calls.cancel(second.clone()), Some("second"));
        assert_eq!(calls.cancel(second), None, "once");
        assert_eq!(calls.cancel(third), Some("third"));
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let calls = Cancelled::new();
        for id in 0..1_000 {
            assert_eq!(calls.answered(&RequestId::Number(id), id), None);
            assert_eq!(calls.cancel(RequestId::Number(id + 5_000)), None);
        }
        let state = calls.state.borrow();
        assert_eq!((state.answered.len(), state.cancelled.len()), (ANSWERED, CANCELLED));
    }
}
