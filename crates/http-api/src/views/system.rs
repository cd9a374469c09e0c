//! Health, and who is let in.

use latchkey_application::accounts::Admission;
use serde::Serialize;
use utoipa::ToSchema;

use crate::readiness::CheckResult;

/// The process lives.
#[derive(Debug, Serialize, ToSchema)]
pub struct HealthView {
    /// Always `ok`.
    pub status: &'static str,
}

/// The server takes work.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReadyView {
    /// Always `ready`.
    pub status: &'static str,
    /// What was checked.
    pub checks: Vec<CheckView>,
}

/// One check.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckView {
    /// What was checked.
    pub name: &'static str,
    /// Whether it is well.
    pub ok: bool,
}

impl CheckView {
    /// The view of `results`.
    pub fn of(results: &[CheckResult]) -> Vec<Self> {
        results
            .iter()
            .map(|result| Self {
                name: result.name,
                ok: result.ok,
            })
            .collect()
    }
}

/// What somebody who comes to this server can do.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerView<'a> {
    /// Who may make an account now: `open` (everybody), `invite` (who was invited), `closed` (whom the operator adds).
    signup: &'static str,
    /// Whether one may chat without an account, with a key of one's own.
    anonymous: bool,
    /// The model that answers who chose none.
    default_model: &'a str,
}

impl<'a> ServerView<'a> {
    /// The view of `admission`.
    pub fn of(admission: &'a Admission) -> Self {
        Self {
            signup: admission.signup.as_str(),
            anonymous: admission.anonymous,
            default_model: admission.default_model.as_str(),
        }
    }
}
