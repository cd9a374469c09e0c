//! No secret has a way into an answer: none can be serialised at all.

use std::marker::PhantomData;

use latchkey_domain::{api_key::ApiKeySecret, secret::SecretText, user::Password};
use serde::Serialize;

/// Asks whether `T` can be serialised. The inherent method is there only for such a `T`, and comes before the trait's.
struct Probe<T>(PhantomData<T>);

trait Otherwise {
    fn can_be_serialised(&self) -> bool {
        false
    }
}

impl<T> Otherwise for Probe<T> {}

impl<T: Serialize> Probe<T> {
    #[expect(
        clippy::unused_self,
        reason = "the same form as the trait's, which it hides"
    )]
    fn can_be_serialised(&self) -> bool {
        true
    }
}

#[test]
fn no_secret_can_be_serialised() {
    assert!(
        Probe::<String>(PhantomData).can_be_serialised(),
        "the probe sees what can"
    );
    assert!(!Probe::<SecretText>(PhantomData).can_be_serialised());
    assert!(!Probe::<ApiKeySecret>(PhantomData).can_be_serialised());
    assert!(!Probe::<Password>(PhantomData).can_be_serialised());
}
