use alloc::sync::Arc;
use core::sync::atomic::{AtomicU32, Ordering};

use secp256k1::{Message, Secp256k1, SecretKey, SignOnly, ecdsa};
use sha2::{Digest as _, Sha256};
use spin::RwLock;
use zeroize::Zeroizing;

use crate::signature::Digest;

/// Signatures between two blindings.
const PERIOD: u32 = 256;

/// Signs through a context of libsecp256k1 that is blinded with a secret seed, so that what an
/// observer of time, power or caches sees does not depend on the key alone.
///
/// The context is replaced by one with a new blinding every [`PERIOD`] signatures. Signers hold
/// the lock only to take a reference, never while they compute, so nobody waits for a blinding.
pub(super) struct BlindedSigner {
    context: RwLock<Arc<Secp256k1<SignOnly>>>,
    signatures: AtomicU32,
}

impl BlindedSigner {
    pub(super) fn new(key: &SecretKey) -> Self {
        let mut context = Secp256k1::signing_only();
        context.seeded_randomize(&seed(key, &[0; 32]));
        Self {
            context: RwLock::new(Arc::new(context)),
            signatures: AtomicU32::new(0),
        }
    }

    pub(super) fn public_key(&self, key: &SecretKey) -> secp256k1::PublicKey {
        key.public_key(&self.context())
    }

    pub(super) fn sign(&self, digest: &Digest, key: &SecretKey) -> ecdsa::Signature {
        let message = Message::from_digest(*digest.as_bytes());
        let signature = self.context().sign_ecdsa(message, key);
        // Wraps at a multiple of the period.
        if self.signatures.fetch_add(1, Ordering::Relaxed) % PERIOD == PERIOD - 1 {
            self.blind(key, digest.as_bytes());
        }
        signature
    }

    pub(super) fn blind(&self, key: &SecretKey, input: &[u8; 32]) {
        // libsecp256k1 mixes the blinding that the context has into the new one.
        let mut next = Secp256k1::clone(&self.context());
        next.seeded_randomize(&seed(key, input));
        let previous = core::mem::replace(&mut *self.context.write(), Arc::new(next));
        // Freed here, after the lock is released.
        drop(previous);
    }

    pub(super) fn context(&self) -> Arc<Secp256k1<SignOnly>> {
        Arc::clone(&self.context.read())
    }
}

/// A seed that cannot be known without the key.
fn seed(key: &SecretKey, input: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let secret = Zeroizing::new(key.secret_bytes());
    let hash = Sha256::new()
        .chain_update(b"bitpay-core/blinding/v1")
        .chain_update(*secret)
        .chain_update(input)
        .finalize();
    Zeroizing::new(hash.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_is_replaced_once_in_a_period() {
        let key = SecretKey::from_byte_array([7; 32]).unwrap();
        let signer = BlindedSigner::new(&key);
        let digest = Digest::of(&[b"message"]);
        let first = signer.sign(&digest, &key);
        let mut context = signer.context();
        let mut replaced = 0;
        for _ in 1..3 * PERIOD {
            assert_eq!(signer.sign(&digest, &key), first);
            replaced += u32::from(!Arc::ptr_eq(&context, &signer.context()));
            context = signer.context();
        }
        assert_eq!(replaced, 3);
    }

    #[test]
    fn a_seed_hangs_on_the_key_and_on_what_is_mixed_in() {
        let [one, other] =
            [[7; 32], [8; 32]].map(|bytes| SecretKey::from_byte_array(bytes).unwrap());
        let first = seed(&one, &[0; 32]);
        assert_eq!(first, seed(&one, &[0; 32]));
        assert_ne!(first, seed(&one, &[1; 32]));
        assert_ne!(first, seed(&other, &[0; 32]));
    }
}
