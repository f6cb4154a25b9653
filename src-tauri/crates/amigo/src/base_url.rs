use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

/// Where the API is served: `https` anywhere, `http` on this computer only.
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why text is not a usable base URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBaseUrl {
    /// Not an absolute address with a host.
    #[error("This is not an address. It should look like https://api.example.com.")]
    NotAnAddress,
    /// `http` outside this computer, or another scheme.
    #[error("The address must begin with https. Plain http is accepted only for this computer.")]
    Insecure,
    /// A user, password, query or fragment in it.
    #[error("The address must not hold a user name, a password, a query or a fragment.")]
    TooMuch,
}

impl BaseUrl {
    /// Reads an address. A path is kept as a prefix; a trailing slash does not matter.
    ///
    /// # Errors
    /// [`InvalidBaseUrl`] says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, InvalidBaseUrl> {
        let url = Url::parse(text.trim()).map_err(|_| InvalidBaseUrl::NotAnAddress)?;
        if !url.has_host() {
            return Err(InvalidBaseUrl::NotAnAddress);
        }
        if !is_safe(&url) {
            return Err(InvalidBaseUrl::Insecure);
        }
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidBaseUrl::TooMuch);
        }
        Ok(Self(url))
    }

    /// The address as text, without a trailing slash.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address of `path`, a list of segments placed as they are meant: each is percent-encoded.
    pub(crate) fn join<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;
    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        Self::parse(text)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

/// Whether nobody on the way can read what is sent there.
pub(crate) fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url),
        _ => false,
    }
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The regions an organization can live in (section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Region {
    /// United States, the default.
    Us,
    /// Canada.
    Ca,
    /// European Union.
    Eu,
    /// Australia.
    Au,
}

impl Region {
    /// All of them, the default first.
    pub const ALL: [Self; 4] = [Self::Us, Self::Ca, Self::Eu, Self::Au];

    /// Its name for a menu.
    pub fn name(self) -> &'static str {
        match self {
            Self::Us => "United States",
            Self::Ca => "Canada",
            Self::Eu => "European Union",
            Self::Au => "Australia",
        }
    }

    /// Where its API is served.
    pub fn base_url(self) -> BaseUrl {
        let text = match self {
            Self::Us => "https://api.amigo.ai",
            Self::Ca => "https://api-ca-central-1.amigo.ai",
            Self::Eu => "https://api-eu-central-1.amigo.ai",
            Self::Au => "https://api-ap-southeast-2.amigo.ai",
        };
        BaseUrl::parse(text).expect("the four addresses above are constant and valid")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn http_is_accepted_on_this_computer_only() {
        for good in
            ["http://127.0.0.1:8123", "http://localhost:1/", "http://[::1]:9", "http://127.9.9.9", "https://x.y"]
        {
            assert!(BaseUrl::parse(good).is_ok(), "{good}");
        }
        for bad in ["http://api.amigo.ai", "http://127.0.0.1.evil.com", "http://localhost.evil.com", "ftp://127.0.0.1"]
        {
            assert_eq!(BaseUrl::parse(bad), Err(InvalidBaseUrl::Insecure), "{bad}");
        }
    }

    #[test]
    fn what_is_not_a_plain_address_is_refused() {
        for bad in ["", "api.amigo.ai", "https://", "/v1", "https:///"] {
            assert_eq!(BaseUrl::parse(bad), Err(InvalidBaseUrl::NotAnAddress), "{bad}");
        }
        for bad in ["https://u:p@x.y", "https://x.y?key=1", "https://x.y#a"] {
            assert_eq!(BaseUrl::parse(bad), Err(InvalidBaseUrl::TooMuch), "{bad}");
        }
    }

    #[test]
    fn a_prefix_is_kept_and_segments_cannot_leave_their_place() {
        let base = BaseUrl::parse(" https://proxy.example/amigo/ ").unwrap();
        assert_eq!(base.as_str(), "https://proxy.example/amigo");
        let url = base.join(["v1", "a/../b?c#d", "tags", ""]);
        assert_eq!(url.as_str(), "https://proxy.example/amigo/v1/a%2F..%2Fb%3Fc%23d/tags/");
    }

    #[test]
    fn every_region_has_its_own_safe_address() {
        let all: std::collections::HashSet<String> =
            Region::ALL.iter().map(|region| region.base_url().to_string()).collect();
        assert_eq!(all.len(), 4);
        assert!(all.iter().all(|url| url.starts_with("https://api")));
    }
}
