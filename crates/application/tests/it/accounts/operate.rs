//! What the operator does at the command line.

use latchkey_application::{
    SignupMode,
    accounts::{AccountsError, NewUser},
};
use latchkey_domain::{
    PageRequest,
    audit::AuditAction,
    user::{InvalidPassword, UserRole, UserStatus},
};

use crate::world::{PASSWORD, World, email, login, secret};

fn new_user(name: &str, role: UserRole) -> NewUser {
    NewUser {
        email: email(name),
        password: secret(PASSWORD),
        name: None,
        role,
    }
}

#[tokio::test]
async fn the_operator_adds_accounts_also_when_sign_up_is_closed() {
    let world = World::with_policy(|policy| policy.signup = SignupMode::Closed);
    let accounts = &world.app.accounts;
    let first = accounts
        .add_user(new_user("ada", UserRole::User))
        .await
        .unwrap();
    assert_eq!(first.role, UserRole::Admin);
    let second = accounts
        .add_user(new_user("bob", UserRole::User))
        .await
        .unwrap();
    assert_eq!(second.role, UserRole::User);
    let third = accounts
        .add_user(new_user("eve", UserRole::Admin))
        .await
        .unwrap();
    assert_eq!(third.role, UserRole::Admin);
    assert!(accounts.login(login("bob")).await.is_ok());
    let lines = world.audit_lines_of(third.id).await;
    assert_eq!(lines[0].action, AuditAction::UserRegistered);
    assert_eq!(lines[0].actor, None);
    assert_eq!(lines[0].subject, Some(third.id.to_string()));
}

#[tokio::test]
async fn added_accounts_follow_the_same_rules() {
    let world = World::new();
    let accounts = &world.app.accounts;
    let weak = NewUser {
        password: secret("elevenchars"),
        ..new_user("ada", UserRole::User)
    };
    assert!(matches!(
        accounts.add_user(weak).await,
        Err(AccountsError::InvalidPassword(
            InvalidPassword::TooShort { .. }
        ))
    ));
    accounts
        .add_user(new_user("ada", UserRole::User))
        .await
        .unwrap();
    let again = accounts.add_user(new_user("ada", UserRole::User)).await;
    assert!(matches!(again, Err(AccountsError::EmailTaken)));
}

#[tokio::test]
async fn accounts_are_listed_in_pages_the_oldest_first() {
    let world = World::new();
    for name in ["ada", "bob", "eve"] {
        world.register(name).await;
    }
    let accounts = &world.app.accounts;
    let first = accounts.list_users(PageRequest::first(2)).await.unwrap();
    let names = |users: &[latchkey_domain::user::User]| -> Vec<String> {
        users.iter().filter_map(|user| user.name.clone()).collect()
    };
    assert_eq!(names(&first.items), ["ada", "bob"]);
    let rest = PageRequest::first(2).after(first.next);
    let second = accounts.list_users(rest).await.unwrap();
    assert_eq!(names(&second.items), ["eve"]);
    assert_eq!(second.next, None);
}

#[tokio::test]
async fn a_disabled_account_can_sign_in_again_once_it_is_enabled() {
    let world = World::new();
    world.register("ada").await;
    let accounts = &world.app.accounts;
    let set = |status| async move {
        let address = email("ada");
        accounts.set_user_status(&address, status).await.unwrap();
    };
    set(UserStatus::Disabled).await;
    let refused = accounts.login(login("ada")).await;
    assert!(matches!(refused, Err(AccountsError::BadCredentials)));
    set(UserStatus::Active).await;
    assert!(accounts.login(login("ada")).await.is_ok());
}

#[tokio::test]
async fn an_address_without_an_account_is_not_found() {
    let world = World::new();
    let accounts = &world.app.accounts;
    let nobody = email("nobody");
    let disabled = accounts
        .set_user_status(&nobody, UserStatus::Disabled)
        .await;
    assert!(matches!(disabled, Err(AccountsError::NotFound)));
    let reset = accounts.start_reset(&nobody).await;
    assert!(matches!(reset, Err(AccountsError::NotFound)));
}
