//! `GET /api/models`

use latchkey_application::Actor;

use crate::{
    call::Call,
    reply::{Answer, Reply},
    views::ModelListView,
};

/// The models that the key in use can use, or those of the price table.
pub async fn list_models(call: Call, actor: Option<Actor>) -> Answer {
    let models = call.api.application.models.list(actor.as_ref()).await?;
    Reply::ok(&ModelListView::of(&models))
}
