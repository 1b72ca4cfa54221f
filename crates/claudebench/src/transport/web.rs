//! The dashboard: files that lie in the program (see `build.rs`), under `/ui/`, each also packed. A path that is no
//! file is one of its pages, and all of these are one document. They say nothing of the server's data, so everybody
//! may have them; the pages then ask who their reader is.

use bytes::Bytes;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, ETAG, HeaderMap, HeaderName,
    HeaderValue, IF_NONE_MATCH, LOCATION, VARY,
};
use hyper::{Method, Response, StatusCode};

use super::answer::{self, Body};
use super::http::empty;

/// Where it is.
const ROOT: &str = "/ui/";
/// Files whose names say what is in them.
const NAMED: &str = "assets/";

struct File {
    path: &'static str,
    tag: &'static str,
    /// Where it begins and ends, as it is and packed.
    plain: (usize, usize),
    br: Option<(usize, usize)>,
    gz: Option<(usize, usize)>,
}

const FILES: &[File] = include!(concat!(env!("OUT_DIR"), "/web.rs"));
static BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/web.bin"));

/// What its pages may do: run scripts and styles of this server alone, and speak to it alone.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// What a page shows that was built without a dashboard.
const MISSING: &str = "<!doctype html><html lang=\"en\"><title>ClaudeBench</title><p>This program was built \
     without its dashboard. <code>make run</code> builds both.</p></html>";

/// The answer to a request for the dashboard; none if it is for something else.
pub(super) fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Option<Response<Body>> {
    if method != Method::GET && method != Method::HEAD {
        return None;
    }
    // Programs ask there how the server is.
    if path == "/ui" || (path == "/" && is_a_browser(headers)) {
        let mut response = empty(StatusCode::TEMPORARY_REDIRECT);
        response.headers_mut().insert(LOCATION, HeaderValue::from_static(ROOT));
        return Some(response);
    }
    let name = path.strip_prefix(ROOT)?;
    let file = FILES.iter().find(|file| file.path == name);
    let mut response = match file {
        Some(file) => sent(file, headers),
        // Of another version: a page that is open asks for what is gone.
        None if name.starts_with(NAMED) => empty(StatusCode::NOT_FOUND),
        None => match FILES.iter().find(|file| file.path == "index.html") {
            Some(document) => sent(document, headers),
            None => answer::with_type(
                StatusCode::SERVICE_UNAVAILABLE,
                "text/html; charset=utf-8",
                MISSING,
            ),
        },
    };
    let lasting = file.is_some() && name.starts_with(NAMED);
    let cache = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    for (name, value) in [
        (CACHE_CONTROL, cache),
        (HeaderName::from_static("content-security-policy"), POLICY),
        (HeaderName::from_static("x-content-type-options"), "nosniff"),
        (HeaderName::from_static("referrer-policy"), "no-referrer"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

/// Whether a page is wanted.
fn is_a_browser(headers: &HeaderMap) -> bool {
    let wanted = headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    wanted.is_some_and(|wanted| wanted.contains("text/html"))
}

/// A file, packed if the browser takes that; nothing of it if the browser has it.
fn sent(file: &File, headers: &HeaderMap) -> Response<Body> {
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| known.split(',').any(|one| is(one, file.tag))) {
        empty(StatusCode::NOT_MODIFIED)
    } else {
        let (range, packing) = match (file.br, file.gz) {
            (Some(range), _) if takes(headers, "br") => (range, Some("br")),
            (_, Some(range)) if takes(headers, "gzip") => (range, Some("gzip")),
            _ => (file.plain, None),
        };
        let body = Bytes::from_static(BYTES.get(range.0..range.1).unwrap_or_default());
        let mut response = answer::with_type(StatusCode::OK, kind(file.path), body);
        if let Some(packing) = packing {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(packing));
        }
        response
    };
    response.headers_mut().insert(ETAG, HeaderValue::from_static(file.tag));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Whether a tag that a browser has is this one; a proxy may have made it a weak one.
fn is(one: &str, tag: &str) -> bool {
    one.trim().trim_start_matches("W/") == tag
}

/// Whether a browser takes a packing.
fn takes(headers: &HeaderMap, packing: &str) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(packing) && !refused
    })
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_packing_is_taken_unless_it_is_refused() {
        let takes = |said, packing| takes(&with(ACCEPT_ENCODING, said), packing);
        for (said, br, gzip) in [
            ("gzip, deflate, br, zstd", true, true),
            ("GZIP;q=0.5", false, true),
            ("br;q=0, gzip;q=0.0", false, false),
            ("brotli", false, false),
            ("", false, false),
        ] {
            assert_eq!((takes(said, "br"), takes(said, "gzip")), (br, gzip), "{said}");
        }
    }

    #[test]
    fn what_a_browser_has_is_not_sent_again() {
        let file = File { path: "a.js", tag: "\"1\"", plain: (0, 0), br: None, gz: None };
        for (has, status) in [("\"1\"", 304), ("\"0\", W/\"1\"", 304), ("\"2\"", 200)] {
            assert_eq!(sent(&file, &with(IF_NONE_MATCH, has)).status(), status, "{has}");
        }
    }

    #[test]
    fn only_its_own_paths_are_the_dashboards() {
        let none = HeaderMap::new();
        assert!(answer(&Method::GET, "/api/tasks", &none).is_none());
        assert!(answer(&Method::POST, "/ui/", &none).is_none());
        assert!(answer(&Method::GET, "/", &none).is_none());
        assert!(answer(&Method::GET, "/", &with(ACCEPT, "*/*")).is_none());
        let browser = with(ACCEPT, "text/html,application/xhtml+xml");
        let root = answer(&Method::GET, "/", &browser).unwrap();
        assert_eq!(root.headers()[LOCATION], ROOT);
        let gone = answer(&Method::GET, "/ui/assets/gone-1.js", &none).unwrap();
        assert_eq!(gone.status(), 404);
        for path in ["/ui/", "/ui/tasks/t-1", "/ui/../etc/passwd"] {
            let page = answer(&Method::GET, path, &none).unwrap();
            assert_eq!(page.headers()["content-security-policy"], POLICY, "{path}");
            assert_eq!(page.headers()["cache-control"], "no-cache", "{path}");
            assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
        }
    }
}
