//! Events of a running answer, as the provider sent them.

use bytes::Bytes;

/// One event of the provider's stream. Its data is passed on and kept unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LlmEvent {
    /// The event's name.
    pub name: Bytes,
    /// The event's data: JSON, byte for byte as it came.
    pub data: Bytes,
    /// What it means for the stream.
    pub kind: EventKind,
}

/// What an event means for the stream. The provider's `error` events have no kind: they end the stream as an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The answer begins.
    MessageStart,
    /// A content block begins.
    BlockStart,
    /// A content block goes on.
    BlockDelta,
    /// A content block is complete.
    BlockStop,
    /// Stop reason and usage.
    MessageDelta,
    /// The answer is complete.
    MessageStop,
    /// A sign of life.
    Ping,
    /// Something newer than this program; passed on and kept like the rest.
    Other,
}

impl LlmEvent {
    /// Appends the event in the form of `text/event-stream`, with `id` if there is one.
    pub fn write_to(&self, id: Option<u64>, out: &mut Vec<u8>) {
        write_event(&self.name, id, &self.data, out);
    }
}

/// Appends an event in the form of `text/event-stream` (WHATWG HTML, 9.2.6), as journal and answers use it.
/// Line breaks in `data`, LF, CR or both, begin a new data line, so that nothing in it can forge an event.
pub fn write_event(name: &[u8], id: Option<u64>, data: &[u8], out: &mut Vec<u8>) {
    if let Some(id) = id {
        out.extend_from_slice(b"id: ");
        write_number(id, out);
        out.push(b'\n');
    }
    out.extend_from_slice(b"event: ");
    out.extend_from_slice(name.split(is_line_end).next().unwrap_or_default());
    out.extend_from_slice(b"\ndata: ");
    if data.iter().any(is_line_end) {
        write_lines(data, out);
    } else {
        out.extend_from_slice(data);
    }
    out.extend_from_slice(b"\n\n");
}

/// Where in `events`, which [`write_event`] wrote, the first `count` events end; the end of all if there are fewer.
pub fn end_of_events(events: &[u8], count: u64) -> usize {
    let mut seen = 0;
    let mut end = 0;
    while seen < count {
        let Some(length) = events.get(end..).and_then(length_of_first) else {
            return events.len();
        };
        end += length;
        seen += 1;
    }
    end
}

/// How many events there are in `events`, which [`write_event`] wrote.
pub fn count_events(mut events: &[u8]) -> u64 {
    let mut count = 0;
    while let Some(rest) = length_of_first(events).and_then(|length| events.get(length..)) {
        events = rest;
        count += 1;
    }
    count
}

/// An event ends with an empty line, and has no other: each line of its data begins with a word.
fn length_of_first(events: &[u8]) -> Option<usize> {
    let end = events.windows(2).position(|pair| pair == b"\n\n")?;
    Some(end + 2)
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "slices hand their items over so"
)]
fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// Decimal digits, without an allocation: this is done for every event.
fn write_number(number: u64, out: &mut Vec<u8>) {
    if number >= 10 {
        write_number(number / 10, out);
    }
    out.push(b'0' + u8::try_from(number % 10).unwrap_or_default());
}

fn write_lines(data: &[u8], out: &mut Vec<u8>) {
    let mut after_cr = false;
    for &byte in data {
        match byte {
            b'\n' if after_cr => {}
            b'\n' | b'\r' => out.extend_from_slice(b"\ndata: "),
            other => out.push(other),
        }
        after_cr = byte == b'\r';
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_event_has_its_id_name_and_data() {
        let mut out = Vec::new();
        write_event(b"ping", Some(7), b"{}", &mut out);
        assert_eq!(out, b"id: 7\nevent: ping\ndata: {}\n\n");
    }

    proptest! {
        #[test]
        fn events_are_counted_whatever_they_hold(
            all in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..20), 0..6),
            skipped in 0_usize..8,
        ) {
            let mut out = Vec::new();
            let mut ends = vec![0];
            for (id, data) in (0..).zip(&all) {
                write_event(b"x", Some(id), data, &mut out);
                ends.push(out.len());
            }
            prop_assert_eq!(count_events(&out), u64::try_from(all.len()).unwrap());
            let end = ends.get(skipped).copied().unwrap_or(out.len());
            prop_assert_eq!(end_of_events(&out, u64::try_from(skipped).unwrap()), end);
        }

        #[test]
        fn data_never_breaks_out(data in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut out = Vec::new();
            write_event(b"x", None, &data, &mut out);
            let text = out.strip_suffix(b"\n\n").unwrap();
            prop_assert!(!text.contains(&b'\r'));
            for line in text.split(|byte| *byte == b'\n').skip(1) {
                prop_assert!(line.starts_with(b"data: "));
            }
        }
    }
}
