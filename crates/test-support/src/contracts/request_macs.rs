//! What every [`RequestMacs`] promises.

use std::{collections::HashSet, sync::Arc};

use latchkey_domain::{conversation::RequestMacs, id::UserId};

use crate::builders::Samples;

/// Three makers of MACs.
pub struct RequestMacsSetup {
    /// The maker.
    pub macs: Arc<dyn RequestMacs>,
    /// The same in another process: with the same secret.
    pub restarted: Arc<dyn RequestMacs>,
    /// One with another secret.
    pub foreign: Arc<dyn RequestMacs>,
}

/// Makes a test of each case.
#[macro_export]
macro_rules! request_macs_cases {
    ($factory:path) => {
        $crate::tests_of_pure_cases! { request_macs, $factory;
            the_same_request_has_the_same_macs_everywhere,
            each_mac_changes_with_what_it_is_of,
            nothing_slides_from_one_part_into_the_next,
            users_and_deployments_have_macs_of_their_own,
        }
    };
}
pub use request_macs_cases as cases;

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const ACTION: &str = "send 123";
const BODY: &[u8] = br#"{"message": "Hello"}"#;

fn user(samples: &Samples) -> UserId {
    UserId::new(samples.ids())
}

/// "The same four give the same MACs in every process of the deployment and after a restart …"
pub fn the_same_request_has_the_same_macs_everywhere(setup: &RequestMacsSetup) {
    let user = user(&Samples::new());
    let huge = vec![b' '; 1_000_000];
    for body in [BODY, b"", b"\0\xff", &huge] {
        let name = setup.macs.name(user, KEY, ACTION, body);
        assert_eq!(setup.macs.name(user, KEY, ACTION, body), name);
        assert_eq!(setup.restarted.name(user, KEY, ACTION, body), name);
    }
}

/// "… where one of them differs, so does the MAC that depends on it."
pub fn each_mac_changes_with_what_it_is_of(setup: &RequestMacsSetup) {
    let user = user(&Samples::new());
    let name = setup.macs.name(user, KEY, ACTION, BODY);
    for key in ["", "8e03978e", "8E03978E-40D5-43DD-BC93-6894A57F9324"] {
        let other = setup.macs.name(user, key, ACTION, BODY);
        assert_ne!(other.key, name.key, "{key}");
        assert_eq!(
            other.request, name.request,
            "the key is no part of what is asked"
        );
    }
    for action in ["", "send 124", "regenerate 123"] {
        let other = setup.macs.name(user, KEY, action, BODY);
        assert_ne!(other.request, name.request, "{action}");
        assert_eq!(other.key, name.key, "what is asked is no part of the key");
    }
    for body in [&b""[..], b"{}", br#"{"message":"Hello"}"#, b"\0"] {
        let other = setup.macs.name(user, KEY, ACTION, body);
        assert_ne!(other.request, name.request, "{body:?}");
        assert_eq!(other.key, name.key, "what is asked is no part of the key");
    }
}

/// The boundary between action and body counts, and a key is no request.
pub fn nothing_slides_from_one_part_into_the_next(setup: &RequestMacsSetup) {
    let user = user(&Samples::new());
    let requests = [
        ("send 1", &b"23"[..]),
        ("send 12", b"3"),
        ("send 123", b""),
        ("", b"send 123"),
    ];
    let mut seen = HashSet::new();
    for (action, body) in requests {
        let name = setup.macs.name(user, "send 123", action, body);
        assert!(seen.insert(name.request.0), "{action} {body:?}");
        assert_ne!(name.key.0, name.request.0);
    }
}

/// "Two people's MACs are unrelated, and so are those of two deployments."
pub fn users_and_deployments_have_macs_of_their_own(setup: &RequestMacsSetup) {
    let samples = Samples::new();
    let (ada, eve) = (user(&samples), user(&samples));
    let names = [
        setup.macs.name(ada, KEY, ACTION, BODY),
        setup.macs.name(eve, KEY, ACTION, BODY),
        setup.foreign.name(ada, KEY, ACTION, BODY),
        setup.foreign.name(eve, KEY, ACTION, BODY),
    ];
    let macs: HashSet<[u8; 32]> = names
        .iter()
        .flat_map(|name| [name.key.0, name.request.0])
        .collect();
    assert_eq!(macs.len(), 8);
}
