//! Lists in pages.

/// Most items of one page.
pub const MAX_PAGE: u32 = 100;
/// Items of one page when the caller doesn't say.
pub const DEFAULT_PAGE: u32 = 50;

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest<C> {
    /// How many items at most: 1 to [`MAX_PAGE`].
    pub limit: u32,
    /// The last item of the page before, exclusive; `None` starts at the beginning.
    pub after: Option<C>,
}

impl<C> PageRequest<C> {
    /// The first page with at most `limit` items; the limit is brought into 1..=[`MAX_PAGE`].
    pub fn first(limit: u32) -> Self {
        Self {
            limit: limit.clamp(1, MAX_PAGE),
            after: None,
        }
    }

    /// The page after `cursor`.
    #[must_use]
    pub fn after(mut self, cursor: Option<C>) -> Self {
        self.after = cursor;
        self
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T, C> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Where the next page starts; `None` on the last.
    pub next: Option<C>,
}
