//! `GET /api/me/export`

use latchkey_application::archive::AccountExport;
use latchkey_domain::{Timestamp, session::SignedIn};

use crate::{
    call::Call,
    download::{Download, DownloadWriter, attachment},
    export::{BrokenOff, write_messages},
    reply::{Answer, Reply},
    views::{ApiKeyView, ExportedConversationView, PersonalTokenView, UserView},
};

/// All of the caller's account as one file.
pub async fn export_me(call: Call, by: SignedIn) -> Answer {
    let export = call.api.application.archive.export_account(&by).await?;
    let (download, writer) = Download::begin();
    let now = call.now();
    let day: String = now.to_string().chars().take(10).collect();
    let name = attachment(&format!("latchkey {day}"), "json");
    call.write_aside(write_account(writer, export, now));
    Ok(Reply::download("application/json", name, download))
}

async fn write_account(
    mut out: DownloadWriter,
    mut export: AccountExport,
    now: Timestamp,
) -> Result<(), BrokenOff> {
    let keys = export.api_keys.iter().map(|key| ApiKeyView::of(key, now));
    let keys: Vec<ApiKeyView> = keys.collect();
    let tokens = export.personal_tokens.iter().map(PersonalTokenView::of);
    let tokens: Vec<PersonalTokenView> = tokens.collect();
    out.text("{\"format\":\"latchkey.account\",\"version\":1,\"exportedAt\":")
        .await?;
    out.json(&now.to_string()).await?;
    out.text(",\n\"account\":").await?;
    out.json(&UserView::of(&export.user)).await?;
    out.text(",\n\"apiKeys\":").await?;
    out.json(&keys).await?;
    out.text(",\n\"personalTokens\":").await?;
    out.json(&tokens).await?;
    out.text(",\n\"conversations\":[").await?;
    let mut separator = "\n";
    while let Some((conversation, mut messages)) = export.conversations.next().await? {
        out.text(separator).await?;
        out.text("{\"conversation\":").await?;
        out.json(&ExportedConversationView::of(&conversation))
            .await?;
        out.text(",\"messages\":").await?;
        write_messages(&mut out, &mut messages).await?;
        out.text("}").await?;
        separator = ",\n";
    }
    out.text("\n]}\n").await?;
    Ok(out.end().await?)
}
