use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use backon::Retryable;
use bytes::Bytes;
use jiff::Timestamp;
use reqwest::header::AUTHORIZATION;
use reqwest::redirect::{Attempt, Policy};
use reqwest::{RequestBuilder, Response, StatusCode};
use url::Url;

use crate::auth::{Session, bearer_header, check_key};
use crate::base_url::is_safe;
use crate::call::{Body, Call, form};
use crate::error::Cause;
use crate::gate::Gates;
use crate::rate_headers::{RateHeaders, retry_after, server_time};
use crate::retry::{FullJitter, delay, may_repeat};
use crate::urgency::{Standing, Urgency};
use crate::{ApiKey, Budget, ClientOptions, Endpoint, Error, body, refusal};

/// An error answer is read no further than this.
const REFUSAL_LIMIT: usize = 64 << 10;

/// A client of one organization, acting for one person. Clones share everything: token, budgets, connections.
///
/// Each call waits for its budget, signs in if need be, and is repeated as section 0.2 allows. Dropping a call's
/// future cancels it at any point; a call dropped while it waits is not counted.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
    standing: Standing,
}

pub(crate) struct Inner {
    pub(crate) key: ApiKey,
    pub(crate) options: ClientOptions,
    /// For the API: follows no redirect, so the token stays where it belongs.
    pub(crate) http: reqwest::Client,
    /// For recordings: never sees the token.
    audio: OnceLock<reqwest::Client>,
    pub(crate) session: Session,
    pub(crate) gates: Gates,
    /// Which spelling of the message list the server understands; see `messages.rs`.
    pub(crate) spelling: AtomicU8,
    jitter_seed: AtomicU64,
}

/// How an attempt failed: a sign-in on the way is never repeated, whatever the call.
enum Fault {
    SignIn(Error),
    Call(Error),
}

impl Client {
    /// Sets a client up. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::SetUp`] for a key no header can hold; [`Error::NoCertificates`] where https cannot be checked.
    pub fn new(key: ApiKey, options: ClientOptions) -> Result<Self, Error> {
        check_key(&key)?;
        let inner = Inner {
            http: connector(&key, &options, Policy::none(), key.base_url.is_https())?,
            audio: OnceLock::new(),
            session: Session::default(),
            gates: Gates::new(options.window),
            spelling: AtomicU8::new(0),
            jitter_seed: AtomicU64::new(options.jitter_seed.unwrap_or_else(rand::random)),
            key,
            options,
        };
        Ok(Self { inner: Arc::new(inner), standing: Standing::of(Urgency::Now) })
    }

    /// A client whose calls are wanted so much, until [`Client::raise`].
    pub fn with_urgency(&self, urgency: Urgency) -> Self {
        Self { inner: self.inner.clone(), standing: Standing::of(urgency) }
    }

    /// How much this client's calls are wanted.
    pub fn urgency(&self) -> Urgency {
        self.standing.urgency()
    }

    /// This client's calls are wanted at least so much from now on, those that wait for their budget included.
    pub fn raise(&self, urgency: Urgency) {
        self.inner.gates.raise(&self.standing, urgency);
    }

    /// Whether any call of this client went. One that did not can be given up, and costs nothing.
    pub fn has_sent(&self) -> bool {
        self.standing.has_sent()
    }

    /// Whether a tenth of each budget is kept for calls that somebody waits for: it is, unless told otherwise.
    pub fn keep_reserve(&self, keep: bool) {
        self.inner.gates.keep_reserve(keep);
    }

    /// Whether a call of this client would go at once.
    pub fn is_free(&self, endpoint: Endpoint) -> bool {
        self.inner.gates.is_free(endpoint, &self.standing)
    }

    /// Waits until a call of this client may go, so that what it asks for can be chosen then.
    pub async fn until_free(&self, endpoint: Endpoint) {
        self.inner.gates.until_free(endpoint, &self.standing).await;
    }

    /// How much of each budget is used at this moment; endpoints without a limit are left out.
    pub fn budgets(&self) -> Vec<Budget> {
        self.inner.gates.budgets()
    }

