//! Opening a link in another program. That program, and whatever it starts, gets nothing of this one's keys.

use std::io;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::start::VARIABLES;

/// How long a launcher is watched: those that fail do so at once, and some stay until what they started has ended.
const WATCHED: Duration = Duration::from_millis(250);

/// Has the system open a link.
///
/// # Errors
/// None of the system's launchers is there, or all of them failed.
pub(crate) fn open(link: &str) -> io::Result<()> {
    let mut problem = io::ErrorKind::NotFound.into();
    for mut launcher in open::commands(link) {
        match launch(without_keys(&mut launcher)) {
            Ok(()) => return Ok(()),
            Err(cause) => problem = cause,
        }
    }
    Err(problem)
}

/// Keys may have come by the environment, which a program hands down to every one it starts.
fn without_keys(command: &mut Command) -> &mut Command {
    let own = std::env::vars_os().map(|(name, _)| name);
    for name in own.filter(|name| name.to_string_lossy().starts_with(VARIABLES)) {
        command.env_remove(name);
    }
    command
}

fn launch(command: &mut Command) -> io::Result<()> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // What ends this program from a terminal must not end the other.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut launcher = command.spawn()?;
    let (ended, end) = mpsc::channel();
    // Waited for however long it takes, as the system keeps what nobody waited for.
    std::thread::spawn(move || ended.send(launcher.wait()));
    match end.recv_timeout(WATCHED) {
        // Windows' Explorer answers with a failure when all went well.
        Ok(Ok(status)) if cfg!(unix) && !status.success() => Err(io::Error::other("the launcher failed")),
        Ok(Err(cause)) => Err(cause),
        Ok(Ok(_)) | Err(_) => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_launcher_that_fails_is_told_from_one_that_works_or_stays() {
        assert!(launch(&mut shell("exit 3")).is_err());
        assert!(launch(&mut Command::new("no-such-launcher")).is_err());
        assert!(launch(&mut shell("exit 0")).is_ok());
        assert!(launch(&mut shell("sleep 5")).is_ok());
    }
}
