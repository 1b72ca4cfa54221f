//! Queues: parts of the waiting tasks, held back and let go.

mod list;
mod pause;
mod resume;

pub use list::{ListPauses, PausedPart, PausesListed};
pub use pause::{Pause, Paused};
pub use resume::{Resume, Resumed};

use claudebench_core::Error;
use claudebench_core::bounded::Name;
use claudebench_core::lane::PauseScope;

use crate::method::Entry;

/// The methods of the domain.
pub const METHODS: &[Entry] =
    &[Entry::of::<Pause>(), Entry::of::<Resume>(), Entry::of::<ListPauses>()];

/// The parts of the queue that a call names.
struct Named {
    all: Option<bool>,
    project: Option<Name>,
    role: Option<Name>,
    tag: Option<Name>,
    worker: Option<Name>,
}

impl Named {
    /// The one part that it is.
    fn scope(self) -> Result<PauseScope, Error> {
        let named = [
            self.all.filter(|all| *all).map(|_| PauseScope::All),
            self.project.map(|name| PauseScope::Project(name.into_string())),
            self.role.map(|name| PauseScope::Role(name.into_string())),
            self.tag.map(|name| PauseScope::Tag(name.into_string())),
            self.worker.map(|name| PauseScope::Worker(name.into_string())),
        ];
        let mut named = named.into_iter().flatten();
        match (named.next(), named.next()) {
            (Some(scope), None) => Ok(scope),
            _ => Err(Error::invalid(
                &[],
                "expected exactly one of all, project, role, tag and worker",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Named = Named { all: None, project: None, role: None, tag: None, worker: None };

    #[test]
    fn exactly_one_part_is_named() {
        let name = || Name::new("site").ok();
        let scope = |named: Named| named.scope().ok();
        assert_eq!(scope(Named { all: Some(true), ..NOTHING }), Some(PauseScope::All));
        let role = Named { all: Some(false), role: name(), ..NOTHING };
        assert_eq!(scope(role), Some(PauseScope::Role("site".into())));
        let worker = Named { worker: name(), ..NOTHING };
        assert_eq!(scope(worker), Some(PauseScope::Worker("site".into())));
        assert_eq!(scope(NOTHING), None);
        assert_eq!(scope(Named { all: Some(true), project: name(), ..NOTHING }), None);
        assert_eq!(scope(Named { tag: name(), worker: name(), ..NOTHING }), None);
    }
}
