//! The sandbox as a program: prints the credentials as one JSON line, then serves until it is interrupted.

use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use earmark_sandbox::{Edition, Limits, Options};

/// The routes that only this program has, for `--help`.
const CONTROL: &str = r#"Control routes:
  GET /_sandbox/calls
      Every call received, oldest first: method, path, query, status, at_ms (since the start), has_authorization,
      port (api or audio). Never a key, a token or a signature.
  POST /_sandbox/faults
      A list that replaces the faults in force; [] ends them. Each: method (any when absent), path (* stands for any
      run of characters; audio is /clips/*), after (calls let through first), times (0 is for ever), and kind:
        status      code, body, retry_after: answered instead of the call
        delay       ms: the call is carried out later
        drop        applied: the connection closes without an answer, after the call or instead of it
        truncate    bytes (half when absent): the connection closes within the body
        garbage     a body that is no JSON
        slow_body   ms between pieces of bytes (1024 when absent)
        repeat      the body as often as bodies says
        headers     set: by name, null takes one away; date is the server's clock
      {"path":"*/insights","times":1,"kind":"status","code":503,"retry_after":2}
  POST /_sandbox/edit
      Changes something behind the client's back:
      {"conversation_id":"…","tags":{"set":{"risk":"high","seen":null},"delete":["topic"]}}
      {"feedback_id":"…","comment":"…","resolved":true,"deleted":true}, each field but the id optional"#;

/// Serves the Amigo conversation API on 127.0.0.1 over a made-up organization.
///
/// The first line on standard output is JSON: base_url, organization, api_key_id, api_key, user_id. The key is random at
/// each start. Audio is served on a second port that only signed URLs name. SIGINT or SIGTERM ends it.
#[derive(Debug, Parser)]
#[command(name = "earmark-sandbox", version, after_long_help = CONTROL)]
struct Args {
    /// Port of the API; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Edition of the API; "both" is the current one plus the older one's feedback and simulate
    #[arg(long, value_enum, default_value_t = Edition::Both)]
    edition: Edition,
    /// How many conversations there are in all, up to 100000; the made-up ones only when absent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100_000))]
    conversations: Option<u32>,
    /// What grown conversations and comments are derived from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many interaction comments are spread over the conversations, besides the made-up ones, up to 100000
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(..=100_000))]
    comments: Option<u32>,
    /// How calls are limited
    #[arg(long, value_enum, default_value_t = Limits::Sliding)]
    limits: Limits,
    /// Length of the limits' window in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 60_000, value_parser = clap::value_parser!(u64).range(1..))]
    minute: u64,
    /// A permission the signed-in user lacks, such as Conversation:GetMessage; may be repeated
    #[arg(long, value_name = "PERMISSION")]
    deny: Vec<String>,
    /// How long a token lives
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_ttl: u64,
    /// How long a signed audio URL lives
    #[arg(long, value_name = "SECONDS", default_value_t = 900)]
    url_ttl: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let options = Options {
        port: args.port,
        edition: args.edition,
        conversations: args.conversations,
        comments: args.comments,
        seed: args.seed,
        limits: args.limits,
        minute: Duration::from_millis(args.minute),
        deny: args.deny,
        token_ttl: Duration::from_secs(args.token_ttl),
        url_ttl: Duration::from_secs(args.url_ttl),
        control: true,
    };
    match run(options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("earmark-sandbox: {why}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    // Asked for before the first line is printed: whoever reads it may send the signal at once.
    let interrupted = interrupted()?;
    let sandbox = earmark_sandbox::start(options).await?;
    println!("{}", serde_json::to_string(sandbox.credentials())?);
    interrupted.await;
    sandbox.shut_down().await;
    Ok(())
}

#[cfg(unix)]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    })
}

#[cfg(not(unix))]
fn interrupted() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a console to hear from there is nothing left to wait for.
        let _ = tokio::signal::ctrl_c().await;
    })
}
