//! The key loader's contract: every spelling of a key in the table of `loads.rs` loads and signs as the key that it is; every broken one in the
//! table of `fails.rs` fails when the client is made, with a message that says what was found and what to do, and that shows nothing of the key.

mod advice;
mod changed;
mod fails;
mod given;
mod loads;
mod made;
