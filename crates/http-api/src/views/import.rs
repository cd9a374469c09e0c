//! What an import did.

use std::collections::BTreeMap;

use latchkey_application::archive::ImportReport;
use serde::Serialize;
use utoipa::ToSchema;

/// What an import did.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// Conversations that are new.
    imported: u64,
    /// Conversations that were there and got more messages.
    updated: u64,
    /// Conversations that were there with all their messages.
    unchanged: u64,
    /// Messages that were stored.
    messages: u64,
    /// How many conversations were passed over.
    skipped_count: u64,
    /// The first thousand of them.
    skipped: Vec<SkippedView>,
    /// What of the new conversations is not taken over as it was, how often: `audio`, `file`, `image`, `other` (each with a note in its place),
    /// `thinking`, `tool`.
    #[schema(value_type = std::collections::HashMap<String, u64>)]
    left_out: BTreeMap<&'static str, u64>,
}

/// A conversation that was passed over.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SkippedView {
    /// Its place in the export, from 0.
    index: u64,
    /// Its title, if that could be read.
    title: Option<String>,
    /// Why: `too_large`, `unreadable`, `unknown_form`, `empty`, `too_old`, `deleted` or `id_taken`.
    reason: &'static str,
}

impl ImportView {
    /// The view of `report`.
    pub fn of(report: ImportReport) -> Self {
        let skipped = report.skipped.into_iter().map(|skipped| SkippedView {
            index: skipped.index,
            title: skipped.title,
            reason: skipped.reason.as_str(),
        });
        Self {
            imported: report.imported,
            updated: report.updated,
            unchanged: report.unchanged,
            messages: report.messages,
            skipped_count: report.skipped_count,
            skipped: skipped.collect(),
            left_out: report.left_out,
        }
    }
}
