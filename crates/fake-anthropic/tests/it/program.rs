//! The fake as a program.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::test]
async fn it_says_where_it_listens_and_what_it_understands_and_stops_when_told() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_fake-anthropic"))
        .args(["--listen", "127.0.0.1:0", "--no-record"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
    let first = timeout(PATIENCE, lines.next_line())
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    let address = first
        .strip_prefix("fake-anthropic listens on http://")
        .unwrap();
    tokio::net::TcpStream::connect(address).await.unwrap();
    let mut seen = String::new();
    while !seen.contains("[[redirect 307]]") {
        seen.push_str(
            &timeout(PATIENCE, lines.next_line())
                .await
                .unwrap()
                .unwrap()
                .unwrap(),
        );
    }
    assert!(seen.contains("NOCREDIT") && seen.contains("[[stall]]"));
    let id = program.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .await
            .unwrap()
            .success()
    );
    assert!(
        timeout(PATIENCE, program.wait())
            .await
            .unwrap()
            .unwrap()
            .success()
    );
}
