//! What tests of the whole need: a stage for the real window. The tests themselves are the folders beside this file.
#![deny(missing_docs)]

pub mod stage;
