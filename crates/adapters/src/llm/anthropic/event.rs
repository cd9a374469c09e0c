//! Names of events, and what they mean.

use bytes::Bytes;
use latchkey_domain::llm::{EventKind, LlmEvent};

use super::{sse::SseEvent, wire};

/// What an event of the stream is to us.
pub(super) enum Received {
    /// A part of the answer.
    Event(LlmEvent),
    /// The provider's own `error` event, with its data.
    Error(Bytes),
}

impl Received {
    /// Tells what `event` is. One without a name has the type that its data says.
    pub(super) fn read(event: SseEvent) -> Self {
        let name = event.name.unwrap_or_else(|| type_of(&event.data));
        if name.as_ref() == b"error" {
            return Self::Error(event.data);
        }
        let kind = kind_of(&name);
        Self::Event(LlmEvent {
            name,
            data: event.data,
            kind,
        })
    }
}

/// The name without a copy, where it is one that we know.
pub(super) fn known_name(name: &[u8]) -> Option<Bytes> {
    // The most frequent first.
    const NAMES: [&[u8]; 8] = [
        b"content_block_delta",
        b"ping",
        b"content_block_start",
        b"content_block_stop",
        b"message_start",
        b"message_delta",
        b"message_stop",
        b"error",
    ];
    NAMES
        .into_iter()
        .find(|known| *known == name)
        .map(Bytes::from_static)
}

fn kind_of(name: &[u8]) -> EventKind {
    match name {
        b"content_block_delta" => EventKind::BlockDelta,
        b"ping" => EventKind::Ping,
        b"content_block_start" => EventKind::BlockStart,
        b"content_block_stop" => EventKind::BlockStop,
        b"message_start" => EventKind::MessageStart,
        b"message_delta" => EventKind::MessageDelta,
        b"message_stop" => EventKind::MessageStop,
        _ => EventKind::Other,
    }
}

/// Whether a reader gets anything from the event. The frame of the answer, signs of life and the start of a text
/// that is still empty can be left out and begun anew without anybody seeing it.
pub(super) fn has_content(event: &LlmEvent) -> bool {
    match event.kind {
        EventKind::MessageStart | EventKind::Ping => false,
        EventKind::BlockStart => !starts_empty_text(&event.data),
        EventKind::BlockDelta
        | EventKind::BlockStop
        | EventKind::MessageDelta
        | EventKind::MessageStop
        | EventKind::Other => true,
    }
}

fn starts_empty_text(data: &[u8]) -> bool {
    serde_json::from_slice::<wire::TextStart<'_>>(data).is_ok_and(|start| {
        start.content_block.kind == "text" && start.content_block.text.is_empty()
    })
}

fn type_of(data: &Bytes) -> Bytes {
    match serde_json::from_slice::<wire::Typed<'_>>(data) {
        // A name is one line: the journal couldn't keep another.
        Ok(typed) if !typed.kind.contains(['\r', '\n']) => known_name(typed.kind.as_bytes())
            .unwrap_or_else(|| Bytes::copy_from_slice(typed.kind.as_bytes())),
        // What the standard calls an event without a name.
        _ => Bytes::from_static(b"message"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: Option<&'static str>, data: &'static str) -> Received {
        Received::read(SseEvent {
            name: name.map(|name| Bytes::from_static(name.as_bytes())),
            data: Bytes::from_static(data.as_bytes()),
        })
    }

    #[test]
    fn every_known_name_has_its_kind() {
        for (name, kind) in [
            ("message_start", EventKind::MessageStart),
            ("content_block_start", EventKind::BlockStart),
            ("content_block_delta", EventKind::BlockDelta),
            ("content_block_stop", EventKind::BlockStop),
            ("message_delta", EventKind::MessageDelta),
            ("message_stop", EventKind::MessageStop),
            ("ping", EventKind::Ping),
            ("telemetry_note", EventKind::Other),
        ] {
            let Received::Event(event) = read(Some(name), "{}") else {
                panic!("{name} is no error");
            };
            assert_eq!((event.kind, event.name.as_ref()), (kind, name.as_bytes()));
        }
        assert!(matches!(read(Some("error"), "{}"), Received::Error(_)));
    }

    #[test]
    fn the_frame_and_an_empty_text_are_no_content() {
        let has = |name, data| match read(Some(name), data) {
            Received::Event(event) => has_content(&event),
            Received::Error(_) => panic!("{name} is no error"),
        };
        assert!(!has("message_start", "{}"));
        assert!(!has("ping", "{}"));
        for (block, content) in [
            (
                r#"{"index":0,"content_block":{"type":"text","text":""}}"#,
                false,
            ),
            (
                r#"{"index":0,"content_block":{"text":"","citations":[],"type":"text"}}"#,
                false,
            ),
            (
                r#"{"index":0,"content_block":{"type":"text","text":"a"}}"#,
                true,
            ),
            (
                r#"{"index":0,"content_block":{"type":"thinking","thinking":""}}"#,
                true,
            ),
            (
                r#"{"index":0,"content_block":{"type":"tool_use","input":{}}}"#,
                true,
            ),
            ("no JSON", true),
        ] {
            assert_eq!(has("content_block_start", block), content, "{block}");
        }
        for name in [
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
            "new",
        ] {
            assert!(has(name, "{}"), "{name}");
        }
    }

    #[test]
    fn an_event_without_a_name_is_what_its_data_says() {
        let Received::Event(event) = read(None, r#"{"type":"message_stop"}"#) else {
            panic!("no error");
        };
        assert_eq!(event.kind, EventKind::MessageStop);
        assert!(matches!(
            read(None, r#"{"type":"error","error":{}}"#),
            Received::Error(_)
        ));
        for nameless in ["no JSON", r#"{"type":"message_stop\nx"}"#] {
            let Received::Event(event) = read(None, nameless) else {
                panic!("no error");
            };
            assert_eq!(
                (event.kind, event.name.as_ref()),
                (EventKind::Other, b"message".as_slice())
            );
        }
    }
}
