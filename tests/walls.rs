//! Which way the workspace flows: who may depend on whom, read from `cargo metadata`.
//!
//! Dependencies used by tests alone may cross a wall: they ship nothing and bind nobody.
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What a member's shipped and build code may use of the workspace, and why no more.
const MEMBERS: &[(&str, &[&str], &str)] = &[
    ("earmark-review", &[], "the domain is pure, so that its rules can be read and tested with nothing else at hand"),
    ("earmark-amigo", &["earmark-review"], "a client turns wire types into the domain's and knows nobody above it"),
    ("earmark-audio", &[], "the player plays what it is given; where sound comes from is the console's affair"),
    ("earmark-store", &["earmark-review"], "it keeps what it is given; what an edit means is the console's affair"),
    (
        "earmark-console",
        &["earmark-amigo", "earmark-audio", "earmark-review", "earmark-store"],
        "the use cases are tested without a window, and the shipped ones without a made-up organization",
    ),
    (
        "earmark-sandbox",
        &[],
        "it is a second reading of the contract: sharing types with the client would share its mistakes",
    ),
    ("earmark-xtask", &[], "the command that installs what a build needs must build before all of it"),
    ("earmark", &["earmark-console", "earmark-sandbox"], "a command of the shell is one line that asks the console"),
];

/// Libraries that one shipped member alone may use, and why.
const LIBRARIES: &[(&str, &str, &str)] = &[
    ("tauri", "earmark", "everything but the window is built and tested without a web view"),
    ("reqwest", "earmark-amigo", "budgets, retries and the token's secrecy hold only if every call takes one way out"),
    ("rodio", "earmark-audio", "positions are counted in one place, and the library stays replaceable"),
    ("cpal", "earmark-audio", "devices come and go in one place, and the library stays replaceable"),
    ("rusqlite", "earmark-store", "what is written is encrypted, synced and migrated in one place"),
    ("keyring", "earmark-console", "keys are read and written in one place, off the main thread and with a time-out"),
];

/// All the domain may use: none of it reads, writes or waits.
const PURE: &[&str] = &["jiff", "regex", "serde", "serde_json", "specta", "thiserror"];

/// Each member with the names of everything its shipped and build code depends on directly.
fn members() -> BTreeMap<String, BTreeSet<String>> {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    metadata
        .workspace_packages()
        .into_iter()
        .map(|package| {
            let shipped =
                package.dependencies.iter().filter(|dependency| dependency.kind != DependencyKind::Development);
            (package.name.to_string(), shipped.map(|dependency| dependency.name.clone()).collect())
        })
        .collect()
}

#[test]
fn every_member_has_its_wall() {
    let known: BTreeSet<&str> = MEMBERS.iter().map(|(member, ..)| *member).chain(["earmark-tests"]).collect();
    let found = members();
    let found: BTreeSet<&str> = found.keys().map(String::as_str).collect();
    assert_eq!(found, known, "a member without a line in MEMBERS could depend on anything");
}

#[test]
fn members_depend_only_downwards() {
    let members = members();
    for (member, allowed, why) in MEMBERS {
        let crossed: Vec<_> = members[*member]
            .iter()
            .filter(|name| members.contains_key(*name) && !allowed.contains(&name.as_str()))
            .collect();
        assert!(crossed.is_empty(), "{member} must not depend on {crossed:?}: {why}");
    }
}

#[test]
fn each_library_has_one_owner() {
    let shipped = members().into_iter().filter(|(member, _)| member != "earmark-tests");
    for (member, dependencies) in shipped {
        for (library, owner, why) in LIBRARIES {
            let used =
                dependencies.iter().find(|name| name.as_str() == *library || name.starts_with(&format!("{library}-")));
            assert!(used.is_none() || member == *owner, "{member} must leave {used:?} to {owner}: {why}");
        }
    }
}

#[test]
fn nobody_ships_a_plain_store() {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    for package in metadata.workspace_packages() {
        for dependency in package.dependencies.iter().filter(|dependency| dependency.name == "earmark-store") {
            let asked = &dependency.features;
            assert!(
                asked.is_empty(),
                "{} must not ask earmark-store for {asked:?}: it would not encrypt",
                package.name
            );
        }
    }
}

#[test]
fn the_domain_stays_pure() {
    let members = members();
    let used = &members["earmark-review"];
    let crossed: Vec<_> = used.iter().filter(|library| !PURE.contains(&library.as_str())).collect();
    assert!(
        crossed.is_empty(),
        "earmark-review must not use {crossed:?}: it neither reads, writes nor waits, which is why its tests need no set-up"
    );
}

#[test]
fn nobody_ships_the_tests() {
    for (member, dependencies) in members() {
        assert!(
            !dependencies.contains("earmark-tests"),
            "{member} must not depend on earmark-tests: what ships does not need what checks it"
        );
    }
}
