use crate::Error;
use crate::call::Call;

/// Which part of a list to fetch (section 0.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// At most this many items. Each endpoint has its own maximum; above it the server answers 422.
    pub limit: u32,
    /// Where the page before ended; `None` for the first. Opaque.
    pub continuation: Option<i64>,
}

impl PageRequest {
    /// The first page.
    pub fn first(limit: u32) -> Self {
        Self { limit, continuation: None }
    }

    pub(crate) fn on(self, call: Call) -> Call {
        call.query("limit", self.limit).query("continuation_token", self.continuation.unwrap_or(0))
    }
}

/// Part of a list. Data may change between two pages, so the same item can come twice: tell them apart by id.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// What could be read.
    pub items: Vec<T>,
    /// Items that could not, and were skipped.
    pub unreadable: u32,
    /// Where the next page begins; `None` at the end.
    pub continuation: Option<i64>,
}

/// A list as far as its pages came.
#[derive(Debug)]
pub struct Pages<T> {
    /// What could be read.
    pub items: Vec<T>,
    /// Items that could not, and were skipped.
    pub unreadable: u32,
    /// Why the rest is missing; `None` when there is no rest.
    pub stopped: Option<Error>,
}

/// More pages than any list has; a server that never ends one is not followed for ever.
const MOST_PAGES: usize = 500;

/// Follows a list from page to page to its end, `limit` items at a time.
pub async fn follow_pages<T, F: Future<Output = Result<Page<T>, Error>>>(
    limit: u32,
    fetch: impl Fn(PageRequest) -> F,
) -> Pages<T> {
    let mut all = Pages { items: Vec::new(), unreadable: 0, stopped: None };
    let mut continuation = None;
    for _ in 0..MOST_PAGES {
        match fetch(PageRequest { limit, continuation }).await {
            Ok(page) => {
                all.items.extend(page.items);
                all.unreadable += page.unreadable;
                // A token that does not move would bring the same page again.
                if page.continuation.is_none() || page.continuation == continuation {
                    return all;
                }
                continuation = page.continuation;
            }
            Err(error) => {
                all.stopped = Some(error);
                return all;
            }
        }
    }
    all.stopped = Some(Error::TooLarge);
    all
}

/// The same, where a part is worth nothing.
pub(crate) async fn all_pages<T, F: Future<Output = Result<Page<T>, Error>>>(
    limit: u32,
    fetch: impl Fn(PageRequest) -> F,
) -> Result<Page<T>, Error> {
    let all = follow_pages(limit, fetch).await;
    match all.stopped {
        Some(error) => Err(error),
        None => Ok(Page { items: all.items, unreadable: all.unreadable, continuation: None }),
    }
}
