//! A window with one line of text and nothing behind it: what the console's start is measured against.
//!
//! Like the console it loads its page from the program itself.

use tauri::http::Response;
use tauri::{WebviewUrl, WebviewWindowBuilder};

const PAGE: &[u8] = b"<!doctype html><title>Bare</title><p data-part=\"bare\">A bare window</p>";

fn main() {
    let address = "bare://localhost/".parse().expect("a constant address is valid");
    tauri::Builder::default()
        .register_uri_scheme_protocol("bare", |_, _| {
            Response::builder().header("Content-Type", "text/html").body(PAGE).expect("constant parts make a response")
        })
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::External(address)).inner_size(1440.0, 900.0).build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
        .expect("a bare window opens wherever the console does");
}
