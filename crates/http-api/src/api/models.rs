//! `GET /api/models`

use latchkey_application::Actor;
use latchkey_domain::llm::LifecycleStage;

use crate::{
    call::Call,
    problem::Problem,
    reply::{Answer, Reply},
    views::ModelListView,
};

/// Those that answer.
const ANSWERING: [LifecycleStage; 2] = [LifecycleStage::Active, LifecycleStage::Deprecated];

/// The models that the key in use can use, or those of the price table.
pub async fn list_models(call: Call, actor: Option<Actor>) -> Answer {
    let stages = stages(&call)?;
    let models = &call.api.application.models;
    let listed = models.list(actor.as_ref(), &stages).await?;
    Reply::ok(&ModelListView::of(&listed))
}

fn stages(call: &Call) -> Result<Vec<LifecycleStage>, Problem> {
    let mut query = call.query()?;
    let stages = query.take("lifecycle", parse_stages);
    query.finish()?;
    Ok(stages.unwrap_or_else(|| ANSWERING.to_vec()))
}

fn parse_stages(text: &str) -> Result<Vec<LifecycleStage>, &'static str> {
    text.split(',')
        .map(LifecycleStage::parse)
        .collect::<Option<_>>()
        .ok_or("must be made of active, deprecated and retired")
}
