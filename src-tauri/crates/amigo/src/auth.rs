//! Signing in, and keeping a token at hand (section 1).
//!
//! `POST /v1/{organization}/user/signin_with_api_key`, 5 a minute. There is no refresh token: renewing is signing in
//! again, 5 minutes before the end or once on a 401. However many calls need a token, one sign-in runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use earmark_review::InvalidId;
use jiff::Timestamp;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::error::Cause;
use crate::rate_headers::server_time;
use crate::urgency::{Standing, Urgency};
use crate::{ApiKey, Client, Endpoint, Error, body, wire};

/// A token is renewed this long before its end.
const EARLY: Duration = Duration::from_secs(5 * 60);

/// The token at hand, and the way to the next one.
#[derive(Debug, Default)]
pub(crate) struct Session {
    held: Mutex<Held>,
    /// Sign-ins that ran to their end, well or not.
    ended: AtomicU64,
}

#[derive(Debug, Default)]
struct Held {
    token: Option<Token>,
    /// How the last sign-in failed, if it did.
    failure: Option<Error>,
}

/// A bearer token.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    pub(crate) bearer: SecretString,
    /// Which sign-in brought it.
    serial: u64,
    renew_at: Instant,
}

#[derive(Deserialize)]
struct SignedIn {
    id_token: SecretText,
    expires_at: Timestamp,
}

/// A secret that goes from the wire into its wrapper without a plain copy left behind.
struct SecretText(SecretString);

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.into()))
    }
}

/// How long a token is used that lives for `life`: until 5 minutes before its end. One that lives less than that is
/// used for half its life, as renewing it at once would sign in before each call.
fn used_for(life: Duration) -> Duration {
    life.checked_sub(EARLY).filter(|used| !used.is_zero()).unwrap_or(life / 2)
}

impl Client {
    /// Signs in, or keeps the token at hand if it is good. Later sign-ins happen on their own.
    ///
    /// # Errors
    /// [`Error::SignIn`] for a wrong key or user, [`Error::UnknownOrganization`], and whatever can happen on the way.
    pub async fn sign_in(&self) -> Result<(), Error> {
        self.token(None).await.map(drop)
    }

    /// A good token; not the one that was `refused`, if any.
    pub(crate) async fn token(&self, refused: Option<&Token>) -> Result<Token, Error> {
        let session = &self.inner.session;
        let ended_before = session.ended.load(Ordering::Acquire);
        let mut held = session.held.lock().await;
        let good = held.token.as_ref().filter(|token| {
            Instant::now() < token.renew_at && refused.is_none_or(|refused| refused.serial != token.serial)
        });
        if let Some(token) = good {
            return Ok(token.clone());
        }
        // A sign-in that ended while this call stood in line speaks for it too: with 5 a minute, none is to be wasted.
        let serial = session.ended.load(Ordering::Acquire);
        if serial != ended_before
            && let Some(failure) = &held.failure
        {
            return Err(failure.clone());
        }
        held.token = None;
        let result = self.exchange_key(serial + 1).await;
        session.ended.store(serial + 1, Ordering::Release);
        held.failure = result.as_ref().err().cloned();
        held.token = result.as_ref().ok().cloned();
        result
    }

    async fn exchange_key(&self, serial: u64) -> Result<Token, Error> {
        let inner = &self.inner;
        let sent = inner.gates.pass(Endpoint::SignIn, &Standing::of(Urgency::Now)).await;
        let key = &inner.key;
        let url = key.base_url.join(["v1", key.organization.as_str(), "user", "signin_with_api_key"]);
        let request = inner
            .http
            .request(Method::POST, url)
            .timeout(inner.options.timeout)
            .header(CONTENT_LENGTH, "0")
            .header("x-api-key", secret_header(&key.api_key)?)
            .header("x-api-key-id", secret_header(&key.api_key_id)?)
            .header("x-user-id", plain_header(key.user_id.as_str())?);
        let response = self.answer(Endpoint::SignIn, request, sent).await.map_err(|error| match error {
            Error::NotFound => Error::UnknownOrganization,
            other => other,
        })?;
        let server_now = server_time(response.headers());
        let bytes = body::read(response, inner.options.answer_limit).await?;
        let signed_in: SignedIn = wire::document(&bytes)?;
        // Both moments are the server's, so that a wrong clock on this computer does not spoil the token.
        let life = signed_in.expires_at.duration_since(server_now.unwrap_or_else(Timestamp::now));
        let life = Duration::try_from(life).unwrap_or(Duration::ZERO);
        Ok(Token { bearer: signed_in.id_token.0, serial, renew_at: Instant::now() + used_for(life) })
    }
}

fn secret_header(secret: &SecretString) -> Result<HeaderValue, Error> {
    let mut value = plain_header(secret.expose_secret())?;
    value.set_sensitive(true);
    Ok(value)
}

/// The header a token goes in.
pub(crate) fn bearer_header(token: &Token) -> Result<HeaderValue, Error> {
    secret_header(&SecretString::from(format!("Bearer {}", token.bearer.expose_secret())))
}

/// Refuses a key that cannot be sent at all.
pub(crate) fn check_key(key: &ApiKey) -> Result<(), Error> {
    // Either would change the path it is placed in.
    if matches!(key.organization.as_str(), "" | "." | "..") {
        return Err(Error::SetUp(Cause::of(&InvalidId)));
    }
    secret_header(&key.api_key)?;
    secret_header(&key.api_key_id)?;
    plain_header(key.user_id.as_str()).map(drop)
}

fn plain_header(text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|error| Error::SetUp(Cause::of(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_used_until_five_minutes_before_its_end() {
        assert_eq!(used_for(Duration::from_secs(3600)), Duration::from_secs(55 * 60));
        assert_eq!(used_for(Duration::from_secs(301)), Duration::from_secs(1));
    }

    #[test]
    fn a_token_shorter_than_that_is_used_for_half_its_life() {
        assert_eq!(used_for(Duration::from_secs(300)), Duration::from_secs(150));
        assert_eq!(used_for(Duration::from_secs(10)), Duration::from_secs(5));
        assert_eq!(used_for(Duration::ZERO), Duration::ZERO);
    }
}
