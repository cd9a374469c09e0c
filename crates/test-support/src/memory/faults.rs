//! Faults that a test asks for: calls that fail, and calls that wait until the test lets them go on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use latchkey_domain::StoreError;
use tokio::sync::watch;

/// Every method of the stores, by its name.
const METHODS: &[&str] = &[
    "insert_user",
    "find_user",
    "find_user_by_email",
    "list_users",
    "update_user",
    "change_password",
    "rehash_password",
    "set_user_status",
    "delete_user",
    "insert_reset_code",
    "find_reset_code",
    "redeem_reset_code",
    "insert_session",
    "find_session",
    "rotate_refresh",
    "mark_authenticated",
    "list_sessions",
    "end_session",
    "delete_expired_sessions",
    "insert_personal_token",
    "find_personal_token",
    "list_personal_tokens",
    "mark_personal_token_used",
    "delete_personal_token",
    "delete_expired_personal_tokens",
    "insert_api_key",
    "list_api_keys",
    "find_api_key",
    "update_api_key",
    "order_api_keys",
    "record_verification",
    "delete_api_key",
    "find_crypto_state",
    "insert_crypto_state",
    "find_newest_data_key",
    "find_data_key",
    "insert_data_key",
    "insert_conversation",
    "find_conversation",
    "list_conversations",
    "search_conversations",
    "index_pending",
    "index_older_conversations",
    "insert_share",
    "find_own_share",
    "list_shares",
    "update_share",
    "delete_share",
    "find_share",
    "list_conversations_by_id",
    "outline_conversation",
    "find_messages",
    "store_imported",
    "update_conversation",
    "delete_conversation",
    "delete_idle_conversations",
    "list_shown_page",
    "list_shown_path",
    "find_branch",
    "find_message",
    "begin_turn",
    "find_begun",
    "delete_expired_once_keys",
    "append_journal",
    "read_journal",
    "finish_answer",
    "request_stop",
    "take_over_answers",
    "append_usage",
    "summarize_usage",
    "append_audit",
    "list_audit",
];

/// Which methods fail or wait, and how often each was called.
#[derive(Debug, Default)]
pub struct Faults {
    methods: Mutex<HashMap<&'static str, Method>>,
}

#[derive(Debug, Default)]
struct Method {
    calls: u64,
    fails: Failing,
    pause: Option<watch::Sender<PauseState>>,
}

#[derive(Debug, Default, Clone, Copy)]
enum Failing {
    #[default]
    Never,
    Times(u64),
    Always,
}

#[derive(Debug, Default, Clone, Copy)]
struct PauseState {
    arrived: u64,
    open: bool,
}

impl Faults {
    /// The next `times` calls of `method` fail with [`StoreError::Unavailable`] and do nothing.
    pub fn fail(&self, method: &str, times: u64) {
        self.method(method).fails = Failing::Times(times);
    }

    /// All calls of `method` fail until [`heal`](Self::heal).
    pub fn fail_always(&self, method: &str) {
        self.method(method).fails = Failing::Always;
    }

    /// The whole store is down until [`heal`](Self::heal).
    pub fn fail_everything(&self) {
        for method in METHODS {
            self.fail_always(method);
        }
    }

    /// Nothing fails any more.
    pub fn heal(&self) {
        for method in self.lock().values_mut() {
            method.fails = Failing::Never;
        }
    }

    /// Calls of `method` wait at its beginning until the pause is ended or dropped.
    pub fn pause(&self, method: &str) -> Pause {
        let (sender, receiver) = watch::channel(PauseState::default());
        self.method(method).pause = Some(sender.clone());
        Pause { sender, receiver }
    }

    /// How often `method` was called, failed calls included.
    pub fn calls(&self, method: &str) -> u64 {
        self.method(method).calls
    }

    /// What each method of the store does first.
    pub(super) async fn enter(&self, name: &str) -> Result<(), StoreError> {
        let pause = {
            let mut method = self.method(name);
            method.calls += 1;
            method.pause.clone()
        };
        if let Some(pause) = pause {
            pause.send_modify(|state| state.arrived += 1);
            let opened = pause.subscribe().wait_for(|state| state.open).await.is_ok();
            debug_assert!(opened, "the sender is ours, so the channel is open");
        }
        let mut method = self.method(name);
        let fails = match method.fails {
            Failing::Never | Failing::Times(0) => false,
            Failing::Times(left) => {
                method.fails = Failing::Times(left - 1);
                true
            }
            Failing::Always => true,
        };
        if fails {
            return Err(StoreError::Unavailable("the test wants it so".into()));
        }
        Ok(())
    }

    /// The entry of a method; a name that no port has is a slip of the test.
    fn method(&self, name: &str) -> MethodGuard<'_> {
        let name = METHODS
            .iter()
            .find(|known| **known == name)
            .unwrap_or_else(|| panic!("no store has a method {name}"));
        let mut methods = self.lock();
        methods.entry(name).or_default();
        MethodGuard { methods, name }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<&'static str, Method>> {
        self.methods.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct MethodGuard<'a> {
    methods: MutexGuard<'a, HashMap<&'static str, Method>>,
    name: &'static str,
}

impl std::ops::Deref for MethodGuard<'_> {
    type Target = Method;

    fn deref(&self) -> &Method {
        self.methods.get(self.name).expect("inserted before")
    }
}

impl std::ops::DerefMut for MethodGuard<'_> {
    fn deref_mut(&mut self) -> &mut Method {
        self.methods.get_mut(self.name).expect("inserted before")
    }
}

/// Calls that wait. Dropping it lets them go on.
#[derive(Debug)]
pub struct Pause {
    sender: watch::Sender<PauseState>,
    receiver: watch::Receiver<PauseState>,
}

impl Pause {
    /// Waits until `count` calls wait here.
    pub async fn reached(&mut self, count: u64) {
        let arrived = self.receiver.wait_for(|state| state.arrived >= count).await;
        assert!(arrived.is_ok(), "the pause holds a sender");
    }

    /// Lets the calls go on, and later ones too.
    pub fn end(self) {
        drop(self);
    }
}

impl Drop for Pause {
    fn drop(&mut self) {
        self.sender.send_modify(|state| state.open = true);
    }
}
