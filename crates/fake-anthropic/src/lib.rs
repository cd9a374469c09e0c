//! A fake of Anthropic's API over real HTTP, for tests, demos and benchmarks.
//!
//! It checks what it receives as strictly as the real service, answers in the same shapes, breaks in every way that a
//! client must survive, and records what it saw. It depends on nothing of the product that it tests.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use std::time::Duration;
//! use fake_anthropic::{ApiError, Config, FakeAnthropic, Gate, KeyFate, Reply, When};
//!
//! let fake = FakeAnthropic::start(Config::default()).await?; // a free port on the loopback
//! let base_url = fake.base_url();                            // http://127.0.0.1:PORT
//!
//! // The next valid POST /v1/messages; streamed or as JSON, as the request asks.
//! fake.script(Reply::text("Good morning."));
//! fake.script(Reply::thinking("Let me see.", "Yes.").pace(Duration::from_millis(10)));
//! fake.script(ApiError::overloaded());
//! fake.script(Reply::text("cut short").reset_in_body_at(700));
//!
//! // Silence after four events until the test opens the gate.
//! let gate = Gate::new();
//! fake.script(Reply::many(100).stall_after(4, &gate));
//! gate.release();
//!
//! // By key, prompt, path or model; once or always.
//! fake.always(When::messages().prompt_contains("weather"), Reply::text("It rains."));
//! fake.once(When::models(), Reply::status(503));
//! fake.key_fate("sk-ant-api03-somebody-AA", KeyFate::NoCredit);
//!
//! // What it saw, and waiting without sleeping.
//! fake.wait_for_message_requests(1).await;
//! let last = fake.last_request().unwrap();
//! assert_eq!(last.header("anthropic-version"), Some("2026-10-21"));
//! assert_eq!(last.json()["model"], "claude-sonnet-5-5");
//! assert!(fake.wait_until_open_streams(0, Duration::from_secs(2)).await);
//! fake.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Without a script the answer repeats the prompt ([`echo_of`]). Order of precedence: checks, rules (`always`, `once`),
//! the queue (`script`), directives in the prompt, the default answer.
//!
//! # Keys
//! `x-api-key` or `Authorization: Bearer`. Every `sk-ant-api03-…` or `sk-ant-api04-…` key works, except where it holds
//! a magic word: `INVALID`, `REJECTED` (401), `FORBIDDEN` (403), `RATELIMITED` (429), `OVERLOADED` (529) on every route;
//! `NOCREDIT` (400) and `SPENDCAP` (429 without `retry-after`) on `/v1/messages` only.
//!
//! # Directives in the last user message
//! `[[slow 50ms]]` `[[drip 5ms]]` `[[events 200]]` `[[thinking]]` `[[redacted]]` `[[tool NAME]]` `[[search]]`
//! `[[refuse]]` `[[unknown]]` `[[error 529]]` `[[fail 2 529]]` `[[credit]]` `[[spend cap]]` `[[echo key]]`
//! `[[overloaded after 3]]` `[[hang]]` `[[stall]]` `[[stall after 5]]` `[[reset 500]]` `[[close 500]]` `[[malformed]]`
//! `[[huge 1000000]]` `[[endless 1000000]]` `[[html]]` `[[gzip]]` `[[redirect 307]]`. They can be combined, such as
//! `[[events 50]] [[slow 20ms]] [[stall after 30]]`. [`usage_notes`] says what each does.

mod block;
mod cache;
mod checks;
mod clock;
mod compose;
mod config;
mod decide;
mod directives;
mod error;
mod event;
mod gate;
mod gzip;
mod handle;
mod headers;
mod http;
mod ids;
mod keys;
mod listing;
mod members;
mod models;
mod record;
mod reply;
mod sample;
mod script;
mod send;
mod server;
mod shape;
mod shared;
mod signature;

pub use block::Block;
pub use compose::echo_of;
pub use config::Config;
pub use error::{ApiError, KEY_PLACEHOLDER};
pub use event::Event;
pub use gate::Gate;
pub use handle::FakeAnthropic;
pub use keys::KeyFate;
pub use models::model_ids;
pub use record::{Counts, Ended, Exchange};
pub use reply::Reply;
pub use script::When;

/// Which words in keys and which directives in prompts do what, for a help text.
#[must_use]
pub fn usage_notes() -> String {
    let keys = keys::MAGIC_WORDS
        .iter()
        .map(|(word, _, meaning)| (*word, *meaning));
    let listed = |rows: &mut dyn Iterator<Item = (&str, &str)>| {
        let lines: Vec<String> = rows
            .map(|(name, meaning)| format!("  {name:<30} {meaning}\n"))
            .collect();
        lines.concat()
    };
    format!(
        "Every sk-ant-api03-… key works, except where it holds one of these words:\n{}\n\
         A user message may steer its answer:\n{}",
        listed(&mut keys.into_iter()),
        listed(&mut directives::DIRECTIVES.iter().copied()),
    )
}
