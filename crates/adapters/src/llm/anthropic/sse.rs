//! Reads `text/event-stream` (WHATWG HTML, 9.2.6) piece by piece, copying nothing that came in one piece.

use bytes::Bytes;
use memchr::{memchr, memchr2};

use super::event::known_name;

/// Most bytes of one event.
pub const MAX_EVENT: usize = 16 * 1024 * 1024;
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// One event. Its data is never missing, but may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    pub name: Option<Bytes>,
    pub data: Bytes,
}

/// An event of more than [`MAX_EVENT`] bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTooLarge;

/// The reader between two pieces. An event that no blank line has closed isn't one: it may have been cut off.
#[derive(Debug, Default)]
pub struct SseParser {
    /// A line whose end hasn't come yet.
    begun_line: Vec<u8>,
    name: Option<Bytes>,
    data: Data,
    /// Whether the last piece ended with CR, so that an LF at the next one's start belongs to it.
    after_cr: bool,
    /// Whether a line was read, before which a byte order mark may stand.
    started: bool,
}

/// The data lines of an event so far.
#[derive(Debug, Default)]
enum Data {
    #[default]
    None,
    /// One line, as it came.
    One(Bytes),
    /// Several lines, joined by LF.
    Many(Vec<u8>),
}

impl SseParser {
    /// Reads the next piece and appends the events that it completes.
    pub fn push(&mut self, piece: &Bytes, events: &mut Vec<SseEvent>) -> Result<(), EventTooLarge> {
        let mut at = 0;
        if self.after_cr && !piece.is_empty() {
            self.after_cr = false;
            at = usize::from(piece.first() == Some(&b'\n'));
        }
        while let Some(rest) = piece.get(at..).filter(|rest| !rest.is_empty()) {
            let Some(length) = memchr2(b'\n', b'\r', rest) else {
                self.check_size(rest.len())?;
                self.begun_line.extend_from_slice(rest);
                return Ok(());
            };
            self.check_size(length)?;
            self.end_line(piece, at, length, events);
            let ending = rest.get(length..).unwrap_or_default();
            at += length
                + match ending {
                    [b'\r', b'\n', ..] => 2,
                    _ => 1,
                };
            self.after_cr = ending == b"\r";
        }
        Ok(())
    }

    fn check_size(&self, more: usize) -> Result<(), EventTooLarge> {
        let data = match &self.data {
            Data::None => 0,
            Data::One(line) => line.len(),
            Data::Many(lines) => lines.len(),
        };
        let name = self.name.as_ref().map_or(0, Bytes::len);
        if data + name + self.begun_line.len() + more > MAX_EVENT {
            Err(EventTooLarge)
        } else {
            Ok(())
        }
    }

    /// The line ends after `length` further bytes from `at` on.
    fn end_line(&mut self, piece: &Bytes, at: usize, length: usize, events: &mut Vec<SseEvent>) {
        if self.begun_line.is_empty() {
            self.read_line(piece, at, length, events);
        } else {
            let mut line = std::mem::take(&mut self.begun_line);
            line.extend_from_slice(piece.get(at..at + length).unwrap_or_default());
            let line = Bytes::from(line);
            self.read_line(&line, 0, line.len(), events);
        }
    }

    fn read_line(&mut self, source: &Bytes, at: usize, length: usize, events: &mut Vec<SseEvent>) {
        let mut at = at;
        let end = at + length;
        let mut line = source.get(at..end).unwrap_or_default();
        if !self.started {
            self.started = true;
            if let Some(rest) = line.strip_prefix(BYTE_ORDER_MARK) {
                line = rest;
                at += BYTE_ORDER_MARK.len();
            }
        }
        if line.is_empty() {
            return self.end_event(events);
        }
        let colon = memchr(b':', line).unwrap_or(line.len());
        let (field, value) = line.split_at(colon);
        let skipped = match value {
            [b':', b' ', ..] => 2,
            [b':', ..] => 1,
            _ => 0,
        };
        let from = at + colon + skipped;
        match field {
            b"data" => self.add_data(source.slice(from..end)),
            b"event" => {
                let name = value.get(skipped..).unwrap_or_default();
                self.name = (!name.is_empty())
                    .then(|| known_name(name).unwrap_or_else(|| source.slice(from..end)));
            }
            // Comments have the empty field; `id` and `retry` mean nothing to us.
            _ => {}
        }
    }

    fn add_data(&mut self, line: Bytes) {
        self.data = match std::mem::take(&mut self.data) {
            Data::None => Data::One(line),
            Data::One(first) => {
                let mut lines = Vec::with_capacity(first.len() + 1 + line.len());
                lines.extend_from_slice(&first);
                Data::Many(joined(lines, &line))
            }
            Data::Many(lines) => Data::Many(joined(lines, &line)),
        };
    }

    fn end_event(&mut self, events: &mut Vec<SseEvent>) {
        let name = self.name.take();
        let data = match std::mem::take(&mut self.data) {
            Data::None => return,
            Data::One(line) => line,
            Data::Many(lines) => Bytes::from(lines),
        };
        events.push(SseEvent { name, data });
    }
}

