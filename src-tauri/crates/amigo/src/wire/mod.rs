//! From bytes to the domain, tolerantly: unknown fields are ignored, unknown names kept, missing lists empty, and what
//! cannot be read is one bad item, not a bad page.
//!
//! A page is read in one typed go. Only when something in it does not fit is it read again item by item.
//!
//! ```
//! let body = br#"{"conversations":[{"id":7}],"has_more":false,"continuation_token":null}"#;
//! let page = earmark_amigo::wire::conversations_page(body).unwrap();
//! assert_eq!((page.items.len(), page.unreadable), (0, 1));
//! ```

mod conversation;
mod lenient;
mod paging;

use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::Error;

pub use conversation::conversations_page;
pub(crate) use lenient::{Counted, lenient_list, lenient_option, or_default, version_pair};
pub(crate) use paging::page;

/// One document, whole.
pub(crate) fn document<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let place = error.path().to_string();
        Error::malformed(format!("{place}: {}", shape(error.inner())))
    })?;
    reader.end().map_err(|error| parse_failure(&error))?;
    Ok(value)
}

pub(crate) fn parse_failure(error: &serde_json::Error) -> Error {
    Error::malformed(format!("line {} column {}: {}", error.line(), error.column(), shape(error)))
}

/// What is wrong, without serde's own message: that one may quote what it read.
fn shape(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        Category::Eof => "ends too early",
        Category::Syntax => "is not JSON",
        Category::Data | Category::Io => "is of another shape",
    }
}
