//! What every [`AuditLog`](latchkey_domain::audit::AuditLog) promises.

use std::collections::HashSet;

use latchkey_domain::{
    audit::{AuditAction, AuditEvent},
    id::TeamId,
    owner::Owner,
};

use super::{Stores, all_at_once};
use crate::builders::Samples;

/// Makes a test of each case.
#[macro_export]
macro_rules! audit_log_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { audit_log, $factory;
            every_action_comes_back_newest_first,
            a_line_comes_back_as_it_was_written,
            a_list_has_at_most_so_many_lines,
            a_line_needs_no_account,
            parallel_lines_are_all_kept,
            an_owner_reads_only_the_own_lines,
        }
    };
}
pub use audit_log_cases as cases;

/// "The newest lines of `owner`, newest first."
pub async fn every_action_comes_back_newest_first(stores: &Stores) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    let mut expected = Vec::new();
    for action in AuditAction::ALL {
        let line = samples.audit_event(owner, action);
        append(stores, &line).await;
        expected.insert(0, line);
    }
    assert_eq!(list(stores, owner, 100).await, expected);
}

/// Each field, to the microsecond; also `None`.
pub async fn a_line_comes_back_as_it_was_written(stores: &Stores) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    let operator = stores.add_owner(&samples, "operator").await;
    let mut by_operator = samples.audit_event(owner, AuditAction::UserStatusChanged);
    by_operator.actor = operator.user_id();
    by_operator.subject = Some(samples.api_key(owner).id.to_string());
    let mut by_server = samples.audit_event(owner, AuditAction::KeyUnreadable);
    by_server.actor = None;
    append(stores, &by_operator).await;
    append(stores, &by_server).await;
    assert_eq!(list(stores, owner, 100).await, [by_server, by_operator]);
}

/// "… at most `limit`": the newest ones.
pub async fn a_list_has_at_most_so_many_lines(stores: &Stores) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    for _ in 0..5 {
        append(stores, &samples.audit_event(owner, AuditAction::SignedIn)).await;
    }
    let all = list(stores, owner, 100).await;
    assert_eq!(all.len(), 5);
    assert_eq!(list(stores, owner, 2).await, all.get(..2).unwrap());
}

/// "Rows … outlive the account": nothing refers to it.
pub async fn a_line_needs_no_account(stores: &Stores) {
    let samples = Samples::new();
    let gone = samples.user("gone");
    let line = samples.audit_event(gone.id, AuditAction::UserDeleted);
    append(stores, &line).await;
    assert_eq!(list(stores, Owner::User(gone.id), 100).await, [line]);
}

/// "Rows are only ever added."
pub async fn parallel_lines_are_all_kept(stores: &Stores) {
    let samples = Samples::new();
    let owner = stores.add_owner(&samples, "ada").await;
    let lines: Vec<AuditEvent> = (0..20)
        .map(|_| samples.audit_event(owner, AuditAction::SignedIn))
        .collect();
    all_at_once(lines.len(), |n| {
        let (repo, line) = (stores.audit.clone(), lines.get(n).cloned().unwrap());
        async move { repo.append_audit(&line).await.unwrap() }
    })
    .await;
    let ids = |lines: Vec<AuditEvent>| {
        lines
            .into_iter()
            .map(|line| line.id)
            .collect::<HashSet<_>>()
    };
    assert_eq!(ids(list(stores, owner, 100).await), ids(lines));
}

/// "… for the owner of the thing to read."
pub async fn an_owner_reads_only_the_own_lines(stores: &Stores) {
    let samples = Samples::new();
    let ada = stores.add_owner(&samples, "ada").await;
    let bob = stores.add_owner(&samples, "bob").await;
    let team = Owner::Team(TeamId::from_uuid(ada.uuid()));
    let [adas, bobs, teams] =
        [ada, bob, team].map(|owner| samples.audit_event(owner, AuditAction::KeyAdded));
    for line in [&adas, &bobs, &teams] {
        append(stores, line).await;
    }
    assert_eq!(list(stores, ada, 100).await, [adas]);
    assert_eq!(list(stores, bob, 100).await, [bobs]);
    assert_eq!(list(stores, team, 100).await, [teams]);
}

async fn append(stores: &Stores, line: &AuditEvent) {
    stores.audit.append_audit(line).await.unwrap();
}

async fn list(stores: &Stores, owner: Owner, limit: u32) -> Vec<AuditEvent> {
    stores.audit.list_audit(owner, limit).await.unwrap()
}
