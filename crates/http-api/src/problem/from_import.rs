//! Faults of imports as problems.

use latchkey_application::archive::ImportError;
use latchkey_domain::archive::NotAList;

use super::{Code, Problem, PublicText};

impl Problem {
    /// The export is still in its zip.
    pub(crate) fn still_packed() -> Self {
        Self::new(
            Code::NotAnExport,
            "This is packed. Please unpack it, and send the file conversations.json that is in it.",
        )
    }
}

impl From<ImportError> for Problem {
    fn from(error: ImportError) -> Self {
        match error {
            // A zip begins with PK, what gzip packed with this byte; JSON with neither.
            ImportError::NotAList(NotAList::Unexpected {
                at: 0,
                found: b'P' | 0x1F,
            }) => Self::still_packed(),
            ImportError::NotAList(NotAList::Unexpected { at, .. }) => Self::new(
                Code::NotAnExport,
                PublicText::with_number(
                    "This is no list of conversations (byte ",
                    at,
                    "). Please send the file conversations.json of an export of ChatGPT or Claude.ai.",
                ),
            ),
            ImportError::NotAList(NotAList::BrokenOff { after }) => Self::new(
                Code::NotAnExport,
                PublicText::with_number(
                    "The export breaks off after ",
                    after,
                    " bytes. The conversations before that are imported; please send the whole file again for the rest.",
                ),
            ),
            ImportError::NoConversations => Self::new(
                Code::NotAnExport,
                "Nothing in this list is a conversation of ChatGPT or Claude.ai. Please send the file conversations.json of an export.",
            ),
            ImportError::LimitReached(reached) => Self::limit_reached(&reached),
            ImportError::Store(error) => error.into(),
        }
    }
}
