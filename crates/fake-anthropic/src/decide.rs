//! Decides what a request gets: routes, checks, script, directives, default answer.

use bytes::Bytes;
use serde_json::{Value, json};

use crate::checks::{self, Ask, Terms, VERSIONS};
use crate::compose::{self, Answer};
use crate::directives;
use crate::error::ApiError;
use crate::event::Event;
use crate::http::Head;
use crate::keys::{self, Presented};
use crate::listing;
use crate::reply::{Content, Manner, Message, Reply};
use crate::script::Asked;
use crate::shape::Paced;
use crate::shared::{Asking, Shared};

/// What goes out.
#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) body: Body,
    pub(crate) manner: Manner,
}

#[derive(Debug)]
pub(crate) enum Body {
    Whole {
        status: u16,
        content_type: String,
        bytes: Bytes,
    },
    Error(ApiError),
    Stream(Vec<Paced>),
    /// Head and body together.
    Raw(Bytes),
}

enum Route<'a> {
    Messages,
    CountTokens,
    Models,
    Model(&'a str),
}

impl<'a> Route<'a> {
    fn of(method: &[u8], path: &'a str) -> Result<Self, ApiError> {
        let (needed, route): (&[u8], _) = match path {
            "/v1/messages" => (b"POST", Self::Messages),
            "/v1/messages/count_tokens" => (b"POST", Self::CountTokens),
            "/v1/models" => (b"GET", Self::Models),
            _ => match path.strip_prefix("/v1/models/") {
                Some(id) if !id.is_empty() && !id.contains('/') => (b"GET", Self::Model(id)),
                _ => return Err(ApiError::not_found("Not Found")),
            },
        };
        if method == needed {
            Ok(route)
        } else {
            Err(ApiError::new(
                405,
                "invalid_request_error",
                "Method Not Allowed",
            ))
        }
    }
}

pub(crate) fn decide(shared: &Shared, head: &Head, body: &[u8]) -> Outgoing {
    let presented = Presented::of(head);
    let key = presented.map(|presented| presented.key);
    let asked = Asked {
        path: head.path(),
        key,
        prompt: None,
        model: None,
    };
    let unchecked = {
        let mut script = shared.script();
        if script.has_unchecked() {
            script.take(&asked, true)
        } else {
            None
        }
    };
    let decided = match unchecked {
        Some(reply) => with_normal_answer(reply, || normal(shared, head, body, presented)),
        None => normal(shared, head, body, presented),
    };
    decided.unwrap_or_else(|error| Outgoing {
        body: Body::Error(error),
        manner: Manner::default(),
    })
}

/// A scripted reply where no valid request is at hand: blocks can't be composed, so the normal answer takes their place.
fn with_normal_answer(
    reply: Reply,
    normal: impl FnOnce() -> Result<Outgoing, ApiError>,
) -> Result<Outgoing, ApiError> {
    let Reply { content, manner } = reply;
    let body = body_of(content, |_| Ok(normal()?.body))?;
    Ok(Outgoing { body, manner })
}

/// What goes out for a reply; `compose` makes answers of the model, from given blocks or its own.
fn body_of(
    content: Content,
    compose: impl FnOnce(Option<Message>) -> Result<Body, ApiError>,
) -> Result<Body, ApiError> {
    Ok(match content {
        Content::Echo => compose(None)?,
        Content::Message(message) => compose(Some(message))?,
        Content::Events(events) => stream_of(events),
        Content::Error(error) => Body::Error(error),
        Content::Body {
            status,
            content_type,
            body,
        } => Body::Whole {
            status,
            content_type,
            bytes: body,
        },
        Content::Raw(bytes) => Body::Raw(bytes),
    })
}

fn stream_of(events: Vec<Event>) -> Body {
    let paced = |(index, event): (usize, Event)| Paced {
        frame: event.0,
        is_delta: index > 0,
    };
    Body::Stream(events.into_iter().enumerate().map(paced).collect())
}

