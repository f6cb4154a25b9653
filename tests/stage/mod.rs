//! What a real window is tested on: a display, a session bus with an unlocked keyring, a sound server that can be
//! recorded, and a WebDriver. Everything is private to one [`Stage`], started by it and ended with it.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use earmark_tests::stage::{Stage, Window};
//!
//! let stage = Stage::set("an-example")?;
//! let window = stage.launch().argument("--sample").open().await?;
//! window.part("conversation-row").await?.click().await?;
//! window.close().await
//! # }
//! ```

mod bus;
mod desktop;
mod display;
mod hands;
mod launch;
mod listen;
mod painted;
mod places;
mod process;
mod sdk;
mod server;
mod sound;
mod window;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use anyhow::{Context, Result};
use rustix::process::Signal;
use tempfile::TempDir;

pub use bus::{Keyring, Overheard};
pub use desktop::{Desktop, NativeWindow};
pub use display::Screen;
pub use launch::Launch;
pub use listen::{Found, Sound, locate, locate_words};
pub use painted::{Expected, WHEN_PRESSED};
pub use process::Process;
pub use sdk::python_with_sdk;
pub use server::{Server, status};
pub use sound::Recording;
pub use window::{PATIENCE, Part, Window, eventually, part};

use bus::Bus;
use display::Display;
use sound::Sink;

/// The surroundings of one test.
#[derive(Debug)]
pub struct Stage {
    // Ended in this order: nobody loses the display or the bus while still using it.
    sink: Sink,
    bus: Option<Bus>,
    display: Display,
    home: TempDir,
    artifacts: PathBuf,
    _turn: Turn,
}

/// Held by all stages together, or by one where sound is listened to: what keeps every core busy tears gaps into it.
static MACHINE: RwLock<()> = RwLock::new(());

