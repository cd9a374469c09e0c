//! Two replicas on one PostgreSQL are restarted one after the other while people chat: nothing that was acknowledged
//! is lost, and hardly anybody notices.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{net::TcpSocket, sync::watch, task::JoinSet};

use crate::{
    database::{Database, PostgresDatabase},
    installation::Installation,
    person::Person,
    server::Server,
    stream::Stream,
};

/// How often each replica is restarted.
const ROUNDS: usize = 3;
/// How many answers each replica gives between two restarts.
const ANSWERS_BETWEEN: usize = 100;
/// One in so many sends may fail, of those that wait for the whole answer.
const SENDS_PER_FAILURE: usize = 1_000;
/// A conversation has so many messages before the next one begins.
const CONVERSATION: usize = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_are_restarted_while_people_chat() {
    let fake = FakeAnthropic::start(Config::without_records())
        .await
        .unwrap();
    let database = Database::Postgres(PostgresDatabase::create().await);
    let installation = Installation::new(database, &fake.base_url()).with("LATCHKEY_LIMITS", "off");
    let addresses = [Reserved::new(), Reserved::new()];
    let mut replicas = Vec::new();
    for address in &addresses {
        replicas.push(start_at(&installation, address).await);
    }
    let balancer = Arc::new(Balancer::before(&replicas));

    let (stopping, stop) = watch::channel(false);
    let mut writers = JoinSet::new();
    for number in 0..8 {
        let person = Person::with_key(&replicas[0], &format!("writer-{number}@example.org")).await;
        let writer = Writer {
            balancer: Arc::clone(&balancer),
            person,
            streams: number % 4 == 3,
            written: Written::default(),
        };
        writers.spawn(writer.write_until(stop.clone()));
    }
    for _ in 0..ROUNDS {
        for number in 0..replicas.len() {
            balancer.let_each_answer(ANSWERS_BETWEEN).await;
            replicas[number].terminate();
            let (status, _) = replicas[number].ended(Duration::from_secs(30)).await;
            assert!(status.success(), "{status}:\n{}", replicas[number].log());
            replicas[number] = start_at(&installation, &addresses[number]).await;
        }
    }
    balancer.let_each_answer(ANSWERS_BETWEEN).await;
    stopping.send_replace(true);

    let writers = writers.join_all().await;
    let (mut sends, mut failures) = (0, Vec::new());
    for writer in writers {
        writer.assert_nothing_is_lost(&replicas).await;
        if !writer.streams {
            sends += writer.written.sends;
            failures.extend(writer.written.failures);
        }
    }
    assert!(sends >= SENDS_PER_FAILURE, "{sends} sends say too little");
    assert!(
        failures.len() <= sends / SENDS_PER_FAILURE,
        "{} of {sends} failed: {failures:#?}",
        failures.len()
    );
    for replica in replicas {
        replica.stop().await;
    }
}

async fn start_at(installation: &Installation, address: &Reserved) -> Server {
    let mut command = installation.command::<&str>(&[]);
    command.env("LATCHKEY_LISTEN", address.address.to_string());
    Server::start(command).await
}

/// An address that nobody else gets while its server is away: bound, never listening.
struct Reserved {
    address: SocketAddr,
    _socket: TcpSocket,
}

impl Reserved {
    fn new() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        Self {
            address: socket.local_addr().unwrap(),
            _socket: socket,
        }
    }
}

/// What stands in front of the replicas: each request goes to the next one, and to the one after it if no connection
/// is made or if a server that stops refuses it, which it does before it looks at it. What may have begun is never sent
/// again.
struct Balancer {
    urls: Vec<String>,
    next: AtomicUsize,
    answers: Vec<watch::Sender<usize>>,
}

/// What came back.
enum Reply {
    Streamed(Response),
    Whole(StatusCode, Value),
}

impl Balancer {
    fn before(replicas: &[Server]) -> Self {
        Self {
            urls: replicas.iter().map(Server::url).collect(),
            next: AtomicUsize::new(0),
            answers: replicas.iter().map(|_| watch::Sender::new(0)).collect(),
        }
    }

    async fn send(&self, person: &Person, path: &str, body: &Value) -> reqwest::Result<Reply> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let mut tries = 0;
        loop {
            let number = (first + tries) % self.urls.len();
            tries += 1;
            let may_go_on = tries < self.urls.len();
            let person = person.by_way_of(self.urls[number].clone());
            match send_once(&person, path, body).await {
                Err(error) if may_go_on && error.is_connect() => {}
                Ok(reply) if may_go_on && reply.is_refusal() => {}
                Err(error) => return Err(error),
                Ok(reply) => {
                    self.answers[number].send_modify(|answers| *answers += 1);
                    return Ok(reply);
                }
            }
        }
    }

    /// Waits until each replica has given so many more answers.
    async fn let_each_answer(&self, answers: usize) {
        for replica in &self.answers {
            let enough = *replica.borrow() + answers;
            let mut replica = replica.subscribe();
            replica.wait_for(|given| *given >= enough).await.unwrap();
        }
    }
}

