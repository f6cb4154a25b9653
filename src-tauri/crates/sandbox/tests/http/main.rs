//! The sandbox from outside, over plain HTTP.
#![allow(clippy::unwrap_used)]

mod client;
mod control;
mod editions;
mod feedback;
mod growth;
mod reading;
mod trouble;
