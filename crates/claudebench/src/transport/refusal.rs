//! Errors in the form in which the callers of a path expect them: the path alone decides, so that it
//! is the same however early a request is refused.

use claudebench_core::Error;
use hyper::{Method, Response, StatusCode};

use super::answer::{self, Body};
use super::{App, rest, routes, rpc};

/// A form of errors.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    /// JSON-RPC: an error object, always with status 200.
    Rpc,
    /// The envelope of `POST /{domain}/{action}`, with the method.
    Action(&'static str),
    /// Everything else: `{error: {code, message, ...}}`.
    Resource,
}

impl Form {
    /// The form for a verb and a path.
    pub(super) fn of(verb: &Method, path: &str) -> Self {
        match path {
            "/rpc" | "/rpc/batch" if verb == Method::POST => Self::Rpc,
            _ if verb == Method::POST => routes::action(path).map_or(Self::Resource, Self::Action),
            _ => Self::Resource,
        }
    }

    /// The answer to a request that is refused before any method is called.
    pub(super) fn refuse(self, app: &App, error: &Error) -> Response<Body> {
        match self {
            Self::Action(method) => rest::failure(app, method, error),
            Self::Resource => answer::error(error),
            Self::Rpc => {
                // The headers that go with the error help whoever stands between, and harm nobody.
                let mut response = answer::refused(error, rpc::failure(error, None));
                *response.status_mut() = StatusCode::OK;
                response
            }
        }
    }

    /// The answer to a request that was not even looked at: the status says so in every form, for
    /// those who stand between and send it elsewhere.
    pub(super) fn turn_away(self, app: &App, error: &Error) -> Response<Body> {
        let mut response = self.refuse(app, error);
        *response.status_mut() = answer::status(error.code);
        response
    }
}
