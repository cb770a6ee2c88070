//! Decides which requests may be repeated after a failure. The caller, the library itself and the text of ERRORS.md all follow one
//! table.
//!
//! A request may be repeated if that can't spend a grant twice.

use super::grant::{GRANTS, Grant, GrantSpec};
use crate::error::{Error, ErrorCode, ErrorSpec};
use crate::options::listed;
use std::time::Duration;

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
    /// The grants for which the library itself sends the request again, with a new assertion and over a fresh connection.
    library: Grants,
    pause: Pause,
}

/// How long the library waits before it sends a request again. Each wait has a random part, so that many clients don't come together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pause {
    /// Longer each time, and at least as long as the server asks for.
    Growing,
    /// As [`Pause::Growing`], but nothing the first time: the server may only have closed the idle connection.
    GrowingLater,
    /// As long as the server asks for. If it does not say, the request is not sent again.
    AsTold,
}

const fn row(
    outcome: Outcome,
    sent: bool,
    codes: &'static [ErrorCode],
    told: &'static str,
    caller: Grants,
    library: Grants,
    pause: Pause,
) -> Row {
    Row { outcome, sent, codes, told, caller, library, pause }
}

const ANSWERED: &[ErrorCode] = &[ErrorCode::OauthError, ErrorCode::InvalidResponse];

#[rustfmt::skip]
const TABLE: &[Row] = &[
    row(Outcome::NotConnected,     false, &[ErrorCode::ConnectionFailed], "if no connection was made",               Grants::All,      Grants::All,      Pause::Growing),
    row(Outcome::NotAllowed,       false, &[ErrorCode::ConnectionFailed], "if the proxy refuses or localhost is another machine", Grants::None, Grants::None, Pause::Growing),
    row(Outcome::HandshakeBroken,  false, &[ErrorCode::TlsFailed],        "if the handshake broke off",              Grants::All,      Grants::All,      Pause::Growing),
    row(Outcome::HandshakeRefused, false, &[ErrorCode::TlsFailed],        "if one side refused the other",           Grants::None,     Grants::None,     Pause::Growing),
    row(Outcome::TooLate,          false, &[ErrorCode::DeadlineExceeded], "if the deadline passed",                  Grants::All,      Grants::All,      Pause::Growing),
    row(Outcome::AnswerLost,       true,  &[ErrorCode::OutcomeUnknown],   "if no complete answer came",              Grants::Reusable, Grants::Reusable, Pause::GrowingLater),
    row(Outcome::TooManyRequests,  true,  ANSWERED,                       "for status 429",                          Grants::All,      Grants::All,      Pause::AsTold),
    row(Outcome::RequestTimeout,   true,  ANSWERED,                       "for status 408",                          Grants::Reusable, Grants::Reusable, Pause::GrowingLater),
    row(Outcome::Unavailable,      true,  ANSWERED,                       "for status 500, 502, 503 and 504",        Grants::Reusable, Grants::Reusable, Pause::Growing),
    row(Outcome::Answered,         true,  ANSWERED,                       "for any other status",                    Grants::None,     Grants::None,     Pause::Growing),
    row(Outcome::Cancelled,        false, &[ErrorCode::Cancelled],        "if the call was cancelled",               Grants::All,      Grants::None,     Pause::Growing),
    row(Outcome::Failed,           false, &[ErrorCode::InvalidArgument, ErrorCode::InvalidOption, ErrorCode::InvalidKey, ErrorCode::Internal],
                                                                          "if the call could not be made",           Grants::None,     Grants::None,     Pause::Growing),
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
    /// How long the server asks to wait.
    told: Option<Duration>,
}

impl Failure {
    pub fn new(outcome: Outcome, error: Error) -> Failure {
        debug_assert!(outcome.row().codes.contains(&error.code()), "{outcome:?} can't have the error {error}");
        Failure { outcome, error, correction: None, told: None }
    }

    pub fn with_correction(mut self, offset: Option<i64>) -> Failure {
        self.correction = offset;
        self
    }

    pub fn correction(&self) -> Option<i64> {
        self.correction
    }

    pub fn with_delay(mut self, told: Option<Duration>) -> Failure {
        self.told = told;
        self
    }

    /// How long the library waits before it sends the request again; `None` if it does not. `retries` is how often it did so before, and
    /// `random` lies between 0 and 1.
    pub fn pause(&self, grant: &Grant, retries: u32, random: f64) -> Option<Duration> {
        let row = self.outcome.row();
        let growing = (SHORTEST * 2_u32.saturating_pow(retries)).min(LONGEST).mul_f64(1.0 + random);
        let pause = match (row.pause, self.told) {
            (Pause::AsTold, None) => return None,
            (Pause::GrowingLater, None) if retries == 0 => Duration::ZERO,
            (_, told) => told.unwrap_or_default().saturating_add(growing),
        };
        row.library.include(grant.is_reusable()).then_some(pause)
    }

