//! Cuts a JSON list into its items while it comes, so that only one item is ever in memory.

/// An item of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListItem {
    /// Its bytes; whether they are JSON is for their reader to say.
    Whole(Vec<u8>),
    /// It has more bytes than one may have, and was passed over.
    TooLong,
}

/// The text isn't a list, or not a whole one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAList {
    /// This byte can't stand there.
    #[error("not a list: byte {at} can't be {found:#04x}")]
    Unexpected {
        /// Its position, from 0.
        at: u64,
        /// What it is.
        found: u8,
    },
    /// It ends before its end.
    #[error("the list breaks off after {after} bytes")]
    BrokenOff {
        /// How much there is of it.
        after: u64,
    },
}

/// Cuts a list that comes in pieces. It looks at brackets, strings and the commas between items alone.
#[derive(Debug)]
pub struct ListSplitter {
    max_item: usize,
    at: u64,
    place: Place,
    item: Vec<u8>,
    is_too_long: bool,
    depth: usize,
    in_string: bool,
    is_escaped: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the very beginning, behind so many bytes of the mark of UTF-8.
    Mark(usize),
    /// Before the list.
    Before,
    /// Behind its opening bracket.
    Opened,
    /// Where an item must come.
    Wanting,
    InItem,
    /// Behind an item.
    Behind,
    /// Behind the list.
    After,
}

/// What some editors put before a text.
const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

impl ListSplitter {
    /// For a list whose items have at most `max_item` bytes.
    pub fn new(max_item: usize) -> Self {
        Self {
            max_item,
            at: 0,
            place: Place::Mark(0),
            item: Vec::new(),
            is_too_long: false,
            depth: 0,
            in_string: false,
            is_escaped: false,
        }
    }

    /// Takes the next piece; gives the items that end in it. Those before a fault are given, too; nothing may follow one.
    ///
    /// # Errors
    /// [`NotAList::Unexpected`].
    pub fn push(&mut self, piece: &[u8]) -> (Vec<ListItem>, Result<(), NotAList>) {
        let mut items = Vec::new();
        for &byte in piece {
            if !self.step(byte, &mut items) {
                let fault = NotAList::Unexpected {
                    at: self.at,
                    found: byte,
                };
                return (items, Err(fault));
            }
            self.at = self.at.saturating_add(1);
        }
        (items, Ok(()))
    }

    /// Says that nothing more comes.
    ///
    /// # Errors
    /// [`NotAList::BrokenOff`] when the list has no end.
    pub fn finish(&self) -> Result<(), NotAList> {
        match self.place {
            Place::After => Ok(()),
            _ => Err(NotAList::BrokenOff { after: self.at }),
        }
    }

    /// Takes one byte; `false` if it can't stand here.
    fn step(&mut self, byte: u8, items: &mut Vec<ListItem>) -> bool {
        let is_blank = matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        match (self.place, byte) {
            (Place::Mark(seen), _) if MARK.get(seen) == Some(&byte) => {
                self.place = Place::Mark(seen + 1);
            }
            // A mark comes as a whole or not at all.
            (Place::Mark(1 | 2), _) => return false,
            (Place::Mark(_), _) => {
                self.place = Place::Before;
                return self.step(byte, items);
            }
            (Place::InItem, _) => return self.in_item(byte, items),
            (Place::Before | Place::Opened | Place::Wanting | Place::Behind | Place::After, _)
                if is_blank => {}
            (Place::Before, b'[') => self.place = Place::Opened,
            (Place::Opened | Place::Behind, b']') => self.place = Place::After,
            (Place::Behind, b',') => self.place = Place::Wanting,
            (Place::Opened | Place::Wanting, _) if begins_a_value(byte) => {
                self.place = Place::InItem;
                return self.in_item(byte, items);
            }
            (Place::Before | Place::Opened | Place::Wanting | Place::Behind | Place::After, _) => {
                return false;
            }
        }
        true
    }

    fn in_item(&mut self, byte: u8, items: &mut Vec<ListItem>) -> bool {
        if self.in_string {
            self.keep(byte);
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' => self.is_escaped = true,
                b'"' => {
                    self.in_string = false;
                    self.end_if_whole(items);
                }
                _ => {}
            }
            return true;
        }
        match byte {
            // Behind a number or a word.
            b',' | b']' | b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 => {
                self.end(items);
                return self.step(byte, items);
            }
            b'}' if self.depth == 0 => return false,
            b'"' => {
                self.in_string = true;
                self.keep(byte);
            }
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                self.keep(byte);
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                self.keep(byte);
                self.end_if_whole(items);
            }
            _ => self.keep(byte),
        }
        true
    }

    fn keep(&mut self, byte: u8) {
        if self.is_too_long {
            return;
        }
        if self.item.len() < self.max_item {
            self.item.push(byte);
        } else {
            self.is_too_long = true;
            self.item = Vec::new();
        }
    }

    fn end_if_whole(&mut self, items: &mut Vec<ListItem>) {
        if self.depth == 0 {
            self.end(items);
        }
    }

    fn end(&mut self, items: &mut Vec<ListItem>) {
        let item = std::mem::take(&mut self.item);
        items.push(if std::mem::take(&mut self.is_too_long) {
            ListItem::TooLong
        } else {
            ListItem::Whole(item)
        });
        self.place = Place::Behind;
    }
}

fn begins_a_value(byte: u8) -> bool {
    matches!(
        byte,
        b'{' | b'[' | b'"' | b'-' | b'0'..=b'9' | b't' | b'f' | b'n'
    )
}

#[cfg(test)]
mod tests;
