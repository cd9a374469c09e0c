//! `[[words]]` in a prompt that steer the answer, for demos and for tests that reach no script.

use std::time::Duration;

use crate::block::Block;
use crate::error::ApiError;
use crate::event::Event;
use crate::gate::Gate;
use crate::reply::{Content, Reply};

/// A directive and what it does, for the help.
pub(crate) const DIRECTIVES: [(&str, &str); 24] = [
    ("[[slow 50ms]]", "a pause before each delta"),
    ("[[drip 5ms]]", "one byte at a time"),
    ("[[events 200]]", "so many deltas of one word"),
    ("[[thinking]]", "a signed thinking block before the text"),
    ("[[redacted]]", "a redacted_thinking block before the text"),
    ("[[tool NAME]]", "a call of that tool"),
    ("[[search]]", "a web search with a cited text"),
    ("[[refuse]]", "stop_reason refusal"),
    (
        "[[unknown]]",
        "events and blocks of unknown kinds among the known",
    ),
    ("[[error 529]]", "the documented error of that status"),
    (
        "[[fail 2 529]]",
        "that error for the first two requests with this prompt and key, then the answer",
    ),
    ("[[credit]]", "400 \"Your credit balance is too low …\""),
    ("[[spend cap]]", "429 of a monthly cap, without retry-after"),
    ("[[echo key]]", "401 whose message repeats the key"),
    (
        "[[overloaded after 3]]",
        "an error event in the stream after three events",
    ),
    ("[[hang]]", "no headers, ever"),
    (
        "[[stall]] [[stall after 5]]",
        "silence after the headers, or after so many events",
    ),
    (
        "[[reset 500]] [[close 500]]",
        "a RST or a FIN after so many bytes of the body",
    ),
    (
        "[[malformed]]",
        "an event with broken JSON after the fifth event",
    ),
    (
        "[[huge 1000000]]",
        "a delta of so many letters after the fourth event",
    ),
    (
        "[[endless 1000000]]",
        "so many letters without a line end after the fourth event",
    ),
    ("[[html]]", "502 with an HTML page"),
    ("[[gzip]]", "the body with content-encoding: gzip"),
    ("[[redirect 307]]", "a redirect to another origin"),
];

/// What must be remembered or shared beyond one request.
pub(crate) trait Surroundings {
    /// Counts this request and tells how often this prompt and key came before.
    fn count_and_tell_earlier(&self) -> u64;
    /// The gate of all stalls that nobody scripted.
    fn stalls(&self) -> Gate;
}

/// The prompt without the directives that it holds.
pub(crate) fn without_directives(prompt: &str) -> String {
    if !prompt.contains("[[") {
        return prompt.to_owned();
    }
    let mut text = String::with_capacity(prompt.len());
    let mut rest = prompt;
    while let Some((before, directive, after)) = split_first(rest) {
        text.push_str(before);
        if !is_known(directive) {
            text.push_str("[[");
            text.push_str(directive);
            text.push_str("]]");
        }
        rest = after;
    }
    text.push_str(rest);
    text
}

/// The reply that a prompt's directives ask for; `None` where there are none.
pub(crate) fn reply_for(prompt: &str, surroundings: &impl Surroundings) -> Option<Reply> {
    let mut reply: Option<Reply> = None;
    let mut rest = prompt;
    while let Some((_, directive, after)) = split_first(rest) {
        reply = apply(directive, prompt, reply.as_ref(), surroundings).or(reply);
        rest = after;
    }
    reply
}

fn split_first(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("[[")?;
    let (directive, after) = rest.split_once("]]")?;
    Some((before, directive, after))
}

fn is_known(directive: &str) -> bool {
    let first = directive.split_whitespace().next();
    DIRECTIVES
        .iter()
        .flat_map(|(forms, _)| forms.split("[[").skip(1))
        .any(|form| {
            let mut words = form.trim_end_matches([']', ' ']).split_whitespace();
            first.is_some() && words.next() == first
        })
}

