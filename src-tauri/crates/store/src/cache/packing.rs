//! How the cache holds values: JSON, packed by zstd, so that less is encrypted and more fits under the limit.

use std::io;
use std::sync::{LazyLock, Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;
use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

use super::Kept;
use crate::{StoreError, time};

/// The quickest level that also packs what hardly repeats, as ids do.
const LEVEL: i32 = 1;
/// Bytes a value may unpack to. A conversation of 10,000 messages takes some three million.
const MOST: u64 = 256 << 20;

// What they work in is large and holds nothing from one value to the next: one of each will do.
static PACKER: LazyLock<Mutex<Compressor<'static>>> = LazyLock::new(Mutex::default);
static UNPACKER: LazyLock<Mutex<Decompressor<'static>>> = LazyLock::new(Mutex::default);

/// A value as the cache holds it.
pub(super) fn encode(value: &impl Serialize) -> Result<Vec<u8>, StoreError> {
    let json = serde_json::to_vec(value).map_err(|error| StoreError::Io(Box::new(error)))?;
    pack(&json).map_err(|error| StoreError::Io(Box::new(error)))
}

fn pack(json: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = PACKER.lock().unwrap_or_else(PoisonError::into_inner);
    packer.set_compression_level(LEVEL)?;
    let mut packed = packer.compress(json)?;
    // There is room in it for the longest it could have become.
    packed.shrink_to_fit();
    Ok(packed)
}

fn unpack(bytes: &[u8], most: u64) -> Option<Vec<u8>> {
    let size = get_frame_content_size(bytes).ok()?.filter(|size| *size <= most)?;
    UNPACKER.lock().unwrap_or_else(PoisonError::into_inner).decompress(bytes, usize::try_from(size).ok()?).ok()
}

/// A value the cache holds, if this version can read it.
pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8], read_at: i64) -> Result<Option<Kept<T>>, StoreError> {
    decode_if(bytes, read_at, |_| true)
}

/// As [`decode`], where the JSON is one that is wanted.
pub(super) fn decode_if<T: DeserializeOwned>(
    bytes: &[u8],
    read_at: i64,
    is_wanted: impl FnOnce(&[u8]) -> bool,
) -> Result<Option<Kept<T>>, StoreError> {
    let read_at = time::from_column(read_at)?;
    let Some(json) = unpack(bytes, MOST) else {
        tracing::debug!("a cached value that is packed in another way");
        return Ok(None);
    };
    if !is_wanted(&json) {
        return Ok(None);
    }
    match serde_json::from_slice(&json) {
        Ok(value) => Ok(Some(Kept { value, read_at })),
        Err(error) => {
            // The position is enough to find the cause by; the message might quote what was said.
            tracing::debug!(line = error.line(), column = error.column(), "a cached value of another version");
            Ok(None)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_what_is_whole_and_not_too_large_is_unpacked() {
        let said = vec![b'a'; 1_000];
        let packed = pack(&said).unwrap();
        assert!(packed.len() < 100);
        assert_eq!(unpack(&packed, 1_000), Some(said));
        assert_eq!(unpack(&packed, 999), None);
        for end in 0..packed.len() {
            assert_eq!(unpack(&packed[..end], 1_000), None, "cut at {end}");
        }
        assert_eq!(unpack(b"{}", 1_000), None);
    }
}
