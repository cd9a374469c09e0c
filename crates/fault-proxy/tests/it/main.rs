//! The proxy between a client and a server of bytes.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use fault_proxy::{Chance, End, FaultProxy, Plan};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

const LONG: Duration = Duration::from_secs(20);
/// Long enough to see that nothing comes.
const A_WHILE: Duration = Duration::from_millis(80);

fn answer() -> Vec<u8> {
    (0..300u16)
        .map(|n| u8::try_from(n % 251).unwrap())
        .collect()
}

/// A server that answers each connection's first bytes with [`answer`] and says when the client is gone.
async fn server() -> (SocketAddr, mpsc::UnboundedReceiver<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, questions) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let asked = asked.clone();
            tokio::spawn(async move {
                let mut question = [0; 5];
                connection.read_exact(&mut question).await.unwrap();
                let _ = connection.write_all(&answer()).await;
                // Until the other side is gone.
                let _ = connection.read(&mut [0; 1]).await;
                let _ = asked.send(question.to_vec());
            });
        }
    });
    (address, questions)
}

async fn ask(proxy: &FaultProxy) -> TcpStream {
    let mut connection = TcpStream::connect(proxy.address()).await.unwrap();
    connection.write_all(b"hello").await.unwrap();
    connection
}

/// All that comes, and the error that ended it, if one did.
async fn read(connection: &mut TcpStream) -> (Vec<u8>, std::io::Result<usize>) {
    let mut all = Vec::new();
    let end = timeout(LONG, connection.read_to_end(&mut all))
        .await
        .unwrap();
    (all, end)
}

#[tokio::test]
async fn without_a_plan_everything_passes_both_ways() {
    let (address, mut questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    let mut connection = ask(&proxy).await;
    let mut all = vec![0; answer().len()];
    connection.read_exact(&mut all).await.unwrap();
    assert_eq!(all, answer());
    drop(connection);
    let question = timeout(LONG, questions.recv()).await.unwrap();
    assert_eq!(
        question.unwrap(),
        b"hello",
        "and the server sees the client go"
    );
    assert_eq!(proxy.connections(), 1);
}

#[tokio::test]
async fn a_connection_is_cut_after_exactly_so_many_bytes() {
    let (address, _questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    for at in 0..=answer().len() {
        proxy.next(Plan::new().end(at, End::Close));
        let (got, end) = read(&mut ask(&proxy).await).await;
        assert!(end.is_ok(), "a FIN at {at}");
        assert_eq!(got, &answer()[..at]);

        proxy.next(Plan::new().end(at, End::Reset));
        let (got, end) = read(&mut ask(&proxy).await).await;
        let error = end.unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "at {at}");
        assert!(answer()[..at].starts_with(&got));
    }
}

#[tokio::test]
async fn a_stall_passes_what_comes_before_it_and_holds_the_connection() {
    let (address, mut questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    proxy.next(Plan::new().end(77, End::Stall));
    let mut connection = ask(&proxy).await;
    let mut got = vec![0; 77];
    connection.read_exact(&mut got).await.unwrap();
    assert_eq!(got, &answer()[..77]);
    let more = timeout(A_WHILE, connection.read_u8()).await;
    assert!(more.is_err(), "neither a byte nor an end");
    drop(connection);
    assert!(timeout(LONG, questions.recv()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_byte_is_changed_and_no_other() {
    let (address, _questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    proxy.next(
        Plan::new()
            .corrupt(13, 0x80)
            .drip(5, Duration::ZERO)
            .end(40, End::Close),
    );
    let (got, _) = read(&mut ask(&proxy).await).await;
    let mut expected = answer()[..40].to_vec();
    expected[13] ^= 0x80;
    assert_eq!(got, expected);
}

#[tokio::test]
async fn bytes_come_late_or_in_drops() {
    let (address, _questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    let started = Instant::now();
    proxy.next(Plan::new().delay(A_WHILE).end(10, End::Close));
    read(&mut ask(&proxy).await).await.1.unwrap();
    assert!(started.elapsed() >= A_WHILE);

    let started = Instant::now();
    let pause = Duration::from_millis(2);
    proxy.next(Plan::new().drip(1, pause).end(30, End::Close));
    let (got, _) = read(&mut ask(&proxy).await).await;
    assert_eq!(got, &answer()[..30]);
    assert!(started.elapsed() >= pause * 30);
}

#[tokio::test]
async fn however_it_is_split_the_bytes_are_the_same() {
    let (address, _questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    for split in 0..100 {
        proxy.next(
            Plan::new()
                .split_at(split)
                .split_at(2 * split)
                .end(200, End::Close),
        );
        assert_eq!(read(&mut ask(&proxy).await).await.0, &answer()[..200]);
    }
}

#[tokio::test]
async fn a_seed_repeats_what_it_did() {
    let drawn = |seed| -> Vec<String> {
        let mut chance = Chance::new(seed);
        (0..50)
            .map(|_| Plan::drawn(&mut chance, 300).to_string())
            .collect()
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));

    let (address, _questions) = server().await;
    let proxy = FaultProxy::start(address).await.unwrap();
    proxy.seed(1, 300);
    for words in drawn(1) {
        let mut connection = ask(&proxy).await;
        let at = words
            .split(' ')
            .find_map(|word| word.strip_prefix("stall@"))
            .map_or(answer().len(), |at| at.parse().unwrap());
        if words.contains("close") || words.contains("reset") {
            let (got, _) = read(&mut connection).await;
            assert!(got.len() < answer().len(), "{words}");
        } else {
            let mut got = vec![0; at];
            timeout(LONG, connection.read_exact(&mut got))
                .await
                .unwrap()
                .unwrap();
            let changed = got.iter().zip(answer()).filter(|(a, b)| **a != *b).count();
            assert_eq!(changed, usize::from(words.contains("corrupt")), "{words}");
        }
    }
}
