//! Whole use cases: the console against the sandbox, over real HTTP, without a window.
#![allow(clippy::unwrap_used)]

mod accounts;
mod ahead;
mod beginning;
mod browsing;
mod bulk_tags;
mod cached;
mod commenting;
mod counting;
mod desk;
mod drafts;
mod ear;
mod feedback;
mod feedback_trouble;
mod finding;
mod flagging;
mod hearing;
mod hearing_trouble;
mod late;
mod long_hearing;
mod marking;
mod merging;
mod offline;
mod outbox;
mod passphrase;
mod queues;
mod reading;
mod reviewing;
mod secrecy;
mod starving;
mod tagging;
mod talking;
mod trouble;
mod undoing;