fn joined(mut lines: Vec<u8>, line: &[u8]) -> Vec<u8> {
    lines.push(b'\n');
    lines.extend_from_slice(line);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut parser = SseParser::default();
        let mut events = Vec::new();
        for piece in pieces {
            parser
                .push(&Bytes::copy_from_slice(piece), &mut events)
                .unwrap();
        }
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        events
            .iter()
            .map(|event| {
                (
                    event.name.as_ref().map_or_else(|| "-".into(), text),
                    text(&event.data),
                )
            })
            .collect()
    }

    fn one(name: &str, data: &str) -> Vec<(String, String)> {
        vec![(name.into(), data.into())]
    }

    #[test]
    fn all_line_ends_are_read_alike() {
        for end in ["\n", "\r\n", "\r"] {
            let text = format!("event: ping{end}data: {{}}{end}{end}");
            assert_eq!(read(&[text.as_bytes()]), one("ping", "{}"), "{end:?}");
        }
    }

    #[test]
    fn fields_are_read_as_the_standard_says() {
        for (text, events) in [
            ("data: a\ndata: b\ndata:c\n\n", one("-", "a\nb\nc")),
            ("data\n\n", one("-", "")),
            ("data:  two spaces\n\n", one("-", " two spaces")),
            (
                ": comment\nevent: x\nid: 7\nretry: 9\nfoo: bar\ndata: 1\n\n",
                one("x", "1"),
            ),
            ("event: a\nevent: b\ndata: 1\n\n", one("b", "1")),
            ("event:\ndata: 1\n\n", one("-", "1")),
            ("\u{feff}data: 1\n\n", one("-", "1")),
            ("event: lost\n\ndata: 1\n\n", one("-", "1")),
            ("\n\n\n: \n\n", vec![]),
            ("data: 1\n\u{feff}data: 2\n\n", one("-", "1")),
            (
                "data: {\"type\":\"message_stop\"   }\n\n",
                one("-", "{\"type\":\"message_stop\"   }"),
            ),
        ] {
            assert_eq!(read(&[text.as_bytes()]), events, "{text:?}");
        }
    }

    #[test]
    fn an_event_that_is_not_closed_is_none() {
        assert_eq!(
            read(&[b"data: 1\n\nevent: message_stop\ndata: 2\n"]),
            one("-", "1")
        );
        assert_eq!(read(&[b"data: 1\n\ndata: 2"]), one("-", "1"));
    }

    #[test]
    fn data_in_one_piece_is_not_copied() {
        let piece = Bytes::from_static(b"event: ping\ndata: {\"a\":1}\n\n");
        let mut events = Vec::new();
        SseParser::default().push(&piece, &mut events).unwrap();
        let data = &events.first().unwrap().data;
        assert!(piece.as_ptr_range().contains(&data.as_ptr()));
    }

    #[test]
    fn an_event_has_a_bound_and_comments_have_none_together() {
        let mut parser = SseParser::default();
        let mut events = Vec::new();
        let mib = Bytes::from(vec![b'x'; 1024 * 1024]);
        parser
            .push(&Bytes::from_static(b"data: "), &mut events)
            .unwrap();
        let read = (0..100)
            .take_while(|_| parser.push(&mib, &mut events).is_ok())
            .count();
        assert_eq!(read, 15);

        let mut parser = SseParser::default();
        let mut comment = vec![b':'; 1024 * 1024];
        comment.push(b'\n');
        let comment = Bytes::from(comment);
        for _ in 0..40 {
            parser.push(&comment, &mut events).unwrap();
        }
        let line = Bytes::from([b"data: ".as_slice(), &mib, b"\n"].concat());
        let lines = (0..100)
            .take_while(|_| parser.push(&line, &mut events).is_ok())
            .count();
        assert_eq!(lines, 15);
        assert!(events.is_empty());
    }

    proptest! {
        #[test]
        fn every_split_gives_the_same_events(
            lines in proptest::collection::vec(
                prop_oneof![
                    Just(String::new()),
                    "data: ?[a-zä😀:]{0,8}",
                    "event: ?(ping|message_stop|new)",
                    ":[a-z]{0,3}",
                    "\\PC{0,6}",
                ],
                0..20,
            ),
            ends in proptest::collection::vec(prop_oneof![Just("\n"), Just("\r\n"), Just("\r")], 20),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
            mark in any::<bool>(),
        ) {
            let mut text = String::from(if mark { "\u{feff}" } else { "" });
            for (line, end) in lines.iter().zip(&ends) {
                text.push_str(line);
                text.push_str(end);
            }
            let bytes = text.as_bytes();
            let whole = read(&[bytes]);
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            at.extend([0, bytes.len()]);
            at.sort_unstable();
            let pieces: Vec<&[u8]> = at.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            prop_assert_eq!(&read(&pieces), &whole);
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            prop_assert_eq!(&read(&single), &whole);
        }

        #[test]
        fn any_bytes_are_read_without_harm(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..60), 0..8),
        ) {
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            let together = pieces.concat();
            prop_assert_eq!(read(&pieces), read(&[&together]));
        }

        #[test]
        fn what_we_write_we_read(events in proptest::collection::vec(("[a-z_]{1,12}", "[^\\r\\n]{0,30}"), 0..8)) {
            let mut text = Vec::new();
            for (name, data) in &events {
                latchkey_domain::llm::write_event(name.as_bytes(), Some(3), data.as_bytes(), &mut text);
            }
            prop_assert_eq!(read(&[&text]), events);
        }
    }
}
