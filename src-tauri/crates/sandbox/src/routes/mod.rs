//! The API's calls: one table, one way in. A call is checked in this order: organization, token, limit, then its own route.

mod conversations;
mod directory;
mod feedback;
mod heard;
mod insights;
mod invocations;
mod reply;
mod sign_in;
mod talk;

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, RawPathParams, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, on};
use jiff::Timestamp;

use crate::ask::{Ask, Field};
use crate::control;
use crate::limiter::Verdict;
use crate::line::Line;
use crate::options::Edition;
use crate::problem::{Invalid, Problem};
use crate::site::Site;

/// Largest body read: a few minutes of uncompressed speech.
const BODY_LIMIT: usize = 32 << 20;

/// What a route answers.
type Answer = Result<Response, Problem>;
/// A route.
type Act = fn(&mut Ask<'_>) -> Answer;

/// One call of the API.
#[derive(Clone, Copy)]
struct Call {
    method: MethodFilter,
    path: &'static str,
    /// Calls per minute; 0 is not limited.
    per_minute: u32,
    /// Needs no token.
    open: bool,
    act: Act,
}

const fn get(path: &'static str, per_minute: u32, act: Act) -> Call {
    Call { method: MethodFilter::GET, path, per_minute, open: false, act }
}

const fn post(path: &'static str, per_minute: u32, act: Act) -> Call {
    Call { method: MethodFilter::POST, path, per_minute, open: false, act }
}

const fn delete(path: &'static str, act: Act) -> Call {
    Call { method: MethodFilter::DELETE, path, per_minute: 0, open: false, act }
}

const MESSAGES: &str = "/v1/{organization}/conversation/{conversation_id}/messages/";
const SOURCE: &str = "/v1/{organization}/conversation/{conversation_id}/messages/{message_id}/source";
const INSIGHTS: &str = "/v1/{organization}/conversation/{conversation_id}/interaction/{interaction_id}/insights";
const RECOMMEND: &str =
    "/v1/{organization}/conversation/{conversation_id}/interaction/{interaction_id}/recommend_responses";
const STARTER: &str = "/v1/{organization}/conversation/conversation_starter";
const ON_CONVERSATION: &str = "/v1/{organization}/conversation/{conversation_id}/feedback";
const ON_INTERACTION: &str = "/v1/{organization}/conversation/{conversation_id}/interaction/{interaction_id}/feedback";

/// The calls of an edition, with the limits that were in force in its time.
fn calls(edition: Edition) -> Vec<Call> {
    let mut calls = vec![
        Call { open: true, ..post("/v1/{organization}/user/signin_with_api_key", 5, sign_in::with_api_key) },
        Call { open: true, ..post("/v1/{organization}/user/signin", 0, sign_in::with_email) },
        Call { open: true, ..get("/v1/{organization}/organization/", 0, sign_in::organization) },
        get("/v1/{organization}/conversation/", 15, conversations::list),
        post("/v1/{organization}/conversation/", 5, talk::create),
        post("/v1/{organization}/conversation/{conversation_id}/interact", 15, talk::interact),
        post("/v1/{organization}/conversation/{conversation_id}/finish/", 5, talk::finish),
        get("/v1/{organization}/user/", 60, directory::users),
        get("/v1/{organization}/user/search/", 50, directory::search_users),
        get("/v1/{organization}/service/", 50, directory::services),
        get("/v1/{organization}/organization/agent", 20, directory::agents),
        get("/v1/{organization}/organization/agent/{agent_id}/version", 20, directory::agent_versions),
    ];
    if edition.is_current() {
        calls.extend([
            get(MESSAGES, 20, conversations::messages),
            get(SOURCE, 30, conversations::source),
            get(INSIGHTS, 20, insights::insights),
            post(RECOMMEND, 20, insights::recommend),
            post(STARTER, 10, insights::starters),
            post("/v1/{organization}/conversation/{conversation_id}/tags/", 50, conversations::tags),
            get("/v1/{organization}/tool/", 50, directory::tools),
            get("/v1/{organization}/tool/invocation", 50, invocations::list),
        ]);
    } else {
        calls.extend([
            get(MESSAGES, 60, conversations::messages),
            get(SOURCE, 10, conversations::source),
            get(INSIGHTS, 500, insights::insights),
            get(RECOMMEND, 20, insights::recommend),
            post(STARTER, 40, insights::starters),
        ]);
    }
    if edition.has_feedback() {
        calls.extend([
            get("/v1/{organization}/conversation/feedback/", 0, feedback::list),
            post(ON_INTERACTION, 0, feedback::create_on_interaction),
            post(
                "/v1/{organization}/conversation/{conversation_id}/interaction/{interaction_id}/feedback/{feedback_id}",
                0,
                feedback::update_on_interaction,
            ),
            delete(
                "/v1/{organization}/conversation/{conversation_id}/interaction/{interaction_id}/feedback/{feedback_id}",
                feedback::delete_on_interaction,
            ),
            post(ON_CONVERSATION, 0, feedback::create_on_conversation),
            post(
                "/v1/{organization}/conversation/{conversation_id}/feedback/{feedback_id}",
                0,
                feedback::update_on_conversation,
            ),
            delete(
                "/v1/{organization}/conversation/{conversation_id}/feedback/{feedback_id}",
                feedback::delete_on_conversation,
            ),
            post(
                "/v1/{organization}/conversation/{conversation_id}/interaction/{interaction_id}/simulate",
                0,
                talk::simulate,
            ),
        ]);
    }
    calls
}

/// The API port.
pub(crate) fn router(site: &Arc<Site>) -> Router {
    let mut router = Router::new();
    for call in calls(site.edition) {
        let answer = move |State(site): State<Arc<Site>>, params: RawPathParams, request: Request| async move {
            let path = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            answer(&site, call, path, request).await
        };
        router = router.route(call.path, on(call.method, answer));
    }
    let router = router.layer(DefaultBodyLimit::max(BODY_LIMIT));
    finished(router, site, "api")
}

/// The audio port.
pub(crate) fn audio_router(site: &Arc<Site>) -> Router {
    finished(crate::audio::router(), site, "audio")
}

fn finished(router: Router<Arc<Site>>, site: &Arc<Site>, port: &'static str) -> Router {
    let fallbacks = router.fallback(control::nowhere).method_not_allowed_fallback(control::wrong_method);
    let shared = site.clone();
    let watched = move |ConnectInfo(line): ConnectInfo<Line>, request: Request, next: Next| {
        watch(shared.clone(), port, line, request, next)
    };
    let mut router = fallbacks.layer(middleware::from_fn(watched));
    if site.control && port == "api" {
        router = router.merge(control::router());
    }
    router.with_state(site.clone())
}

/// Notes the call and lets a fault strike it.
async fn watch(site: Arc<Site>, port: &'static str, line: Line, request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().to_string(), request.uri().clone());
    let strikes = site.faults.strike(&method, uri.path());
    let number = site.calls.arrived(control::Call {
        method,
        path: uri.path().to_owned(),
        // The audio port's query is the signature.
        query: if port == "audio" { String::new() } else { uri.query().unwrap_or_default().to_owned() },
        status: None,
        at_ms: 0,
        has_authorization: request.headers().contains_key(header::AUTHORIZATION),
        port,
    });
    let dropped = matches!(strikes, Some(crate::faults::Kind::Drop { .. }));
    let response = match strikes {
        None => next.run(request).await,
        Some(kind) => crate::faults::suffer(kind, &line, next.run(request)).await,
    };
    if !dropped {
        site.calls.answered(number, response.status().as_u16());
    }
    response
}

async fn answer(site: &Site, call: Call, path: HashMap<String, String>, request: Request) -> Response {
    if path.get("organization") != Some(&site.organization.id) {
        return Problem::not_found("Organization").into_response();
    }
    let now = Timestamp::now();
    let user_id = match (call.open, bearer(request.headers())) {
        (true, _) => String::new(),
        (false, None) => return Problem::unauthorized("Not authenticated.").into_response(),
        (false, Some(token)) => match site.token_user(token, now) {
            Some(user_id) => user_id,
            None => return Problem::unauthorized("The token is invalid or has expired.").into_response(),
        },
    };
    let now_ms = u64::try_from(now.as_millisecond()).unwrap_or(0);
    let key = (call.path, call.method == MethodFilter::GET);
    let verdict = if call.per_minute == 0 { None } else { site.limiter().count(key, call.per_minute, now_ms) };
    if let Some(verdict) = verdict
        && verdict.wait_ms.is_some()
    {
        let refused = Problem::Status(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded.".into()).into_response();
        return with_limits(refused, verdict);
    }
    let response = match Ask::read(site, user_id, path, request).await.and_then(|mut ask| (call.act)(&mut ask)) {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    };
    match verdict {
        Some(verdict) => with_limits(response, verdict),
        None => response,
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token)
}

/// `X-RateLimit-*`, and `Retry-After` in whole seconds when refused.
fn with_limits(mut response: Response, verdict: Verdict) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(verdict.limit));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(verdict.remaining));
    headers.insert("x-ratelimit-reset", HeaderValue::from(verdict.reset_ms.div_ceil(1000)));
    if let Some(wait_ms) = verdict.wait_ms {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_ms.div_ceil(1000).max(1)));
    }
    response
}

impl<'s> Ask<'s> {
    async fn read(
        site: &'s Site,
        user_id: String,
        path: HashMap<String, String>,
        request: Request,
    ) -> Result<Ask<'s>, Problem> {
        let query =
            url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect();
        let headers = request.headers().clone();
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let unreadable = |_| Problem::from(Invalid::new(["body"], "value_error", "The body cannot be read", ""));
        let mut ask = Ask {
            site,
            user_id,
            headers: headers.clone(),
            body: bytes::Bytes::new(),
            form: None,
            path,
            query,
            invalid: Vec::new(),
        };
        if content_type.starts_with("multipart/form-data") {
            let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable(()))?;
            let mut fields = Vec::new();
            while let Some(field) = form.next_field().await.map_err(|_| unreadable(()))? {
                let name = field.name().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(|_| unreadable(()))?;
                fields.push(Field { name, bytes });
            }
            ask.form = Some(fields);
        } else {
            ask.body = bytes::Bytes::from_request(request, &()).await.map_err(|_| unreadable(()))?;
        }
        Ok(ask)
    }
}
