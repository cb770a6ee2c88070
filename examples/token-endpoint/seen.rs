//! What the server has seen since it started, or since the last `POST /seen/reset`.

use std::collections::BTreeMap;

use serde_json::{Value, json};

#[derive(Default)]
pub struct Seen {
    /// Connections at all listeners, except those whose only requests were to `/seen` and below.
    connections: u64,
    /// Completed handshakes. `tls_resumed` of them resumed a session.
    pub tls_handshakes: u64,
    pub tls_resumed: u64,
    /// Request heads, except those to `/seen` and below.
    pub requests: u64,
    /// Requests to the token endpoint that were read to their end.
    pub token_requests: u64,
    /// The token requests whose client assertion was verified.
    pub accepted: u64,
    /// The accepted requests that were granted a token, even if a fault kept it from the client.
    pub tokens: u64,
    pub codes_used: u64,
    /// The OAuth errors that the token endpoint sent, including those that a fault asked for.
    by_error: BTreeMap<String, u64>,
    /// How many requests came to each path whose faults only the first requests meet.
    meetings: BTreeMap<String, u64>,
    /// How often the counts were reset.
    epoch: u64,
}

impl Seen {
    pub fn reset(&mut self) {
        *self = Self { epoch: self.epoch + 1, ..Self::default() };
    }

    pub fn connection(&mut self) -> Sighting {
        self.connections += 1;
        Sighting { epoch: self.epoch, role: Role::Unknown }
    }

    /// Counts a request that came over a connection.
    pub fn request(&mut self, sighting: &mut Sighting, observes: bool) {
        if !observes {
            self.requests += 1;
        }
        match (sighting.role, observes) {
            // The connection was counted. Undo that, unless a reset has done so.
            (Role::Unknown, true) => {
                sighting.role = Role::Observer;
                if sighting.epoch == self.epoch {
                    self.connections -= 1;
                }
            }
            (Role::Observer, false) => {
                sighting.role = Role::Client;
                self.connections += 1;
            }
            (Role::Unknown, false) => sighting.role = Role::Client,
            (Role::Observer, true) | (Role::Client, _) => {}
        }
    }

    /// Counts a request to this path, and tells how many there were.
    pub fn meeting(&mut self, path: &str) -> u64 {
        let count = self.meetings.entry(path.to_owned()).or_default();
        *count += 1;
        *count
    }

    pub fn error(&mut self, error: &str) {
        match self.by_error.get_mut(error) {
            Some(count) => *count += 1,
            None => {
                self.by_error.insert(error.into(), 1);
            }
        }
    }

    pub fn to_json(&self) -> Value {
        json!({
            "connections": self.connections,
            "tls_handshakes": self.tls_handshakes,
            "tls_resumed": self.tls_resumed,
            "requests": self.requests,
            "token_requests": self.token_requests,
            "accepted": self.accepted,
            "tokens": self.tokens,
            "by_error": self.by_error,
            "codes_used": self.codes_used,
        })
    }
}

/// What the server remembers of one connection, so that reading the counts doesn't change them.
pub struct Sighting {
    epoch: u64,
    role: Role,
}

#[derive(Clone, Copy)]
enum Role {
    Unknown,
    Observer,
    Client,
}
