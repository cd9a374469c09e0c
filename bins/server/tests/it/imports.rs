//! Exports of other services, brought in by the real program on each database: cut in the middle, sent again, grown, and gone on with.

use std::time::{Duration, Instant};

use fake_anthropic::{Config, FakeAnthropic};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt as _, net::TcpStream};

use crate::{
    database::{Database, on_both_databases},
    installation::Installation,
    person::Person,
    server::Server,
};

on_both_databases!(
    an_export_of_chatgpt_is_gone_on_with_after_a_cut,
    an_export_of_claude_ai_grows_and_goes_on_here,
);

const PATH: &str = "/api/chat/import";
/// Longest wait for what was sent to be stored.
const STORED: Duration = Duration::from_secs(30);

/// ChatGPT's export: a tree with a question asked anew, a tool, an image and code.
fn chatgpt() -> String {
    let node = |role: &str, parent: &str, content: Value| {
        json!({
            "id": "n", "parent": parent, "children": [],
            "message": {"author": {"role": role}, "recipient": "all", "create_time": 1_700_000_000.5, "content": content,
                "metadata": {"model_slug": "gpt-4o"}},
        })
    };
    let text = |text: &str| json!({"content_type": "text", "parts": [text]});
    let first = json!({
        "title": "Trip to Zürich", "create_time": 1_700_000_000.0, "update_time": 1_700_000_100.0, "conversation_id": "6551-aa",
        "current_node": "a2", "mapping": {
            "root": {"id": "root", "message": null, "parent": null, "children": ["q1", "q2"]},
            "q1": node("user", "root", text("Wohin?")),
            "a1": node("assistant", "q1", text("An den See.")),
            "q2": node("user", "root", json!({"content_type": "multimodal_text", "parts": ["Where \"to\"?", {"content_type": "image_asset_pointer"}]})),
            "t2": node("tool", "q2", text("{\"results\": []}")),
            "a2": node("assistant", "t2", text("Brackets ]}, and 東京都.")),
        },
    });
    let second = json!({
        "title": "Greeting", "conversation_id": "6551-bb", "mapping": {
            // It begins with an answer, and has two of one role.
            "root": {"id": "root", "message": null, "parent": null, "children": ["a1"]},
            "a1": node("assistant", "root", text("Hello.")),
            "q1": node("user", "a1", text("Write code.")),
            "a2": node("assistant", "q1", json!({"content_type": "code", "language": "rust", "text": "fn main() {}"})),
            "a3": node("assistant", "a2", text("That was it.")),
        },
    });
    let empty = json!({"title": "Nothing", "conversation_id": "6551-cc", "mapping": {}});
    serde_json::to_string_pretty(&json!([first, second, empty])).unwrap()
}

/// Claude.ai's export of a conversation with so many of its messages.
fn claude(messages: usize) -> String {
    let of = |id: &str, parent: &str, sender: &str, text: &str| {
        json!({
            "uuid": id, "parent_message_uuid": parent, "sender": sender, "text": text, "created_at": "2026-01-02T03:04:05.5Z",
            "content": [{"type": "text", "text": text}], "attachments": [], "files": [],
        })
    };
    let mut all = vec![
        of(
            "m1",
            "00000000-0000-4000-8000-000000000000",
            "human",
            "Read this",
        ),
        of("m2", "m1", "assistant", "It says little."),
        of("m3", "m1", "assistant", "It says more."),
        of("m4", "m3", "human", "What more?"),
        of("m5", "m4", "assistant", "The rest."),
    ];
    all[0]["attachments"] =
        json!([{"file_name": "notes.txt", "extracted_content": "the notes of that day"}]);
    all[1]["content"] = json!([{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "It says little."}]);
    all.truncate(messages);
    let leaf = all.last().unwrap()["uuid"].clone();
    json!([{"uuid": "c0ffee", "name": "Notes", "created_at": "2026-01-02T03:04:05Z", "updated_at": "2026-01-03T03:04:05Z",
        "current_leaf_message_uuid": leaf, "chat_messages": all}])
    .to_string()
}

