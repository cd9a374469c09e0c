//! Answers end, once.

use latchkey_domain::{
    conversation::{
        AttemptRecord, BranchEnd, FinishAnswer, KeyReceipt, Message, MessageStatus, Payer,
    },
    llm::ModelId,
    raw_json::RawJson,
    time::Timestamp,
    usage::{Cost, PRICE_VERSION, TokenUsage, UsageReport},
};

use super::Case;
use crate::{
    builders::chat::text_blocks,
    contracts::{Stores, all_at_once},
};

/// "Writes the answer's end, the ledger's rows …"; "`created_at` and `parent` stay as they are."
pub async fn a_finished_answer_has_all_that_was_written(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let key = stores
        .api_keys
        .insert_api_key(&case.samples.api_key(case.owner))
        .await
        .unwrap();
    let turn = case.begin(&conversation, None, "Hello").await;
    let mut end = case.samples.completion(&turn, "Hi");
    end.answer = Message {
        next_turn: Some(text_blocks("part")),
        status: MessageStatus::ProviderError,
        status_detail: Some("provider_overloaded".to_owned()),
        model: ModelId::parse("claude-opus-5-5").ok(),
        stop_reason: Some("max_tokens".to_owned()),
        usage: Some(full_usage()),
        key: Some(KeyReceipt {
            id: Some(key.id),
            name: Some("Arbeit 🔑".to_owned()),
            hint: Some("…4f2A".to_owned()),
            payer: Payer::Owner(case.owner),
            attempts: vec![
                attempt(Some(key.id), "provider_overloaded"),
                attempt(None, "complete"),
            ],
        }),
        ..end.answer
    };
    let written = end.answer.clone();
    end.answer.created_at = Timestamp::EPOCH;
    end.answer.parent = None;
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.message(&turn).await.message, written);
    assert_eq!(case.attempts().await, 1);
    let stored = case.conversation(&conversation).await;
    assert_eq!(
        stored, turn.conversation,
        "the conversation stays as it was"
    );
}

/// "The same end may be written again …: that changes nothing and is `true`."
pub async fn the_same_end_may_be_written_again(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let end = case.samples.completion(&turn, "Hi");
    for _ in 0..3 {
        assert!(stores.answers.finish_answer(&end).await.unwrap());
    }
    assert_eq!(case.message(&turn).await.message, end.answer);
    assert_eq!(
        case.attempts().await,
        1,
        "the ledger has one row for one attempt"
    );
}

/// Also `None` comes back as it was.
pub async fn an_answer_that_failed_comes_back_with_nothing(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let end = FinishAnswer {
        answer: Message {
            status: MessageStatus::Failed,
            completed_at: Some(case.samples.now()),
            cost: Some(Cost {
                amount: None,
                saved: None,
                price_version: PRICE_VERSION,
            }),
            key: Some(KeyReceipt {
                id: None,
                name: None,
                hint: None,
                payer: Payer::GivenKey,
                attempts: vec![],
            }),
            ..turn.answer.clone()
        },
        ..case.samples.completion(&turn, "")
    };
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    assert_eq!(case.message(&turn).await.message, end.answer);
}

/// No state is lost on the way.
pub async fn every_way_to_end_comes_back(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let ends = MessageStatus::ALL.into_iter();
    for status in ends.filter(|status| *status != MessageStatus::Streaming) {
        let turn = case.begin(&conversation, None, "Hello").await;
        let mut end = case.samples.completion(&turn, "Hi");
        end.answer.status = status;
        assert!(stores.answers.finish_answer(&end).await.unwrap());
        assert_eq!(case.message(&turn).await.message.status, status);
    }
}

/// "A JSON value that passes through unread: nothing of the provider's is lost, reordered or rounded."
pub async fn content_comes_back_byte_for_byte(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let odd = RawJson::from_trusted(
        r#"[ {"type":"new_kind" ,"b":1.0,"a":12345678901234567890123,"a":2,"s":"\u0000\ud800 \u00e9"} ]"#,
    );
    let mut turn = case.samples.turn(&conversation, None, "Hello", case.writer);
    if let Some(message) = turn.user_message.as_mut() {
        message.content = odd.clone();
    }
    stores.answers.begin_turn(&turn).await.unwrap();
    let mut end = case.samples.completion(&turn, "Hi");
    end.answer.content = odd.clone();
    end.answer.next_turn = Some(odd.clone());
    if let Some(usage) = end.answer.usage.as_mut() {
        usage.raw = odd.clone();
    }
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    for message in case.path(&conversation).await {
        assert_eq!(message.content.as_str(), odd.as_str());
    }
    assert_eq!(case.message(&turn).await.message, end.answer);
    let repo = &stores.conversations;
    let branch = repo.find_branch(case.owner, &conversation.id, BranchEnd::ShownLeaf);
    for turn in branch.await.unwrap().turns {
        assert_eq!(turn.content.as_str(), odd.as_str());
    }
}

