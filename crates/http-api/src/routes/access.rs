//! Who may call a route. The rule and the handler are one value, so that no handler is reached without its rule.

use std::{future::Future, pin::Pin};

use latchkey_application::Actor;
use latchkey_domain::{personal_token::Scope, session::SignedIn};

use crate::{call::Call, reply::Answer};

type AnswerFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;
type OpenHandler = Box<dyn Fn(Call) -> AnswerFuture + Send + Sync>;
type SessionHandler = Box<dyn Fn(Call, SignedIn) -> AnswerFuture + Send + Sync>;
type ActorHandler = Box<dyn Fn(Call, Actor) -> AnswerFuture + Send + Sync>;
type MaybeActorHandler = Box<dyn Fn(Call, Option<Actor>) -> AnswerFuture + Send + Sync>;

/// Who may call a route, and what then happens. A personal access token needs the scope that the rule names; where it
/// names none, no personal access token is enough.
pub enum Access {
    /// Everybody.
    Public(OpenHandler),
    /// Everybody; who presents a token is known by it, and a bad one is refused.
    PublicOrSignedIn(Scope, MaybeActorHandler),
    /// Who is signed in, or gives a key with the request; the use case refuses all others.
    SignedInOrGivenKey(Scope, MaybeActorHandler),
    /// Who has the refresh token of a session, in the body or as the cookie.
    RefreshToken(OpenHandler),
    /// Who is signed in with a session: what reaches the account itself.
    SignedIn(SessionHandler),
    /// Who is signed in, with a session or with a personal access token of this scope.
    Scoped(Scope, ActorHandler),
}

/// Everybody may call `handler`.
pub(super) fn public<F, Fut>(handler: F) -> Access
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::Public(Box::new(move |call| Box::pin(handler(call))))
}

/// Everybody may call `handler`; who is signed in is known.
pub(super) fn public_or_signed_in<F, Fut>(scope: Scope, handler: F) -> Access
where
    F: Fn(Call, Option<Actor>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let handler = move |call, actor| -> AnswerFuture { Box::pin(handler(call, actor)) };
    Access::PublicOrSignedIn(scope, Box::new(handler))
}

/// Who is signed in or gives a key may call `handler`.
pub(super) fn signed_in_or_given_key<F, Fut>(scope: Scope, handler: F) -> Access
where
    F: Fn(Call, Option<Actor>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let handler = move |call, actor| -> AnswerFuture { Box::pin(handler(call, actor)) };
    Access::SignedInOrGivenKey(scope, Box::new(handler))
}

/// Who has a refresh token may call `handler`, which looks at it.
pub(super) fn refresh_token<F, Fut>(handler: F) -> Access
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::RefreshToken(Box::new(move |call| Box::pin(handler(call))))
}

/// Who is signed in with a session may call `handler`.
pub(super) fn signed_in<F, Fut>(handler: F) -> Access
where
    F: Fn(Call, SignedIn) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::SignedIn(Box::new(move |call, by| Box::pin(handler(call, by))))
}

/// Who is signed in may call `handler`; with a personal access token only if it has the scope.
pub(super) fn scoped<F, Fut>(scope: Scope, handler: F) -> Access
where
    F: Fn(Call, Actor) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    let handler = move |call, actor| -> AnswerFuture { Box::pin(handler(call, actor)) };
    Access::Scoped(scope, Box::new(handler))
}

impl Access {
    /// The rule's name, for the document and the tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Public(_) => "public",
            Self::PublicOrSignedIn(..) => "public_or_signed_in",
            Self::SignedInOrGivenKey(..) => "signed_in_or_given_key",
            Self::RefreshToken(_) => "refresh_token",
            Self::SignedIn(_) => "signed_in",
            Self::Scoped(..) => "scoped",
        }
    }

    /// The scope that a personal access token needs; `None` where none is enough, or none is asked for.
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Self::PublicOrSignedIn(scope, _)
            | Self::SignedInOrGivenKey(scope, _)
            | Self::Scoped(scope, _) => Some(*scope),
            Self::Public(_) | Self::RefreshToken(_) | Self::SignedIn(_) => None,
        }
    }

    /// Applies the rule, then calls the handler.
    pub(super) async fn admit(&self, call: Call) -> Answer {
        match self {
            Self::Public(handler) | Self::RefreshToken(handler) => handler(call).await,
            Self::PublicOrSignedIn(scope, handler) | Self::SignedInOrGivenKey(scope, handler) => {
                let actor = call.maybe_acting(*scope).await?;
                handler(call, actor).await
            }
            Self::SignedIn(handler) => {
                let by = call.signed_in().await?;
                handler(call, by).await
            }
            Self::Scoped(scope, handler) => {
                let actor = call.acting(*scope).await?;
                handler(call, actor).await
            }
        }
    }
}
