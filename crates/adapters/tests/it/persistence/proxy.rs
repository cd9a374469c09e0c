//! A TCP proxy in front of the server, to break connections as a restart or a lost network does.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Connections through it can be cut, or kept open without a byte passing.
pub struct Proxy {
    pub address: SocketAddr,
    generation: watch::Sender<u32>,
    silent: Arc<AtomicBool>,
}

impl Proxy {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (generation, ends) = watch::channel(0);
        let silent = Arc::new(AtomicBool::new(false));
        let hold = silent.clone();
        tokio::spawn(async move {
            while let Ok((mut client, _)) = listener.accept().await {
                let (mut ends, hold) = (ends.clone(), hold.clone());
                ends.mark_unchanged();
                tokio::spawn(async move {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = ends.changed() => {
                            if AtomicBool::load(&hold, Ordering::SeqCst) {
                                // Open, and nothing passes.
                                std::future::pending::<()>().await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            generation,
            silent,
        }
    }

    /// Closes every connection, as a server does that is restarted. New ones are served.
    pub fn cut(&self) {
        self.silent.store(false, Ordering::SeqCst);
        self.generation.send_modify(|generation| *generation += 1);
    }

    /// Stops every connection without closing it, as a machine does that vanished. New ones are served.
    pub fn silence(&self) {
        self.silent.store(true, Ordering::SeqCst);
        self.generation.send_modify(|generation| *generation += 1);
    }
}