async fn send_once(person: &Person, path: &str, body: &Value) -> reqwest::Result<Reply> {
    let request = person
        .request(Method::POST, path)
        .header("content-type", "application/json");
    let response = request.body(body.to_string()).send().await?;
    let status = response.status();
    if status == StatusCode::OK && body["stream"] == true {
        return Ok(Reply::Streamed(response));
    }
    let text = response.text().await?;
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Ok(Reply::Whole(status, body))
}

impl Reply {
    /// A stopping server's answer to new work. One to an answer that it cut off holds what came of it.
    fn is_refusal(&self) -> bool {
        match self {
            Self::Streamed(_) => false,
            Self::Whole(status, body) => {
                *status == StatusCode::SERVICE_UNAVAILABLE
                    && body["code"] == "server_stopping"
                    && body.get("assistantMessage").is_none()
            }
        }
    }
}

/// Somebody who writes message after message.
struct Writer {
    balancer: Arc<Balancer>,
    person: Person,
    streams: bool,
    written: Written,
}

/// What was sent, and what came of it.
#[derive(Default)]
struct Written {
    sends: usize,
    acknowledged: Vec<Acknowledged>,
    failures: Vec<String>,
}

/// A message of which the server said that it is kept.
struct Acknowledged {
    conversation: String,
    message: Value,
    answer: Value,
    /// The answer's text, if all of it came.
    text: Option<String>,
}

impl Writer {
    async fn write_until(mut self, stop: watch::Receiver<bool>) -> Self {
        while !*stop.borrow() {
            let conversation = format!("conversation-{}", self.written.sends / CONVERSATION);
            let body = json!({
                "message": format!("Message {}", self.written.sends),
                "stream": self.streams,
            });
            self.written.sends += 1;
            match self.send(&conversation, &body).await {
                Ok(acknowledged) => self.written.acknowledged.push(acknowledged),
                Err(failure) => self.written.failures.push(failure),
            }
        }
        self
    }

    async fn send(&self, conversation: &str, body: &Value) -> Result<Acknowledged, String> {
        let path = format!("/api/chat/conversations/{conversation}/messages");
        let sent = self.balancer.send(&self.person, &path, body).await;
        let conversation = conversation.to_owned();
        match sent.map_err(|error| format!("{error:?}"))? {
            Reply::Streamed(response) => {
                let mut stream = Stream::of(response, Arc::default());
                let start = stream.next().await.ok_or("no event came")?.data;
                let mut last = String::new();
                while let Some(event) = stream.next().await {
                    last = event.name;
                }
                Ok(Acknowledged {
                    conversation,
                    message: start["userMessageId"].clone(),
                    answer: start["assistantMessageId"].clone(),
                    text: (last == "latchkey.done").then_some(stream.text),
                })
            }
            Reply::Whole(StatusCode::OK, body) => Ok(Acknowledged {
                conversation,
                message: body["userMessage"]["id"].clone(),
                answer: body["assistantMessage"]["id"].clone(),
                text: body["assistantMessage"]["text"].as_str().map(str::to_owned),
            }),
            Reply::Whole(status, body) => Err(format!("{status}: {body}")),
        }
    }

    async fn assert_nothing_is_lost(&self, replicas: &[Server]) {
        let acknowledged = &self.written.acknowledged;
        assert!(!acknowledged.is_empty());
        let mut conversation = "";
        let mut kept = Vec::new();
        for (number, sent) in acknowledged.iter().enumerate() {
            if sent.conversation != conversation {
                conversation = &sent.conversation;
                let person = self.person.at(&replicas[number % replicas.len()]);
                kept = person.messages(conversation).await;
            }
            let find = |id: &Value| {
                assert!(id.is_string(), "no id was given in {conversation}");
                kept.iter()
                    .find(|message| message["id"] == *id)
                    .unwrap_or_else(|| panic!("{id} of {conversation} is lost: {kept:?}"))
            };
            find(&sent.message);
            let answer = find(&sent.answer);
            if let Some(text) = &sent.text {
                assert_eq!(answer["status"], "complete", "{answer}");
                assert_eq!(answer["text"], text.as_str());
            }
        }
    }
}
