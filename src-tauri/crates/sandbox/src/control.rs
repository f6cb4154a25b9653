//! `/_sandbox/*`: what tests read and arrange. Exists only when [`crate::Options::control`] is on.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Router, response::IntoResponse, response::Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::{Invalid, Problem};
use crate::script::Tags;
use crate::site::{Site, lock};

pub(crate) use crate::faults::Faults;

/// Calls kept; older ones are forgotten.
const CALLS_KEPT: usize = 50_000;

/// One call that arrived. It never holds a key, a token or a signature.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    /// Absent while it is being answered, and for ever when the connection was dropped.
    pub(crate) status: Option<u16>,
    /// Milliseconds since the server started.
    pub(crate) at_ms: u64,
    pub(crate) has_authorization: bool,
    /// `api` or `audio`.
    pub(crate) port: &'static str,
}

/// The calls in the order they arrived.
#[derive(Debug)]
pub(crate) struct Calls {
    started: Instant,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    forgotten: usize,
    calls: VecDeque<Call>,
}

impl Default for Calls {
    fn default() -> Self {
        Self { started: Instant::now(), kept: Mutex::default() }
    }
}

impl Calls {
    /// Notes that a call arrived; the number is for [`Calls::answered`].
    pub(crate) fn arrived(&self, mut call: Call) -> usize {
        call.at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut kept = lock(&self.kept);
        kept.calls.push_back(call);
        if kept.calls.len() > CALLS_KEPT {
            kept.calls.pop_front();
            kept.forgotten += 1;
        }
        kept.forgotten + kept.calls.len() - 1
    }

    pub(crate) fn answered(&self, number: usize, status: u16) {
        let mut kept = lock(&self.kept);
        let place = number.checked_sub(kept.forgotten);
        if let Some(call) = place.and_then(|place| kept.calls.get_mut(place)) {
            call.status = Some(status);
        }
    }

    fn all(&self) -> Vec<Call> {
        lock(&self.kept).calls.iter().cloned().collect()
    }
}

/// The control routes.
pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new()
        .route("/_sandbox/calls", get(calls))
        .route("/_sandbox/faults", post(faults))
        .route("/_sandbox/edit", post(edit))
}

async fn calls(State(site): State<Arc<Site>>) -> Json<Vec<Call>> {
    Json(site.calls.all())
}

async fn faults(State(site): State<Arc<Site>>, body: Bytes) -> Result<StatusCode, Problem> {
    site.faults.replace(read(&body)?);
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Edit {
    Tags {
        conversation_id: String,
        tags: TagEdit,
    },
    Conversation {
        conversation_id: String,
        is_finished: Option<bool>,
        #[serde(default)]
        deleted: bool,
    },
    Comment {
        feedback_id: String,
        comment: Option<String>,
        resolved: Option<bool>,
        #[serde(default)]
        deleted: bool,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagEdit {
    #[serde(default)]
    set: Tags,
    #[serde(default)]
    delete: Vec<String>,
}

async fn edit(State(site): State<Arc<Site>>, body: Bytes) -> Result<StatusCode, Problem> {
    let mut world = site.world();
    let world = &mut *world;
    match read(&body)? {
        Edit::Tags { conversation_id, tags } => {
            let found = world.conversations.find(&conversation_id).ok_or_else(|| Problem::not_found("Conversation"))?;
            let mut changed = (*found).clone();
            changed.tags.retain(|key, _| !tags.delete.contains(key));
            changed.tags.extend(tags.set);
            world.conversations.put(changed);
        }
        Edit::Conversation { conversation_id, is_finished, deleted } => {
            let found = world.conversations.find(&conversation_id).ok_or_else(|| Problem::not_found("Conversation"))?;
            let mut changed = (*found).clone();
            changed.is_finished = is_finished.unwrap_or(changed.is_finished);
            world.conversations.put(changed);
            if deleted {
                world.conversations.delete(conversation_id);
            }
        }
        Edit::Comment { feedback_id, deleted: true, .. } => {
            world.comments.delete(&feedback_id, &world.conversations).map_err(|_| Problem::not_found("Feedback"))?;
        }
        Edit::Comment { feedback_id, comment, resolved, .. } => {
            let changed = world.comments.change(&feedback_id, comment, resolved, true, &world.conversations);
            changed.map_err(|_| Problem::not_found("Feedback"))?;
        }
    }
    Ok(StatusCode::NO_CONTENT)
}

fn read<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body)
        .map_err(|why| Invalid::new(["body"], "json_invalid", why.to_string(), Value::Null).into())
}

/// What an unknown path answers.
pub(crate) async fn nowhere() -> Response {
    Problem::Status(StatusCode::NOT_FOUND, "Not Found".into()).into_response()
}

/// What a known path answers to another method.
pub(crate) async fn wrong_method() -> Response {
    Problem::Status(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed".into()).into_response()
}
