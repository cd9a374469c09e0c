//! Search over titles and messages: what counts as a word, what a search asks for, and what is shown of a hit.
//!
//! Words are made here and nowhere else, so that every store finds the same, whatever its own idea of a text is.

mod fold;
mod query;
mod repo;
mod snippet;
mod words;

pub use query::{SearchWord, SearchWords};
pub use repo::{ConversationSearch, FoundConversation, SearchRepo};
pub use snippet::{LONGEST_SEARCHED, Snippet, SnippetPart};
pub use words::indexed_words;

#[cfg(feature = "mocks")]
pub use repo::MockSearchRepo;
