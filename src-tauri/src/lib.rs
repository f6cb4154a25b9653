//! The desktop shell: the only code that knows Tauri. It opens the window, hands commands to
//! [`earmark_console::Console`], and keeps what belongs to a window: its place, its settings, its log.
#![deny(missing_docs)]

mod bindings;
mod commands;
mod data_dir;
#[cfg(target_os = "linux")]
mod graphics;
mod log;
mod menu;
mod outside;
mod sample;
mod save_as;
mod settings;
mod start;
mod window;

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use earmark_console::{Console, Options, Origin};
use tauri::{AppHandle, Manager, RunEvent};

use crate::sample::Sample;
use crate::settings::Saved;
use crate::start::{Arguments, Wanted};

/// Runs the program until its window closes.
pub fn run() -> ExitCode {
    #[cfg(target_os = "linux")]
    graphics::suit();
    let arguments = Arguments::parse();
    let mut context = tauri::generate_context!();
    if let Some(given) = &arguments.data_dir
        && let Err(sentence) = data_dir::use_folder(given, &mut context)
    {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    let bindings = bindings::builder();
    let tried_again = arguments.again;
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| window::bring_to_front(app)))
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(window::state_plugin())
        .on_menu_event(menu::chosen)
        .invoke_handler(bindings.invoke_handler())
        .setup(move |app| set_up(app, &arguments))
        .build(context);
    match built {
        Ok(app) => {
            app.run(|app, event| {
                if let RunEvent::Exit = event {
                    close(app);
                }
            });
            ExitCode::SUCCESS
        }
        Err(cause) => {
            let unanswered = matches!(&cause, tauri::Error::PluginInitialization(name, _) if name == "single-instance");
            if unanswered && !tried_again {
                // The program that runs ended while it was asked to come to the front, and its place is free now.
                eprintln!("{}", start::again());
            }
            eprintln!("Earmark could not start: {cause}");
            ExitCode::FAILURE
        }
    }
}

fn set_up(app: &tauri::App, arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    // The web view's processes take longest to start. Nothing reaches the commands before this function has ended.
    window::open(app.handle())?;
    // Held until the process ends, so that the last lines are written.
    app.manage(log::start(&app.path().app_log_dir()?));
    let settings = Saved::open(app.handle())?;
    let sample = Sample::default();
    let origin = match start::origin(arguments, std::env::vars_os()) {
        Wanted::Sample => Origin::Sample(tauri::async_runtime::block_on(sample.open())?),
        Wanted::Keys(keys) => Origin::Environment(keys),
        Wanted::LastAccount => Origin::LastAccount,
    };
    let minute = Duration::from_millis(arguments.minute.into());
    let console = Console::new(Options { origin, minute, ..Options::in_folder(app.path().app_data_dir()?) });
    console.follow(&settings.read());
    // Sign-in and the first page are under way while the window loads.
    let early = console.clone();
    tauri::async_runtime::spawn(async move { early.start().await });
    app.manage(menu::Chosen::default());
    app.manage(settings);
    app.manage(sample);
    app.manage(console);
    Ok(())
}

/// The window is gone. What the reviewer could have taken back in it goes out.
fn close(app: &AppHandle) {
    // From here on another start finds nobody to hand over to, and opens a window of its own.
    tauri_plugin_single_instance::destroy(app);
    if let Some(console) = app.try_state::<Console>() {
        tauri::async_runtime::block_on(console.close());
    }
}
