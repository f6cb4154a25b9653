//! Checks what the machine has, and installs what it lacks.

use std::fmt;
use std::io::{IsTerminal, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::packages::{Manager, Purpose};
use crate::shell;

const RUST: Version = Version(1, 95, 0);
const NODE: Version = Version(20, 19, 0);

/// Something the reader has to provide; the text says what and how.
#[derive(Debug)]
pub struct Missing(pub String);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Missing {}

/// Major, minor, patch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32, u32);

impl Version {
    /// Reads the first version in a text, as in `rustc 1.95.0 (f2d3ce0bd 2026-03-21)` or `v20.20.2`.
    fn first_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(|word| {
            let word = word.trim_start_matches('v').split(['-', '+']).next()?;
            let mut parts = word.split('.').map(|part| part.parse().ok());
            Some(Self(parts.next()??, parts.next()??, parts.next()??))
        })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

/// Makes sure that the languages are new enough and the packages for a purpose are installed.
pub fn prepare(purpose: Purpose) -> Result<()> {
    at_least("Rust", &mut Command::new("rustc"), RUST, "Install it with rustup, or run `rustup update stable`.")?;
    at_least("Node", &mut Command::new("node"), NODE, "Install the current long-term release.")?;
    if purpose == Purpose::Test {
        rust_components()?;
    }
    packages(purpose)
}

fn at_least(name: &str, program: &mut Command, needed: Version, advice: &str) -> Result<()> {
    let found = program.arg("--version").stdin(Stdio::null()).output().ok();
    let found = found.and_then(|output| Version::first_in(&String::from_utf8_lossy(&output.stdout)));
    match found {
        Some(version) if version >= needed => Ok(()),
        Some(version) => bail!(Missing(format!("{name} {version} is too old: {needed} or newer is needed. {advice}"))),
        None => bail!(Missing(format!("{name} {needed} or newer is needed and was not found. {advice}"))),
    }
}

fn rust_components() -> Result<()> {
    let missing: Vec<_> = ["clippy", "fmt"]
        .into_iter()
        .filter(|command| !shell::works(shell::cargo().args([command, "--version"])))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let mut install = Command::new("rustup");
    install.args(["component", "add", "clippy", "rustfmt"]);
    println!("Adding what checks the code: {}", shell::line(&install));
    shell::succeed(&mut install)
        .map_err(|_| Missing("Clippy and rustfmt are needed: install them beside Rust.".into()))?;
    Ok(())
}

fn packages(purpose: Purpose) -> Result<()> {
    let manager = manager()?;
    let needed = manager.packages(purpose);
    let missing = missing(manager, &needed)?;
    if missing.is_empty() {
        return Ok(());
    }
    let root = is_root()?;
    let commands: Vec<_> = manager
        .installation(&missing)
        .into_iter()
        .map(|words| if root { words } else { [vec!["sudo".to_owned()], words].concat() })
        .collect();
    let line = commands.iter().map(|words| words.join(" ")).collect::<Vec<_>>().join(" && ");
    println!("Some system packages are missing. They are installed with:\n  {line}");
    if std::io::stdin().is_terminal() {
        if !agreed()? {
            bail!(Missing("Nothing was installed. Run the command above, then this one again.".into()));
        }
    } else if !root {
        bail!(Missing(format!("Run this as an administrator, then this command again:\n  {line}")));
    }
    for words in commands {
        shell::succeed(Command::new(&words[0]).args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}

fn manager() -> Result<Manager> {
    match std::env::consts::OS {
        "linux" => {}
        "macos" => bail!(Missing(
            "On macOS this command installs nothing. Install the Xcode command line tools (`xcode-select --install`), then run \
             `npm ci && npm run build` in ui/ and `cargo run -p earmark -- --sample`."
                .into()
        )),
        "windows" => bail!(Missing(
            "On Windows this command installs nothing. Install the Visual Studio C++ build tools and WebView2, then run \
             `npm ci && npm run build` in ui/ and `cargo run -p earmark -- --sample`."
                .into()
        )),
        other => bail!(Missing(format!("This command does not know how to prepare {other}."))),
    }
    let known = [("apt-get", Manager::Apt), ("dnf", Manager::Dnf), ("pacman", Manager::Pacman)];
    let found = known.into_iter().find(|(program, _)| shell::works(Command::new(program).arg("--version")));
    let (_, manager) = found.ok_or_else(|| {
        Missing(
            "This system has neither apt, dnf nor pacman. Install WebKitGTK 4.1, ALSA and OpenSSL with their headers by hand, then \
             run `npm ci && npm run build` in ui/ and `cargo run -p earmark -- --sample`."
                .into(),
        )
    })?;
    Ok(manager)
}

fn missing<'a>(manager: Manager, needed: &[&'a str]) -> Result<Vec<&'a str>> {
    Ok(match manager {
        Manager::Apt => {
            let installed = |package: &&str| {
                let query = Command::new("dpkg-query")
                    .args(["--show", "--showformat", "${db:Status-Status}", package])
                    .output();
                query.is_ok_and(|output| output.stdout == b"installed")
            };
            needed.iter().copied().filter(|package| !installed(package)).collect()
        }
        Manager::Dnf => {
            let installed =
                |package: &&str| shell::works(Command::new("rpm").args(["--query", "--whatprovides", package]));
            needed.iter().copied().filter(|package| !installed(package)).collect()
        }
        Manager::Pacman => {
            // Prints what is missing and then exits with 127.
            let query = Command::new("pacman")
                .arg("--deptest")
                .args(needed)
                .output()
                .context("`pacman` could not be started")?;
            let printed = String::from_utf8_lossy(&query.stdout).into_owned();
            needed.iter().copied().filter(|package| printed.lines().any(|line| line == *package)).collect()
        }
    })
}

fn is_root() -> Result<bool> {
    Ok(shell::output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn agreed() -> Result<bool> {
    print!("Install them now? [Y/n] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "" | "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn versions_are_found_and_compared() {
        assert_eq!(Version::first_in("rustc 1.95.0 (f2d3ce0bd 2026-03-21)"), Some(Version(1, 95, 0)));
        assert_eq!(Version::first_in("v20.20.2\n"), Some(Version(20, 20, 2)));
        assert_eq!(Version::first_in("rustc 1.97.0-nightly (abc 2026-05-01)"), Some(Version(1, 97, 0)));
        assert_eq!(Version::first_in("command not found"), None);
        assert!(Version(20, 9, 0) < NODE && Version(22, 0, 0) > NODE);
    }

    #[test]
    fn an_old_or_absent_language_is_named_with_its_remedy() {
        let old =
            at_least("Shell", Command::new("echo").arg("tool 1.2.3"), Version(2, 0, 0), "Update it.").unwrap_err();
        assert!(old.is::<Missing>());
        assert_eq!(old.to_string(), "Shell 1.2.3 is too old: 2.0.0 or newer is needed. Update it.");
        let absent =
            at_least("Nothing", &mut Command::new("no-such-program"), Version(2, 0, 0), "Get it.").unwrap_err();
        assert_eq!(absent.to_string(), "Nothing 2.0.0 or newer is needed and was not found. Get it.");
    }
}
