//! The windows on a stage's display, handled as a window manager would: there is none on it, so that nothing moves by itself.

use anyhow::{Context, Result, ensure};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, InputFocus, MapState, Window as Id,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;

use super::window::eventually;

/// The display's windows.
#[derive(Debug)]
pub struct Desktop {
    connection: RustConnection,
    root: Id,
    protocols: Atom,
    delete: Atom,
}

impl Desktop {
    pub(super) fn connect(display: &str) -> Result<Self> {
        let (connection, screen) = RustConnection::connect(Some(display)).context("the display does not answer")?;
        let atom = |name: &str| anyhow::Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom);
        let (protocols, delete) = (atom("WM_PROTOCOLS")?, atom("WM_DELETE_WINDOW")?);
        let root = connection.setup().roots.get(screen).context("the display has a screen")?.root;
        Ok(Self { connection, root, protocols, delete })
    }

    pub(super) fn connection(&self) -> &RustConnection {
        &self.connection
    }

    pub(super) fn root(&self) -> Id {
        self.root
    }

    /// The window of this title, as soon as it is shown.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn window(&self, title: &str) -> Result<NativeWindow<'_>> {
        eventually(&format!("a window titled {title}"), async || self.shown(title)).await
    }

    /// Lays a window of another program over everything there is.
    ///
    /// # Errors
    /// The display refuses.
    pub fn cover(&self) -> Result<()> {
        let size = self.connection.get_geometry(self.root)?.reply()?;
        let id = self.connection.generate_id()?;
        let (depth, visual) = (x11rb::COPY_DEPTH_FROM_PARENT, x11rb::COPY_FROM_PARENT);
        let looks = CreateWindowAux::new().override_redirect(1);
        let class = WindowClass::INPUT_OUTPUT;
        self.connection
            .create_window(depth, id, self.root, 0, 0, size.width, size.height, 0, class, visual, &looks)?
            .check()?;
        Ok(self.connection.map_window(id)?.check()?)
    }

    fn shown(&self, title: &str) -> Result<Option<NativeWindow<'_>>> {
        for id in self.stacked()? {
            // It may have gone between the questions.
            if self.title(id).is_ok_and(|found| found == title) && self.is_shown(id).unwrap_or(false) {
                return Ok(Some(NativeWindow { desktop: self, id }));
            }
        }
        Ok(None)
    }

    /// The programs' windows, the hindmost first.
    fn stacked(&self) -> Result<Vec<Id>> {
        Ok(self.connection.query_tree(self.root)?.reply()?.children)
    }

    fn title(&self, id: Id) -> Result<String> {
        const LONGEST: u32 = 64;
        let (name, any) = (AtomEnum::WM_NAME, AtomEnum::ANY);
        let found = self.connection.get_property(false, id, name, any, 0, LONGEST)?.reply()?;
        Ok(String::from_utf8_lossy(&found.value).into_owned())
    }

    fn is_shown(&self, id: Id) -> Result<bool> {
        Ok(self.connection.get_window_attributes(id)?.reply()?.map_state == MapState::VIEWABLE)
    }
}

/// A program's window.
#[derive(Debug)]
pub struct NativeWindow<'desktop> {
    desktop: &'desktop Desktop,
    id: Id,
}

impl NativeWindow<'_> {
    /// Whether it is on the display, in front of every other.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn is_in_front(&self) -> Result<bool> {
        let stacked = self.desktop.stacked()?;
        Ok(stacked.into_iter().rfind(|id| self.desktop.is_shown(*id).unwrap_or(false)) == Some(self.id))
    }

    /// Whether it is there and not minimized.
    ///
    /// # Errors
    /// The display does not answer.
    pub fn is_shown(&self) -> Result<bool> {
        Ok(self.desktop.stacked()?.contains(&self.id) && self.desktop.is_shown(self.id).unwrap_or(false))
    }

    /// Takes it off the display as a window manager does when somebody minimizes it (ICCCM 4.1.4).
    ///
    /// # Errors
    /// It has gone.
    pub fn minimize(&self) -> Result<()> {
        Ok(self.desktop.connection.unmap_window(self.id)?.check()?)
    }

    /// Presses its button for closing (ICCCM 4.2.8.1).
    ///
    /// # Errors
    /// It does not take part in that.
    pub fn close(&self) -> Result<()> {
        let Desktop { connection, protocols, delete, .. } = self.desktop;
        let taken_part_in = connection.get_property(false, self.id, *protocols, AtomEnum::ATOM, 0, 16)?.reply()?;
        let closes = taken_part_in.value32().into_iter().flatten().any(|atom| atom == *delete);
        ensure!(closes, "the window cannot be asked to close");
        let message = ClientMessageEvent::new(32, self.id, *protocols, [*delete, x11rb::CURRENT_TIME, 0, 0, 0]);
        Ok(connection.send_event(false, self.id, EventMask::NO_EVENT, message)?.check()?)
    }

    /// Gives it the keyboard, as a window manager does when somebody clicks on it.
    ///
    /// # Errors
    /// It is not on the display.
    pub fn take_keyboard(&self) -> Result<()> {
        let parent = InputFocus::PARENT;
        Ok(self.desktop.connection.set_input_focus(parent, self.id, x11rb::CURRENT_TIME)?.check()?)
    }

    /// Waits until it is gone.
    ///
    /// # Errors
    /// It stays.
    pub async fn gone(&self) -> Result<()> {
        eventually("the window to go", async || Ok((!self.is_shown()?).then_some(()))).await
    }
}