/// A stage's part of the machine.
#[derive(Debug)]
enum Turn {
    Shared(#[allow(dead_code)] RwLockReadGuard<'static, ()>),
    Alone(#[allow(dead_code)] RwLockWriteGuard<'static, ()>),
}

impl Stage {
    /// Starts everything, the keyring unlocked. `name` is the folder under `target/e2e-artifacts` for logs and pictures.
    ///
    /// # Errors
    /// A program that is missing or does not come up; its log is in the folder.
    pub fn set(name: &str) -> Result<Self> {
        Self::set_with(name, Keyring::Unlocked)
    }

    /// As [`Stage::set`], with the keyring, or the lack of one, that a test is about.
    ///
    /// # Errors
    /// As [`Stage::set`].
    pub fn set_with(name: &str, keyring: Keyring) -> Result<Self> {
        Self::furnish(name, keyring, Turn::Shared(MACHINE.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// As [`Stage::set`], and no other stage is set meanwhile: for what listens to the sound.
    ///
    /// # Errors
    /// As [`Stage::set`].
    pub fn set_to_listen(name: &str) -> Result<Self> {
        let turn = Turn::Alone(MACHINE.write().unwrap_or_else(PoisonError::into_inner));
        Self::furnish(name, Keyring::Unlocked, turn)
    }

    fn furnish(name: &str, keyring: Keyring, turn: Turn) -> Result<Self> {
        let artifacts = target_dir()?.join("e2e-artifacts").join(name);
        // What is left of an earlier run would be taken for this one's.
        if artifacts.exists() {
            std::fs::remove_dir_all(&artifacts)?;
        }
        std::fs::create_dir_all(&artifacts)?;
        let home = TempDir::with_prefix("earmark-")?;
        // Programs refuse a folder for sockets that others may read.
        DirBuilder::new().mode(0o700).create(home.path().join("runtime"))?;
        let display = Display::start(home.path(), &artifacts)?;
        let bus = match keyring {
            Keyring::NoBus => None,
            keyring => Some(Bus::start(home.path(), &artifacts, keyring)?),
        };
        let sink = Sink::start(home.path(), &artifacts)?;
        Ok(Self { sink, bus, display, home, artifacts, _turn: turn })
    }

    /// The console as it is built beside this program, about to be opened here.
    ///
    /// # Errors
    /// It was not built.
    pub fn launch(&self) -> Launch<'_> {
        Launch::new(self)
    }

    /// The folder for logs and pictures.
    pub fn artifacts(&self) -> &Path {
        &self.artifacts
    }

    /// The private home folder, which holds the data folder too.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Ends the console that runs in this stage as a power cut would.
    ///
    /// # Errors
    /// It does not run.
    pub fn kill_program(&self) -> Result<()> {
        process::signal_console(&self.home().join("earmark"), Signal::KILL)
    }

    /// Holds the console that runs in this stage still, or lets it go on, as the sleep of a machine does.
    ///
    /// # Errors
    /// It does not run.
    pub fn hold_program(&self, still: bool) -> Result<()> {
        let signal = if still { Signal::STOP } else { Signal::CONT };
        process::signal_console(&self.home().join("earmark"), signal)
    }

    /// Records what is heard, from now on.
    ///
    /// # Errors
    /// The recorder does not come up.
    pub fn record(&self, name: &str) -> Result<Recording> {
        self.sink.record(name, &self.artifacts)
    }

    /// Where the sound server is reached, for `PULSE_SERVER`.
    pub fn sound_server(&self) -> &str {
        self.sink.address()
    }

    /// The pixels of the display.
    pub fn screen(&self) -> &Screen {
        self.display.screen()
    }

    /// Takes a picture of the whole display into the folder for logs and pictures.
    pub fn photograph(&self, name: &str) -> Result<PathBuf> {
        self.display.photograph(&self.artifacts.join(name).with_extension("png"))
    }

    /// The windows on the display.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn desktop(&self) -> Result<Desktop> {
        Desktop::connect(self.display.name())
    }

    /// Listens for messages on the session bus that a match rule picks, from now on.
    ///
    /// # Errors
    /// There is no bus, or it lets nobody listen.
    pub fn overhear(&self, rule: &str) -> Result<Overheard> {
        self.bus.as_ref().context("no session bus")?.overhear(rule, &self.artifacts)
    }

    /// The environment a program on this stage runs in.
    fn environment(&self) -> Vec<(&'static str, String)> {
        let home = self.home.path().display();
        let mut variables = vec![
            ("HOME", home.to_string()),
            ("XDG_DATA_HOME", format!("{home}/data")),
            ("XDG_CONFIG_HOME", format!("{home}/config")),
            ("XDG_CACHE_HOME", format!("{home}/cache")),
            ("XDG_RUNTIME_DIR", format!("{home}/runtime")),
            ("DISPLAY", self.display.name().to_owned()),
            ("PULSE_SERVER", self.sink.address().to_owned()),
            // Dates and their order of parts are part of what is compared.
            ("LANG", "C.UTF-8".to_owned()),
            ("TZ", "UTC".to_owned()),
        ];
        if let Some(bus) = &self.bus {
            variables.push(("DBUS_SESSION_BUS_ADDRESS", bus.address().to_owned()));
        }
        variables
    }
}

/// Variables of the outer session that must not reach the window.
const FOREIGN: [&str; 9] = [
    "WAYLAND_DISPLAY",
    "DBUS_SESSION_BUS_ADDRESS",
    "PULSE_RUNTIME_PATH",
    "AMIGO_API_KEY",
    "AMIGO_API_KEY_ID",
    "AMIGO_USER_ID",
    "AMIGO_ORGANIZATION_ID",
    "AMIGO_BASE_URL",
    "GTK_THEME",
];

/// The folder Cargo builds into, found from the place of the running program.
fn target_dir() -> Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().find(|folder| folder.join("CACHEDIR.TAG").is_file());
    target.map(Path::to_path_buf).context("this program does not lie in a folder Cargo builds into")
}

/// A program built beside this one.
///
/// # Errors
/// It was not built.
pub fn program(name: &str) -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let found = own.ancestors().skip(1).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.with_context(|| format!("`{name}` is not built: run `cargo build --workspace --bins`"))
}
