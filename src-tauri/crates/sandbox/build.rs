//! Lists the scripted conversations and the recorded clips under `data/`, so that a new one is one new file and nothing else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let mut code = String::new();
    table(&mut code, "SCRIPTS", &root.join("data/conversations"))?;
    table(&mut code, "CLIPS", &root.join("data/audio"))?;
    fs::write(out.join("embedded.rs"), code)
}

/// Writes `pub(crate) static NAME: &[(file name, bytes)]`, sorted by file name.
fn table(code: &mut String, name: &str, folder: &Path) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    files.sort();
    let _ = writeln!(code, "pub(crate) static {name}: &[(&str, &[u8])] = &[");
    for file in files {
        let file_name = file.file_name().unwrap_or_default().to_string_lossy();
        let _ = writeln!(code, "    ({file_name:?}, include_bytes!({:?})),", file.display().to_string());
    }
    code.push_str("];\n");
    Ok(())
}
