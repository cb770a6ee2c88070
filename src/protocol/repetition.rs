//! Decides which requests may be repeated after a failure. The caller, the library itself and the text of ERRORS.md all follow one
//! table.
//!
//! A request may be repeated if that can't spend a grant twice.

use super::grant::{GRANTS, Grant, GrantSpec};
use crate::error::{Error, ErrorCode, ErrorSpec};

/// How an attempt failed, as far as that decides whether the request may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// No connection was made.
    NotConnected,
    /// The proxy does not allow the connection, or plain HTTP would leave this machine.
    NotAllowed,
    /// The TLS handshake broke off.
    HandshakeBroken,
    /// One side refused the other in the TLS handshake.
    HandshakeRefused,
    /// The deadline passed before anything was sent.
    TooLate,
    /// The request was sent, but no complete answer came.
    AnswerLost,
    /// Status 429 (RFC 6585 §4).
    TooManyRequests,
    /// Status 408 (RFC 9110 §15.5.9). A server sends it when it closes an idle connection, even if a new request is on its way.
    RequestTimeout,
    /// Status 500, 502, 503 or 504 (RFC 9110 §15.6).
    Unavailable,
    /// Any other answer.
    Answered,
    /// The call was cancelled before anything was sent.
    Cancelled,
    /// The caller made a mistake, or this machine failed.
    Failed,
}

/// The grants with which a request may be repeated.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Grants {
    None,
    /// Grants that a request does not spend.
    Reusable,
    All,
}

impl Grants {
    fn include(self, is_reusable: bool) -> bool {
        match self {
            Grants::None => false,
            Grants::Reusable => is_reusable,
            Grants::All => true,
        }
    }
}

struct Row {
    outcome: Outcome,
    /// Whether the server may have processed the request.
    sent: bool,
    /// The codes of the errors for this outcome.
    codes: &'static [ErrorCode],
    /// When the outcome occurs, in the words of the documentation.
    told: &'static str,
    /// The grants for which [`Error::is_retryable`] is true.
    caller: Grants,
    /// The grants for which the library itself sends the request once more, with a new assertion and over a fresh connection.
    library: Grants,
}

const fn row(
    outcome: Outcome,
    sent: bool,
    codes: &'static [ErrorCode],
    told: &'static str,
    caller: Grants,
    library: Grants,
) -> Row {
    Row { outcome, sent, codes, told, caller, library }
}

const ANSWERED: &[ErrorCode] = &[ErrorCode::OauthError, ErrorCode::InvalidResponse];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    row(Outcome::NotConnected,     false, &[ErrorCode::ConnectionFailed], "if no connection was made",               Grants::All,      Grants::None),
    row(Outcome::NotAllowed,       false, &[ErrorCode::ConnectionFailed], "if the proxy refuses or localhost is another machine", Grants::None, Grants::None),
    row(Outcome::HandshakeBroken,  false, &[ErrorCode::TlsFailed],        "if the handshake broke off",              Grants::All,      Grants::None),
    row(Outcome::HandshakeRefused, false, &[ErrorCode::TlsFailed],        "if one side refused the other",           Grants::None,     Grants::None),
    row(Outcome::TooLate,          false, &[ErrorCode::DeadlineExceeded], "if the deadline passed",                  Grants::All,      Grants::None),
    row(Outcome::AnswerLost,       true,  &[ErrorCode::OutcomeUnknown],   "if no complete answer came",              Grants::Reusable, Grants::Reusable),
    row(Outcome::TooManyRequests,  true,  ANSWERED,                       "for status 429",                          Grants::All,      Grants::None),
    row(Outcome::RequestTimeout,   true,  ANSWERED,                       "for status 408",                          Grants::Reusable, Grants::Reusable),
    row(Outcome::Unavailable,      true,  ANSWERED,                       "for status 500, 502, 503 and 504",        Grants::Reusable, Grants::None),
    row(Outcome::Answered,         true,  ANSWERED,                       "for any other status",                    Grants::None,     Grants::None),
    row(Outcome::Cancelled,        false, &[ErrorCode::Cancelled],        "if the call was cancelled",               Grants::All,      Grants::None),
    row(Outcome::Failed,           false, &[ErrorCode::InvalidArgument, ErrorCode::InvalidOption, ErrorCode::InvalidKey, ErrorCode::Internal],
                                                                          "if the call could not be made",           Grants::None,     Grants::None),
];

impl Outcome {
    /// The outcome of a connection that a proxy refused with this status. A refusal that concerns the request stays.
    pub fn of_proxy(status: u16) -> Outcome {
        match status {
            408 | 429 | 500 | 502 | 503 | 504 => Outcome::NotConnected,
            _ => Outcome::NotAllowed,
        }
    }

    pub fn of_status(status: u16) -> Outcome {
        match status {
            408 => Outcome::RequestTimeout,
            429 => Outcome::TooManyRequests,
            500 | 502 | 503 | 504 => Outcome::Unavailable,
            _ => Outcome::Answered,
        }
    }

    fn row(self) -> &'static Row {
        TABLE.iter().find(|row| row.outcome == self).expect("each outcome has a row")
    }
}

/// A failed attempt: its error, and its outcome.
pub(crate) struct Failure {
    outcome: Outcome,
    error: Error,
    /// If the server refused the assertion because of a wrong clock: the offset by which a new one would be right.
    correction: Option<i64>,
}

