//! Something on a port that answers the first call with given bytes, and keeps what it was sent.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

pub struct RawProvider {
    address: SocketAddr,
    served: JoinHandle<String>,
}

impl RawProvider {
    pub async fn answering(bytes: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = bytes.to_owned();
        let served = tokio::spawn(async move {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut received = Vec::new();
            while !is_whole(&received) {
                assert_ne!(connection.read_buf(&mut received).await.unwrap(), 0);
            }
            connection.write_all(answer.as_bytes()).await.unwrap();
            connection.shutdown().await.unwrap();
            String::from_utf8(received).unwrap()
        });
        Self { address, served }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Head and body of the call.
    pub async fn received(self) -> String {
        self.served.await.unwrap()
    }
}

fn is_whole(received: &[u8]) -> bool {
    let text = String::from_utf8_lossy(received);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .to_lowercase()
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok())
        .unwrap_or(0);
    body.len() >= length
}