fn normal(
    shared: &Shared,
    head: &Head,
    body: &[u8],
    presented: Option<Presented<'_>>,
) -> Result<Outgoing, ApiError> {
    let route = Route::of(&head.method, head.path())?;
    let fate = presented.and_then(|presented| shared.script().fate(presented.key));
    keys::admit(
        presented,
        fate,
        shared.config.any_key,
        matches!(route, Route::Messages),
    )?;
    let terms = Terms {
        newest: is_newest_version(head)?,
        betas: head.header("anthropic-beta").unwrap_or_default(),
        allow_retired: shared.config.allow_retired,
        counting: matches!(route, Route::CountTokens),
        drops_unbound: false,
    };
    let key = presented.map_or("", |presented| presented.key);
    match route {
        Route::Messages => {
            check_content_type(head)?;
            let body = checks::parse(body)?;
            let ask = checks::check(&body, &terms)?;
            message(shared, key, &ask)
        }
        Route::CountTokens => {
            check_content_type(head)?;
            let body = checks::parse(body)?;
            let ask = checks::check(&body, &terms)?;
            let answer = json_body(&json!({ "input_tokens": ask.input_tokens }));
            with_script(shared, head, key, answer)
        }
        Route::Models => with_script(
            shared,
            head,
            key,
            json_body(&listing::page(head.query(), &terms)?),
        ),
        Route::Model(id) => with_script(
            shared,
            head,
            key,
            json_body(&checks::callable_model(id, &terms)?.row()),
        ),
    }
}

/// The normal answer of a route without messages, unless the script has another.
fn with_script(
    shared: &Shared,
    head: &Head,
    key: &str,
    normal: Body,
) -> Result<Outgoing, ApiError> {
    let asked = Asked {
        path: head.path(),
        key: Some(key),
        prompt: None,
        model: None,
    };
    let scripted = shared.script().take(&asked, false);
    let normal = Outgoing {
        body: normal,
        manner: Manner::default(),
    };
    match scripted {
        Some(reply) => with_normal_answer(reply, || Ok(normal)),
        None => Ok(normal),
    }
}

fn is_newest_version(head: &Head) -> Result<bool, ApiError> {
    match head.header("anthropic-version") {
        None => Err(ApiError::invalid_request(
            "anthropic-version: header is required",
        )),
        Some(version) if VERSIONS.contains(&version) => Ok(version == "2026-10-21"),
        Some(version) => Err(ApiError::invalid_request(&format!(
            "anthropic-version: \"{version}\" is not a valid version. Valid versions are {}",
            VERSIONS.map(|version| format!("\"{version}\"")).join(", ")
        ))),
    }
}

fn check_content_type(head: &Head) -> Result<(), ApiError> {
    let given = head.header("content-type").unwrap_or_default();
    let media_type = given.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case("application/json") {
        Ok(())
    } else {
        Err(ApiError::invalid_request(
            "content-type: must be application/json",
        ))
    }
}

fn json_body(value: &Value) -> Body {
    json_text(value.to_string())
}

fn json_text(json: String) -> Body {
    Body::Whole {
        status: 200,
        content_type: "application/json".to_owned(),
        bytes: Bytes::from(json),
    }
}

fn message(shared: &Shared, key: &str, ask: &Ask<'_>) -> Result<Outgoing, ApiError> {
    let asked = Asked {
        path: "/v1/messages",
        key: Some(key),
        prompt: Some(&ask.prompt),
        model: Some(ask.model_asked),
    };
    let scripted = shared.script().take(&asked, false);
    let reply = scripted
        .or_else(|| {
            directives::reply_for(
                &ask.prompt,
                &Asking {
                    shared,
                    key,
                    prompt: &ask.prompt,
                },
            )
        })
        .unwrap_or_else(Reply::echo);
    let Reply { content, manner } = reply;
    let body = body_of(content, |message| {
        let cache = shared.cache.serve(key, ask, shared.config.min_cache_tokens);
        let answer = match message {
            None => compose::echo(ask, cache),
            Some(message) => compose::scripted(ask, message, cache),
        };
        Ok(shaped(&answer, ask.stream))
    })?;
    Ok(Outgoing { body, manner })
}

fn shaped(answer: &Answer, stream: bool) -> Body {
    if stream {
        Body::Stream(answer.frames())
    } else {
        json_text(answer.json())
    }
}
