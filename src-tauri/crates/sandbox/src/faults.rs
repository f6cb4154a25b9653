//! Faults on request: calls that answer wrongly, late, by halves or not at all.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::future::Future;
use std::io;
use std::sync::Mutex;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use serde_json::Value;

use crate::line::Line;
use crate::site::lock;

/// One fault, as `POST /_sandbox/faults` takes it in a list.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Fault {
    /// Any method when absent or `*`.
    method: Option<String>,
    /// A path where `*` stands for any run of characters.
    path: String,
    /// Calls let through before it fires.
    #[serde(default)]
    after: u64,
    /// How often it fires; 0 is for ever.
    #[serde(default)]
    times: u64,
    #[serde(flatten)]
    pub(crate) kind: Kind,
}

/// What happens.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Answers this instead; the call is not carried out. A body that is no text is written as JSON.
    Status { code: u16, body: Option<Value>, retry_after: Option<Value> },
    /// Carries the call out `ms` later.
    Delay { ms: u64 },
    /// Closes the connection without an answer, after the call was carried out or instead.
    Drop {
        #[serde(default)]
        applied: bool,
    },
    /// Carries the call out, announces the whole body and closes after `bytes` of it; half when absent.
    Truncate { bytes: Option<usize> },
    /// Carries the call out and answers nonsense.
    Garbage,
    /// Carries the call out and answers `bytes` (1024) at a time with `ms` in between.
    SlowBody { ms: u64, bytes: Option<usize> },
    /// Carries the call out and answers its body so many times over: of a recording, one that is as much longer.
    Repeat { bodies: usize },
    /// Carries the call out and sets these headers of its answer; `null` takes one away.
    Headers { set: BTreeMap<String, Option<String>> },
}

/// The faults in force.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<(Fault, u64)>>);

impl Faults {
    /// Puts these in force instead of the earlier ones, with fresh counts.
    pub(crate) fn replace(&self, faults: Vec<Fault>) {
        *lock(&self.0) = faults.into_iter().map(|fault| (fault, 0)).collect();
    }

    /// Counts a call and says what happens to it: the first fault that fires.
    pub(crate) fn strike(&self, method: &str, path: &str) -> Option<Kind> {
        let mut struck = None;
        for (fault, seen) in lock(&self.0).iter_mut() {
            if !fault.fits(method, path) {
                continue;
            }
            *seen += 1;
            let fires = *seen > fault.after && (fault.times == 0 || *seen <= fault.after + fault.times);
            if fires && struck.is_none() {
                struck = Some(fault.kind.clone());
            }
        }
        struck
    }
}

impl Fault {
    fn fits(&self, method: &str, path: &str) -> bool {
        let any = self.method.as_deref().is_none_or(|wanted| wanted == "*" || wanted.eq_ignore_ascii_case(method));
        any && matches(&self.path, path)
    }
}

/// Whether `path` is `pattern` with each `*` replaced by some run of characters.
fn matches(pattern: &str, path: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == path };
    let Some(mut left) = path.strip_prefix(start) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = left.find(piece) else { return false };
        left = left.get(at + piece.len()..).unwrap_or_default();
    }
    left.ends_with(last)
}

/// Carries `call` out under a fault. `None` as status means the connection was cut.
pub(crate) async fn suffer(kind: Kind, line: &Line, call: impl Future<Output = Response>) -> Response {
    match kind {
        Kind::Status { code, body, retry_after } => refusal(code, body, retry_after),
        Kind::Delay { ms } => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            call.await
        }
        Kind::Drop { applied } => {
            if applied {
                drop(call.await);
            }
            line.cut();
            StatusCode::NO_CONTENT.into_response()
        }
        Kind::Truncate { bytes } => truncated(call.await, bytes).await,
        Kind::Garbage => {
            let (mut parts, _) = call.await.into_parts();
            parts.headers.remove(header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from("\u{0}}{ not what you asked for \u{fffd}[[["))
        }
        Kind::SlowBody { ms, bytes } => slow(call.await, ms, bytes.unwrap_or(1024).max(1)).await,
        Kind::Repeat { bodies } => repeated(call.await, bodies).await,
        Kind::Headers { set } => with_headers(call.await, set),
    }
}

