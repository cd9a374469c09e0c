//! Lines of the audit.
//!
//! One rule for all: a line is written once what it tells of stands, and can't undo it. When the store doesn't take
//! the line, the use case succeeds all the same (its caller must not repeat what was done), and the lost line goes to
//! the log as an error, with its ids.

use std::{error::Error, fmt::Display};

use latchkey_domain::{
    Owner,
    audit::{AuditAction, AuditEvent},
    id::{AuditEventId, UserId},
};

use crate::Ports;

impl Ports {
    /// Notes that `actor` (`None`: the operator, or the server itself) did `action` to `subject`, a thing of `owner`.
    pub(crate) async fn audit(
        &self,
        actor: Option<UserId>,
        owner: impl Into<Owner>,
        action: AuditAction,
        subject: impl Display,
    ) {
        let event = AuditEvent {
            id: AuditEventId::new(self.ids.as_ref()),
            at: self.clock.now(),
            owner: owner.into(),
            actor,
            action,
            subject: Some(subject.to_string()),
        };
        if let Err(error) = self.audit.append_audit(&event).await {
            let cause: &dyn Error = &error;
            tracing::error!(
                cause,
                action = action.as_str(),
                owner = %event.owner.uuid(),
                subject = event.subject,
                "a line of the audit is lost"
            );
        }
    }
}