async fn import(person: &Person, export: &str) -> Value {
    let request = person
        .request(Method::POST, PATH)
        .header("content-type", "application/json")
        .body(export.to_owned());
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let text = answer.text().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// Sends the beginning of an export and leaves when its first conversation is there.
async fn import_in_part(server: &Server, person: &Person, export: &str, cut: usize, first: &str) {
    let url = server.url();
    let address = url.strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        person.access_token(),
        export.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    let part = export.as_bytes().get(..cut).unwrap();
    connection.write_all(part).await.unwrap();
    let deadline = Instant::now() + STORED;
    let path = format!("/api/chat/conversations/{first}");
    while person.get(&path).await.status != StatusCode::OK {
        assert!(Instant::now() < deadline, "not stored in {STORED:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    drop(connection);
}

fn texts(messages: &[Value]) -> Vec<&str> {
    let texts = messages.iter().map(|message| message["text"].as_str());
    texts.map(Option::unwrap).collect()
}

async fn an_export_of_chatgpt_is_gone_on_with_after_a_cut(database: Database) {
    let fake = FakeAnthropic::start(Config::lenient()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let export = chatgpt();
    let cut = export.find("That was").unwrap();
    import_in_part(&server, &ada, &export, cut, "chatgpt-6551-aa").await;
    let list = ada.get("/api/chat/conversations").await;
    let list = list.expect(StatusCode::OK);
    assert_eq!(list["items"].as_array().unwrap().len(), 1);

    // Twice at the same time: each conversation is stored by one of them.
    let (one, other) = tokio::join!(import(&ada, &export), import(&ada, &export));
    let sum = |member: &str| one[member].as_u64().unwrap() + other[member].as_u64().unwrap();
    assert_eq!((sum("imported"), sum("unchanged")), (1, 3), "{one} {other}");
    assert_eq!(one["skipped"][0]["reason"], "empty");
    assert_eq!(one["skipped"][0]["title"], "Nothing");

    let trip = ada.messages("chatgpt-6551-aa").await;
    let asked = "Where \"to\"?\n\n[Image that was not imported]";
    assert_eq!(texts(&trip), [asked, "Brackets ]}, and 東京都."]);
    assert_eq!(trip[0]["siblings"]["count"], 2);
    assert_eq!(trip[1]["model"], "gpt-4o");
    assert_eq!(trip[1]["createdAt"], "2023-11-14T22:13:20.500000Z");
    assert_eq!(trip[1]["cost"], Value::Null);
    let found = ada.get("/api/chat/conversations?q=wohin").await;
    let found = found.expect(StatusCode::OK);
    assert_eq!(found["items"][0]["title"], "Trip to Zürich");

    // The provider sees a person first, and roles that alternate.
    let next = ada.chat("chatgpt-6551-bb", json!({"message": "Thanks."}));
    let next = next.await.expect(StatusCode::OK);
    let sent = fake.last_request().unwrap().json();
    let roles = sent["messages"].as_array().unwrap().iter();
    let roles: Vec<&str> = roles.map(|turn| turn["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant", "user", "assistant", "user"]);
    let greeting = ada.messages("chatgpt-6551-bb").await;
    let code = "```rust\nfn main() {}\n```";
    assert_eq!(
        texts(&greeting),
        [
            "Hello.",
            "Write code.",
            code,
            "That was it.",
            "Thanks.",
            next["assistantMessage"]["text"].as_str().unwrap()
        ]
    );
    let usage = ada.get("/api/usage/summary").await.expect(StatusCode::OK);
    let rows = usage["items"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{usage}");
    assert_eq!(rows[0]["attempts"], 1);
    server.stop().await;
}

async fn an_export_of_claude_ai_grows_and_goes_on_here(database: Database) {
    let fake = FakeAnthropic::start(Config::lenient()).await.unwrap();
    let installation = Installation::new(database, &fake.base_url());
    let server = installation.start().await;
    let ada = Person::with_key(&server, "ada@example.org").await;
    let id = "claude-c0ffee";
    let first = import(&ada, &claude(2)).await;
    assert_eq!(
        (&first["imported"], &first["messages"]),
        (&json!(1), &json!(2))
    );
    // A later export: the branch that is shown was answered anew, which is a branch of its own here.
    let later = import(&ada, &claude(5)).await;
    assert_eq!(
        (&later["updated"], &later["messages"]),
        (&json!(1), &json!(3))
    );
    let again = import(&ada, &claude(2)).await;
    assert_eq!(again["unchanged"], 1);
    let shown = ada.messages(id).await;
    assert_eq!(texts(&shown), ["Read this", "It says little."]);
    assert_eq!(shown[1]["siblings"]["count"], 2);

    // With the file's text, and without the thinking of another account.
    ada.chat(id, json!({"message": "And the notes?"}))
        .await
        .expect(StatusCode::OK);
    let sent = fake.last_request().unwrap().json().to_string();
    assert!(
        sent.contains("the notes of that day") && !sent.contains("Hm."),
        "{sent}"
    );
    let file = ada
        .get(&format!("/api/chat/conversations/{id}/export"))
        .await
        .expect(StatusCode::OK);
    let exported = file["messages"].as_array().unwrap();
    assert_eq!(exported.len(), 7);
    assert!(exported[0].to_string().contains("the notes of that day"));
    assert_eq!(exported[1]["content"][0]["thinking"], "Hm.");

    // What is deleted here stays so.
    let path = format!("/api/chat/conversations/{id}");
    let deleted = ada.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(deleted.status(), StatusCode::NO_CONTENT);
    let again = import(&ada, &claude(5)).await;
    assert_eq!(again["skipped"][0]["reason"], "deleted");
    let bob = Person::register(&server, "bob@example.org").await;
    assert_eq!(import(&bob, &claude(5)).await["imported"], 1);
    server.stop().await;
}