    /// Whether the server has answered, so that it is certain that the request did nothing.
    pub fn is_definite(&self) -> bool {
        self.outcome.row().sent && self.outcome != Outcome::AnswerLost
    }

    /// The result of a call whose attempts failed with `self`, and whose next attempt gave `second`. If that attempt sent
    /// nothing, the earlier failure counts if that one did.
    pub fn then<T>(self, second: Result<T, Failure>) -> Result<T, Failure> {
        match second {
            Err(second) if self.outcome.row().sent && !second.outcome.row().sent => Err(self),
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

/// The first pause lasts from this to twice as long.
const SHORTEST: Duration = Duration::from_millis(250);

/// No pause grows beyond twice this, unless the server asks for it.
const LONGEST: Duration = Duration::from_secs(15);

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
        let again = TABLE.iter().filter(|row| row.library.include(self.is_reusable) && row.outcome != Outcome::TooLate);
        let again = again.map(|row| match row.pause {
            Pause::AsTold => format!("{} with Retry-After", row.told),
            _ => row.told.to_owned(),
        });
        let again: Vec<String> = again.collect();
        let again = listed(&again.iter().map(String::as_str).collect::<Vec<_>>());
        if self.is_reusable {
            format!("The library uses an open connection if it has one. It sends the request again {again}.")
        } else {
            format!("The library uses a new connection. It sends the request again only {again}.")
        }
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
    fn a_grant_that_can_be_spent_is_sent_again_only_if_it_is_not_spent() {
        let [_, refresh_token] = grants();
        for row in TABLE {
            let again = failed(row.outcome).with_delay(Some(Duration::ZERO)).pause(&refresh_token, 0, 0.0);
            assert!(again.is_none() || row.caller == Grants::All, "{:?}", row.outcome);
            assert_eq!(is_retryable(row.outcome, &refresh_token), row.caller == Grants::All, "{:?}", row.outcome);
        }
    }

    #[test]
    fn the_library_repeats_nothing_that_a_caller_may_not() {
        let [reusable, _] = grants();
        for row in TABLE {
            assert_eq!(is_retryable(row.outcome, &reusable), row.caller != Grants::None, "{:?}", row.outcome);
            let again = failed(row.outcome).with_delay(Some(Duration::ZERO)).pause(&reusable, 0, 0.0);
            let expected = row.caller != Grants::None && row.outcome != Outcome::Cancelled;
            assert_eq!(again.is_some(), expected, "{:?}", row.outcome);
        }
    }

    #[test]
    fn pauses_grow_have_a_random_part_and_are_as_long_as_the_server_asks_for() {
        let [reusable, _] = grants();
        let pause = |outcome, told, retries, random| {
            let told = Option::map(told, Duration::from_secs);
            let pause = failed(outcome).with_delay(told).pause(&reusable, retries, random);
            pause.map(|pause| pause.as_millis())
        };
        let unavailable = |retries, random| pause(Outcome::Unavailable, None, retries, random);
        assert_eq!([unavailable(0, 0.0), unavailable(0, 1.0)], [Some(250), Some(500)]);
        assert_eq!([unavailable(1, 0.0), unavailable(1, 1.0)], [Some(500), Some(1000)]);
        assert_eq!([unavailable(9, 0.0), unavailable(u32::MAX, 1.0)], [Some(15_000), Some(30_000)]);
        assert_eq!(pause(Outcome::Unavailable, Some(7), 0, 0.0), Some(7_250));
        assert_eq!(pause(Outcome::TooManyRequests, Some(7), 1, 1.0), Some(8_000));
        assert_eq!(pause(Outcome::TooManyRequests, None, 0, 0.0), None);
        assert!(pause(Outcome::TooManyRequests, Some(u64::MAX), 0, 0.0).is_some());
        for outcome in [Outcome::AnswerLost, Outcome::RequestTimeout] {
            assert_eq!([pause(outcome, None, 0, 1.0), pause(outcome, None, 1, 1.0)], [Some(0), Some(1000)]);
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
        let unsent: Result<(), Failure> = failed(Outcome::NotConnected).then(Err(failed(Outcome::HandshakeBroken)));
        assert_eq!(unsent.expect_err("both failed").error.code(), ErrorCode::TlsFailed);
    }
}
