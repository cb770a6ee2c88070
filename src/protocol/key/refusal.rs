//! Why bytes are not the key that is needed.

/// What is wrong with a key and what to do, for people. Never a part of the key.
pub(crate) type Complaint = String;

pub(super) enum Refusal {
    /// It holds a private key, but not one that can be used.
    Unusable(Complaint),
    /// It is something else, a certificate for example, which may well stand beside a key.
    SomethingElse(Complaint),
}
