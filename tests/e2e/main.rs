//! The real window against the sandbox: the way of a review, how it starts and closes, what goes wrong, how it looks.
#![allow(clippy::unwrap_used)]

mod ahead;
mod by_keyboard;
mod closing;
mod crash;
mod feedback;
mod keys;
mod late;
mod links;
mod listening;
mod looks;
mod outbox;
mod palette;
mod panes;
mod queues;
mod rebinding;
mod review;
mod spoken;
mod start;
mod steps;
mod timeline;
mod trouble;
mod typing;
