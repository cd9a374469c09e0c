//! MACs of requests, byte for byte as `docs/CRYPTO.md` has them.

use latchkey_adapters::crypto::request_macs::HmacRequestMacs;
use latchkey_domain::{conversation::RequestMacs, id::UserId};
use uuid::Uuid;

use super::blob::hex;

/// Worked out apart from this program, with another language's HMAC.
#[test]
fn a_request_has_the_macs_of_the_page() {
    let secret: Vec<u8> = (0..32).collect();
    let user = UserId::from_uuid(Uuid::from_bytes([0xA1; 16]));
    let macs = HmacRequestMacs::new(&secret);
    let body = br#"{"message":"Hello"}"#;
    let name = macs.name(user, "8e03978e", "send 123", body);
    assert_eq!(
        hex(&name.key.0),
        "2b569d8e5857c136719bf4faaae216f3f2c253d624dc8492c637f1043b16d4a2"
    );
    assert_eq!(
        hex(&name.request.0),
        "980fa33d9fa2557ba8d658481eb7a99b1ef330aab85e0ee5a7c2e4037f5208b7"
    );
}
