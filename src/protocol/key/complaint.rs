//! The sentence that refuses a key.

/// Says what is wrong with a key and what to do, for people. Never contains a part of the key.
pub(crate) type Complaint = String;
