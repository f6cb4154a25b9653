//! Recorded speech behind signed URLs, on a port of its own: 400 to an `Authorization` header, 403 without a living signature.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use jiff::Timestamp;

use crate::conversation::Clip;
use crate::embedded::CLIPS;
use crate::problem::Problem;
use crate::site::{Site, lock, random_word};

/// The clip of what `who` (`user` or `agent`) says in this turn of a script.
pub(crate) fn embedded(slug: &str, turn: usize, who: &str) -> Option<&'static str> {
    let stem = format!("{slug}-{turn:02}-{who}.");
    let at = CLIPS.partition_point(|(name, _)| *name < stem.as_str());
    CLIPS.get(at).map(|(name, _)| *name).filter(|name| name.starts_with(&stem))
}

impl Clip {
    pub(crate) fn content_type(&self) -> &'static str {
        match self {
            Self::Embedded(name) if name.ends_with(".wav") => "audio/wav",
            Self::Embedded(_) => "audio/mpeg",
            Self::Recorded { content_type, .. } => content_type,
        }
    }

    pub(crate) fn bytes(&self) -> Bytes {
        match self {
            Self::Embedded(name) => CLIPS
                .binary_search_by(|(known, _)| known.cmp(name))
                .ok()
                .and_then(|at| CLIPS.get(at))
                .map_or_else(Bytes::new, |(_, bytes)| Bytes::from_static(bytes)),
            Self::Recorded { bytes, .. } => bytes.clone(),
        }
    }

    fn name(&self) -> &str {
        match self {
            Self::Embedded(name) => name,
            Self::Recorded { content_type: "audio/wav", .. } => "recorded.wav",
            Self::Recorded { .. } => "recorded.mp3",
        }
    }
}

/// Signs clip URLs and remembers what it signed.
pub(crate) struct Signer {
    base_url: String,
    ttl: Duration,
    signed: Mutex<HashMap<String, (Clip, Timestamp)>>,
}

/// How long a URL lives that was asked for with `long_lived=true`.
const LONG_LIVED: Duration = Duration::from_secs(12 * 3600);

impl Signer {
    pub(crate) fn new(base_url: String, ttl: Duration) -> Self {
        Self { base_url, ttl, signed: Mutex::new(HashMap::new()) }
    }

    /// A URL for `clip` and when it ends.
    pub(crate) fn sign(&self, clip: &Clip, long_lived: bool, now: Timestamp) -> (String, Timestamp) {
        let signature = random_word(16);
        let ttl = if long_lived { LONG_LIVED } else { self.ttl };
        let expires_at = now.saturating_add(ttl).unwrap_or(Timestamp::MAX);
        let mut signed = lock(&self.signed);
        signed.retain(|_, (_, expires_at)| *expires_at > now);
        signed.insert(signature.clone(), (clip.clone(), expires_at));
        (format!("{}/clips/{}?signature={signature}", self.base_url, clip.name()), expires_at)
    }

    fn clip(&self, name: &str, signature: &str, now: Timestamp) -> Option<Clip> {
        let signed = lock(&self.signed);
        let (clip, expires_at) = signed.get(signature)?;
        (*expires_at > now && clip.name() == name).then(|| clip.clone())
    }
}

/// The audio port's routes.
pub(crate) fn router() -> Router<Arc<Site>> {
    Router::new().route("/clips/{name}", get(clip))
}

#[derive(serde::Deserialize)]
struct Signed {
    #[serde(default)]
    signature: String,
}

async fn clip(
    State(site): State<Arc<Site>>,
    Path(name): Path<String>,
    Query(signed): Query<Signed>,
    headers: HeaderMap,
) -> Response {
    if headers.contains_key(header::AUTHORIZATION) {
        return Problem::bad_request("A signed URL takes no Authorization header.").into_response();
    }
    let Some(clip) = site.signer.clip(&name, &signed.signature, Timestamp::now()) else {
        return Problem::Status(StatusCode::FORBIDDEN, "Request has expired.".into()).into_response();
    };
    ([(header::CONTENT_TYPE, clip.content_type())], clip.bytes()).into_response()
}
