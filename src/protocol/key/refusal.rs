//! The reasons to refuse bytes as a private key.

/// Says what is wrong with a key and what to do, for people. Never contains a part of the key.
pub(crate) type Complaint = String;

pub(super) enum Refusal {
    /// The bytes are a private key that can't be used.
    Unusable(Complaint),
    /// The bytes are something else, for example a certificate, and may stand beside a key.
    SomethingElse(Complaint),
}
