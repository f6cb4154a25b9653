//! Which system packages are needed for what, by package manager.

/// What packages are needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Building and opening the console.
    Build,
    /// A window without a display, driven from outside.
    Window,
    /// All the tests.
    Test,
    /// Measuring sound beside the tools everyone has.
    Compare,
}

/// The package managers that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// Debian, Ubuntu and what descends from them.
    Apt,
    /// Fedora and what descends from it.
    Dnf,
    /// Arch and what descends from it.
    Pacman,
}

impl Manager {
    /// The packages for a purpose, with those of the purposes it rests on.
    pub fn packages(self, purpose: Purpose) -> Vec<&'static str> {
        let [build, window, test, compare] = match self {
            Self::Apt => [
                "build-essential pkg-config libwebkit2gtk-4.1-dev libasound2-dev libssl-dev libdbus-1-dev perl",
                "xvfb dbus gnome-keyring webkit2gtk-driver pulseaudio pulseaudio-utils imagemagick fonts-noto-core",
                "python3 python3-venv strace",
                "ffmpeg espeak-ng rubberband-cli",
            ],
            Self::Dnf => [
                // The modules of Perl are those OpenSSL is configured with for the store's encryption.
                "gcc gcc-c++ make pkgconf-pkg-config webkit2gtk4.1-devel alsa-lib-devel openssl-devel dbus-devel \
                 perl-interpreter perl-FindBin perl-IPC-Cmd perl-File-Compare perl-File-Copy perl-Time-Piece",
                // The driver's package has changed its name between releases; its path has not.
                "xorg-x11-server-Xvfb dbus-daemon dbus-tools gnome-keyring /usr/bin/WebKitWebDriver pulseaudio \
                 pulseaudio-utils ImageMagick google-noto-sans-vf-fonts google-noto-sans-arabic-vf-fonts",
                "python3 strace",
                "/usr/bin/ffmpeg espeak-ng rubberband",
            ],
            Self::Pacman => [
                "base-devel pkgconf webkit2gtk-4.1 alsa-lib openssl dbus perl",
                "xorg-server-xvfb gnome-keyring pulseaudio imagemagick noto-fonts",
                "python strace",
                "ffmpeg espeak-ng rubberband",
            ],
        };
        let lists: &[&str] = match purpose {
            Purpose::Build => &[build],
            Purpose::Window => &[build, window],
            Purpose::Test => &[build, window, test],
            Purpose::Compare => &[build, compare],
        };
        lists.iter().flat_map(|list| list.split_whitespace()).collect()
    }

    /// The commands that install packages, for the superuser.
    pub fn installation(self, missing: &[&str]) -> Vec<Vec<String>> {
        let lines: &[&str] = match self {
            Self::Apt => &["apt-get update", "apt-get install --yes --no-install-recommends"],
            Self::Dnf => &["dnf install --assumeyes"],
            Self::Pacman => &["pacman --sync --needed --noconfirm"],
        };
        let mut commands: Vec<Vec<String>> =
            lines.iter().map(|line| line.split_whitespace().map(str::to_owned).collect()).collect();
        if let Some(last) = commands.last_mut() {
            last.extend(missing.iter().map(|package| (*package).to_owned()));
        }
        commands
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_includes_those_it_rests_on() {
        for manager in [Manager::Apt, Manager::Dnf, Manager::Pacman] {
            let (build, window, test) =
                (manager.packages(Purpose::Build), manager.packages(Purpose::Window), manager.packages(Purpose::Test));
            assert!(window.starts_with(&build) && test.starts_with(&window), "{manager:?}");
            assert!(build.len() < window.len() && window.len() < test.len(), "{manager:?}");
            let compare = manager.packages(Purpose::Compare);
            assert!(compare.starts_with(&build) && compare.len() > build.len(), "{manager:?}");
        }
    }

    #[test]
    fn only_the_last_command_names_the_packages() {
        let commands = Manager::Apt.installation(&["xvfb", "dbus"]);
        assert_eq!(commands[0], ["apt-get", "update"]);
        assert_eq!(commands[1][3..], ["--no-install-recommends", "xvfb", "dbus"]);
        assert_eq!(Manager::Pacman.installation(&["dbus"]).len(), 1);
    }
}
