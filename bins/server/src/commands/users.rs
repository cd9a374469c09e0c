//! `latchkey user`: accounts, managed by who has the machine.

use latchkey_application::{
    Application,
    accounts::{AccountsError, NewUser},
};
use latchkey_domain::{
    PageRequest,
    page::MAX_PAGE,
    user::{Email, User, UserRole, UserStatus, parse_name},
};

use super::with_application;
use crate::{
    cli::{Role, UserAction},
    failure::{Failure, with_causes},
    settings::Settings,
    terminal::{ask_new_password, say},
};

/// Does it.
///
/// # Errors
/// Why it can't be done.
pub fn run(action: UserAction, settings: &Settings) -> Result<(), Failure> {
    match action {
        UserAction::Add { email, name, role } => add(&email, name.as_deref(), role, settings),
        UserAction::List => {
            with_application(settings, async |wired| list(&wired.application).await)
        }
        UserAction::Disable { email } => set_status(&email, UserStatus::Disabled, settings),
        UserAction::Enable { email } => set_status(&email, UserStatus::Active, settings),
        UserAction::Reset { email } => reset(&email, settings),
    }
}

fn add(email: &str, name: Option<&str>, role: Role, settings: &Settings) -> Result<(), Failure> {
    let email = parse_email(email)?;
    let name = name
        .map(parse_name)
        .transpose()
        .map_err(|fault| Failure::wrong_use(format!("the name {fault}")))?;
    let role = match role {
        Role::User => UserRole::User,
        Role::Admin => UserRole::Admin,
    };
    let password = ask_new_password()?;
    with_application(settings, async |wired| {
        let new = NewUser {
            email: email.clone(),
            password,
            name,
            role,
        };
        let added = wired.application.accounts.add_user(new).await;
        let user = added.map_err(|error| explain(&error, &email))?;
        say(format_args!(
            "Added {} ({}).",
            email.as_str(),
            role_name(user.role)
        ))
    })
}

async fn list(application: &Application) -> Result<(), Failure> {
    let mut request = PageRequest::first(MAX_PAGE);
    loop {
        let page = application
            .accounts
            .list_users(request.clone())
            .await
            .map_err(|error| Failure::of(with_causes(&error)))?;
        for user in &page.items {
            say(line_of(user))?;
        }
        if page.next.is_none() {
            return Ok(());
        }
        request = request.after(page.next);
    }
}

fn line_of(user: &User) -> String {
    let status = match user.status {
        UserStatus::Active => "active",
        UserStatus::Disabled => "disabled",
    };
    format!(
        "{:<40} {:<6} {:<9} since {}  {}",
        user.email.as_str(),
        role_name(user.role),
        status,
        user.created_at.day(),
        user.name.as_deref().unwrap_or_default(),
    )
    .trim_end()
    .to_owned()
}

const fn role_name(role: UserRole) -> &'static str {
    match role {
        UserRole::User => "user",
        UserRole::Admin => "admin",
    }
}

fn set_status(email: &str, status: UserStatus, settings: &Settings) -> Result<(), Failure> {
    let email = parse_email(email)?;
    with_application(settings, async |wired| {
        let accounts = &wired.application.accounts;
        let set = accounts.set_user_status(&email, status).await;
        set.map_err(|error| explain(&error, &email))?;
        match status {
            UserStatus::Active => say(format_args!("{} may sign in again.", email.as_str())),
            UserStatus::Disabled => say(format_args!(
                "{} may not sign in any more, and is signed out everywhere.",
                email.as_str()
            )),
        }
    })
}

fn reset(email: &str, settings: &Settings) -> Result<(), Failure> {
    let email = parse_email(email)?;
    with_application(settings, async |wired| {
        let started = wired.application.accounts.start_reset(&email).await;
        let (code, expires_at) = started.map_err(|error| explain(&error, &email))?;
        say(format_args!(
            "One-time code for {}, good until {expires_at} and shown this once:\n\n  {}\n\n\
             With it the person chooses a new password: POST /api/auth/reset {{\"code\": …, \"newPassword\": …}}",
            email.as_str(),
            code.expose(),
        ))
    })
}

fn parse_email(text: &str) -> Result<Email, Failure> {
    Email::parse(text).map_err(|fault| Failure::wrong_use(format!("{text:?} {fault}")))
}

fn explain(error: &AccountsError, email: &Email) -> Failure {
    match error {
        AccountsError::NotFound => Failure::of(format!(
            "there is no account with the address {}",
            email.as_str()
        )),
        AccountsError::EmailTaken => Failure::of(format!(
            "there is an account with the address {} already",
            email.as_str()
        )),
        AccountsError::InvalidPassword(fault) => Failure::of(format!("the password {fault}")),
        AccountsError::WeakPassword(fault) => Failure::of(format!("the password {fault}")),
        other => Failure::of(with_causes(other)),
    }
}
