//! What signs assertions.

use crate::algorithm::Algorithm;

/// Of the longest RSA key that is taken, 8192 bits.
pub(crate) const LONGEST_SIGNATURE: usize = 1024;

/// A private key with the algorithm that it signs by. It signs on any number of threads at once.
pub(crate) trait Signer: Send + Sync {
    fn algorithm(&self) -> Algorithm;

    /// The room that [`Signer::sign`] needs, in bytes: [`LONGEST_SIGNATURE`] at most.
    fn longest_signature(&self) -> usize;

    /// Signs a JWS signing input (RFC 7515 §5.1), and answers how many bytes of `signature` the signature fills. The error completes
    /// the sentence "signing the assertion …", for people.
    ///
    /// A signer that uses the crypto library keeps forks out of it. A signer that runs the host's code must not: a fork would wait for
    /// that code.
    fn sign(&self, input: &[u8], signature: &mut [u8]) -> Result<usize, String>;
}
