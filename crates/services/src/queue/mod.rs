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

/// The one part that a call names.
fn scope(
    all: Option<bool>,
    project: Option<Name>,
    role: Option<Name>,
    tag: Option<Name>,
) -> Result<PauseScope, Error> {
    let named = [
        all.filter(|all| *all).map(|_| PauseScope::All),
        project.map(|name| PauseScope::Project(name.into_string())),
        role.map(|name| PauseScope::Role(name.into_string())),
        tag.map(|name| PauseScope::Tag(name.into_string())),
    ];
    let mut named = named.into_iter().flatten();
    match (named.next(), named.next()) {
        (Some(scope), None) => Ok(scope),
        _ => Err(Error::invalid(&[], "expected exactly one of all, project, role and tag")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_part_is_named() {
        let name = || Name::new("site").ok();
        assert_eq!(scope(Some(true), None, None, None), Ok(PauseScope::All));
        assert_eq!(scope(Some(false), None, name(), None), Ok(PauseScope::Role("site".into())));
        assert!(scope(None, None, None, None).is_err());
        assert!(scope(Some(true), name(), None, None).is_err());
    }
}
