//! The ledger in memory.

use async_trait::async_trait;
use latchkey_domain::{
    StoreError,
    conversation::ConversationId,
    id::ApiKeyId,
    llm::ModelId,
    time::Timestamp,
    usage::{TokenUsage, UsageEvent, UsageGroup, UsageGroupBy, UsageLedger, UsageQuery, UsageSums},
};
use time::Date;

use super::{MemoryStore, store::State};

#[async_trait]
impl UsageLedger for MemoryStore {
    async fn append_usage(&self, events: &[UsageEvent]) -> Result<(), StoreError> {
        self.enter("append_usage").await?;
        self.state().append_usage(events);
        Ok(())
    }

    async fn summarize_usage(&self, query: &UsageQuery) -> Result<Vec<UsageGroup>, StoreError> {
        self.enter("summarize_usage").await?;
        let state = self.state();
        let in_range = |event: &&UsageEvent| {
            event.user == query.user && (query.from..=query.to).contains(&event.at.day())
        };
        let mut groups: Vec<Group> = Vec::new();
        for event in state.usage.iter().filter(in_range) {
            let members = members_of(event, &query.group_by);
            let known = groups.iter().position(|group| group.members == members);
            let index = known.unwrap_or_else(|| {
                groups.push(Group::new(members));
                groups.len() - 1
            });
            let group = groups.get_mut(index).expect("just found or made");
            group.add(event).ok_or_else(too_large)?;
        }
        if groups.is_empty() && query.group_by.is_empty() {
            groups.push(Group::new(Vec::new()));
        }
        groups.sort_by(|a, b| a.members.cmp(&b.members));
        Ok(groups.into_iter().map(Group::finish).collect())
    }
}

impl State {
    /// Adds all or none: an id that is taken is a fault of the program.
    pub fn append_usage(&mut self, events: &[UsageEvent]) {
        for event in events {
            if self.usage.iter().all(|other| other.id != event.id) {
                self.usage.push(event.clone());
            }
        }
    }

    /// Takes the keys' names from those of these rows whose user is gone.
    pub fn forget_names_of_nobody(&mut self, events: &[UsageEvent]) {
        let users = &self.users;
        let those = self.usage.iter_mut().filter(|row| {
            let is_one = events.iter().any(|event| event.id == row.id);
            is_one && !users.contains_key(&row.user)
        });
        those.for_each(|row| row.key_name = None);
    }
}

/// The value of one member of `group_by`, in the order in which groups are listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Member {
    Day(Date),
    Model(ModelId),
    Key(Option<ApiKeyId>),
    Conversation(Option<ConversationId>),
}

fn members_of(event: &UsageEvent, group_by: &[UsageGroupBy]) -> Vec<Member> {
    let member = |by: &UsageGroupBy| match by {
        UsageGroupBy::Day => Member::Day(event.at.day()),
        UsageGroupBy::Model => Member::Model(event.model.clone()),
        UsageGroupBy::Key => Member::Key(event.key),
        UsageGroupBy::Conversation => Member::Conversation(event.conversation.clone()),
    };
    group_by.iter().map(member).collect()
}

struct Group {
    members: Vec<Member>,
    named: Option<(Timestamp, String)>,
    sums: UsageSums,
}

impl Group {
    fn new(members: Vec<Member>) -> Self {
        Self {
            members,
            named: None,
            sums: UsageSums::default(),
        }
    }

    /// Adds a row; `None` when a sum doesn't fit.
    fn add(&mut self, event: &UsageEvent) -> Option<()> {
        let sums = &mut self.sums;
        sums.attempts += 1;
        match &event.tokens {
            Some(tokens) => sums.tokens = add_tokens(&sums.tokens, tokens)?,
            None => sums.attempts_without_tokens += 1,
        }
        match event.cost {
            Some(cost) => sums.cost = sums.cost.checked_add(cost)?,
            None => sums.attempts_without_cost += 1,
        }
        sums.saved = sums.saved.checked_add(event.saved.unwrap_or_default())?;
        let named = self.named.as_ref();
        if let Some(name) = &event.key_name
            && named.is_none_or(|(at, _)| *at <= event.at)
        {
            self.named = Some((event.at, name.clone()));
        }
        Some(())
    }

    fn finish(self) -> UsageGroup {
        let mut group = UsageGroup {
            day: None,
            model: None,
            key: None,
            key_name: None,
            conversation: None,
            sums: self.sums,
        };
        for member in self.members {
            match member {
                Member::Day(day) => group.day = Some(day),
                Member::Model(model) => group.model = Some(model),
                Member::Key(key) => {
                    group.key = Some(key);
                    group.key_name = self.named.as_ref().map(|(_, name)| name.clone());
                }
                Member::Conversation(conversation) => group.conversation = conversation,
            }
        }
        group
    }
}

fn add_tokens(a: &TokenUsage, b: &TokenUsage) -> Option<TokenUsage> {
    Some(TokenUsage {
        input: a.input.checked_add(b.input)?,
        output: a.output.checked_add(b.output)?,
        cache_read: a.cache_read.checked_add(b.cache_read)?,
        cache_write_5m: a.cache_write_5m.checked_add(b.cache_write_5m)?,
        cache_write_1h: a.cache_write_1h.checked_add(b.cache_write_1h)?,
        thinking: a.thinking.checked_add(b.thinking)?,
        web_searches: a.web_searches.checked_add(b.web_searches)?,
        web_fetches: a.web_fetches.checked_add(b.web_fetches)?,
    })
}

fn too_large() -> StoreError {
    StoreError::Internal("a sum doesn't fit".into())
}
