//! What every [`UserRepo`](latchkey_domain::user::UserRepo) promises.

mod accounts;
mod deletion;
mod passwords;
mod personal_tokens;
mod reset_codes;

use latchkey_domain::{id::UserId, session::Session, user::User};

use super::Stores;
use crate::builders::Samples;

pub use accounts::*;
pub use deletion::*;
pub use passwords::*;
pub use personal_tokens::*;
pub use reset_codes::*;

/// Makes a test of each case.
#[macro_export]
macro_rules! user_repo_cases {
    ($factory:path) => {
        $crate::tests_of_cases! { user_repo, $factory;
            the_first_account_is_the_administrator,
            later_accounts_get_the_role_they_ask_for,
            of_two_first_accounts_at_once_one_is_the_administrator,
            an_address_belongs_to_one_account,
            twenty_accounts_at_once_with_one_address_become_one,
            an_account_comes_back_as_it_was_stored,
            an_account_with_nothing_optional_comes_back,
            an_account_is_found_by_its_address,
            an_unknown_account_is_not_found,
            accounts_are_listed_oldest_first_page_by_page,
            update_writes_name_settings_and_time_alone,
            update_of_a_gone_account_says_so,
            a_new_password_raises_the_version_and_ends_the_other_sessions,
            a_new_password_without_a_session_to_keep_ends_all,
            a_new_password_voids_open_reset_codes,
            a_new_password_leaves_other_accounts_alone,
            a_new_password_for_a_gone_account_says_so,
            parallel_password_changes_each_raise_the_version,
            a_rehash_replaces_the_hash_and_ends_nothing,
            a_rehash_of_another_hash_changes_nothing,
            disabling_raises_the_version_and_ends_all_sessions,
            enabling_ends_nothing,
            the_status_of_a_gone_account_cant_be_set,
            deleting_takes_all_that_is_the_accounts,
            deleting_leaves_others_alone,
            deleting_leaves_ledger_and_audit_with_ids_only,
            what_ends_after_the_deletion_has_ids_only_too,
            deleting_twice_says_so,
            a_deleted_accounts_address_is_free_again,
            a_new_password_keeps_or_deletes_the_tokens,
            a_reset_keeps_or_deletes_the_tokens,
            disabling_deletes_the_tokens,
            deleting_takes_the_tokens,
            a_reset_code_is_found_until_it_expires,
            looking_at_a_reset_code_doesnt_use_it_up,
            a_newer_reset_code_voids_the_older,
            reset_codes_of_two_accounts_dont_meet,
            a_reset_code_sets_the_password_once,
            an_expired_or_unknown_code_resets_nothing,
            of_two_that_redeem_one_code_one_wins,
        }
    };
}
pub use user_repo_cases as cases;

async fn signed_in(stores: &Stores, samples: &Samples, user: UserId) -> Session {
    let session = samples.session(user);
    stores.sessions.insert_session(&session).await.unwrap();
    session
}

async fn gone_user(stores: &Stores, samples: &Samples) -> User {
    let user = stores.add_user(samples, "gone").await;
    assert!(stores.users.delete_user(user.id).await.unwrap());
    user
}
