//! Reading an answer's bytes without letting a server fill the memory.

use bytes::{Bytes, BytesMut};
use reqwest::Response;

use crate::Error;

/// The whole body, if it is at most `limit` bytes long (after decompression).
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Bytes, Error> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Error::TooLarge);
    }
    let Some(first) = response.chunk().await? else { return Ok(Bytes::new()) };
    let Some(second) = response.chunk().await? else {
        return if first.len() > limit { Err(Error::TooLarge) } else { Ok(first) };
    };
    let mut whole = BytesMut::from(first);
    let mut next = Some(second);
    while let Some(chunk) = next {
        if whole.len() + chunk.len() > limit {
            return Err(Error::TooLarge);
        }
        whole.extend_from_slice(&chunk);
        next = response.chunk().await?;
    }
    Ok(whole.freeze())
}