/// A model may write a NUL, which PostgreSQL's text can't hold; the answer is saved all the same.
pub async fn text_with_a_nul_can_be_saved(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "zero\0one").await;
    case.finish(&turn, "zero\0one").await;
    for message in case.path(&conversation).await {
        let content = message.content.as_str();
        assert!(content.contains(r"zero\u0000one"), "{content}");
        let visible = message.text.replace(['\0', '\u{FFFD}'], "");
        assert_eq!(visible, "zeroone");
    }
}

/// "The stored key that paid, whose `last_used_at` becomes `answer.completed_at`; …"
pub async fn an_end_writes_the_keys_last_use(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let mut keys = Vec::new();
    for _ in 0..2 {
        let key = case.samples.api_key(case.owner);
        keys.push(stores.api_keys.insert_api_key(&key).await.unwrap());
    }
    let turn = case.begin(&conversation, None, "Hello").await;
    let mut end = case.samples.completion(&turn, "Hi");
    end.used_key = keys.first().map(|key| key.id);
    assert!(stores.answers.finish_answer(&end).await.unwrap());
    if let Some(key) = keys.first_mut() {
        key.last_used_at = end.answer.completed_at;
    }
    assert_eq!(
        stores.api_keys.list_api_keys(case.owner).await.unwrap(),
        keys
    );

    let turn = case.begin(&conversation, None, "Again").await;
    let mut end = case.samples.completion(&turn, "Hi");
    end.used_key = Some(case.samples.api_key(case.owner).id);
    let finished = stores.answers.finish_answer(&end).await.unwrap();
    assert!(finished, "a key that was deleted meanwhile changes nothing");
}

/// "`false`, with nothing but the ledger's rows written, if the answer is not `holder`'s any more."
pub async fn an_end_of_somebody_elses_answer_writes_only_the_ledger(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let key = stores
        .api_keys
        .insert_api_key(&case.samples.api_key(case.owner))
        .await
        .unwrap();
    let turn = case.begin(&conversation, None, "Hello").await;
    case.journal(&turn, 0, "a\n\n").await;
    let eve = stores.add_owner(&case.samples, "eve").await;
    let by_stranger = |end: FinishAnswer| FinishAnswer {
        holder: case.samples.instance(),
        used_key: Some(key.id),
        ..end
    };
    let for_stranger = |end: FinishAnswer| FinishAnswer { owner: eve, ..end };
    let ends = [
        by_stranger(case.samples.completion(&turn, "forged")),
        for_stranger(case.samples.completion(&turn, "forged")),
    ];
    for (rows, end) in (1..).zip(ends) {
        assert!(!stores.answers.finish_answer(&end).await.unwrap());
        assert_eq!(case.attempts().await, rows, "the ledger has the row");
    }
    assert_eq!(case.message(&turn).await.message, turn.answer);
    assert_eq!(
        stores.api_keys.list_api_keys(case.owner).await.unwrap(),
        [key]
    );
    let (_, journal) = stores
        .answers
        .read_journal(turn.answer.id, 0, u32::MAX)
        .await
        .unwrap();
    assert_eq!(journal, b"a\n\n");
    case.finish(&turn, "Hi").await;
}

/// An answer that ended stays as it ended.
pub async fn an_answer_ends_once(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    case.finish(&turn, "Hi").await;
    let before = case.message(&turn).await;
    let again = case.samples.completion(&turn, "Something else");
    assert!(!stores.answers.finish_answer(&again).await.unwrap());
    assert_eq!(case.message(&turn).await, before);
    assert_eq!(
        case.attempts().await,
        2,
        "each attempt that was paid is counted"
    );
}

/// The same, at the same time.
pub async fn of_twenty_ends_at_once_one_is_written(stores: &Stores) {
    let case = Case::new(stores).await;
    let conversation = case.samples.conversation(case.owner);
    let turn = case.begin(&conversation, None, "Hello").await;
    let ends: Vec<_> = (0..20)
        .map(|n| case.samples.completion(&turn, &format!("end {n}")))
        .collect();
    let written = all_at_once(ends.len(), |n| {
        let (repo, end) = (stores.answers.clone(), ends.get(n).cloned().unwrap());
        async move { repo.finish_answer(&end).await.unwrap() }
    })
    .await;
    assert_eq!(written.iter().filter(|written| **written).count(), 1);
    let winner = written.iter().position(|written| *written).unwrap();
    let expected = ends.get(winner).map(|end| end.answer.clone());
    assert_eq!(Some(case.message(&turn).await.message), expected);
    assert_eq!(case.attempts().await, 20);
}

fn attempt(key: Option<latchkey_domain::id::ApiKeyId>, outcome: &str) -> AttemptRecord {
    AttemptRecord {
        key,
        outcome: outcome.to_owned(),
    }
}

fn full_usage() -> UsageReport {
    UsageReport {
        tokens: TokenUsage {
            input: 1,
            output: 2,
            cache_read: 3,
            cache_write_5m: 4,
            cache_write_1h: 5,
            thinking: 6,
            web_searches: 7,
            web_fetches: 8,
        },
        raw: RawJson::from_trusted(r#"{"input_tokens":1 ,"service_tier":"standard"}"#),
        is_final: false,
        fast: true,
        us_only: false,
    }
}
