//! When the provider wants to be asked again, in all the ways in which it may say so.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
/// Nobody means longer than this.
const LONGEST: Duration = Duration::from_hours(366 * 24);

/// Reads `retry-after-ms`, else `retry-after`: seconds, whole or not, or a date, which is taken relative to the
/// answer's own `date` so that no clock but the provider's counts. Anything else is as good as nothing.
pub(super) fn read(headers: &HeaderMap) -> Option<Duration> {
    milliseconds(headers)
        .or_else(|| {
            let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
            seconds(text).or_else(|| until(text, headers))
        })
        .filter(|wait| *wait <= LONGEST)
}

fn milliseconds(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER_MS)?.to_str().ok()?.trim();
    seconds(text).map(|wait| wait / 1_000)
}

fn seconds(text: &str) -> Option<Duration> {
    // `parse` alone would take "inf", "nan" and "1e9".
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let seconds = plain.then(|| text.parse().ok()).flatten()?;
    Duration::try_from_secs_f64(seconds).ok()
}

fn until(text: &str, headers: &HeaderMap) -> Option<Duration> {
    let date = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
    let now = date(headers.get(DATE)?.to_str().ok()?.trim())?;
    let wait = date(text)? - now;
    Some(wait.try_into().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use reqwest::header::HeaderValue;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn every_spelling_is_read() {
        let date = ("date", "Sun, 22 Nov 2026 18:00:00 GMT");
        for (pairs, wait) in [
            (vec![("retry-after", "16")], Some(16_000)),
            (vec![("retry-after", "0.25")], Some(250)),
            (vec![("retry-after", " 2 ")], Some(2_000)),
            (vec![("retry-after-ms", "1500")], Some(1_500)),
            (
                vec![("retry-after-ms", "1500"), ("retry-after", "9")],
                Some(1_500),
            ),
            (
                vec![("retry-after-ms", "soon"), ("retry-after", "9")],
                Some(9_000),
            ),
            (
                vec![date, ("retry-after", "Sun, 22 Nov 2026 18:00:30 GMT")],
                Some(30_000),
            ),
            (
                vec![date, ("retry-after", "Sun, 22 Nov 2026 17:00:30 GMT")],
                Some(0),
            ),
            (vec![("retry-after", "Sun, 22 Nov 2026 18:00:30 GMT")], None),
            (vec![("retry-after", "-1")], None),
            (vec![("retry-after", "inf")], None),
            (vec![("retry-after", "NaN")], None),
            (vec![("retry-after", "1e9")], None),
            (vec![("retry-after", "99999999999999999999999")], None),
            (vec![("retry-after", "later")], None),
            (vec![("retry-after", "")], None),
            (vec![], None),
        ] {
            assert_eq!(
                read(&headers(&pairs)),
                wait.map(Duration::from_millis),
                "{pairs:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[ -~]{0,40}", ms in "[ -~]{0,20}") {
            let pairs = [("retry-after", text.as_str()), ("retry-after-ms", ms.as_str()), ("date", text.as_str())];
            prop_assert!(read(&headers(&pairs)).is_none_or(|wait| wait <= LONGEST));
        }
    }
}
