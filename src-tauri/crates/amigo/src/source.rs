//! The recording of a voice message, `GET …/conversation/{c}/messages/{m}/source`, 30 a minute (section 2.3).
//!
//! The answer is a signed address that is a secret by itself: it is fetched without the token, over https (or from
//! this computer), shown to nobody, and asked for anew once when it has expired or is refused.

use std::fmt;

use backon::Retryable;
use bytes::Bytes;
use earmark_review::{ConversationId, MessageId};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use tokio::time::timeout;
use url::Url;

use crate::base_url::is_safe;
use crate::call::Call;
use crate::rate_headers::{retry_after, server_time};
use crate::retry::{delay, may_repeat};
use crate::{Client, Endpoint, Error, body, wire};

/// Where a recording lies, for a while.
#[derive(Clone, PartialEq, Eq)]
pub struct Source {
    url: Url,
    /// When the address stops working, if the server says so.
    pub expires_at: Option<Timestamp>,
    /// The media type by the server's word; the bytes know better.
    pub content_type: Option<String>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("url", &"[redacted]")
            .field("expires_at", &self.expires_at)
            .field("content_type", &self.content_type)
            .finish()
    }
}

/// The object of the current edition, or the bare address that older texts speak of.
#[derive(Deserialize)]
#[serde(untagged)]
enum WireSource {
    Object { url: Url, expires_at: Option<Timestamp>, content_type: Option<String> },
    Bare(Url),
}

impl Client {
    /// Where the recording of a message lies.
    ///
    /// # Errors
    /// [`Error::Refused`] with status 400 for a text message, [`Error::NotFound`] for one that is gone,
    /// [`Error::Insecure`] for an address in the open; else see [`Error`].
    pub async fn message_source(&self, conversation: &ConversationId, message: &MessageId) -> Result<Source, Error> {
        let path = ["conversation", conversation.as_str(), "messages", message.as_str(), "source"];
        let bytes = self.fetch(&Call::get(Endpoint::MessageSource, &path)).await?;
        let source = match wire::document::<WireSource>(&bytes)? {
            WireSource::Object { url, expires_at, content_type } => Source { url, expires_at, content_type },
            WireSource::Bare(url) => Source { url, expires_at: None, content_type: None },
        };
        if is_safe(&source.url) { Ok(source) } else { Err(Error::Insecure) }
    }

    /// The recording of a message, whole. It may be empty: that is for the player to say.
    ///
    /// # Errors
    /// Those of [`Client::message_source`]; [`Error::AudioExpired`] when a fresh address is refused as well;
    /// [`Error::TooLarge`] above [`ClientOptions::audio_limit`](crate::ClientOptions::audio_limit).
    pub async fn fetch_audio(&self, conversation: &ConversationId, message: &MessageId) -> Result<Bytes, Error> {
        let source = self.message_source(conversation, message).await?;
        if source.expires_at.is_none_or(|end| end > Timestamp::now()) {
            match self.download(&source).await {
                Err(Error::AudioExpired) => {}
                other => return other,
            }
        }
        let fresh = self.message_source(conversation, message).await?;
        self.download(&fresh).await
    }

    async fn download(&self, source: &Source) -> Result<Bytes, Error> {
        let whole = (|| self.download_once(source))
            .retry(self.jitter())
            .when(|error| may_repeat(&Method::GET, error))
            .adjust(delay);
        timeout(self.inner.options.audio_timeout, whole).await.map_err(|_| Error::TimedOut)?
    }

    async fn download_once(&self, source: &Source) -> Result<Bytes, Error> {
        let response = self.audio(&source.url)?.get(source.url.clone()).send().await?;
        let now = server_time(response.headers()).unwrap_or_else(Timestamp::now);
        let after = retry_after(response.headers(), now);
        match response.status() {
            status if status.is_success() => body::read(response, self.inner.options.audio_limit).await,
            // Storages answer a signature that ended with any of these.
            StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Error::AudioExpired),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Error::NoRecording),
            StatusCode::REQUEST_TIMEOUT => Err(Error::TimedOut),
            StatusCode::TOO_MANY_REQUESTS => Err(Error::RateLimited { retry_after: after }),
            StatusCode::SERVICE_UNAVAILABLE => Err(Error::Maintenance { retry_after: after }),
            status if status.is_server_error() => Err(Error::Server { status: status.as_u16() }),
            // What a storage says is meant for machines.
            status => Err(Error::Refused { status: status.as_u16(), reason: String::new() }),
        }
    }
}
