//! Turns and running answers in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    conversation::{
        AnswerRepo, BeginTurn, BeginTurnError, BegunBefore, Conversation, ConversationId,
        FinishAnswer, JournalEntry, JournalOutcome, Message, MessageStatus, OnceKeyMac,
        RunningAnswer, StopRequest,
    },
    id::{InstanceId, MessageId, UserId},
    owner::Owner,
    time::Timestamp,
};

use super::{
    MemoryStore, count,
    store::{JournalPart, State, StoredConversation},
};

#[async_trait]
impl AnswerRepo for MemoryStore {
    async fn begin_turn(&self, turn: &BeginTurn) -> Result<(), BeginTurnError> {
        self.enter("begin_turn").await?;
        let mut state = self.state();
        let conversation = &turn.conversation;
        state.require_owner(conversation.owner)?;
        if let Some(once) = &turn.once
            && let Some(begun) = state.begun(once.user, once.named.key, conversation.updated_at)
        {
            return Err(BeginTurnError::BegunBefore(begun));
        }
        let key = (conversation.owner, conversation.id.clone());
        let stored = match state.conversations.get(&key) {
            Some(None) => return Err(BeginTurnError::Deleted),
            Some(Some(stored)) => Some(stored),
            None => None,
        };
        check_parent(stored, turn)?;
        let stored = state
            .conversations
            .entry(key)
            .or_default()
            .get_or_insert_with(|| StoredConversation::empty(conversation.clone()));
        let mut pending = Vec::new();
        let is_untitled = stored.messages.is_empty() || stored.conversation.title.is_none();
        if is_untitled && conversation.title.is_some() {
            pending.push(None);
        }
        go_on_as(&mut stored.conversation, conversation);
        let messages = turn.user_message.iter().chain([&turn.answer]);
        for message in messages {
            stored.messages.push(message.clone());
            pending.push(Some(message.id));
        }
        let pending = pending
            .into_iter()
            .map(|text| (conversation.owner, conversation.id.clone(), text));
        state.search_pending.extend(pending);
        state.running.insert(turn.answer.id, turn.running.clone());
        if let Some(once) = turn.once {
            state.take_key(once, turn.answer.id);
        }
        Ok(())
    }

    async fn find_begun(
        &self,
        user: UserId,
        key: OnceKeyMac,
        now: Timestamp,
    ) -> Result<Option<BegunBefore>, StoreError> {
        self.enter("find_begun").await?;
        Ok(self.state().begun(user, key, now))
    }

    async fn delete_expired_once_keys(&self, now: Timestamp) -> Result<u64, StoreError> {
        self.enter("delete_expired_once_keys").await?;
        let mut state = self.state();
        let before = state.once_keys.len();
        state.once_keys.retain(|(once, _)| once.expires_at > now);
        Ok(count(before.saturating_sub(state.once_keys.len())))
    }

    async fn append_journal(&self, entry: &JournalEntry) -> Result<JournalOutcome, StoreError> {
        self.enter("append_journal").await?;
        let mut state = self.state();
        let Some(running) = state.running_of(entry.message, entry.holder) else {
            return Ok(JournalOutcome::LeaseLost);
        };
        running.lease_until = entry.lease_until;
        let stop_requested = running.stop_requested;
        if !entry.events.is_empty() {
            let parts = state.journals.entry(entry.message).or_default();
            parts.retain(|part| part.first_event != entry.first_event);
            parts.push(JournalPart {
                first_event: entry.first_event,
                events: entry.events.clone(),
            });
        }
        Ok(JournalOutcome::Written { stop_requested })
    }

    async fn read_journal(
        &self,
        message: MessageId,
        from: u64,
        parts: u32,
    ) -> Result<(u64, Vec<u8>), StoreError> {
        self.enter("read_journal").await?;
        let state = self.state();
        let all = state.journals.get(&message).map_or(&[][..], Vec::as_slice);
        let first = all.iter().rposition(|part| part.first_event <= from);
        let wanted = all.get(first.unwrap_or(0)..).unwrap_or_default();
        let most = usize::try_from(parts).unwrap_or(usize::MAX);
        let wanted = wanted.get(..most).unwrap_or(wanted);
        let number = wanted.first().map_or(from, |part| part.first_event);
        let events = wanted.iter().flat_map(|part| part.events.iter().copied());
        Ok((number, events.collect()))
    }

