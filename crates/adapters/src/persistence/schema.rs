//! The tables, as both databases have them (`migrations/`).

use diesel::table;

table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    users (id) {
        id -> DbUuid,
        email -> Text,
        name -> Nullable<Text>,
        role -> Text,
        status -> Text,
        password_hash -> Nullable<Text>,
        security_version -> BigInt,
        default_model -> Nullable<Text>,
        on_disconnect -> Text,
        prompt_cache -> Text,
        retention_days -> Nullable<Integer>,
        language -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        terms_accepted_at -> Nullable<DbTime>,
        created_at -> DbTime,
        updated_at -> DbTime,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    sessions (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        generation -> BigInt,
        refresh_hash -> Binary,
        previous_refresh_hash -> Nullable<Binary>,
        user_agent -> Nullable<Text>,
        created_at -> DbTime,
        refreshed_at -> DbTime,
        authenticated_at -> DbTime,
        expires_at -> DbTime,
    }
}

table! {
    use diesel::sql_types::Binary;
    use crate::persistence::sql_types::{DbTime, DbUuid};

    reset_codes (hash) {
        hash -> Binary,
        user_id -> DbUuid,
        created_at -> DbTime,
        expires_at -> DbTime,
    }
}

table! {
    use diesel::sql_types::{Binary, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    personal_tokens (id) {
        id -> DbUuid,
        user_id -> DbUuid,
        name -> Text,
        scopes -> Text,
        hash -> Binary,
        hint -> Text,
        created_at -> DbTime,
        last_used_at -> Nullable<DbTime>,
        expires_at -> Nullable<DbTime>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    // The columns of a previous secret are left out: nothing reads them yet.
    api_keys (id) {
        id -> DbUuid,
        user_id -> Nullable<DbUuid>,
        team_id -> Nullable<DbUuid>,
        provider -> Text,
        name -> Text,
        hint -> Text,
        encrypted_key -> Binary,
        data_key_version -> BigInt,
        record_version -> BigInt,
        fingerprint -> Binary,
        status -> Text,
        status_detail -> Nullable<Text>,
        is_active -> Bool,
        position -> Integer,
        created_at -> DbTime,
        updated_at -> DbTime,
        last_used_at -> Nullable<DbTime>,
        last_verified_at -> Nullable<DbTime>,
        expires_at -> Nullable<DbTime>,
        rotated_at -> Nullable<DbTime>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    data_keys (id) {
        id -> DbUuid,
        user_id -> Nullable<DbUuid>,
        team_id -> Nullable<DbUuid>,
        version -> BigInt,
        root_version -> BigInt,
        wrapped -> Binary,
        created_at -> DbTime,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary, Integer};

    crypto_state (id) {
        id -> Integer,
        deployment -> Binary,
        active_root_version -> BigInt,
        min_root_version -> BigInt,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary};

    canaries (root_version) {
        root_version -> BigInt,
        sealed -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    // `title_folded` is left out: it is an older program's.
    conversations (seq) {
        seq -> BigInt,
        user_id -> Nullable<DbUuid>,
        team_id -> Nullable<DbUuid>,
        id -> Text,
        title -> Nullable<Text>,
        model -> Nullable<Text>,
        system -> Nullable<Text>,
        key_id -> Nullable<DbUuid>,
        pinned -> Bool,
        temporary -> Bool,
        shown_leaf -> Nullable<DbUuid>,
        searchable -> Bool,
        deleted_at -> Nullable<DbTime>,
        created_at -> DbTime,
        updated_at -> DbTime,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    messages (seq) {
        seq -> BigInt,
        id -> DbUuid,
        conversation -> BigInt,
        parent -> Nullable<DbUuid>,
        role -> Text,
        content -> Text,
        next_turn -> Nullable<Text>,
        text -> Text,
        status -> Text,
        status_detail -> Nullable<Text>,
        model -> Nullable<Text>,
        stop_reason -> Nullable<Text>,
        created_at -> DbTime,
        completed_at -> Nullable<DbTime>,
        usage -> Nullable<Text>,
        usage_raw -> Nullable<Text>,
        cost_nano_usd -> Nullable<BigInt>,
        price_version -> Nullable<Text>,
        key_receipt -> Nullable<Text>,
        saved_nano_usd -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable};
    use crate::persistence::sql_types::DbUuid;

    // The words of a text are in here or beside it, as the database has them.
    search_texts (seq) {
        seq -> BigInt,
        conversation -> BigInt,
        message -> Nullable<DbUuid>,
    }
}

table! {
    use diesel::sql_types::BigInt;
    use crate::persistence::sql_types::DbUuid;

    // What else a link has, statements of our own read and write.
    shares (id) {
        id -> DbUuid,
        conversation -> BigInt,
    }
}

table! {
    use diesel::sql_types::Bool;
    use crate::persistence::sql_types::{DbTime, DbUuid};

    answers (message) {
        message -> DbUuid,
        holder -> DbUuid,
        lease_until -> DbTime,
        stop_requested -> Bool,
    }
}

table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::persistence::sql_types::DbUuid;

    answer_journal (message, first_event) {
        message -> DbUuid,
        first_event -> BigInt,
        events -> Binary,
    }
}

table! {
    use diesel::sql_types::{BigInt, Bool, Date, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    usage_events (id) {
        id -> DbUuid,
        at -> DbTime,
        day -> Date,
        user_id -> DbUuid,
        payer_user_id -> Nullable<DbUuid>,
        payer_team_id -> Nullable<DbUuid>,
        key_id -> Nullable<DbUuid>,
        key_name -> Nullable<Text>,
        conversation -> Nullable<Text>,
        message -> Nullable<DbUuid>,
        model -> Text,
        outcome -> Text,
        input -> Nullable<BigInt>,
        output -> Nullable<BigInt>,
        cache_read -> Nullable<BigInt>,
        cache_write_5m -> Nullable<BigInt>,
        cache_write_1h -> Nullable<BigInt>,
        thinking -> Nullable<BigInt>,
        web_searches -> Nullable<BigInt>,
        web_fetches -> Nullable<BigInt>,
        tokens_final -> Bool,
        cost_nano_usd -> Nullable<BigInt>,
        price_version -> Text,
        provider_request_id -> Nullable<Text>,
        saved_nano_usd -> Nullable<BigInt>,
    }
}

table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::persistence::sql_types::{DbTime, DbUuid};

    audit_events (seq) {
        seq -> BigInt,
        id -> DbUuid,
        at -> DbTime,
        owner_user_id -> Nullable<DbUuid>,
        owner_team_id -> Nullable<DbUuid>,
        actor -> Nullable<DbUuid>,
        action -> Text,
        subject -> Nullable<Text>,
    }
}

diesel::joinable!(messages -> conversations (conversation));
diesel::allow_tables_to_appear_in_same_query!(conversations, messages, answers);
diesel::allow_tables_to_appear_in_same_query!(crypto_state, canaries);
