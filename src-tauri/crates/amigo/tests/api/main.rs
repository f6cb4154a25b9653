//! Each call against a mock server: what is sent, what is made of the answer, and what of trouble.

#![allow(clippy::unwrap_used)]

mod audio;
mod budget;
mod current;
mod editions;
mod repeats;
mod server;
mod sign_in;
mod streams;
mod trouble;
mod writing;
