//! `GET /api/chat/conversations/{id}/export`

use latchkey_application::{Actor, archive::ExportedConversation};
use latchkey_domain::Timestamp;

use super::addressed_conversation;
use crate::{
    call::Call,
    download::{Download, DownloadWriter, attachment},
    export::{BrokenOff, write_messages},
    problem::Problem,
    reply::{Answer, Reply},
    views::{ExportedConversationView, markdown},
};

/// How a conversation is written.
enum Format {
    Json,
    Markdown,
}

/// A conversation as a file: all of it in JSON, or the branch that is shown in Markdown.
pub async fn export_conversation(call: Call, actor: Actor) -> Answer {
    let id = addressed_conversation(&call)?;
    let format = format(&call)?;
    let archive = &call.api.application.archive;
    let (download, writer) = Download::begin();
    let now = call.now();
    let (exported, content_type, ending) = match format {
        Format::Json => (
            archive.export_tree(&actor, &id).await?,
            "application/json",
            "json",
        ),
        Format::Markdown => (
            archive.export_shown(&actor, &id).await?,
            "text/markdown; charset=utf-8",
            "md",
        ),
    };
    let title = exported.conversation.title.as_deref();
    let name = attachment(title.unwrap_or("conversation"), ending);
    call.write_aside(async move {
        match format {
            Format::Json => write_json(writer, exported, now).await,
            Format::Markdown => write_markdown(writer, exported, now).await,
        }
    });
    Ok(Reply::download(content_type, name, download))
}

fn format(call: &Call) -> Result<Format, Problem> {
    let mut query = call.query()?;
    let format = query.take("format", |text| match text {
        "json" => Ok(Format::Json),
        "markdown" => Ok(Format::Markdown),
        _ => Err("must be json or markdown"),
    });
    query.finish()?;
    Ok(format.unwrap_or(Format::Json))
}

async fn write_json(
    mut out: DownloadWriter,
    mut exported: ExportedConversation,
    now: Timestamp,
) -> Result<(), BrokenOff> {
    out.text("{\"format\":\"latchkey.conversation\",\"version\":1,\"exportedAt\":")
        .await?;
    out.json(&now.to_string()).await?;
    out.text(",\"conversation\":").await?;
    out.json(&ExportedConversationView::of(&exported.conversation))
        .await?;
    out.text(",\"messages\":").await?;
    write_messages(&mut out, &mut exported.messages).await?;
    out.text("}\n").await?;
    Ok(out.end().await?)
}

async fn write_markdown(
    mut out: DownloadWriter,
    mut exported: ExportedConversation,
    now: Timestamp,
) -> Result<(), BrokenOff> {
    out.text(&markdown::head(&exported.conversation, now))
        .await?;
    while let Some(messages) = exported.messages.next().await? {
        for message in &messages {
            out.text(&markdown::message(message)).await?;
        }
    }
    Ok(out.end().await?)
}
