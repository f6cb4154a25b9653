//! Plays files as one conversation and says how long things took:
//! `cargo run -p earmark-audio --example play -- FILE…`

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use earmark_audio::{DeviceOutput, Layout, Part, Player, Recording, Sound, Spot, Status, Timeline};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut clips = Vec::new();
    for path in std::env::args().skip(1) {
        let begun = Instant::now();
        let clip = Arc::new(Recording::scan(std::fs::read(&path)?)?);
        println!("{path} read in {:.1?}: {clip:?}, {} ms", begun.elapsed(), clip.duration_ms());
        clips.push((path, clip));
    }
    let (states, told) = channel();
    let player = Player::start(
        |alarm| Box::new(DeviceOutput::new(alarm)),
        move |state| {
            let _ = states.send(state);
        },
    );
    println!("devices: {:?}", player.outputs());
    let known = |clip: &Recording| Sound::Known { frames: clip.frames(), rate: clip.rate() };
    let parts = clips.iter().map(|(path, clip)| Part::new(path, known(clip))).collect();
    player.load("files", Timeline::new(parts, Layout::EndToEnd));
    for (path, clip) in clips {
        player.put(path, clip);
    }
    let pressed = Instant::now();
    player.play_from(Spot::Time(0));
    while player.state().position_ms == 0 && pressed.elapsed() < Duration::from_secs(1) {
        std::thread::sleep(Duration::from_micros(200));
    }
    println!("first samples taken after {:.1?}", pressed.elapsed());
    loop {
        let state = told.recv()?;
        let since = pressed.elapsed();
        println!(
            "{since:.0?}: {:?} {:?} at {} of {} ms",
            state.status, state.message, state.position_ms, state.total_ms
        );
        match state.status {
            Status::Ended => break,
            Status::Failed(error) => return Err(error.into()),
            _ => {}
        }
    }
    // What the device still holds is heard before the stream is closed.
    std::thread::sleep(Duration::from_millis(200));
    Ok(())
}
