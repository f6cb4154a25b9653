//! A keyboard and a mouse at a stage's display: what the system's own dialogs and the wheel need, which no driver reaches.

use anyhow::{Context, Result};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ConnectionExt, MOTION_NOTIFY_EVENT};
use x11rb::protocol::xproto::{KEY_PRESS_EVENT, KEY_RELEASE_EVENT};
use x11rb::protocol::xtest::ConnectionExt as _;

use super::desktop::Desktop;

/// Keys that are no characters (X11 keysyms).
const SHIFT: u32 = 0xffe1;
/// The buttons a wheel presses.
const WHEEL_UP: u8 = 4;
const WHEEL_DOWN: u8 = 5;

impl Desktop {
    /// The Return key.
    pub const RETURN: u32 = 0xff0d;
    /// The arrow key that points down.
    pub const DOWN: u32 = 0xff54;
    /// The key F10, which leads into a menu bar.
    pub const F10: u32 = 0xffc7;

    /// Presses a key that is no character, of those above, into the window that has the keyboard.
    ///
    /// # Errors
    /// The keyboard has none, or the display refuses.
    pub fn press(&self, symbol: u32) -> Result<()> {
        let (code, _) = self.key(symbol)?;
        self.fake(KEY_PRESS_EVENT, code)?;
        self.fake(KEY_RELEASE_EVENT, code)
    }

    /// Types a text and the Return key into the window that has the keyboard.
    ///
    /// # Errors
    /// A character is on no key, or the display refuses.
    pub fn type_line(&self, text: &str) -> Result<()> {
        let shift = self.key(SHIFT)?.0;
        // The Latin characters are their own keysyms.
        for symbol in text.chars().map(u32::from).chain([Self::RETURN]) {
            let (code, shifted) = self.key(symbol)?;
            if shifted {
                self.fake(KEY_PRESS_EVENT, shift)?;
            }
            self.fake(KEY_PRESS_EVENT, code)?;
            self.fake(KEY_RELEASE_EVENT, code)?;
            if shifted {
                self.fake(KEY_RELEASE_EVENT, shift)?;
            }
        }
        Ok(())
    }

    /// Turns the wheel over a place of the display, in pixels: down by so many notches, up where negative.
    ///
    /// # Errors
    /// The display refuses.
    pub fn wheel(&self, x: i16, y: i16, notches: i32) -> Result<()> {
        let root = self.root();
        self.connection().xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, root, x, y, 0)?.check()?;
        let button = if notches > 0 { WHEEL_DOWN } else { WHEEL_UP };
        for _ in 0..notches.unsigned_abs() {
            self.fake(BUTTON_PRESS_EVENT, button)?;
            self.fake(BUTTON_RELEASE_EVENT, button)?;
        }
        Ok(())
    }

    fn fake(&self, event: u8, detail: u8) -> Result<()> {
        Ok(self.connection().xtest_fake_input(event, detail, 0, self.root(), 0, 0, 0)?.check()?)
    }

    /// The key that types a symbol, and whether Shift must be held.
    fn key(&self, symbol: u32) -> Result<(u8, bool)> {
        let setup = self.connection().setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let map = self.connection().get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let per_key = usize::from(map.keysyms_per_keycode);
        let keys = map.keysyms.chunks_exact(per_key).zip(first..=last);
        let found = keys.filter_map(|(symbols, code)| {
            let place = symbols.iter().take(2).position(|found| *found == symbol)?;
            Some((code, place == 1))
        });
        found.min_by_key(|(_, shifted)| *shifted).with_context(|| format!("no key for {symbol:#x}"))
    }
}
