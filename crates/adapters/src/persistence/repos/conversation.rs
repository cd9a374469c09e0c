//! Conversations and their messages.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods, BoxableExpression, ExpressionMethods, OptionalExtension, QueryDsl,
    SelectableHelper, delete,
    dsl::not,
    insert_into,
    sql_types::{Bool, Nullable},
    update,
};
use diesel_async::RunQueryDsl;
use latchkey_domain::{
    Owner, Page, PageRequest, StoreError, Timestamp,
    conversation::{
        Branch, BranchEnd, Conversation, ConversationChange, ConversationCursor, ConversationId,
        ConversationLookup, ConversationQuery, ConversationRepo, InsertConversationError,
        PathMessage, TEMPORARY_FOR, UpdateConversationError,
    },
    id::MessageId,
    llm::Turn,
};

use super::{
    ANY_OF, Backend, Conn, Db, IDLE_TOO_LONG, SKIP_LOCKED_CONVERSATIONS, search_words::add_texts,
};
use crate::persistence::{
    constraint::Unique,
    failure::Failure,
    page,
    rows::{
        conversation::{ConversationChangeRow, ConversationRow, NewConversationRow, TombstoneRow},
        message::{PathRow, TurnRow},
    },
    schema::{conversations, messages, search_texts, shares},
    sql_types::{Ts, Uid},
    statement::{
        branch::{
            idle_conversations, idle_temporary_conversations, newest_below, one_message,
            shown_page, shown_path, turns,
        },
        search::{SearchText, forget_pending, forget_pending_title, forget_title, list_of},
    },
};

type Condition =
    Box<dyn BoxableExpression<conversations::table, Backend, SqlType = Nullable<Bool>>>;

/// That a conversation is `owner`'s.
fn is_of(owner: Owner) -> Condition {
    match owner {
        Owner::User(id) => Box::new(conversations::user_id.eq(Uid::from(id))),
        Owner::Team(id) => Box::new(conversations::team_id.eq(Uid::from(id))),
    }
}

#[async_trait]
impl ConversationRepo for Db {
    async fn insert_conversation(
        &self,
        conversation: &Conversation,
    ) -> Result<(), InsertConversationError> {
        let row = NewConversationRow::from(conversation);
        let (owner, title) = (conversation.owner, conversation.title.clone());
        self.write(async move |conn| {
            let seq: i64 = insert_into(conversations::table)
                .values(row)
                .returning(conversations::seq)
                .get_result(conn)
                .await
                .map_err(|error| match Unique::violated_by(&error) {
                    Some(Unique::ConversationId) => {
                        Failure::Refused(InsertConversationError::IdTaken)
                    }
                    _ => Failure::Sql(error),
                })?;
            let title = title.and_then(|title| SearchText::of(owner, seq, None, &title));
            add_texts(conn, title).await?;
            Ok(())
        })
        .await
    }

    async fn find_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<ConversationLookup, StoreError> {
        let id = id.as_str().to_owned();
        self.read(async move |conn| look_up(conn, owner, id).await)
            .await
    }

    async fn list_conversations(
        &self,
        owner: Owner,
        query: &ConversationQuery,
    ) -> Result<Page<Conversation, ConversationCursor>, StoreError> {
        let query = query.clone();
        self.read(async move |conn| list(conn, owner, &query).await)
            .await
    }

