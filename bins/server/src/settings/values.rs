//! The kinds of values that several settings have.

use std::{ops::RangeInclusive, str::FromStr, time::Duration};

/// `on` or `off`, and the words that mean the same.
pub(super) fn switch(text: &str) -> Result<bool, &'static str> {
    match text.to_ascii_lowercase().as_str() {
        "on" | "true" | "yes" | "1" => Ok(true),
        "off" | "false" | "no" | "0" => Ok(false),
        _ => Err("must be on or off"),
    }
}

/// A whole number within bounds.
pub(super) fn number<T>(bounds: RangeInclusive<T>) -> impl FnOnce(&str) -> Result<T, String>
where
    T: FromStr + PartialOrd + std::fmt::Display,
{
    move |text| {
        text.parse()
            .ok()
            .filter(|number| bounds.contains(number))
            .ok_or_else(|| {
                format!(
                    "must be a whole number from {} to {}",
                    bounds.start(),
                    bounds.end()
                )
            })
    }
}

/// A time such as `500ms`, `90s`, `60m` or `1h`; a bare number is seconds.
pub(super) fn duration(
    bounds: RangeInclusive<Duration>,
) -> impl FnOnce(&str) -> Result<Duration, String> {
    move |text| {
        parse_duration(text)
            .filter(|duration| bounds.contains(duration))
            .ok_or_else(|| {
                format!(
                    "must be a time from {:?} to {:?}, such as 500ms, 90s, 60m or 1h",
                    bounds.start(),
                    bounds.end()
                )
            })
    }
}

fn parse_duration(text: &str) -> Option<Duration> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let number: u64 = number.parse().ok()?;
    match unit.trim_start() {
        "ms" => Some(Duration::from_millis(number)),
        "" | "s" => Some(Duration::from_secs(number)),
        "m" | "min" => number.checked_mul(60).map(Duration::from_secs),
        "h" => number.checked_mul(60 * 60).map(Duration::from_secs),
        _ => None,
    }
}

/// The parts of a list that is separated by commas.
pub(super) fn list<T, E>(
    parse: impl Fn(&str) -> Result<T, E>,
) -> impl FnOnce(&str) -> Result<Vec<T>, E> {
    move |text| {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(parse)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, seconds) in [
            ("10", 10),
            ("90s", 90),
            ("60m", 3_600),
            ("1h", 3_600),
            ("5 min", 300),
        ] {
            assert_eq!(
                parse_duration(text),
                Some(Duration::from_secs(seconds)),
                "{text}"
            );
        }
        assert_eq!(parse_duration("250ms"), Some(Duration::from_millis(250)));
        for text in [
            "",
            "s",
            "-1s",
            "1.5s",
            "1d",
            "99999999999999999999s",
            "18446744073709551615h",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_have_bounds() {
        assert_eq!(number(8usize..=64)("12"), Ok(12));
        for text in ["7", "65", "", "12.0", "-12", "twelve"] {
            assert!(number(8usize..=64)(text).is_err(), "{text}");
        }
    }
}