    /// The connections recordings come by, made when the first one is asked for.
    pub(crate) fn audio(&self, url: &Url) -> Result<reqwest::Client, Error> {
        let inner = &self.inner;
        if let Some(audio) = inner.audio.get() {
            return Ok(audio.clone());
        }
        match connector(&inner.key, &inner.options, Policy::custom(follow_safely), true) {
            Ok(audio) => Ok(inner.audio.get_or_init(|| audio).clone()),
            // What comes from this computer needs no certificate.
            Err(_) if url.scheme() == "http" => {
                connector(&inner.key, &inner.options, Policy::custom(follow_safely), false)
            }
            Err(error) => Err(error),
        }
    }

    /// The organization this client speaks for.
    pub fn organization(&self) -> &str {
        &self.inner.key.organization
    }

    /// How long the budget would make a call begun now wait; `None` when it would not.
    pub fn wait_for(&self, endpoint: Endpoint) -> Option<Duration> {
        self.inner.gates.wait_for(endpoint)
    }

    /// What calls that were not made ahead of time wait for at this moment, and how long the first of each still waits.
    pub fn waits(&self) -> Vec<(Endpoint, Duration)> {
        self.inner.gates.waits()
    }

    /// Sends a call and reads the whole answer.
    pub(crate) async fn fetch(&self, call: &Call) -> Result<Bytes, Error> {
        let renewed = AtomicBool::new(false);
        let attempt = || async {
            let response = self.attempt(call, &renewed, Some(self.inner.options.timeout)).await?;
            body::read(response, self.inner.options.answer_limit).await.map_err(Fault::Call)
        };
        self.repeat(call, attempt).await
    }

    /// Sends a call whose answer is read as it comes.
    pub(crate) async fn open(&self, call: &Call) -> Result<Response, Error> {
        let renewed = AtomicBool::new(false);
        self.repeat(call, || self.attempt(call, &renewed, None)).await
    }

    async fn repeat<T, F: Future<Output = Result<T, Fault>>>(
        &self,
        call: &Call,
        attempt: impl FnMut() -> F,
    ) -> Result<T, Error> {
        let result = attempt
            .retry(self.jitter())
            .when(|fault| matches!(fault, Fault::Call(error) if may_repeat(&call.method, error)))
            .adjust(|fault, drawn| match fault {
                Fault::Call(error) => delay(error, drawn),
                Fault::SignIn(_) => None,
            })
            .await;
        if let Err(Fault::SignIn(error) | Fault::Call(error)) = &result {
            tracing::debug!(endpoint = ?call.endpoint, %error, "call failed");
        }
        result.map_err(|(Fault::SignIn(error) | Fault::Call(error))| error)
    }

    pub(crate) fn jitter(&self) -> FullJitter {
        FullJitter::new(self.inner.jitter_seed.fetch_add(1, Ordering::Relaxed))
    }

    /// One attempt; a refused token is renewed once in the whole call.
    async fn attempt(&self, call: &Call, renewed: &AtomicBool, limit: Option<Duration>) -> Result<Response, Fault> {
        let token = self.token(None).await.map_err(Fault::SignIn)?;
        let first = self.send(call, &token, limit).await;
        if !matches!(first, Err(Error::SignIn)) || renewed.swap(true, Ordering::Relaxed) {
            return first.map_err(Fault::Call);
        }
        let token = self.token(Some(&token)).await.map_err(Fault::SignIn)?;
        self.send(call, &token, limit).await.map_err(Fault::Call)
    }

    async fn send(&self, call: &Call, token: &crate::auth::Token, limit: Option<Duration>) -> Result<Response, Error> {
        let sent = self.inner.gates.pass(call.endpoint, &self.standing).await;
        let organization = ["v1", self.inner.key.organization.as_str()];
        let url = self.inner.key.base_url.join(organization.into_iter().chain(call.path.iter().map(String::as_str)));
        let mut request =
            self.inner.http.request(call.method.clone(), url).header(AUTHORIZATION, bearer_header(token)?);
        if !call.query.is_empty() {
            request = request.query(&call.query);
        }
        request = match &call.body {
            Body::Nothing => request,
            Body::Json(json) => request.header("content-type", "application/json").body(json.clone()),
            Body::Form(fields) => request.multipart(form(fields)?),
        };
        if let Some(limit) = limit {
            request = request.timeout(limit);
        }
        self.answer(call.endpoint, request, sent).await
    }

