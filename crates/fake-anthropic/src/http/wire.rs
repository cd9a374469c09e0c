//! One connection: what it has received and not yet used, and whether the client is still there.

use std::io;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// What a client may send ahead of an answer that it has not read yet.
const MAX_READ_AHEAD: usize = 256 * 1024;
/// How long a refused client may go on sending before the connection is cut.
const LINGER: Duration = Duration::from_secs(2);

/// The client closed its side, or the connection broke.
#[derive(Debug)]
pub(crate) struct ClientLeft;

#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    inbox: BytesMut,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            inbox: BytesMut::with_capacity(8 * 1024),
        }
    }

    /// What has arrived and was not taken.
    pub(crate) fn received(&self) -> &[u8] {
        &self.inbox
    }

    /// Takes the first `length` received bytes, or all if there are fewer.
    pub(crate) fn take(&mut self, length: usize) -> Bytes {
        self.inbox.split_to(length.min(self.inbox.len())).freeze()
    }

    /// Waits for more bytes; 0 where the client has closed its side.
    pub(crate) async fn receive(&mut self) -> io::Result<usize> {
        self.inbox.reserve(4 * 1024);
        self.stream.read_buf(&mut self.inbox).await
    }

    pub(crate) async fn receive_at_least(&mut self, length: usize) -> io::Result<()> {
        self.inbox.reserve(length.saturating_sub(self.inbox.len()));
        while self.inbox.len() < length {
            if self.receive().await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    /// Writes all of it, unless the client leaves meanwhile.
    pub(crate) async fn send(&mut self, mut bytes: &[u8]) -> Result<(), ClientLeft> {
        while !bytes.is_empty() {
            match self.stream.try_write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let Self { stream, inbox } = self;
                    tokio::select! {
                        ready = stream.writable() => ready.map_err(|_| ClientLeft)?,
                        () = client_left(stream, inbox) => return Err(ClientLeft),
                    }
                }
                Err(_) => return Err(ClientLeft),
            }
        }
        Ok(())
    }

    /// Waits for something while watching for the client to leave.
    pub(crate) async fn unless_client_leaves<F: Future>(
        &mut self,
        wait: F,
    ) -> Result<F::Output, ClientLeft> {
        let Self { stream, inbox } = self;
        tokio::select! {
            output = wait => Ok(output),
            () = client_left(stream, inbox) => Err(ClientLeft),
        }
    }

    /// Ends the connection with a RST.
    pub(crate) fn reset(self) {
        // Where it fails the connection is gone already.
        let _ = SockRef::from(&self.stream).set_linger(Some(Duration::ZERO));
    }

    /// Ends the connection with a FIN and reads on for a while: unread bytes would turn the FIN into a RST, and the
    /// client might never see the answer.
    pub(crate) async fn close(mut self) {
        let _ = self.stream.shutdown().await;
        let _ = timeout(LINGER, async {
            loop {
                self.inbox.clear();
                if !matches!(self.receive().await, Ok(more) if more > 0) {
                    return;
                }
            }
        })
        .await;
    }
}

/// Comes back when the client has closed its side. What it sends meanwhile (the next request) is kept.
async fn client_left(stream: &TcpStream, inbox: &mut BytesMut) {
    loop {
        if stream.readable().await.is_err() {
            return;
        }
        match stream.try_read_buf(inbox) {
            Ok(more) if more > 0 && inbox.len() < MAX_READ_AHEAD => inbox.reserve(4 * 1024),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Ok(_) | Err(_) => return,
        }
    }
}
