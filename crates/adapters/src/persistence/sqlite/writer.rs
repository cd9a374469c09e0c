//! The writer: the one connection that writes, with group commit.
//!
//! A commit waits for the disk; a hundred that wait together cost one wait. So the thread takes whatever waits, runs
//! each job in a savepoint of one transaction, commits once, and answers all. A single job waits for nobody.

use super::{
    Conn,
    job::{Job, TransactionFailed},
    queue::Queue,
};

/// Most jobs of one transaction: bounds how long the first of them waits for the last.
const MOST_TOGETHER: usize = 256;

/// Runs the jobs of `queue` until it is closed and empty.
pub fn write_all(mut conn: Conn, queue: &Queue<Box<dyn Job>>) {
    loop {
        let mut jobs = queue.take(MOST_TOGETHER);
        if jobs.is_empty() {
            return;
        }
        while !jobs.is_empty() {
            jobs = commit_together(&mut conn, jobs);
        }
    }
}

/// Runs jobs in one transaction and answers them. Gives back those that did not get their turn because SQLite
/// itself ended the transaction (it does when the disk is full): they have another one.
fn commit_together(conn: &mut Conn, mut jobs: Vec<Box<dyn Job>>) -> Vec<Box<dyn Job>> {
    if let Err(error) = conn.run("BEGIN IMMEDIATE") {
        answer_all(jobs, &Err(error.into()));
        return Vec::new();
    }
    let mut ran = 0;
    let mut outcome = Ok(());
    let alone = jobs.len() == 1;
    for job in &mut jobs {
        ran += 1;
        outcome = if alone {
            run_alone(conn, job.as_mut())
        } else {
            run_in_savepoint(conn, job.as_mut())
        };
        if outcome.is_err() {
            break;
        }
    }
    let left = jobs.split_off(ran);
    let outcome = outcome.and_then(|()| Ok(conn.run("COMMIT")?));
    if outcome.is_err() {
        // Fails when SQLite has rolled back already, which is what is wanted.
        drop(conn.run("ROLLBACK"));
    }
    answer_all(jobs, &outcome);
    left
}

/// The only job of a transaction needs no savepoint: the transaction is undone with it.
fn run_alone(conn: &mut Conn, job: &mut dyn Job) -> Result<(), TransactionFailed> {
    if job.run(conn) {
        return Ok(());
    }
    drop(conn.run("ROLLBACK"));
    // There is nothing to commit, and an empty transaction is committed without the disk.
    Ok(conn.run("BEGIN")?)
}

fn run_in_savepoint(conn: &mut Conn, job: &mut dyn Job) -> Result<(), TransactionFailed> {
    conn.run("SAVEPOINT job")?;
    let end = if job.run(conn) {
        "RELEASE job"
    } else {
        "ROLLBACK TO job; RELEASE job"
    };
    // The savepoint is only missing when the whole transaction is.
    conn.run(end).map_err(|_| TransactionFailed::Undone)
}

fn answer_all(jobs: Vec<Box<dyn Job>>, transaction: &Result<(), TransactionFailed>) {
    for job in jobs {
        job.answer(transaction.clone());
    }
}
