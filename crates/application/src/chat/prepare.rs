//! From a command to a turn: what will be written, and what will be asked of the provider.

use std::time::Duration;

use latchkey_domain::{
    Owner, RawJson, Timestamp,
    conversation::{
        BeginTurn, BranchEnd, BranchLeaf, Conversation, ConversationId, ConversationLookup,
        KeyReceipt, LEASE, Message, MessageStatus, RunningAnswer, title_from_text,
    },
    id::{MessageId, UserId},
    llm::{LlmRequest, ModelId, Turn, TurnRole},
    usage::default_max_tokens,
    user::{CacheLifetime, OnDisconnect},
};

use super::{AnswerSettings, Chat, ChatError, Parent, SendMessage, key_choice::PayingKey};
use crate::{Actor, actor::CredentialKey};

/// A turn that is ready to run.
pub(super) struct PreparedTurn {
    /// Who pays.
    pub(super) key: PayingKey,
    /// What is asked.
    pub(super) request: LlmRequest,
    /// What is written; `None` for anonymous callers, of whom nothing is.
    pub(super) saved: Option<SavedTurn>,
    /// The answer as it stands before anything came.
    pub(super) answer: Message,
    /// What happens when the reader leaves.
    pub(super) on_disconnect: OnDisconnect,
}

/// What a signed-in caller's turn writes.
pub(super) struct SavedTurn {
    pub(super) begin: BeginTurn,
    /// The message that is answered, if it was stored before.
    pub(super) answered_anew: Option<Message>,
    pub(super) user: UserId,
    pub(super) by: CredentialKey,
    /// The conversation's model before this turn: it has it again if the provider doesn't know the new one.
    pub(super) model_before: Option<ModelId>,
}

/// The message that is to be answered.
pub(super) struct Asked {
    pub(super) message: Message,
    /// Whether it is in the store already.
    pub(super) is_stored: bool,
    /// The turns up to it, with it.
    pub(super) turns: Vec<Turn>,
    /// The system prompt that came with it.
    pub(super) system: Option<String>,
    /// When it was asked.
    pub(super) at: Timestamp,
}

impl Chat {
    /// Prepares a turn of somebody without an account.
    pub(super) fn prepare_anonymous(
        &self,
        command: SendMessage,
    ) -> Result<PreparedTurn, ChatError> {
        let given = command
            .answer
            .given_key
            .as_ref()
            .ok_or(ChatError::ApiKeyRequired)?;
        let key = PayingKey::given(given)?;
        let model = command
            .answer
            .model
            .clone()
            .unwrap_or_else(|| self.policy.default_model.clone());
        let answer = self.empty_answer(
            &command.conversation,
            None,
            &model,
            key.receipt(),
            self.ports.clock.now(),
        );
        let mut turns = command.history;
        turns.push(user_turn(command.content));
        let request = request(
            command.answer,
            model,
            command.system,
            turns,
            CacheLifetime::default(),
        )?;
        Ok(PreparedTurn {
            key,
            request,
            saved: None,
            answer,
            on_disconnect: OnDisconnect::Stop,
        })
    }

    /// Prepares a turn of somebody who is signed in.
    pub(super) async fn prepare_signed_in(
        &self,
        actor: &Actor,
        command: SendMessage,
    ) -> Result<PreparedTurn, ChatError> {
        if !command.history.is_empty() {
            return Err(ChatError::HistoryNotAllowed);
        }
        let owner = actor.owner();
        let now = self.ports.clock.now();
        let end = match command.parent {
            Parent::ShownLeaf => BranchEnd::ShownLeaf,
            Parent::Root => BranchEnd::Root,
            Parent::Message(id) => BranchEnd::Message(id),
        };
        let conversations = &self.ports.conversations;
        let (branch, keys) = tokio::join!(
            conversations.find_branch(owner, &command.conversation, end),
            self.keys_to_choose_from(actor, command.answer.given_key.as_ref()),
        );
        let branch = branch?;
        let conversation = conversation_to_go_on(
            branch.conversation,
            owner,
            &command.conversation,
            command.temporary,
            now,
        )?;
        let parent = parent_of(command.parent, &conversation, branch.leaf)?;
        let key = self
            .open_paying_key(
                command.answer.given_key.as_ref(),
                &keys?,
                command.answer.key,
                conversation.key,
            )
            .await?;
        let mut turns = branch.turns;
        turns.push(user_turn(command.content.clone()));
        let asked = Asked {
            message: self.user_message(&command, parent, now),
            is_stored: false,
            turns,
            system: command.system,
            at: now,
        };
        self.turn(actor, conversation, asked, command.answer, key)
    }