    async fn update_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
        change: &ConversationChange,
        at: Timestamp,
    ) -> Result<Option<Conversation>, UpdateConversationError> {
        let id = id.clone();
        let mut row = ConversationChangeRow::new(change, at);
        let (shown, is_retitled) = (change.shown, change.title.is_some());
        if shown.is_none() && !is_retitled {
            return self
                .write_statement(async move |conn| {
                    let changed = write_change(conn, owner, &id, row).await?;
                    Ok(changed.map(|(_, conversation)| conversation))
                })
                .await;
        }
        self.write(async move |conn| {
            // The change is written first, so that its row is locked; the leaf follows.
            let changed = write_change(conn, owner, &id, row.clone()).await?;
            let Some((seq, conversation)) = changed else {
                return Ok(None);
            };
            if is_retitled {
                forget_pending_title(seq).execute(conn).await?;
                forget_title(seq).execute(conn).await?;
                let title = conversation.title.as_deref();
                let title = title.and_then(|title| SearchText::of(owner, seq, None, title));
                add_texts(conn, title).await?;
            }
            let Some(shown) = shown else {
                return Ok(Some(conversation));
            };
            let leaf = newest_below(owner, &id, shown)
                .get_result(conn)
                .await
                .optional()?;
            row.shown_leaf =
                Some(leaf.ok_or(Failure::Refused(UpdateConversationError::UnknownMessage))?);
            let changed = write_change(conn, owner, &id, row).await?;
            Ok(changed.map(|(_, conversation)| conversation))
        })
        .await
    }

    async fn delete_conversation(
        &self,
        owner: Owner,
        id: &ConversationId,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let id = id.as_str().to_owned();
        self.write(async move |conn| {
            let deleted: Option<i64> = update(conversations::table)
                .filter(is_of(owner))
                .filter(conversations::id.eq(id))
                .filter(conversations::deleted_at.is_null())
                .set(TombstoneRow::new(at))
                .returning(conversations::seq)
                .get_result(conn)
                .await
                .optional()?;
            let Some(deleted) = deleted else {
                return Ok(false);
            };
            delete_content(conn, &[deleted]).await?;
            Ok(true)
        })
        .await
    }

    async fn delete_idle_conversations(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.write(async move |conn| {
            let before = now.minus(TEMPORARY_FOR);
            let mut idle: Vec<i64> =
                idle_temporary_conversations(before, limit, SKIP_LOCKED_CONVERSATIONS)
                    .load(conn)
                    .await?;
            let others: Vec<i64> =
                idle_conversations(now, limit, IDLE_TOO_LONG, SKIP_LOCKED_CONVERSATIONS)
                    .load(conn)
                    .await?;
            let others: Vec<i64> = others
                .into_iter()
                .filter(|seq| !idle.contains(seq))
                .collect();
            idle.extend(others);
            idle.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            update(conversations::table)
                .filter(conversations::seq.eq_any(&idle))
                .set(TombstoneRow::new(now))
                .execute(conn)
                .await?;
            delete_content(conn, &idle).await?;
            Ok(u64::try_from(idle.len()).unwrap_or(u64::MAX))
        })
        .await
    }

    async fn list_shown_path(
        &self,
        owner: Owner,
        id: &ConversationId,
    ) -> Result<Vec<PathMessage>, StoreError> {
        let id = id.clone();
        self.read(async move |conn| {
            let rows: Vec<PathRow> = shown_path(owner, &id).load(conn).await?;
            let messages = rows.into_iter().map(|row| row.into_message(id.clone()));
            Ok(messages.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn list_shown_page(
        &self,
        owner: Owner,
        id: &ConversationId,
        page: &PageRequest<MessageId>,
    ) -> Result<Page<PathMessage, MessageId>, StoreError> {
        let (id, limit) = (id.clone(), page.limit);
        let statement = shown_page(owner, &id, page.after, page::one_more(limit));
        self.read(async move |conn| {
            let mut rows: Vec<PathRow> = statement.load(conn).await?;
            let one_too_many = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
            if one_too_many {
                rows.remove(0);
            }
            let items = rows.into_iter().map(|row| row.into_message(id.clone()));
            let items = items.collect::<Result<Vec<_>, _>>()?;
            let oldest = items.as_slice().first().filter(|_| one_too_many);
            let next = oldest.map(|oldest| oldest.message.id);
            Ok(Page { items, next })
        })
        .await
    }

    async fn find_branch(
        &self,
        owner: Owner,
        id: &ConversationId,
        end: BranchEnd,
    ) -> Result<Branch, StoreError> {
        let id = id.clone();
        self.read(async move |conn| {
            let found = look_up(conn, owner, id.as_str().to_owned()).await?;
            let leaf = match (&found, end) {
                (ConversationLookup::Found(found), BranchEnd::ShownLeaf) => found.shown_leaf,
                (ConversationLookup::Found(_), BranchEnd::Message(leaf)) => Some(leaf),
                _ => None,
            };
            match leaf {
                Some(leaf) => {
                    let rows = turns(owner, &id, leaf).load(conn).await?;
                    Ok(branch_of(found, rows)?)
                }
                None => Ok(Branch::empty(found)),
            }
        })
        .await
    }

    async fn find_message(
        &self,
        owner: Owner,
        id: &ConversationId,
        message: MessageId,
    ) -> Result<Option<PathMessage>, StoreError> {
        let id = id.clone();
        self.read(async move |conn| {
            let row: Option<PathRow> = one_message(owner, &id, message)
                .get_result(conn)
                .await
                .optional()?;
            Ok(row.map(|row| row.into_message(id)).transpose()?)
        })
        .await
    }
}

async fn look_up(
    conn: &mut Conn,
    owner: Owner,
    id: String,
) -> Result<ConversationLookup, Failure<StoreError>> {
    let row = conversations::table
        .filter(is_of(owner))
        .filter(conversations::id.eq(id))
        .select(ConversationRow::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(match row {
        None => ConversationLookup::Unknown,
        Some(row) if row.deleted_at.is_some() => ConversationLookup::Deleted,
        Some(row) => ConversationLookup::Found(row.try_into()?),
    })
}

/// Writes a change; gives the number of the row with the conversation as it is then.
async fn write_change(
    conn: &mut Conn,
    owner: Owner,
    id: &ConversationId,
    change: ConversationChangeRow,
) -> Result<Option<(i64, Conversation)>, Failure<UpdateConversationError>> {
    let changed: Option<(i64, ConversationRow)> = update(conversations::table)
        .filter(is_of(owner))
        .filter(conversations::id.eq(id.as_str().to_owned()))
        .filter(conversations::deleted_at.is_null())
        .set(change)
        .returning((conversations::seq, ConversationRow::as_returning()))
        .get_result(conn)
        .await
        .optional()?;
    Ok(match changed {
        Some((seq, row)) => Some((seq, row.try_into()?)),
        None => None,
    })
}

/// Deletes what stands in conversations, so that only their tombstones are left.
async fn delete_content(conn: &mut Conn, conversations: &[i64]) -> Result<(), Failure<StoreError>> {
    forget_pending(&list_of(conversations), ANY_OF)
        .execute(conn)
        .await?;
    delete(messages::table)
        .filter(messages::conversation.eq_any(conversations))
        .execute(conn)
        .await?;
    delete(shares::table)
        .filter(shares::conversation.eq_any(conversations))
        .execute(conn)
        .await?;
    delete(search_texts::table)
        .filter(search_texts::conversation.eq_any(conversations))
        .execute(conn)
        .await?;
    Ok(())
}

/// The branch of these rows, of which the leaf is the last.
fn branch_of(conversation: ConversationLookup, rows: Vec<TurnRow>) -> Result<Branch, StoreError> {
    let leaf = rows.last().map(TurnRow::leaf).transpose()?;
    let turns = rows
        .into_iter()
        .filter(|row| !row.content.0.is_empty_array())
        .map(Turn::try_from);
    Ok(Branch {
        conversation,
        leaf,
        turns: turns.collect::<Result<_, _>>()?,
    })
}

async fn list(
    conn: &mut Conn,
    owner: Owner,
    query: &ConversationQuery,
) -> Result<Page<Conversation, ConversationCursor>, Failure<StoreError>> {
    let limit = query.page.limit;
    let mut rows = conversations::table
        .filter(is_of(owner))
        .filter(conversations::deleted_at.is_null())
        .filter(not(conversations::temporary))
        .order((conversations::updated_at.desc(), conversations::id.desc()))
        .limit(page::one_more(limit))
        .select(ConversationRow::as_select())
        .into_boxed();
    if let Some(after) = &query.page.after {
        let at = Ts(after.updated_at);
        let id = after.id.as_str().to_owned();
        // The first condition is what the index is good for.
        rows = rows.filter(conversations::updated_at.le(at)).filter(
            conversations::updated_at
                .lt(at)
                .or(conversations::id.lt(id)),
        );
    }
    rows = match query.pinned {
        None => rows,
        Some(true) => rows.filter(conversations::pinned),
        Some(false) => rows.filter(not(conversations::pinned)),
    };
    let rows = rows.load(conn).await?;
    Ok(page::of(rows, limit, |conversation: &Conversation| {
        ConversationCursor {
            updated_at: conversation.updated_at,
            id: conversation.id.clone(),
        }
    })?)
}
