//! Who asks, and how they are signed in.

use latchkey_domain::{
    Owner,
    id::SessionId,
    personal_token::{PersonalToken, PersonalTokenHash, Scope, TokenHolder},
    session::{Session, SignedIn},
    user::User,
};

/// Somebody who is signed in, as the store knew them when this request came.
///
/// What reaches the account itself (password, sessions, tokens, its end) takes a [`SignedIn`] instead, which no personal
/// access token can become.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The account.
    pub user: User,
    /// How they are signed in.
    pub by: Credential,
}

/// How somebody is signed in.
#[derive(Debug, Clone)]
pub enum Credential {
    /// By a session of theirs.
    Session(Session),
    /// By a personal access token, as scripts are.
    PersonalToken(PersonalToken),
}

/// What names a credential in the store.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CredentialKey {
    Session(SessionId),
    PersonalToken(PersonalTokenHash),
}

impl Actor {
    /// The actor as an owner.
    pub fn owner(&self) -> Owner {
        Owner::User(self.user.id)
    }

    /// Whether the actor may do what `scope` names. With a session that is everything; with a token what it was made for.
    ///
    /// Each scope of today is about one's own things, which every account that may sign in may do; a scope for a right
    /// that not every account has must ask `self.user` for it here, so that a token is never stronger than its owner.
    pub fn may(&self, scope: Scope) -> bool {
        match &self.by {
            Credential::Session(_) => true,
            Credential::PersonalToken(token) => token.scopes.allow(scope),
        }
    }

    /// The account with its session; `None` for who came with a personal access token.
    pub fn into_signed_in(self) -> Option<SignedIn> {
        match self.by {
            Credential::Session(session) => Some(SignedIn {
                user: self.user,
                session,
            }),
            Credential::PersonalToken(_) => None,
        }
    }

    pub(crate) fn credential_key(&self) -> CredentialKey {
        match &self.by {
            Credential::Session(session) => CredentialKey::Session(session.id),
            Credential::PersonalToken(token) => CredentialKey::PersonalToken(token.hash),
        }
    }
}

impl From<SignedIn> for Actor {
    fn from(SignedIn { user, session }: SignedIn) -> Self {
        Self {
            user,
            by: Credential::Session(session),
        }
    }
}

impl From<TokenHolder> for Actor {
    fn from(TokenHolder { user, token }: TokenHolder) -> Self {
        Self {
            user,
            by: Credential::PersonalToken(token),
        }
    }
}

/// Where a request comes from, as limits count it: an IPv4 address or an IPv6 /64 network, in text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub String);
