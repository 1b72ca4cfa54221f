//! The routes: resources under `/api` as a table, and `/{domain}/{action}` from the methods' names.

use std::collections::HashMap;
use std::sync::LazyLock;

use claudebench_services::methods;
use hyper::Method;

/// A resource route: verb, path, method. `{name}` in a path becomes the param of that name;
/// `{action}` completes the method's name.
pub(super) struct Route {
    /// The verb.
    pub(super) verb: &'static str,
    /// The path.
    pub(super) path: &'static str,
    /// The method.
    pub(super) method: &'static str,
}

const fn route(verb: &'static str, path: &'static str, method: &'static str) -> Route {
    Route { verb, path, method }
}

/// All resource routes; the first that fits is taken.
pub(super) const ROUTES: &[Route] = &[
    route("GET", "/api/tasks", "task.list"),
    route("POST", "/api/tasks", "task.create"),
    route("POST", "/api/tasks/batch", "task.create_many"),
    route("POST", "/api/tasks/claim", "task.claim"),
    route("POST", "/api/tasks/complete", "task.complete_many"),
    route("POST", "/api/tasks/redrive", "task.redrive"),
    route("POST", "/api/tasks/attachments", "task.get_attachments_batch"),
    route("POST", "/api/tasks/dependencies", "task.dependencies"),
    route("GET", "/api/tasks/stats", "task.stats"),
    route("GET", "/api/tasks/{id}", "task.get"),
    route("PATCH", "/api/tasks/{id}", "task.update"),
    route("DELETE", "/api/tasks/{id}", "task.delete"),
    route("GET", "/api/tasks/{id}/history", "task.history"),
    route("GET", "/api/tasks/{id}/explain", "task.explain"),
    route("GET", "/api/tasks/{id}/attachments", "task.list_attachments"),
    route("POST", "/api/tasks/{id}/attachments", "task.create_attachment"),
    route("GET", "/api/tasks/{id}/attachments/{key}", "task.get_attachment"),
    route("PUT", "/api/tasks/{id}/attachments/{key}", "task.create_attachment"),
    route("DELETE", "/api/tasks/{id}/attachments/{key}", "task.delete_attachment"),
    route("POST", "/api/tasks/{id}/{action}", "task.{action}"),
    route("GET", "/api/projects", "project.list"),
    route("GET", "/api/queue", "queue.list"),
    route("GET", "/api/queue/{action}", "queue.{action}"),
    route("POST", "/api/queue/{action}", "queue.{action}"),
    route("GET", "/api/events", "event.list"),
    route("GET", "/api/analytics/{action}", "analytics.{action}"),
    route("GET", "/api/config", "config.list"),
    route("GET", "/api/config/{key}", "config.get"),
    route("PUT", "/api/config/{key}", "config.set"),
    route("GET", "/api/docs", "docs.list"),
    route("GET", "/api/docs/{id}", "docs.get"),
    route("GET", "/api/keys", "key.list"),
    route("POST", "/api/keys", "key.create"),
    route("DELETE", "/api/keys/{id}", "key.revoke"),
    route("GET", "/api/system/{action}", "system.{action}"),
    route("POST", "/api/system/{action}", "system.{action}"),
];

