//! From starting the program to its first list on the screen, against a bare window's text.
//!
//! Both are watched from outside, at the pixels of the display, so nothing is added to either: painted is the first moment
//! a region looks as it does once nothing changes any more. In the console's region stands the first row of the list.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use earmark_tests::stage::{Launch, Screen, Stage};

use crate::report::{Figure, median, spread};
use crate::{Options, server, signed_in};

/// How often the region is looked at.
const LOOK: Duration = Duration::from_millis(2);
/// A region that has not changed for so long is complete.
const STILL: Duration = Duration::from_millis(1_500);
/// Longer than any start takes.
const LONGEST: Duration = Duration::from_secs(20);

#[derive(Clone, Copy)]
struct Region {
    x: u32,
    y: u32,
    width: u32,
    height: u32,
}

/// Who and what of the first row of the list: how many comments are open stands in the line below, and comes later.
const LIST: Region = Region { x: 60, y: 158, width: 300, height: 44 };
const BARE: Region = Region { x: 0, y: 0, width: 300, height: 100 };

/// See the module.
pub async fn measure(options: &Options) -> Result<Vec<Figure>> {
    let server = server(1_000).await?;
    let stage = Stage::set("bench-startup")?;
    let (mut console, mut bare) = (Vec::new(), Vec::new());
    // The first of each fills caches and is not counted.
    for run in 0..=options.runs {
        let console_took = painted(stage.screen(), &signed_in(stage.launch(), options, &server), LIST).await?;
        let bare_took = painted(stage.screen(), &stage.launch().bare_program(options.bare.clone()), BARE).await?;
        if run > 0 {
            console.push(console_took);
            bare.push(bare_took);
        }
    }
    let lists = server
        .calls()
        .await?
        .iter()
        .filter(|call| call["path"].as_str().is_some_and(|path| path.ends_with("/conversation/")))
        .count();
    ensure!(lists > options.runs, "the list was read {lists} times only");
    let ratio = median(&console) / median(&bare);
    Ok(vec![
        Figure {
            name: "startup: list against bare window",
            value: ratio,
            unit: "times",
            at_most: Some(1.3),
            how: "medians of alternating runs, at the display's pixels".into(),
        },
        Figure {
            name: "startup: first list painted",
            value: median(&console),
            unit: "ms",
            at_most: None,
            how: spread(&console),
        },
        Figure {
            name: "startup: bare window painted",
            value: median(&bare),
            unit: "ms",
            at_most: None,
            how: spread(&bare),
        },
    ])
}

/// Milliseconds from starting a program to the region's final look.
async fn painted(screen: &Screen, launch: &Launch<'_>, region: Region) -> Result<f64> {
    let look = || screen.pixels(region.x, region.y, region.width, region.height);
    let before = look()?;
    let began = Instant::now();
    let mut program = launch.start_plainly("painted")?;
    let mut looks: Vec<(Duration, Vec<u8>)> = vec![(Duration::ZERO, before)];
    loop {
        let at = began.elapsed();
        let (last_change, last) = looks.last().context("the look before")?;
        let now = look()?;
        if now != *last {
            looks.push((at, now));
        } else if at - *last_change > STILL && has_ink(last) {
            break;
        }
        ensure!(at < LONGEST, "nothing was painted in {LONGEST:?}");
        tokio::time::sleep(LOOK).await;
    }
    program.kill()?;
    let last = &looks.last().context("a last look")?.1;
    let first = looks.iter().find(|(_, pixels)| pixels == last).context("the last look is among them")?;
    let took = first.0.as_secs_f64() * 1_000.0;
    // The next program must not be taken for this one.
    while has_ink(&look()?) {
        ensure!(began.elapsed() < LONGEST * 2, "the window does not go away");
        tokio::time::sleep(LOOK).await;
    }
    Ok(took)
}

/// Whether anything stands out from one even colour.
fn has_ink(pixels: &[u8]) -> bool {
    pixels.chunks_exact(4).any(|pixel| pixel != &pixels[..4])
}
