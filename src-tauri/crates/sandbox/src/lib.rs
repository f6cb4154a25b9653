//! A loopback server that speaks the Amigo conversation API over a made-up organization, "Northwind Health".
//!
//! It is an independent reading of the contract: it shares no types with the client. Everything it serves is invented.
//! The scripted conversations are files under `data/`; any number of further ones is derived from a seed when asked for.
//! Changes live in memory and end with the server. It listens on 127.0.0.1 only, and its key is random at each start.
//!
//! ```no_run
//! # async fn example() -> Result<(), earmark_sandbox::StartError> {
//! let sandbox = earmark_sandbox::start(earmark_sandbox::Options::default()).await?;
//! println!("the API answers at {}", sandbox.credentials().base_url);
//! sandbox.shut_down().await;
//! # Ok(())
//! # }
//! ```
#![deny(missing_docs)]

mod ask;
mod audio;
mod comments;
mod compose;
mod control;
mod conversation;
mod faults;
mod growth;
mod ids;
mod limiter;
mod line;
mod options;
mod organization;
mod permission;
mod problem;
mod routes;
mod script;
mod site;
mod views;
mod world;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::growth::Growth;
use crate::line::{Exchange, Line};
use crate::organization::Organization;
use crate::permission::Denied;
use crate::site::Site;
use crate::world::Conversations;

pub use crate::options::{Credentials, Edition, Limits, Options};

/// Why a sandbox could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The port is taken or may not be listened on.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port asked for.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A name in [`Options::deny`] is no permission of the API.
    #[error("no such permission: {0}; there are {known}", known = permission::KNOWN.join(", "))]
    UnknownPermission(String),
    /// A file under `data/` does not fit; the message names it.
    #[error("the sandbox's own data cannot be read: {0}")]
    Data(String),
}

/// A running server. Dropping it stops it.
#[derive(Debug)]
pub struct Sandbox {
    credentials: Credentials,
    audio_base_url: String,
    stop: watch::Sender<bool>,
    listeners: Vec<JoinHandle<()>>,
}

impl Sandbox {
    /// What to sign in with.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Where signed audio is served.
    pub fn audio_base_url(&self) -> &str {
        &self.audio_base_url
    }

    /// Stops listening, lets running calls end for up to a second and cuts the others off.
    pub async fn shut_down(mut self) {
        self.stop.send_replace(true);
        for mut listener in self.listeners.drain(..) {
            if tokio::time::timeout(Duration::from_secs(1), &mut listener).await.is_err() {
                listener.abort();
            }
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// Starts a server inside the current tokio runtime.
///
/// # Errors
/// [`StartError`].
pub async fn start(options: Options) -> Result<Sandbox, StartError> {
    let denied = Denied::parse(&options.deny).map_err(StartError::UnknownPermission)?;
    let organization = Arc::new(Organization::read().map_err(|why| StartError::Data(why.to_string()))?);
    let scripts = script::read_all(embedded::SCRIPTS).map_err(StartError::Data)?;
    let grown = options.conversations.unwrap_or(0).saturating_sub(u32::try_from(scripts.len()).unwrap_or(u32::MAX));
    let growth = Growth::new(grown, options.seed, organization.clone(), scripts);
    let conversations = Conversations::new(growth, organization.clone());

    let (api, base_url) = listen(options.port).await?;
    let (audio, audio_base_url) = listen(0).await?;
    let credentials = Credentials {
        base_url,
        organization: organization.id.clone(),
        api_key_id: "sandbox-key".into(),
        api_key: site::random_word(32),
        user_id: organization.reviewer.clone(),
    };
    let signer = audio::Signer::new(audio_base_url.clone(), options.url_ttl);
    let site = Arc::new(Site::new(&options, credentials.clone(), denied, signer, organization, conversations));
    let (stop, stopped) = watch::channel(false);
    let listeners =
        vec![serve(api, routes::router(&site), stopped.clone()), serve(audio, routes::audio_router(&site), stopped)];
    Ok(Sandbox { credentials, audio_base_url, stop, listeners })
}

async fn listen(port: u16) -> Result<(TcpListener, String), StartError> {
    let failed = |source| StartError::Listen { port, source };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(failed)?;
    let base_url = format!("http://{}", listener.local_addr().map_err(failed)?);
    Ok((listener, base_url))
}

fn serve(listener: TcpListener, router: Router, mut stopped: watch::Receiver<bool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let service = router.into_make_service_with_connect_info::<Line>();
        let server = axum::serve(Exchange(listener), service).with_graceful_shutdown(async move {
            // An error means that the sandbox was dropped, which stops it as well.
            let _ = stopped.wait_for(|stop| *stop).await;
        });
        // `axum::serve` has an `io::Result` for its signature's sake and never returns an error.
        let _ = server.await;
    })
}
