//! Pages: one row more than wanted is read, to know whether another page follows.

use latchkey_domain::{Page, StoreError};

/// How many rows to read for a page of `limit` items.
pub fn one_more(limit: u32) -> i64 {
    i64::from(limit) + 1
}

/// The page that these rows are the beginning of.
pub fn of<R, T, C>(
    mut rows: Vec<R>,
    limit: u32,
    cursor: impl Fn(&T) -> C,
) -> Result<Page<T, C>, StoreError>
where
    T: TryFrom<R, Error = StoreError>,
{
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let goes_on = rows.len() > limit;
    rows.truncate(limit);
    let items = rows
        .into_iter()
        .map(T::try_from)
        .collect::<Result<Vec<_>, _>>()?;
    let next = items.last().filter(|_| goes_on).map(cursor);
    Ok(Page { items, next })
}
