//! `GET /events`: the log as server-sent events, from a cursor on.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use claudebench_core::{Code, Cursor, Error, Scope, TaskId};
use claudebench_services::Context;
use claudebench_services::feed::{Feed, Filter, Next};
use futures_util::stream;
use http_body_util::StreamBody;
use hyper::body::{Frame, Incoming};
use hyper::{Request, Response, StatusCode};

use super::answer::{self, Body};
use super::dispatch::Caller;
use super::{App, query};

/// How often a silent stream says that it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Streams events: `since` or the header `Last-Event-ID` is the cursor to go on from; `types`,
/// `task` and `project` filter.
pub(super) async fn stream(
    app: &Arc<App>,
    caller: &Caller,
    request: &Request<Incoming>,
) -> Response<Body> {
    if app.refuses() {
        let error = Error::new(Code::ShuttingDown, "the server is stopping");
        return answer::error(&error);
    }
    let (filter, since) = match asked(app, caller, request) {
        Ok(asked) => asked,
        Err(error) => return answer::error(&error),
    };
    let feed = match Feed::open(app.shared.clone(), filter, since).await {
        Ok(feed) => feed,
        Err(error) => return answer::error(&error),
    };
    // Headers go out at once, so that the client knows from where on it will be told.
    let hello = format!("retry: 1000\nid: {}\n: connected\n\n", feed.cursor());
    let (app, credential) = (app.clone(), caller.credential.clone());
    let frames = stream::unfold((Some(feed), Some(hello)), move |(feed, hello)| {
        let (app, credential) = (app.clone(), credential.clone());
        async move {
            let mut feed = feed?;
            let (text, feed) = match hello {
                Some(hello) => (hello, Some(feed)),
                None => tokio::select! {
                    biased;
                    lost = app.auth.lost(credential.as_deref()) => (farewell(&lost.into()), None),
                    text = next(&app, &mut feed) => (text?, Some(feed)),
                },
            };
            Some((Ok::<_, Infallible>(Frame::data(Bytes::from(text))), (feed, None)))
        }
    });
    let mut response = answer::with_type(StatusCode::OK, "text/event-stream", Bytes::new());
    *response.body_mut() = Body::new(StreamBody::new(frames));
    response
        .headers_mut()
        .insert(hyper::header::CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    response
}

/// The last piece of a stream that ends before its time.
fn farewell(error: &Error) -> String {
    let mut text = String::new();
    push(&mut text, "closed", &answer::object(error).to_string());
    text
}

/// The next piece of the stream; `None` ends it.
async fn next(app: &App, feed: &mut Feed) -> Option<String> {
    match tokio::time::timeout(KEEP_ALIVE, feed.next()).await {
        Err(_) => Some(format!("id: {}\n: still here\n\n", feed.cursor())),
        Ok(Next::Events(events)) => {
            app.metrics.events_sent.inc_by(events.len() as u64);
            let mut text = String::new();
            for event in events {
                text.push_str(&format!("id: {}\n", event.cursor));
                push(&mut text, &event.kind, &event.text(claudebench_services::event::wire));
            }
            Some(text)
        }
        Ok(Next::Lagged { error, .. }) => {
            let mut text = String::new();
            push(&mut text, "lagged", &answer::object(&error).to_string());
            Some(text)
        }
        Ok(Next::Closed) => None,
    }
}

/// Adds a message. Each line of its data gets a line of its own: one that ended it early would
/// cut the rest off.
fn push(text: &mut String, kind: &str, data: &str) {
    text.push_str(&format!("event: {kind}\n"));
    for line in data.split(['\n', '\r']) {
        text.push_str("data: ");
        text.push_str(line);
        text.push('\n');
    }
    text.push('\n');
}

/// The filter and the cursor that a request asks for.
fn asked(
    app: &App,
    caller: &Caller,
    request: &Request<Incoming>,
) -> Result<(Filter, Option<Cursor>), Error> {
    let cx = Context::new(app.shared.clone(), caller.principal.clone());
    cx.allow("/events", Scope::TasksRead)?;
    let mut filter = Filter::of(&caller.principal);
    let mut since = None;
    for pair in request.uri().query().unwrap_or("").split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = || query::value_of(name, value);
        match name {
            "since" => since = Some(cursor("since", &value()?)?),
            "types" | "type" => {
                let types = value()?;
                let types = types.split(',').map(str::trim).filter(|part| !part.is_empty());
                filter.kinds.extend(types.map(str::to_owned));
            }
            "task" => {
                let task: TaskId =
                    value()?.parse().map_err(|e| Error::invalid(&["task"], format!("{e}")))?;
                filter.task = Some(task);
            }
            "project" => filter.project = Some(value()?),
            _ => {}
        }
    }
    if filter.kinds.len() > app.config.limits.subscriptions {
        let most = app.config.limits.subscriptions;
        return Err(Error::invalid(&["types"], format!("expected at most {most} types")));
    }
    claudebench_services::event::allow(&cx, &filter.kinds)?;
    // A client that comes back says what it saw last, whatever its address says.
    if let Some(last) = request.headers().get("last-event-id") {
        since = Some(cursor("Last-Event-ID", last.to_str().unwrap_or(""))?);
    }
    Ok((filter, since))
}

fn cursor(name: &str, text: &str) -> Result<Cursor, Error> {
    text.parse().map_err(|e| Error::invalid(&[name], format!("{e}")))
}

#[cfg(test)]
mod tests {
    use super::push;

    #[test]
    fn data_of_several_lines_stays_one_message() {
        let mut text = String::new();
        push(&mut text, "config.changed", "{\n\"a\":\r1}");
        assert_eq!(text, "event: config.changed\ndata: {\ndata: \"a\":\ndata: 1}\n\n");
    }
}
