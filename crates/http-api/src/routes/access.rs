//! Who may call a route. The rule and the handler are one value, so that no handler is reached without its rule.

use std::{future::Future, pin::Pin};

use latchkey_application::Actor;

use crate::{call::Call, reply::Answer};

type AnswerFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;
type OpenHandler = Box<dyn Fn(Call) -> AnswerFuture + Send + Sync>;
type ActorHandler = Box<dyn Fn(Call, Actor) -> AnswerFuture + Send + Sync>;
type MaybeActorHandler = Box<dyn Fn(Call, Option<Actor>) -> AnswerFuture + Send + Sync>;

/// Who may call a route, and what then happens.
pub enum Access {
    /// Everybody.
    Public(OpenHandler),
    /// Everybody; who presents an access token is known by it, and a bad one is refused.
    PublicOrSignedIn(MaybeActorHandler),
    /// Who is signed in, or gives a key with the request; the use case refuses all others.
    SignedInOrGivenKey(MaybeActorHandler),
    /// Who has the refresh token of a session, in the body or as the cookie.
    RefreshToken(OpenHandler),
    /// Who is signed in.
    SignedIn(ActorHandler),
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
pub(super) fn public_or_signed_in<F, Fut>(handler: F) -> Access
where
    F: Fn(Call, Option<Actor>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::PublicOrSignedIn(Box::new(move |call, actor| Box::pin(handler(call, actor))))
}

/// Who is signed in or gives a key may call `handler`.
pub(super) fn signed_in_or_given_key<F, Fut>(handler: F) -> Access
where
    F: Fn(Call, Option<Actor>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::SignedInOrGivenKey(Box::new(move |call, actor| Box::pin(handler(call, actor))))
}

/// Who has a refresh token may call `handler`, which looks at it.
pub(super) fn refresh_token<F, Fut>(handler: F) -> Access
where
    F: Fn(Call) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::RefreshToken(Box::new(move |call| Box::pin(handler(call))))
}

/// Who is signed in may call `handler`.
pub(super) fn signed_in<F, Fut>(handler: F) -> Access
where
    F: Fn(Call, Actor) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Answer> + Send + 'static,
{
    Access::SignedIn(Box::new(move |call, actor| Box::pin(handler(call, actor))))
}

impl Access {
    /// The rule's name, for the document and the tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Public(_) => "public",
            Self::PublicOrSignedIn(_) => "public_or_signed_in",
            Self::SignedInOrGivenKey(_) => "signed_in_or_given_key",
            Self::RefreshToken(_) => "refresh_token",
            Self::SignedIn(_) => "signed_in",
        }
    }

    /// Applies the rule, then calls the handler.
    pub(super) async fn admit(&self, call: Call) -> Answer {
        match self {
            Self::Public(handler) | Self::RefreshToken(handler) => handler(call).await,
            Self::PublicOrSignedIn(handler) | Self::SignedInOrGivenKey(handler) => {
                let actor = call.maybe_signed_in().await?;
                handler(call, actor).await
            }
            Self::SignedIn(handler) => {
                let actor = call.signed_in().await?;
                handler(call, actor).await
            }
        }
    }
}
