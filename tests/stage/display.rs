//! A screen nobody sees.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::process::Process;

/// A running Xvfb.
#[derive(Debug)]
pub(crate) struct Display {
    _server: Process,
    name: String,
    screen: Screen,
}

impl Display {
    pub(crate) fn start(home: &Path, logs: &Path) -> Result<Self> {
        let pixels = home.join("screen");
        fs::create_dir(&pixels)?;
        let mut command = Command::new("Xvfb");
        // It takes the first free number and prints it on the file given, here standard output.
        command.args(["-displayfd", "1", "-screen", "0", "1920x1200x24", "-nolisten", "tcp", "-noreset", "-fbdir"]);
        let (server, number) = Process::start_answering("xvfb", command.arg(&pixels), logs)?;
        let screen = Screen::open(&pixels.join("Xvfb_screen0"))?;
        Ok(Self { _server: server, name: format!(":{number}"), screen })
    }

    /// As in `:99`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What it shows at any moment.
    pub(crate) fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Saves what the screen shows.
    pub(crate) fn photograph(&self, file: &Path) -> Result<PathBuf> {
        let taken = Command::new("import").args(["-display", &self.name, "-window", "root"]).arg(file).status()?;
        if !taken.success() {
            bail!("the display could not be photographed");
        }
        Ok(file.to_path_buf())
    }
}

/// The pixels of a display, read from the file the server draws in (an X window dump).
#[derive(Debug)]
pub struct Screen {
    file: File,
    first_pixel: u64,
    bytes_per_line: u64,
}

impl Screen {
    fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).context("the display's pixels cannot be read")?;
        let field = |index: u64| -> Result<u64> {
            let mut bytes = [0; 4];
            file.read_exact_at(&mut bytes, index * 4)?;
            Ok(u64::from(u32::from_be_bytes(bytes)))
        };
        let (header, bytes_per_line, colours) = (field(0)?, field(12)?, field(19)?);
        const BYTES_PER_COLOUR: u64 = 12;
        Ok(Self { file, first_pixel: header + colours * BYTES_PER_COLOUR, bytes_per_line })
    }

    /// The pixels of a rectangle, line by line, four bytes each.
    ///
    /// # Errors
    /// The rectangle reaches beyond the display.
    pub fn pixels(&self, x: u32, y: u32, width: u32, height: u32) -> Result<Vec<u8>> {
        let line = width as usize * 4;
        let mut pixels = vec![0; line * height as usize];
        for (row, into) in (u64::from(y)..).zip(pixels.chunks_exact_mut(line)) {
            let at = self.first_pixel + row * self.bytes_per_line + u64::from(x) * 4;
            self.file.read_exact_at(into, at)?;
        }
        Ok(pixels)
    }
}