/// Changes a reply as one directive says; `None` where it is no directive.
fn apply(
    directive: &str,
    prompt: &str,
    so_far: Option<&Reply>,
    surroundings: &impl Surroundings,
) -> Option<Reply> {
    let mut words = directive.split_whitespace();
    let word = words.next()?;
    let arguments: Vec<&str> = words.collect();
    let number = || {
        arguments
            .iter()
            .find_map(|argument| argument.parse::<usize>().ok())
    };
    let status = || {
        arguments
            .iter()
            .rev()
            .find_map(|argument| argument.parse::<u16>().ok())
    };
    let pause = || arguments.first().and_then(|argument| duration(argument));
    let reply = || so_far.cloned().unwrap_or_else(Reply::echo);
    Some(match word {
        "slow" => reply().pace(pause().unwrap_or(Duration::from_millis(50))),
        "drip" => reply().drip(pause().unwrap_or(Duration::from_millis(5))),
        "events" => keeping_manner(so_far, Reply::many(number().unwrap_or(100))),
        "thinking" => with_block_before(so_far, prompt, Block::thinking(crate::compose::THOUGHTS)),
        "redacted" => with_block_before(
            so_far,
            prompt,
            Block::redacted_thinking("UmVkYWN0ZWQgdGhvdWdodHM="),
        ),
        "tool" => {
            let name = arguments.first().unwrap_or(&"example_tool");
            keeping_manner(
                so_far,
                Reply::tool_use(name, serde_json::json!({ "text": "an example" })),
            )
        }
        "search" => keeping_manner(
            so_far,
            Reply::web_search("an example", "This is cited from an example page."),
        ),
        "refuse" => keeping_manner(
            so_far,
            Reply::refusal("", "general_harms", "The fake was told to refuse."),
        ),
        "unknown" => {
            with_block_before(so_far, prompt, unknown_block()).insert_after(3, Event::unknown())
        }
        "error" => keeping_manner(so_far, Reply::status(status().unwrap_or(500))),
        "fail" => {
            let times = number().unwrap_or(1);
            let failed =
                usize::try_from(surroundings.count_and_tell_earlier()).unwrap_or(usize::MAX);
            if failed < times {
                keeping_manner(so_far, Reply::status(status().unwrap_or(529)))
            } else {
                reply()
            }
        }
        "credit" => keeping_manner(so_far, Reply::error(ApiError::no_credit())),
        "spend" => keeping_manner(so_far, Reply::error(ApiError::spend_cap())),
        "echo" => keeping_manner(so_far, Reply::error(ApiError::echoing_the_key())),
        "overloaded" => reply().error_after(number().unwrap_or(0), ApiError::overloaded()),
        "hang" => reply().hang(&surroundings.stalls()),
        "stall" => reply().stall_after(number().unwrap_or(0), &surroundings.stalls()),
        "reset" => reply().reset_in_body_at(number().unwrap_or(0)),
        "close" => reply().close_in_body_at(number().unwrap_or(0)),
        "malformed" => reply().insert_after(5, Event::malformed()),
        "huge" => reply().insert_after(4, Event::huge_delta(number().unwrap_or(1_000_000))),
        "endless" => reply().insert_after(4, Event::endless_line(number().unwrap_or(1_000_000))),
        "html" => keeping_manner(
            so_far,
            Reply::body(502, "text/html", "<html><body>Bad gateway</body></html>"),
        ),
        "gzip" => reply().gzip(),
        "redirect" => keeping_manner(
            so_far,
            Reply::redirect(
                status().unwrap_or(307),
                "http://redirected.invalid/v1/messages",
            ),
        ),
        _ => return None,
    })
}

/// Another content in the manner that earlier directives set.
fn keeping_manner(so_far: Option<&Reply>, mut reply: Reply) -> Reply {
    if let Some(earlier) = so_far {
        let headers = std::mem::take(&mut reply.manner.headers);
        reply.manner = earlier.manner.clone();
        reply.manner.headers.extend(headers);
    }
    reply
}

/// A block before those of the reply so far, or before the default text.
fn with_block_before(so_far: Option<&Reply>, prompt: &str, block: Block) -> Reply {
    let text = || vec![Block::text(&crate::compose::echo_of(prompt))];
    let mut blocks = match so_far.map(|reply| &reply.content) {
        Some(Content::Message(message)) => message.blocks.clone(),
        _ => text(),
    };
    blocks.insert(0, block);
    keeping_manner(so_far, Reply::blocks(blocks))
}

fn unknown_block() -> Block {
    Block::Whole(
        serde_json::json!({ "type": "hologram", "points": [[0, 1.5], [null, true]], "note": "\u{2028}ä" }),
    )
}

/// `50ms`, `2s` or a bare number of milliseconds.
fn duration(text: &str) -> Option<Duration> {
    if let Some(milliseconds) = text.strip_suffix("ms") {
        return milliseconds.parse().ok().map(Duration::from_millis);
    }
    if let Some(seconds) = text.strip_suffix('s') {
        return seconds.parse().ok().map(Duration::from_secs);
    }
    text.parse().ok().map(Duration::from_millis)
}

#[cfg(test)]
mod tests {
    use super::{DIRECTIVES, Surroundings, is_known, reply_for, without_directives};
    use crate::gate::Gate;

    struct Alone;

    impl Surroundings for Alone {
        fn count_and_tell_earlier(&self) -> u64 {
            0
        }

        fn stalls(&self) -> Gate {
            Gate::new()
        }
    }

    #[test]
    fn every_documented_directive_does_something() {
        for (forms, _) in DIRECTIVES {
            assert!(reply_for(forms, &Alone).is_some(), "{forms}");
            assert_eq!(without_directives(forms).trim(), "", "{forms}");
        }
    }

    #[test]
    fn what_is_no_directive_stays_text() {
        assert!(!is_known("wiki link"));
        assert!(reply_for("see [[wiki link]] and [[", &Alone).is_none());
        assert_eq!(
            without_directives("a [[wiki link]] b [[slow 1ms]]c"),
            "a [[wiki link]] b c"
        );
    }
}