    async fn finish_answer(&self, end: &FinishAnswer) -> Result<bool, StoreError> {
        self.enter("finish_answer").await?;
        let mut state = self.state();
        state.append_usage(&end.usage);
        let running = state.running_of(end.answer.id, end.holder);
        let is_theirs = running.is_some_and(|running| {
            running.owner == end.owner && running.conversation == end.answer.conversation
        });
        if !is_theirs {
            state.forget_names_of_nobody(&end.usage);
            let stored = state.conversation(end.owner, &end.answer.conversation);
            let written = stored.and_then(|stored| stored.message(end.answer.id));
            return Ok(written.is_some_and(|written| {
                (written.status, written.completed_at)
                    == (end.answer.status, end.answer.completed_at)
            }));
        }
        state.end_running(end.answer.id);
        state.write_end(end.owner, &end.answer);
        if let Some(key) = end.used_key.and_then(|id| state.key_mut(end.owner, id)) {
            key.last_used_at = end.answer.completed_at;
        }
        Ok(true)
    }

    async fn request_stop(
        &self,
        owner: Owner,
        conversation: &ConversationId,
        message: MessageId,
    ) -> Result<StopRequest, StoreError> {
        self.enter("request_stop").await?;
        let mut state = self.state();
        let stored = state.conversation(owner, conversation);
        if stored.and_then(|stored| stored.message(message)).is_none() {
            return Ok(StopRequest::Unknown);
        }
        let Some(running) = state.running.get_mut(&message) else {
            return Ok(StopRequest::NotRunning);
        };
        running.stop_requested = true;
        Ok(StopRequest::Requested)
    }

    async fn take_over_answers(
        &self,
        holder: InstanceId,
        now: Timestamp,
        lease_until: Timestamp,
        all_others: bool,
        limit: u32,
    ) -> Result<Vec<(RunningAnswer, Message)>, StoreError> {
        self.enter("take_over_answers").await?;
        let mut state = self.state();
        let abandoned = |running: &&mut RunningAnswer| {
            running.lease_until < now || (all_others && running.holder != holder)
        };
        let taken = state.running.values_mut().filter(abandoned);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let taken: Vec<RunningAnswer> = taken
            .take(limit)
            .map(|running| {
                running.holder = holder;
                running.lease_until = lease_until;
                running.clone()
            })
            .collect();
        let with_message = |running: RunningAnswer| {
            let stored = state.conversation(running.owner, &running.conversation)?;
            let message = stored.message(running.message)?.clone();
            Some((running, message))
        };
        Ok(taken.into_iter().filter_map(with_message).collect())
    }
}

fn check_parent(
    stored: Option<&StoredConversation>,
    turn: &BeginTurn,
) -> Result<(), BeginTurnError> {
    let first = turn.user_message.as_ref().unwrap_or(&turn.answer);
    let Some(parent) = first.parent else {
        return Ok(());
    };
    let parent = stored.and_then(|stored| stored.message(parent));
    match parent.map(|parent| parent.status) {
        None => Err(BeginTurnError::UnknownParent),
        Some(MessageStatus::Streaming) => Err(BeginTurnError::AnswerRunning),
        Some(_) => Ok(()),
    }
}

/// Takes from `asked` what a turn may change of a conversation that exists.
fn go_on_as(stored: &mut Conversation, asked: &Conversation) {
    stored.model.clone_from(&asked.model);
    if asked.system.is_some() {
        stored.system.clone_from(&asked.system);
    }
    if stored.title.is_none() {
        stored.title.clone_from(&asked.title);
    }
    stored.shown_leaf = asked.shown_leaf;
    stored.updated_at = asked.updated_at;
}

impl State {
    fn running_of(&mut self, message: MessageId, holder: InstanceId) -> Option<&mut RunningAnswer> {
        let running = self.running.get_mut(&message);
        running.filter(|running| running.holder == holder)
    }

    fn write_end(&mut self, owner: Owner, answer: &Message) {
        let key = (owner, answer.conversation.clone());
        let stored = self.conversations.get_mut(&key).and_then(Option::as_mut);
        let messages = stored.map(|stored| stored.messages.iter_mut());
        let message = messages.and_then(|mut all| all.find(|message| message.id == answer.id));
        if let Some(message) = message {
            *message = Message {
                created_at: message.created_at,
                parent: message.parent,
                ..answer.clone()
            };
        }
    }
}
