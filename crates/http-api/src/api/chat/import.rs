//! `POST /api/chat/import`

use latchkey_application::Actor;

use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
    views::ImportView,
};

/// Takes over another service's export while it comes.
pub async fn import_conversations(mut call: Call, actor: Actor) -> Answer {
    let content_type = call.headers.content_type.text().unwrap_or_default();
    if content_type.to_ascii_lowercase().contains("zip") {
        return Err(Problem::still_packed());
    }
    call.ensure_json()?;
    let mut import = call.api.application.archive.begin_import(&actor).await?;
    if let Some(mut incoming) = call.incoming.take() {
        while let Some(piece) = incoming.next().await {
            if call.api.readiness.is_draining() {
                return Err(Problem::server_stopping());
            }
            import.push(&piece?).await?;
        }
    }
    Reply::ok(&ImportView::of(import.finish()?))
}
