//! A bare HTTP/1.1 client: one connection, one request at a time, little work of its own.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One connection.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    filled: usize,
}

/// Head of an answer.
struct Head {
    status: u16,
    length: usize,
    body: Body,
}

enum Body {
    Length(usize),
    Chunked,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self, String> {
        Self::with_buffer(address, 64 * 1024).await
    }

    /// A connection that reads this much at once, to begin with.
    pub async fn with_buffer(address: SocketAddr, length: usize) -> Result<Self, String> {
        let stream = TcpStream::connect(address).await.map_err(text)?;
        stream.set_nodelay(true).map_err(text)?;
        Ok(Self {
            stream,
            buffer: vec![0; length],
            filled: 0,
        })
    }

    /// Sends a request and reads the whole answer; status and body.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<(u16, Vec<u8>), String> {
        let mut body = Vec::new();
        let status = self
            .stream_exchange(request, |bytes| body.extend_from_slice(bytes))
            .await?;
        Ok((status, body))
    }

    /// Sends a request and hands each piece of the body over as it comes; the status.
    pub async fn stream_exchange(
        &mut self,
        request: &[u8],
        mut on_body: impl FnMut(&[u8]),
    ) -> Result<u16, String> {
        let head = self.begin(request).await?;
        match head.body {
            Body::Length(length) => self.read_length(length, &mut on_body).await?,
            Body::Chunked => self.read_chunks(&mut on_body).await?,
        }
        Ok(head.status)
    }

    /// Sends a request and reads the head of its answer, whose body then waits; the status.
    pub async fn begin_exchange(&mut self, request: &[u8]) -> Result<u16, String> {
        Ok(self.begin(request).await?.status)
    }

    async fn begin(&mut self, request: &[u8]) -> Result<Head, String> {
        self.stream.write_all(request).await.map_err(text)?;
        let head = loop {
            if let Some(head) = parse_head(self.buffer.get(..self.filled).unwrap_or_default())? {
                break head;
            }
            self.fill().await?;
        };
        self.consume(head.length);
        Ok(head)
    }

    async fn read_length(
        &mut self,
        mut left: usize,
        on_body: &mut impl FnMut(&[u8]),
    ) -> Result<(), String> {
        while left > 0 {
            if self.filled == 0 {
                self.fill().await?;
            }
            let taken = left.min(self.filled);
            on_body(self.buffer.get(..taken).unwrap_or_default());
            self.consume(taken);
            left -= taken;
        }
        Ok(())
    }

    async fn read_chunks(&mut self, on_body: &mut impl FnMut(&[u8])) -> Result<(), String> {
        loop {
            let (head, size) = loop {
                match httparse::parse_chunk_size(self.buffer.get(..self.filled).unwrap_or_default())
                {
                    Ok(httparse::Status::Complete((head, size))) => {
                        break (head, usize::try_from(size).map_err(text)?);
                    }
                    Ok(httparse::Status::Partial) => self.fill().await?,
                    Err(_) => return Err("a malformed chunk".to_owned()),
                }
            };
            self.consume(head);
            self.read_length(size, on_body).await?;
            // The line end after the chunk.
            self.read_length(2, &mut |_| {}).await?;
            if size == 0 {
                return Ok(());
            }
        }
    }

    async fn fill(&mut self) -> Result<(), String> {
        if self.filled == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let read = self.stream.read(room).await.map_err(text)?;
        if read == 0 {
            return Err("the connection was closed".to_owned());
        }
        self.filled += read;
        Ok(())
    }

    fn consume(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
    }
}

fn parse_head(bytes: &[u8]) -> Result<Option<Head>, String> {
    let mut headers = [httparse::EMPTY_HEADER; 64];
    let mut response = httparse::Response::new(&mut headers);
    let length = match response.parse(bytes).map_err(text)? {
        httparse::Status::Complete(length) => length,
        httparse::Status::Partial => return Ok(None),
    };
    let mut body = Body::Length(0);
    for header in response.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            let value = std::str::from_utf8(header.value).map_err(text)?;
            body = Body::Length(value.trim().parse().map_err(text)?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            body = Body::Chunked;
        }
    }
    Ok(Some(Head {
        status: response.code.unwrap_or(0),
        length,
        body,
    }))
}

/// A request with these headers and this JSON body.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut head = format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.extend(["\r\n", body]);
    head.into_bytes()
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
