//! What an answer's headers say about the rate (section 0.2): `X-RateLimit-*` and `Retry-After`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What the server says about the next calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RateHeaders {
    /// Calls in a window.
    pub(crate) limit: Option<u32>,
    /// How long to send nothing, as the call was refused.
    pub(crate) refused_for: Option<Duration>,
    /// In how long the budget comes back, as this call was the last of it. In whole seconds, so up to two too long.
    pub(crate) used_up_for: Option<Duration>,
}

impl RateHeaders {
    /// Reads the headers of an answer; `now` is the server's time, against which `X-RateLimit-Reset` counts.
    pub(crate) fn read(headers: &HeaderMap, refused: bool, now: Timestamp) -> Self {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
        let reset = || {
            let reset = Timestamp::from_second(number("x-ratelimit-reset")?).ok()?;
            Duration::try_from(reset.duration_since(now)).ok()
        };
        Self {
            limit: number("x-ratelimit-limit").and_then(|limit| u32::try_from(limit).ok()),
            refused_for: if refused { retry_after(headers, now) } else { None },
            used_up_for: if number("x-ratelimit-remaining") == Some(0) { reset() } else { None },
        }
    }
}

/// `Retry-After`: seconds, fractions allowed, or an HTTP date.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let until = http_date(text)?;
    // A moment gone by means: at once.
    Some(Duration::try_from(until.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// The server's clock when it answered, by which its own moments are to be read; this computer's may be wrong.
pub(crate) fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    http_date(headers.get(DATE)?.to_str().ok()?)
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use reqwest::header::HeaderValue;

    use super::*;

    const NOW: &str = "2026-11-20T10:00:00Z";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn wait(value: &str) -> Option<Duration> {
        retry_after(&headers(&[("retry-after", value)]), NOW.parse().unwrap())
    }

    #[test]
    fn retry_after_is_seconds_or_a_fraction_or_a_date() {
        assert_eq!(wait("2"), Some(Duration::from_secs(2)));
        assert_eq!(wait(" 0.25 "), Some(Duration::from_millis(250)));
        assert_eq!(wait("Fri, 20 Nov 2026 10:00:07 GMT"), Some(Duration::from_secs(7)));
        assert_eq!(wait("Fri, 20 Nov 2026 09:00:00 GMT"), Some(Duration::ZERO));
        for bad in ["", "soon", "-1", "NaN", "inf", "1e300"] {
            assert_eq!(wait(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_used_up_budget_comes_back_at_its_reset() {
        let now: Timestamp = NOW.parse().unwrap();
        let reset = (now.as_second() + 9).to_string();
        let used_up = |left: &str| {
            let pairs = [("x-ratelimit-limit", "15"), ("x-ratelimit-remaining", left), ("x-ratelimit-reset", &reset)];
            RateHeaders::read(&headers(&pairs), false, now)
        };
        let in_nine_seconds = Some(Duration::from_secs(9));
        assert_eq!(used_up("0"), RateHeaders { limit: Some(15), refused_for: None, used_up_for: in_nine_seconds });
        assert_eq!(used_up("1"), RateHeaders { limit: Some(15), refused_for: None, used_up_for: None });
    }

    #[test]
    fn only_a_refusal_asks_to_wait() {
        let read = |refused| RateHeaders::read(&headers(&[("retry-after", "3")]), refused, NOW.parse().unwrap());
        assert_eq!(read(true).refused_for, Some(Duration::from_secs(3)));
        assert_eq!(read(false), RateHeaders::default());
    }

    #[test]
    fn nonsense_says_nothing() {
        let pairs = [("x-ratelimit-limit", "many"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "tomorrow")];
        let read = RateHeaders::read(&headers(&pairs), false, NOW.parse().unwrap());
        assert_eq!(read, RateHeaders::default());
    }
}