/// A route that fits: the method, and what the path says of its params.
#[derive(Debug)]
pub(super) struct Found {
    /// The method's name.
    pub(super) method: String,
    /// Names and values from the path.
    pub(super) params: Vec<(&'static str, String)>,
    /// The verb reads: the query holds the params.
    pub(super) reads: bool,
}

/// The resource route for a verb and a path.
pub(super) fn find(verb: &Method, path: &str) -> Option<Found> {
    ROUTES.iter().filter(|route| route.verb == verb.as_str()).find_map(|route| {
        let params = fit(route.path, path)?;
        let action = params.iter().find(|(name, _)| *name == "action");
        let method = match action {
            Some((_, action)) => route.method.replace("{action}", action),
            None => route.method.to_owned(),
        };
        let entry = claudebench_services::entry(&method)?;
        // What changes something is never a GET, so that no link does it.
        if route.verb == "GET" && !entry.access.reads() {
            return None;
        }
        let params: Vec<(&'static str, String)> = params
            .into_iter()
            .filter(|(name, _)| *name != "action")
            .map(|(name, value)| Some((param(entry.name, name)?, value)))
            .collect::<Option<_>>()?;
        Some(Found { method, params, reads: route.verb == "GET" || route.verb == "DELETE" })
    })
}

/// The param that a part of a path stands for. A method that knows none of this name is not led to:
/// under the path of one task it would do something to others.
fn param(method: &str, part: &'static str) -> Option<&'static str> {
    let names: &[&'static str] = match part {
        "id" => &["id", "taskId"],
        other => &[other],
    };
    names.iter().copied().find(|name| super::query::takes(method, name))
}

/// The verbs that a path takes.
pub(super) fn verbs(path: &str) -> Vec<&'static str> {
    const VERBS: [Method; 5] =
        [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let mut verbs: Vec<&'static str> = ROUTES
        .iter()
        .filter(|route| fit(route.path, path).is_some())
        .map(|route| route.verb)
        .filter(|verb| {
            VERBS.iter().any(|known| known.as_str() == *verb && find(known, path).is_some())
        })
        .collect();
    if action(path).is_some() || matches!(path, "/rpc" | "/rpc/batch") {
        verbs.push("POST");
    }
    verbs.sort_unstable();
    verbs.dedup();
    verbs
}

/// The parts of a path that stand for params, if it fits.
fn fit(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    let mut params = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(wanted), Some(given)) => {
                let name = wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
                match name {
                    Some(name) if !given.is_empty() => {
                        params.push((name, super::query::decoded(given)?));
                    }
                    None if wanted == given => {}
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
}

/// The method of `/{domain}/{action}`. A name of three parts is found by its first two where they
/// are unambiguous, and by `/{domain}/{action.rest}` always.
pub(super) fn action(path: &str) -> Option<&'static str> {
    static ACTIONS: LazyLock<HashMap<String, Option<&'static str>>> = LazyLock::new(|| {
        let mut actions: HashMap<String, Option<&'static str>> = HashMap::new();
        for entry in methods() {
            let (domain, action) = entry.name.split_once('.').unwrap_or((entry.name, ""));
            actions.insert(format!("/{domain}/{action}"), Some(entry.name));
            if let Some((short, _)) = action.split_once('.') {
                actions
                    .entry(format!("/{domain}/{short}"))
                    .and_modify(|found| *found = None)
                    .or_insert(Some(entry.name));
            }
        }
        actions
    });
    ACTIONS.get(path).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_names_a_method() {
        for route in ROUTES {
            if !route.method.contains('{') {
                assert!(claudebench_services::entry(route.method).is_some(), "{}", route.method);
            }
        }
    }

    #[test]
    fn the_path_of_a_task_leads_to_what_takes_a_task_alone() {
        let led_to =
            |path: &str| find(&Method::POST, &path.replace("ID", "t-7")).map(|found| found.method);
        for action in ["complete", "fail", "release", "heartbeat", "cancel", "retry", "assign"] {
            let method = led_to(&format!("/api/tasks/ID/{action}"));
            assert_eq!(method, Some(format!("task.{action}")));
        }
        for action in ["redrive", "create", "create_many", "complete_many", "list", "stats"] {
            assert_eq!(led_to(&format!("/api/tasks/ID/{action}")), None, "{action}");
        }
        for entry in methods() {
            let Some(action) = entry.name.strip_prefix("task.") else { continue };
            let takes =
                ["id", "taskId"].iter().any(|name| super::super::query::takes(entry.name, name));
            let led = led_to(&format!("/api/tasks/ID/{action}"));
            assert_eq!(led.is_some_and(|method| method == entry.name), takes, "{}", entry.name);
        }
    }

    #[test]
    fn paths_become_params() {
        let found = find(&Method::GET, "/api/tasks/t-7/attachments/a%20b").unwrap();
        assert_eq!(found.method, "task.get_attachment");
        assert_eq!(found.params, [("taskId", "t-7".to_owned()), ("key", "a b".to_owned())]);
        assert_eq!(find(&Method::POST, "/api/tasks/t-7/complete").unwrap().method, "task.complete");
        assert!(find(&Method::POST, "/api/tasks/t-7/explode").is_none());
        assert!(find(&Method::GET, "/api/system/flush").is_none(), "a link must not flush");
        assert_eq!(action("/task/create"), Some("task.create"));
        assert_eq!(action("/system/batch"), Some("system.batch.process"));
        assert_eq!(action("/system/batch.process"), Some("system.batch.process"));
        assert_eq!(action("/task"), None);
    }
}
