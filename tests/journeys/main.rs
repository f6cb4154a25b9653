//! Whole use cases: the console against the sandbox, over real HTTP, without a window.
#![allow(clippy::unwrap_used)]

mod accounts;
mod browsing;
mod commenting;
mod desk;
mod hearing;
mod reading;
mod tagging;
mod talking;
mod trouble;
