//! A reader: a connection that can't write, for several units of work in one snapshot.
//!
//! At each snapshot that sees a new commit SQLite drops a reader's cache of pages, and the writer commits all the time. So what waits
//! together is read from one snapshot, and finds the inner pages of the indices in the cache.

use super::{
    Conn,
    job::{Job, TransactionFailed},
    queue::Queue,
};

/// Most jobs of one snapshot: bounds how long a short one waits for a long one before it.
const MOST_TOGETHER: usize = 16;

/// Runs the jobs of `queue`, which so many threads share, until it is closed and empty.
pub fn read_all(mut conn: Conn, queue: &Queue<Box<dyn Job>>, threads: usize) {
    loop {
        let jobs = queue.take_share(threads, MOST_TOGETHER);
        match jobs.len() {
            0 => return,
            1 => read_each(&mut conn, jobs),
            _ => read_together(&mut conn, jobs),
        }
    }
}

/// A snapshot begins with its first statement, after the last of these jobs was asked for: each sees all that its caller knows of.
fn read_together(conn: &mut Conn, jobs: Vec<Box<dyn Job>>) {
    if let Err(error) = conn.run("BEGIN") {
        let failed = Err(TransactionFailed::from(error));
        for job in jobs {
            job.answer(failed.clone());
        }
        return;
    }
    read_each(conn, jobs);
    // Nothing was written. When this fails, SQLite ended the snapshot by itself.
    drop(conn.run("COMMIT"));
}

fn read_each(conn: &mut Conn, jobs: Vec<Box<dyn Job>>) {
    for mut job in jobs {
        job.run(conn);
        job.answer(Ok(()));
    }
}
