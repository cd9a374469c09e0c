//! Checks that a text is one JSON value.

use std::{borrow::Cow, collections::HashSet};

use super::{
    MAX_DEPTH, MAX_MEMBERS, SyntaxFault,
    value::{Value, unescape},
};

/// From how many members on a set is cheaper than looking at all of them.
const FEW_MEMBERS: usize = 16;

/// The value that `text` is.
pub(super) fn check(text: &str) -> Result<Value<'_>, SyntaxFault> {
    let mut scanner = Scanner { text, at: 0 };
    if text.starts_with('\u{FEFF}') {
        return Err(scanner.fault("the text begins with a byte order mark"));
    }
    scanner.skip_space();
    if scanner.peek().is_none() {
        return Err(scanner.fault("the body is empty"));
    }
    let value = scanner.value(0)?;
    scanner.skip_space();
    match scanner.peek() {
        None => Ok(value),
        Some(_) => Err(scanner.fault("something follows the value")),
    }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

type Scanned<T> = Result<T, SyntaxFault>;

impl<'a> Scanner<'a> {
    fn fault(&self, what: &'static str) -> SyntaxFault {
        SyntaxFault { what, at: self.at }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    /// Takes `byte` if it is next.
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn value(&mut self, depth: u32) -> Scanned<Value<'a>> {
        let start = self.at;
        match self.peek() {
            Some(b'{') => self.object(depth + 1)?,
            Some(b'[') => self.array(depth + 1)?,
            Some(b'"') => self.string()?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            Some(b't') => self.word("true")?,
            Some(b'f') => self.word("false")?,
            Some(b'n') => self.word("null")?,
            Some(_) => return Err(self.fault("there is no JSON value")),
            None => return Err(self.fault("the text breaks off")),
        }
        Ok(Value::of_checked(self.since(start)))
    }

    fn object(&mut self, depth: u32) -> Scanned<()> {
        self.enter(depth)?;
        let mut names = Names::default();
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.skip_space();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.fault("a member's name must be a text"));
            }
            self.string()?;
            if !names.insert(unescape(self.since(start))) {
                return Err(self.fault("an object has a member twice"));
            }
            if names.count() > MAX_MEMBERS {
                return Err(self.fault("an object has too many members"));
            }
            self.skip_space();
            if !self.take(b':') {
                return Err(self.fault("a colon is missing"));
            }
            self.skip_space();
            self.value(depth)?;
            self.skip_space();
            match self.next() {
                Some(b',') => {}
                Some(b'}') => return Ok(()),
                _ => return Err(self.fault("a comma or brace is missing")),
            }
        }
    }

    fn array(&mut self, depth: u32) -> Scanned<()> {
        self.enter(depth)?;
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.skip_space();
            self.value(depth)?;
            self.skip_space();
            match self.next() {
                Some(b',') => {}
                Some(b']') => return Ok(()),
                _ => return Err(self.fault("a comma or bracket is missing")),
            }
        }
    }

    /// Steps over the opening bracket or brace.
    fn enter(&mut self, depth: u32) -> Scanned<()> {
        if depth > MAX_DEPTH {
            return Err(self.fault("the value nests too deep"));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    fn string(&mut self) -> Scanned<()> {
        self.at += 1;
        loop {
            match self.next() {
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                Some(0..=0x1F) => return Err(self.fault("a text has a bare control character")),
                Some(_) => {}
                None => return Err(self.fault("a text breaks off")),
            }
        }
    }

    fn escape(&mut self) -> Scanned<()> {
        match self.next() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(()),
            Some(b'u') => (0..4).try_for_each(|_| match self.next() {
                Some(digit) if digit.is_ascii_hexdigit() => Ok(()),
                _ => Err(self.fault("an escape is wrong")),
            }),
            _ => Err(self.fault("an escape is wrong")),
        }
    }

    fn number(&mut self) -> Scanned<()> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _signed = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        match self.peek() {
            Some(b'0'..=b'9' | b'.' | b'a'..=b'z' | b'A'..=b'Z' | b'+' | b'-') => {
                Err(self.fault("a number is wrong"))
            }
            _ => Ok(()),
        }
    }

    /// One digit or more.
    fn digits(&mut self) -> Scanned<()> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.fault("a number is wrong"));
        }
        Ok(())
    }

    fn word(&mut self, word: &str) -> Scanned<()> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(word) {
            return Err(self.fault("there is no JSON value"));
        }
        self.at += word.len();
        Ok(())
    }
}

/// The names of an object's members so far.
#[derive(Default)]
struct Names<'a> {
    few: Vec<Cow<'a, str>>,
    many: HashSet<Cow<'a, str>>,
}

impl<'a> Names<'a> {
    fn count(&self) -> usize {
        self.few.len() + self.many.len()
    }

    /// Adds a name; `false` if it is there already.
    fn insert(&mut self, name: Cow<'a, str>) -> bool {
        if self.many.is_empty() {
            if self.few.contains(&name) {
                return false;
            }
            if self.few.len() < FEW_MEMBERS {
                self.few.push(name);
                return true;
            }
            self.many.extend(self.few.drain(..));
        }
        self.many.insert(name)
    }
}
