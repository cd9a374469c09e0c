//! One connection: requests as they are, answers as the plan says.

use std::time::Duration;

use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{
        TcpStream,
        tcp::{ReadHalf, WriteHalf},
    },
    time::sleep,
};

use crate::{End, Plan};

/// Passes bytes until one side is gone, or the plan ends it. A client that closes its side has left.
pub(crate) async fn pass_on(mut client: TcpStream, mut server: TcpStream, plan: &Plan) {
    // Both fail only on connections that are gone already.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let resets = {
        let (mut from_client, to_client) = client.split();
        let (from_server, mut to_server) = server.split();
        let answer = Answer {
            from_server,
            to_client,
            plan,
            passed: 0,
        };
        tokio::select! {
            _ = copy(&mut from_client, &mut to_server) => false,
            resets = answer.pass() => resets,
        }
    };
    if resets {
        // Without lingering, closing is a RST.
        let _ = SockRef::from(&client).set_linger(Some(Duration::ZERO));
    } else {
        let _ = client.shutdown().await;
    }
}

/// The way from the server to the client.
struct Answer<'a> {
    from_server: ReadHalf<'a>,
    to_client: WriteHalf<'a>,
    plan: &'a Plan,
    passed: usize,
}

impl Answer<'_> {
    /// Passes the answer on until it ends; whether it then ends with a RST.
    async fn pass(mut self) -> bool {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let Ok(count @ 1..) = self.from_server.read(&mut buffer).await else {
                return false;
            };
            if self.passed == 0 && !self.plan.delay.is_zero() {
                sleep(self.plan.delay).await;
            }
            let bytes = buffer.get_mut(..count).unwrap_or_default();
            self.corrupt(bytes);
            let bytes = bytes.get(..self.allowed(count)).unwrap_or_default();
            if self.write(bytes).await.is_err() {
                return false;
            }
            match self.plan.end {
                Some((after, how)) if after <= self.passed => match how {
                    End::Close => return false,
                    End::Reset => return true,
                    End::Stall => std::future::pending().await,
                },
                _ => {}
            }
        }
    }

    fn allowed(&self, count: usize) -> usize {
        match self.plan.end {
            Some((after, _)) => count.min(after.saturating_sub(self.passed)),
            None => count,
        }
    }

    fn corrupt(&self, bytes: &mut [u8]) {
        let place = self
            .plan
            .corrupt
            .and_then(|(at, bits)| Some((at.checked_sub(self.passed)?, bits)));
        if let Some((at, bits)) = place
            && let Some(byte) = bytes.get_mut(at)
        {
            *byte ^= bits;
        }
    }

    async fn write(&mut self, mut bytes: &[u8]) -> std::io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(self.piece(bytes.len()));
            self.to_client.write_all(now).await?;
            self.passed += now.len();
            bytes = later;
            match self.plan.drip {
                Some((_, pause)) if !pause.is_zero() => sleep(pause).await,
                // The other side may read what is there before more comes.
                _ if !bytes.is_empty() => tokio::task::yield_now().await,
                _ => {}
            }
        }
        Ok(())
    }

    /// How many of so many bytes go out together.
    fn piece(&self, count: usize) -> usize {
        let until_split = self
            .plan
            .splits
            .iter()
            .filter_map(|split| split.checked_sub(self.passed))
            .find(|distance| *distance > 0);
        let at_once = self.plan.drip.map(|(bytes, _)| bytes);
        [until_split, at_once]
            .into_iter()
            .flatten()
            .fold(count, usize::min)
    }
}
