//! What an answer's headers say about the rate (section 0.2): `X-RateLimit-*` and `Retry-After`.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What the server says about the next calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RateHeaders {
    /// Calls in a window.
    pub(crate) limit: Option<u32>,
    /// How long to send nothing: the budget is used up.
    pub(crate) hold: Option<Duration>,
}

impl RateHeaders {
    /// Reads the three headers; `now` is the server's time, against which `X-RateLimit-Reset` counts.
    pub(crate) fn read(headers: &HeaderMap, refused: bool, now: Timestamp) -> Self {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u32>().ok();
        let used_up = number("x-ratelimit-remaining") == Some(0);
        let reset = || {
            let reset = headers.get("x-ratelimit-reset")?.to_str().ok()?.trim().parse::<i64>().ok()?;
            Duration::try_from(Timestamp::from_second(reset).ok()?.duration_since(now)).ok()
        };
        let hold = match refused {
            true => retry_after(headers, now),
            false if used_up => reset(),
            false => None,
        };
        Self { limit: number("x-ratelimit-limit"), hold }
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
    fn a_used_up_budget_holds_until_its_reset() {
        let now: Timestamp = NOW.parse().unwrap();
        let reset = (now.as_second() + 9).to_string();
        let used_up = |left: &str| {
            let pairs = [("x-ratelimit-limit", "15"), ("x-ratelimit-remaining", left), ("x-ratelimit-reset", &reset)];
            RateHeaders::read(&headers(&pairs), false, now)
        };
        assert_eq!(used_up("0"), RateHeaders { limit: Some(15), hold: Some(Duration::from_secs(9)) });
        assert_eq!(used_up("1"), RateHeaders { limit: Some(15), hold: None });
    }

    #[test]
    fn nonsense_says_nothing() {
        let pairs = [("x-ratelimit-limit", "many"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "tomorrow")];
        let read = RateHeaders::read(&headers(&pairs), false, NOW.parse().unwrap());
        assert_eq!(read, RateHeaders { limit: None, hold: None });
    }
}
