//! Directives in prompts.

use fake_anthropic::{Config, Ended, FakeAnthropic};
use serde_json::json;

use crate::bodies::{ask, conversation, streamed};
use crate::client::{Client, Request};

#[tokio::test]
async fn statuses_are_those_that_were_asked_for() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for (prompt, status) in [
        ("[[error 529]]", 529),
        ("please [[error 402]] now", 402),
        ("[[credit]]", 400),
        ("[[spend cap]]", 429),
        ("[[echo key]]", 401),
        ("[[html]]", 502),
        ("[[redirect 308]]", 308),
        ("[[nothing known]]", 200),
    ] {
        assert_eq!(
            Request::messages(&ask(prompt)).to(&fake).await.status,
            status,
            "{prompt}"
        );
    }
}

#[tokio::test]
async fn failures_end_after_so_many() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let request = Request::messages(&ask("try [[fail 2 529]] again"));
    for status in [529, 529, 200, 200] {
        assert_eq!(request.to(&fake).await.status, status);
    }
}

#[tokio::test]
async fn directives_combine_and_do_not_show_in_the_answer() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let answer = Request::messages(&streamed(
        "[[events 30]] [[slow 1ms]] [[overloaded after 10]]",
    ))
    .to(&fake)
    .await;
    let events = answer.events();
    assert_eq!((events.len(), events[10].0.as_str()), (11, "error"));
    let answer = Request::messages(&streamed("[[thinking]] tell [[slow 0ms]] me"))
        .to(&fake)
        .await;
    assert_eq!(answer.text(), "You said: tell  me");
    assert_eq!(answer.events()[1].1["content_block"]["type"], "thinking");
}

#[tokio::test]
async fn only_the_last_message_steers() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let messages = json!([{ "role": "user", "content": "[[error 500]]" }, { "role": "user", "content": "hello" }]);
    let answer = Request::messages(&conversation("claude-sonnet-5-5", messages))
        .to(&fake)
        .await;
    assert_eq!(answer.json()["content"][0]["text"], "You said: hello");
}

#[tokio::test]
async fn a_stall_by_directive_ends_when_all_are_released() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    client
        .send(&Request::messages(&streamed("[[stall after 4]] please")).bytes())
        .await;
    client.read_until("text_delta").await;
    assert!(client.is_silent().await);
    fake.release_stalls();
    assert_eq!(client.answer().await.text(), "You said: please");
}

#[tokio::test]
async fn what_the_fake_made_up_may_come_back() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    for prompt in [
        "[[unknown]] x",
        "[[search]]",
        "[[redacted]] x",
        "[[thinking]] x",
    ] {
        let content = Request::messages(&ask(prompt)).to(&fake).await.json()["content"].clone();
        assert!(content.as_array().unwrap().len() > 1, "{prompt}");
        let messages = json!([
            { "role": "user", "content": prompt },
            { "role": "assistant", "content": content },
            { "role": "user", "content": "next" },
        ]);
        let answer = Request::messages(&conversation("claude-sonnet-5-5", messages))
            .to(&fake)
            .await;
        assert_eq!(answer.status, 200, "{prompt}: {}", answer.json());
    }
}

#[tokio::test]
async fn a_reset_counts_bytes_of_the_body() {
    let fake = FakeAnthropic::start(Config::default()).await.unwrap();
    let mut client = Client::connect(&fake).await;
    client
        .send(&Request::messages(&streamed("[[reset 500]]")).bytes())
        .await;
    assert!(client.read_to_end().await.is_err());
    let last = fake.last_request().unwrap();
    assert_eq!(
        (last.sent_body().len(), last.ended()),
        (500, Some(Ended::Reset))
    );
}
