//! All errors with their partners, counted.

use std::time::Duration;

use super::join::{Ground, Index, Match, distinct, matched};
use super::sight::{By, Sight};
use super::{CorrelationBoard, back};
use crate::time::Timestamp;
use crate::week::boards::Frame;

/// What happened so long ago is judged.
const JUDGED: Duration = Duration::from_secs(7 * 86_400);

/// On which side the partner of an application's error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Partner {
    /// The API answered with it.
    Api(By, Sight),
    /// An event told of it.
    Failure(By, Sight),
    /// None is known; why, the match says.
    No(Match),
}

/// An error that MintCash's API answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    /// It.
    pub sight: Sight,
    /// How it stands against the application's log.
    pub found: Match,
    /// The application's line.
    pub partner: Option<Sight>,
}

impl ApiError {
    /// Whether a sound application may overcome it without a word: by trying again, or because it
    /// is an answer and no error.
    pub(super) fn is_silent(&self) -> bool {
        // 499 `aborted` is a declined card (C7 of mintcash-contract.md section 13).
        let status = self.sight.status();
        matches!(status, Some(404 | 408 | 409 | 425 | 429 | 499 | 500..))
    }

    /// Whether the application should know of it, and does not.
    pub(super) fn is_unknown(&self) -> bool {
        self.found == Match::None && !self.is_silent()
    }
}

/// A failure that an event told of, with the lines of the other logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// It.
    pub sight: Sight,
    /// The application's line.
    pub application: Option<Sight>,
    /// The API's line.
    pub api: Option<Sight>,
}

/// Everything that is known when the panel is made.
#[derive(Debug)]
pub(super) struct Tally {
    /// Errors of the application, each once, oldest first.
    pub application: Vec<(Sight, Partner)>,
    /// Errors of the API, each once, oldest first.
    pub api: Vec<ApiError>,
    /// Failures that events told of, each once, oldest first.
    pub failures: Vec<Failure>,
    /// Since when all errors are kept, where some had to be let go of.
    pub complete_since: Option<Timestamp>,
    /// Since when what happened is judged.
    pub judged_since: Timestamp,
}

impl Tally {
    /// Finds the partners of all that happened since a moment.
    pub(super) fn of(board: &CorrelationBoard, since: Timestamp, frame: &Frame<'_>) -> Self {
        let newest = frame.reading.newest.or(board.newest).unwrap_or(frame.now);
        let until = newest.min(frame.now);
        let covers = frame.reading.covers;
        let sides = [&board.application, &board.api, &board.failures];
        let [application, api, failures] = sides.map(|side| distinct(&side.since(since)));
        let [by_application, by_api, by_failure] =
            [&application, &api, &failures].map(|side| Index::of(side));
        let ground = |covered, side: &super::newest::Newest| {
            Ground::of(covered, side.complete_since(), until)
        };
        let in_application = ground(covers.application, &board.application);
        let in_api = ground(covers.requests, &board.api);
        let partner_of = |sight: &Sight| match matched(sight, &by_api, in_api) {
            Match::Has(by, place) => api.get(place).map(|it| Partner::Api(by, *it)),
            found => match by_failure.partner(sight) {
                Some((by, place)) => failures.get(place).map(|it| Partner::Failure(by, *it)),
                None if found == Match::None && !frame.reading.holds.requests => {
                    Some(Partner::No(Match::Unsure))
                }
                None => Some(Partner::No(found)),
            },
        };
        let with_partner = application
            .iter()
            .filter_map(|sight| partner_of(sight).map(|partner| (*sight, partner)))
            .collect();
        let known = |sight: &Sight, index: &Index, side: &[Sight]| {
            index.partner(sight).and_then(|(_, place)| side.get(place).copied())
        };
        let api_errors = api.iter().map(|sight| ApiError {
            sight: *sight,
            found: matched(sight, &by_application, in_application),
            partner: known(sight, &by_application, &application),
        });
        let failed = failures.iter().map(|sight| Failure {
            sight: *sight,
            application: known(sight, &by_application, &application),
            api: known(sight, &by_api, &api),
        });
        Self {
            application: with_partner,
            api: api_errors.collect(),
            failures: failed.collect(),
            complete_since: sides.iter().filter_map(|side| side.complete_since()).max(),
            judged_since: back(until, JUDGED),
        }
    }

    /// Of the API's errors of the last days that the application should know: those that it does
    /// not know, and all.
    pub(super) fn unknown_to_application(&self) -> (u64, u64) {
        let judged = self.api.iter().filter(|error| {
            error.sight.at >= self.judged_since
                && !error.is_silent()
                && matches!(error.found, Match::Has(..) | Match::None)
        });
        judged.fold((0, 0), |(hits, all), error| (hits + u64::from(error.is_unknown()), all + 1))
    }

    /// The application's errors without a partner that name a `requestId`.
    pub(super) fn unknown_to_mintcash(&self) -> impl Iterator<Item = &Sight> {
        let none = self.application.iter().filter(|(_, it)| *it == Partner::No(Match::None));
        none.map(|(sight, _)| sight)
            .filter(|sight| matches!(sight.ids().next(), Some(By::Request(_))))
    }

    /// The application's errors without any id.
    pub(super) fn without_id(&self) -> impl Iterator<Item = &Sight> {
        let none = self.application.iter().filter(|(_, it)| *it == Partner::No(Match::NoId));
        none.map(|(sight, _)| sight)
    }

    /// Errors of the API that the application knows.
    pub(super) fn joined(&self) -> impl Iterator<Item = (&ApiError, Sight)> {
        self.api.iter().filter_map(|error| error.partner.map(|partner| (error, partner)))
    }

    /// The application's errors that an event explains.
    pub(super) fn explained(&self) -> impl Iterator<Item = (&Sight, By, Sight)> {
        self.application.iter().filter_map(|(sight, partner)| match partner {
            Partner::Failure(by, failure) => Some((sight, *by, *failure)),
            _ => None,
        })
    }

    /// Errors of the API, by how they stand.
    pub(super) fn api_where(
        &self,
        which: impl Fn(&ApiError) -> bool,
    ) -> impl Iterator<Item = &ApiError> {
        self.api.iter().filter(move |error| which(error))
    }
}
