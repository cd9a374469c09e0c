//! Health.

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
