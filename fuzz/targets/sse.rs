//! The reader of the provider's stream: any bytes, in any pieces, are read as the standard says, and take no more
//! memory than they are.
#![no_main]

use bytes::Bytes;
use latchkey_adapters::llm::anthropic::sse::{SseEvent, SseParser};
use latchkey_domain::llm::write_event;
use libfuzzer_sys::fuzz_target;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

fuzz_target!(|stream: &[u8]| {
    let events = read([stream]);
    assert_eq!(events, as_the_standard_says(stream));
    assert_eq!(events, read(stream.chunks(1)), "byte by byte");
    assert_eq!(events, read(cut_by_itself(stream)), "in pieces");

    let size = |event: &SseEvent| event.data.len() + event.name.as_ref().map_or(0, Bytes::len);
    assert!(events.iter().map(size).sum::<usize>() <= stream.len());

    let named: Vec<SseEvent> = events
        .into_iter()
        .filter(|event| event.name.is_some())
        .collect();
    assert_eq!(named, read([&*written(&named)]), "written and read again");
});

fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<SseEvent> {
    let mut parser = SseParser::default();
    let mut events = Vec::new();
    for piece in pieces {
        parser
            .push(&Bytes::copy_from_slice(piece), &mut events)
            .expect("the input is smaller than the largest event");
    }
    events
}

/// Pieces as long as the stream's own bytes have it.
fn cut_by_itself(stream: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let mut rest = stream;
    while let Some(first) = rest.first() {
        let length = usize::from(first % 13).min(rest.len());
        // Also empty ones, which must mean nothing.
        let (piece, later) = rest.split_at(length);
        pieces.push(piece);
        let (next, later) = later.split_at(later.len().min(1));
        pieces.push(next);
        rest = later;
    }
    pieces
}

fn written(events: &[SseEvent]) -> Vec<u8> {
    let mut out = Vec::new();
    for event in events {
        write_event(
            event.name.as_deref().unwrap_or_default(),
            Some(7),
            &event.data,
            &mut out,
        );
    }
    out
}

/// WHATWG HTML, 9.2.6, word for word, over the whole stream.
fn as_the_standard_says(stream: &[u8]) -> Vec<SseEvent> {
    let mut events = Vec::new();
    let mut name = Vec::new();
    let mut data = Vec::new();
    for line in lines(stream.strip_prefix(BYTE_ORDER_MARK).unwrap_or(stream)) {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            match &line[..] {
                b"" => {
                    let named = std::mem::take(&mut name);
                    let mut sent = std::mem::take(&mut data);
                    if sent.pop().is_some() {
                        events.push(SseEvent {
                            name: (!named.is_empty()).then(|| Bytes::from(named)),
                            data: Bytes::from(sent),
                        });
                    }
                }
                b"data" => data.push(b'\n'),
                b"event" => name.clear(),
                _ => {}
            }
            continue;
        };
        let value = &line[colon + 1..];
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match &line[..colon] {
            b"data" => {
                data.extend_from_slice(value);
                data.push(b'\n');
            }
            b"event" => name = value.to_vec(),
            _ => {}
        }
    }
    events
}

/// Lines that ended; the last bytes may be the beginning of more.
fn lines(stream: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut bytes = stream.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\n' => lines.push(std::mem::take(&mut line)),
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                lines.push(std::mem::take(&mut line));
            }
            other => line.push(other),
        }
    }
    lines
}
