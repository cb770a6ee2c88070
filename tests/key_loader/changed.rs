//! Keys with random changes, and random bytes.

use crate::given::*;
use crate::made::*;
use proptest::prelude::*;
use std::sync::LazyLock;

/// One change to a good spelling: a kind, a place as a fraction of the length, a byte.
type Mutation = (u8, prop::sample::Index, u8);

fn mutated(good: &[u8], mutations: &[Mutation]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for (kind, place, byte) in mutations {
        if bytes.is_empty() {
            break;
        }
        let at = place.index(bytes.len());
        match kind {
            0 => bytes[at] = *byte,
            1 => bytes[at] ^= 1 << (byte % 8),
            2 => bytes.insert(at, *byte),
            3 => drop(bytes.remove(at)),
            4 => bytes.truncate(at),
            5 => drop(bytes.drain(..at)),
            6 => bytes.extend_from_within(at..),
            _ => drop(bytes.drain(at..(at + usize::from(*byte)).min(bytes.len()))),
        }
    }
    bytes
}

/// Good spellings that contain the public key too, so that the loader notices every change of the private key.
static REDUNDANT: LazyLock<Vec<(&'static Made, &'static str, Vec<u8>)>> = LazyLock::new(|| {
    vec![
        (&P256, "ES256", P256.pem().into_bytes()),
        (&P256, "ES256", P256.bare().into_bytes()),
        (&P256, "ES256", P256.der.clone()),
        (&P256, "ES256", armoured("EC PRIVATE KEY", &P256.traditional()).into_bytes()),
        (&P521, "ES512", P521.traditional()),
        (&P256, "ES256", ec_jwk("P-256", &P256).into_bytes()),
        (&P256, "ES256", utf16(&P256.pem(), u16::to_le_bytes, true)),
        (&P256, "ES256", P256.pem().replace('\n', "\\n").into_bytes()),
        (&RSA2048, "PS256", RSA2048.der.clone()),
        (&RSA2048, "PS256", armoured("RSA PRIVATE KEY", &RSA2048.traditional()).into_bytes()),
        (&RSA2048, "PS256", rsa_jwk(&RSA2048).into_bytes()),
        (&ED25519, "EdDSA", version_two(&ED25519, 0x81, &[])),
        (&ED25519, "EdDSA", okp_jwk(&ED25519).into_bytes()),
    ]
});

/// Checks that the client has the same key, or that the error has a message that shows nothing of the key.
fn check_same_or_error(given: &Given, algorithm: &str, public: &[u8], secrets: &[String]) -> Result<(), TestCaseError> {
    let folder = tempfile::tempdir().expect("a folder");
    for way in given.ways(folder.path()) {
        match given.client(&way) {
            Ok(client) => {
                check_signature(&client, algorithm, public).map_err(TestCaseError::fail)?;
                prop_assert_eq!(leak(secrets, &format!("{client:?}")), None);
            }
            Err(error) => {
                prop_assert!(error.message().len() > way.0.len() + 10, "{}", error);
                prop_assert_eq!(leak_of_error(secrets, &error), None, "{}", error);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_key_is_the_same_key_or_an_error(
        which in any::<prop::sample::Index>(),
        mutations in prop::collection::vec((0..8u8, any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let (made, algorithm, good) = which.get(&REDUNDANT);
        let changed = mutated(good, &mutations);
        check_same_or_error(&file(changed.clone()), algorithm, &made.public, &secrets(good))?;
        if let Ok(text) = String::from_utf8(changed) {
            check_same_or_error(&key(text), algorithm, &made.public, &secrets(good))?;
        }
    }

    #[test]
    fn changed_credentials_hold_the_same_key_or_are_an_error(
        mutations in prop::collection::vec((0..8u8, any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let good = format!(r#"{{"id":"c","private_key":"{}","key_id":"k"}}"#, P256.pem().replace('\n', "\\n"));
        let given = credentials_file(mutated(good.as_bytes(), &mutations)).with("client_id", "c").with("key_id", "k");
        check_same_or_error(&given, "ES256", &P256.public, &secrets(good.as_bytes()))?;
    }

    #[test]
    fn no_bytes_are_taken_for_a_key(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{1,400}") {
        for given in [file(bytes.clone()), key(text.clone()), credentials(text.clone()), credentials_file(bytes.clone())] {
            check_same_or_error(&given, "", &[], &secrets(given.bytes()))?;
        }
    }

    #[test]
    fn no_der_is_taken_for_a_key(parts in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..40)), 0..10)) {
        let parts: Vec<Vec<u8>> = parts.iter().map(|(tag, content)| tlv([2, 4, 3, 6, 0x30, 0xa0, 0xa1][usize::from(*tag) % 7], &[content])).collect();
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let given = file(tlv(0x30, &parts));
        check_same_or_error(&given, "", &[], &secrets(given.bytes()))?;
    }
}
