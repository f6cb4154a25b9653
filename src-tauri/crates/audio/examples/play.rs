//! Plays one file on the default device and says how long things took:
//! `cargo run -p earmark-audio --example play -- FILE`

use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use earmark_audio::{Clip, DeviceOutput, Player, Status};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let bytes = std::fs::read(path)?;
    let begun = Instant::now();
    let clip = Arc::new(Clip::decode(&bytes)?);
    println!("decoded in {:.1?}: {clip:?}, {} ms", begun.elapsed(), clip.duration_ms());

    let (states, told) = channel();
    let player = Player::start(
        |alarm| Box::new(DeviceOutput::new(alarm)),
        move |state| {
            let _ = states.send(state);
        },
    );
    let pressed = Instant::now();
    player.play(Arc::clone(&clip), "file".to_owned(), 0);
    let opened = told.recv()?;
    println!("{:?} after {:.1?}", opened.status, pressed.elapsed());
    if let Status::Failed(error) = opened.status {
        return Err(error.into());
    }
    while player.state().status == Status::Playing && player.state().position_ms == 0 {
        std::thread::sleep(Duration::from_micros(200));
    }
    println!("first samples taken after {:.1?}", pressed.elapsed());
    loop {
        let state = told.recv()?;
        println!("{:?} at {} of {} ms", state.status, state.position_ms, state.duration_ms);
        match state.status {
            Status::Playing => {}
            Status::Ended => break,
            other => return Err(format!("{other:?}").into()),
        }
    }
    // What the device still holds is heard before the stream is closed.
    std::thread::sleep(Duration::from_millis(200));
    Ok(())
}
