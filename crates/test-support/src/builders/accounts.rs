//! Accounts, sessions, personal access tokens, reset codes.

use std::time::Duration;

use latchkey_domain::{
    id::{PersonalTokenId, SessionId, UserId},
    personal_token::{PersonalToken, PersonalTokenHash, Scope, Scopes, TokenFate},
    session::{RefreshTokenHash, RotateRefresh, SESSION_LIFE, Session},
    user::{
        Email, PasswordChange, PasswordHash, ResetCode, ResetCodeHash, User, UserRole,
        UserSettings, UserStatus,
    },
};

use super::{Samples, bytes_of};

impl Samples {
    /// An active account `NAME@example.org`.
    pub fn user(&self, name: &str) -> User {
        let now = self.now();
        User {
            id: UserId::new(self.ids()),
            email: Email::parse(&format!("{name}@example.org")).expect("a name of a test"),
            name: Some(name.to_owned()),
            role: UserRole::User,
            status: UserStatus::Active,
            password_hash: Some(self.password_hash()),
            security_version: 1,
            settings: UserSettings::default(),
            terms_accepted_at: Some(now),
            created_at: now,
            updated_at: now,
        }
    }

    /// A hash of its own; no password belongs to it.
    pub fn password_hash(&self) -> PasswordHash {
        let salt = self.ids().next_uuid().as_simple().to_string();
        PasswordHash::from_phc(format!("$argon2id$v=19$m=19456,t=2,p=1${salt}$c2FtcGxl"))
    }

    /// A session that begins now.
    pub fn session(&self, user: UserId) -> Session {
        let now = self.now();
        let id = SessionId::new(self.ids());
        Session {
            id,
            user,
            generation: 1,
            refresh_hash: RefreshTokenHash(bytes_of("refresh 1", id.as_uuid())),
            previous_refresh_hash: None,
            user_agent: Some("curl/8.10".to_owned()),
            created_at: now,
            refreshed_at: now,
            authenticated_at: now,
            expires_at: now.plus(SESSION_LIFE),
        }
    }

    /// A personal access token that may do everything and never expires.
    pub fn personal_token(&self, user: UserId) -> PersonalToken {
        let id = PersonalTokenId::new(self.ids());
        PersonalToken {
            id,
            user,
            name: "backup script".to_owned(),
            scopes: Scopes::of(Scope::ALL).expect("all are some"),
            hash: PersonalTokenHash(bytes_of("personal token", id.as_uuid())),
            hint: "…4f2A".to_owned(),
            created_at: self.now(),
            last_used_at: None,
            expires_at: None,
        }
    }

    /// The replacement of the refresh token that `session` holds.
    pub fn rotation(&self, session: &Session) -> RotateRefresh {
        let next = format!("refresh {}", session.generation + 1);
        RotateRefresh {
            session: session.id,
            current: session.refresh_hash,
            successor: RefreshTokenHash(bytes_of(&next, session.id.as_uuid())),
            at: self.now(),
        }
    }

    /// A new password that ends every session.
    pub fn password_change(&self, user: UserId) -> PasswordChange {
        PasswordChange {
            user,
            hash: self.password_hash(),
            keep_session: None,
            tokens: TokenFate::Keep,
            at: self.now(),
        }
    }

    /// A reset code that is good for an hour.
    pub fn reset_code(&self, user: UserId) -> ResetCode {
        let now = self.now();
        ResetCode {
            hash: ResetCodeHash(bytes_of("reset", self.ids().next_uuid())),
            user,
            created_at: now,
            expires_at: now.plus(Duration::from_hours(1)),
        }
    }
}
