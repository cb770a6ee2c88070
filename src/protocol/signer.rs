//! The interface of a key that signs assertions.

use crate::algorithm::Algorithm;

/// The bytes in a signature by the longest RSA key that is allowed, 8192 bits.
pub(crate) const LONGEST_SIGNATURE: usize = 1024;

/// A private key with the algorithm that it signs with. Any number of threads may use it at once.
pub(crate) trait Signer: Send + Sync {
    fn algorithm(&self) -> Algorithm;

    /// The room that [`Signer::sign`] needs, in bytes: at most [`LONGEST_SIGNATURE`].
    fn longest_signature(&self) -> usize;

    /// Signs a JWS signing input (RFC 7515 §5.1) into `signature`, and returns the length of the signature in bytes. The error
    /// completes the sentence "signing the assertion …", for people.
    ///
    /// A signer that uses the crypto library must sign within `without_fork`. A signer that runs the host's code must not, because
    /// a fork would wait for that code. So such a signer needs a thread of its own: the thread that carries out all calls signs
    /// within `without_fork`.
    fn sign(&self, input: &[u8], signature: &mut [u8]) -> Result<usize, String>;
}
