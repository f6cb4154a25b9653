//! Measures what the client costs: CPU time for the same calls on the same sandbox, against plain requests whose answers
//! `serde_json` reads into values, and against the official SDK. Started by `cargo xtask bench client`.

mod cost;
mod report;

use std::env;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};
use clap::{Parser, ValueEnum};
use earmark_amigo::{
    ApiKey, BaseUrl, Client, ClientOptions, ConversationFilter, MessageFilter, PageRequest, follow_pages,
};
use earmark_review::UserId;
use earmark_sandbox::{Limits, Options as Sandbox};
use earmark_tests::stage::{Server, python_with_sdk};
use serde_json::Value;

use report::Figure;

/// Conversations in the list, all of which is read.
const LISTED: u32 = 1_000;
/// Conversations of which transcript and first insight are read.
const READ: usize = 200;
/// How often each is measured.
const RUNS: usize = 3;

/// What is measured; nothing is said to measure all.
#[derive(Parser)]
struct Options {
    /// Only makes the calls, in this way, and prints how many messages came: what a measured process does.
    #[arg(long, hide = true, requires = "count")]
    way: Option<Way>,
    /// Of so many conversations; none only starts and ends.
    #[arg(long, hide = true)]
    count: Option<usize>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Way {
    Ours,
    Plain,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let options = Options::parse();
    if let (Some(way), Some(count)) = (options.way, options.count) {
        let read = match way {
            _ if count == 0 => 0,
            Way::Ours => ours(count).await?,
            Way::Plain => plain(count).await?,
        };
        println!("{read}");
        return Ok(ExitCode::SUCCESS);
    }
    let figures = measure().await?;
    report::print(&figures);
    Ok(if figures.iter().all(Figure::holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn measure() -> Result<Vec<Figure>> {
    let python = python_with_sdk()?;
    let sandbox = Sandbox { limits: Limits::Off, conversations: Some(LISTED), ..Sandbox::default() };
    let server = Server::start(sandbox).await?;
    let this = env::current_exe()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("bench/sdk.py");
    let way = |way: &'static str| {
        let this = this.clone();
        move |count: usize| {
            let mut command = Command::new(&this);
            command.args(["--way", way, "--count", &count.to_string()]);
            command
        }
    };
    let sdk = |count: usize| {
        let mut command = Command::new(&python);
        command.arg("-B").arg(&script).args(["calls", &count.to_string()]).current_dir(env::temp_dir());
        command
    };
    let (mut mine, mut plain, mut theirs) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..RUNS {
        // What the sandbox does in this process does not count: only children do.
        mine.push(cpu(&server, way("ours")).await?);
        plain.push(cpu(&server, way("plain")).await?);
        theirs.push(cpu(&server, sdk).await?);
    }
    let (ours, plain, theirs) = (report::median(&mine), report::median(&plain), report::median(&theirs));
    let how = |other: &str, ms: f64| {
        let work = format!("{LISTED} conversations and {READ} transcripts and insights");
        format!("{ours:.0} ms of CPU for {work} ({}), {other} {ms:.0} ms", report::spread(&mine))
    };
    Ok(vec![
        Figure {
            name: "client: CPU against serde_json alone",
            value: ours / plain,
            unit: "times",
            at_most: Some(2.0),
            how: how("plain requests", plain),
        },
        Figure {
            name: "client: CPU against amigo_sdk",
            value: ours / theirs,
            unit: "times",
            at_most: Some(0.5),
            how: how("the SDK", theirs),
        },
    ])
}

/// Milliseconds of CPU time for the calls, without what starting and ending takes.
async fn cpu(server: &Server, command: impl Fn(usize) -> Command) -> Result<f64> {
    let timed = |count: usize| {
        let mut command = command(count);
        command.envs(server.variables()).env("NO_PROXY", "127.0.0.1");
        tokio::task::block_in_place(|| cost::cpu_ms(&mut command))
    };
    let (nothing, _) = timed(0)?;
    let (all, read) = timed(READ)?;
    ensure!(read.trim().parse::<usize>()? > READ, "{read} messages are too few");
    Ok(all - nothing)
}

fn variable(name: &str) -> Result<String> {
    env::var(format!("AMIGO_{name}")).with_context(|| format!("AMIGO_{name} is not set"))
}

async fn ours(count: usize) -> Result<usize> {
    let key = ApiKey {
        organization: variable("ORGANIZATION_ID")?,
        user_id: UserId::new(variable("USER_ID")?)?,
        api_key_id: variable("API_KEY_ID")?.into(),
        api_key: variable("API_KEY")?.into(),
        base_url: BaseUrl::parse(&variable("BASE_URL")?)?,
    };
    let options = ClientOptions { window: std::time::Duration::ZERO, ..ClientOptions::default() };
    let client = Client::new(key, options)?;
    let (all, nothing) = (ConversationFilter::default(), MessageFilter::default());
    let listed = follow_pages(150, |page: PageRequest| client.list_conversations(&all, page)).await;
    let mut read = 0;
    for conversation in &listed.items[..count] {
        let said = follow_pages(500, |page| client.messages(&conversation.id, &nothing, page)).await.items;
        client.insight(&conversation.id, &said[0].interaction_id).await?;
        read += said.len();
    }
    Ok(read)
}

/// The same without limits, types or checks.
async fn plain(count: usize) -> Result<usize> {
    let http = reqwest::Client::new();
    let base = format!("{}/v1/{}", variable("BASE_URL")?, variable("ORGANIZATION_ID")?);
    let sign_in = http.post(format!("{base}/user/signin_with_api_key"));
    let sign_in = sign_in.header("x-api-key", variable("API_KEY")?).header("x-api-key-id", variable("API_KEY_ID")?);
    let token = sign_in.header("x-user-id", variable("USER_ID")?).send().await?.error_for_status()?.bytes().await?;
    let token: Value = serde_json::from_slice(&token)?;
    let token = token["id_token"].as_str().context("a token")?;
    let get = async |path: &str| -> Result<Value> {
        let answer = http.get(format!("{base}/conversation/{path}")).bearer_auth(token).send().await?;
        Ok(serde_json::from_slice(&answer.error_for_status()?.bytes().await?)?)
    };
    let all = async |path: &str, items: &str| -> Result<Vec<Value>> {
        let (mut found, mut next) = (Vec::new(), Some(0));
        while let Some(token) = next {
            let mut page = get(&format!("{path}&continuation_token={token}")).await?;
            next = page["continuation_token"].as_i64();
            found.append(page[items].as_array_mut().context("a page")?);
        }
        Ok(found)
    };
    let listed = all("?limit=150&sort_by=-created_at", "conversations").await?;
    let types: String = ["user-message", "agent-message", "agent-inner-thought", "external-event"]
        .map(|kind| format!("&message_type={kind}"))
        .concat();
    let mut read = 0;
    for conversation in &listed[..count] {
        let id = conversation["id"].as_str().context("an id")?;
        let said = all(&format!("{id}/messages/?limit=500&sort_by=%2Bcreated_at{types}"), "messages").await?;
        let interaction = said[0]["interaction_id"].as_str().context("an interaction")?;
        get(&format!("{id}/interaction/{interaction}/insights")).await?;
        read += said.len();
    }
    Ok(read)
}
