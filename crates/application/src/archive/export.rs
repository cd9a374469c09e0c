//! Taking conversations, and all of an account, out of the server.

use std::sync::Arc;

use latchkey_domain::{
    Owner,
    api_key::ApiKey,
    archive::{MessageOutline, branch_of},
    audit::AuditAction,
    conversation::{Conversation, ConversationId, ConversationLookup},
    personal_token::PersonalToken,
    session::SignedIn,
    user::User,
};

use super::{Archive, ConversationWalk, MessageReader};
use crate::{Actor, accounts::AccountsError, conversations::ConversationsError};

/// A conversation on its way out.
pub struct ExportedConversation {
    /// The conversation.
    pub conversation: Conversation,
    /// Its messages.
    pub messages: MessageReader,
}

/// An account on its way out. What seals and hashes there are stay behind.
pub struct AccountExport {
    /// The account.
    pub user: User,
    /// Its keys, of which views show no secret.
    pub api_keys: Vec<ApiKey>,
    /// Its personal access tokens, the same way.
    pub personal_tokens: Vec<PersonalToken>,
    /// Its conversations.
    pub conversations: ConversationWalk,
}

impl Archive {
    /// A conversation with all its messages, of every branch.
    ///
    /// # Errors
    /// [`ConversationsError::NotFound`] when the actor never had it, [`ConversationsError::Deleted`] when it is gone.
    pub async fn export_tree(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<ExportedConversation, ConversationsError> {
        self.export(actor, id, |_, outline| outline).await
    }

    /// A conversation with the branch that is shown.
    ///
    /// # Errors
    /// As [`export_tree`](Self::export_tree).
    pub async fn export_shown(
        &self,
        actor: &Actor,
        id: &ConversationId,
    ) -> Result<ExportedConversation, ConversationsError> {
        self.export(actor, id, |conversation, mut outline| {
            let leaf = conversation.shown_leaf;
            let branch = leaf
                .map(|leaf| branch_of(&outline, leaf))
                .unwrap_or_default();
            let mut branch = branch.into_iter().peekable();
            outline.retain(|message| branch.next_if_eq(&message.id).is_some());
            outline
        })
        .await
    }

    async fn export(
        &self,
        actor: &Actor,
        id: &ConversationId,
        choose: impl FnOnce(&Conversation, Vec<MessageOutline>) -> Vec<MessageOutline>,
    ) -> Result<ExportedConversation, ConversationsError> {
        let owner = actor.owner();
        let found = self
            .ports
            .conversations
            .find_conversation(owner, id)
            .await?;
        let conversation = match found {
            ConversationLookup::Found(conversation) => conversation,
            ConversationLookup::Deleted => return Err(ConversationsError::Deleted),
            ConversationLookup::Unknown => return Err(ConversationsError::NotFound),
        };
        let outline = self.ports.archive.outline_conversation(owner, id).await?;
        let messages = choose(&conversation, outline);
        let ports = Arc::clone(&self.ports);
        Ok(ExportedConversation {
            messages: MessageReader::new(ports, owner, id.clone(), messages),
            conversation,
        })
    }

    /// All of the person's account.
    ///
    /// # Errors
    /// [`AccountsError::StepUpRequired`].
    pub async fn export_account(&self, by: &SignedIn) -> Result<AccountExport, AccountsError> {
        if !by.session.is_stepped_up(self.ports.clock.now()) {
            return Err(AccountsError::StepUpRequired);
        }
        let user = by.user.id;
        let owner = Owner::User(user);
        let api_keys = self.ports.api_keys.list_api_keys(owner).await?;
        let personal_tokens = self
            .ports
            .personal_tokens
            .list_personal_tokens(user)
            .await?;
        self.ports
            .audit(Some(user), user, AuditAction::AccountExported, user)
            .await;
        Ok(AccountExport {
            user: by.user.clone(),
            api_keys,
            personal_tokens,
            conversations: ConversationWalk::new(Arc::clone(&self.ports), owner),
        })
    }
}
