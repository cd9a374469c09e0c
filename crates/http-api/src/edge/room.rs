//! How much memory all bodies together may take: whoever sends one is not known yet, and must not be able to take all there is.

use std::{ops::Deref, sync::Arc, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::problem::{Code, Problem};

/// Room is taken in pieces of this size. What fits into one is free, so that small requests go on whatever large ones do.
const PIECE: usize = 64 * 1024;
/// What is set aside before anything has come.
const FIRST_CAPACITY: usize = 16 * 1024;

/// The room for the bodies of one server. Clones share it.
#[derive(Debug, Clone)]
pub struct BodyRoom(Arc<Semaphore>);

impl BodyRoom {
    /// Room for so many bytes.
    pub fn new(bytes: usize) -> Self {
        let pieces = (bytes / PIECE).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(pieces)))
    }
}

/// A body in memory, with the room that it takes until it is dropped. It wipes itself.
#[derive(Debug, Default)]
pub(crate) struct Body {
    bytes: Zeroizing<Vec<u8>>,
    room: Option<OwnedSemaphorePermit>,
}

impl Body {
    /// Adds bytes.
    ///
    /// # Errors
    /// 503 when there is no room for them now.
    pub(super) fn add(&mut self, more: &[u8], room: &BodyRoom) -> Result<(), Problem> {
        let needed = self.bytes.len().saturating_add(more.len());
        if needed > self.bytes.capacity() {
            let capacity = needed.next_power_of_two().max(FIRST_CAPACITY);
            self.take_room(capacity, room)?;
            // The smaller buffer is wiped, which growing in place wouldn't do.
            let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
            larger.extend_from_slice(&self.bytes);
            self.bytes = larger;
        }
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    fn take_room(&mut self, capacity: usize, room: &BodyRoom) -> Result<(), Problem> {
        let taken = self
            .room
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let pieces = capacity.saturating_sub(PIECE).div_ceil(PIECE);
        let missing = u32::try_from(pieces.saturating_sub(taken)).unwrap_or(u32::MAX);
        if missing == 0 {
            return Ok(());
        }
        let more = Arc::clone(&room.0).try_acquire_many_owned(missing);
        let more = more.map_err(|_| busy())?;
        match &mut self.room {
            Some(room) => room.merge(more),
            None => self.room = Some(more),
        }
        Ok(())
    }
}

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

fn busy() -> Problem {
    Problem::new(
        Code::ServerBusy,
        "Others are sending more than this server can hold at once. Please try again in a moment.",
    )
    .retry_after(Duration::from_secs(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body_of(size: usize, room: &BodyRoom) -> Result<Body, Problem> {
        let mut body = Body::default();
        for piece in vec![b'x'; size].chunks(10_000) {
            body.add(piece, room)?;
        }
        assert_eq!(body.len(), size);
        Ok(body)
    }

    #[test]
    fn room_is_shared_and_comes_back() {
        let room = BodyRoom::new(1024 * 1024);
        let large = body_of(999_999, &room).expect("it is empty");
        let refused = body_of(500_000, &room).expect_err("most is taken");
        assert_eq!(refused.code(), Code::ServerBusy);
        let small: Vec<Body> = (0..100)
            .map(|_| body_of(PIECE, &room).expect("small ones need none"))
            .collect();
        drop((large, small));
        body_of(1024 * 1024, &room).expect("all came back, also of what was refused");
    }
}
