use crate::call::Call;
use crate::{Client, Error};

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

/// More pages than any list has; a server that never ends one is not followed for ever.
const MOST_PAGES: usize = 500;

impl Client {
    /// All pages of a list as one.
    pub(crate) async fn all_pages<T, F: Future<Output = Result<Page<T>, Error>>>(
        &self,
        limit: u32,
        fetch: impl Fn(PageRequest) -> F,
    ) -> Result<Page<T>, Error> {
        let mut all = Page { items: Vec::new(), unreadable: 0, continuation: None };
        for _ in 0..MOST_PAGES {
            let page = fetch(PageRequest { limit, continuation: all.continuation }).await?;
            all.items.extend(page.items);
            all.unreadable += page.unreadable;
            // A token that does not move would bring the same page again.
            if page.continuation.is_none() || page.continuation == all.continuation {
                all.continuation = None;
                return Ok(all);
            }
            all.continuation = page.continuation;
        }
        Err(Error::TooLarge)
    }
}
