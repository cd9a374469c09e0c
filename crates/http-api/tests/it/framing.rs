//! Requests that two parsers could read in two ways, or that never end: bytes by hand.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::{Duration, Instant},
};

use crate::world::World;

/// All that comes back for `bytes` until the server closes.
fn exchange(address: SocketAddr, bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    // The server may close before all of it is sent.
    let _closed = connection.write_all(bytes);
    let mut answer = Vec::new();
    let _reset = connection.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn post(headers: &str, body: &str) -> Vec<u8> {
    format!("POST /api/auth/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{headers}\r\n\r\n{body}")
        .into_bytes()
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_and_the_connection_closed() {
    let world = World::new();
    let smuggled = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    for headers in [
        "content-length: 4\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 4",
        "content-length: 4\r\ncontent-length: 5",
        "content-length: 4\r\ncontent-length: 4",
        "content-length: +4",
        "content-length: -4",
        "content-length: 0x4",
        "content-length: 4, 4",
        "content-length: 4\r\nx-folded: a\r\n b",
        "content-length: 4\r\nx-nul: a\0b",
        "content-length : 4",
        "transfer-encoding: gzip, chunked",
        "transfer-encoding: identity\r\ntransfer-encoding: chunked",
    ] {
        let answer = exchange(world.address, &post(headers, &format!("{{}}  {smuggled}")));
        assert!(answer.starts_with("HTTP/1.1 400 "), "{headers:?}: {answer}");
        assert_eq!(
            answer.matches("HTTP/1.1 ").count(),
            1,
            "{headers:?}: {answer}"
        );
    }
    // A line may end without the carriage return (RFC 9112, 2.2); what it says counts all the same.
    let bare = "GET /healthz HTTP/1.1\nhost: x\nconnection: close\n\n";
    let answer = exchange(world.address, bare.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let two_lengths =
        "POST /api/auth/login HTTP/1.1\nhost: x\ncontent-length: 4\ncontent-length: 5\n\n{}  ";
    let answer = exchange(world.address, two_lengths.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer}");
}

#[test]
fn a_head_that_never_ends_is_cut() {
    let world = World::new();
    let mut connection = TcpStream::connect(world.address).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let start = Instant::now();
    connection
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ")
        .unwrap();
    let mut answer = Vec::new();
    let _reset = connection.read_to_end(&mut answer);
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        start.elapsed() <= Duration::from_secs(7),
        "{:?}",
        start.elapsed()
    );
}

#[test]
fn a_server_that_stops_ends_each_connection_with_an_answer() {
    let world = World::new();
    let kept = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";
    let last = "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let answers = exchange(world.address, format!("{kept}{last}").as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 2, "{answers}");
    world.readiness.drain();
    let answers = exchange(world.address, kept.as_bytes());
    assert_eq!(answers.matches("HTTP/1.1 200 ").count(), 1, "{answers}");
    assert!(answers.contains("connection: close"), "{answers}");
}

#[test]
fn a_body_beyond_the_largest_is_refused_however_it_comes() {
    const SIZE: usize = 65 * 1024 * 1024;
    let world = World::new();
    let head = |length: &str| {
        format!(
            "POST /api/chat/conversations/1/messages HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{length}\r\n\r\n"
        )
    };
    // By what is declared alone: nothing of the body is waited for.
    let declared = exchange(
        world.address,
        head(&format!("content-length: {SIZE}")).as_bytes(),
    );
    assert!(declared.starts_with("HTTP/1.1 413 "), "{declared}");

    let mut connection = TcpStream::connect(world.address).unwrap();
    connection
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut reading = connection.try_clone().unwrap();
    let reader = std::thread::spawn(move || {
        let mut answer = Vec::new();
        let _reset = reading.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    });
    connection
        .write_all(head("transfer-encoding: chunked").as_bytes())
        .unwrap();
    let chunk = format!("{:x}\r\n{}\r\n", 1024 * 1024, " ".repeat(1024 * 1024));
    // The server may close before all of it is sent.
    let _sent = (0..65)
        .take_while(|_| connection.write_all(chunk.as_bytes()).is_ok())
        .count();
    let answer = reader.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}