fn refusal(code: u16, body: Option<Value>, retry_after: Option<Value>) -> Response {
    let text = match body {
        None => serde_json::json!({"detail": "A fault on request."}).to_string(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    let mut response = (StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), text).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let retry_after = retry_after.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    if let Some(value) = retry_after.and_then(|text| HeaderValue::from_str(&text).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    response
}

async fn whole(response: Response) -> (axum::http::response::Parts, Bytes) {
    let (parts, body) = response.into_parts();
    // Answers are made in memory, so reading one back cannot fail.
    (parts, to_bytes(body, usize::MAX).await.unwrap_or_default())
}

async fn truncated(response: Response, keep: Option<usize>) -> Response {
    let (mut parts, bytes) = whole(response).await;
    let keep = keep.unwrap_or(bytes.len() / 2).min(bytes.len());
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let pieces = stream::unfold(0_u8, move |step| {
        let head = bytes.slice(..keep);
        async move {
            match step {
                0 => Some((Ok(head), 1)),
                _ => {
                    // Giving way once lets the head be written before the connection closes.
                    tokio::task::yield_now().await;
                    Some((Err(io::Error::from(io::ErrorKind::ConnectionReset)), 2))
                }
            }
        }
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

async fn repeated(response: Response, bodies: usize) -> Response {
    let (mut parts, bytes) = whole(response).await;
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes.repeat(bodies)))
}

fn with_headers(mut response: Response, set: BTreeMap<String, Option<String>>) -> Response {
    for (name, value) in set {
        let Ok(name) = HeaderName::try_from(name) else { continue };
        match value.map(HeaderValue::try_from) {
            Some(Ok(value)) => drop(response.headers_mut().insert(name, value)),
            None => drop(response.headers_mut().remove(name)),
            // What no header can hold is left as it was.
            Some(Err(_)) => {}
        }
    }
    response
}

async fn slow(response: Response, ms: u64, piece: usize) -> Response {
    let (mut parts, bytes) = whole(response).await;
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    let pieces = stream::unfold(bytes, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(ms)).await;
        let head = left.split_to(piece.min(left.len()));
        Some((Ok::<_, Infallible>(head), left))
    });
    Response::from_parts(parts, Body::from_stream(pieces))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_star_stands_for_any_run() {
        for (pattern, path, fits) in [
            ("/v1/a", "/v1/a", true),
            ("/v1/a", "/v1/a/", false),
            ("/v1/*/insights", "/v1/o/conversation/c/insights", true),
            ("/v1/*/insights", "/v1/o/insights/x", false),
            ("*/messages/*", "/v1/o/conversation/c/messages/m/source", true),
            ("*/a*a", "/x/a", false),
            ("*", "/anything", true),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} on {path}");
        }
    }

    #[test]
    fn fires_after_the_first_calls_and_only_so_often() {
        let faults = Faults::default();
        let list = r#"[{"method":"get","path":"/a","after":1,"times":2,"kind":"status","code":503}]"#;
        faults.replace(serde_json::from_str(list).unwrap());
        let fired: Vec<bool> = (0..5).map(|_| faults.strike("GET", "/a").is_some()).collect();
        assert_eq!(fired, [false, true, true, false, false]);
        assert!(faults.strike("POST", "/a").is_none());
        faults.replace(Vec::new());
        assert!(faults.strike("GET", "/a").is_none());
    }

    #[test]
    fn every_kind_is_read() {
        let list = r#"[{"path":"*","kind":"delay","ms":5},{"path":"*","kind":"drop","applied":true},{"path":"*","kind":"truncate"},
            {"path":"*","kind":"garbage"},{"path":"*","kind":"slow_body","ms":1,"bytes":10},
            {"path":"*","kind":"repeat","bodies":3},{"path":"*","kind":"headers","set":{"date":null,"x":"y"}},{"path":"*","kind":"status","code":429,"body":{"detail":"x"},"retry_after":2}]"#;
        assert_eq!(serde_json::from_str::<Vec<Fault>>(list).unwrap().len(), 8);
    }
}
