//! Opening a program's window under WebDriver.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::json;
use thirtyfour::{Capabilities, WebDriver};

use super::process::Process;
use super::window::Window;
use super::{FOREIGN, Stage, program, target_dir};

/// A window about to be opened.
#[derive(Debug, Clone)]
pub struct Launch<'stage> {
    stage: &'stage Stage,
    program: Option<PathBuf>,
    data_dir: Option<PathBuf>,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    size: (u32, u32),
}

impl<'stage> Launch<'stage> {
    pub(super) fn new(stage: &'stage Stage) -> Self {
        let data_dir = Some(stage.home().join("earmark"));
        Self { stage, program: None, data_dir, arguments: Vec::new(), variables: Vec::new(), size: (1440, 900) }
    }

    /// Another program than the console built beside this one; it is given no data folder.
    #[must_use]
    pub fn bare_program(mut self, program: PathBuf) -> Self {
        self.data_dir = None;
        self.program(program)
    }

    /// Another build of the console than the one beside this program.
    #[must_use]
    pub fn program(mut self, program: PathBuf) -> Self {
        self.program = Some(program);
        self
    }

    /// Another data folder than the stage's own.
    #[must_use]
    pub fn data_dir(mut self, folder: PathBuf) -> Self {
        self.data_dir = Some(folder);
        self
    }

    /// One more argument.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// One more environment variable.
    #[must_use]
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The window's width and height in pixels.
    #[must_use]
    pub fn size(mut self, width: u32, height: u32) -> Self {
        self.size = (width, height);
        self
    }

    /// Opens the window and waits until its document is there.
    ///
    /// # Errors
    /// The driver or the program does not come up; the logs are in the stage's folder.
    pub async fn open(self) -> Result<Window<'stage>> {
        let program = self.opened()?;
        let arguments = self.arguments();
        let (port, native_port) = free_ports()?;
        let mut command = Command::new(driver()?);
        command
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .args(["--native-driver", "/usr/bin/WebKitWebDriver"])
            .stdin(Stdio::null());
        self.surround(&mut command);
        let mut driver = Process::start("driver", &mut command, self.stage.artifacts())?;
        driver.wait_until(|| [port, native_port].into_iter().all(answers))?;

        let mut capabilities = Capabilities::new();
        capabilities.set("browserName", "wry")?;
        capabilities.set("tauri:options", json!({ "application": program, "args": arguments }))?;
        let session = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities)
            .await
            .context("the window did not open; see driver.log")?;
        let window = Window::new(self.stage, session, driver);
        window.resize(self.size.0, self.size.1).await?;
        Ok(window)
    }

    /// Starts the program without WebDriver, as a reviewer does; what it prints goes to `<name>.log`.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start_plainly(&self, name: &str) -> Result<Process> {
        let mut command = Command::new(self.opened()?);
        command.args(self.arguments()).stdin(Stdio::null());
        self.surround(&mut command);
        Process::start(name, &mut command, self.stage.artifacts())
    }

    fn opened(&self) -> Result<PathBuf> {
        self.program.clone().map_or_else(|| program("earmark"), Ok)
    }

    fn arguments(&self) -> Vec<String> {
        let data_dir = self.data_dir.iter().flat_map(|folder| ["--data-dir".to_owned(), folder.display().to_string()]);
        self.arguments.iter().cloned().chain(data_dir).collect()
    }

    fn surround(&self, command: &mut Command) {
        for name in FOREIGN {
            command.env_remove(name);
        }
        command.envs(self.stage.environment()).envs(self.variables.iter().cloned());
    }
}

/// Installed by `cargo xtask test`.
fn driver() -> Result<PathBuf> {
    let driver = target_dir()?.join("tools/bin/tauri-driver");
    if !driver.is_file() {
        bail!("tauri-driver is not installed; `cargo xtask test` does it");
    }
    Ok(driver)
}

fn free_ports() -> Result<(u16, u16)> {
    let any = (Ipv4Addr::LOCALHOST, 0);
    // Both held until both are known, so that they differ.
    let (one, two) = (TcpListener::bind(any)?, TcpListener::bind(any)?);
    Ok((one.local_addr()?.port(), two.local_addr()?.port()))
}

fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok()
}