    /// Sends a request that passed its gate at `sent`, and sorts its answer: a success, or an [`Error`].
    pub(crate) async fn answer(
        &self,
        endpoint: Endpoint,
        request: RequestBuilder,
        sent: Instant,
    ) -> Result<Response, Error> {
        let response = request.send().await;
        match &response {
            // What never left cannot have been counted, and a network that is away must not use a budget up.
            Err(failed) if failed.is_connect() => self.inner.gates.give_back(endpoint, sent),
            _ => self.inner.gates.answered(endpoint, sent),
        }
        let response = response?;
        let status = response.status();
        let now = server_time(response.headers()).unwrap_or_else(Timestamp::now);
        let refused = status == StatusCode::TOO_MANY_REQUESTS;
        self.inner.gates.observe(endpoint, &RateHeaders::read(response.headers(), refused, now));
        tracing::debug!(?endpoint, status = status.as_u16(), "answered");
        if status.is_success() {
            return Ok(response);
        }
        let after = retry_after(response.headers(), now);
        Err(match status.as_u16() {
            300..400 => Error::Redirected,
            401 => Error::SignIn,
            403 => Error::NotAllowed,
            404 if is_optional(endpoint) => match refusal::is_unknown_route(&read_refusal(response).await) {
                true => Error::NotSupported,
                false => Error::NotFound,
            },
            404 => Error::NotFound,
            405 => Error::NotSupported,
            408 => Error::TimedOut,
            429 => Error::RateLimited { retry_after: after },
            503 => Error::Maintenance { retry_after: after },
            status @ 400..500 => Error::Refused { status, reason: refusal::reason(&read_refusal(response).await) },
            status => Error::Server { status },
        })
    }
}

/// Connections to one kind of server. Reading the system's certificates takes time, and a small system has none: they
/// are read only for https.
fn connector(key: &ApiKey, options: &ClientOptions, redirects: Policy, https: bool) -> Result<reqwest::Client, Error> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("earmark/", env!("CARGO_PKG_VERSION")))
        // The address of a recording is a secret; it must not go on as a Referer.
        .referer(false)
        .redirect(redirects)
        .connect_timeout(options.connect_timeout)
        .read_timeout(options.timeout);
    // A proxy cannot reach this computer's own servers.
    if key.base_url.is_loopback() {
        builder = builder.no_proxy();
    }
    if !https {
        builder = builder.tls_certs_only([]);
    }
    // Nothing else in it can fail.
    builder.build().map_err(|error| Error::NoCertificates(Cause::of(&error)))
}

/// Whether a server may lack the endpoint altogether (sections 3 and 4).
fn is_optional(endpoint: Endpoint) -> bool {
    use Endpoint::{Feedback, ModifyTags, RecommendResponses, Simulate, ToolInvocations};
    matches!(endpoint, Feedback | ModifyTags | RecommendResponses | Simulate | ToolInvocations)
}

/// A refusal that breaks off is a refusal all the same.
async fn read_refusal(response: Response) -> Bytes {
    body::read(response, REFUSAL_LIMIT).await.unwrap_or_default()
}

/// Follows a recording's redirect, but never from https to anything less, nor to plain http on the network.
fn follow_safely(attempt: Attempt<'_>) -> reqwest::redirect::Action {
    let from_https = attempt.previous().last().is_some_and(|url| url.scheme() == "https");
    if !is_safe(attempt.url()) || (from_https && attempt.url().scheme() != "https") {
        return attempt.error(Error::Insecure);
    }
    if attempt.previous().len() > 5 { attempt.error(Error::Redirected) } else { attempt.follow() }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("base_url", &self.inner.key.base_url).finish_non_exhaustive()
    }
}