impl Failure {
    pub fn new(outcome: Outcome, error: Error) -> Failure {
        debug_assert!(outcome.row().codes.contains(&error.code()), "{outcome:?} can't have the error {error}");
        Failure { outcome, error, correction: None }
    }

    pub fn with_correction(mut self, offset: Option<i64>) -> Failure {
        self.correction = offset;
        self
    }

    pub fn correction(&self) -> Option<i64> {
        self.correction
    }

    /// Whether the library itself sends the request once more.
    pub fn is_repeated(&self, grant: &Grant) -> bool {
        self.outcome.row().library.include(grant.is_reusable())
    }

    /// The result of a call whose first attempt failed with `self`, and whose second attempt gave `second`. If the second attempt sent
    /// nothing, the first failure counts, because that attempt did send the request.
    pub fn then<T>(self, second: Result<T, Failure>) -> Result<T, Failure> {
        match second {
            Err(second) if !second.outcome.row().sent => Err(self),
            second => second,
        }
    }

    /// The error of a call. `is_reusable` tells whether a request does not spend the call's grant.
    pub fn into_error(self, is_reusable: bool) -> Error {
        let Failure { outcome, error, .. } = self;
        let error = match outcome {
            Outcome::AnswerLost if !is_reusable => {
                Error::new(error.code(), format!("{error}; the grant may be spent, so get a new one"))
            }
            _ => error,
        };
        error.retryable(outcome.row().caller.include(is_reusable))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::new(Outcome::Failed, error)
    }
}

impl ErrorSpec {
    /// Says in words when [`Error::is_retryable`] is true.
    pub fn retryable(&self) -> String {
        let [all, reusable, none] = [Grants::All, Grants::Reusable, Grants::None].map(|caller| {
            let rows = TABLE.iter().filter(|row| row.codes.contains(&self.code) && row.caller == caller);
            rows.map(|row| row.told).collect::<Vec<_>>()
        });
        let names: Vec<&str> = GRANTS.iter().filter(|spec| spec.is_reusable).filter_map(|spec| spec.name).collect();
        let reusable_grant = format!("with grant_type {}", names.join(" or "));
        match (all.is_empty(), reusable.is_empty()) {
            (true, true) => "never".into(),
            (false, true) if none.is_empty() => "always".into(),
            (false, true) => format!("{}; not {}", all.join(" and "), none.join(" or ")),
            (true, false) => reusable_grant,
            (false, false) => format!("{}; {reusable_grant} also {}", all.join(" and "), reusable.join(" and ")),
        }
    }
}

impl GrantSpec {
    /// Says in words how often the library sends a request with this grant, and over which connection.
    pub fn sending(&self) -> String {
        let again = TABLE.iter().filter(|row| row.library.include(self.is_reusable));
        let again: Vec<&str> = again.map(|row| row.told).collect();
        if again.is_empty() {
            return "The library sends such a request once, over a new connection.".into();
        }
        format!(
            "The library uses an open connection if it has one. While time is left, it sends a second request {}. This one has a new \
             assertion and uses a new connection.",
            again.join(" or ")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ERRORS;

    fn grants() -> [Grant; 2] {
        [Grant::client_credentials(None), Grant::refresh_token("r", None)]
    }

    fn failed(outcome: Outcome) -> Failure {
        Failure::new(outcome, Error::new(outcome.row().codes[0], "it failed"))
    }

    fn is_retryable(outcome: Outcome, grant: &Grant) -> bool {
        failed(outcome).into_error(grant.is_reusable()).is_retryable()
    }

    #[test]
    fn each_code_has_an_outcome() {
        for spec in ERRORS {
            assert!(TABLE.iter().any(|row| row.codes.contains(&spec.code)), "{}", spec.name);
        }
    }

    #[test]
    fn a_grant_that_can_be_spent_is_sent_once() {
        let [_, refresh_token] = grants();
        for row in TABLE {
            assert!(!failed(row.outcome).is_repeated(&refresh_token), "{:?}", row.outcome);
            assert_eq!(is_retryable(row.outcome, &refresh_token), row.caller == Grants::All, "{:?}", row.outcome);
        }
    }

    #[test]
    fn a_reusable_grant_is_sent_once_more_if_the_first_answer_was_lost() {
        let [reusable, _] = grants();
        for row in TABLE {
            let again = [Outcome::AnswerLost, Outcome::RequestTimeout].contains(&row.outcome);
            assert_eq!(failed(row.outcome).is_repeated(&reusable), again, "{:?}", row.outcome);
            assert_eq!(is_retryable(row.outcome, &reusable), row.caller != Grants::None, "{:?}", row.outcome);
        }
    }

    #[test]
    fn a_second_attempt_that_sent_nothing_does_not_hide_the_first() {
        let code = |second| {
            let outcome: Result<(), Failure> = failed(Outcome::AnswerLost).then(Err(failed(second)));
            outcome.expect_err("both failed").error.code()
        };
        for second in [
            Outcome::NotConnected,
            Outcome::TooLate,
            Outcome::HandshakeBroken,
            Outcome::NotAllowed,
            Outcome::Cancelled,
            Outcome::Failed,
        ] {
            assert_eq!(code(second), ErrorCode::OutcomeUnknown);
        }
        assert_eq!(code(Outcome::Answered), ErrorCode::OauthError);
    }
}
