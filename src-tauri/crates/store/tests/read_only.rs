//! A folder or a file that may only be read. Root may write anywhere, so as root the tests run again as nobody.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

mod room;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use earmark_store::StoreError;
use room::{Room, edit};

const NOBODY: u32 = 65_534;

/// Runs a test of this file as somebody whom permissions bind; answers whether that was done.
fn ran_as_nobody(test: &str) -> bool {
    let folder = tempfile::tempdir().unwrap();
    if fs::metadata(folder.path()).unwrap().uid() != 0 {
        return false;
    }
    // The program is copied to where anybody may read it.
    let program = folder.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for path in [folder.path(), &program] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    match Command::new(&program).args(["--exact", test]).current_dir("/").uid(NOBODY).gid(NOBODY).output() {
        Ok(ran) => assert!(ran.status.success(), "as nobody: {}", String::from_utf8_lossy(&ran.stdout)),
        Err(error) => println!("{test} is left out: root may write anywhere, and nobody cannot run it ({error})"),
    }
    true
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_folder_that_may_only_be_read() {
    if ran_as_nobody("a_folder_that_may_only_be_read") {
        return;
    }
    let room = Room::new();
    room.open().record(&edit(1, "kept", 1)).unwrap();
    fs::remove_file(room.file("store.lock")).unwrap();
    set_mode(&room.path(), 0o500);
    let refused = room.try_open();
    set_mode(&room.path(), 0o700);
    assert!(matches!(refused, Err(StoreError::ReadOnly(_))), "{refused:?}");
    assert_eq!(room.open().pending_count().unwrap(), 1);
}

#[test]
fn a_database_that_may_only_be_read() {
    if ran_as_nobody("a_database_that_may_only_be_read") {
        return;
    }
    for name in ["work.db", "cache.db"] {
        let room = Room::new();
        room.open().record(&edit(1, "kept", 1)).unwrap();
        set_mode(&room.file(name), 0o400);
        let refused = room.try_open();
        set_mode(&room.file(name), 0o600);
        assert!(matches!(refused, Err(StoreError::ReadOnly(_))), "{name}: {refused:?}");
        assert_eq!(room.open().pending_count().unwrap(), 1);
    }
}
