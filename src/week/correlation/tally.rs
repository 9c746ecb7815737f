//! All errors with their partners, counted.

use std::time::Duration;

use super::join::{Ground, Index, Match, distinct, matched};
use super::mention::{By, Mention};
use super::{CorrelationBoard, back};
use crate::time::Timestamp;
use crate::week::boards::Frame;

/// What happened in the last days is judged, in so many of them.
pub(super) const JUDGED: u64 = 7;

/// On which side the partner of an application's error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Partner {
    /// The API answered with it.
    Api(By, Mention),
    /// An event told of it.
    Failure(By, Mention),
    /// None is known; why, the match says.
    No(Match),
}

/// An error that MintCash's API answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ApiError {
    /// It.
    pub mention: Mention,
    /// How it stands against the application's log.
    pub found: Match,
    /// The application's line.
    pub partner: Option<Mention>,
}

impl ApiError {
    /// Whether a sound application may overcome it without a word: by trying again, or because it
    /// is an answer and no error.
    pub(super) fn is_silent(&self) -> bool {
        // 499 `aborted` is a declined card (C7 of mintcash-contract.md section 13).
        let status = self.mention.status();
        matches!(status, Some(404 | 408 | 409 | 425 | 429 | 499 | 500..))
    }

    /// Whether the application overcame it without a word.
    pub(super) fn is_overcome(&self) -> bool {
        self.found == Match::None && self.is_silent()
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
    pub mention: Mention,
    /// The application's line.
    pub application: Option<Mention>,
    /// The API's line.
    pub api: Option<Mention>,
}

/// Everything that is known when the panel is made.
#[derive(Debug)]
pub(super) struct Tally {
    /// Errors of the application, each once, oldest first.
    pub application: Vec<(Mention, Partner)>,
    /// Errors of the API, each once, oldest first.
    pub api: Vec<ApiError>,
    /// Failures that events told of, each once, oldest first.
    pub failures: Vec<Failure>,
    /// Since when all errors are kept, where some had to be let go of.
    pub complete_since: Option<Timestamp>,
    /// Until when what happened is judged.
    until: Timestamp,
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
        let ground =
            |covered, side: &super::kept::Kept| Ground::of(covered, side.complete_since(), until);
        let in_application = ground(covers.application, &board.application);
        let in_api = ground(covers.requests, &board.api);
        let partner_of = |mention: &Mention| match matched(mention, &by_api, in_api) {
            Match::Has(by, place) => api.get(place).map(|it| Partner::Api(by, *it)),
            found => match by_failure.partner(mention) {
                Some((by, place)) => failures.get(place).map(|it| Partner::Failure(by, *it)),
                None if found == Match::None && !frame.reading.holds.requests => {
                    Some(Partner::No(Match::Unsure))
                }
                None => Some(Partner::No(found)),
            },
        };
        let with_partner = application
            .iter()
            .filter_map(|mention| partner_of(mention).map(|partner| (*mention, partner)))
            .collect();
        let known = |mention: &Mention, index: &Index, side: &[Mention]| {
            index.partner(mention).and_then(|(_, place)| side.get(place).copied())
        };
        let api_errors = api.iter().map(|mention| ApiError {
            mention: *mention,
            found: matched(mention, &by_application, in_application),
            partner: known(mention, &by_application, &application),
        });
        let failed = failures.iter().map(|mention| Failure {
            mention: *mention,
            application: known(mention, &by_application, &application),
            api: known(mention, &by_api, &api),
        });
        Self {
            application: with_partner,
            api: api_errors.collect(),
            failures: failed.collect(),
            complete_since: sides.iter().filter_map(|side| side.complete_since()).max(),
            until,
        }
    }

    /// When the last so many days begin.
    pub(super) fn since(&self, days: u64) -> Timestamp {
        back(self.until, Duration::from_secs(days * 86_400))
    }

    /// Of the API's errors of the last so many days that the application should know: those that
    /// it does not know, and all.
    pub(super) fn unknown_to_application(&self, days: u64) -> (u64, u64) {
        let since = self.since(days);
        let judged = self.api.iter().filter(|error| {
            error.mention.at >= since
                && !error.is_silent()
                && matches!(error.found, Match::Has(..) | Match::None)
        });
        judged.fold((0, 0), |(hits, all), error| (hits + u64::from(error.is_unknown()), all + 1))
    }

    /// The application's errors without a partner that name a `requestId`.
    pub(super) fn unknown_to_mintcash(&self) -> impl Iterator<Item = &Mention> {
        let none = self.application.iter().filter(|(_, it)| *it == Partner::No(Match::None));
        none.map(|(mention, _)| mention)
            .filter(|mention| matches!(mention.ids().next(), Some(By::Request(_))))
    }

    /// The application's errors without any id.
    pub(super) fn without_id(&self) -> impl Iterator<Item = &Mention> {
        let none = self.application.iter().filter(|(_, it)| *it == Partner::No(Match::NoId));
        none.map(|(mention, _)| mention)
    }

    /// Errors of the API that the application knows.
    pub(super) fn joined(&self) -> impl Iterator<Item = (&ApiError, Mention)> {
        self.api.iter().filter_map(|error| error.partner.map(|partner| (error, partner)))
    }

    /// The application's errors that an event explains.
    pub(super) fn explained(&self) -> impl Iterator<Item = (&Mention, By, Mention)> {
        self.application.iter().filter_map(|(mention, partner)| match partner {
            Partner::Failure(by, failure) => Some((mention, *by, *failure)),
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
