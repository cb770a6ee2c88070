//! The key loader's contract. Every spelling of a key in the table of `loads.rs` loads, and signs with that key. Every broken key
//! in the table of `fails.rs` fails when the client is made. The message says what was found and what to do, and shows nothing of
//! the key.

mod advice;
mod changed;
mod fails;
mod given;
mod loads;
mod made;