    /// The turn in which `asked` is answered in `conversation`.
    pub(super) fn turn(
        &self,
        actor: &Actor,
        mut conversation: Conversation,
        asked: Asked,
        wanted: AnswerSettings,
        key: PayingKey,
    ) -> Result<PreparedTurn, ChatError> {
        let settings = &actor.user.settings;
        let model = wanted
            .model
            .clone()
            .or_else(|| conversation.model.clone())
            .or_else(|| settings.default_model.clone())
            .unwrap_or_else(|| self.policy.default_model.clone());
        let answer = self.empty_answer(
            &conversation.id,
            Some(asked.message.id),
            &model,
            key.receipt(),
            // A microsecond later, so that whoever sorts by time has the question first.
            asked.at.plus(Duration::from_micros(1)),
        );

        let model_before = conversation.model.replace(model.clone());
        let system = asked.system.clone().or(conversation.system.take());
        // Only what this command says is written: somebody may be changing the conversation meanwhile.
        conversation.system = asked.system;
        conversation.title = conversation
            .title
            .or_else(|| title_from_text(&asked.message.text));
        conversation.shown_leaf = Some(answer.id);
        conversation.updated_at = asked.at;

        let on_disconnect = wanted.on_disconnect.unwrap_or(settings.on_disconnect);
        let request = request(wanted, model, system, asked.turns, settings.prompt_cache)?;
        let running = RunningAnswer {
            message: answer.id,
            owner: conversation.owner,
            conversation: conversation.id.clone(),
            holder: self.ports.instance,
            lease_until: asked.at.plus(LEASE),
            stop_requested: false,
        };
        let (new, stored) = if asked.is_stored {
            (None, Some(asked.message))
        } else {
            (Some(asked.message), None)
        };
        Ok(PreparedTurn {
            key,
            request,
            saved: Some(SavedTurn {
                begin: BeginTurn {
                    conversation,
                    user_message: new,
                    answer: answer.clone(),
                    running,
                    once: None,
                },
                answered_anew: stored,
                user: actor.user.id,
                by: actor.credential_key(),
                model_before,
            }),
            answer,
            on_disconnect,
        })
    }

    fn user_message(
        &self,
        command: &SendMessage,
        parent: Option<MessageId>,
        now: Timestamp,
    ) -> Message {
        Message {
            id: MessageId::new(&*self.ports.ids),
            conversation: command.conversation.clone(),
            parent,
            role: TurnRole::User,
            content: command.content.clone(),
            next_turn: None,
            text: command.text.clone(),
            status: MessageStatus::Complete,
            status_detail: None,
            model: None,
            stop_reason: None,
            created_at: now,
            completed_at: Some(now),
            usage: None,
            cost: None,
            key: None,
        }
    }

    fn empty_answer(
        &self,
        conversation: &ConversationId,
        parent: Option<MessageId>,
        model: &ModelId,
        receipt: KeyReceipt,
        now: Timestamp,
    ) -> Message {
        Message {
            id: MessageId::new(&*self.ports.ids),
            conversation: conversation.clone(),
            parent,
            role: TurnRole::Assistant,
            content: RawJson::empty_array(),
            next_turn: None,
            text: String::new(),
            status: MessageStatus::Streaming,
            status_detail: None,
            model: Some(model.clone()),
            stop_reason: None,
            created_at: now,
            completed_at: None,
            usage: None,
            cost: None,
            key: Some(receipt),
        }
    }
}

/// The conversation that stands under the id, or a new one.
fn conversation_to_go_on(
    found: ConversationLookup,
    owner: Owner,
    id: &ConversationId,
    temporary: bool,
    now: Timestamp,
) -> Result<Conversation, ChatError> {
    match found {
        ConversationLookup::Found(conversation) => Ok(conversation),
        ConversationLookup::Deleted => Err(ChatError::ConversationDeleted),
        ConversationLookup::Unknown => Ok(Conversation {
            owner,
            id: id.clone(),
            title: None,
            model: None,
            system: None,
            key: None,
            pinned: false,
            temporary,
            shown_leaf: None,
            created_at: now,
            updated_at: now,
        }),
    }
}

/// The message behind which the turn goes, which must be a finished one of this conversation.
fn parent_of(
    asked_for: Parent,
    conversation: &Conversation,
    leaf: Option<BranchLeaf>,
) -> Result<Option<MessageId>, ChatError> {
    match (asked_for, leaf) {
        (Parent::Root, _) => Ok(None),
        (Parent::ShownLeaf, None) if conversation.shown_leaf.is_none() => Ok(None),
        (_, None) => Err(ChatError::UnknownParent),
        (_, Some(leaf)) if leaf.status == MessageStatus::Streaming => Err(ChatError::AnswerRunning),
        (_, Some(leaf)) => Ok(Some(leaf.id)),
    }
}

fn user_turn(content: RawJson) -> Turn {
    Turn {
        role: TurnRole::User,
        content,
        model: None,
    }
}

/// What is asked of the provider, unless the model is known not to take it.
fn request(
    wanted: AnswerSettings,
    model: ModelId,
    system: Option<String>,
    turns: Vec<Turn>,
    prompt_cache: CacheLifetime,
) -> Result<LlmRequest, ChatError> {
    let max_tokens = wanted
        .max_tokens
        .unwrap_or_else(|| default_max_tokens(&model));
    let misfits = wanted.asked.misfits(&model, max_tokens);
    if !misfits.is_empty() {
        return Err(ChatError::Misfits { model, misfits });
    }
    Ok(LlmRequest {
        max_tokens,
        model,
        system,
        turns,
        temperature: wanted.temperature,
        thinking: wanted.thinking,
        options: wanted.options,
        prompt_cache,
    })
}
