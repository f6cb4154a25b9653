//! What the program was started with: arguments and environment.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use earmark_console::GivenKeys;

/// Review console for AI-agent conversations.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Open the built-in sample organization
    #[arg(long)]
    pub(crate) sample: bool,
    /// Keep everything but the keys in this folder
    #[arg(long, value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Length of the server's rate window in milliseconds, for benches against a sandbox with the same; 0 is no limit
    #[arg(long, value_name = "MS", default_value_t = 60_000, hide = true)]
    pub(crate) minute: u32,
    /// Started by itself, because its first start got no answer from a program that was about to end
    #[arg(long, hide = true)]
    pub(crate) again: bool,
}

/// Puts a new start of the program in this one's place, because its first start got no answer. Answers, and only then
/// returns, why that is not done.
///
/// The frameworks cannot be started twice in one process.
pub(crate) fn again() -> String {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        let cause = match std::env::current_exe() {
            Ok(program) => std::process::Command::new(program).args(std::env::args_os().skip(1)).arg("--again").exec(),
            Err(cause) => cause,
        };
        format!("It cannot be started again: {}.", cause.kind())
    }
    #[cfg(not(unix))]
    "Please start it again.".to_owned()
}

/// What to sign in with.
pub(crate) enum Wanted {
    Sample,
    Keys(GivenKeys),
    LastAccount,
}

/// The arguments win over the environment, and the environment over what is remembered.
pub(crate) fn origin(arguments: &Arguments, environment: impl Iterator<Item = (OsString, OsString)>) -> Wanted {
    if arguments.sample {
        return Wanted::Sample;
    }
    match keys_from(environment) {
        Some(keys) => Wanted::Keys(keys),
        None => Wanted::LastAccount,
    }
}

/// How the names of the official SDK's variables begin.
pub(crate) const VARIABLES: &str = "AMIGO_";

/// The official SDK's variables; all of the first four must be set.
fn keys_from(environment: impl Iterator<Item = (OsString, OsString)>) -> Option<GivenKeys> {
    // Other programs' variables may hold anything; these are text.
    let text = environment.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let mut variables: HashMap<String, String> =
        text.filter(|(name, value)| name.starts_with(VARIABLES) && !value.is_empty()).collect();
    Some(GivenKeys {
        api_key: variables.remove("AMIGO_API_KEY")?.into(),
        api_key_id: variables.remove("AMIGO_API_KEY_ID")?.into(),
        user_id: variables.remove("AMIGO_USER_ID")?,
        organization: variables.remove("AMIGO_ORGANIZATION_ID")?,
        base_url: variables.remove("AMIGO_BASE_URL").unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(names: &[&str]) -> impl Iterator<Item = (OsString, OsString)> {
        names.iter().map(|name| ((*name).into(), format!("value of {name}").into())).collect::<Vec<_>>().into_iter()
    }

    const ALL: [&str; 5] =
        ["AMIGO_API_KEY", "AMIGO_API_KEY_ID", "AMIGO_USER_ID", "AMIGO_ORGANIZATION_ID", "AMIGO_BASE_URL"];

    #[test]
    fn the_environment_signs_in_only_when_it_is_whole() {
        let none = Arguments::parse_from(["earmark"]);
        assert!(matches!(origin(&none, environment(&ALL)), Wanted::Keys(_)));
        assert!(matches!(origin(&none, environment(&ALL[..4])), Wanted::Keys(keys) if keys.base_url.is_empty()));
        for missing in &ALL[..4] {
            let some: Vec<&str> = ALL.iter().copied().filter(|name| name != missing).collect();
            assert!(matches!(origin(&none, environment(&some)), Wanted::LastAccount), "without {missing}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_disturbs_nobody() {
        use std::os::unix::ffi::OsStringExt;
        let odd = (OsString::from("SOME_OTHER"), OsString::from_vec(vec![0xff, 0xfe]));
        let none = Arguments::parse_from(["earmark"]);
        assert!(matches!(origin(&none, environment(&ALL).chain([odd])), Wanted::Keys(_)));
    }

    #[test]
    fn the_sample_wins_over_the_environment() {
        let sample = Arguments::parse_from(["earmark", "--sample"]);
        assert!(matches!(origin(&sample, environment(&ALL)), Wanted::Sample));
    }
}
