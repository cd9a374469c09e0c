//! What a message would cost, before it is sent: the provider counts its tokens, which is free.

use latchkey_domain::{
    llm::{LlmRequest, ModelId},
    rate_limit::{LimitName, LimitState},
    usage::{NanoUsd, PriceTerms, TokenUsage, price_tokens},
    user::CacheLifetime,
};

use super::{Caller, Chat, ChatError, SendMessage};
use crate::limits;

/// What a message would cost. Costs are `None` when the model's prices aren't known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Estimate {
    /// The model that would answer.
    pub model: ModelId,
    /// Tokens of the prompt: system prompt, tools, all turns.
    pub input_tokens: u64,
    /// Most tokens of the answer.
    pub max_tokens: u32,
    /// What the prompt costs if nothing of it is read from or written to the cache.
    pub input_cost: Option<NanoUsd>,
    /// The most that the turn can cost: the longest answer, and the whole prompt written to the cache if that is on.
    /// What tools of the provider's add to the prompt while it answers is not in it.
    pub max_cost: Option<NanoUsd>,
    /// How the limit of estimates stands.
    pub limit: LimitState,
}

impl Chat {
    /// What `command` would cost if it were sent now. It is prepared as [`send`](Self::send) does it; nothing is
    /// stored, and no answer is begun.
    ///
    /// # Errors
    /// Those of [`send`](Self::send) before it begins; [`ChatError::Provider`] and [`ChatError::ModelNotFound`] when
    /// the provider doesn't count.
    pub async fn estimate(
        &self,
        caller: Caller,
        command: SendMessage,
    ) -> Result<Estimate, ChatError> {
        let (turn, limit) = match &caller {
            Caller::SignedIn(actor) => {
                let subject = limits::user(actor.user.id);
                let limit = self.ports.limiter.take(LimitName::Estimates, &subject);
                let limit = limit.await?;
                (self.prepare_signed_in(actor, command).await?, limit)
            }
            Caller::Anonymous { address } => {
                if !self.policy.anonymous {
                    return Err(ChatError::AnonymousOff);
                }
                let turn = self.prepare_anonymous(command)?;
                let subject = limits::address(address);
                let limit = self.ports.limiter.take(LimitName::Estimates, &subject);
                (turn, limit.await?)
            }
        };
        let counted = self.ports.llm.count_tokens(&turn.key.secret, &turn.request);
        let input_tokens = match counted.await {
            Ok(tokens) => tokens,
            Err(error) => return Err(self.refusal(&turn.key, error).await),
        };
        let request = turn.request;
        let terms = terms_of(&request);
        let price = |tokens: TokenUsage| price_tokens(&request.model, &tokens, terms);
        Ok(Estimate {
            input_tokens,
            max_tokens: request.max_tokens,
            input_cost: price(TokenUsage {
                input: input_tokens,
                ..TokenUsage::default()
            }),
            max_cost: price(TokenUsage {
                output: request.max_tokens.into(),
                ..dearest_prompt(input_tokens, request.prompt_cache)
            }),
            limit,
            model: request.model,
        })
    }
}

/// Under which terms the call would run, as far as it asks for them itself.
fn terms_of(request: &LlmRequest) -> PriceTerms {
    let asks = |option: &str, quoted_word: &str| {
        let mut options = request.options.iter();
        options.any(|(name, value)| *name == option && value.as_str() == quoted_word)
    };
    PriceTerms {
        fast: asks("speed", "\"fast\""),
        us_only: asks("inference_geo", "\"us\""),
    }
}

/// The whole prompt where it costs most.
fn dearest_prompt(tokens: u64, cache: CacheLifetime) -> TokenUsage {
    let mut prompt = TokenUsage::default();
    match cache {
        CacheLifetime::Off => prompt.input = tokens,
        CacheLifetime::FiveMinutes => prompt.cache_write_5m = tokens,
        CacheLifetime::OneHour => prompt.cache_write_1h = tokens,
    }
    prompt
}
