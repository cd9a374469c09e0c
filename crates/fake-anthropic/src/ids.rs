//! Ids in Anthropic's forms: `req_011C…`, `msg_01…`, `toolu_01…`.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// Spreads the bits of a number over all 64 (the finaliser of splitmix64).
pub(crate) fn spread(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

/// A number that no other call in this process gets, and that differs from one start to the next.
pub(crate) fn fresh_number() -> u64 {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    static SEED: OnceLock<u64> = OnceLock::new();
    let seed = SEED.get_or_init(|| {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        spread(u64::from(since_epoch.subsec_nanos()) ^ since_epoch.as_secs().rotate_left(32))
    });
    spread(seed ^ COUNTER.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn request_id() -> String {
    id("req_011C", 20)
}

pub(crate) fn message_id() -> String {
    id("msg_01", 22)
}

pub(crate) fn tool_use_id() -> String {
    id("toolu_01", 22)
}

pub(crate) fn server_tool_use_id() -> String {
    id("srvtoolu_01", 22)
}

fn id(prefix: &str, random_characters: usize) -> String {
    let mut id = String::with_capacity(prefix.len() + random_characters);
    id.push_str(prefix);
    let mut number = fresh_number();
    for position in 0..random_characters {
        // One number is good for ten characters.
        if position > 0 && position % 10 == 0 {
            number = fresh_number();
        }
        let digit = usize::try_from(number % 58).unwrap_or_default();
        id.push(BASE58.get(digit).copied().map_or('1', char::from));
        number /= 58;
    }
    id
}
