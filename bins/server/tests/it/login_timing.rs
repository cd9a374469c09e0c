//! How long a refused sign-in takes doesn't tell whether there is such an account.
//!
//! What is compared is what somebody at the other end of the connection can measure. The machine may be busy, so the
//! two kinds take turns, and a first round that looks different is repeated once with fresh samples: of a thousand
//! rounds without a difference ten look like one by chance (p < 0.01), but a real difference is there both times.

use std::time::{Duration, Instant};

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::StatusCode;
use serde_json::json;

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
};

/// Sign-ins of each kind in a round.
const TRIES: usize = 200;
/// So far may the medians be apart.
const MEDIANS_APART: f64 = 0.10;
/// A two-sided p of 0.01 in a normal distribution.
const Z_OF_ONE_PERCENT: f64 = 2.575_829;

const KNOWN: &str = "someone@example.org";
const UNKNOWN: &str = "anybody@example.org";

on_both_databases!(an_unknown_address_takes_as_long_as_a_known_one);

async fn an_unknown_address_takes_as_long_as_a_known_one(database: Database) {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let server = installation.start().await;
    Person::register(&server, KNOWN).await;
    let visitor = Person::visiting(&server);
    // What is opened or read once isn't what is measured.
    Comparison::of(&visitor, 10).await;

    let first = Comparison::of(&visitor, TRIES).await;
    if first.shows_a_difference() {
        let second = Comparison::of(&visitor, TRIES).await;
        assert!(
            !second.shows_a_difference(),
            "it can be told who has an account: {first:?}, and again: {second:?}"
        );
    }
    server.stop().await;
}

/// How the two kinds of refused sign-ins differ.
#[derive(Debug)]
struct Comparison {
    median_of_known: Duration,
    median_of_unknown: Duration,
    /// How many standard deviations the ranks are off from what equal kinds would have.
    z: f64,
}

impl Comparison {
    async fn of(visitor: &Person, tries: usize) -> Self {
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for round in 0..tries {
            // In turns, and each as often first as second.
            if round % 2 == 0 {
                known.push(refused_sign_in(visitor, KNOWN).await);
                unknown.push(refused_sign_in(visitor, UNKNOWN).await);
            } else {
                unknown.push(refused_sign_in(visitor, UNKNOWN).await);
                known.push(refused_sign_in(visitor, KNOWN).await);
            }
        }
        Self {
            median_of_known: median(&known),
            median_of_unknown: median(&unknown),
            z: mann_whitney_z(&known, &unknown),
        }
    }

    fn shows_a_difference(&self) -> bool {
        let ratio = self.median_of_known.as_secs_f64() / self.median_of_unknown.as_secs_f64();
        !(1.0 - MEDIANS_APART..=1.0 + MEDIANS_APART).contains(&ratio)
            || self.z.abs() >= Z_OF_ONE_PERCENT
    }
}

async fn refused_sign_in(visitor: &Person, email: &str) -> Duration {
    let body =
        json!({"email": email, "password": "not the right password", "tokenDelivery": "body"});
    let start = Instant::now();
    let answer = visitor.post("/api/auth/login", &body).await;
    let took = start.elapsed();
    answer.expect(StatusCode::UNAUTHORIZED);
    took
}

fn median(samples: &[Duration]) -> Duration {
    let mut sorted = samples.to_vec();
    sorted.sort();
    sorted[sorted.len() / 2]
}

/// The Mann-Whitney U test in its normal approximation, which is exact enough from some twenty samples on. Times in
/// nanoseconds hardly ever tie, so ties get no correction: each counts a half.
fn mann_whitney_z(one: &[Duration], other: &[Duration]) -> f64 {
    let wins: f64 = one
        .iter()
        .flat_map(|a| other.iter().map(move |b| a.cmp(b)))
        .map(|order| match order {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 0.5,
            std::cmp::Ordering::Greater => 1.0,
        })
        .sum();
    let count = |samples: &[Duration]| f64::from(u32::try_from(samples.len()).unwrap());
    let (n, m) = (count(one), count(other));
    let expected = n * m / 2.0;
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    (wins - expected) / deviation
}

#[test]
fn the_comparison_sees_what_there_is_to_see() {
    let times = |from: u64, step: u64| -> Vec<Duration> {
        let number = |index| Duration::from_micros(from + index * step);
        (0..200).map(number).collect()
    };
    let compare = |known: &[Duration], unknown: &[Duration]| Comparison {
        median_of_known: median(known),
        median_of_unknown: median(unknown),
        z: mann_whitney_z(known, unknown),
    };
    let base = times(30_000, 10);
    assert!(!compare(&base, &base).shows_a_difference());
    assert!(!compare(&base, &times(30_100, 10)).shows_a_difference());
    // Medians 2 % apart, in samples that spread over 6 %.
    assert!(compare(&base, &times(30_600, 10)).shows_a_difference());
    assert!(compare(&times(30_600, 10), &base).shows_a_difference());
    // No hash at all for who isn't there.
    assert!(compare(&base, &times(1_000, 10)).shows_a_difference());
    // Three against three, by hand: five of nine pairs are won.
    let few = |numbers: [u64; 3]| numbers.map(Duration::from_millis);
    let z = mann_whitney_z(&few([1, 4, 6]), &few([2, 3, 5]));
    assert!((z - 0.5 / 5.25_f64.sqrt()).abs() < 1e-9, "{z}");
}
