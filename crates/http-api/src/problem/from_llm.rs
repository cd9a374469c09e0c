//! The provider's faults as problems, each with what a person can do about it.

use latchkey_application::models::ModelsError;
use latchkey_domain::llm::{LlmError, LlmErrorKind};

use super::{Code, InternalCause, Problem, PublicText, text::is_said_by_provider};

/// The code of a provider's fault. Its status is never our 401: that would sign the person out.
pub fn code_of(kind: LlmErrorKind) -> Code {
    match kind {
        LlmErrorKind::InvalidKey => Code::InvalidApiKey,
        LlmErrorKind::PermissionDenied => Code::ProviderPermissionDenied,
        LlmErrorKind::CreditExhausted => Code::ProviderCreditExhausted,
        LlmErrorKind::SpendLimitReached => Code::ProviderSpendLimitReached,
        LlmErrorKind::RateLimited => Code::ProviderRateLimited,
        LlmErrorKind::Overloaded => Code::ProviderOverloaded,
        LlmErrorKind::ModelNotFound => Code::ModelNotFound,
        LlmErrorKind::PromptTooLong => Code::PromptTooLong,
        LlmErrorKind::RequestTooLarge => Code::ProviderRequestTooLarge,
        LlmErrorKind::RefusedRequest => Code::ProviderRefusedRequest,
        LlmErrorKind::Unreachable => Code::ProviderUnreachable,
        LlmErrorKind::Timeout => Code::ProviderTimeout,
        LlmErrorKind::Failure => Code::ProviderError,
        LlmErrorKind::Interrupted => Code::ProviderInterrupted,
        LlmErrorKind::Malformed => Code::ProviderMalformedAnswer,
        LlmErrorKind::Redirected => Code::ProviderRedirected,
    }
}

/// What happened and what can be done, in our words.
fn sentence(kind: LlmErrorKind) -> &'static str {
    match kind {
        LlmErrorKind::InvalidKey => "Invalid API key. Please check your key and try again.",
        LlmErrorKind::PermissionDenied => {
            "Anthropic takes this key, but not for this. Check the key's workspace, or choose another key."
        }
        LlmErrorKind::CreditExhausted => {
            "Anthropic says this key has no credit left. Add credit in the Anthropic Console, or choose another key."
        }
        LlmErrorKind::SpendLimitReached => {
            "The spend limit of this key's account is reached. Raise it in the Anthropic Console, or choose another key."
        }
        LlmErrorKind::RateLimited => {
            "Anthropic's rate limit for this key is reached. Wait a moment, or choose another key."
        }
        LlmErrorKind::Overloaded => "Anthropic has too much to do. Please try again in a moment.",
        LlmErrorKind::ModelNotFound => "This model doesn't exist or isn't available for this key.",
        LlmErrorKind::PromptTooLong => {
            "The conversation is longer than the model can read. Start a new one, or choose a model that reads more."
        }
        LlmErrorKind::RequestTooLarge => {
            "The conversation is too large for Anthropic. Leave out or shrink images and documents."
        }
        LlmErrorKind::RefusedRequest => "Anthropic refused the request.",
        LlmErrorKind::Unreachable => "The server can't reach Anthropic. Please try again soon.",
        LlmErrorKind::Timeout => "Anthropic didn't answer in time. Please try again.",
        LlmErrorKind::Failure => {
            "Anthropic failed with an error of its own. Please try again soon."
        }
        LlmErrorKind::Interrupted => {
            "Anthropic broke off before the answer was complete. What came is kept."
        }
        LlmErrorKind::Malformed => "Anthropic sent something that can't be read as an answer.",
        LlmErrorKind::Redirected => {
            "The provider's address answers with a redirect. The operator must set the right address."
        }
    }
}

impl From<LlmError> for Problem {
    fn from(error: LlmError) -> Self {
        let code = code_of(error.kind);
        let mut problem = match error.kind {
            // This text is fixed word for word.
            LlmErrorKind::InvalidKey => Self::new(code, sentence(error.kind)),
            LlmErrorKind::RefusedRequest if !is_said_by_provider(&error) => Self::new(
                code,
                PublicText::with_words_of("The request was refused.", &error),
            ),
            kind => Self::new(code, PublicText::with_words_of(sentence(kind), &error)),
        };
        if let Some(wait) = error.retry_after {
            problem = problem.retry_after(wait);
        }
        match &error.request_id {
            Some(id) => problem.member("providerRequestId", id),
            None => problem,
        }
    }
}

impl From<ModelsError> for Problem {
    fn from(error: ModelsError) -> Self {
        match error {
            ModelsError::Provider(error) => error.into(),
            ModelsError::Unreadable => super::from_api_keys::unreadable(),
            ModelsError::Store(error) => error.into(),
            ModelsError::Internal(cause) => Self::internal(InternalCause::new(cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detail(error: LlmError) -> String {
        Problem::from(error).detail().to_owned()
    }

    #[test]
    fn only_what_the_provider_said_is_quoted() {
        let said = LlmError::new(LlmErrorKind::Overloaded).with_message("Overloaded");
        assert!(detail(said).ends_with(" Anthropic says: \"Overloaded\""));
        for kind in [
            LlmErrorKind::Unreachable,
            LlmErrorKind::Timeout,
            LlmErrorKind::Interrupted,
            LlmErrorKind::Malformed,
            LlmErrorKind::Redirected,
        ] {
            let ours = LlmError::new(kind).with_message("The connection to the provider broke.");
            let detail = detail(ours);
            assert!(
                !detail.contains("says") && !detail.contains('"'),
                "{detail}"
            );
            assert!(
                detail.ends_with(". The connection to the provider broke."),
                "{detail}"
            );
        }
    }

    #[test]
    fn a_request_that_was_never_sent_was_not_refused_by_the_provider() {
        let refused =
            LlmError::new(LlmErrorKind::RefusedRequest).with_message("It takes no temperature.");
        assert_eq!(
            detail(refused.clone()),
            "The request was refused. It takes no temperature."
        );
        let by_provider = LlmError {
            request_id: Some("req_1".into()),
            ..refused
        };
        assert_eq!(
            detail(by_provider),
            "Anthropic refused the request. Anthropic says: \"It takes no temperature.\""
        );
    }
}
