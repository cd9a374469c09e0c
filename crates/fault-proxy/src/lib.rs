//! A TCP proxy that breaks connections on purpose: at a given byte, in a given way, or as a seed has it.
//!
//! It stands between a client and a server, passes requests on as they are, and does to each connection's answers what
//! its [`Plan`] says. Offsets count the answered bytes of a connection from 0, heads included. It knows nothing of HTTP.

mod chance;
mod connection;
mod plan;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::{
    net::{TcpListener, TcpStream},
    task::{JoinHandle, JoinSet},
};

pub use chance::Chance;
pub use plan::{End, InvalidPlan, Plan};

/// A running proxy. Dropping it closes the port and all connections.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    program: Arc<Mutex<Program>>,
    accepting: JoinHandle<()>,
}

/// Which connection gets which plan.
#[derive(Debug)]
struct Program {
    next: VecDeque<Plan>,
    others: Others,
    connections: usize,
}

#[derive(Debug)]
enum Others {
    Same(Plan),
    /// Drawn anew for each connection, with faults within so many bytes.
    Drawn(Chance, usize),
}

impl FaultProxy {
    /// A proxy on a free port in front of `server` that breaks nothing until it is told to.
    pub async fn start(server: SocketAddr) -> io::Result<Self> {
        Self::start_on(SocketAddr::from(([127, 0, 0, 1], 0)), server).await
    }

    /// As [`start`](Self::start), at this address.
    pub async fn start_on(listen: SocketAddr, server: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let program = Arc::new(Mutex::new(Program {
            next: VecDeque::new(),
            others: Others::Same(Plan::default()),
            connections: 0,
        }));
        let accepting = tokio::spawn(accept(listener, server, Arc::clone(&program)));
        Ok(Self {
            address,
            program,
            accepting,
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address as a base URL.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The plan of the next connection that has none.
    pub fn next(&self, plan: Plan) {
        lock(&self.program).next.push_back(plan);
    }

    /// The plan of all connections that have none of their own.
    pub fn always(&self, plan: Plan) {
        lock(&self.program).others = Others::Same(plan);
    }

    /// From now on, connections that have no plan get one by chance. The same seed gives the same plans in the same
    /// order; faults lie within the first `length` bytes.
    pub fn seed(&self, seed: u64, length: usize) {
        lock(&self.program).others = Others::Drawn(Chance::new(seed), length);
    }

    /// How many connections there were.
    pub fn connections(&self) -> usize {
        lock(&self.program).connections
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Program {
    fn plan(&mut self) -> Plan {
        self.connections += 1;
        if let Some(plan) = self.next.pop_front() {
            return plan;
        }
        match &mut self.others {
            Others::Same(plan) => plan.clone(),
            Others::Drawn(chance, length) => Plan::drawn(chance, *length),
        }
    }
}

fn lock(program: &Mutex<Program>) -> MutexGuard<'_, Program> {
    program.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn accept(listener: TcpListener, server: SocketAddr, program: Arc<Mutex<Program>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((client, _)) = accepted {
                    let plan = lock(&program).plan();
                    connections.spawn(serve(client, server, plan));
                }
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(client: TcpStream, server: SocketAddr, plan: Plan) {
    // A server that isn't there is a connection that closes: there is nobody to tell more.
    if let Ok(server) = TcpStream::connect(server).await {
        connection::pass_on(client, server, &plan).await;
    }
}
